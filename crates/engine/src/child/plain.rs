//! Where there is no keeper: the script itself as a child, with the running time as its only limit.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio_util::sync::CancellationToken;

use super::ended::{How, Seen};
use super::error::ChildError;
use super::limits::Limit;
use super::order::Order;

/// Everything but the running time.
const UNENFORCED: [Limit; 6] =
    [Limit::Cpu, Limit::Memory, Limit::Processes, Limit::OpenFiles, Limit::FileSize, Limit::WholeGroup];

/// No other program is needed.
#[cfg(not(target_os = "linux"))]
pub(super) fn own_binary() -> std::path::PathBuf {
    std::path::PathBuf::new()
}

/// A script that runs. Dropping it kills the script.
pub(super) struct Kept {
    pub(super) unenforced: Vec<Limit>,
    script: Child,
    wall_clock: Duration,
    began: Instant,
}

impl Kept {
    pub(super) async fn start(_: &Path, order: &Order) -> Result<(Self, ChildStdout, ChildStderr), ChildError> {
        let refused = |error: std::io::Error| ChildError::Start(error.to_string());
        let mut command = Command::new(&order.program);
        command
            .args(&order.arguments)
            .env_clear()
            .envs(&order.environment)
            .current_dir(&order.working_folder)
            .stdin(Stdio::from(std::fs::File::open(&order.stdin).map_err(refused)?))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut script = command.spawn().map_err(refused)?;
        let (Some(stdout), Some(stderr)) = (script.stdout.take(), script.stderr.take()) else {
            return Err(ChildError::Lost);
        };
        let (unenforced, wall_clock, began) = (UNENFORCED.to_vec(), order.limits.wall_clock, Instant::now());
        Ok((Self { unenforced, script, wall_clock, began }, stdout, stderr))
    }

    pub(super) async fn ended(mut self, cancel: &CancellationToken) -> Result<Seen, ChildError> {
        let (mut limit, mut cancelled) = (None, false);
        let status = tokio::select! {
            status = self.script.wait() => status,
            () = tokio::time::sleep(self.wall_clock) => { limit = Some(Limit::WallClock); self.killed().await }
            () = cancel.cancelled() => { cancelled = true; self.killed().await }
        }
        .map_err(|error| ChildError::Start(error.to_string()))?;
        Ok(Seen {
            how: how(status),
            limit,
            cancelled,
            wall: self.began.elapsed(),
            // Not measured here.
            cpu: Duration::ZERO,
            peak_cpu_percent: 0,
            peak_memory_bytes: 0,
            peak_processes: 1,
            left_behind: 0,
            survivors: 0,
        })
    }

    async fn killed(&mut self) -> std::io::Result<ExitStatus> {
        self.script.start_kill()?;
        self.script.wait().await
    }
}

fn how(status: ExitStatus) -> How {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return How::Signal(signal);
    }
    How::Exit(status.code().unwrap_or(-1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child::script::{Language, Script};

    async fn run(text: &str, wall_clock: Duration) -> (Seen, Vec<Limit>) {
        let mut script = Script::new(Language::Shell, text);
        script.limits.wall_clock = wall_clock;
        let (_folder, order) = script.prepare().unwrap();
        let (kept, _stdout, _stderr) = Kept::start(Path::new(""), &order).await.unwrap();
        let unenforced = kept.unenforced.clone();
        (kept.ended(&CancellationToken::new()).await.unwrap(), unenforced)
    }

    #[tokio::test]
    async fn child_without_a_keeper_has_its_running_time_and_says_what_it_lacks() {
        let (seen, unenforced) = run("exit 3", Duration::from_secs(60)).await;
        assert_eq!((seen.how, seen.limit), (How::Exit(3), None));
        assert!(unenforced.contains(&Limit::Memory) && !unenforced.contains(&Limit::WallClock));
        let (seen, _) = run("exec sleep 600", Duration::from_millis(100)).await;
        assert_eq!((seen.how, seen.limit), (How::Signal(9), Some(Limit::WallClock)));
    }
}
