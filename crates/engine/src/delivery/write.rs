//! The end of a chunk: outcomes, counters, stages, budgets and the lease, in one transaction.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering;

use muster_db::executions::StageRows;
use muster_db::leases::RunPosition;
use muster_db::{Tx, audit, campaign_state, deliveries, executions, leases, plan_machine, run_tests, runs, snapshots};
use muster_domain::campaign::{CampaignAction, CampaignStatus, CampaignType};
use muster_domain::recipient::RecipientStatus;
use muster_domain::time::{MINUTE, rfc3339};
use serde_json::json;

use super::budget;
use super::cycle::Sent;
use super::letters;
use super::mark::Marks;
use super::plan::RunPlan;
use super::{CANCELLED, Cycle, Delivery, Trouble};
use crate::stages::Stage;

/// Windows are told about a run this often at most, milliseconds.
const TELL_EVERY: i64 = 100;

impl Delivery {
    /// Writes what is left to be written of a chunk and ends its lease; `over`: the run does not send any more, and why.
    /// Done twice, when a commit's answer was lost, it changes nothing the second time.
    pub(super) async fn write(&self, tx: &mut Tx, sent: &Sent, over: Option<&str>) -> muster_db::Result<Cycle> {
        let Sent { plan, taken, flown } = sent;
        let (ws, now) = (plan.ws, self.clock.now());
        let is_held = leases::release(tx, ws, &taken.lease).await?;
        // Presumed dead meanwhile: the rows are unknown by now, and this is the truth about them.
        let expected = if is_held { RecipientStatus::Pending } else { RecipientStatus::Unknown };
        let marks = if is_held && over.is_none() {
            self.doubted(tx, plan, &flown.marks).await?
        } else {
            Cow::Owned(flown.marks.clone().without_waits(is_held, over.unwrap_or(CANCELLED), now))
        };
        let was_tried = is_held && !taken.is_fresh;
        let marks = if was_tried { self.unsure(tx, plan, marks).await? } else { marks };
        let mut written = self.settle(tx, plan, &marks, expected, taken.is_fresh && is_held).await?;
        if !is_held {
            written = written.then(self.spare(tx, plan, &marks).await?);
        } else if !taken.is_fresh {
            leases::drop_due(tx, ws, &taken.lease).await?;
        }
        let handed_over = flown.marks.handed_over;
        budget::settle(tx, ws, &taken.budgets, taken.lease.id, taken.reserved_at, now, handed_over).await?;
        // Another provider goes on with what this one fails.
        let has_stand_in = taken.senders.values().flatten().any(|chosen| chosen.has_stand_in);
        let trouble = (flown.has_trouble && !has_stand_in).then_some(Trouble::Provider);
        Ok(Cycle { trouble, ..flown.written.then(written) })
    }

    /// Writes what became of messages that are in `expected` status; `is_first_look`: they were never leased before.
    pub(super) async fn settle(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        marks: &Marks,
        expected: RecipientStatus,
        is_first_look: bool,
    ) -> muster_db::Result<Cycle> {
        let (ws, run, now) = (plan.ws, plan.facts.run_id, self.clock.now());
        let changed: HashSet<i64> =
            deliveries::mark(tx, ws, run, &marks.marks, i64::from(expected.code())).await?.into_iter().collect();
        let is_late = expected == RecipientStatus::Unknown;
        letters::keep(tx, ws, run, now, &marks.letters, &changed, is_late).await?;
        for stats in marks.counters(&changed, is_late) {
            runs::add_stats(tx, ws, run, &stats).await?;
        }
        let (sent, failed, domains) = marks.domains(&changed);
        deliveries::count(tx, ws, run, now - now.rem_euclid(MINUTE), sent, failed, &domains).await?;
        leases::defer(tx, ws, run, &marks.deferrals).await?;
        snapshots::keep(tx, ws, run, &marks.snapshots).await?;
        snapshots::pack(tx, ws, run, &marks.packed).await?;
        deliveries::attempts(tx, ws, run, now, &marks.attempts).await?;
        deliveries::suppress(tx, ws, "provider", now, &marks.dead).await?;
        if plan.facts.kind == CampaignType::Plan {
            // Their readers stand in a plan, which goes on from here.
            let settled = marks.marks.iter().filter(|m| m.status != RecipientStatus::Pending.code());
            let settled: Vec<i64> = settled.map(|m| m.seq).filter(|seq| changed.contains(seq)).collect();
            plan_machine::tell_messages(tx, ws, run, &settled).await?;
        }
        let was_doubted = expected == RecipientStatus::Unknown;
        self.advance_stages(tx, plan, is_first_look, was_doubted, marks, &changed).await?;
        self.emit_sent(tx, plan, marks, &changed).await?;
        Ok(Cycle { sent, failed, ..marks.cycle() })
    }

    /// Says in the log and to every window what was written; to windows at most ten times a second.
    pub(super) async fn told(&self, sent: &Sent, written: &Cycle) {
        let Sent { plan, taken, .. } = sent;
        tracing::info!(tenantId = plan.ws.0, correlationId = %plan.facts.correlation_id, campaignId = %plan.facts.campaign_id, batchNumber = taken.lease.id, batchSize = taken.messages, sent = written.sent, failed = written.failed, "[SEND] campaign batch");
        if self.clock.now() - plan.told_at.load(Ordering::Relaxed) >= TELL_EVERY {
            self.tell(plan).await;
        }
    }

    /// Says to every window where a run stands.
    pub(super) async fn tell(&self, plan: &RunPlan) {
        plan.told_at.store(self.clock.now(), Ordering::Relaxed);
        if let Err(error) = self.announce(plan).await {
            tracing::warn!(runId = plan.facts.run_id, %error, "windows could not be told where a run stands");
        }
    }

    async fn advance_stages(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        is_first_look: bool,
        was_doubted: bool,
        marks: &Marks,
        changed: &HashSet<i64>,
    ) -> muster_db::Result<()> {
        let (ws, run, now) = (plan.ws, plan.facts.run_id, self.clock.now());
        let mut rows = Vec::with_capacity(6);
        let mut advance = |stage: Stage, processed: i64, updated: i64| {
            if processed > 0 {
                rows.push(StageRows { stage: stage.as_str(), processed, updated });
            }
        };
        if is_first_look {
            // Each message is looked at once for the first time; tries and waits later do not count again.
            let seen = marks.cycle().processed;
            for stage in [Stage::ProfileFetch, Stage::OfferSelection, Stage::CreativeSelection] {
                advance(stage, seen, 0);
            }
        }
        let settled =
            marks.marks.iter().filter(|m| m.status != RecipientStatus::Pending.code() && changed.contains(&m.seq));
        let (mut all, mut rendered, mut sent) = (0, 0, 0);
        for mark in settled {
            all += 1;
            rendered += i64::from(mark.content_no.is_some());
            sent += i64::from(mark.sent_at.is_some());
        }
        if !was_doubted {
            // What was in doubt has been counted then.
            advance(Stage::Rendering, rendered, 0);
            advance(Stage::Delivery, all, all);
        }
        advance(Stage::Analytics, sent, 0);
        executions::advance(tx, ws, run, &rows, now).await
    }

    /// One row of the outbox carries all messages of a chunk, by the moment at which they were sent, as ranges of their
    /// numbers: `{"sentAt": …, "seqs": [[1, 50], [52, 60]]}`. The fan-out makes one event of each.
    async fn emit_sent(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        marks: &Marks,
        changed: &HashSet<i64>,
    ) -> muster_db::Result<()> {
        let mut by_moment: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for mark in marks.marks.iter().filter(|mark| changed.contains(&mark.seq)) {
            if let Some(sent_at) = mark.sent_at {
                by_moment.entry(sent_at).or_default().push(mark.seq);
            }
        }
        if by_moment.is_empty() {
            return Ok(());
        }
        let sent: Vec<_> = by_moment
            .into_iter()
            .map(|(sent_at, seqs)| json!({"sentAt": rfc3339(sent_at), "seqs": ranges(seqs)}))
            .collect();
        let data = json!({"campaignId": plan.facts.campaign_id, "runId": plan.facts.run_id, "messages": sent});
        audit::emit(tx, plan.ws, "campaign.message.sent", &plan.facts.correlation_id, self.clock.now(), &data).await
    }

    /// Completion rule of contract.md: nothing pending and only failures is `failed`; nothing pending otherwise is `completed`.
    /// A recurring campaign rests until its next occurrence, or stays paused; one with another run at work goes on.
    pub(super) async fn finish_if_done(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        position: &RunPosition,
    ) -> muster_db::Result<bool> {
        let (ws, run, now) = (plan.ws, plan.facts.run_id, self.clock.now());
        if position.run_status != "running" || position.untouched() > 0 || leases::has_open_work(tx, ws, run).await? {
            return Ok(false);
        }
        run_tests::sample_left(tx, ws, run, now).await?;
        if position.held_from.is_some() {
            return Ok(false);
        }
        // Who is on the way in a plan may get further messages of this run.
        if plan.facts.kind == CampaignType::Plan && plan_machine::has_active(tx, ws, plan.facts.campaign_id).await? {
            return Ok(false);
        }
        let total = runs::stats(tx, ws, run).await?.iter().fold(runs::RunStats::default(), |a, b| a.plus(b));
        let all_failed = total.failed > 0 && total.sent == 0;
        let Ok(from) = position.campaign_status.parse::<CampaignStatus>() else { return Ok(false) };
        let next = campaign_state::after_run(tx, ws, plan.facts.campaign_id, run).await?;
        let recurs = next.kind == CampaignType::Recurring && next.scheduled_at.is_some();
        let to = match from {
            _ if next.others > 0 => Ok(from),
            CampaignStatus::Paused if recurs => Ok(from),
            _ if recurs => from.after(CampaignAction::Rest),
            _ => from.after(CampaignAction::Finish { all_failed }),
        };
        let Ok(to) = to else { return Ok(false) };
        runs::finish(tx, ws, run, if all_failed { "failed" } else { "completed" }, now).await?;
        if to != from {
            campaign_state::set_status(tx, ws, plan.facts.campaign_id, from, to, None, now).await?;
        }
        let (status, error) = if all_failed { ("failure", Some("every message failed")) } else { ("success", None) };
        executions::finish_stages(tx, ws, run, Stage::Delivery.order(), status, now, error).await?;
        let entry = audit::NewEntry {
            at: now,
            actor_id: None,
            actor_name: "Muster",
            action: match (all_failed, to.is_final()) {
                (true, true) => "campaign.failed",
                (true, false) => "campaign.run_failed",
                (false, true) => "campaign.completed",
                (false, false) => "campaign.run_completed",
            },
            object_type: "campaign",
            object_id: plan.facts.campaign_id.to_string(),
            object_name: &plan.facts.name,
            before: Some(json!({"status": from})),
            after: Some(json!({"status": to, "run": plan.facts.number, "sent": total.sent, "failed": total.failed})),
            correlation_id: Some(&plan.facts.correlation_id),
        };
        audit::insert(tx, ws, &entry).await?;
        let data = json!({"campaignId": plan.facts.campaign_id, "campaignName": plan.facts.name, "status": to, "runNumber": plan.facts.number, "totalRecipients": total.total, "sent": total.sent, "failed": total.failed, "completedAt": rfc3339(now)});
        audit::emit(tx, ws, "campaign.completed", &plan.facts.correlation_id, now, &data).await?;
        tracing::info!(tenantId = ws.0, correlationId = %plan.facts.correlation_id, campaignId = %plan.facts.campaign_id, fromStatus = %from, toStatus = %to, "[LIFECYCLE] campaign status changed");
        Ok(true)
    }

    pub(super) async fn announce_finish(&self, plan: &RunPlan) -> muster_db::Result<()> {
        self.forget(plan.facts.run_id);
        self.live.publish(plan.ws, "campaigns", json!({}));
        self.announce(plan).await
    }

    /// Tells every window where the run stands.
    pub(super) async fn announce(&self, plan: &RunPlan) -> muster_db::Result<()> {
        let mut tx = self.db.read(plan.ws).await?.hastily();
        let s = runs::stats(&mut tx, plan.ws, plan.facts.run_id)
            .await?
            .iter()
            .fold(runs::RunStats::default(), |a, b| a.plus(b));
        let counters = json!({"total": s.total, "pending": s.pending(), "sent": s.sent, "delivered": s.delivered, "failed": s.failed, "skipped": s.skipped, "suppressed": s.suppressed, "cancelled": s.cancelled, "unknown": s.unknown});
        self.live.publish(
            plan.ws,
            format!("campaign:{}", plan.facts.campaign_id),
            json!({"campaignId": plan.facts.campaign_id, "runId": plan.facts.run_id, "counters": counters}),
        );
        Ok(())
    }
}

/// First and last of each run of numbers without a gap.
fn ranges(mut numbers: Vec<i64>) -> Vec<[i64; 2]> {
    numbers.sort_unstable();
    let mut ranges: Vec<[i64; 2]> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some([_, last]) if *last + 1 == number => *last = number,
            _ => ranges.push([number, number]),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_gap_are_one_range() {
        assert_eq!(ranges(vec![4, 1, 2, 3, 7, 9, 8]), [[1, 4], [7, 9]]);
        assert!(ranges(Vec::new()).is_empty());
    }
}
