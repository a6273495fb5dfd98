//! How far a try says that it has come: its newest word is kept, once a second at most.

use tokio::time::{Duration, Instant};

/// Words of one try are kept so far apart.
const APART: Duration = Duration::from_secs(1);

/// A share of one as it is kept.
pub(super) fn e4(share: f64) -> i64 {
    (share * 10_000.0).round() as i64
}

/// A kept share as people read it.
pub(super) fn share(e4: i64) -> f64 {
    e4 as f64 / 10_000.0
}

/// When the words of one try are kept.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Since when the newest word waits.
    since: Option<Instant>,
    kept: Option<Instant>,
}

impl Pace {
    /// There is a new word.
    pub fn say(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    /// When the newest word is to be kept; none where it is kept already.
    pub fn due(&self) -> Option<Instant> {
        let since = self.since?;
        Some(self.kept.map_or(since, |kept| since.max(kept + APART)))
    }

    /// Whether it is kept now.
    pub fn take(&mut self, now: Instant) -> bool {
        let is_due = self.due().is_some_and(|at| at <= now);
        if is_due {
            *self = Self { since: None, kept: Some(now) };
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_word_is_kept_once_a_second() {
        let mut pace = Pace::default();
        assert_eq!(pace.due(), None, "nothing was said");
        pace.say();
        let start = Instant::now();
        assert!(pace.take(start), "the first word is kept at once");
        assert!(!pace.take(start + APART), "nothing new");
        pace.say();
        pace.say();
        assert_eq!(pace.due(), Some(start + APART));
        assert!(!pace.take(start + APART - Duration::from_millis(1)));
        assert!(pace.take(start + APART), "what was said last is never forgotten");
        assert!(!pace.take(start + 3 * APART), "and kept once");
    }
}
