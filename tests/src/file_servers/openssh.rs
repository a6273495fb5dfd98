//! OpenSSH.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// OpenSSH, which lets in who runs the tests, by key.
pub struct OpenSsh {
    child: Child,
    pub port: u16,
    pub user: String,
    /// The fingerprint of its key, `SHA256:…`.
    pub host_key: String,
}

impl OpenSsh {
    /// With the keys `client`, `rsa` and `stranger` in the folder; the last is not let in.
    pub fn start(folder: &Path) -> Self {
        let run = |program: &str, arguments: &[&str]| {
            let done = Command::new(program)
                .args(arguments)
                .current_dir(folder)
                .output()
                .expect("openssh-server, which scripts/setup.sh installs");
            assert!(done.status.success(), "{program}: {done:?}");
            String::from_utf8(done.stdout).expect("text")
        };
        for (name, kind) in [("host", "ed25519"), ("client", "ed25519"), ("rsa", "rsa"), ("stranger", "ed25519")] {
            run("ssh-keygen", &["-q", "-t", kind, "-N", "", "-f", name]);
        }
        let shown = run("ssh-keygen", &["-lf", "host.pub"]);
        let host_key = shown.split(' ').nth(1).expect("a fingerprint").to_owned();
        let user = run("id", &["-un"]).trim().to_owned();
        let public = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a key");
        std::fs::write(folder.join("authorized"), public("client.pub") + &public("rsa.pub")).expect("a file");
        if user == "root" {
            // Where sshd keeps the part of it that has no rights.
            std::fs::create_dir_all("/run/sshd").expect("a folder");
        }
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {0}/host\nAuthorizedKeysFile {0}/authorized\nStrictModes no\nPidFile none\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n",
            folder.display()
        );
        std::fs::write(folder.join("config"), config).expect("a file");
        let mut child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(folder.join("config"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssh-server");
        let mut lines = BufReader::new(child.stderr.take().expect("its output"));
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert!(lines.read_line(&mut line).expect("a line") > 0, "sshd did not start");
        }
        // What it says later has to go somewhere.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { child, port, user, host_key }
    }
}

impl Drop for OpenSsh {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
