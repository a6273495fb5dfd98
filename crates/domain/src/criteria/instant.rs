//! Moments and lengths of time as criteria write them: `2026-01-28`, `30 days ago`, `in 2 weeks`, `30 days`.

use chrono::{DateTime, Months, Utc};

use crate::clock::Millis;
use crate::time::{DAY, HOUR, MINUTE, parse_moment};

/// Longest length of time: a hundred years in days.
const MAX_DAYS: i64 = 36_525;

crate::text_enum! {
    /// Unit of a length of time.
    pub enum SpanUnit {
        Minutes = "minutes" | "minute" | "min",
        Hours = "hours" | "hour" | "h",
        Days = "days" | "day" | "d",
        Weeks = "weeks" | "week" | "w",
        Months = "months" | "month",
        Years = "years" | "year" | "y",
    }
}

/// A length of time. Months and years follow the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub amount: u32,
    pub unit: SpanUnit,
}

impl Span {
    /// From `30 days`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let amount: u32 = text[..digits].parse().ok()?;
        let unit = text[digits..].trim().parse().ok()?;
        let span = Self { amount, unit };
        (span.days() <= MAX_DAYS).then_some(span)
    }

    /// Whole days.
    pub fn of_days(amount: u32) -> Option<Self> {
        let span = Self { amount, unit: SpanUnit::Days };
        (span.days() <= MAX_DAYS).then_some(span)
    }

    /// About how many days, rounded down; a month counts 30, a year 365.
    pub fn days(self) -> i64 {
        let amount = i64::from(self.amount);
        match self.unit {
            SpanUnit::Minutes => amount * MINUTE / DAY,
            SpanUnit::Hours => amount * HOUR / DAY,
            SpanUnit::Days => amount,
            SpanUnit::Weeks => amount * 7,
            SpanUnit::Months => amount * 30,
            SpanUnit::Years => amount * 365,
        }
    }

    fn before(self, now: Millis) -> Millis {
        match self.fixed() {
            Ok(ms) => now.saturating_sub(ms),
            Err(months) => moved(now, |t| t.checked_sub_months(months)),
        }
    }

    fn after(self, now: Millis) -> Millis {
        match self.fixed() {
            Ok(ms) => now.saturating_add(ms),
            Err(months) => moved(now, |t| t.checked_add_months(months)),
        }
    }

    fn fixed(self) -> Result<Millis, Months> {
        let amount = i64::from(self.amount);
        match self.unit {
            SpanUnit::Minutes => Ok(amount * MINUTE),
            SpanUnit::Hours => Ok(amount * HOUR),
            SpanUnit::Days => Ok(amount * DAY),
            SpanUnit::Weeks => Ok(amount * 7 * DAY),
            SpanUnit::Months => Err(Months::new(self.amount)),
            SpanUnit::Years => Err(Months::new(self.amount.saturating_mul(12))),
        }
    }
}

fn moved(now: Millis, shift: impl Fn(DateTime<Utc>) -> Option<DateTime<Utc>>) -> Millis {
    DateTime::<Utc>::from_timestamp_millis(now).and_then(shift).map_or(now, |t| t.timestamp_millis())
}

/// A moment that may depend on now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    base: Base,
    /// Taken back to midnight UTC.
    is_day_start: bool,
    plus_ms: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    At(Millis),
    Ago(Span),
    Ahead(Span),
}

impl When {
    /// A fixed moment.
    pub fn at(at: Millis) -> Self {
        Self { base: Base::At(at), is_day_start: false, plus_ms: 0 }
    }

    /// So long before now.
    pub fn ago(span: Span) -> Self {
        Self { base: Base::Ago(span), is_day_start: false, plus_ms: 0 }
    }

    /// So long after now.
    pub fn ahead(span: Span) -> Self {
        Self { base: Base::Ahead(span), is_day_start: false, plus_ms: 0 }
    }

    /// Later by milliseconds.
    pub fn plus(self, ms: Millis) -> Self {
        Self { plus_ms: self.plus_ms + ms, ..self }
    }

    /// The midnight (UTC) before it.
    pub fn day_start(self) -> Self {
        Self { is_day_start: true, ..self }
    }

    /// The moment, in UTC milliseconds.
    pub fn resolve(self, now: Millis) -> Millis {
        let at = match self.base {
            Base::At(at) => at,
            Base::Ago(span) => span.before(now),
            Base::Ahead(span) => span.after(now),
        };
        let at = if self.is_day_start { at - at.rem_euclid(DAY) } else { at };
        at.saturating_add(self.plus_ms)
    }
}

/// A value of a date or moment field: from its beginning up to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant {
    pub start: When,
    /// The first moment after it.
    pub end: When,
    /// How long before now, for comparing ages.
    pub age: Option<Span>,
}

impl Instant {
    /// From what criteria write.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let zero = Span { amount: 0, unit: SpanUnit::Days };
        if lower == "now" {
            return Some(Self::relative(When::ago(zero), Some(zero)));
        }
        if lower == "today" {
            let start = When::ago(zero).day_start();
            return Some(Self { start, end: start.plus(DAY), age: None });
        }
        if let Some(span) = lower.strip_suffix("ago") {
            let span = Span::parse(span)?;
            return Some(Self::relative(When::ago(span), Some(span)));
        }
        if let Some(span) = lower.strip_prefix("in ").or_else(|| lower.strip_suffix("from now")) {
            return Some(Self::relative(When::ahead(Span::parse(span)?), None));
        }
        let at = parse_moment(text)?;
        let length = if text.contains(':') { 1 } else { DAY };
        Some(Self { start: When::at(at), end: When::at(at).plus(length), age: None })
    }

    fn relative(at: When, age: Option<Span>) -> Self {
        Self { start: at, end: at.plus(1), age }
    }

    /// A relative value means its whole day when it is compared for equality.
    pub fn as_day(self) -> Self {
        if self.age.is_none() && !matches!(self.start.base, Base::Ahead(_)) {
            return self;
        }
        let start = self.start.day_start();
        Self { start, end: start.plus(DAY), age: self.age }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::rfc3339;

    #[test]
    fn relative_moments_follow_the_calendar() {
        let now = parse_moment("2026-03-31T10:00:00Z").unwrap();
        let at = |text: &str| rfc3339(Instant::parse(text).unwrap().start.resolve(now));
        assert_eq!(at("30 days ago"), "2026-03-01T10:00:00Z");
        assert_eq!(at("1 month ago"), "2026-02-28T10:00:00Z");
        assert_eq!(at("in 2 weeks"), "2026-04-14T10:00:00Z");
        assert_eq!(at("Today"), "2026-03-31T00:00:00Z");
        assert_eq!(rfc3339(Instant::parse("2026-01-28").unwrap().end.resolve(now)), "2026-01-29T00:00:00Z");
        for bad in
            ["", "soon", "-3 days ago", "days ago", "3 parsecs ago", "99999999999 days ago", "40000 days", "2026-13-01"]
        {
            assert_eq!(Instant::parse(bad), None, "{bad}");
        }
    }
}
