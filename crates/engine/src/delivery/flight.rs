//! A chunk on its way: noted, rendered and handed over a window at a time.
//!
//! What a window's note cannot say in one number is written with it: outcomes other than "taken", and messages that are
//! not sent at all. So what is pending below `done` was taken, whatever happens to this process.

use std::time::{Duration, Instant};

use futures::future::join_all;
use muster_channels::{OutboundMessage, Outcome, Reason, RetryScope};
use muster_db::leases::{self, Progress};
use muster_db::notes::{self, Noted};
use muster_db::snapshots::Snapshot;
use muster_domain::clock::Millis;
use muster_domain::recipient::RecipientStatus;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::cycle::{Chosen, FIRST_PAUSE, PATIENCE};
use super::mark::{Marks, SentBy};
use super::message::{build, values};
use super::plan::RunPlan;
use super::sort::{Ready, Sorted, choice_code};
use super::take::Taken;
use super::work::Knowledge;
use super::{Cycle, Delivery, LEASE_LIFE, SLOT_WINDOW};
use crate::registry::ActiveSender;

/// A lease is renewed well before it ends while its messages are on their way.
const RENEW_AFTER: Duration = Duration::from_millis(LEASE_LIFE.unsigned_abs() / 4);
/// What was read of customers is not acted on after this long: the rest of the chunk is read anew.
const STALE: Duration = Duration::from_secs(5);
/// Messages that were taken within this time are marked with one moment, milliseconds.
const SAME_MOMENT: Millis = 250;

/// What a chunk came to.
#[derive(Default)]
pub(super) struct Flown {
    /// Still to be written.
    pub marks: Marks,
    /// What was written on the way.
    pub written: Cycle,
    /// Whether a provider failed a whole window.
    pub has_trouble: bool,
    /// From the first note to the last answer.
    pub took: Duration,
}

/// What one provider is handed of a window, as it is remembered here.
struct Batch {
    by: Chosen,
    ready: Vec<Ready>,
    /// Of each message, where it goes and what it was rendered with.
    snapshots: Vec<Snapshot>,
}

/// A window that is ready to leave.
struct Rendered {
    batches: Vec<Batch>,
    /// Of each batch.
    messages: Vec<Vec<OutboundMessage>>,
    failed: Marks,
}

struct Flight<'a> {
    delivery: &'a Delivery,
    plan: &'a RunPlan,
    taken: &'a Taken,
    known: &'a Knowledge,
    /// Of windows that were taken as a whole: written at the end.
    whole: Marks,
    /// Everything else: written with the next note.
    rest: Marks,
    flown: Flown,
    /// What may have left, and what has.
    noted: i64,
    done: i64,
    moment: Millis,
}

impl Delivery {
    /// Sends a chunk, one window in the air at a time.
    pub(super) async fn fly(
        &self,
        plan: &RunPlan,
        taken: &Taken,
        known: &Knowledge,
        sorted: Sorted,
        air: &Semaphore,
    ) -> Flown {
        let Sorted { ready, unsent } = sorted;
        let flight = Flight {
            delivery: self,
            plan,
            taken,
            known,
            whole: Marks::default(),
            rest: unsent,
            flown: Flown::default(),
            noted: 0,
            done: 0,
            moment: 0,
        };
        flight.fly(&ready, air).await
    }
}

impl Flight<'_> {
    async fn fly(mut self, ready: &[Ready], air: &Semaphore) -> Flown {
        let read = Instant::now();
        let mut gone = 0;
        let mut windows = ready.chunks(usize::try_from(SLOT_WINDOW).unwrap_or(50));
        let mut next = windows.next().map(|window| (window, self.render(window)));
        // A chunk that is one window has its permit already.
        let in_doubt = if self.taken.is_noted_by_windows { air.acquire().await.ok() } else { None };
        let begun = Instant::now();
        while let Some((window, rendered)) = next {
            let is_over = self.plan.is_halted() || self.plan.is_past_its_end(self.delivery.clock.now());
            if self.flown.has_trouble || read.elapsed() > STALE || self.delivery.is_stopping() || is_over {
                break;
            }
            let last = window.last().map_or(0, |last| last.seq);
            if self.taken.is_noted_by_windows && !self.note(last).await {
                break;
            }
            self.rest.append(rendered.failed);
            let batches = rendered.batches;
            let senders = batches.iter().map(|batch| batch.by.via.clone());
            let in_air = tokio::spawn(hand_over(senders.zip(rendered.messages).collect()));
            gone += window.len();
            // While these are on their way.
            next = windows.next().map(|window| (window, self.render(window)));
            match self.landed(in_air).await {
                Some(answers) => self.land(batches, &answers),
                None => self.lost(batches),
            }
            self.done = last;
        }
        // Another chunk may go while this one is written: what it sent is known then, whatever happens.
        if self.noted > 0 {
            self.note(self.noted).await;
        }
        drop(in_doubt);
        self.flown.took = begun.elapsed();
        let now = self.delivery.clock.now();
        for one in &ready[gone..] {
            self.rest.wait(&self.known.profiles[one.at], now, "returned", None);
        }
        self.flown.marks = self.whole;
        self.flown.marks.append(self.rest);
        self.flown
    }

    /// Waits for a window to land, and keeps the lease alive meanwhile: what was said of each batch. None: its task broke.
    async fn landed(&self, mut in_air: JoinHandle<Vec<Vec<Outcome>>>) -> Option<Vec<Vec<Outcome>>> {
        loop {
            tokio::select! {
                landed = &mut in_air => return landed.ok(),
                () = tokio::time::sleep(RENEW_AFTER) => self.renew().await,
            }
        }
    }

    /// Renders a window; what cannot be rendered has failed.
    fn render(&self, window: &[Ready]) -> Rendered {
        let now = self.delivery.clock.now();
        let (plan, known) = (self.plan, self.known);
        let mut keys: Vec<(_, Option<&str>)> = Vec::with_capacity(1);
        let (mut batches, mut messages, mut failed) = (Vec::<Batch>::new(), Vec::new(), Marks::default());
        for one in window {
            let (content, p) = (&plan.contents[one.index], &known.profiles[one.at]);
            let key = (content.row.channel, content.row.sms_route.as_deref());
            let place = match keys.iter().position(|other| *other == key) {
                Some(place) => place,
                None => {
                    let way = (key.0, key.1.map(str::to_owned));
                    let Some(Ok(chosen)) = self.taken.senders.get(&way) else { continue };
                    batches.push(Batch { by: chosen.clone(), ready: Vec::new(), snapshots: Vec::new() });
                    messages.push(Vec::with_capacity(window.len()));
                    keys.push(key);
                    keys.len() - 1
                }
            };
            let batch = &mut batches[place];
            let own = known.attributes.get(&p.customer_id).map_or(&[][..], Vec::as_slice);
            let code = known.code(content.row.offer_id, p.customer_id);
            let is_own = code.is_some_and(|c| c.customer_id.is_some());
            let with = values(plan, content, p, own, code.map(|c| c.code.as_str()), is_own);
            let built = build(plan, content, p, with, &batch.by.via, now).map_err(|error| error.to_string());
            let kept = built.and_then(|built| match serde_json::to_string(&built.values) {
                Ok(values_json) => Ok((built.message, values_json)),
                Err(error) => Err(error.to_string()),
            });
            match kept {
                Ok((message, values_json)) => {
                    let address = message.to.clone();
                    batch.snapshots.push(Snapshot { seq: p.seq, address, values_json, message_id: None });
                    batch.ready.push(*one);
                    messages[place].push(message);
                }
                Err(error) => failed.settle_unsent(p, RecipientStatus::Failed, error, now),
            }
        }
        Rendered { batches, messages, failed }
    }

    fn land(&mut self, batches: Vec<Batch>, answers: &[Vec<Outcome>]) {
        let now = self.delivery.clock.now();
        if now - self.moment >= SAME_MOMENT {
            self.moment = now;
        }
        let mut marks = Marks::default();
        let mut is_whole = true;
        for (Batch { by: Chosen { via, has_stand_in }, ready, snapshots }, outcomes) in batches.into_iter().zip(answers)
        {
            let info = via.sender.describe();
            self.report(&via, outcomes);
            // What a note says of a message counts as delivered, which only a receipt can say where receipts come.
            is_whole &= !via.reports_delivery;
            for ((one, snapshot), outcome) in ready.iter().zip(snapshots).zip(outcomes) {
                let taken = match outcome {
                    Outcome::Accepted { provider_message_id, .. } => Some(provider_message_id),
                    _ => None,
                };
                let is_packed = taken.is_some() && self.taken.is_fresh;
                // The provider's own number for a message is too much for a note.
                is_whole &= taken.is_some_and(|id| is_packed || id.is_none());
                let by = SentBy {
                    provider_kind: info.kind,
                    reports_delivery: via.reports_delivery,
                    has_stand_in,
                    // A receipt looks for it there.
                    has_id_in_row: !is_packed || via.reports_delivery,
                    ..self.by(one, &snapshot.address, &info.name)
                };
                marks.answered(&self.known.profiles[one.at], &by, outcome, self.moment);
                if is_packed {
                    // All of a lease at once, at its end.
                    let message_id = taken.cloned().flatten().filter(|_| !by.has_id_in_row);
                    self.whole.packed.push(Snapshot { message_id, ..snapshot });
                } else {
                    marks.snapshots.push(snapshot);
                }
            }
        }
        self.flown.has_trouble |= marks.provider_failures > 0 && marks.handed_over == 0;
        if is_whole { self.whole.append(marks) } else { self.rest.append(marks) }
    }

    /// A provider that failed everything because of itself rests, where another can take its messages.
    fn report(&self, via: &ActiveSender, outcomes: &[Outcome]) {
        let trouble = |outcome: &Outcome| match outcome {
            Outcome::Retry { scope: RetryScope::Provider, reason, .. } => Some(reason.to_string()),
            _ => None,
        };
        let failure = outcomes.first().and_then(trouble).filter(|_| outcomes.iter().all(|one| trouble(one).is_some()));
        if !outcomes.is_empty() {
            self.delivery.registry.report(&via.budget, failure.as_deref());
        }
    }

    /// A window whose task broke has no outcome: perhaps it was sent.
    fn lost(&mut self, batches: Vec<Batch>) {
        let now = self.delivery.clock.now();
        let outcome = Outcome::Unknown { reason: Reason::text("the sender broke off") };
        let mut marks = Marks::default();
        for Batch { by: Chosen { via, .. }, ready, snapshots } in batches {
            let info = via.sender.describe();
            for (one, snapshot) in ready.iter().zip(snapshots) {
                let by = self.by(one, &snapshot.address, &info.name);
                marks.answered(&self.known.profiles[one.at], &by, &outcome, now);
                marks.snapshots.push(snapshot);
            }
        }
        self.rest.append(marks);
    }

    fn by<'s>(&self, one: &Ready, address: &'s str, provider: &'s str) -> SentBy<'s> {
        let row = &self.plan.contents[one.index].row;
        SentBy {
            channel: row.channel,
            address,
            provider,
            provider_kind: "",
            content_no: Some(row.content_no),
            choice: choice_code(one.reason),
            reports_delivery: false,
            has_stand_in: false,
            has_id_in_row: true,
        }
    }

    /// Notes that the window up to `through` may leave, and writes what came to light since the last note. False: nothing
    /// may leave any more.
    async fn note(&mut self, through: i64) -> bool {
        let progress = Progress { noted: through, done: self.done, at: self.delivery.clock.now() };
        let mut pause = FIRST_PAUSE;
        loop {
            match self.try_note(progress).await {
                Ok(Noted::Now | Noted::Before) => {
                    self.noted = through;
                    return true;
                }
                Ok(Noted::Refused) => return false,
                Err(error) if pause < PATIENCE => {
                    tracing::warn!(runId = self.plan.facts.run_id, %error, "a window could not be noted; it is tried again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Err(error) => {
                    tracing::error!(runId = self.plan.facts.run_id, %error, "a window could not be noted; it does not leave");
                    return false;
                }
            }
        }
    }

    async fn try_note(&mut self, progress: Progress) -> muster_db::Result<Noted> {
        let (ws, lease) = (self.plan.ws, &self.taken.lease);
        let expires_at = progress.at + LEASE_LIFE;
        if !self.rest.is_empty() && !self.write_rest(expires_at).await? {
            return Ok(Noted::Refused);
        }
        notes::note(&self.delivery.db, ws, lease, self.noted, progress, expires_at).await
    }

    /// Writes what a note cannot say. False: the lease is gone.
    async fn write_rest(&mut self, expires_at: Millis) -> muster_db::Result<bool> {
        let (ws, lease) = (self.plan.ws, &self.taken.lease);
        let mut tx = self.delivery.db.write(ws).await?.hastily();
        // The run before everything else, as whoever pauses or cancels it does.
        leases::lock_run(&mut tx, ws, self.plan.facts.run_id).await?;
        if !leases::renew(&mut tx, ws, lease, expires_at).await? {
            return Ok(false);
        }
        let marks = self.delivery.doubted(&mut tx, self.plan, &self.rest).await?;
        let is_fresh = self.taken.is_fresh;
        let marks = if is_fresh { marks } else { self.delivery.unsure(&mut tx, self.plan, marks).await? };
        let written = self.delivery.settle(&mut tx, self.plan, &marks, RecipientStatus::Pending, is_fresh).await?;
        tx.commit().await?;
        self.flown.written = self.flown.written.then(written);
        // Budgets are settled at the end, for all of them.
        self.whole.handed_over += std::mem::take(&mut self.rest).handed_over;
        Ok(true)
    }

    async fn renew(&self) {
        if let Err(error) = self.delivery.renew(self.plan, &self.taken.lease).await {
            tracing::warn!(runId = self.plan.facts.run_id, %error, "a lease could not be renewed; it is tried again");
        }
    }
}

/// What each provider says of the messages that it is handed.
async fn hand_over(batches: Vec<(ActiveSender, Vec<OutboundMessage>)>) -> Vec<Vec<Outcome>> {
    join_all(batches.into_iter().map(|(via, messages)| async move { via.sender.send(messages).await })).await
}
