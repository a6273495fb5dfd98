//! The process that stands between Muster and a script. It has one thread, and its input is a socket: the order comes in
//! there, reports go out, any further word means "cancel", and its end means that Muster is gone.

mod launch;
mod pace;
mod tree;
mod watch;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::{Pid, dup2_stderr, dup2_stdout, setsid};

use super::order::{Order, Report};
use tree::Tree;
use watch::Watch;

/// First arguments of this binary that make it a keeper or a launcher.
pub(super) const KEEP: &str = "--muster-keep-step";
const LAUNCH: &str = "--muster-launch-step";

/// This binary, even when another version has been put in its place since.
pub(super) const OWN_BINARY: &str = "/proc/self/exe";

const MOST_ORDER_BYTES: u64 = 64 << 20;

pub(super) fn keep_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next()?.to_str()? {
        KEEP => Some(if keep().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
        LAUNCH => Some(launch::launch(arguments)),
        _ => None,
    }
}

/// Failures are not told: without its socket a keeper has nobody to tell, and Muster sees that it ended without a report.
fn keep() -> anyhow::Result<()> {
    let socket = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    // A session of its own: Ctrl-C in Muster's terminal is for Muster, which then asks for the end of the script.
    let _ = setsid();
    nix::sys::prctl::set_child_subreaper(true)?;
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGQUIT] {
        signals.add(signal);
    }
    // Only SIGCHLD is listened to. The others are swallowed: the keeper goes last, or the script would be out of control.
    signals.thread_block()?;
    let children = SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;

    let mut line = String::new();
    BufReader::new((&socket).take(MOST_ORDER_BYTES)).read_line(&mut line)?;
    let order: Order = serde_json::from_str(&line)?;
    drop(line);

    let tree = Tree::of_this_process();
    let script = match start(&order) {
        Ok(script) => script,
        Err(error) => return say(&socket, &Report::Refused { why: format!("{error:#}") }),
    };
    // The streams end when the script and all that it started have closed them.
    let nothing = File::options().write(true).open("/dev/null")?;
    dup2_stdout(&nothing)?;
    dup2_stderr(&nothing)?;
    // Muster may be gone already; the script is ended all the same.
    let _ = say(&socket, &Report::Started { unenforced: tree.unenforced() });

    socket.set_nonblocking(true)?;
    let mut watch = Watch::new(&order.limits, &socket, &children, tree, script);
    let seen = watch.until_all_are_gone();
    if watch.is_abandoned() {
        let _ = std::fs::remove_dir_all(&order.private_folder);
    }
    socket.set_nonblocking(false)?;
    say(&socket, &Report::Ended(seen))
}

/// Starts the launcher, which becomes the script.
fn start(order: &Order) -> anyhow::Result<Pid> {
    let child = Command::new(OWN_BINARY)
        .arg(LAUNCH)
        .arg(serde_json::to_string(&order.limits)?)
        .arg(std::process::id().to_string())
        .arg(&order.program)
        .args(&order.arguments)
        .env_clear()
        .envs(&order.environment)
        .current_dir(&order.working_folder)
        .stdin(Stdio::from(File::open(&order.stdin).context("its input cannot be read")?))
        .spawn()
        .with_context(|| format!("{} does not start", order.program.display()))?;
    Ok(Pid::from_raw(i32::try_from(child.id())?))
}

fn say(mut socket: &UnixStream, report: &Report) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    Ok(socket.write_all(&line)?)
}
