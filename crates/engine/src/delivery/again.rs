//! What waits because of quiet hours, when those become others: it is looked at again at once, a stretch at a time, and waits
//! again where the new rules say so.

use std::sync::atomic::{AtomicI64, Ordering};

use muster_db::runs::RunFacts;
use muster_db::{Tx, leases};

use super::Delivery;
use super::plan::RunPlan;

/// Messages of one look: they are decided on anew in about a second.
const AT_ONCE: i64 = 10_000;
/// Nothing, or nothing more, is to be looked at.
const DONE: i64 = i64::MAX;

/// Up to which number a plan has looked at the messages of its run that wait for rules.
pub(super) struct LookedAgain(AtomicI64);

impl LookedAgain {
    /// Of a new plan. Without one before it, in this process, messages were perhaps put off by older rules if there were any
    /// since the run began.
    pub fn of(facts: &RunFacts, is_first: bool) -> Self {
        let ruled_at = facts.policy_at.max(facts.own_policy_at).max(Some(facts.workspace_at));
        let are_as_ever = is_first && ruled_at < Some(facts.started_at);
        Self(AtomicI64::new(if are_as_ever { DONE } else { 0 }))
    }

    /// It has looked so far, and that is kept.
    pub fn is_through(&self, number: i64) {
        self.0.store(number, Ordering::Relaxed);
    }
}

impl Delivery {
    /// Makes the next stretch due that a plan has not looked at; gives its end, for [`LookedAgain::is_through`].
    pub(super) async fn look_again(&self, tx: &mut Tx, plan: &RunPlan) -> muster_db::Result<i64> {
        let after = plan.looked_again.0.load(Ordering::Relaxed);
        if after == DONE || plan.policy.is_none() {
            return Ok(after);
        }
        let run = plan.facts.run_id;
        leases::lock_run(tx, plan.ws, run).await?;
        let last = leases::look_again(tx, plan.ws, run, self.clock.now(), after, AT_ONCE).await?;
        Ok(last.unwrap_or(DONE))
    }
}
