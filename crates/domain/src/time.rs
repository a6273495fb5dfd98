//! Moments as text. Inside, time is UTC milliseconds; people and programs see RFC 3339 with `Z`.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use crate::clock::Millis;

/// One second, minute, hour, day in milliseconds.
pub const SECOND: Millis = 1_000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;

/// RFC 3339 in UTC: `2026-11-24T10:41:00Z`; milliseconds only where there are some.
pub fn rfc3339(at: Millis) -> String {
    match DateTime::<Utc>::from_timestamp_millis(at) {
        Some(t) if at % SECOND == 0 => t.to_rfc3339_opts(SecondsFormat::Secs, true),
        Some(t) => t.to_rfc3339_opts(SecondsFormat::Millis, true),
        None => String::from("out of range"),
    }
}

/// A moment for people, to the minute: `2026-11-24 10:41 UTC`.
pub fn utc_minute(at: Millis) -> String {
    DateTime::<Utc>::from_timestamp_millis(at)
        .map_or_else(|| String::from("out of range"), |t| t.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// A moment from RFC 3339 (any offset), or from a date alone (midnight UTC).
pub fn parse_moment(text: &str) -> Option<Millis> {
    let text = text.trim();
    if let Ok(t) = DateTime::parse_from_rfc3339(text) {
        return Some(t.timestamp_millis());
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

/// The date of a moment in UTC: `2026-11-24`.
pub fn date(at: Millis) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).map_or_else(String::new, |t| t.format("%Y-%m-%d").to_string())
}

/// serde for a day of the calendar: `2026-11-24`.
pub mod day {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const FORMAT: &str = "%Y-%m-%d";

    /// Writes the day.
    pub fn serialize<S: Serializer>(day: &NaiveDate, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&day.format(FORMAT).to_string())
    }
    /// Reads a day.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(d)?;
        NaiveDate::parse_from_str(text.trim(), FORMAT)
            .map_err(|_| D::Error::custom("not a day: write it as 2026-01-28"))
    }
}

/// serde for a moment as RFC 3339 text: `#[serde(with = "muster_domain::time::moment")]`.
pub mod moment {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes RFC 3339.
    pub fn serialize<S: Serializer>(at: &i64, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&super::rfc3339(*at))
    }
    /// Reads RFC 3339 or a date.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<i64, D::Error> {
        let text = String::deserialize(d)?;
        super::parse_moment(&text).ok_or_else(|| D::Error::custom("not a moment: write it as 2026-01-28T09:00:00Z"))
    }
}

/// The same for an optional moment: add `default` to read a missing field as none.
pub mod moment_option {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes RFC 3339 or null.
    pub fn serialize<S: Serializer>(at: &Option<i64>, s: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => s.serialize_str(&super::rfc3339(*at)),
            None => s.serialize_none(),
        }
    }
    /// Reads RFC 3339, a date, or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<i64>, D::Error> {
        match Option::<String>::deserialize(d)? {
            None => Ok(None),
            Some(text) => super::parse_moment(&text)
                .map(Some)
                .ok_or_else(|| D::Error::custom("not a moment: write it as 2026-01-28T09:00:00Z")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_back_as_they_went() {
        let at = parse_moment("2026-01-28T09:00:00+03:00").unwrap();
        assert_eq!(rfc3339(at), "2026-01-28T06:00:00Z");
        assert_eq!(parse_moment("2026-01-28"), parse_moment("2026-01-28T00:00:00Z"));
        assert_eq!(parse_moment("soon"), None);
        assert_eq!(rfc3339(at + 5), "2026-01-28T06:00:00.005Z");
    }
}
