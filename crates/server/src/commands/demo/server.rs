//! This program again, as child processes, and its API.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long the demo waits for something that has to happen.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Muster on a data folder.
pub(super) struct Server {
    pub folder: PathBuf,
    port: u16,
    child: Child,
}

impl Server {
    /// Starts on a port that stays the same after a restart: tracked links lead there.
    pub(super) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self { folder: folder.to_owned(), port, child: serve(folder, port).await? })
    }

    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `kill -9`, and a start on the same folder.
    pub(super) async fn crash_and_restart(&mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        self.child = serve(&self.folder, self.port).await?;
        Ok(())
    }

    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        Ok(())
    }

    /// A person of the workspace, with a token made on the command line.
    pub(super) async fn person(&self, email: &str) -> anyhow::Result<Api> {
        let token = run(&["token", "--data-dir", &text(&self.folder), "--user", email]).await?;
        Ok(Api { client: reqwest::Client::new(), origin: self.origin(), token: token.trim().to_owned() })
    }
}

async fn serve(folder: &Path, port: u16) -> anyhow::Result<Child> {
    let mut child = program()?
        .args(["serve", "--data-dir", &text(folder), "--listen", &format!("127.0.0.1:{port}")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let said = child.stdout.take().context("the server says nothing")?;
    let line = BufReader::new(said).lines().next_line().await?;
    if !line.as_deref().unwrap_or_default().starts_with("Muster is at") {
        bail!("the server did not start: {line:?}");
    }
    Ok(child)
}

/// Runs this program with other arguments and gives what it prints.
pub(super) async fn run(args: &[&str]) -> anyhow::Result<String> {
    let done = program()?.args(args).output().await?;
    if !done.status.success() {
        bail!("muster-server {} failed: {}", args.join(" "), String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(String::from_utf8(done.stdout)?)
}

fn program() -> anyhow::Result<Command> {
    Ok(Command::new(std::env::current_exe()?))
}

/// A path as an argument.
pub(super) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The API in somebody's name.
#[derive(Clone)]
pub(super) struct Api {
    client: reqwest::Client,
    origin: String,
    token: String,
}

impl Api {
    /// Asks, and gives `data`; an error says what was answered.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.whole(Method::GET, path, None).await?["data"].clone())
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        Ok(self.whole(Method::POST, path, Some(body)).await?["data"].clone())
    }

    pub(super) async fn patch(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        Ok(self.whole(Method::PATCH, path, Some(body)).await?["data"].clone())
    }

    /// How many rows a list has.
    pub(super) async fn count(&self, path: &str) -> anyhow::Result<i64> {
        let answer = self.whole(Method::GET, path, None).await?;
        answer["pagination"]["total_count"].as_i64().with_context(|| format!("{path} is no list"))
    }

    /// The code of the refusal that has to come.
    pub(super) async fn refusal(&self, path: &str, body: Value) -> anyhow::Result<String> {
        let answer = self.answer(Method::POST, path, Some(body)).await?;
        Ok(answer["error"]["code"].as_str().unwrap_or("accepted").to_owned())
    }

    async fn whole(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let answer = self.answer(method, path, body).await?;
        if answer["success"] != true {
            bail!("{path} answered {}", answer["error"]);
        }
        Ok(answer)
    }

    async fn answer(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let mut request = self.client.request(method, format!("{}/api/v1{path}", self.origin)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Ok(request.send().await?.json().await?)
    }

    /// The stream of what moves, as a window reads it.
    pub(super) async fn live(&self) -> anyhow::Result<reqwest::Response> {
        let url = format!("{}/api/v1/live", self.origin);
        Ok(self.client.get(url).bearer_auth(&self.token).send().await?.error_for_status()?)
    }

    /// Asks until `is_enough` likes the answer.
    pub(super) async fn until(&self, path: &str, is_enough: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let mut last = Value::Null;
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                last = self.get(path).await?;
                if is_enough(&last) {
                    return anyhow::Ok(last.clone());
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        })
        .await;
        match found {
            Ok(found) => found,
            Err(_) => bail!("{path} does not come to its end: {last}"),
        }
    }
}
