//! The circuit breaker of each provider: one that failed everything because of itself rests, longer each time, and is
//! tried again with whatever comes next. In memory: a node that starts tries anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use muster_domain::clock::Millis;
use muster_domain::time::{MINUTE, SECOND};

/// The first rest; each further one is twice as long.
const FIRST: Millis = 15 * SECOND;
const LONGEST: Millis = 5 * MINUTE;

/// A provider's rest.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    pub(super) until: Millis,
    /// What it said last.
    pub(super) why: String,
    length: Millis,
}

/// Who rests, by budget key.
#[derive(Default)]
pub(super) struct Rests(Mutex<HashMap<String, Rest>>);

impl Rests {
    /// Takes note of what became of a window; a failure within a rest does not prolong it.
    pub(super) fn report(&self, key: &str, failure: Option<&str>, now: Millis) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(why) = failure else {
            all.remove(key);
            return;
        };
        let before = all.get(key);
        if before.is_some_and(|rest| rest.until > now) {
            return;
        }
        let length = before.map_or(FIRST, |rest| (rest.length * 2).min(LONGEST));
        tracing::warn!(provider = key, why, seconds = length / SECOND, "a provider fails everything: it rests");
        all.insert(key.to_owned(), Rest { until: now + length, why: why.to_owned(), length });
    }

    /// The last rest of a provider, also when it is over, until something went through again.
    pub(super) fn of(&self, key: &str) -> Option<Rest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(super) fn is_resting(&self, key: &str, now: Millis) -> bool {
        self.of(key).is_some_and(|rest| rest.until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_double_and_end_with_success() {
        let rests = Rests::default();
        rests.report("a", Some("down"), 0);
        assert!(rests.is_resting("a", FIRST - 1) && !rests.is_resting("a", FIRST) && !rests.is_resting("b", 0));
        rests.report("a", Some("down"), FIRST - 1);
        assert!(!rests.is_resting("a", FIRST), "one rest at a time");
        rests.report("a", Some("still down"), FIRST);
        assert_eq!(rests.of("a").unwrap().why, "still down");
        assert!(rests.is_resting("a", 3 * FIRST - 1) && !rests.is_resting("a", 3 * FIRST));
        assert!(rests.of("a").is_some(), "what it said is known until something goes through");
        for _ in 0..20 {
            rests.report("a", Some("down"), 1_000 * MINUTE);
        }
        assert!(!rests.is_resting("a", 1_000 * MINUTE + LONGEST));
        rests.report("a", None, 0);
        assert!(rests.of("a").is_none());
        rests.report("a", Some("down"), 0);
        assert!(!rests.is_resting("a", FIRST), "after a success from the beginning");
    }
}
