//! What the steps of an execution say, gathered for the database.

use muster_db::job_logs::NewLine;
use muster_domain::clock::Millis;
use muster_domain::storable;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant};

use crate::jobs::step::{LogLine, MAX_LOG_LINE, Said};

/// Lines are kept together this long, so that a chatty step does not cost a transaction for each.
const GATHERED: Duration = Duration::from_millis(250);
/// Lines of one transaction.
const MAX_GATHERED: usize = 500;
/// Lines of one execution.
const MAX_LINES: usize = 50_000;

/// What was said, and by which step.
pub(super) type Heard = (String, Said);

/// The lines of an execution on their way.
pub(super) struct Log {
    pub sender: mpsc::Sender<Heard>,
    pub said: mpsc::Receiver<Heard>,
    lines: Vec<NewLine>,
    since: Option<Instant>,
    total: usize,
}

impl Log {
    pub fn new() -> Self {
        let (sender, said) = mpsc::channel(256);
        Self { sender, said, lines: Vec::new(), since: None, total: 0 }
    }

    /// Takes a line in; beyond the most that an execution may say, one more says that there were more.
    pub fn add(&mut self, step: String, line: LogLine, now: Millis) {
        self.total += 1;
        let mut message: String = match self.total {
            ..=MAX_LINES => line.message.chars().take(MAX_LOG_LINE).collect(),
            n if n == MAX_LINES + 1 => format!("More than {MAX_LINES} lines: the rest is not kept."),
            _ => return,
        };
        storable::text(&mut message);
        let n = self.lines.len();
        self.lines.push(NewLine { n, step_code: Some(step), at: now, level: line.level.as_str(), message });
        self.since.get_or_insert_with(Instant::now);
    }

    /// When the lines are to be kept.
    pub fn due(&self) -> Option<Instant> {
        let since = self.since?;
        Some(if self.lines.len() >= MAX_GATHERED { since } else { since + GATHERED })
    }

    /// The lines that are not kept yet.
    pub fn lines(&self) -> &[NewLine] {
        &self.lines
    }

    /// They are kept.
    pub fn kept(&mut self) {
        self.lines.clear();
        self.since = None;
    }
}
