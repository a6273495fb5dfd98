//! One process of `muster-server`, asked over HTTP and stopped as processes are.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures::{FutureExt, StreamExt};
use muster_domain::recipient::RecipientStatus;
use serde_json::Value;

use super::home::program;
use super::until;

/// A running server; it ends with the test.
pub struct Server {
    child: Child,
    base: String,
    token: String,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

impl Server {
    /// Starts one on a data folder and waits until it listens.
    pub fn start(dir: &Path, token: &str) -> Self {
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server's program");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its first line");
        let base = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(base.starts_with("http://"), "the server did not start: {line}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { child, base, token: token.to_owned(), runtime, client: reqwest::Client::new() }
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().expect("a process");
        self.child.wait().expect("its end");
    }

    /// kill -9 while somebody still waits for an answer.
    pub fn die(&self) {
        self.signal("KILL");
    }

    /// SIGSTOP: the process stands still, and its connections stay open.
    pub fn pause(&self) {
        self.signal("STOP");
        let stat = format!("/proc/{}/stat", self.child.id());
        until("the process stands still", || {
            let text = std::fs::read_to_string(&stat).expect("a process");
            text.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T'))
        });
    }

    /// SIGCONT: it goes on as if nothing had been.
    pub fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
    }

    fn ask(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", self.base);
        self.runtime.block_on(async {
            let mut request = self.client.request(method, &url).bearer_auth(&self.token);
            if let Some(body) = body {
                request = request.json(&body);
            }
            let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
            assert_eq!(answer["success"], true, "{url}: {answer:#}");
            answer
        })
    }

    /// The data of an answer.
    pub fn get(&self, path: &str) -> Value {
        self.ask(reqwest::Method::GET, path, None)["data"].clone()
    }

    /// The same, of a change.
    pub fn post(&self, path: &str, body: Value) -> Value {
        self.ask(reqwest::Method::POST, path, Some(body))["data"].clone()
    }

    /// A change of another kind, whatever it answers when it is done.
    pub fn change(&self, method: reqwest::Method, path: &str, body: Value) {
        let url = format!("{}{path}", self.base);
        let call = self.client.request(method, &url).bearer_auth(&self.token).json(&body);
        let status = self.runtime.block_on(call.send()).expect("an answer").status();
        assert!(status.is_success(), "{url}: {status}");
    }

    /// The most memory that it ever had at once, in megabytes.
    pub fn peak_memory_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") >> 10
    }

    /// Changes with idempotency keys, some at once; tells each answer with its status and the number of its change. An answer
    /// that does not come is none.
    pub fn post_keyed(
        &self,
        path: &str,
        changes: Vec<(usize, String, Value)>,
        at_once: usize,
        mut tell: impl FnMut(usize, Option<(u16, Value)>),
    ) {
        let url = format!("{}{path}", self.base);
        let calls = futures::stream::iter(changes).map(|(number, key, body)| {
            let call = self.client.post(&url).bearer_auth(&self.token).header("idempotency-key", key).json(&body);
            async move {
                let answer = call.send().await.ok()?;
                Some((answer.status().as_u16(), answer.json().await.ok()?))
            }
            .map(move |answer| (number, answer))
        });
        self.runtime.block_on(calls.buffer_unordered(at_once).for_each(|(number, answer)| {
            tell(number, answer);
            std::future::ready(())
        }));
    }

    /// Waits until a campaign is no longer running.
    pub fn until_finished(&self, campaign: &str) {
        until("the campaign is finished", || {
            self.get(&format!("/api/v1/campaigns/{campaign}/live"))["status"] != "running"
        });
    }

    /// The counters of a campaign, after the ledger was found to balance and every counter to equal a recount of the rows.
    #[track_caller]
    pub fn balanced(&self, campaign: &str) -> Value {
        let counters = self.get(&format!("/api/v1/campaigns/{campaign}/live"))["counters"].clone();
        let n = |key: &str| counters[key].as_i64().expect("a number");
        let parts = ["sent", "failed", "suppressed", "skipped", "cancelled", "pending", "unknown"];
        assert_eq!(n("total"), parts.iter().map(|part| n(part)).sum::<i64>(), "the ledger balances: {counters}");
        let mut recount: std::collections::BTreeMap<&str, i64> = parts.iter().map(|part| (*part, 0)).collect();
        for status in RecipientStatus::ALL {
            let page = format!("/api/v1/campaigns/{campaign}/recipients?status={status}&pageSize=1");
            let rows = self.ask(reqwest::Method::GET, &page, None)["pagination"]["total_count"].as_i64();
            let counter = if status.was_sent() { "sent" } else { status.as_str() };
            *recount.get_mut(counter).expect("a part of the ledger") += rows.expect("a count");
        }
        for part in parts {
            assert_eq!(recount[part], n(part), "{part} differs from its recount: {counters}");
        }
        counters
    }

    /// Numbers of the messages in a status.
    pub fn sequence_numbers(&self, campaign: &str, status: &str) -> Vec<i64> {
        let (mut all, mut cursor) = (Vec::new(), 0);
        loop {
            let page = self
                .get(&format!("/api/v1/campaigns/{campaign}/recipients?status={status}&pageSize=100&cursor={cursor}"));
            let rows = page.as_array().expect("a page");
            all.extend(rows.iter().map(|row| row["seq"].as_i64().expect("a number")));
            if rows.is_empty() {
                return all;
            }
            cursor = *all.last().expect("a row");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
