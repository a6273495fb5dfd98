//! What the tests stand on: a script with a mark that everything it starts carries, and the look for that mark in `/proc`.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use muster_engine::child::{ChildError, Ended, Host, Language, Line, Script, run};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const MARK: &str = "MUSTER_TEST_MARK";

pub fn host() -> Host {
    Host::at(env!("CARGO_BIN_EXE_muster-step-keeper"))
}

/// A mark that no other test has.
pub fn new_mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

pub fn shell(text: &str) -> Script {
    marked(Script::new(Language::Shell, text))
}

pub fn node(text: &str) -> Script {
    marked(Script::new(Language::Node, text))
}

pub fn python(text: &str) -> Script {
    marked(Script::new(Language::Python, text))
}

fn marked(mut script: Script) -> Script {
    script.environment.insert(MARK.into(), new_mark());
    script.limits.grace = Duration::from_millis(200);
    script
}

/// The command lines of all processes that carry a mark.
pub fn alive(mark: &str) -> Vec<String> {
    let wanted = format!("{MARK}={mark}");
    let all = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let environment = fs::read(entry.path().join("environ")).ok()?;
        environment.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes()).then_some(())?;
        let words = fs::read(entry.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&words).replace('\0', " "))
    });
    all.collect()
}

/// Looks until no process carries the mark: for ends that nobody reports.
pub async fn all_gone(mark: &str) {
    let look = async {
        let mut between = tokio::time::interval(Duration::from_millis(10));
        while !alive(mark).is_empty() {
            between.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("still there: {:?}", alive(mark)));
}

/// Runs a script to its end and sees that nothing of it is left.
pub async fn result(script: &Script) -> Result<Ended, ChildError> {
    let (sender, _nobody_reads) = mpsc::channel(4);
    let cancel = CancellationToken::new();
    let result = tokio::time::timeout(PATIENCE, run(&host(), script, sender, &cancel)).await.expect("it ends");
    if matches!(result, Err(ChildError::Lost)) {
        all_gone(&script.environment[MARK]).await;
    }
    assert_eq!(alive(&script.environment[MARK]), [""; 0], "left behind");
    result
}

pub async fn ended(script: &Script) -> Ended {
    result(script).await.expect("it runs")
}

/// A script that runs beside the test.
pub struct Running {
    pub lines: mpsc::Receiver<Line>,
    pub cancel: CancellationToken,
    pub task: tokio::task::JoinHandle<Result<Ended, ChildError>>,
}

pub fn start(script: &Script) -> Running {
    let (sender, lines) = mpsc::channel(1_000);
    let cancel = CancellationToken::new();
    let (script, token) = (script.clone(), cancel.clone());
    let task = tokio::spawn(async move { run(&host(), &script, sender, &token).await });
    Running { lines, cancel, task }
}

impl Running {
    /// The next line that it says.
    pub async fn line(&mut self) -> String {
        tokio::time::timeout(PATIENCE, self.lines.recv()).await.expect("a line in time").expect("a line").text
    }

    pub async fn ended(self) -> Ended {
        tokio::time::timeout(PATIENCE, self.task).await.expect("it ends").unwrap().expect("it runs")
    }
}
