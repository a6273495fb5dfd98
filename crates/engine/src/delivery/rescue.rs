//! After a node died: what it had noted as done was sent, what it had noted as leaving is in doubt, everything else waits
//! for whoever is alive.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use muster_channels::{Outcome, Reason};
use muster_db::budgets;
use muster_db::leases::{self, Abandoned, Planned};
use muster_db::notes;
use muster_db::profiles::ProfileRow;
use muster_db::runs::{self, RunStats, add_stats};
use muster_domain::dead_letter::Cause;
use muster_domain::recipient::RecipientStatus;
use muster_domain::workspace::WorkspaceId;

use super::decide::address;
use super::mark::{Marks, SentBy};
use super::plan::RunPlan;
use super::{Delivery, doubt, over};

const IN_DOUBT: &str = "in flight when a node stopped: perhaps sent";

impl Delivery {
    /// Ends the leases of nodes that are presumed dead; gives how many messages wait for a person since. `own_past`: this process has
    /// just started as a node whose last process is dead for certain, so that its leases need not run out first.
    pub async fn rescue(&self, own_past: bool) -> muster_db::Result<i64> {
        let now = self.clock.now();
        let dead = own_past.then_some(self.node_id);
        let mut doubted = 0;
        loop {
            let mut tx = self.db.write_all().await?;
            let mut expired = leases::expired(&mut tx, now, dead.unwrap_or_default()).await?;
            if expired.is_empty() {
                return Ok(doubted);
            }
            notes::end(&self.db, &mut expired, now).await?;
            for abandoned in &expired {
                doubted += self.take_up(&mut tx, abandoned).await?;
            }
            tx.commit().await?;
        }
    }

    /// Writes what an abandoned lease says about its messages and ends it; gives how many wait for a person since.
    async fn take_up(&self, tx: &mut muster_db::Tx, abandoned: &Abandoned) -> muster_db::Result<i64> {
        let Abandoned { ws, lease, .. } = abandoned;
        let Some(facts) = runs::facts(tx, *ws, lease.run_id).await? else {
            return leases::release(tx, *ws, lease).await.map(|_| 0);
        };
        let over = over(&facts.run_status);
        let plan = RunPlan::load(tx, *ws, facts, true).await?;
        let waiting: HashSet<i64> = leases::waiting(tx, *ws, lease).await?.into_iter().collect();
        let mut profiles = plan.query.read(tx, *ws, lease).await?;
        profiles.retain(|p| !waiting.contains(&p.seq));
        let judged = self.judge(&plan, abandoned, &profiles);
        let marks = match over {
            None => self.doubted(tx, &plan, &judged).await?,
            Some(why) => Cow::Owned(judged.without_waits(true, why, self.clock.now())),
        };
        let is_fresh = matches!(lease.kind, leases::LeaseKind::Fresh { .. });
        let marks = if is_fresh { marks } else { self.unsure(tx, &plan, marks).await? };
        let doubted = marks.in_doubt().len();
        let again = marks.deferrals.iter().filter(|wait| wait.cause == doubt::CAUSE).count();
        let written = self.settle(tx, &plan, &marks, RecipientStatus::Pending, is_fresh).await?;
        // What did not leave is free for others; what is in doubt counts as sent.
        budgets::settle_all(tx, *ws, lease.id, self.clock.now(), marks.handed_over).await?;
        leases::drop_due(tx, *ws, lease).await?;
        leases::release(tx, *ws, lease).await?;
        tracing::warn!(
            runId = lease.run_id,
            unknown = doubted,
            sent = written.sent,
            again,
            returned = marks.deferrals.len() - again,
            "[SEND] a node stopped while sending: what was in flight is in doubt"
        );
        Ok(i64::try_from(doubted).unwrap_or(i64::MAX))
    }

    fn judge(&self, plan: &RunPlan, abandoned: &Abandoned, profiles: &[ProfileRow]) -> Marks {
        let now = self.clock.now();
        let Abandoned { progress, planned, .. } = abandoned;
        let by_seq: Option<HashMap<i64, Planned>> =
            planned.as_ref().map(|planned| planned.iter().map(|one| (one.0, *one)).collect());
        let taken = Outcome::Accepted { provider_message_id: None, answer: String::new() };
        let doubt = Outcome::Unknown { reason: Reason::text(IN_DOUBT) };
        let mut marks = Marks::default();
        for p in profiles {
            let one = by_seq.as_ref().and_then(|all| all.get(&p.seq));
            // Noted by windows, and not among what was to be sent: its node had decided and not written it yet.
            if p.seq > progress.noted || (by_seq.is_some() && one.is_none()) {
                marks.wait(p, now, "returned", None);
                continue;
            }
            let content = one.and_then(|one| plan.contents.iter().find(|c| c.row.content_no == one.1));
            let by = SentBy {
                channel: content.map_or(muster_domain::channel::Channel::Email, |c| c.row.channel),
                address: content.and_then(|c| address(p, c.row.channel)).unwrap_or_default(),
                provider: "",
                provider_kind: "",
                content_no: one.map(|one| one.1),
                choice: one.map_or(0, |one| one.2),
                reports_delivery: false,
                has_stand_in: false,
                has_id_in_row: true,
            };
            if p.seq <= progress.done {
                marks.answered(p, &by, &taken, progress.at);
            } else {
                marks.answered(p, &by, &doubt, now);
                if let Some(letter) = marks.letters.last_mut() {
                    letter.cause = Cause::in_flight(content.map(|c| c.row.channel)).to_string();
                }
            }
        }
        marks
    }

    /// Cancels what is still pending of a run, [`super::CANCELLED`] or [`super::END_REACHED`]; what is in flight at this
    /// moment finishes, and what may have arrived at an earlier try is in doubt. Gives how many messages were cancelled.
    pub async fn cancel_pending(
        &self,
        tx: &mut muster_db::Tx,
        ws: WorkspaceId,
        run: i64,
        why: &str,
    ) -> muster_db::Result<i64> {
        self.leave_in_doubt(tx, ws, run, why).await?;
        let variants = leases::cancel_pending(tx, ws, run, why, self.clock.now()).await?;
        let mut by_variant: BTreeMap<i64, i64> = BTreeMap::new();
        for v in &variants {
            *by_variant.entry(*v).or_default() += 1;
        }
        for (variant_no, cancelled) in by_variant {
            add_stats(tx, ws, run, &RunStats { variant_no, cancelled, ..RunStats::default() }).await?;
        }
        Ok(i64::try_from(variants.len()).unwrap_or(i64::MAX))
    }
}
