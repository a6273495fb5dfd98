//! Data folders of real servers, and a campaign for them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use muster_app::home::Home as Folder;
use serde_json::json;

use super::Server;

/// How many are written to.
pub const RECIPIENTS: i64 = 3_000;

/// A data folder and how to start Muster on it.
#[derive(Clone)]
pub struct Home {
    pub dir: PathBuf,
    token: String,
}

/// The program, which Cargo puts beside the tests.
pub fn program() -> PathBuf {
    let mut path = std::env::current_exe().expect("this program");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    let path = path.join("muster-server");
    assert!(path.exists(), "build it first: cargo build -p muster-server");
    path
}

impl Home {
    /// A new installation, on its own file when no database is named.
    pub fn init(dir: &Path, database: Option<&str>) -> Self {
        let (dir, password) = (dir.join("home"), dir.join("password"));
        std::fs::write(&password, "correct horse battery\n").expect("a file");
        let mut init = Command::new(program());
        init.args(["init", "--admin-email", "a@jamii.example", "--approval", "off", "--data-dir"])
            .arg(&dir)
            .arg("--admin-password-file")
            .arg(&password);
        if let Some(url) = database {
            init.args(["--database", url]);
        }
        assert!(init.status().expect("the server's program").success());
        let token = Command::new(program())
            .args(["token", "--user", "a@jamii.example", "--data-dir"])
            .arg(&dir)
            .output()
            .expect("the server's program");
        let token = String::from_utf8(token.stdout).expect("a token").trim().to_owned();
        Self { dir, token }
    }

    /// The data folder of another node of the same installation, which reaches the database at its own address.
    pub fn another(&self, dir: &Path, database: &str) -> Self {
        let key = Folder::at(&self.dir).key_in_file().expect("a file").expect("a key");
        let folder = Folder::at(dir);
        folder.create(&key, Some(database)).expect("a folder");
        folder.keep_key_in_file(&key).expect("a file");
        Self { dir: dir.to_owned(), token: self.token.clone() }
    }

    /// A folder with nothing but the key of the installation, as somebody makes it who has lost the old one.
    pub fn on_new_machine(&self, dir: &Path) -> Self {
        let key = Folder::at(&self.dir).key_in_file().expect("a file").expect("a key");
        let folder = Folder::at(dir);
        folder.create(&key, None).expect("a folder");
        folder.keep_key_in_file(&key).expect("a file");
        Self { dir: dir.to_owned(), token: self.token.clone() }
    }

    /// Starts a server on it.
    pub fn serve(&self) -> Server {
        Server::start(&self.dir, &self.token)
    }

    /// Asks for a run of a job on the command line.
    pub fn run_job(&self, code: &str) {
        let mut run = Command::new(program());
        run.args(["jobs", "run", code, "--data-dir"]).arg(&self.dir).stdout(Stdio::null());
        assert!(run.status().expect("the server's program").success());
    }

    /// The id under which the folder's server holds its leases; it is there once a server has run.
    pub fn node(&self) -> String {
        std::fs::read_to_string(self.dir.join("node")).expect("a node").trim().to_owned()
    }

    /// Customers, a segment, a relay with so many connections and a campaign; gives the campaign's id.
    pub fn prepare(&self, server: &Server, port: u16, connections: i64) -> String {
        let path = self.dir.join("customers.csv");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
        writeln!(file, "Customer ID,First name,E-mail,Tier").expect("a line");
        for n in 0..RECIPIENTS {
            writeln!(file, "C{n},Person {n},p{n}@example.org,Gold").expect("a line");
        }
        file.into_inner().expect("all of it");
        let import = Command::new(program())
            .args(["import", "customers", "--data-dir"])
            .arg(&self.dir)
            .arg(&path)
            .args(["--region", "KE", "--key", "external_id"])
            .stdout(Stdio::null())
            .status()
            .expect("the server's program");
        assert!(import.success());
        let relay = json!({"channel": "email", "kind": "smtp", "name": "Sink", "maxConnections": connections, "config": {"host": "127.0.0.1", "port": port, "security": "none", "from": "offers@jamii.example"}});
        server.post("/api/v1/providers", relay);
        let criteria = json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]});
        let segment = server.post("/api/v1/segments", json!({"name": "Gold", "type": "dynamic", "criteria": criteria}));
        let campaign = json!({"name": "Gold", "channel": "email", "segmentIds": [segment["id"]], "content": {"subject": "Hi {{first_name}}", "textBody": "Hi {first_name}"}});
        server.post("/api/v1/campaigns", campaign)["id"].as_str().expect("an id").to_owned()
    }
}
