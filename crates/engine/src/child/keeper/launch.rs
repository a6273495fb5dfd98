//! The last moments before a process is the script: what can only be done to oneself.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, ensure};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{getppid, setsid};

use crate::child::limits::Limits;

/// The exit code that shells give for "found, but cannot be run".
const CANNOT_RUN: u8 = 126;

/// Returns only when the script cannot be started; the reason is on standard error, as a shell would say it.
pub(super) fn launch(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let error = match prepare(&mut arguments) {
        Ok(program) => anyhow::Error::from(Command::new(program).args(arguments).exec()),
        Err(error) => error,
    };
    eprintln!("muster: the script cannot be started: {error:#}");
    ExitCode::from(CANNOT_RUN)
}

fn prepare(arguments: &mut impl Iterator<Item = OsString>) -> anyhow::Result<OsString> {
    let mut text =
        || arguments.next().and_then(|argument| argument.into_string().ok()).context("an argument is missing");
    let limits: Limits = serde_json::from_str(&text()?)?;
    let keeper: i32 = text()?.parse()?;
    let program = arguments.next().context("no program")?;

    // Signals that the keeper holds back would be held back from the script too: it could not be asked to stop.
    SigSet::empty().thread_set_mask()?;
    setsid()?;
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
    // The keeper may have died before the line above.
    ensure!(getppid().as_raw() == keeper, "its keeper is gone");
    // When the system runs out of memory, the script goes before Muster does.
    let _ = std::fs::write("/proc/self/oom_score_adj", "500");
    lower(Resource::RLIMIT_CORE, 0, 0)?;
    lower(Resource::RLIMIT_NOFILE, limits.open_files, limits.open_files)?;
    lower(Resource::RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)?;
    // The keeper counts all processes together and comes first; this holds for each one when the keeper gets no turn.
    let cpu_s = whole_seconds(limits.cpu) + 1;
    lower(Resource::RLIMIT_CPU, cpu_s, cpu_s + whole_seconds(limits.grace))?;
    Ok(program)
}

/// Sets a limit, or leaves a lower one.
fn lower(resource: Resource, soft: u64, hard: u64) -> anyhow::Result<()> {
    let (soft_now, hard_now) = getrlimit(resource)?;
    setrlimit(resource, soft.min(soft_now), hard.min(hard_now)).with_context(|| format!("{resource:?}"))
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
