//! One execution under its lease: asks the workflow what to do, keeps what it says, and then does it.

mod log;
mod progress;
mod save;
mod tries;

use std::sync::Arc;

use muster_db::job_leases::{self, Holder, Sums, TakenRow};
use muster_db::job_plans::PlanRow;
use muster_db::job_tries::TryRow;
use muster_db::{DbError, Tx};
use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::job::workflow::{Event, Finished, Workflow, WorkflowState};
use muster_domain::time::SECOND;
use muster_domain::workspace::WorkspaceId;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use self::log::{Heard, Log};
use self::save::{AGAIN, Keep, Lost};
pub(super) use self::save::{Entry, Written};
use self::tries::Tries;
use super::book::BookError;
use super::context::Context;
use super::desk::{AtWork, Desk, LEASE};
use super::step::Said;

/// How often a node says that it lives.
const BEAT: Millis = 10 * SECOND;
/// How long steps may go on when the program stops.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long they have then to end.
const LAST_CALL: Duration = Duration::from_secs(3);

/// An execution at work.
pub(super) struct Run {
    desk: Arc<Desk>,
    ws: WorkspaceId,
    id: Uuid,
    job_id: Uuid,
    token: Uuid,
    is_built_in: bool,
    job: Arc<JobDefinition>,
    workflow: Workflow,
    /// What every step sees.
    values: Map<String, Value>,
    sums: Sums,
    tries: Tries,
    log: Log,
    /// Tries to keep.
    rows: Vec<TryRow>,
    /// Tries of a node that is gone are to be closed.
    has_lost_tries: bool,
    is_sla_told: bool,
    /// Something is to be kept.
    is_changed: bool,
    lease_until: Millis,
    /// Nobody knows whether the lease was kept.
    is_in_doubt: bool,
    beats_at: Millis,
    span: tracing::Span,
    turns: watch::Receiver<u64>,
    at_work: AtWork,
}

/// Why an execution is not at work here any more.
enum Over {
    Ended,
    /// The program stops.
    Stopping,
}

impl Run {
    /// An execution that was taken in this transaction. `is_lost`: from a node that is gone.
    pub async fn begin(
        desk: &Arc<Desk>,
        tx: &mut Tx,
        ws: WorkspaceId,
        job: &PlanRow,
        row: TakenRow,
        holder: &Holder<'_>,
        is_lost: bool,
    ) -> Result<Self, BookError> {
        let now = desk.now();
        let read = match desk.definition(tx, job, row.definition_id).await {
            Ok(definition) => {
                let kept = row.workflow.map(|state| state.0);
                resumed(&definition, kept, row.started_at).map(|workflow| (definition, workflow))
            }
            Err(BookError::Db(error)) => return Err(error.into()),
            Err(error) => Err(error.to_string()),
        };
        let (definition, mut workflow) = match read {
            Ok(read) => read,
            Err(why) => (nothing(job), refused(nothing(job), why, now)?),
        };
        if is_lost && workflow.finished().is_none() {
            workflow.apply(Event::NodeLost, now).map_err(|error| BookError::Refused(error.to_string()))?;
        }
        let context = Context::read(row.execution_context.map(|context| context.0));
        let span = tracing::info_span!(
            "execution", executionId = %row.id, job = %job.code,
            traceId = row.trace_id.as_deref().unwrap_or_default(),
            correlationId = row.correlation_id.as_deref().unwrap_or_default(),
        );
        let is_sla_told = workflow.state().sla_breached;
        let at_work = desk.begin(row.id);
        if row.abort_requested {
            at_work.unwanted();
        }
        Ok(Self {
            ws,
            id: row.id,
            job_id: row.job_id,
            token: holder.token,
            is_built_in: job.is_built_in,
            values: context.values(row.id, &job.code, row.execution_date, row.started_at),
            job: definition,
            workflow,
            sums: row.sums,
            tries: Tries::default(),
            log: Log::new(),
            rows: Vec::new(),
            has_lost_tries: is_lost,
            is_sla_told,
            is_changed: true,
            lease_until: holder.expires_at,
            is_in_doubt: false,
            beats_at: now + BEAT,
            span,
            turns: desk.jobs.turns(),
            at_work,
            desk: Arc::clone(desk),
        })
    }

    /// Begins its first steps, and keeps them in the transaction that it was taken in: there is nothing to keep before they
    /// start.
    pub async fn open(&mut self, tx: &mut Tx) -> Result<(), BookError> {
        let now = self.desk.now();
        self.look(now);
        // One that has ended before it began ends like any other.
        if self.workflow.finished().is_none() {
            self.begin_ready(now);
            let entry = self.entry(Keep::Progress);
            entry.write(&self.desk, tx, self.lease_until, now).await?;
            self.kept(self.lease_until, now);
        }
        Ok(())
    }

    /// The answer to the taking was lost, and the lease could not be looked up: it is before anything begins.
    pub fn doubt(&mut self) {
        self.is_in_doubt = true;
    }

    /// Whether the lease was kept.
    pub async fn is_held(&mut self) -> Result<bool, DbError> {
        let now = self.desk.now();
        let mut tx = self.desk.db.write(self.ws).await?.hastily();
        let beat = job_leases::beat(&mut tx, self.ws, self.id, self.token, now + LEASE).await?;
        tx.commit().await?;
        self.lease_until = now + LEASE;
        self.beats_at = now + BEAT;
        Ok(beat.is_some())
    }

    /// The same, asked until there is an answer: nothing has begun, so that the end of the lease does not press.
    async fn is_held_after_all(&mut self, stop: &CancellationToken) -> bool {
        loop {
            match self.is_held().await {
                Ok(is_held) => return is_held,
                Err(error) => tracing::warn!(%error, "nobody knows whether an execution was taken: it is asked again"),
            }
            tokio::select! {
                () = stop.cancelled() => return false,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    /// Runs it to its end, or until the program stops.
    pub async fn work(mut self, stop: CancellationToken) {
        let span = self.span.clone();
        async move {
            if self.is_in_doubt && !self.is_held_after_all(&stop).await {
                return;
            }
            tracing::info!("an execution begins");
            self.publish(&Written::default(), None);
            let over = self.go_on(&stop).await;
            if !matches!(over, Ok(Over::Ended)) {
                let handed = match over {
                    Ok(_) => self.hand_on().await,
                    Err(lost) => Err(lost),
                };
                if handed.is_err() {
                    self.tries.abandon();
                    while self.tries.set.join_next().await.is_some() {}
                }
            }
        }
        .instrument(span)
        .await;
    }

    async fn go_on(&mut self, stop: &CancellationToken) -> Result<Over, Lost> {
        loop {
            let now = self.desk.now();
            self.look(now);
            if now >= self.beats_at && self.beat().await? {
                self.at_work.unwanted();
                continue;
            }
            self.begin_ready(now);
            self.catch_up(now);
            self.rows.extend(self.tries.due_words(Instant::now()));
            let is_over = self.workflow.finished().is_some();
            if self.is_changed
                || !self.rows.is_empty()
                || is_over
                || self.log.due().is_some_and(|at| at <= Instant::now())
            {
                self.keep(if is_over { Keep::End } else { Keep::Progress }).await?;
            }
            if let Some(finished) = self.workflow.finished() {
                tracing::info!(status = %finished.status, "an execution has ended");
                return Ok(Over::Ended);
            }
            self.start_begun();
            self.stop_those(self.desk.now());
            let next = self.next();
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(Over::Stopping),
                Some(over) = self.tries.set.join_next_with_id(), if !self.tries.set.is_empty() => {
                    let now = self.desk.now();
                    self.catch_up(now);
                    self.took(over, now);
                }
                Some(heard) = self.log.said.recv() => self.hear(heard, self.desk.now()),
                _ = self.turns.changed() => {}
                () = tokio::time::sleep_until(next) => {}
            }
        }
    }

    /// Tells the workflow of the time, and that somebody wants it stopped.
    fn look(&mut self, now: Millis) {
        let before = (self.workflow.state().sla_breached, self.workflow.state().ending.is_some());
        if self.workflow.finished().is_none() {
            let event = if self.at_work.is_unwanted() { Event::Aborted } else { Event::Tick };
            if let Err(error) = self.workflow.apply(event, now) {
                tracing::error!(%error, "the passing of time was refused");
            }
        }
        let state = self.workflow.state();
        self.is_changed |= before != (state.sla_breached, state.ending.is_some());
    }

    /// Takes in what a step said.
    fn hear(&mut self, (step, said): Heard, now: Millis) {
        match said {
            Said::Line(line) => self.log.add(step, line, now),
            Said::Progress(share) => self.tries.progress(&step, share),
        }
    }

    /// Takes in what was said and not heard yet.
    fn catch_up(&mut self, now: Millis) {
        while let Ok(heard) = self.log.said.try_recv() {
            self.hear(heard, now);
        }
    }

    /// When there is something to do by time alone.
    fn next(&self) -> Instant {
        let now = self.desk.now();
        let wake = self.workflow.wake_at(now).unwrap_or(Millis::MAX).min(self.beats_at);
        let wait = Duration::from_millis(u64::try_from(wake - now).unwrap_or(0).max(1));
        let by_clock = Instant::now() + wait;
        [self.log.due(), self.tries.keep_at(), self.tries.drop_at()].into_iter().flatten().fold(by_clock, Instant::min)
    }

    /// The program stops: what runs may end in a moment, then it is stopped, and another node goes on.
    async fn hand_on(&mut self) -> Result<(), Lost> {
        for (patience, is_last) in [(PATIENCE, false), (LAST_CALL, true)] {
            if is_last {
                self.tries.stop_all();
            }
            let end = Instant::now() + patience;
            while !self.tries.set.is_empty() {
                tokio::select! {
                    Some(over) = self.tries.set.join_next_with_id() => {
                        let now = self.desk.now();
                        self.catch_up(now);
                        // What was told to stop here is not the step's fault: it counts as lost with its node.
                        let is_its_own = !is_last || matches!(&over, Ok((_, report)) if report.result.is_ok());
                        if is_its_own {
                            self.took(over, now);
                        }
                    }
                    Some(heard) = self.log.said.recv() => self.hear(heard, self.desk.now()),
                    () = tokio::time::sleep_until(end) => break,
                }
            }
        }
        self.tries.abandon();
        while self.tries.set.join_next().await.is_some() {}
        let now = self.desk.now();
        if self.workflow.finished().is_none() && self.workflow.apply(Event::NodeLost, now).is_ok() {
            self.has_lost_tries = true;
        }
        let what = if self.workflow.finished().is_some() { Keep::End } else { Keep::Release };
        self.keep(what).await
    }
}

/// Where an execution is that began, or begins now.
fn resumed(job: &Arc<JobDefinition>, kept: Option<Value>, started_at: Millis) -> Result<Workflow, String> {
    let Some(kept) = kept else { return Ok(Workflow::new(Arc::clone(job), started_at)) };
    let state: WorkflowState = serde_json::from_value(kept).map_err(|error| error.to_string())?;
    // One that takes over results of an earlier execution begins now.
    let state = WorkflowState { started_at, ..state };
    Workflow::resume(Arc::clone(job), state).map_err(|error| error.to_string())
}

/// A job of which nothing can be read; its name may be what cannot be.
fn nothing(job: &PlanRow) -> Arc<JobDefinition> {
    let named = JobDefinition::read(&serde_json::json!({ "code": "unreadable", "name": job.name }));
    match named.or_else(|_| JobDefinition::read(&serde_json::json!({ "code": "unreadable" }))) {
        Ok(definition) => Arc::new(definition),
        Err(problems) => unreachable!("a code alone is a job: {problems:?}"),
    }
}

/// An execution that cannot run at all.
fn refused(job: Arc<JobDefinition>, why: String, now: Millis) -> Result<Workflow, BookError> {
    let state = WorkflowState {
        finished: Some(Finished {
            status: ExecutionStatus::Failure,
            at: now,
            error_code: Some("definition".into()),
            error_message: Some(why),
            error_step: None,
        }),
        ..Workflow::new(Arc::clone(&job), now).state().clone()
    };
    Workflow::resume(job, state).map_err(|error| BookError::Refused(error.to_string()))
}
