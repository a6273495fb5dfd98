//! asyncssh.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Python;

const SCRIPT: &str = include_str!("sftp.py");

/// An SFTP server over a folder, which asks for a password.
pub struct SftpServer {
    python: Option<Python>,
    pub port: u16,
    /// The fingerprint of its key, `SHA256:…`.
    pub host_key: String,
    folder: PathBuf,
    /// Beside the folder, for what is not served.
    aside: tempfile::TempDir,
}

impl SftpServer {
    pub fn start(folder: &Path) -> Self {
        let aside = tempfile::tempdir().expect("a folder");
        let mut server = Self { python: None, port: 0, host_key: String::new(), folder: folder.to_owned(), aside };
        server.restart_with_another_key();
        server
    }

    /// Starts it again where it was, with a key that nobody has seen.
    pub fn restart_with_another_key(&mut self) {
        let key = self.aside.path().join("key");
        let _ = std::fs::remove_file(&key);
        let run = |arguments: &[&str]| {
            let done = Command::new("ssh-keygen").args(arguments).current_dir(self.aside.path()).output();
            String::from_utf8(done.expect("ssh-keygen").stdout).expect("text")
        };
        run(&["-q", "-t", "ed25519", "-N", "", "-f", "key"]);
        self.host_key = run(&["-lf", "key.pub"]).split(' ').nth(1).expect("a fingerprint").to_owned();
        self.restart();
    }

    /// Starts it again where it was.
    pub fn restart(&mut self) {
        self.python = None;
        let (port, aside) = (PathBuf::from(self.port.to_string()), self.aside.path());
        let python = Python::start(SCRIPT, &[self.folder.clone(), port, aside.join("slow"), aside.join("key")]);
        self.port = python.port;
        self.python = Some(python);
    }

    /// Whether it is slow from now on.
    pub fn slow(&self, is_slow: bool) {
        let slow = self.aside.path().join("slow");
        if is_slow { std::fs::write(slow, "") } else { std::fs::remove_file(slow) }.expect("a file");
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.python = None;
    }
}
