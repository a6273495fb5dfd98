//! How many messages an hour the servers of a recipient domain are given: evenly spaced, never a burst (the virtual
//! scheduling form of the generic cell rate algorithm, ITU-T I.371 annex A).

use serde::{Deserialize, Serialize};

use crate::clock::Millis;
use crate::problem::Problem;
use crate::time::{HOUR, SECOND};

/// Limits of one workspace at most.
pub const MAX_LIMITS: usize = 200;
/// A message may go this much before its slot, so that not every one of them has to wait apart.
const EARLY: Millis = SECOND;
/// A message that waited for its slot may go this much after it; later the slot is lost.
const LATE: Millis = 5 * SECOND;
/// A slot that was so long ago is lost for sure.
pub const LONG_LOST: Millis = 60 * SECOND;

/// At most so many messages an hour to one recipient domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DomainLimit {
    /// `gmail.com`
    pub domain: String,
    /// In any 60 minutes.
    pub per_hour: i64,
}

impl DomainLimit {
    /// Microseconds from one slot to the next. A little more than an hour's share, for a message may go before or after
    /// its slot and still no 60 minutes may hold more than was promised.
    pub fn spacing(&self) -> i64 {
        let hour = (HOUR + EARLY + LATE) * 1_000;
        (hour + self.per_hour - 1).div_euclid(self.per_hour.max(1))
    }

    /// The slots of messages, when those up to `end` (microseconds) were reserved for `count` of them: the moment of each.
    pub fn slots(&self, end: i64, count: i64) -> impl Iterator<Item = Millis> {
        let spacing = self.spacing();
        (0..count).map(move |n| (end - (count - n) * spacing).div_euclid(1_000))
    }
}

/// Whether a message with a slot at `slot` goes now.
pub fn goes_now(slot: Millis, now: Millis) -> bool {
    slot <= now + EARLY
}

/// Whether a message that waited for `slot` still has it.
pub fn still_holds(slot: Millis, now: Millis) -> bool {
    now - slot <= LATE
}

/// Domain of an address, in lower case.
pub fn domain_of(address: &str) -> String {
    address.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase()
}

/// Everything that is wrong with limits, below a path.
pub fn problems(limits: &[DomainLimit], path: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if limits.len() > MAX_LIMITS {
        problems.push(Problem::new(path, "too_many", format!("At most {MAX_LIMITS} domains can have a limit.")));
    }
    for (n, limit) in limits.iter().enumerate() {
        let is_domain = limit.domain.contains('.')
            && limit.domain.len() <= 253
            && limit.domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        if !is_domain {
            let text = "Write the domain in small letters, such as gmail.com.";
            problems.push(Problem::new(format!("{path}[{n}].domain"), "bad_domain", text));
        }
        if limits[..n].iter().any(|other| other.domain == limit.domain) {
            let text = "This domain has a limit already.";
            problems.push(Problem::new(format!("{path}[{n}].domain"), "duplicate", text));
        }
        if !(1..=10_000_000).contains(&limit.per_hour) {
            let text = "A limit is between 1 and 10,000,000 messages an hour.";
            problems.push(Problem::new(format!("{path}[{n}].perHour"), "out_of_range", text));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However messages come, no 60 minutes hold more than the limit, and when there is always work, 99 % of it is used.
        #[test]
        fn an_hour_never_holds_more(per_hour in 1_i64..50_000, batches in prop::collection::vec((0_i64..600_000, 1_i64..60, 0_i64..=LATE), 1..60)) {
            let limit = DomainLimit { domain: "gmail.com".into(), per_hour };
            let (mut now, mut next, mut sent) = (0, 0, Vec::new());
            for (pause, count, late) in batches {
                now += pause;
                next = next.max(now * 1_000) + count * limit.spacing();
                for slot in limit.slots(next, count) {
                    sent.push(if goes_now(slot, now) { now } else { slot + late });
                }
            }
            sent.sort_unstable();
            for (first, at) in sent.iter().enumerate() {
                let in_the_hour = sent[first..].iter().take_while(|other| **other < at + HOUR).count();
                prop_assert!(in_the_hour as i64 <= per_hour.max(1), "{in_the_hour} of {per_hour}");
            }
        }
    }

    #[test]
    fn with_work_99_percent_are_used() {
        for per_hour in [1_000, 3_600, 36_000, 1_000_000] {
            let limit = DomainLimit { domain: "gmail.com".into(), per_hour };
            let slots = HOUR * 1_000 / limit.spacing();
            assert!(slots * 100 >= per_hour * 99, "{slots} of {per_hour}");
        }
    }
}
