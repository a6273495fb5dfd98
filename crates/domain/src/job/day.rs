//! The day of an execution: the date on its job's wall clock, kept as the UTC midnight of the same date.

use chrono::NaiveDate;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::schedule::zone;
use crate::clock::Millis;
use crate::time::DAY;

/// The day of a moment in a timezone; of UTC where the name is none.
pub fn day_of(at: Millis, timezone: &str) -> Millis {
    let midnight = || {
        let zone = zone(timezone).unwrap_or(TimeZone::UTC);
        let date = Timestamp::from_millisecond(at).ok()?.to_zoned(zone).date();
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
    };
    midnight().unwrap_or(at - at.rem_euclid(DAY))
}

/// The date of a day.
pub fn date(day: Millis) -> NaiveDate {
    chrono::DateTime::from_timestamp_millis(day).map_or_else(NaiveDate::default, |moment| moment.date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{parse_moment, rfc3339};

    #[test]
    fn an_evening_in_utc_is_the_next_day_in_nairobi() {
        let evening = parse_moment("2026-11-24T21:30:00Z").unwrap();
        assert_eq!(rfc3339(day_of(evening, "Africa/Nairobi")), "2026-11-25T00:00:00Z");
        assert_eq!(date(day_of(evening, "America/New_York")).to_string(), "2026-11-24");
        assert_eq!(date(day_of(evening, "nowhere")).to_string(), "2026-11-24");
    }
}
