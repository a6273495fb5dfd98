//! postfix's `smtp-sink`: a real server, which keeps every message that it accepts in a file.

use std::{
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

pub struct Sink {
    process: Child,
    kept: TempDir,
    pub port: u16,
}

impl Sink {
    /// Starts one on a free port and waits until it greets.
    pub async fn start() -> Sink {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let kept = TempDir::new().unwrap();
        let process = Command::new("/usr/sbin/smtp-sink")
            // One file per message: the name gets a unique suffix.
            .args(["-u", "root", "-d", "mail.", &format!("127.0.0.1:{port}"), "64"])
            .current_dir(kept.path())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("smtp-sink of Debian's postfix package");
        let sink = Sink { process, kept, port };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return sink;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("smtp-sink did not open its port");
    }

    /// Everything that arrived, one string per message: envelope headers of the sink, then the mail.
    pub fn messages(&self) -> Vec<String> {
        let files = fs::read_dir(self.kept.path()).unwrap();
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
