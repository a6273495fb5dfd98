//! What a script may use.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one run of a script may use. Everything but open files and the size of a file counts for the script and all that it
/// starts together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// From its start to its end, as a clock on the wall sees it.
    pub wall_clock: Duration,
    /// Time on processors, user and system.
    pub cpu: Duration,
    /// Resident memory in bytes; what processes share counts once.
    pub memory_bytes: u64,
    /// Processes at one time. Threads count as well, 32 for each process.
    pub processes: u32,
    /// Open files of each process.
    pub open_files: u64,
    /// Size of each file that it writes, in bytes.
    pub file_bytes: u64,
    /// What is kept of each stream, in bytes: half of it from the beginning, half from the end. More is no fault.
    pub kept_output_bytes: usize,
    /// Between being asked to stop (SIGTERM) and being killed.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall_clock: Duration::from_secs(15 * 60),
            cpu: Duration::from_secs(10 * 60),
            memory_bytes: 512 << 20,
            processes: 64,
            open_files: 256,
            file_bytes: 1 << 30,
            kept_output_bytes: 256 << 10,
            grace: Duration::from_secs(5),
        }
    }
}

/// One of the limits, to say which was reached or cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    WallClock,
    Cpu,
    Memory,
    Processes,
    OpenFiles,
    FileSize,
    /// Ending everything that the script started, not only the script itself.
    WholeGroup,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WallClock => "running time",
            Self::Cpu => "processor time",
            Self::Memory => "memory",
            Self::Processes => "number of processes",
            Self::OpenFiles => "number of open files",
            Self::FileSize => "size of a file",
            Self::WholeGroup => "end of everything that the script started",
        })
    }
}
