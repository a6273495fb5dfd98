//! Runs one script of an administrator as a child process, within limits, and leaves nothing of it behind.
//!
//! On Linux three processes stand in a row, all of them this program's own binary until the last:
//!
//! - **Muster** writes the script to a private folder, starts a keeper, and reads the script's two streams.
//! - The **keeper** ([`keeper`]) is the subreaper of everything the script starts: who forks away, or makes a session of
//!   his own, is still found below it. It measures, asks to stop, kills, and is done when it has no child left, which the
//!   kernel tells it. It sees on its socket when Muster is gone, and ends the script then.
//! - The **launcher** makes a session, lowers its own limits and becomes the interpreter. It dies with the keeper.
//!
//! A keeper apart, because a process may only wait for its own orphans, and because limits can be set between fork and exec
//! only by unsafe code. A binary that runs scripts calls [`keep_if_asked`] before anything else.
//!
//! Memory, processes and the CPU time of all together are watched, every 20 ms, and not walled in: address space limits
//! refuse Node and Python what they only reserve, `RLIMIT_NPROC` counts the whole user and never root, and control groups
//! belong to whoever starts Muster. So a script may go beyond for a moment before it dies.

mod ended;
mod error;
mod limits;
mod mark;
mod mask;
mod order;
mod output;
mod run;
mod script;

#[cfg(target_os = "linux")]
mod keeper;
#[cfg(target_os = "linux")]
mod kept;
#[cfg(any(not(target_os = "linux"), test))]
mod plain;

pub use ended::{Ended, How};
pub use error::ChildError;
pub use limits::{Limit, Limits};
pub use mark::Mark;
pub(crate) use mask::Masks;
pub use output::{Line, Shown, Stream};
pub use run::{Host, run};
pub use script::{Language, Script};

use std::process::ExitCode;

/// Keeps or launches a script when this process was started for that, and says how it ended; otherwise `None`.
///
/// The first thing in `main`, before there is any thread.
#[must_use]
pub fn keep_if_asked() -> Option<ExitCode> {
    #[cfg(target_os = "linux")]
    return keeper::keep_if_asked();
    #[cfg(not(target_os = "linux"))]
    None
}
