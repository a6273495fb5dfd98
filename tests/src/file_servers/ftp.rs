//! pyftpdlib.

use std::path::{Path, PathBuf};

use super::Python;
use crate::authority::Identity;

const SCRIPT: &str = include_str!("ftp.py");

/// An FTP server over a folder.
pub struct FtpServer {
    python: Option<Python>,
    pub port: u16,
    arguments: Vec<PathBuf>,
    /// Beside the folder, for what is not served.
    aside: tempfile::TempDir,
}

impl FtpServer {
    /// In the clear.
    pub fn start(folder: &Path) -> Self {
        Self::with(folder, None)
    }

    /// Over TLS only.
    pub fn secure(folder: &Path, identity: &Identity) -> Self {
        Self::with(folder, Some(identity))
    }

    fn with(folder: &Path, identity: Option<&Identity>) -> Self {
        let aside = tempfile::tempdir().expect("a folder");
        let mut arguments = vec![folder.to_owned(), PathBuf::from("0"), aside.path().join("slow")];
        if let Some(identity) = identity {
            for (name, pem) in [("certificate", &identity.certificate), ("key", &identity.key)] {
                std::fs::write(aside.path().join(name), pem).expect("a file");
                arguments.push(aside.path().join(name));
            }
        }
        let mut server = Self { python: None, port: 0, arguments, aside };
        server.restart();
        server
    }

    /// Starts it again where it was.
    pub fn restart(&mut self) {
        self.python = None;
        self.arguments[1] = PathBuf::from(self.port.to_string());
        let python = Python::start(SCRIPT, &self.arguments);
        self.port = python.port;
        self.python = Some(python);
    }

    /// Whether transfers that begin from now on go slowly.
    pub fn slow(&self, is_slow: bool) {
        let slow = self.aside.path().join("slow");
        if is_slow { std::fs::write(slow, "") } else { std::fs::remove_file(slow) }.expect("a file");
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.python = None;
    }
}
