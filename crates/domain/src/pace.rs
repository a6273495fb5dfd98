//! How fast a campaign sends (CAM-8): what a person may choose, and what follows from it.

use crate::campaign::DeliveryMode;
use crate::clock::Millis;
use crate::problem::Problem;
use crate::time::{DAY, HOUR, MINUTE, SECOND};

/// A bulk campaign is at least this fast, so that it does not stall.
pub const MIN_BULK_PER_HOUR: i64 = 100;
/// Outreach stays slow and personal.
pub const MAX_OUTREACH_PER_HOUR: i64 = 1_000;
/// Messages that one claim takes when nothing else is said.
pub const BULK_BATCH: i64 = 1_000;
/// The most that one claim may take.
pub const MAX_BATCH: i64 = 10_000;
/// Outreach presets: messages per hour and batch. Conservative, standard (the default), aggressive.
pub const OUTREACH_PRESETS: [(i64, i64); 3] = [(50, 10), (75, 25), (150, 50)];

/// The rate of a campaign. `None` is bounded by the providers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    pub mode: DeliveryMode,
    pub per_hour: Option<i64>,
    pub per_day: Option<i64>,
    pub batch: Option<i64>,
}

impl Pace {
    /// Fills in what outreach needs: the preset of the rate, or the standard one.
    #[must_use]
    pub fn completed(self) -> Self {
        if self.mode == DeliveryMode::Bulk {
            return self;
        }
        let per_hour = self.per_hour.unwrap_or(OUTREACH_PRESETS[1].0);
        let preset = OUTREACH_PRESETS.iter().find(|(rate, _)| *rate == per_hour);
        let batch = self.batch.or(preset.map(|(_, batch)| *batch)).unwrap_or((per_hour / 3).max(1));
        Self { per_hour: Some(per_hour), batch: Some(batch), ..self }
    }

    /// What is wrong with it, by the field of the API.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut say = |path: &str, code: &str, message: &str| found.push(Problem::new(path, code, message));
        match (self.mode, self.per_hour) {
            (DeliveryMode::Bulk, Some(n)) if n < MIN_BULK_PER_HOUR => {
                say(
                    "throttleConfig.messagesPerHour",
                    "throttle_minimum",
                    "A bulk campaign sends at least 100 messages an hour. Choose outreach for fewer.",
                );
            }
            (DeliveryMode::Outreach, Some(n)) if !(1..=MAX_OUTREACH_PER_HOUR).contains(&n) => {
                say(
                    "throttleConfig.messagesPerHour",
                    "throttle_range",
                    "Outreach sends between 1 and 1,000 messages an hour. Choose bulk for more.",
                );
            }
            _ => {}
        }
        if self.per_day.is_some_and(|n| n < 1) {
            say("throttleConfig.messagesPerDay", "throttle_range", "Messages per day are at least 1.");
        }
        if self.batch.is_some_and(|n| !(1..=MAX_BATCH).contains(&n)) {
            say("throttleConfig.batchSize", "throttle_range", "A batch has between 1 and 10,000 messages.");
        }
        if self.mode == DeliveryMode::Outreach
            && matches!((self.per_hour, self.batch), (Some(rate), Some(batch)) if batch > rate)
        {
            say("throttleConfig.batchSize", "throttle_range", "A batch cannot have more messages than an hour.");
        }
        found
    }

    /// How long `messages` take at this rate at the least; none when nothing but the providers limits it.
    pub fn duration(&self, messages: i64) -> Option<Millis> {
        let by_hour = self.per_hour.filter(|n| *n > 0).map(|n| spread(messages, n, HOUR));
        let by_day = self.per_day.filter(|n| *n > 0).map(|n| spread(messages, n, DAY));
        by_hour.max(by_day)
    }
}

fn spread(messages: i64, per_window: i64, window: Millis) -> Millis {
    i64::try_from(i128::from(messages.max(0)) * i128::from(window) / i128::from(per_window)).unwrap_or(Millis::MAX)
}

/// Messages a minute now: what was sent since `since` (the last whole minute's begin, or the start when that is later),
/// over the time that has passed, so that the figure neither lags nor jumps at each full minute. Less than ten seconds
/// say nothing yet: then it is none.
fn rate_per_minute(sent: i64, since: Millis, now: Millis) -> Option<i64> {
    let passed = now - since;
    (passed >= 10 * SECOND).then(|| sent.saturating_mul(MINUTE) / passed)
}

/// Messages a minute now, from what was sent in each whole minute (its begin and its count), for a run that began at
/// `started_at`. Every place that says a rate asks here, so that they say the same.
pub fn rate_now(minutes: impl IntoIterator<Item = (Millis, i64)>, started_at: Millis, now: Millis) -> Option<i64> {
    let since = rate_since(now);
    let sent = minutes.into_iter().filter(|(at, _)| *at >= since).map(|(_, sent)| sent).sum();
    rate_per_minute(sent, since.max(started_at), now)
}

/// The begin of the first minute that counts for the rate of now.
pub fn rate_since(now: Millis) -> Millis {
    now - now.rem_euclid(MINUTE) - MINUTE
}

/// How long `pending` messages take: at the promised hourly rate where that holds them back, otherwise at the observed
/// rate per minute. None: nothing is pending, or nothing can be said yet.
pub fn time_left(pending: i64, per_hour: Option<i64>, per_minute: Option<i64>) -> Option<Millis> {
    if pending <= 0 {
        return None;
    }
    let promised = per_hour.filter(|rate| *rate > 0).map(|rate| pending.saturating_mul(HOUR) / rate);
    let observed = per_minute.filter(|rate| *rate > 0).map(|rate| pending.saturating_mul(MINUTE) / rate);
    promised.max(observed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTREACH: Pace = Pace { mode: DeliveryMode::Outreach, per_hour: None, per_day: None, batch: None };

    #[test]
    fn outreach_takes_the_preset_of_its_rate() {
        assert_eq!(OUTREACH.completed(), Pace { per_hour: Some(75), batch: Some(25), ..OUTREACH });
        for (rate, batch) in OUTREACH_PRESETS {
            assert_eq!(Pace { per_hour: Some(rate), ..OUTREACH }.completed().batch, Some(batch));
        }
        assert_eq!(Pace { per_hour: Some(75), batch: Some(5), ..OUTREACH }.completed().batch, Some(5));
    }

    #[test]
    fn bulk_is_never_slower_than_a_hundred_an_hour() {
        let bulk = |n| Pace { mode: DeliveryMode::Bulk, per_hour: Some(n), per_day: None, batch: None };
        assert_eq!(bulk(99).problems()[0].code, "throttle_minimum");
        assert!(bulk(100).problems().is_empty());
        assert!(Pace { per_hour: Some(50), ..OUTREACH }.problems().is_empty());
    }

    #[test]
    fn the_slower_limit_gives_the_duration() {
        let pace = Pace { mode: DeliveryMode::Bulk, per_hour: Some(6_000), per_day: Some(24_000), batch: None };
        assert_eq!(pace.duration(48_000), Some(2 * DAY));
        assert_eq!(Pace { per_day: None, ..pace }.duration(46_842), Some(28_105_200));
        assert_eq!(Pace { per_day: None, per_hour: None, ..pace }.duration(1), None);
    }

    #[test]
    fn the_rate_is_over_the_time_that_has_passed() {
        assert_eq!(rate_per_minute(600, 0, MINUTE), Some(600));
        assert_eq!(rate_per_minute(900, 0, MINUTE + MINUTE / 2), Some(600));
        assert_eq!(rate_per_minute(100, 0, 20 * SECOND), Some(300));
        assert_eq!(rate_per_minute(100, 0, 2 * SECOND), None);
    }

    #[test]
    fn the_rate_of_now_counts_the_minute_that_runs_and_the_one_before() {
        let minutes = [(0, 5_000), (MINUTE, 600), (2 * MINUTE, 300)];
        assert_eq!(rate_now(minutes, 0, 2 * MINUTE + MINUTE / 2), Some(600));
        assert_eq!(rate_now(minutes, 2 * MINUTE, 2 * MINUTE + MINUTE / 2), Some(1_800));
        assert_eq!(rate_now(minutes, 0, 10 * MINUTE), Some(0));
    }

    #[test]
    fn time_left_goes_by_the_slower_of_promise_and_observation() {
        assert_eq!(time_left(0, Some(50), Some(50)), None);
        assert_eq!(time_left(100, None, Some(0)), None);
        assert_eq!(time_left(100, Some(50), Some(50)), Some(2 * HOUR));
        assert_eq!(time_left(600, Some(36_000), Some(60)), Some(10 * MINUTE));
        assert_eq!(time_left(600, None, Some(60)), Some(10 * MINUTE));
        assert_eq!(time_left(100, Some(50), None), Some(2 * HOUR));
    }
}
