//! A network as long as it is wide: every byte arrives, at any rate, so much later.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Pieces that are on their way at most, per direction: far more than ten clients write in a round trip.
const ON_THEIR_WAY: usize = 4_096;

/// A proxy on loopback; it lasts as long as the process.
pub struct Delay {
    pub port: u16,
}

impl Delay {
    /// Passes connections on to a port of this machine, `each_way` later in either direction.
    pub fn to(port: u16, each_way: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let delay = Self { port: listener.local_addr().expect("an address").port() };
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // The other end of a measurement going away is its end.
                let _ = connect(client, port, each_way);
            }
        });
        delay
    }
}

fn connect(client: TcpStream, port: u16, each_way: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", port))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    carry(client.try_clone()?, server.try_clone()?, each_way);
    carry(server, client, each_way);
    Ok(())
}

/// One direction: whoever reads never waits for whoever writes, so that the delay limits no throughput.
fn carry(from: TcpStream, to: TcpStream, each_way: Duration) {
    let (sender, receiver) = sync_channel(ON_THEIR_WAY);
    thread::spawn(move || take_in(from, &sender, each_way));
    thread::spawn(move || hand_out(to, &receiver));
}

fn take_in(mut from: TcpStream, queue: &SyncSender<(Instant, Vec<u8>)>, each_way: Duration) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        if queue.send((Instant::now() + each_way, bytes[..read].to_vec())).is_err() {
            return;
        }
    }
}

fn hand_out(mut to: TcpStream, queue: &Receiver<(Instant, Vec<u8>)>) {
    for (due, bytes) in queue {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
