//! One run of a script, from the order to what became of it.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

#[cfg(target_os = "linux")]
use super::kept::{Kept, own_binary};
#[cfg(not(target_os = "linux"))]
use super::plain::{Kept, own_binary};

use super::ended::Ended;
use super::error::ChildError;
use super::mask::Masks;
use super::output::{Line, Stream, Tap};
use super::script::Script;

/// The program that keeps scripts: one whose `main` begins with [`super::keep_if_asked`].
#[derive(Debug, Clone)]
pub struct Host(PathBuf);

impl Host {
    /// The program that asks.
    #[must_use]
    pub fn this_program() -> Self {
        Self(own_binary())
    }

    #[must_use]
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self(program.into())
    }
}

/// Runs a script to its end and leaves nothing of it: no process, no file.
///
/// Lines go out while it runs. A reader that is slow is waited for; one that stands still misses some, and is told how many; one
/// that is gone misses all. When the token is cancelled the script is asked to stop and killed after its grace; so it is, without grace, when this future is
/// dropped or this process dies.
pub async fn run(
    host: &Host,
    script: &Script,
    lines: mpsc::Sender<Line>,
    cancel: &CancellationToken,
) -> Result<Ended, ChildError> {
    let (folder, order) = script.prepare()?;
    let masks = Arc::new(Masks::new(script.secrets.values()));
    let (kept, stdout, stderr) = Kept::start(&host.0, &order).await?;
    // It holds the secrets in the clear.
    drop(order);
    let unenforced = kept.unenforced.clone();
    let gone = CancellationToken::new();
    let tap = |stream| Tap::new(stream, masks.clone(), lines.clone(), script.limits.kept_output_bytes);
    let (out, err, seen) = tokio::join!(
        tap(Stream::Stdout).drain(stdout, gone.clone()),
        tap(Stream::Stderr).drain(stderr, gone.clone()),
        async {
            let seen = kept.ended(cancel).await;
            gone.cancel();
            seen
        }
    );
    let seen = seen?;
    if let Err(error) = folder.close() {
        tracing::warn!(%error, "the private folder of a script could not be removed");
    }
    Ok(Ended {
        seen,
        outputs: out.outputs,
        rows: out.rows,
        unreadable_marks: out.unreadable_marks,
        missed: out.missed + err.missed,
        stdout: out.shown,
        stderr: err.shown,
        unenforced,
    })
}
