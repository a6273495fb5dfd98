//! The tries of an execution's steps: begun, stopped, reported.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use muster_db::job_tries::TryRow;
use muster_domain::clock::Millis;
use muster_domain::job::words::{FailureCode, StepStatus};
use muster_domain::job::workflow::{Ending, Event, Failure};
use muster_domain::storable;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use super::Run;
use super::log::Heard;
use super::progress::{self, Pace};
use crate::jobs::step::{LogLevel, LogLine, Measured, Said, StepOrder, StepReport};

/// Whoever is told to stop has so long to end by itself.
const STOPS_WITHIN: Duration = Duration::from_secs(10);

/// A try that runs.
pub(super) struct Current {
    pub row: TryRow,
    stop: CancellationToken,
    /// It is not waited for any more.
    dropped: CancellationToken,
    /// When its progress is kept.
    pace: Pace,
    /// It was told to stop: when it is dropped, and whether its time was over.
    stopped: Option<(Instant, bool)>,
}

/// The tries that run.
#[derive(Default)]
pub(super) struct Tries {
    pub set: JoinSet<StepReport>,
    tasks: HashMap<Id, String>,
    pub current: HashMap<String, Current>,
    orders: Vec<StepOrder>,
}

impl Tries {
    /// When one that was told to stop is dropped.
    pub fn drop_at(&self) -> Option<Instant> {
        let waited_for = self.current.values().filter(|current| !current.dropped.is_cancelled());
        waited_for.filter_map(|current| current.stopped.map(|(at, _)| at)).min()
    }

    /// One says how far it has come.
    pub fn progress(&mut self, step: &str, share: f64) {
        if let Some(current) = self.current.get_mut(step) {
            current.row.progress_e4 = Some(progress::e4(share));
            current.pace.say();
        }
    }

    /// When the next word of it is to be kept.
    pub fn keep_at(&self) -> Option<Instant> {
        self.current.values().filter_map(|current| current.pace.due()).min()
    }

    /// Those whose word is to be kept now.
    pub fn due_words(&mut self, now: Instant) -> Vec<TryRow> {
        let due = self.current.values_mut().filter_map(|one| one.pace.take(now).then(|| one.row.clone()));
        due.collect()
    }

    /// How far those have come that say it, by their steps.
    pub fn shares(&self) -> Map<String, Value> {
        let said = self.current.iter().filter_map(|(step, one)| Some((step, one.row.progress_e4?)));
        said.map(|(step, e4)| (step.clone(), Value::from(progress::share(e4)))).collect()
    }

    /// Drops those that did not stop.
    pub fn drop_late(&self) {
        let now = Instant::now();
        for current in self.current.values() {
            if current.stopped.is_some_and(|(at, _)| at <= now) {
                current.dropped.cancel();
            }
        }
    }

    /// Tells all to stop.
    pub fn stop_all(&mut self) {
        for current in self.current.values_mut() {
            current.stop.cancel();
            current.stopped.get_or_insert_with(|| (Instant::now() + STOPS_WITHIN, false));
        }
    }

    /// Drops all.
    pub fn abandon(&mut self) {
        self.stop_all();
        self.set.abort_all();
    }
}

impl Run {
    /// Has the workflow begin what is ready; it is started once that is kept.
    pub(super) fn begin_ready(&mut self, now: Millis) {
        for ready in self.workflow.ready(now) {
            let Some(at) = self.job.steps.iter().position(|step| step.step_code == ready.step_code) else { continue };
            let begun = Event::Started { step: ready.step_code.clone(), attempt: ready.attempt };
            if let Err(error) = self.workflow.apply(begun, now) {
                tracing::error!(step = %ready.step_code, %error, "a step that was ready could not begin");
                continue;
            }
            let step = &self.job.steps[at];
            let values = self.workflow.values(&step.step_code, &self.values).unwrap_or_default();
            let own: Map<String, Value> =
                step.parameters.keys().filter_map(|name| Some((name.clone(), values.get(name)?.clone()))).collect();
            let row = TryRow {
                id: self.desk.ids.uuid(now),
                step_code: step.step_code.clone(),
                step_order: step.step_order,
                attempt: ready.attempt,
                status: StepStatus::Running.as_str(),
                started_at: now,
                completed_at: None,
                rows_processed: None,
                output: None,
                error_code: None,
                error_message: None,
                peak_memory_mb: None,
                peak_cpu_percent: None,
                data_quality_score_e4: None,
                progress_e4: None,
                input: (!own.is_empty()).then_some(Value::Object(own)),
            };
            self.rows.push(row.clone());
            let order = StepOrder {
                ws: self.ws,
                execution: self.id,
                job: self.job.clone(),
                at,
                attempt: ready.attempt,
                values,
                deadline: now + step.timeout_ms(),
            };
            self.tries.orders.push(order);
            let (stop, dropped) = (CancellationToken::new(), CancellationToken::new());
            let current = Current { row, stop, dropped, pace: Pace::default(), stopped: None };
            self.tries.current.insert(ready.step_code, current);
        }
    }

    /// Starts what was begun, now that it is kept.
    pub(super) fn start_begun(&mut self) {
        for order in std::mem::take(&mut self.tries.orders) {
            let code = order.step().step_code.clone();
            let Some(current) = self.tries.current.get(&code) else { continue };
            let runner = if self.is_built_in { &self.desk.hands.built_in } else { &self.desk.hands.steps };
            let (runner, stop, log) = (runner.clone(), current.stop.clone(), self.log.sender.clone());
            let (said_by, dropped) = (code.clone(), current.dropped.clone());
            let task = async move {
                let (sender, says) = mpsc::channel(64);
                let work = runner.run(order, sender, stop);
                heard(work, dropped, says, log, said_by).await
            };
            let handle =
                self.tries.set.spawn(tracing::Instrument::instrument(task, tracing::info_span!("step", step = %code)));
            self.tries.tasks.insert(handle.id(), code);
        }
    }

    /// Tells those to stop that have to.
    pub(super) fn stop_those(&mut self, now: Millis) {
        let is_ending = self.workflow.state().ending.as_ref().is_some_and(Ending::is_hard);
        for stop in self.workflow.stops(now) {
            if let Some(current) = self.tries.current.get_mut(&stop.step_code)
                && current.stopped.is_none()
            {
                current.stop.cancel();
                current.stopped = Some((Instant::now() + STOPS_WITHIN, !is_ending));
            }
        }
        self.tries.drop_late();
    }

    /// A try is over.
    pub(super) fn took(&mut self, over: Result<(Id, StepReport), JoinError>, now: Millis) {
        let (task, mut report) = match over {
            Ok((task, report)) => (task, report),
            Err(error) => {
                let words = if error.is_panic() { BROKE_DOWN } else { "The step was stopped." };
                if error.is_panic() {
                    tracing::error!(%error, "a step broke down");
                }
                let result = Err(Failure::new(FailureCode::Action, words));
                (error.id(), StepReport { result, measured: Measured::default() })
            }
        };
        match &mut report.result {
            Ok(outcome) => {
                storable::object(&mut outcome.output);
                outcome.post_validation.iter_mut().for_each(storable::json);
                outcome.left_undone.iter_mut().for_each(storable::text);
            }
            Err(failure) => storable::text(&mut failure.message),
        }
        let Some(step) = self.tries.tasks.remove(&task) else { return };
        let Some(Current { mut row, stopped, .. }) = self.tries.current.remove(&step) else { return };
        let is_late = stopped.is_some_and(|(_, is_late)| is_late);
        let m = report.measured;
        self.add_up(&m);
        let attempt = row.attempt;
        row.rows_processed = Some(m.rows_processed).filter(|rows| *rows != 0);
        if let Ok(outcome) = &report.result {
            row.output = (!outcome.output.is_empty()).then(|| Value::Object(outcome.output.clone()));
            row.rows_processed = row.rows_processed.or(outcome.rows);
        }
        let event = match report.result {
            Ok(outcome) => Event::Succeeded { step: step.clone(), attempt, outcome },
            // A step that knows itself that it took too long says by what.
            Err(failure) if is_late && failure.code != FailureCode::Timeout => {
                Event::TimedOut { step: step.clone(), attempt }
            }
            Err(failure) => Event::Failed { step: step.clone(), attempt, failure },
        };
        if let Err(error) = self.workflow.apply(event, now) {
            tracing::error!(%step, attempt, %error, "the end of a try was refused");
        }
        row.completed_at = Some(now);
        row.peak_memory_mb = m.peak_memory_mb;
        row.peak_cpu_percent = m.peak_cpu_percent;
        row.data_quality_score_e4 = m.data_quality_score_e4;
        if let Some(state) = self.workflow.state().steps.iter().find(|state| state.step_code == step) {
            row.status = match (state.status, &state.failure) {
                (status @ (StepStatus::Success | StepStatus::Cancelled), _) => status.as_str(),
                (_, Some(failure)) if failure.code == FailureCode::Timeout => StepStatus::Timeout.as_str(),
                _ => StepStatus::Failure.as_str(),
            };
            if let Some(failure) = state.told_failure() {
                row.error_code = Some(failure.code.as_str());
                row.error_message = Some(failure.message.clone());
            }
        }
        self.rows.push(row);
    }

    fn add_up(&mut self, m: &Measured) {
        let sums = &mut self.sums;
        sums.rows_read += m.rows_read;
        sums.rows_processed += m.rows_processed;
        sums.rows_inserted += m.rows_inserted;
        sums.rows_updated += m.rows_updated;
        sums.rows_deleted += m.rows_deleted;
        sums.peak_memory_mb = sums.peak_memory_mb.max(m.peak_memory_mb);
        sums.peak_cpu_percent = sums.peak_cpu_percent.max(m.peak_cpu_percent);
        // Of several validations the worst counts.
        sums.data_quality_score_e4 = [sums.data_quality_score_e4, m.data_quality_score_e4].into_iter().flatten().min();
    }
}

const BROKE_DOWN: &str = "The step broke down inside Muster. That is a fault of Muster: tell whoever looks after it.";

/// The report of a try that cannot say itself what became of it.
fn failed(words: &str) -> StepReport {
    StepReport { result: Err(Failure::new(FailureCode::Action, words)), measured: Measured::default() }
}

/// Does the work, until it is dropped, and hands on what is said meanwhile.
async fn heard(
    work: impl Future<Output = StepReport>,
    dropped: CancellationToken,
    mut says: mpsc::Receiver<Said>,
    log: mpsc::Sender<Heard>,
    step: String,
) -> StepReport {
    // What a step that breaks down has said is kept, too.
    let mut work = std::pin::pin!(AssertUnwindSafe(work).catch_unwind());
    let report = loop {
        tokio::select! {
            report = &mut work => break Some(report),
            () = dropped.cancelled() => break None,
            Some(said) = says.recv() => drop(log.send((step.clone(), said)).await),
        }
    };
    while let Ok(said) = says.try_recv() {
        let _ = log.send((step.clone(), said)).await;
    }
    match report {
        Some(Ok(report)) => report,
        Some(Err(_)) => {
            tracing::error!("a step broke down");
            failed(BROKE_DOWN)
        }
        None => {
            let message = format!("The step did not stop within {} s: it was dropped.", STOPS_WITHIN.as_secs());
            let report = failed(&message);
            let _ = log.send((step, Said::Line(LogLine { level: LogLevel::Error, message }))).await;
            report
        }
    }
}
