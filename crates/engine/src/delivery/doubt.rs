//! Messages in doubt of a campaign that says they are sent again.
//!
//! Each is sent a second time at most, so that nobody gets more than two: in doubt again, it waits for a person, as it does
//! at once where the campaign says hold. A lost answer counts like a crash, because the harm is the same: a relay that takes
//! everything and answers nothing makes every customer get two, never more. And not at once: a node that stood still reads
//! its answers when it wakes up, and what it knows by then is not sent again.

use std::borrow::Cow;
use std::collections::HashSet;

use muster_db::{Tx, deliveries, leases, runs};
use muster_domain::campaign::UnknownPolicy;
use muster_domain::clock::Millis;
use muster_domain::recipient::RecipientStatus;
use muster_domain::time::MINUTE;
use muster_domain::workspace::WorkspaceId;

use super::letters;
use super::mark::Marks;
use super::plan::RunPlan;
use super::{Cycle, Delivery};

/// What such a message waits under.
pub(super) const CAUSE: &str = "in_doubt";
/// Messages that one statement marks.
const AT_ONCE: i64 = 10_000;
/// How long the truth has to turn up.
const PAUSE: Millis = MINUTE;

impl Delivery {
    /// The marks as they are to be written for a run that goes on: what is in doubt for the first time waits to be sent
    /// again, where the campaign says so.
    pub(super) async fn doubted<'m>(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        marks: &'m Marks,
    ) -> muster_db::Result<Cow<'m, Marks>> {
        let doubted = marks.in_doubt();
        if doubted.is_empty() || plan.facts.unknown_policy == UnknownPolicy::Hold {
            return Ok(Cow::Borrowed(marks));
        }
        let before = deliveries::doubts(tx, plan.ws, plan.facts.run_id, &doubted).await?;
        let before = before.into_iter().map(|doubt| doubt.seq).collect();
        Ok(Cow::Owned(marks.clone().sent_again(CAUSE, &before, self.clock.now() + PAUSE)))
    }

    /// The marks of messages that were tried before, as they are to be written: what is not sent any more, because the
    /// campaign or the customer says so, and may have arrived then, stays in doubt.
    pub(super) async fn unsure<'m>(
        &self,
        tx: &mut Tx,
        plan: &RunPlan,
        marks: Cow<'m, Marks>,
    ) -> muster_db::Result<Cow<'m, Marks>> {
        let unsent = marks.unsent();
        if unsent.is_empty() {
            return Ok(marks);
        }
        let doubts = deliveries::doubts(tx, plan.ws, plan.facts.run_id, &unsent).await?;
        if doubts.is_empty() {
            return Ok(marks);
        }
        let doubts = doubts.into_iter().map(|doubt| (doubt.seq, doubt)).collect();
        Ok(Cow::Owned(marks.into_owned().still_in_doubt(&doubts, self.clock.now())))
    }

    /// Of a run that ends, `why`: what waits and may have arrived already is in doubt and not cancelled.
    pub(super) async fn leave_in_doubt(
        &self,
        tx: &mut Tx,
        ws: WorkspaceId,
        run: i64,
        why: &str,
    ) -> muster_db::Result<()> {
        let now = self.clock.now();
        let mut after = 0;
        loop {
            let doubts = deliveries::doubts_waiting(tx, ws, run, after, AT_ONCE).await?;
            let Some(last) = doubts.last() else { return Ok(()) };
            after = last.seq;
            let mut marks = Marks::default();
            for doubt in &doubts {
                marks.remains_in_doubt(doubt, why, now);
            }
            let changed =
                deliveries::mark(tx, ws, run, &marks.marks, i64::from(RecipientStatus::Pending.code())).await?;
            let changed = changed.into_iter().collect();
            letters::keep(tx, ws, run, now, &marks.letters, &changed, false).await?;
            for stats in marks.counters(&changed, false) {
                runs::add_stats(tx, ws, run, &stats).await?;
            }
        }
    }

    /// A node that was presumed dead says what became of its messages: what waits to be sent again and is known now does
    /// not go a second time.
    pub(super) async fn spare(&self, tx: &mut Tx, plan: &RunPlan, marks: &Marks) -> muster_db::Result<Cycle> {
        let known = marks.settled();
        if known.is_empty() || plan.facts.unknown_policy == UnknownPolicy::Hold {
            return Ok(Cycle::default());
        }
        let spared: HashSet<i64> =
            leases::take_back(tx, plan.ws, plan.facts.run_id, CAUSE, &known).await?.into_iter().collect();
        self.settle(tx, plan, &marks.restricted_to(&spared), RecipientStatus::Pending, false).await
    }
}
