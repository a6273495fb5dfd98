//! Moments across changes of the clock, compared with looking at every minute.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};
use proptest::prelude::*;

use super::schedule::{CronError, CronSchedule, Schedule};
use crate::clock::Millis;
use crate::time::{DAY, HOUR, MINUTE, parse_moment, rfc3339};

fn at(text: &str) -> Millis {
    parse_moment(text).unwrap()
}

fn run(expression: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
    let cron = CronSchedule::parse(expression, zone).unwrap();
    let mut moment = at(from);
    (0..count)
        .map(|_| {
            moment = cron.next_after(moment).unwrap();
            rfc3339(moment)
        })
        .collect()
}

#[test]
fn a_skipped_moment_comes_once_after_the_gap() {
    // Berlin skips 02:00 to 03:00 on 2026-03-29.
    let spring = run("30 2 * * *", "Europe/Berlin", "2026-03-28T02:00:00Z", 2);
    assert_eq!(spring, ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    // Named hours, one of them skipped: it runs at three, and not again at three.
    let two = run("0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
    assert_eq!(two, ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]);
    // Beirut skips midnight itself; Samoa skipped the whole of 30 December 2011.
    assert_eq!(
        run("0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", 2),
        ["2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"]
    );
    let samoa = run("0 9 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 3);
    assert_eq!(samoa, ["2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"]);
}

#[test]
fn a_moment_that_comes_twice_is_due_the_first_time() {
    // Berlin has 02:00 to 03:00 twice on 2026-10-25.
    let autumn = run("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
    assert_eq!(autumn, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    let quarters = run("*/30 1-2 * * *", "Europe/Berlin", "2026-10-24T22:30:00Z", 5);
    assert_eq!(
        quarters[..4],
        ["2026-10-24T23:00:00Z", "2026-10-24T23:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"]
    );
    assert_eq!(quarters[4], "2026-10-26T00:00:00Z");
    // Lord Howe's clock changes by half an hour, on 2026-04-05 back from 02:00 to 01:30.
    let lord_howe = run("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 2);
    assert_eq!(lord_howe, ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]);
}

#[test]
fn what_is_due_in_every_hour_follows_the_passing_of_time() {
    let autumn = run("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:59:00Z", 5);
    let steps: Vec<Millis> = autumn.windows(2).map(|w| at(&w[1]) - at(&w[0])).collect();
    assert_eq!(steps, [30 * MINUTE; 4]);
    let spring = run("0 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2);
    assert_eq!(spring, ["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]);
}

#[test]
fn expressions_that_mean_nothing_are_refused() {
    assert!(matches!(CronSchedule::parse("often", "UTC"), Err(CronError::BadExpression(_))));
    assert!(matches!(CronSchedule::parse("0 0 * *", "UTC"), Err(CronError::BadExpression(_))));
    assert!(matches!(CronSchedule::parse("0 0 30 2 *", "UTC"), Err(CronError::Never(_))));
    assert!(matches!(CronSchedule::parse("0 0 * * *", "Mars/Base"), Err(CronError::BadTimezone(_))));
    assert!(CronSchedule::parse("0 0 29 2 *", "UTC").is_ok());
    assert_eq!(run("15 30 8 * * *", "UTC", "2026-01-01", 1), ["2026-01-01T08:30:15Z"]);
}

#[test]
fn an_interval_never_drifts() {
    let interval = Schedule::Interval { seconds: 90, anchor: 1_000 };
    assert_eq!(interval.next_after(1_000), Some(91_000));
    assert_eq!(interval.next_after(91_000 + 89_999), Some(181_000));
    assert_eq!(interval.next_after(-5_000_000), Some(91_000), "the first is one interval after the anchor");
    assert_eq!((interval.last_until(90_999), interval.last_until(181_000)), (None, Some(181_000)));
}

const ZONES: [&str; 14] = [
    "UTC",
    "Africa/Nairobi",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Cairo",
    "Pacific/Chatham",
    "Antarctica/Troll",
];

fn field(numbers: std::ops::Range<u32>) -> impl Strategy<Value = (String, BTreeSet<u32>)> {
    let all: BTreeSet<u32> = numbers.clone().collect();
    prop_oneof![
        1 => Just((String::from("*"), all)),
        3 => proptest::collection::btree_set(numbers, 1..4).prop_map(|set| {
            let text: Vec<String> = set.iter().map(u32::to_string).collect();
            (text.join(","), set)
        }),
    ]
}

/// Every moment in a stretch of time, the slow way: by the meaning of the words at the top of `schedule`.
fn slow(
    zone: &TimeZone,
    minutes: &BTreeSet<u32>,
    hours: &BTreeSet<u32>,
    from: Millis,
    until: Millis,
) -> BTreeSet<Millis> {
    let is_due = |wall: jiff::civil::DateTime| {
        minutes.contains(&(wall.minute() as u32)) && hours.contains(&(wall.hour() as u32)) && wall.second() == 0
    };
    let stamp = |at: Millis| Timestamp::from_millisecond(at).unwrap();
    let mut moments = BTreeSet::new();
    if hours.len() == 24 {
        let mut at = from;
        while at < until {
            if is_due(zone.to_datetime(stamp(at))) {
                moments.insert(at);
            }
            at += MINUTE;
        }
        return moments;
    }
    let mut wall = zone.to_datetime(stamp(from - 2 * DAY));
    let end = zone.to_datetime(stamp(until + 2 * DAY));
    while wall < end {
        if is_due(wall) {
            let moment = match zone.to_ambiguous_timestamp(wall).offset() {
                AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).unwrap(),
                AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).unwrap(),
                AmbiguousOffset::Gap { .. } => {
                    // The first minute that the clock shows after it.
                    let mut later = wall;
                    while matches!(zone.to_ambiguous_timestamp(later).offset(), AmbiguousOffset::Gap { .. }) {
                        later = later.checked_add(jiff::Span::new().minutes(1)).unwrap();
                    }
                    zone.to_ambiguous_timestamp(later).earlier().unwrap()
                }
            };
            moments.insert(moment.as_millisecond());
        }
        wall = wall.checked_add(jiff::Span::new().minutes(1)).unwrap();
    }
    moments.into_iter().filter(|at| (from..until).contains(at)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_moments_are_those_that_looking_at_every_minute_finds(
        zone in proptest::sample::select(&ZONES[..]),
        (minute_text, minutes) in field(0..60),
        (hour_text, hours) in field(0..24),
        year in 2010_i64..2030,
        change in 0_usize..4,
        offset_minutes in -1_500_i64..1_500,
    ) {
        let tz = TimeZone::get(zone).unwrap();
        // Near a change of the clock where the zone has any.
        let new_year = at(&format!("{year}-01-01"));
        let start = Timestamp::from_millisecond(new_year).unwrap();
        let near = tz.following(start).nth(change).map_or(new_year, |c| c.timestamp().as_millisecond());
        let from = (near + offset_minutes * MINUTE) / MINUTE * MINUTE;
        let until = from + 30 * HOUR;
        let cron = CronSchedule::parse(&format!("{minute_text} {hour_text} * * *"), zone).unwrap();
        let slow = slow(&tz, &minutes, &hours, from, until);
        let mut fast = BTreeSet::new();
        let mut moment = from - 1;
        while let Some(next) = cron.next_after(moment).filter(|next| *next < until) {
            prop_assert!(next > moment);
            prop_assert_eq!(cron.last_until(next), Some(next));
            fast.insert(next);
            moment = next;
        }
        prop_assert_eq!(&fast, &slow, "{} {} in {}", minute_text, hour_text, zone);
        // And backwards.
        let mut backwards = BTreeSet::new();
        let mut moment = until - 1;
        while let Some(last) = cron.last_until(moment).filter(|last| *last >= from) {
            backwards.insert(last);
            moment = last - 1;
        }
        prop_assert_eq!(&backwards, &slow);
    }
}
