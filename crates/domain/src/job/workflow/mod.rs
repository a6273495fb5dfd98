//! How the steps of an execution run: which is next, and what becomes of what happened (JOB-5).
//!
//! A machine without hands. It says what to start ([`Workflow::ready`]) and what to stop ([`Workflow::stops`]) and when to
//! ask again ([`Workflow::wake_at`]); whoever runs the steps tells it what happened ([`Workflow::apply`]) and keeps its
//! state before acting on the answer. Everything is derived from the state, so that it may change hands at any moment.
//!
//! - A step starts when all it waits for ([`super::step_graph`]) have ended, however: a failure that should hold up the
//!   rest says `abort` or `skip_remaining`. At most [`MAX_PARALLEL_STEPS`] run at the same time, lower `step_order` first.
//! - A try that fails, runs out of time or fails its validation is followed by another one while `retry_count` lasts,
//!   `retry_delay_seconds` after its end. Then `on_failure_action` decides ([`OnFailure`]).
//! - A step whose node was lost starts again when that does no harm ([`super::step::Step::survives_lost_node`]), at most
//!   [`MAX_NODE_LOSSES`] times; otherwise, or beyond, it costs a retry; without one left it has failed (`node_lost`). A step
//!   that has ended never starts again.
//! - The execution fails when a critical step did, or one whose action is `abort`; else it succeeds, failed steps or not.

mod apply;
mod judgement;
mod state;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::{Map, Value};

pub use apply::{Event, NODE_LOST, Refused, too_long};
pub use judgement::{Outcome, pre_validation};
pub use state::{Counters, Ending, Failure, Finished, StepState, WorkflowState};

use super::definition::JobDefinition;
#[cfg(doc)]
use super::limits::MAX_NODE_LOSSES;
use super::limits::MAX_PARALLEL_STEPS;
use super::reference::{fill, step_name};
use super::step_graph::{ended_before, waits_for};
#[cfg(doc)]
use super::words::OnFailure;
use super::words::StepStatus;
use crate::clock::Millis;
use crate::time::MINUTE;

/// A try of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    pub step_code: String,
    /// From 1. Says which try a later report is about.
    pub attempt: u32,
}

/// The state is of other steps than the job has: the job was changed since. An execution goes on with the definition it
/// began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the execution began with other steps")]
pub struct OtherSteps;

/// The steps of one execution.
#[derive(Debug, Clone)]
pub struct Workflow {
    job: Arc<JobDefinition>,
    waits: Vec<Vec<usize>>,
    state: WorkflowState,
}

impl Workflow {
    /// An execution that starts now. Without active steps it has succeeded at once.
    pub fn new(job: Arc<JobDefinition>, now: Millis) -> Self {
        let state = WorkflowState::new(&job, now);
        let mut workflow = Self { waits: waits_for(&job.steps), job, state };
        workflow.settle(now);
        workflow
    }

    /// An execution as it was left. Steps that ran are as if they still did: say [`Event::NodeLost`] if they do not.
    ///
    /// # Errors
    /// [`OtherSteps`].
    pub fn resume(job: Arc<JobDefinition>, state: WorkflowState) -> Result<Self, OtherSteps> {
        let is_same = job.steps.len() == state.steps.len()
            && job.steps.iter().zip(&state.steps).all(|(step, state)| step.step_code == state.step_code);
        if is_same { Ok(Self { waits: waits_for(&job.steps), job, state }) } else { Err(OtherSteps) }
    }

    /// A new execution that takes over what an earlier one did before a step: that step, all that wait for it, and every
    /// step that did not succeed run again; the others keep their results.
    ///
    /// # Errors
    /// [`OtherSteps`], also when there is no such step.
    pub fn rerun(
        job: Arc<JobDefinition>,
        earlier: &WorkflowState,
        from: &str,
        now: Millis,
    ) -> Result<Self, OtherSteps> {
        let kept = Self::resume(Arc::clone(&job), earlier.clone())?;
        let start = job.steps.iter().position(|step| step.step_code == from).ok_or(OtherSteps)?;
        let mut state = WorkflowState::new(&job, now);
        for (at, earlier) in earlier.steps.iter().enumerate() {
            let is_after = at == start || ended_before(&job.steps, at, &kept.waits)[start];
            if !is_after && job.steps[at].is_active && earlier.status == StepStatus::Success {
                state.steps[at] = earlier.clone();
            }
        }
        let mut workflow = Self { job, waits: kept.waits, state };
        workflow.settle(now);
        Ok(workflow)
    }

    /// What to keep.
    pub fn state(&self) -> &WorkflowState {
        &self.state
    }

    /// How it ended; none while it runs.
    pub fn finished(&self) -> Option<&Finished> {
        self.state.finished.as_ref()
    }

    /// The tries to start now, in this order. They are ready until [`Event::Started`] is told.
    pub fn ready(&self, now: Millis) -> Vec<Try> {
        let running = self.state.steps.iter().filter(|step| step.status == StepStatus::Running).count();
        let mut ready: Vec<usize> = (0..self.state.steps.len()).filter(|at| self.is_ready(*at, now)).collect();
        ready.sort_by_key(|at| (self.job.steps[*at].step_order, *at));
        ready.truncate(MAX_PARALLEL_STEPS.saturating_sub(running));
        ready.into_iter().map(|at| self.attempt(at, 1)).collect()
    }

    fn is_ready(&self, at: usize, now: Millis) -> bool {
        let step = &self.state.steps[at];
        step.status == StepStatus::Pending
            && step.not_before.is_none_or(|from| from <= now)
            && self.waits[at].iter().all(|on| self.state.steps[*on].status.is_final())
    }

    /// The running tries to stop now, because the execution ends or their time is over. Whoever stopped one tells
    /// [`Event::TimedOut`] or [`Event::Failed`].
    pub fn stops(&self, now: Millis) -> Vec<Try> {
        let is_ending = self.state.ending.as_ref().is_some_and(Ending::is_hard);
        let is_over = |at: &usize| is_ending || self.times_out_at(*at).is_some_and(|end| end <= now);
        let running = |at: &usize| self.state.steps[*at].status == StepStatus::Running;
        (0..self.state.steps.len()).filter(|at| running(at) && is_over(at)).map(|at| self.attempt(at, 0)).collect()
    }

    fn attempt(&self, at: usize, more: u32) -> Try {
        let step = &self.state.steps[at];
        Try { step_code: step.step_code.clone(), attempt: step.attempt + more }
    }

    fn times_out_at(&self, at: usize) -> Option<Millis> {
        Some(self.state.steps[at].started_at? + self.job.steps[at].timeout_ms())
    }

    /// The next moment when something changes by time alone: a retry, the end of a step's time, the SLA, the end of the
    /// execution's time. Tell [`Event::Tick`] then and ask again. What is to start or to stop already is not waited for.
    pub fn wake_at(&self, now: Millis) -> Option<Millis> {
        if self.state.finished.is_some() {
            return None;
        }
        let steps = self.state.steps.iter().enumerate().filter_map(|(at, step)| match step.status {
            StepStatus::Pending => step.not_before,
            StepStatus::Running => self.times_out_at(at),
            _ => None,
        });
        let steps = steps.filter(|at| *at > now);
        let sla = self.sla_at().filter(|_| !self.state.sla_breached);
        let is_ending = self.state.ending.as_ref().is_some_and(Ending::is_hard);
        let timeout = self.deadline().filter(|_| !is_ending);
        steps.chain(sla).chain(timeout).min()
    }

    fn sla_at(&self) -> Option<Millis> {
        Some(self.state.started_at + self.job.sla_duration_minutes? * MINUTE)
    }

    fn deadline(&self) -> Option<Millis> {
        Some(self.state.started_at + self.job.execution_timeout_minutes? * MINUTE)
    }

    /// The step counters of the execution.
    pub fn counters(&self) -> Counters {
        let count = |is_one: &dyn Fn(StepStatus) -> bool| {
            i64::try_from(self.state.steps.iter().filter(|step| is_one(step.status)).count()).unwrap_or(i64::MAX)
        };
        let total = self.job.steps.iter().filter(|step| step.is_active).count();
        Counters {
            total: i64::try_from(total).unwrap_or(i64::MAX),
            completed: count(&|status| status == StepStatus::Success),
            failed: count(&StepStatus::is_failed),
        }
    }

    /// The values that a step sees: the execution's (`values`: its parameters and the built-in ones), what the steps
    /// before it gave, and its own parameters with their references replaced, which go before all others. None where
    /// there is no such step.
    pub fn values(&self, step_code: &str, values: &Map<String, Value>) -> Option<Map<String, Value>> {
        let at = self.job.steps.iter().position(|step| step.step_code == step_code)?;
        let is_before = ended_before(&self.job.steps, at, &self.waits);
        let mut scope = values.clone();
        for (before, state) in self.state.steps.iter().enumerate().filter(|(before, _)| is_before[*before]) {
            let mut output = state.output.clone();
            output.insert("status".into(), Value::String(state.status.to_string()));
            output.insert("rows".into(), state.rows.map_or(Value::Null, Value::from));
            scope.insert(step_name(&self.job.steps[before].step_code), Value::Object(output));
        }
        scope.insert("attempt".into(), Value::from(self.state.steps[at].attempt));
        let own: Vec<(String, Value)> =
            self.job.steps[at].parameters.iter().map(|(name, value)| (name.clone(), fill(value, &scope))).collect();
        scope.extend(own);
        Some(scope)
    }
}
