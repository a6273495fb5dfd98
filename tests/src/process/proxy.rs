//! The network between a node and its database, which a test can break.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A TCP proxy on loopback to one server.
pub struct Proxy {
    pub address: SocketAddr,
    network: Arc<Network>,
}

/// What the network does at the moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Everything passes.
    Whole,
    /// Nothing passes and nobody is told: what was sent waits, as it would for TCP's next try.
    Silent,
    /// Connections end, and new ones with them.
    Cut,
}

struct Network {
    state: Mutex<State>,
    changed: Condvar,
    /// Both ends of what is open.
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// Passes connections on to a port of this machine.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let network =
            Arc::new(Network { state: Mutex::new(State::Whole), changed: Condvar::new(), open: Mutex::default() });
        let proxy = Self { address: listener.local_addr().expect("an address"), network: Arc::clone(&network) };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let network = Arc::clone(&network);
                std::thread::spawn(move || {
                    // A connection that breaks is what the test is about.
                    let _ = network.connect(client, port);
                });
            }
        });
        proxy
    }

    /// Ends all connections and every new one at once.
    pub fn cut(&self) {
        self.network.become_(State::Cut);
        for end in self.network.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// Swallows everything without a word.
    pub fn fall_silent(&self) {
        self.network.become_(State::Silent);
    }

    /// Lets everything pass again, first what waited.
    pub fn heal(&self) {
        self.network.become_(State::Whole);
    }
}

impl Network {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn become_(&self, state: State) {
        *self.state() = state;
        self.changed.notify_all();
    }

    /// Waits while the network is silent; an error when it is cut.
    fn pass(&self) -> std::io::Result<()> {
        let state = self.changed.wait_while(self.state(), |state| *state == State::Silent);
        match *state.unwrap_or_else(PoisonError::into_inner) {
            State::Cut => Err(std::io::ErrorKind::ConnectionAborted.into()),
            _ => Ok(()),
        }
    }

    fn connect(self: &Arc<Self>, client: TcpStream, port: u16) -> std::io::Result<()> {
        self.pass()?;
        let server = TcpStream::connect(("127.0.0.1", port))?;
        for end in [&client, &server] {
            end.set_nodelay(true)?;
            self.open.lock().unwrap_or_else(PoisonError::into_inner).push(end.try_clone()?);
        }
        let (network, from, to) = (Arc::clone(self), client.try_clone()?, server.try_clone()?);
        std::thread::spawn(move || network.carry(from, to));
        self.carry(server, client);
        Ok(())
    }

    /// Carries what one end says to the other, and its end too.
    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0; 16 * 1024];
        loop {
            let read = from.read(&mut bytes).unwrap_or(0);
            if self.pass().is_err() || read == 0 || to.write_all(&bytes[..read]).is_err() {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
        }
    }
}
