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
    /// A port that was given up and is asked for again may be somebody else's for a moment.
    fn start(script: &str, arguments: &[PathBuf]) -> Self {
        (0..100)
            .find_map(|_| {
                let started = Self::try_start(script, arguments);
                if started.is_none() {
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
                started
            })
            .expect("what scripts/setup.sh installs for tests, and a free port")
    }

    fn try_start(script: &str, arguments: &[PathBuf]) -> Option<Self> {
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
        let mut started = Self { child, port: 0 };
        started.port = line.trim().parse().ok()?;
        Some(started)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
