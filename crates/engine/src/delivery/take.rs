//! The next chunk of a run: which messages may go now, and the lease that names them before anything leaves.

use muster_db::Tx;
use muster_db::leases::{self, Lease, RunPosition};
use muster_domain::clock::Millis;

use super::budget::{self, Budget, Held};
use super::cycle::{Candidates, Chosen, Senders};
use super::plan::RunPlan;
use super::{Cycle, Delivery, LEASE_LIFE, SLOT_WINDOW};

/// A lease with what it covers and what it spent.
pub(super) struct Taken {
    pub lease: Lease,
    pub messages: i64,
    pub reserved_at: Millis,
    pub budgets: Vec<Budget>,
    pub is_fresh: bool,
    /// Whether each window is noted before it leaves; a small lease covers no more than one.
    pub is_noted_by_windows: bool,
    /// Who carries it.
    pub senders: Senders,
}

/// What a slot may lease now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MayTake {
    Nothing,
    /// Messages that are noted by windows before they leave.
    Noted,
    /// One window may be in doubt from now on: as many messages need no notes.
    Whole,
}

/// What a run does next.
pub(super) enum Next {
    /// These messages, leased.
    Chunk(Taken),
    /// Nothing now; when to come back.
    Nothing(Cycle),
}

impl Delivery {
    /// Leases at most `quota` messages of a locked run, or says why there are none.
    pub(super) async fn next(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        position: Option<RunPosition>,
        candidates: &Candidates,
        quota: i64,
        may: MayTake,
    ) -> muster_db::Result<Next> {
        let (ws, run, now) = (plan.ws, plan.facts.run_id, self.clock.now());
        let Some(position) = position.filter(|p| p.run_status == "running") else {
            self.forget(run);
            return Ok(Next::Nothing(Cycle { finished: true, ..Cycle::default() }));
        };
        if position.campaign_status != "running" {
            return Ok(Next::Nothing(Cycle::default()));
        }
        if !plan.is_current(&position) {
            // Edited meanwhile: the next cycle makes the plan anew, with as many windows at a time as it may have then.
            return Ok(Next::Nothing(Cycle { next_at: Some(now), ..Cycle::default() }));
        }
        let untouched = position.untouched();
        let batch = plan.facts.batch_size.unwrap_or(quota).min(quota);
        let due = leases::due_count(tx, ws, run, now, batch.max(1)).await?;
        if due == 0 && untouched <= 0 {
            let next_at = leases::next_due(tx, ws, run).await?;
            let finished = self.finish_if_done(tx, plan, &position).await?;
            return Ok(Next::Nothing(Cycle { finished, next_at, ..Cycle::default() }));
        }
        if plan.is_past_its_end(now) {
            // What is left is cancelled by whoever ends the campaign, which is next.
            return Ok(Next::Nothing(Cycle::default()));
        }
        let wanted = if due > 0 { due } else { untouched }.min(batch);
        if wanted == 0 {
            return Ok(Next::Nothing(Cycle::default()));
        }
        let (messages, held, senders, budgets) = self.choose(tx, plan, candidates, now, wanted).await?;
        if messages == 0 {
            if let Some(held) = held {
                tracing::info!(tenantId = ws.0, correlationId = %plan.facts.correlation_id, campaignId = %plan.facts.campaign_id, currentRate = held.used, maxRate = held.limit, delayMs = held.free_at - now, "[THROTTLE] campaign rate limited");
            }
            let next_at = held.map(|h| h.free_at);
            return Ok(Next::Nothing(Cycle { rate_limited: true, next_at, ..Cycle::default() }));
        }
        let (token, node, expires_at) = (self.ids.uuid(now), self.node_id, now + LEASE_LIFE);
        let is_noted_by_windows = messages > SLOT_WINDOW || may != MayTake::Whole;
        let noted = if is_noted_by_windows { 0 } else { leases::NOTED_IN_FULL };
        let lease = if due > 0 {
            leases::take_due(tx, ws, run, now, messages, token, node, expires_at, noted).await?
        } else {
            let (first, last) = (position.next_seq, position.next_seq + messages - 1);
            leases::take_fresh(tx, ws, run, first, last, token, node, expires_at, noted).await?
        };
        budget::reserve(tx, ws, &budgets, lease.id, now, messages).await?;
        Ok(Next::Chunk(Taken {
            lease,
            messages,
            reserved_at: now,
            budgets,
            is_fresh: due == 0,
            is_noted_by_windows,
            senders,
        }))
    }

    /// Prolongs a lease by its whole life; false: it is gone.
    pub(super) async fn renew(&self, plan: &RunPlan, lease: &Lease) -> muster_db::Result<bool> {
        let mut tx = self.db.write(plan.ws).await?.hastily();
        // Whoever is still writing the lease holds the run.
        leases::lock_run(&mut tx, plan.ws, plan.facts.run_id).await?;
        let is_held = leases::renew(&mut tx, plan.ws, lease, self.clock.now() + LEASE_LIFE).await?;
        tx.commit().await?;
        Ok(is_held)
    }

    /// Of each channel the first candidate whose limits leave room; and how many messages all of them and the campaign
    /// allow, at most `wanted`, or what holds them back.
    async fn choose(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        candidates: &Candidates,
        now: Millis,
        wanted: i64,
    ) -> muster_db::Result<(i64, Option<Held>, Senders, Vec<Budget>)> {
        let mut budgets = budget::of_run(plan);
        let (mut messages, mut held) = budget::allowance(tx, plan.ws, &budgets, now, wanted).await?;
        let mut senders = Senders::with_capacity(candidates.len());
        for (key, found) in candidates {
            let found = match found {
                Ok(found) => found,
                Err(why) => {
                    senders.insert(key.clone(), Err(why.clone()));
                    continue;
                }
            };
            let mut soonest: Option<Held> = None;
            let mut allowed = 0;
            for candidate in found {
                let own = budget::of_provider(candidate);
                let (room, holds) = budget::allowance(tx, plan.ws, &own, now, wanted).await?;
                if room > 0 {
                    allowed = room;
                    budgets.extend(own);
                    let has_stand_in = found.len() > 1;
                    senders.insert(key.clone(), Ok(Chosen { via: candidate.clone(), has_stand_in }));
                    break;
                }
                soonest = soonest.into_iter().chain(holds).min_by_key(|held| held.free_at);
            }
            messages = messages.min(allowed);
            if allowed == 0 {
                held = held.into_iter().chain(soonest).max_by_key(|held| held.free_at);
            }
        }
        Ok((messages, held, senders, budgets))
    }
}
