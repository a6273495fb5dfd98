//! Servers that keep files: real ones, of others.

mod ftp;
mod openssh;
mod sftp;

pub use ftp::FtpServer;
pub use openssh::OpenSsh;
pub use sftp::SftpServer;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Who may sign in where there are passwords, and with which.
pub const USER: &str = "muster";
pub const PASSWORD: &str = "sesame";

/// Files in a folder that are no whole file.
pub fn parts(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".part")).collect()
}

/// A program in Python that says its port on its first line; it ends with the test.
struct Python {
    child: Child,
    port: u16,
}

impl Python {
    fn start(script: &str, arguments: &[PathBuf]) -> Self {
        // Debian's own, which has the libraries.
        let mut child = Command::new("/usr/bin/python3")
            .args(["-c", script])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its port");
        Self { child, port: line.trim().parse().expect("what scripts/setup.sh installs for tests") }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
