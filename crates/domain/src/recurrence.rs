//! When a recurring campaign occurs: a cron expression in a timezone, at most once an hour (CAM-2).

use std::str::FromStr;

use chrono::DateTime;
use croner::Cron;

use crate::clock::Millis;
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
    cron: Cron,
    zone: chrono_tz::Tz,
}

/// Occurrences that are looked at for the shortest interval.
const LOOKED_AT: usize = 50;

impl Recurrence {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it, or the timezone, cannot be read.
    pub fn parse(expression: &str, timezone: &str) -> Result<Self, RecurrenceError> {
        let cron =
            Cron::from_str(expression.trim()).map_err(|_| RecurrenceError::BadExpression(expression.to_owned()))?;
        let zone = chrono_tz::Tz::from_str(timezone).map_err(|_| RecurrenceError::BadTimezone(timezone.to_owned()))?;
        Ok(Self { cron, zone })
    }

    /// The first occurrence after a moment.
    pub fn next_after(&self, at: Millis) -> Option<Millis> {
        let from = DateTime::from_timestamp_millis(at)?.with_timezone(&self.zone);
        self.cron.find_next_occurrence(&from, false).ok().map(|t| t.timestamp_millis())
    }

    /// Refuses what occurs more often than once an hour, seen from a moment.
    ///
    /// # Errors
    /// With the shortest interval, in minutes.
    pub fn check(&self, now: Millis) -> Result<(), RecurrenceError> {
        let mut at = self.next_after(now).ok_or(RecurrenceError::Never)?;
        for _ in 0..LOOKED_AT {
            let Some(next) = self.next_after(at) else { break };
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
    fn more_than_once_an_hour_is_refused() {
        let now = parse_moment("2026-11-24T08:00:00Z").unwrap();
        let often = Recurrence::parse("*/30 * * * *", "UTC").unwrap();
        assert_eq!(often.check(now), Err(RecurrenceError::TooOften(30)));
        assert_eq!(Recurrence::parse("0 * * * *", "UTC").unwrap().check(now), Ok(()));
        assert!(matches!(Recurrence::parse("often", "UTC"), Err(RecurrenceError::BadExpression(_))));
        assert!(matches!(Recurrence::parse("0 0 * * *", "Mars/Base"), Err(RecurrenceError::BadTimezone(_))));
    }
}
