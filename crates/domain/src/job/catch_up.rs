//! What is due now, and what becomes of moments that passed while nobody looked.

use super::limits::{MAX_CATCH_UP, MAX_COUNTED};
use super::schedule::Schedule;
use super::words::CatchUpPolicy;
use crate::clock::Millis;
use crate::time::MINUTE;

/// A moment that is looked at within a minute was not missed: the node was busy, not gone.
pub const GRACE: Millis = MINUTE;

/// What to start now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// Moments that get an execution each, ascending.
    pub starts: Vec<Millis>,
    /// How many more moments passed and get none.
    pub left_out: usize,
    /// Whether there may be more of those than were counted.
    pub is_more: bool,
    /// When to look again; none where nothing comes.
    pub next: Option<Millis>,
}

/// What is due at `now` of the moments after `since`, the last one that was decided about (or the moment the job was
/// made, or resumed). After this call `now` is decided about.
pub fn due(schedule: &Schedule, policy: CatchUpPolicy, since: Millis, now: Millis) -> Due {
    // Backwards from now: the latest count, however long nobody looked.
    let mut passed: Vec<Millis> = Vec::new();
    let mut until = now;
    while passed.len() < MAX_COUNTED {
        match schedule.last_until(until).filter(|at| *at > since) {
            Some(at) => {
                passed.push(at);
                until = at - 1;
            }
            None => break,
        }
    }
    let is_more = passed.len() == MAX_COUNTED && schedule.last_until(until).is_some_and(|at| at > since);
    let on_time = passed.iter().take_while(|at| now - **at <= GRACE).count();
    let wanted = match policy {
        CatchUpPolicy::Skip => on_time,
        // What is on time stands for what was missed before it, too.
        CatchUpPolicy::Once => on_time.max(1),
        CatchUpPolicy::All => MAX_CATCH_UP.max(on_time),
    };
    let left_out = passed.len().saturating_sub(wanted);
    passed.truncate(wanted);
    passed.reverse();
    Due { starts: passed, left_out, is_more, next: schedule.next_after(now) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::schedule::CronSchedule;
    use crate::time::{DAY, HOUR, parse_moment, rfc3339};

    fn at(text: &str) -> Millis {
        parse_moment(text).unwrap()
    }

    fn hourly() -> Schedule {
        Schedule::Interval { seconds: 3_600, anchor: 0 }
    }

    #[test]
    fn what_is_on_time_starts_under_every_policy() {
        for policy in CatchUpPolicy::ALL {
            let due = due(&hourly(), *policy, HOUR, 2 * HOUR + 30_000);
            assert_eq!(due, Due { starts: vec![2 * HOUR], left_out: 0, is_more: false, next: Some(3 * HOUR) });
        }
    }

    #[test]
    fn what_was_missed_follows_the_policy() {
        let missed = |policy| due(&hourly(), policy, HOUR, 5 * HOUR + HOUR / 2);
        assert_eq!((missed(CatchUpPolicy::Skip).starts, missed(CatchUpPolicy::Skip).left_out), (vec![], 4));
        assert_eq!((missed(CatchUpPolicy::Once).starts, missed(CatchUpPolicy::Once).left_out), (vec![5 * HOUR], 3));
        assert_eq!(missed(CatchUpPolicy::All).starts, [2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR]);
    }

    #[test]
    fn a_long_silence_is_bounded() {
        let each_second = Schedule::Interval { seconds: 1, anchor: 0 };
        let due = due(&each_second, CatchUpPolicy::All, 0, 30 * DAY);
        assert_eq!((due.starts.len(), due.left_out, due.is_more), (MAX_CATCH_UP, MAX_COUNTED - MAX_CATCH_UP, true));
        assert_eq!(due.starts.last(), Some(&(30 * DAY)));
    }

    #[test]
    fn a_night_that_nobody_saw_is_made_up_for_once() {
        let midnight = Schedule::Cron(Box::new(CronSchedule::parse("0 0 * * *", "Africa/Nairobi").unwrap()));
        let due = due(&midnight, CatchUpPolicy::Once, at("2026-11-20T00:00:00Z"), at("2026-11-23T08:00:00Z"));
        assert_eq!(due.starts.into_iter().map(rfc3339).collect::<Vec<_>>(), ["2026-11-22T21:00:00Z"]);
        assert_eq!((due.left_out, due.next.map(rfc3339).as_deref()), (2, Some("2026-11-23T21:00:00Z")));
    }
}
