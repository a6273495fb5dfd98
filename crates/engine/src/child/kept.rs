//! Muster's end of a keeper.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio_util::sync::CancellationToken;

use super::ended::Seen;
use super::error::ChildError;
use super::keeper::{KEEP, OWN_BINARY};
use super::limits::Limit;
use super::order::{Order, Report};
use super::script::FOLDER_VARIABLE;

/// What a keeper may take beyond the script's time and grace: to start, and to kill who hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks for what a dead keeper left; each kills all that it finds.
const MOST_SWEEPS: usize = 100;

pub(super) fn own_binary() -> PathBuf {
    OWN_BINARY.into()
}

/// A script that runs. Dropping it ends the script: the keeper sees its socket close.
pub(super) struct Kept {
    pub(super) unenforced: Vec<Limit>,
    socket: BufReader<UnixStream>,
    keeper: Child,
    private_folder: PathBuf,
    patience: Duration,
}

impl Kept {
    pub(super) async fn start(host: &Path, order: &Order) -> Result<(Self, ChildStdout, ChildStderr), ChildError> {
        let refused = |error: std::io::Error| ChildError::Start(error.to_string());
        let (ours, theirs) = StdUnixStream::pair().map_err(refused)?;
        ours.set_nonblocking(true).map_err(refused)?;
        let mut socket = BufReader::new(UnixStream::from_std(ours).map_err(refused)?);
        let mut keeper = Command::new(host)
            .arg(KEEP)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(refused)?;
        let (Some(stdout), Some(stderr)) = (keeper.stdout.take(), keeper.stderr.take()) else {
            return Err(ChildError::Lost);
        };
        let mut line = serde_json::to_vec(order).map_err(|error| ChildError::Start(error.to_string()))?;
        line.push(b'\n');
        // A keeper that dies here is seen by the report that does not come.
        let _ = socket.write_all(&line).await;
        let patience = order.limits.wall_clock + order.limits.grace + PATIENCE;
        let private_folder = order.private_folder.clone();
        let mut kept = Self { unenforced: Vec::new(), socket, keeper, private_folder, patience };
        match tokio::time::timeout(PATIENCE, report(&mut kept.socket)).await {
            Ok(Some(Report::Started { unenforced })) => kept.unenforced = unenforced,
            Ok(Some(Report::Refused { why })) => return Err(ChildError::Start(why)),
            // A quick script may have killed it before its first word; and a host that keeps no scripts has none.
            Ok(Some(Report::Ended(_)) | None) | Err(_) => return Err(kept.lost().await),
        }
        Ok((kept, stdout, stderr))
    }

    /// Waits for the end of the script and of everything that it started.
    pub(super) async fn ended(mut self, cancel: &CancellationToken) -> Result<Seen, ChildError> {
        let patience = tokio::time::sleep(self.patience);
        tokio::pin!(patience);
        let mut line = String::new();
        let mut asked = false;
        loop {
            tokio::select! {
                // Reads on into the same line where it was interrupted.
                read = self.socket.read_line(&mut line) => {
                    let report = read.ok().and_then(|_| serde_json::from_str(&line).ok());
                    let Some(Report::Ended(seen)) = report else { break };
                    // It ends right after its last word; waited for, so that it does not stay as a zombie.
                    let _ = self.keeper.wait().await;
                    return Ok(seen);
                }
                () = cancel.cancelled(), if !asked => {
                    asked = true;
                    let _ = self.socket.write_all(b"cancel\n").await;
                }
                () = &mut patience => break,
            }
        }
        Err(self.lost().await)
    }

    /// Ends what a keeper has left that does not answer.
    async fn lost(mut self) -> ChildError {
        let _ = self.keeper.kill().await;
        let folder = self.private_folder;
        let _ = tokio::task::spawn_blocking(move || sweep(&folder)).await;
        ChildError::Lost
    }
}

async fn report(socket: &mut BufReader<UnixStream>) -> Option<Report> {
    let mut line = String::new();
    socket.read_line(&mut line).await.ok()?;
    serde_json::from_str(&line).ok()
}

/// Kills what a dead keeper left behind, known by its environment. Who has cleared that as well is not found.
fn sweep(private_folder: &Path) {
    let mark = format!("{FOLDER_VARIABLE}={}", private_folder.display());
    for _ in 0..MOST_SWEEPS {
        let Ok(all) = fs::read_dir("/proc") else { return };
        let marked: Vec<i32> = all
            .flatten()
            .filter(|entry| {
                let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
                environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
            })
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .collect();
        if marked.is_empty() {
            return;
        }
        for pid in marked {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}
