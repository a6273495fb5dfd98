//! postfix's `smtp-sink`, which forgets what it takes, and `smtp-source`, which is what sending is compared with.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::cpu;

/// A sink on loopback; it ends with the measurement.
pub struct Sink {
    process: Child,
    pub port: u16,
}

impl Sink {
    /// Starts one and waits until it listens.
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let process = Command::new("/usr/sbin/smtp-sink")
            .args(["-u", "root", &format!("127.0.0.1:{port}"), "1000"])
            .stdin(Stdio::null())
            .spawn()
            .expect("smtp-sink of Debian's postfix package");
        let sink = Self { process, port };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return sink;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("smtp-sink did not open its port");
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// postfix's generator, which keeps its connections open (`-d`): messages a second, and processor microseconds for each.
pub fn smtp_source(port: u16, messages: i64, bytes: usize, connections: i64) -> (f64, f64) {
    let (cpu, start) = (cpu::seconds().1, Instant::now());
    let status = Command::new("/usr/sbin/smtp-source")
        .args(["-d", "-l", &bytes.to_string(), "-m", &messages.to_string()])
        .args(["-s", &connections.to_string(), &format!("127.0.0.1:{port}")])
        .status()
        .expect("smtp-source of Debian's postfix package");
    assert!(status.success(), "smtp-source: {status}");
    let (cpu, taken) = (cpu::seconds().1 - cpu, start.elapsed().as_secs_f64());
    (messages as f64 / taken, cpu * 1e6 / messages as f64)
}
