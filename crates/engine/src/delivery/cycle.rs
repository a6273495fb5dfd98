//! The chunks of a run. Four are at work at a time: while windows of two of them are in the air, the outcomes of the others
//! are written and their next messages leased in one transaction, and read in the next. Each has one window in the air.

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use muster_db::leases;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::time::SECOND;
use muster_domain::workspace::WorkspaceId;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinSet;

use super::flight::Flown;
use super::plan::{CHUNK, RunPlan};
use super::sort::{Sorted, sort};
use super::take::{MayTake, Next, Taken};
use super::work::Knowledge;
use super::{CANCELLED, Cycle, Delivery, SLOT_WINDOW, Trouble, over};
use crate::registry::ActiveSender;

/// A channel and, for SMS, a route.
pub(super) type Way = (Channel, Option<String>);
/// Who may carry each way, or why nobody may.
pub(super) type Candidates = HashMap<Way, Result<Vec<ActiveSender>, String>>;
/// Who carries each way of a chunk.
pub(super) type Senders = HashMap<Way, Result<Chosen, String>>;

/// A provider that was chosen for a chunk.
#[derive(Clone)]
pub(super) struct Chosen {
    pub via: ActiveSender,
    /// Whether another could take what it fails.
    pub has_stand_in: bool,
}

/// No provider may be used: somebody has to do something; it is looked at again after this long.
pub(super) const NO_PROVIDER_PAUSE: Millis = 30 * SECOND;

/// What a database refuses once is tried again after this long, then twice as long, and so on; past the patience (half a
/// minute in all, inside the lease's life) the chunk is left to the rescue.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(50);
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Chunks of a run that are at work at a time: those with a window in the air, and as many that are written, leased and read.
const SLOTS: usize = 4;
/// Of them, so many may have a window in the air.
const IN_AIR: usize = 2;

/// A cycle takes no more after this long: what changed about the run or its node is looked at.
const CYCLE_TIME: Duration = Duration::from_secs(2);

/// A chunk whose messages have left.
pub(super) struct Sent {
    pub plan: Arc<RunPlan>,
    pub taken: Taken,
    pub flown: Flown,
}

/// What one transaction did.
struct Turn {
    written: Cycle,
    next: Next,
}

impl Delivery {
    /// Sends up to `max` messages of a run in chunks and says when to come back.
    pub async fn cycle(self: &Arc<Self>, ws: WorkspaceId, run: i64, max: i64) -> muster_db::Result<Cycle> {
        let Some(plan) = self.plan(ws, run).await? else { return Ok(Cycle { finished: true, ..Cycle::default() }) };
        let share = Arc::new(Share { left: AtomicI64::new(max), begun: Instant::now(), air: Semaphore::new(IN_AIR) });
        // What a customer got is counted in the rows, where a second chunk would not be seen; and who wants small batches
        // has no more than one in flight.
        let batch = plan.facts.batch_size.unwrap_or(CHUNK);
        let all = if !plan.caps().is_empty() || batch <= SLOT_WINDOW {
            self.slot(Arc::clone(&plan), &share).await?
        } else {
            self.slots(&plan, &share).await?
        };
        if all.processed > 0 && !all.finished {
            self.tell(&plan).await;
        }
        Ok(all)
    }

    /// Several chunks at work at a time.
    async fn slots(self: &Arc<Self>, plan: &Arc<RunPlan>, share: &Arc<Share>) -> muster_db::Result<Cycle> {
        // Tasks of their own, so that they are at work on different cores; they end with this one.
        let mut slots = JoinSet::new();
        for _ in 0..SLOTS {
            let (delivery, plan, share) = (Arc::clone(self), Arc::clone(plan), Arc::clone(share));
            slots.spawn(async move { delivery.slot(plan, &share).await });
        }
        let mut ended = Vec::with_capacity(SLOTS);
        while let Some(slot) = slots.join_next().await {
            ended.push(slot);
        }
        let mut cycles = ended.into_iter().map(|slot| slot.unwrap_or_else(|broken| resume_unwind(broken.into_panic())));
        let first = cycles.next().unwrap_or_else(|| Ok(Cycle::default()))?;
        cycles.try_fold(first, |all, cycle| Ok(all.beside(cycle?)))
    }

    /// One chunk after the other, until nothing may be sent now.
    async fn slot(&self, plan: Arc<RunPlan>, share: &Share) -> muster_db::Result<Cycle> {
        let mut total = Cycle::default();
        let mut sent: Option<Sent> = None;
        // A chunk of one window is in doubt from its lease until it is written.
        let mut whole: Option<SemaphorePermit<'_>> = None;
        loop {
            let candidates = self.candidates(&plan).await;
            let is_small = plan.chunk() <= SLOT_WINDOW;
            if is_small && whole.is_none() {
                // What was sent is written first; then there is time to wait.
                whole = if sent.is_none() { share.air.acquire().await.ok() } else { share.air.try_acquire().ok() };
            }
            let may = match whole {
                Some(_) => MayTake::Whole,
                None if is_small => MayTake::Nothing,
                None => MayTake::Noted,
            };
            let turn = self.turn_patiently(&plan, sent.as_ref(), &candidates, share, may).await?;
            if let Some(sent) = sent.take() {
                self.told(&sent, &turn.written).await;
            }
            total = total.then(turn.written);
            match turn.next {
                Next::Chunk(taken) => {
                    if taken.is_noted_by_windows {
                        whole = None;
                    }
                    let (known, sorted) = self.look_patiently(&plan, &taken).await?;
                    let known = self.with_codes(&plan, known).await?;
                    let flown = self.fly(&plan, &taken, &known, sorted, &share.air).await;
                    plan.paced(taken.messages, flown.took, flown.has_trouble);
                    sent = Some(Sent { plan: Arc::clone(&plan), taken, flown });
                }
                Next::Nothing(idle) if may == MayTake::Nothing && idle.trouble.is_none() => {}
                Next::Nothing(idle) => {
                    if idle.finished {
                        self.announce_finish(&plan).await?;
                    }
                    return Ok(total.then(idle));
                }
            }
        }
    }

    /// Messages that have left are marked even if the database has to come back first.
    async fn turn_patiently(
        &self,
        plan: &RunPlan,
        sent: Option<&Sent>,
        candidates: &Candidates,
        share: &Share,
        may: MayTake,
    ) -> muster_db::Result<Turn> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.turn(plan, sent, candidates, share, may).await {
                Err(error) if sent.is_some() && pause < PATIENCE => {
                    tracing::warn!(runId = plan.facts.run_id, %error, "a chunk could not be marked; it is tried again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                done => return done,
            }
        }
    }

    /// Writes what was sent and leases what comes next.
    async fn turn(
        &self,
        plan: &RunPlan,
        sent: Option<&Sent>,
        candidates: &Candidates,
        share: &Share,
        may: MayTake,
    ) -> muster_db::Result<Turn> {
        let mut tx = self.db.write(plan.ws).await?.hastily();
        let position = leases::lock_run(&mut tx, plan.ws, plan.facts.run_id).await?;
        let written = match sent {
            Some(sent) => {
                let over = position.as_ref().map_or(Some(CANCELLED), |position| over(&position.run_status));
                self.write(&mut tx, sent, over).await?
            }
            None => Cycle::default(),
        };
        let is_over = may == MayTake::Nothing || self.is_stopping() || share.begun.elapsed() > CYCLE_TIME;
        let quota = Quota::take(&share.left, if is_over { 0 } else { plan.chunk() });
        let later = |trouble| {
            let next_at = Some(self.clock.now() + NO_PROVIDER_PAUSE);
            Next::Nothing(Cycle { next_at, trouble: Some(trouble), ..Cycle::default() })
        };
        let next = if written.trouble.is_some() {
            Next::Nothing(Cycle { trouble: written.trouble, ..Cycle::default() })
        } else if plan.policy.is_none() {
            later(Trouble::Policy)
        } else if !candidates.is_empty() && candidates.values().all(Result::is_err) {
            later(Trouble::Provider)
        } else {
            self.next(&mut tx, plan, position, candidates, quota.messages, may).await?
        };
        let committed = tx.commit().await;
        if let Next::Chunk(taken) = &next {
            if let Err(error) = committed {
                self.is_leased(plan, taken, error).await?;
            }
            quota.use_up(taken.messages);
        } else {
            committed?;
        }
        Ok(Turn { written, next })
    }

    /// Reads whom a chunk is for and decides on each; tried again while the database comes back.
    async fn look_patiently(&self, plan: &RunPlan, taken: &Taken) -> muster_db::Result<(Knowledge, Sorted)> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.look(plan, taken).await {
                Err(error) if pause < PATIENCE => {
                    tracing::warn!(runId = plan.facts.run_id, %error, "a chunk could not be read; it is tried again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                done => return done,
            }
        }
    }

    /// On the connection that writes: another one would have to find every page anew after each commit. In a transaction
    /// of its own: the windows of the other chunk can be noted in between.
    async fn look(&self, plan: &RunPlan, taken: &Taken) -> muster_db::Result<(Knowledge, Sorted)> {
        let mut tx = self.db.write(plan.ws).await?.hastily();
        let mut known = self.read(&mut tx, plan, taken).await?;
        let mut sorted = sort(plan, &mut known, &taken.senders, self.clock.now());
        self.keep_slots(&mut tx, plan, &known, &mut sorted).await?;
        if taken.is_noted_by_windows {
            let planned: Vec<_> = sorted.ready.iter().map(|one| one.planned(plan)).collect();
            leases::plan(&mut tx, plan.ws, &taken.lease, &planned).await?;
        }
        tx.commit().await?;
        Ok((known, sorted))
    }

    /// After a commit without an answer: the lease tells whether it was kept, and everything else of its transaction with
    /// it. Nobody else would touch what it names before its life ends. Gives `error` back when it was not.
    async fn is_leased(&self, plan: &RunPlan, taken: &Taken, error: muster_db::DbError) -> muster_db::Result<()> {
        let run = plan.facts.run_id;
        let mut pause = FIRST_PAUSE;
        loop {
            match self.renew(plan, &taken.lease).await {
                Ok(true) => {
                    tracing::warn!(runId = run, %error, "the answer to a commit was lost; it was kept, and its messages go now");
                    return Ok(());
                }
                Err(unknown) if pause < PATIENCE => {
                    tracing::warn!(runId = run, error = %unknown, "what became of a commit could not be seen; it is tried again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Ok(false) | Err(_) => return Err(error),
            }
        }
    }

    async fn candidates(&self, plan: &RunPlan) -> Candidates {
        let mut candidates = Candidates::new();
        for (channel, route) in plan.channels() {
            let found = self.registry.candidates(plan.ws, channel, route).await;
            candidates.insert((channel, route.map(str::to_owned)), found);
        }
        candidates
    }
}

/// What the slots of one cycle have together.
struct Share {
    /// Messages that may still be taken.
    left: AtomicI64,
    begun: Instant,
    /// What may be in doubt: a permit for each window that was noted and is not known to be done.
    air: Semaphore,
}

/// A slot's share of the messages that a cycle may still take; what is not used goes back.
struct Quota<'a> {
    left: &'a AtomicI64,
    messages: i64,
}

impl<'a> Quota<'a> {
    fn take(left: &'a AtomicI64, most: i64) -> Self {
        let share = |left: i64| left.min(most).max(0);
        let before = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left - share(left)));
        Self { left, messages: share(before.unwrap_or(0)) }
    }

    fn use_up(mut self, messages: i64) {
        self.messages -= messages;
    }
}

impl Drop for Quota<'_> {
    fn drop(&mut self) {
        self.left.fetch_add(self.messages, Ordering::Relaxed);
    }
}
