//! Warming a relay up: a new sending address is trusted little by little, so it sends a little more every day.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// Most messages a day that a schedule may name.
pub const MAX_A_DAY: i64 = 10_000_000;
/// Steepest growth from one day to the next, in percent.
pub const MAX_GROWTH: i64 = 300;

/// How the messages a day grow. Days are those of the workspace's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WarmUp {
    /// The first day. Until it comes, its amount holds too.
    #[serde(with = "crate::time::day")]
    pub started_on: NaiveDate,
    /// Messages on the first day.
    pub first_day: i64,
    /// Percent by which a day exceeds the one before; always by one message at least.
    pub growth_percent: i64,
    /// Messages a day at which the schedule is over.
    pub target: i64,
}

impl WarmUp {
    /// What is wrong with the schedule, below a path.
    pub fn problems(&self, path: &str) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut say = |field: &str, message: &str| {
            found.push(Problem::new(format!("{path}.{field}"), "out_of_range", message));
        };
        if !(1..=MAX_A_DAY).contains(&self.first_day) {
            say("firstDay", "The first day has between 1 and 10,000,000 messages.");
        }
        if !(1..=MAX_GROWTH).contains(&self.growth_percent) {
            say("growthPercent", "A day grows by 1 to 300 %.");
        }
        if !(self.first_day.max(1)..=MAX_A_DAY).contains(&self.target) {
            say("target", "The target is at least the first day's amount and at most 10,000,000.");
        }
        found
    }

    /// Messages that may be sent on a day; none when the target is reached and nothing holds the relay back any more.
    pub fn limit_on(&self, day: NaiveDate) -> Option<i64> {
        let mut limit = self.first_day.max(1);
        // Every round adds a percent of what is there, so that a target is reached in some 1,300 days at the latest.
        for _ in 0..(day - self.started_on).num_days() {
            if limit >= self.target {
                break;
            }
            limit += (limit.saturating_mul(self.growth_percent) / 100).max(1);
        }
        (limit < self.target).then_some(limit)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    const START: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

    fn schedule() -> impl Strategy<Value = WarmUp> {
        (1..=MAX_A_DAY, 1..=MAX_GROWTH, 1..=MAX_A_DAY).prop_map(|(one, growth_percent, other)| WarmUp {
            started_on: START,
            first_day: one.min(other),
            growth_percent,
            target: one.max(other),
        })
    }

    fn day(after: u64) -> NaiveDate {
        START + Days::new(after)
    }

    #[test]
    fn a_schedule_grows_by_its_percent_in_whole_messages() {
        // The window computes the same days (warmUp.test.ts).
        let schedule = WarmUp { started_on: START, first_day: 50, growth_percent: 30, target: 200 };
        let days: Vec<_> = (0..8).map(|after| schedule.limit_on(day(after))).collect();
        assert_eq!(days, [Some(50), Some(65), Some(84), Some(109), Some(141), Some(183), None, None]);
        assert_eq!(schedule.limit_on(START - Days::new(9)), Some(50));
        assert_eq!(WarmUp { target: 50, ..schedule }.limit_on(START), None);
        assert!(schedule.problems("warmUp").is_empty());
    }

    #[test]
    fn a_schedule_that_cannot_be_kept_is_refused() {
        let schedule = WarmUp { started_on: START, first_day: 0, growth_percent: 0, target: -1 };
        let paths: Vec<_> = schedule.problems("warmUp").into_iter().map(|problem| problem.path).collect();
        assert_eq!(paths, ["warmUp.firstDay", "warmUp.growthPercent", "warmUp.target"]);
    }

    proptest! {
        #[test]
        fn no_day_is_below_the_one_before_or_at_the_target(schedule in schedule(), after in 0_u64..2_000) {
            let (today, tomorrow) = (schedule.limit_on(day(after)), schedule.limit_on(day(after + 1)));
            match (today, tomorrow) {
                (None, tomorrow) => prop_assert_eq!(tomorrow, None),
                (Some(today), Some(tomorrow)) => prop_assert!(today < tomorrow && tomorrow < schedule.target),
                (Some(today), None) => prop_assert!(today < schedule.target),
            }
            if let (Some(today), Some(tomorrow)) = (today, tomorrow) {
                prop_assert_eq!(tomorrow, today + (today * schedule.growth_percent / 100).max(1));
            }
        }

        #[test]
        fn every_schedule_ends(schedule in schedule()) {
            prop_assert_eq!(schedule.limit_on(day(1_500)), None);
        }
    }
}
