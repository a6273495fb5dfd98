//! Days and moments as people write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// What comes first in `04/05/2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// The day: 4 May.
    #[default]
    DayFirst,
    /// The month: 5 April.
    MonthFirst,
}

/// Reads a day: `2026-10-22`, `2026/10/22`, `20261022`, `22.10.2026`, `22 Oct 2026`, `October 22, 2026`,
/// or the day of a moment.
pub(super) fn day(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let text = text.trim();
    let date = bare_day(text, order).or_else(|| {
        let (date, time) = split_moment(text)?;
        clock(time).and_then(|_| bare_day(date, order))
    })?;
    plausible(date).then_some(date)
}

/// Reads a moment as UTC milliseconds. Without an offset it is a wall-clock time in `zone`; without a
/// time it is the first moment of the day there.
pub(super) fn moment(text: &str, order: DateOrder, zone: Tz) -> Option<i64> {
    let text = text.trim();
    if let Ok(exact) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return plausible(exact.date_naive()).then(|| exact.timestamp_millis());
    }
    let local = match bare_day(text, order) {
        Some(date) => date.and_time(NaiveTime::MIN),
        None => {
            let (date, time) = split_moment(text)?;
            bare_day(date, order)?.and_time(clock(time)?)
        }
    };
    plausible(local.date()).then(|| in_zone(local, zone)).flatten()
}

/// A time that a clock change leaves out is read an hour later, as clocks show it.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<i64> {
    let later = local.checked_add_signed(chrono::TimeDelta::hours(1))?;
    let exact = zone.from_local_datetime(&local).earliest().or_else(|| zone.from_local_datetime(&later).earliest())?;
    Some(exact.timestamp_millis())
}

fn plausible(date: NaiveDate) -> bool {
    use chrono::Datelike;
    (1900..=2200).contains(&date.year())
}

fn split_moment(text: &str) -> Option<(&str, &str)> {
    let at = text.find('T').filter(|at| text[..*at].ends_with(|c: char| c.is_ascii_digit()));
    let (date, time) = match at {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => {
            let colon = text.find(':')?;
            let space = text[..colon].rfind(' ')?;
            (&text[..space], &text[space + 1..])
        }
    };
    Some((date.trim_end_matches([',', ' ']), time.trim()))
}

fn clock(text: &str) -> Option<NaiveTime> {
    let text = text.trim_end_matches('Z').to_ascii_uppercase();
    // An offset does not change which day was written.
    let text = match text.rfind(['+', '-']) {
        Some(at) if at >= 4 => text[..at].trim().to_owned(),
        _ => text,
    };
    ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(&text, format).ok())
}

fn bare_day(text: &str, order: DateOrder) -> Option<NaiveDate> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return ymd(&text[..4], month_number(&text[4..6])?, &text[6..]);
    }
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ', ',']).filter(|p| !p.is_empty()).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    if a.len() == 4 && a.bytes().all(|x| x.is_ascii_digit()) {
        return ymd(a, month(b)?, c);
    }
    if c.len() != 4 {
        return None;
    }
    // A month in letters says itself where it stands.
    if let Some(named) = month_name(a) {
        return ymd(c, named, b);
    }
    if let Some(named) = month_name(b) {
        return ymd(c, named, a);
    }
    match order {
        DateOrder::DayFirst => ymd(c, month_number(b)?, a),
        DateOrder::MonthFirst => ymd(c, month_number(a)?, b),
    }
}

fn ymd(year: &str, month: u32, day: &str) -> Option<NaiveDate> {
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if day.is_empty() || day.len() > 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month, day.parse().ok()?)
}

fn month(text: &str) -> Option<u32> {
    month_number(text).or_else(|| month_name(text))
}

fn month_number(text: &str) -> Option<u32> {
    let number = text.parse().ok().filter(|_| text.len() <= 2)?;
    (1..=12).contains(&number).then_some(number)
}

/// English, Swahili and French names and their usual short forms.
fn month_name(text: &str) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &["jan", "january", "januari", "janvier", "janv"],
        &["feb", "february", "februari", "février", "fevrier", "févr", "fév"],
        &["mar", "march", "machi", "mars"],
        &["apr", "april", "aprili", "avril", "avr"],
        &["may", "mei", "mai"],
        &["jun", "june", "juni", "juin"],
        &["jul", "july", "julai", "juillet", "juil"],
        &["aug", "august", "agosti", "août", "aout"],
        &["sep", "sept", "september", "septemba", "septembre"],
        &["oct", "october", "oktoba", "okt", "octobre"],
        &["nov", "november", "novemba", "novembre"],
        &["dec", "december", "desemba", "des", "décembre", "decembre", "déc"],
    ];
    let text = text.to_lowercase();
    let index = NAMES.iter().position(|names| names.contains(&text.as_str()))?;
    u32::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayFirst, MonthFirst};

    #[test]
    fn days_are_read_in_many_spellings() {
        for text in [
            "2026-10-22",
            "2026/10/22",
            "20261022",
            "22/10/2026",
            "22.10.2026",
            "22-Oct-2026",
            "22 October 2026",
            "Oct 22, 2026",
            "22nd oct 2026",
            "22 Oktoba 2026",
            "22 octobre 2026",
            "2026-10-22T10:30:00Z",
            "2026-10-22 10:30",
            "22/10/2026 10:30:00",
            "22/10/2026 9:05 PM",
        ] {
            assert_eq!(day(text, DayFirst), NaiveDate::from_ymd_opt(2026, 10, 22), "{text}");
        }
        assert_eq!(day("04/05/2026", DayFirst), NaiveDate::from_ymd_opt(2026, 5, 4));
        assert_eq!(day("04/05/2026", MonthFirst), NaiveDate::from_ymd_opt(2026, 4, 5));
    }

    #[test]
    fn what_no_calendar_has_is_refused() {
        for text in [
            "31/02/2020",
            "2026-13-01",
            "2026-02-30",
            "22/10/26",
            "0001-01-01",
            "soon",
            "",
            "1/2",
            "2026-10-22 25:00",
            "é/1/2020",
        ] {
            assert_eq!(day(text, DayFirst), None, "{text}");
        }
        assert_eq!(day("22/10/2026", MonthFirst), None);
    }

    #[test]
    fn moments_follow_the_clock_of_the_person() {
        let nairobi = chrono_tz::Africa::Nairobi;
        let at = |text| moment(text, DayFirst, nairobi);
        assert_eq!(at("2026-10-22T10:00:00Z"), at("2026-10-22 13:00"));
        assert_eq!(at("2026-10-22T10:00:00+02:00"), at("22/10/2026 11:00"));
        assert_eq!(at("2026-10-22"), at("2026-10-21T21:00:00Z"));
        // 02:30 does not exist on the day that clocks go forward in Paris.
        let paris = chrono_tz::Europe::Paris;
        assert_eq!(moment("2026-03-29 02:30", DayFirst, paris), moment("2026-03-29T01:30:00Z", DayFirst, paris));
        assert_eq!(at("tomorrow"), None);
    }
}
