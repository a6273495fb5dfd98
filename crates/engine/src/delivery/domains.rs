//! Limits of recipient domains: each message to such a domain gets a slot of its own, once, and waits for it.

use std::collections::BTreeMap;

use muster_db::{Tx, domain_slots};
use muster_domain::channel::Channel;
use muster_domain::domain_limit::{domain_of, goes_now, still_holds};

use super::Delivery;
use super::plan::RunPlan;
use super::sort::Sorted;
use super::work::Knowledge;

/// Why a message waits for its slot.
pub(super) const CAUSE: &str = "domain_limit";

impl Delivery {
    /// Takes what has to wait for its slot out of what is ready.
    pub(super) async fn keep_slots(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        known: &Knowledge,
        sorted: &mut Sorted,
    ) -> muster_db::Result<()> {
        if plan.domain_limits.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        // In the order of their names, so that two nodes never wait for each other.
        let mut by_domain: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for one in &sorted.ready {
            let p = &known.profiles[one.at];
            if plan.contents[one.index].row.channel != Channel::Email {
                continue;
            }
            let has_slot = p.waited_for.as_deref() == Some(CAUSE) && p.due_at.is_some_and(|at| still_holds(at, now));
            if has_slot {
                continue;
            }
            let domain = p.email.as_deref().map(domain_of).unwrap_or_default();
            if plan.domain_limits.contains_key(&domain) {
                by_domain.entry(domain).or_default().push(one.seq);
            }
        }
        for (domain, seqs) in by_domain {
            let limit = &plan.domain_limits[&domain];
            let count = i64::try_from(seqs.len()).unwrap_or(i64::MAX);
            let end = domain_slots::reserve(tx, plan.ws, &domain, now * 1_000, count * limit.spacing()).await?;
            for (seq, slot) in seqs.iter().zip(limit.slots(end, count)) {
                if goes_now(slot, now) {
                    continue;
                }
                if let Some(place) = sorted.ready.iter().position(|one| one.seq == *seq) {
                    let p = &known.profiles[sorted.ready.remove(place).at];
                    let why = format!("{domain} gets at most {} messages an hour", limit.per_hour);
                    sorted.unsent.wait(p, slot, CAUSE, Some(why));
                }
            }
        }
        Ok(())
    }
}
