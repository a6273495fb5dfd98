//! Timezones by their IANA names.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};

use crate::clock::Millis;

/// Whether the name is in the timezone database.
pub fn is_known(name: &str) -> bool {
    chrono_tz::Tz::from_str(name).is_ok()
}

/// The day of the calendar that it is in a timezone; in UTC where the name is unknown.
pub fn day_in(name: &str, at: Millis) -> NaiveDate {
    let utc = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
    chrono_tz::Tz::from_str(name).map_or_else(|_| utc.date_naive(), |zone| utc.with_timezone(&zone).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_moment;

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let at = parse_moment("2026-11-24T21:00:00Z").unwrap();
        let day = |name| day_in(name, at).to_string();
        assert_eq!(
            (day("Africa/Nairobi").as_str(), day("UTC").as_str(), day("nowhere").as_str()),
            ("2026-11-25", "2026-11-24", "2026-11-24")
        );
        assert_eq!(day_in("Africa/Nairobi", at - 1).to_string(), "2026-11-24");
    }
}
