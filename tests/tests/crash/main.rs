//! kill -9 in the middle of sending, ten times: every recipient is sent exactly once but for what was in flight, which
//! is listed as unknown, never silently sent again or lost. The real server, a real mail server, real time.
#![allow(clippy::disallowed_methods, reason = "a test of real processes looks at the real world")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use muster_tests::database::with_database;
use muster_tests::smtp_sink::SmtpSink;
use serde_json::{Value, json};

const RECIPIENTS: i64 = 3_000;
const KILLS: u64 = 10;
/// What one lease covers: the most that one kill can leave in doubt.
const WINDOW: i64 = 100;
const PATIENCE: Duration = Duration::from_secs(180);

#[test]
fn nothing_is_lost_or_repeated_on_sqlite() {
    survive(None);
}

#[test]
fn nothing_is_lost_or_repeated_on_postgres() {
    let server =
        std::env::var("MUSTER_TEST_PG_URL").expect("PostgreSQL tests run as: scripts/with-postgres.sh cargo test");
    let name = format!("muster_crash_{}", std::process::id());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(muster_db::admin::create_database(&server, &name, None)).unwrap();
    survive(Some(&with_database(&server, &name)));
}

fn survive(database: Option<&str>) {
    let sink = SmtpSink::start(Duration::from_millis(2));
    let dir = tempfile::tempdir().unwrap();
    let home = Home::init(dir.path(), database);
    let mut server = home.serve();
    let campaign = home.prepare(&server, sink.address.port());
    server.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({}));
    // SplitMix64, seeded: the moments differ, the test does not.
    let mut seed = 42_u64;
    for kill in 0..KILLS {
        seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(kill);
        std::thread::sleep(Duration::from_millis(60 + (seed >> 40) % 250));
        server.kill();
        server = home.serve();
    }
    let live = server.until_finished(&campaign);
    let counters = &live["counters"];
    let n = |key: &str| counters[key].as_i64().unwrap();
    assert_eq!(n("total"), RECIPIENTS);
    assert_eq!(n("pending"), 0);
    assert_eq!(n("sent") + n("unknown"), RECIPIENTS, "{counters}");
    assert!(n("unknown") <= WINDOW * i64::try_from(KILLS).unwrap(), "at most one window per kill: {counters}");

    let arrivals = sink.arrivals();
    assert!(arrivals.values().all(|times| *times == 1), "nothing arrived twice");
    let unknown = server.sequence_numbers(&campaign, "unknown");
    let arrived = |seq: i64| {
        arrivals.keys().any(|id| {
            id.starts_with(&campaign.replace('-', "")) && id.split('@').next().unwrap().ends_with(&format!(".{seq}"))
        })
    };
    for seq in 1..=RECIPIENTS {
        assert!(arrived(seq) || unknown.contains(&seq), "message {seq} was lost silently");
    }
    assert_eq!(i64::try_from(unknown.len()).unwrap(), n("unknown"), "what is in doubt is listed");
    server.kill();
}

/// A data folder and how to start Muster on it.
struct Home {
    dir: PathBuf,
    token: String,
}

/// A running server.
struct Server {
    child: Child,
    base: String,
    token: String,
}

fn program() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    let path = path.join("muster-server");
    assert!(path.exists(), "build it first: cargo build -p muster-server");
    path
}

impl Home {
    fn init(dir: &Path, database: Option<&str>) -> Self {
        let (dir, password) = (dir.join("home"), dir.join("password"));
        writeln!(std::fs::File::create(&password).unwrap(), "correct horse battery").unwrap();
        let mut init = Command::new(program());
        init.args(["init", "--admin-email", "a@jamii.example", "--approval", "off", "--data-dir"])
            .arg(&dir)
            .arg("--admin-password-file")
            .arg(&password);
        if let Some(url) = database {
            init.args(["--database", url]);
        }
        assert!(init.status().unwrap().success());
        let token = Command::new(program())
            .args(["token", "--user", "a@jamii.example", "--data-dir"])
            .arg(&dir)
            .output()
            .unwrap();
        let token = String::from_utf8(token.stdout).unwrap().trim().to_owned();
        Self { dir, token }
    }

    fn serve(&self) -> Server {
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(&self.dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(base.starts_with("http://"), "the server did not start: {line}");
        Server { child, base, token: self.token.clone() }
    }

    /// Customers, a segment, a relay and a campaign.
    fn prepare(&self, server: &Server, port: u16) -> String {
        let file = self.dir.join("customers.csv");
        let mut text = String::from("Customer ID,First name,E-mail,Tier\n");
        for n in 0..RECIPIENTS {
            text.push_str(&format!("C{n},Person {n},p{n}@example.org,Gold\n"));
        }
        std::fs::write(&file, text).unwrap();
        let import = Command::new(program())
            .args(["import", "customers", "--data-dir"])
            .arg(&self.dir)
            .arg(&file)
            .args(["--region", "KE", "--key", "external_id"])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(import.success());
        let relay = json!({"channel": "email", "kind": "smtp", "name": "Sink", "config": {"host": "127.0.0.1", "port": port, "security": "none", "from": "offers@jamii.example"}});
        server.post("/api/v1/providers", relay);
        let criteria = json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]});
        let segment = server.post("/api/v1/segments", json!({"name": "Gold", "type": "dynamic", "criteria": criteria}));
        let campaign = json!({"name": "Gold", "channel": "email", "segmentIds": [segment["id"]], "content": {"subject": "Hi {{first_name}}", "textBody": "Hi {first_name}"}});
        server.post("/api/v1/campaigns", campaign)["id"].as_str().unwrap().to_owned()
    }
}

impl Server {
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn ask(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let url = format!("{}{path}", self.base);
        runtime.block_on(async {
            let mut request = reqwest::Client::new().request(method, &url).bearer_auth(&self.token);
            if let Some(body) = body {
                request = request.json(&body);
            }
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            assert_eq!(answer["success"], true, "{url}: {answer:#}");
            answer["data"].clone()
        })
    }

    fn get(&self, path: &str) -> Value {
        self.ask(reqwest::Method::GET, path, None)
    }

    fn post(&self, path: &str, body: Value) -> Value {
        self.ask(reqwest::Method::POST, path, Some(body))
    }

    fn until_finished(&self, campaign: &str) -> Value {
        let begun = Instant::now();
        loop {
            let live = self.get(&format!("/api/v1/campaigns/{campaign}/live"));
            if live["status"] != "running" {
                return live;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not finish: {live:#}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn sequence_numbers(&self, campaign: &str, status: &str) -> Vec<i64> {
        let (mut all, mut cursor) = (Vec::new(), 0);
        loop {
            let page = self
                .get(&format!("/api/v1/campaigns/{campaign}/recipients?status={status}&pageSize=100&cursor={cursor}"));
            let found: Vec<i64> = page.as_array().unwrap().iter().map(|r| r["seq"].as_i64().unwrap()).collect();
            let Some(last) = found.last() else { return all };
            cursor = *last;
            all.extend(found);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
