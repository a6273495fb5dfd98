//! A PostgreSQL of one test alone, which it may stop as it likes. What the others share is `scripts/with-postgres.sh`.

use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, Ordering};

const BIN: &str = "/usr/lib/postgresql/15/bin";

/// Commits are kept when the server is stopped at once, though nothing is synced to the disk: the machine stays up.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
max_connections = 100
shared_buffers = 32MB
timezone = 'UTC'
";

/// A running server with an empty database; both are gone with the test.
pub struct Cluster {
    dir: tempfile::TempDir,
    pub port: u16,
}

/// How a server is stopped.
#[derive(Debug, Clone, Copy)]
pub enum Shutdown {
    /// Connections are ended and what they had not committed is undone.
    Fast,
    /// Like a crash: the next start recovers from the log.
    Immediate,
}

impl Cluster {
    /// Starts one.
    pub fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("muster-pg.").tempdir_in("/tmp").expect("a folder");
        if is_root() {
            ok(Command::new("chown").arg("postgres").arg(dir.path()).output().expect("chown"));
        }
        let data = dir.path().join("data");
        ok(server("initdb", &data, &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]));
        let port = free_port();
        let settings = format!("{SETTINGS}unix_socket_directories = '{}'\nport = {port}\n", dir.path().display());
        let file = data.join("postgresql.conf");
        let usual = std::fs::read_to_string(&file).expect("its settings");
        std::fs::write(&file, usual + &settings).expect("a file");
        let cluster = Self { dir, port };
        cluster.pg_ctl(&["start"]);
        // No superuser, as on a real server: row-level security applies to it.
        let roles = ["-c", "CREATE ROLE muster LOGIN CREATEDB", "-c", "CREATE DATABASE muster OWNER muster"];
        let psql = Command::new(format!("{BIN}/psql"))
            .args(["-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", &port.to_string(), "-U", "postgres"])
            .args(roles)
            .output();
        ok(psql.expect("psql"));
        cluster
    }

    /// The database's address.
    pub fn url(&self) -> String {
        self.url_through(self.port)
    }

    /// The same by way of another port.
    pub fn url_through(&self, port: u16) -> String {
        format!("postgres://muster@127.0.0.1:{port}/muster")
    }

    /// Stops it and starts it again.
    pub fn restart(&self, shutdown: Shutdown) {
        let mode = match shutdown {
            Shutdown::Fast => "fast",
            Shutdown::Immediate => "immediate",
        };
        self.pg_ctl(&["restart", "-m", mode]);
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn pg_ctl(&self, what: &[&str]) {
        let log = self.dir.path().join("server.log");
        let log = log.to_str().expect("a plain path");
        ok(server("pg_ctl", &self.data(), &[&["-w", "-t", "60", "-l", log], what].concat()));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        server("pg_ctl", &self.data(), &["-w", "-m", "immediate", "stop"]);
    }
}

/// Runs one of PostgreSQL's programs on a data folder; it refuses to be root.
fn server(program: &str, data: &Path, arguments: &[&str]) -> Output {
    let program = format!("{BIN}/{program}");
    let mut command = if is_root() { Command::new("runuser") } else { Command::new(&program) };
    if is_root() {
        command.args(["-u", "postgres", "--", &program]);
    }
    command.arg("-D").arg(data).args(arguments).current_dir("/").output().expect("PostgreSQL 15: scripts/setup.sh test")
}

fn ok(output: Output) {
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// A port that no connection is given by chance while the server is down: below the range for those.
fn free_port() -> u16 {
    static TRIED: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).expect("a small number");
    std::iter::repeat_with(|| TRIED.fetch_add(1, Ordering::SeqCst))
        .take(1_000)
        .map(|tried| 20_000 + (first + tried) % 10_000)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}
