//! When a job is due: cron expressions on the wall clock of a timezone, and intervals.
//!
//! What happens when the clock is changed:
//! - a moment that the clock skips comes once, at the first moment after the gap;
//! - a moment that comes twice is due the first time only;
//! - but an expression that is due in every hour of the day follows the passing of time: every five minutes stays every
//!   five minutes, in the hour that comes twice, too, and there is nothing to make up for.
//!
//! The expression is matched by croner on a clock that never changes, and the wall clock is laid over it here: croner's own
//! rule leaves out what is skipped, and runs twice, when an expression names more than one hour.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Timelike, Utc};
use croner::{Cron, Direction};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::clock::Millis;
use crate::time::SECOND;

/// Changes of the clock that are walked over in one search; some zones change four times a year.
const MAX_CHANGES: usize = 200;

/// A timezone by its IANA name.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// Why a cron expression is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    #[error("“{0}” is not a cron expression: write minute, hour, day, month and weekday, like 0 8 * * *")]
    BadExpression(String),
    #[error("“{0}” is not a timezone: write one like Africa/Nairobi")]
    BadTimezone(String),
    #[error("“{0}” never happens: there is no such day")]
    Never(String),
}

/// A cron expression in a timezone. Five fields, or six with seconds in front.
#[derive(Debug, Clone)]
pub struct CronSchedule {
    cron: Cron,
    zone: TimeZone,
    /// Whether it is due in every hour of the day.
    is_hourly: bool,
}

impl CronSchedule {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it, or the timezone, cannot be read, or no day of the calendar matches.
    pub fn parse(expression: &str, timezone: &str) -> Result<Self, CronError> {
        let bad = || CronError::BadExpression(expression.to_owned());
        let fields = expression.split_whitespace().count();
        // `@daily` and its kin are one word.
        let is_word = fields == 1 && expression.trim().starts_with('@');
        if !is_word && !(5..=6).contains(&fields) {
            return Err(bad());
        }
        let cron = Cron::from_str(expression.trim()).map_err(|_| bad())?;
        let zone = zone(timezone).ok_or_else(|| CronError::BadTimezone(timezone.to_owned()))?;
        let is_hourly = (0..24).all(|hour| cron.pattern.hour_match(hour).unwrap_or(false));
        let schedule = Self { cron, zone, is_hourly };
        // 2000 to 2028 hold every combination of weekday and date that ever happens.
        let first = schedule.wall(civil::datetime(2000, 1, 1, 0, 0, 0, 0), Direction::Forward);
        first.map(|_| schedule).ok_or_else(|| CronError::Never(expression.to_owned()))
    }

    /// The first moment after a moment.
    pub fn next_after(&self, at: Millis) -> Option<Millis> {
        if self.is_hourly { self.elapsed_after(at) } else { self.once_after(at) }
    }

    /// The last moment at or before a moment.
    pub fn last_until(&self, at: Millis) -> Option<Millis> {
        if self.is_hourly { self.elapsed_until(at) } else { self.once_until(at) }
    }

    /// Each matching time of the wall clock once. The moments of the wall clock's times never go backwards, so the first
    /// that lies after `at` is the answer.
    fn once_after(&self, at: Millis) -> Option<Millis> {
        let mut wall = self.wall_at(at)?;
        for _ in 0..MAX_CHANGES {
            let matching = self.wall(next_second(wall)?, Direction::Forward)?;
            let moment = self.moment(matching)?;
            if moment > at {
                return Some(moment);
            }
            // `at` lies in the second run of an hour that comes twice: go on behind it.
            wall = self.fold_end(matching)?;
        }
        None
    }

    fn once_until(&self, at: Millis) -> Option<Millis> {
        let wall = self.wall_at(at)?;
        // In the second run of an hour that comes twice, all of its first run has passed.
        let is_second_run = self.moment(wall)? < at - at.rem_euclid(SECOND);
        let latest = if is_second_run { self.fold_end(wall)? } else { wall };
        self.moment(self.wall(latest, Direction::Backward)?)
    }

    /// Between two changes of the clock the wall clock is time itself.
    fn elapsed_after(&self, at: Millis) -> Option<Millis> {
        let mut from = at;
        let mut offset = self.zone.to_offset(timestamp(from)?);
        for _ in 0..MAX_CHANGES {
            let change = self.zone.following(timestamp(from)?).next();
            let found = self.wall(next_second(wall_of(offset, from)?)?, Direction::Forward)?;
            let moment = offset.to_timestamp(found).ok()?.as_millisecond();
            match change {
                Some(change) if change.timestamp().as_millisecond() <= moment => {
                    offset = change.offset();
                    // The moment of the change itself counts.
                    from = change.timestamp().as_millisecond();
                    let wall = wall_of(offset, from)?;
                    if self.matches(wall) {
                        return Some(from);
                    }
                }
                _ => return Some(moment),
            }
        }
        None
    }

    fn elapsed_until(&self, at: Millis) -> Option<Millis> {
        let mut until = at;
        for _ in 0..MAX_CHANGES {
            let offset = self.zone.to_offset(timestamp(until)?);
            let found = self.wall(wall_of(offset, until)?, Direction::Backward)?;
            let moment = offset.to_timestamp(found).ok()?.as_millisecond();
            // A change strictly before the moment after: the stretch begins with the change.
            let change = self.zone.preceding(timestamp(until + 1)?).next().map(|c| c.timestamp().as_millisecond());
            match change {
                Some(change) if moment < change => until = change - 1,
                _ => return Some(moment),
            }
        }
        None
    }

    /// The first (last) matching time at or after (before) a time of a clock that never changes.
    fn wall(&self, from: civil::DateTime, direction: Direction) -> Option<civil::DateTime> {
        let utc = Offset::UTC.to_timestamp(from).ok()?.as_millisecond();
        let from: DateTime<Utc> = DateTime::from_timestamp_millis(utc)?;
        let found = match direction {
            Direction::Forward => self.cron.find_next_occurrence(&from, true),
            Direction::Backward => self.cron.find_previous_occurrence(&from, true),
        };
        let found = found.ok()?.naive_utc();
        // Fields of a calendar date fit; years beyond jiff's range have no answer.
        let part = |number: u32| i8::try_from(number).ok();
        civil::DateTime::new(
            i16::try_from(found.year()).ok()?,
            part(found.month())?,
            part(found.day())?,
            part(found.hour())?,
            part(found.minute())?,
            part(found.second())?,
            0,
        )
        .ok()
    }

    fn matches(&self, wall: civil::DateTime) -> bool {
        self.wall(wall, Direction::Forward) == Some(wall)
    }

    /// The wall clock at a moment, in whole seconds.
    fn wall_at(&self, at: Millis) -> Option<civil::DateTime> {
        wall_of(self.zone.to_offset(timestamp(at)?), at)
    }

    /// When the wall clock first shows a time; the end of the gap where it skips it.
    fn moment(&self, wall: civil::DateTime) -> Option<Millis> {
        let moment = match self.zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).ok()?,
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).ok()?,
            AmbiguousOffset::Gap { before, .. } => {
                let beyond = before.to_timestamp(wall).ok()?.as_millisecond() + 1;
                self.zone.preceding(timestamp(beyond)?).next()?.timestamp()
            }
        };
        Some(moment.as_millisecond())
    }

    /// The last second of the wall clock before an hour that comes twice ends; the time itself where it comes once.
    fn fold_end(&self, wall: civil::DateTime) -> Option<civil::DateTime> {
        match self.zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Fold { before, .. } => {
                let change = self.zone.following(before.to_timestamp(wall).ok()?).next()?;
                wall_of(before, change.timestamp().as_millisecond() - SECOND)
            }
            _ => Some(wall),
        }
    }
}

fn timestamp(at: Millis) -> Option<Timestamp> {
    Timestamp::from_millisecond(at).ok()
}

fn wall_of(offset: Offset, at: Millis) -> Option<civil::DateTime> {
    Some(offset.to_datetime(timestamp(at - at.rem_euclid(SECOND))?))
}

fn next_second(wall: civil::DateTime) -> Option<civil::DateTime> {
    wall.checked_add(jiff::Span::new().seconds(1)).ok()
}

/// What gives a job its moments.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// Nothing does: a person, an event, another job starts it.
    None,
    Cron(Box<CronSchedule>),
    /// Every so many seconds, counted from the anchor: the moments never drift, whenever an execution starts or ends.
    Interval {
        seconds: i64,
        anchor: Millis,
    },
}

impl Schedule {
    /// The schedule of a job that was made (or whose interval was last changed) at `anchor`.
    ///
    /// # Errors
    /// When its expression or timezone cannot be read.
    pub fn of(job: &super::definition::JobDefinition, anchor: Millis) -> Result<Self, CronError> {
        use super::words::ScheduleType as S;
        match (job.schedule_type, &job.cron_expression, job.interval_seconds) {
            (S::Cron, Some(expression), _) => Ok(Self::Cron(Box::new(CronSchedule::parse(expression, &job.timezone)?))),
            (S::Interval, _, Some(seconds)) => Ok(Self::Interval { seconds: seconds.max(1), anchor }),
            _ => Ok(Self::None),
        }
    }

    /// The first moment after a moment. An interval's first moment is one interval after its anchor.
    pub fn next_after(&self, at: Millis) -> Option<Millis> {
        match self {
            Self::None => None,
            Self::Cron(cron) => cron.next_after(at),
            Self::Interval { seconds, anchor } => {
                let period = seconds * SECOND;
                let passed = (at - anchor).div_euclid(period).max(0);
                Some(anchor + (passed + 1) * period)
            }
        }
    }

    /// The last moment at or before a moment.
    pub fn last_until(&self, at: Millis) -> Option<Millis> {
        match self {
            Self::None => None,
            Self::Cron(cron) => cron.last_until(at),
            Self::Interval { seconds, anchor } => {
                let period = seconds * SECOND;
                let passed = (at - anchor).div_euclid(period);
                (passed >= 1).then(|| anchor + passed * period)
            }
        }
    }
}
