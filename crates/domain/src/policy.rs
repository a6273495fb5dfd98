//! Communication policies (CUS-4): when nobody is disturbed, and how often at most. Evaluated in the customer's own
//! timezone, across changes of the clock.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::clock::Millis;
use crate::problem::Problem;

/// Longest run of quiet windows and holidays that is looked through, in windows.
const MAX_WINDOWS: usize = 500;
/// Most holidays and caps of one policy.
const MAX_HOLIDAYS: usize = 400;
const MAX_CAPS: usize = 50;

/// What a workspace or a campaign promises its customers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// None: messages go at any hour.
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
    #[serde(default)]
    pub frequency_caps: Vec<FrequencyCap>,
}

/// Hours in which nothing is sent; what falls into them is sent at their end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuietHours {
    /// `HH:MM` on the customer's wall clock.
    pub start: String,
    /// `HH:MM`; before or at `start` it is of the next day.
    pub end: String,
    /// Days on which the hours begin, 1 = Monday to 7 = Sunday; empty: every day.
    #[serde(default)]
    pub weekdays: Vec<i8>,
    /// Days, `YYYY-MM-DD`, that are quiet from midnight to midnight.
    #[serde(default)]
    pub holidays: Vec<String>,
}

/// At most so many messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FrequencyCap {
    /// None: all channels together.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// At least 1.
    pub count: i64,
    pub period: CapPeriod,
}

crate::text_enum! {
    /// A period of the customer's calendar.
    pub enum CapPeriod {
        Day = "day",
        /// From Monday.
        Week = "week",
        Month = "month",
    }
}

impl Policy {
    /// What is wrong with it; empty when it can be kept.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(quiet) = &self.quiet_hours {
            for (path, text) in [("quietHours.start", &quiet.start), ("quietHours.end", &quiet.end)] {
                if wall_time(text).is_none() {
                    problems.push(Problem::new(path, "bad_time", "Write the time as 21:00."));
                }
            }
            if quiet.weekdays.iter().any(|day| !(1..=7).contains(day)) {
                problems.push(Problem::new(
                    "quietHours.weekdays",
                    "bad_weekday",
                    "Weekdays are 1 (Monday) to 7 (Sunday).",
                ));
            }
            if quiet.holidays.len() > MAX_HOLIDAYS || quiet.holidays.iter().any(|day| day.parse::<Date>().is_err()) {
                problems.push(Problem::new(
                    "quietHours.holidays",
                    "bad_date",
                    "Write holidays as 2026-12-25, at most 400 of them.",
                ));
            }
        }
        if self.frequency_caps.len() > MAX_CAPS {
            problems.push(Problem::new("frequencyCaps", "too_many", "There can be at most 50 caps."));
        }
        for (index, cap) in self.frequency_caps.iter().enumerate() {
            if !(1..=10_000).contains(&cap.count) {
                problems.push(Problem::new(
                    format!("frequencyCaps[{index}].count"),
                    "out_of_range",
                    "A cap is between 1 and 10,000 messages.",
                ));
            }
        }
        problems
    }
}

impl QuietHours {
    /// When a message that is due at `at` may go to somebody in `zone` (IANA name; UTC when unknown): `at` itself, or
    /// the end of the quiet hours that it falls into.
    pub fn earliest(&self, at: Millis, zone: &str) -> Millis {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let mut moment = at;
        for _ in 0..MAX_WINDOWS {
            match self.quiet_until(moment, &zone) {
                Some(end) if end > moment => moment = end,
                _ => return moment,
            }
        }
        moment
    }

    fn quiet_until(&self, at: Millis, zone: &TimeZone) -> Option<Millis> {
        let today = Timestamp::from_millisecond(at).ok()?.to_zoned(zone.clone()).date();
        if self.holidays.iter().any(|day| day.parse::<Date>().is_ok_and(|day| day == today)) {
            return moment(today.tomorrow().ok()?, Time::midnight(), zone);
        }
        let (start, end) = (wall_time(&self.start)?, wall_time(&self.end)?);
        // The hours that began yesterday may reach into today.
        [today.yesterday().ok()?, today].into_iter().filter(|day| self.begins_on(day.weekday())).find_map(|day| {
            let last_day = if end > start { day } else { day.tomorrow().ok()? };
            let (from, until) = (moment(day, start, zone)?, moment(last_day, end, zone)?);
            (from <= at && at < until).then_some(until)
        })
    }

    fn begins_on(&self, weekday: Weekday) -> bool {
        self.weekdays.is_empty() || self.weekdays.contains(&weekday.to_monday_one_offset())
    }
}

impl CapPeriod {
    /// When the period that `at` lies in began for somebody in `zone` (IANA name; UTC when unknown).
    pub fn began(self, at: Millis, zone: &str) -> Millis {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let start = || {
            let today = Timestamp::from_millisecond(at).ok()?.to_zoned(zone.clone()).date();
            let first = match self {
                Self::Day => today,
                Self::Week => today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?,
                Self::Month => today.first_of_month(),
            };
            moment(first, Time::midnight(), &zone)
        };
        start().unwrap_or(at)
    }
}

/// A wall-clock moment; one that the clock skips is the moment after the gap.
fn moment(day: Date, time: Time, zone: &TimeZone) -> Option<Millis> {
    Some(day.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}

/// `HH:MM`.
fn wall_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten();
    Time::new(digits(hour)?, digits(minute)?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{parse_moment, rfc3339};

    fn nights() -> QuietHours {
        QuietHours { start: "21:00".into(), end: "07:30".into(), weekdays: vec![], holidays: vec![] }
    }

    fn earliest(quiet: &QuietHours, at: &str, zone: &str) -> String {
        rfc3339(quiet.earliest(parse_moment(at).unwrap(), zone))
    }

    #[test]
    fn what_falls_into_the_night_goes_in_the_morning_of_the_customer() {
        let la = "America/Los_Angeles";
        // 20:59, 21:00, 07:29 and 07:30 in Los Angeles, in winter (UTC-8).
        assert_eq!(earliest(&nights(), "2026-01-13T04:59:00Z", la), "2026-01-13T04:59:00Z");
        assert_eq!(earliest(&nights(), "2026-01-13T05:00:00Z", la), "2026-01-13T15:30:00Z");
        assert_eq!(earliest(&nights(), "2026-01-13T15:29:00Z", la), "2026-01-13T15:30:00Z");
        assert_eq!(earliest(&nights(), "2026-01-13T15:30:00Z", la), "2026-01-13T15:30:00Z");
        assert_eq!(earliest(&nights(), "2026-01-13T05:00:00Z", "Africa/Nairobi"), "2026-01-13T05:00:00Z");
    }

    #[test]
    fn the_morning_keeps_its_wall_time_when_the_clock_changes() {
        // Los Angeles springs forward on 2026-03-08 and falls back on 2026-11-01.
        assert_eq!(earliest(&nights(), "2026-03-08T06:00:00Z", "America/Los_Angeles"), "2026-03-08T14:30:00Z");
        assert_eq!(earliest(&nights(), "2026-11-01T06:00:00Z", "America/Los_Angeles"), "2026-11-01T15:30:00Z");
        // An end that the clock skips (02:30) is the moment after the gap.
        let short = QuietHours { end: "02:30".into(), ..nights() };
        assert_eq!(earliest(&short, "2026-03-08T06:00:00Z", "America/Los_Angeles"), "2026-03-08T10:30:00Z");
    }

    #[test]
    fn weekdays_and_holidays_are_respected() {
        let weekend = QuietHours {
            start: "00:00".into(),
            end: "00:00".into(),
            weekdays: vec![6, 7],
            holidays: vec!["2026-12-28".into()],
        };
        // Saturday 26 December: Sunday follows, then a holiday.
        assert_eq!(earliest(&weekend, "2026-12-26T12:00:00Z", "UTC"), "2026-12-29T00:00:00Z");
        assert_eq!(earliest(&weekend, "2026-12-25T12:00:00Z", "UTC"), "2026-12-25T12:00:00Z");
    }

    #[test]
    fn an_endless_quiet_gives_up_instead_of_turning_forever() {
        let always = QuietHours { start: "00:00".into(), end: "00:00".into(), weekdays: vec![], holidays: vec![] };
        assert!(always.earliest(0, "UTC") > 0);
    }

    #[test]
    fn periods_begin_on_the_customers_calendar() {
        let at = parse_moment("2026-03-04T22:30:00Z").unwrap();
        assert_eq!(rfc3339(CapPeriod::Day.began(at, "Africa/Nairobi")), "2026-03-04T21:00:00Z");
        assert_eq!(rfc3339(CapPeriod::Week.began(at, "UTC")), "2026-03-02T00:00:00Z");
        assert_eq!(rfc3339(CapPeriod::Month.began(at, "Africa/Nairobi")), "2026-02-28T21:00:00Z");
    }

    #[test]
    fn problems_name_their_place() {
        let policy = Policy {
            quiet_hours: Some(QuietHours {
                start: "9pm".into(),
                end: "24:00".into(),
                weekdays: vec![0],
                holidays: vec!["Xmas".into()],
            }),
            frequency_caps: vec![FrequencyCap { channel: None, count: 0, period: CapPeriod::Day }],
        };
        let paths: Vec<_> = policy.problems().into_iter().map(|p| p.path).collect();
        assert_eq!(
            paths,
            [
                "quietHours.start",
                "quietHours.end",
                "quietHours.weekdays",
                "quietHours.holidays",
                "frequencyCaps[0].count"
            ]
        );
        assert!(Policy::default().problems().is_empty());
    }
}
