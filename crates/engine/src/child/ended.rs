//! What became of a script.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::limits::Limit;
use super::output::Shown;

/// How the process of the script itself ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Exit(i32),
    Signal(i32),
    /// It could not be ended: it hangs in the kernel, on a disk or network folder that does not answer.
    Stuck,
}

/// What was measured of a script and everything that it started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub how: How,
    /// The limit that was reached first and ended it.
    pub limit: Option<Limit>,
    /// Whether somebody asked for its end.
    pub cancelled: bool,
    pub wall: Duration,
    /// Time on processors of all processes together, user and system.
    pub cpu: Duration,
    /// The most of that over any second, or over the whole of a shorter run: 100 is one core.
    pub peak_cpu_percent: u64,
    /// The most resident memory at one time, as sampled, or of the largest process if that is more.
    pub peak_memory_bytes: u64,
    /// The most processes at one time, as sampled.
    pub peak_processes: u32,
    /// Processes that still ran when the script itself had ended, and were ended.
    pub left_behind: u32,
    /// Processes that outlived being killed, because they hang in the kernel.
    pub survivors: u32,
}

/// What became of a script, and what it said.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    pub seen: Seen,
    /// The last object after [`super::Mark::OUTPUT`]; of its lines the last readable one counts.
    pub outputs: Option<Map<String, Value>>,
    /// The last number after [`super::Mark::ROWS`].
    pub rows: Option<u64>,
    /// Lines that begin with a mark but do not go on as they must.
    pub unreadable_marks: u32,
    /// Lines at the end that were not passed on, because the reader stood still.
    pub missed: u64,
    pub stdout: Shown,
    pub stderr: Shown,
    /// What this system could not enforce.
    pub unenforced: Vec<Limit>,
}

impl Ended {
    /// Whether it ended by itself with code 0, within its limits.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.seen.how == How::Exit(0) && self.seen.limit.is_none() && !self.seen.cancelled
    }
}

/// One sentence for the person who looks at the step.
impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.seen.limit, self.seen.cancelled, self.seen.how) {
            (Some(limit), ..) => write!(f, "The script was stopped at its limit: {limit}."),
            (None, true, _) => f.write_str("The script was cancelled."),
            (None, false, How::Exit(0)) => f.write_str("The script succeeded."),
            (None, false, How::Exit(code)) => write!(f, "The script failed with exit code {code}."),
            (None, false, How::Signal(signal)) => write!(f, "The script was ended from outside by signal {signal}."),
            (None, false, How::Stuck) => f.write_str("The script hangs in the system and cannot be ended."),
        }
    }
}
