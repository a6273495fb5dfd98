//! How often webhooks may be called: whoever has a token may still not fill the queue, or the database.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use muster_domain::clock::Millis;
use muster_domain::time::{MINUTE, SECOND};
use uuid::Uuid;

use crate::{AppError, AppResult};

/// Calls of one job's webhook that a process takes at once, and in a minute.
const BURST: i64 = 60;
/// Milliseconds in which a call is made up for.
const PER_CALL: Millis = MINUTE / BURST;
/// Jobs that are remembered; those whose webhooks were called longest ago go first.
const MAX_JOBS: usize = 10_000;

/// Lets calls of webhooks pass, or not: for each job a bucket that leaks a call a second (GCRA).
#[derive(Debug, Default)]
pub struct HookGate(Mutex<HashMap<Uuid, Millis>>);

impl HookGate {
    /// Lets a call pass.
    ///
    /// # Errors
    /// 429 with the time until the next one would.
    pub fn pass(&self, job: Uuid, now: Millis) -> AppResult<()> {
        let mut full_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if full_until.len() >= MAX_JOBS {
            full_until.retain(|_, until| *until > now);
        }
        let until = full_until.get(&job).copied().unwrap_or(now).max(now) + PER_CALL;
        let wait = until - now - MINUTE;
        if wait > 0 || (full_until.len() >= MAX_JOBS && !full_until.contains_key(&job)) {
            let message = String::from("This webhook is called too often. Wait a moment.");
            return Err(AppError::TooMany { message, retry_after_ms: wait.max(SECOND) });
        }
        full_until.insert(job, until);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_a_call_a_second() {
        let (gate, job, now) = (HookGate::default(), Uuid::from_u128(1), 1_000_000);
        assert!((0..BURST).all(|_| gate.pass(job, now).is_ok()));
        let Err(AppError::TooMany { retry_after_ms, .. }) = gate.pass(job, now) else { panic!("it was let pass") };
        assert_eq!(retry_after_ms, PER_CALL);
        assert!(gate.pass(Uuid::from_u128(2), now).is_ok(), "another job has its own");
        assert!(gate.pass(job, now + PER_CALL).is_ok() && gate.pass(job, now + PER_CALL).is_err());
        assert!(gate.pass(job, now + MINUTE).is_ok());
    }
}
