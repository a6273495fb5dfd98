//! What runs by itself: scheduled starts and ends, sending, rescue, tidying. One task sleeps until the next due moment and is
//! woken when something earlier is written.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use muster_db::{campaign_state, run_tests, runs};
use muster_domain::clock::Millis;
use muster_domain::time::{MINUTE, SECOND};
use muster_domain::workspace::WorkspaceId;
use muster_engine::delivery::Trouble;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{App, AppResult, Ctx, board, job_engine, plans, replies, runs as campaign_runs, tidying};

/// Looked at least this often, whatever the timers say: another node may have written something.
const SWEEP: Duration = Duration::from_secs(5);
/// A turn that failed is tried again after this long.
const AFTER_FAILURE: Millis = 5 * SECOND;
/// Messages of one turn of a run.
const TURN: i64 = 100_000;
/// Old things are looked for this often, and again at the next look while there are more than one tidying removes.
const TIDY_EVERY: Millis = 10 * MINUTE;
/// Turns in which the provider itself failed everything, before the campaign pauses itself.
const TROUBLE_LIMIT: u32 = 5;

/// The scheduler of one process.
pub struct Scheduler {
    app: App,
    stop: CancellationToken,
    /// Runs that are being sent by this process.
    sending: HashMap<i64, Millis>,
    trouble: HashMap<i64, u32>,
    /// Which run each turn is of.
    turns: HashMap<tokio::task::Id, i64>,
    tidied_at: Millis,
    /// The task that sends answers of the board now.
    answers: Option<tokio::task::JoinHandle<()>>,
    /// The task that moves the contacts of plans now.
    machine: Option<tokio::task::JoinHandle<()>>,
}

/// What a run's turn came to.
struct Turn {
    ws: WorkspaceId,
    run: i64,
    cycle: AppResult<muster_engine::delivery::Cycle>,
}

impl Scheduler {
    /// A scheduler that stops when `stop` is cancelled; what is in flight finishes.
    pub fn new(app: App, stop: CancellationToken) -> Self {
        Self {
            app,
            stop,
            sending: HashMap::new(),
            trouble: HashMap::new(),
            turns: HashMap::new(),
            tidied_at: 0,
            answers: None,
            machine: None,
        }
    }

    /// Runs until stopped.
    pub async fn run(mut self) {
        match self.app.delivery.rescue(self.app.node.is_of_folder()).await {
            Ok(0) => {}
            Ok(messages) => tracing::warn!(messages, "messages were in flight when Muster stopped: they are unknown"),
            Err(error) => tracing::error!(%error, "rescue failed"),
        }
        let mut turns: JoinSet<Turn> = JoinSet::new();
        while !self.stop.is_cancelled() {
            let next = match AssertUnwindSafe(self.tick(&mut turns)).catch_unwind().await {
                Ok(Ok(next)) => next,
                Ok(Err(error)) => {
                    tracing::error!(%error, "the scheduler's look failed; it looks again");
                    None
                }
                // The panic itself has been logged where it happened. What it had begun is in the database, or undone.
                Err(_) => {
                    tracing::error!("the scheduler's look broke down; it looks again");
                    None
                }
            };
            let now = self.app.now();
            let sleep = next.map_or(SWEEP, |at| Duration::from_millis(u64::try_from(at - now).unwrap_or(0)).min(SWEEP));
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.app.wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
                Some(turn) = turns.join_next_with_id(), if !turns.is_empty() => match turn {
                    Ok((id, turn)) => {
                        self.turns.remove(&id);
                        self.took_turn(turn).await;
                    }
                    Err(broken) => self.broke_down(&broken),
                },
            }
        }
        self.app.delivery.stop();
        while turns.join_next().await.is_some() {}
        for task in [self.answers.take(), self.machine.take()].into_iter().flatten() {
            let _ = task.await;
        }
        if let Err(error) = self.app.senders.leave().await {
            tracing::warn!(%error, "the other nodes notice in half a minute that this one has stopped");
        }
    }

    /// Starts what is due and gives the moment of the next thing.
    async fn tick(&mut self, turns: &mut JoinSet<Turn>) -> AppResult<Option<Millis>> {
        let now = self.app.now();
        for run in self.app.nudges.take() {
            if self.sending.get(&run) == Some(&Millis::MAX) {
                // Its turn may have looked too early: it is looked at again after that.
                self.app.nudges.add(run);
            } else {
                self.sending.remove(&run);
            }
        }
        campaign_runs::launch_due(&self.app).await?;
        campaign_runs::end_due(&self.app).await?;
        campaign_runs::decide_due(&self.app).await?;
        if self.sending.values().any(|due| *due == Millis::MAX) {
            self.app.senders.stay().await?;
        }
        self.app.delivery.rescue(false).await?;
        replies::send_retries(&self.app, None).await?;
        let (next_card, next_retry) = (self.look_at_the_board().await?, replies::next_retry(&self.app).await?);
        let next_move = self.look_at_plans().await?;
        self.tidy(now).await?;
        let (alive, next_start, next_end, next_winner) = {
            let mut tx = self.app.db.read_all().await?;
            let next_end = campaign_state::next_end(&mut tx, now).await?;
            let next_winner = run_tests::next_due(&mut tx, now).await?;
            (runs::alive(&mut tx).await?, campaign_state::next_due(&mut tx, now).await?, next_end, next_winner)
        };
        // A run that was paused meanwhile starts afresh when it goes on.
        self.sending.retain(|run, due| *due == Millis::MAX || alive.iter().any(|a| a.run_id == *run));
        let mut next = next_start
            .into_iter()
            .chain(next_end)
            .chain(next_winner)
            .chain(next_card)
            .chain(next_retry)
            .chain(next_move)
            .min();
        for run in alive {
            let due = self.sending.get(&run.run_id).copied().unwrap_or(now);
            if due > now {
                next = Some(next.map_or(due, |n| n.min(due)));
                continue;
            }
            // Busy until the turn says when to come back.
            self.sending.insert(run.run_id, Millis::MAX);
            let app = self.app.clone();
            let ws = WorkspaceId(run.tenant_id);
            let turn = turns.spawn(async move {
                let cycle = app.delivery.cycle(ws, run.run_id, TURN).await.map_err(Into::into);
                Turn { ws, run: run.run_id, cycle }
            });
            self.turns.insert(turn.id(), run.run_id);
        }
        Ok(next)
    }

    /// Moves the contacts of plans, beside everything else: a million of them take their time. Gives the moment of the next.
    async fn look_at_plans(&mut self) -> AppResult<Option<Millis>> {
        if self.machine.as_ref().is_some_and(|machine| !machine.is_finished()) {
            return Ok(None);
        }
        let next = plans::next_due(&self.app).await?;
        if next.is_none_or(|at| at > self.app.now()) {
            return Ok(next);
        }
        let app = self.app.clone();
        self.machine = Some(tokio::spawn(async move {
            match plans::advance_due(&app).await {
                Ok(()) => app.wake.notify_one(),
                Err(error) => tracing::error!(%error, "plans could not go on; they are tried again"),
            }
        }));
        Ok(None)
    }

    /// Wakes snoozed cards and sends answers, beside everything else: a slow provider must not hold up a start. Gives the
    /// moment of the next card or answer.
    async fn look_at_the_board(&mut self) -> AppResult<Option<Millis>> {
        board::wake_up(&self.app).await?;
        if self.answers.as_ref().is_some_and(|sending| !sending.is_finished()) {
            return Ok(None);
        }
        let next = board::next_due(&self.app).await?;
        if next.is_some_and(|at| at <= self.app.now()) {
            let app = self.app.clone();
            self.answers = Some(tokio::spawn(async move {
                if let Err(error) = board::send_due(&app, app.senders.as_ref()).await {
                    tracing::error!(%error, "answers could not be sent; they are tried again");
                }
                app.wake.notify_one();
            }));
            return Ok(None);
        }
        Ok(next)
    }

    async fn took_turn(&mut self, turn: Turn) {
        let now = self.app.now();
        let cycle = match turn.cycle {
            Ok(cycle) => cycle,
            Err(error) => {
                tracing::error!(runId = turn.run, %error, "a turn failed; it is tried again");
                self.sending.insert(turn.run, now + AFTER_FAILURE);
                return;
            }
        };
        if cycle.finished {
            self.sending.remove(&turn.run);
            self.trouble.remove(&turn.run);
            return;
        }
        let tries = self.trouble.entry(turn.run).or_insert(0);
        *tries = if cycle.trouble.is_some() { *tries + 1 } else { 0 };
        let lasts = *tries >= TROUBLE_LIMIT || cycle.trouble == Some(Trouble::Policy);
        if let Some(trouble) = cycle.trouble.filter(|_| lasts) {
            self.trouble.remove(&turn.run);
            self.pause(turn.ws, turn.run, trouble).await;
        }
        let again = if cycle.processed > 0 && cycle.trouble.is_none() {
            now
        } else {
            cycle.next_at.unwrap_or(now + 5 * SECOND)
        };
        self.sending.insert(turn.run, again);
    }

    /// A turn that panicked: a fault of Muster's, which must not keep the rest of the campaign from going on. What it had in
    /// the air is in doubt once its lease has ended.
    fn broke_down(&mut self, error: &tokio::task::JoinError) {
        if let Some(run) = self.turns.remove(&error.id()) {
            tracing::error!(runId = run, %error, "a turn broke down; it is tried again");
            self.sending.insert(run, self.app.now() + AFTER_FAILURE);
        }
    }

    /// The circuit breaker: a provider that fails everything pauses the campaign, and says so.
    async fn pause(&self, ws: WorkspaceId, run: i64, trouble: Trouble) {
        let ctx = Ctx::system(ws, self.app.new_id().to_string());
        let campaign = async {
            let mut tx = self.app.db.read(ws).await?;
            Ok::<_, crate::AppError>(runs::facts(&mut tx, ws, run).await?.map(|f| f.campaign_id))
        };
        if let Ok(Some(id)) = campaign.await
            && let Err(error) = campaign_runs::pause_with(&self.app, &ctx, id, Some(trouble.why())).await
        {
            tracing::error!(runId = run, %error, "the campaign could not be paused");
        }
    }

    async fn tidy(&mut self, now: Millis) -> AppResult<()> {
        if now - self.tidied_at < TIDY_EVERY {
            return Ok(());
        }
        self.tidied_at = now;
        board::lost_answers(&self.app).await?;
        job_engine::built_in::ensure(&self.app).await?;
        if tidying::forget_old(&self.app, tidying::AT_ONCE).await? {
            self.tidied_at = now - TIDY_EVERY;
        }
        Ok(())
    }
}

/// Starts the scheduler of this process; await the handle after cancelling `stop`.
pub fn start(app: &App, stop: &CancellationToken) -> tokio::task::JoinHandle<()> {
    let scheduler = Scheduler::new(app.clone(), stop.clone());
    let jobs = job_engine::dispatcher(app, stop.clone());
    let app = app.clone();
    tokio::spawn(async move {
        // On a shared database another node may be importing; on a file of one's own nothing runs before this.
        if app.db.engine() == muster_db::Engine::Sqlite
            && let Err(error) = crate::imports::recover(&app).await
        {
            tracing::error!(%error, "imports that were left running could not be ended");
        }
        tokio::join!(scheduler.run(), jobs.run());
    })
}
