//! What failed rests before it is tried again, longer from time to time, so that it is in nobody's way meanwhile.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use muster_domain::clock::Millis;
use muster_domain::time::{MINUTE, SECOND};
use uuid::Uuid;

/// The first rest; each one after it is twice as long, and none longer than [`LONGEST`].
const FIRST: Millis = SECOND;
const LONGEST: Millis = 5 * MINUTE;
/// More rest only when everything fails, and then those beyond are tried at every look.
const MOST: usize = 1_000;

/// How long something rests that failed so many times, at least once.
pub(super) fn rest(failures: u32) -> Millis {
    FIRST.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(LONGEST)
}

struct Rest {
    failures: u32,
    until: Millis,
}

/// Jobs and executions of this process that rest, by their ids.
#[derive(Default)]
pub(super) struct Rests(Mutex<HashMap<Uuid, Rest>>);

impl Rests {
    /// It failed.
    pub fn failed(&self, id: Uuid, now: Millis) {
        let mut rests = self.lock();
        // Who has not failed again for so long is well, or gone.
        rests.retain(|_, rest| rest.until + LONGEST > now);
        if rests.len() < MOST || rests.contains_key(&id) {
            let known = rests.entry(id).or_insert(Rest { failures: 0, until: now });
            known.failures = known.failures.saturating_add(1);
            known.until = now + rest(known.failures);
        }
    }

    /// It went well.
    pub fn well(&self, id: Uuid) {
        self.lock().remove(&id);
    }

    /// Who rests at a moment.
    pub fn resting(&self, now: Millis) -> Vec<Uuid> {
        self.lock().iter().filter(|(_, rest)| rest.until > now).map(|(id, _)| *id).collect()
    }

    /// When the next one is tried again.
    pub fn next(&self, now: Millis) -> Option<Millis> {
        self.lock().values().map(|rest| rest.until).filter(|until| *until > now).min()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Rest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_again_rests_longer_and_who_is_well_does_not() {
        let (rests, id) = (Rests::default(), Uuid::from_u128(1));
        let mut now = 0;
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            rests.failed(id, now);
            assert_eq!((rests.resting(now), rests.next(now)), (vec![id], Some(now + seconds * SECOND)));
            now += seconds * SECOND;
            assert_eq!((rests.resting(now), rests.next(now)), (vec![], None));
        }
        rests.well(id);
        rests.failed(id, now);
        assert_eq!(rests.next(now), Some(now + SECOND));
        rests.failed(Uuid::from_u128(2), now + 2 * LONGEST);
        assert_eq!(rests.lock().len(), 1, "old ones are forgotten");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let rests = Rests::default();
        for id in 0..2 * MOST as u128 {
            rests.failed(Uuid::from_u128(id), 0);
        }
        assert_eq!(rests.lock().len(), MOST);
    }
}
