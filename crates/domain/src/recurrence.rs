//! When a recurring campaign occurs: a cron expression in a timezone, at most once an hour (CAM-2).

use crate::clock::Millis;
use crate::job::catch_up;
use crate::job::schedule::{CronError, CronSchedule, Schedule};
use crate::job::words::CatchUpPolicy;
use crate::time::HOUR;

/// Why a recurrence is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    #[error("“{0}” is not a cron expression: write minute, hour, day, month and weekday, like 0 9 * * 1")]
    BadExpression(String),
    #[error("the timezone {0} is not known")]
    BadTimezone(String),
    #[error("a recurring campaign runs at most once an hour; this one would run {0} minutes after itself")]
    TooOften(i64),
    #[error("this never happens")]
    Never,
}

/// A recurrence that was understood.
#[derive(Debug, Clone)]
pub struct Recurrence {
    schedule: CronSchedule,
    /// Nothing occurs after this.
    end_at: Option<Millis>,
    /// The same on a clock that is never changed.
    even: CronSchedule,
}

/// What is decided about the occurrences up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The occurrence to start, by its moment.
    pub start: Option<Millis>,
    /// Occurrences that get no start.
    pub left_out: usize,
    /// The next one; none where nothing comes.
    pub next: Option<Millis>,
}

/// Occurrences that are looked at for the shortest interval.
const LOOKED_AT: usize = 50;

impl Recurrence {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it, or the timezone, cannot be read.
    pub fn parse(expression: &str, timezone: &str) -> Result<Self, RecurrenceError> {
        let read = |timezone: &str| {
            CronSchedule::parse(expression, timezone).map_err(|error| match error {
                CronError::BadExpression(text) => RecurrenceError::BadExpression(text),
                CronError::BadTimezone(name) => RecurrenceError::BadTimezone(name),
                CronError::Never(_) => RecurrenceError::Never,
            })
        };
        Ok(Self { schedule: read(timezone)?, end_at: None, even: read("UTC")? })
    }

    /// The same until a moment, itself included.
    pub fn until(self, end_at: Option<Millis>) -> Self {
        Self { end_at, ..self }
    }

    /// The first occurrence after a moment; see [`crate::job::schedule`] for what happens when the clock is changed.
    pub fn next_after(&self, at: Millis) -> Option<Millis> {
        self.within(self.schedule.next_after(at))
    }

    /// The first occurrences after a moment.
    pub fn upcoming(&self, after: Millis, count: usize) -> Vec<Millis> {
        std::iter::successors(self.next_after(after), |at| self.next_after(*at)).take(count).collect()
    }

    /// What becomes of the occurrence that was planned, now that its moment has come: it starts when it is on time, and
    /// what was missed starts once (`runs_late`) or not at all.
    pub fn due(&self, planned: Millis, now: Millis, runs_late: bool) -> Due {
        let policy = if runs_late { CatchUpPolicy::Once } else { CatchUpPolicy::Skip };
        let schedule = Schedule::Cron(Box::new(self.schedule.clone()));
        let until = self.end_at.map_or(now, |end| end.min(now));
        let mut due = catch_up::due(&schedule, policy, planned - 1, until);
        // Late by the clock, not by the end of the campaign.
        let is_missed = |at: Millis| now - at > catch_up::GRACE;
        if !runs_late && due.starts.last().is_some_and(|at| is_missed(*at)) {
            due.left_out += due.starts.len();
            due.starts.clear();
        }
        Due { start: due.starts.last().copied(), left_out: due.left_out, next: self.next_after(now) }
    }

    fn within(&self, at: Option<Millis>) -> Option<Millis> {
        at.filter(|at| self.end_at.is_none_or(|end| *at <= end))
    }

    /// Refuses what occurs more often than once an hour, seen from a moment. Measured on a clock that is never changed:
    /// whether a schedule is taken does not depend on the season in which it is made.
    ///
    /// # Errors
    /// With the shortest interval, in minutes.
    pub fn check(&self, now: Millis) -> Result<(), RecurrenceError> {
        let mut at = self.even.next_after(now).ok_or(RecurrenceError::Never)?;
        for _ in 0..LOOKED_AT {
            let Some(next) = self.even.next_after(at) else { break };
            if next - at < HOUR {
                return Err(RecurrenceError::TooOften((next - at) / 60_000));
            }
            at = next;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{parse_moment, rfc3339};

    #[test]
    fn it_occurs_in_its_timezone() {
        let weekly = Recurrence::parse("0 9 * * 1", "Africa/Nairobi").unwrap();
        let now = parse_moment("2026-11-24T08:00:00Z").unwrap();
        assert_eq!(rfc3339(weekly.next_after(now).unwrap()), "2026-11-30T06:00:00Z");
        assert_eq!(weekly.check(now), Ok(()));
    }

    #[test]
    fn no_occurrence_is_lost_or_doubled_when_the_clock_changes() {
        // Berlin skips 02:00 to 03:00 on 2026-03-29, and has it twice on 2026-10-25.
        let twice_a_night = Recurrence::parse("30 2,4 * * *", "Europe/Berlin").unwrap();
        let night = |from: &str| -> Vec<String> {
            let first = twice_a_night.next_after(parse_moment(from).unwrap()).unwrap();
            [first, twice_a_night.next_after(first).unwrap()].map(rfc3339).into()
        };
        assert_eq!(night("2026-03-28T22:00:00Z"), ["2026-03-29T01:00:00Z", "2026-03-29T02:30:00Z"]);
        let side_by_side = Recurrence::parse("30 2,3 * * *", "Europe/Berlin").unwrap();
        assert_eq!(side_by_side.check(parse_moment("2026-03-28T22:00:00Z").unwrap()), Ok(()), "in every season");
        assert_eq!(night("2026-10-24T22:00:00Z"), ["2026-10-25T00:30:00Z", "2026-10-25T03:30:00Z"]);
    }

    #[test]
    fn what_was_missed_starts_once_or_not_at_all() {
        let at = |text: &str| parse_moment(text).unwrap();
        let daily = Recurrence::parse("0 9 * * *", "Africa/Nairobi").unwrap();
        let (planned, now) = (at("2026-11-24T06:00:00Z"), at("2026-11-26T08:00:00Z"));
        let next = Some(at("2026-11-27T06:00:00Z"));
        let late = daily.due(planned, now, true);
        assert_eq!(late, Due { start: Some(at("2026-11-26T06:00:00Z")), left_out: 2, next });
        assert_eq!(daily.due(planned, now, false), Due { start: None, left_out: 3, next });
        let on_time = Due { start: Some(planned), left_out: 0, next: Some(at("2026-11-25T06:00:00Z")) };
        for runs_late in [true, false] {
            assert_eq!(daily.due(planned, planned + 30_000, runs_late), on_time);
        }
    }

    #[test]
    fn nothing_occurs_after_the_end() {
        let at = |text: &str| parse_moment(text).unwrap();
        let daily = Recurrence::parse("0 9 * * *", "UTC").unwrap().until(Some(at("2026-11-26T09:00:00Z")));
        let days = daily.upcoming(at("2026-11-24T08:00:00Z"), 5);
        assert_eq!(days, ["2026-11-24T09:00:00Z", "2026-11-25T09:00:00Z", "2026-11-26T09:00:00Z"].map(at));
        let last = daily.due(at("2026-11-26T09:00:00Z"), at("2026-11-26T09:00:01Z"), false);
        assert_eq!((last.start, last.next), (Some(at("2026-11-26T09:00:00Z")), None));
        let over = daily.due(at("2026-11-26T09:00:00Z"), at("2026-12-01T00:00:00Z"), true);
        assert_eq!((over.start, over.left_out, over.next), (Some(at("2026-11-26T09:00:00Z")), 0, None));
        assert_eq!(daily.due(at("2026-11-26T09:00:00Z"), at("2026-12-01T00:00:00Z"), false).start, None);
    }

    #[test]
    fn more_than_once_an_hour_is_refused() {
        let now = parse_moment("2026-11-24T08:00:00Z").unwrap();
        let often = Recurrence::parse("*/30 * * * *", "UTC").unwrap();
        assert_eq!(often.check(now), Err(RecurrenceError::TooOften(30)));
        assert_eq!(Recurrence::parse("0 * * * *", "UTC").unwrap().check(now), Ok(()));
        assert!(matches!(Recurrence::parse("often", "UTC"), Err(RecurrenceError::BadExpression(_))));
        assert!(matches!(Recurrence::parse("0 0 * * *", "Mars/Base"), Err(RecurrenceError::BadTimezone(_))));
    }
}
