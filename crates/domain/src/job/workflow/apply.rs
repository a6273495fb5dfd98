//! What becomes of what happened.

use super::judgement::judge;
use super::state::{Ending, Failure, Finished};
use super::{Outcome, Workflow};
use crate::clock::Millis;
use crate::job::definition::JobDefinition;
use crate::job::execution::ExecutionStatus;
use crate::job::limits::MAX_NODE_LOSSES;
use crate::job::words::{FailureCode, OnFailure, SlaBreachAction, StepStatus};
use crate::time::SECOND;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A try that was ready has started.
    Started { step: String, attempt: u32 },
    /// It ran to its end.
    Succeeded { step: String, attempt: u32, outcome: Outcome },
    /// It went wrong, or was stopped because the execution ends.
    Failed { step: String, attempt: u32, failure: Failure },
    /// It was stopped because its time was over.
    TimedOut { step: String, attempt: u32 },
    /// The node that ran the execution is gone, and every try that ran with it.
    NodeLost,
    /// A person stops the execution.
    Aborted,
    /// Time passed.
    Tick,
}

/// Why an event changes nothing: it is about a try that is over, or about one that was not to start. A node that hears
/// this works on something that was taken from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the job has no step {0}")]
    UnknownStep(String),
    #[error("try {attempt} of the step {step} is not running")]
    NotRunning { step: String, attempt: u32 },
    #[error("the step {step} is not to start with try {attempt} now")]
    NotReady { step: String, attempt: u32 },
    #[error("the execution has ended")]
    Ended,
}

impl Workflow {
    /// Takes in what happened. Then ask again what to start and what to stop.
    ///
    /// # Errors
    /// [`Refused`]; nothing has changed then.
    pub fn apply(&mut self, event: Event, now: Millis) -> Result<(), Refused> {
        if self.state.finished.is_some() {
            return Err(Refused::Ended);
        }
        match event {
            Event::Started { step, attempt } => self.start(&step, attempt, now)?,
            Event::Succeeded { step, attempt, outcome } => {
                let at = self.running(&step, attempt)?;
                self.succeed(at, outcome, now);
            }
            Event::Failed { step, attempt, failure } => {
                let at = self.running(&step, attempt)?;
                self.fail(at, failure, now);
            }
            Event::TimedOut { step, attempt } => {
                let at = self.running(&step, attempt)?;
                let seconds = self.job.steps[at].timeout_ms() / SECOND;
                self.fail(at, Failure::new(FailureCode::Timeout, too_long(seconds)), now);
            }
            Event::NodeLost => self.lose_node(now),
            Event::Aborted => self.end(Ending::Aborted, now),
            Event::Tick => {}
        }
        self.watch_sla(now);
        self.settle(now);
        if self.state.finished.is_none() && self.deadline().is_some_and(|end| now >= end) {
            self.end(Ending::Timeout, now);
            self.settle(now);
        }
        Ok(())
    }

    fn place(&self, step: &str) -> Result<usize, Refused> {
        let place = self.state.steps.iter().position(|state| state.step_code == step);
        place.ok_or_else(|| Refused::UnknownStep(step.to_owned()))
    }

    fn running(&self, step: &str, attempt: u32) -> Result<usize, Refused> {
        let at = self.place(step)?;
        let state = &self.state.steps[at];
        if state.status == StepStatus::Running && state.attempt == attempt {
            return Ok(at);
        }
        Err(Refused::NotRunning { step: step.to_owned(), attempt })
    }

    fn start(&mut self, step: &str, attempt: u32, now: Millis) -> Result<(), Refused> {
        let at = self.place(step)?;
        if !self.ready(now).iter().any(|ready| ready.step_code == step && ready.attempt == attempt) {
            return Err(Refused::NotReady { step: step.to_owned(), attempt });
        }
        let state = &mut self.state.steps[at];
        state.status = StepStatus::Running;
        state.attempt = attempt;
        state.started_at = Some(now);
        state.completed_at = None;
        state.not_before = None;
        Ok(())
    }

    fn succeed(&mut self, at: usize, outcome: Outcome, now: Millis) {
        if let Some(failure) = judge(&self.job.steps[at], &outcome) {
            return self.fail(at, failure, now);
        }
        let state = &mut self.state.steps[at];
        state.status = StepStatus::Success;
        state.completed_at = Some(now);
        state.failure = outcome.left_undone.map(|words| Failure::new(FailureCode::Partial, words));
        state.rows = outcome.rows;
        state.output = outcome.output;
    }

    /// A try is over without success.
    fn fail(&mut self, at: usize, failure: Failure, now: Millis) {
        let step = &self.job.steps[at];
        let state = &mut self.state.steps[at];
        state.completed_at = Some(now);
        let code = failure.code;
        match &self.state.ending {
            Some(ending) if ending.is_hard() => {
                state.status = StepStatus::Cancelled;
                // What it says itself about being stopped is in its log.
                let is_lost = code == FailureCode::NodeLost;
                state.failure = Some(if is_lost { failure } else { stopped(&self.job, ending) });
                return;
            }
            _ => state.failure = Some(failure),
        }
        match &self.state.ending {
            None if i64::from(state.retries) < step.retry_count => {
                state.retries += 1;
                state.status = StepStatus::Pending;
                state.not_before = Some(now + step.retry_delay_seconds * SECOND);
                return;
            }
            _ => {}
        }
        state.status = if code == FailureCode::Timeout { StepStatus::Timeout } else { StepStatus::Failure };
        let step_code = step.step_code.clone();
        match step.on_failure_action {
            OnFailure::Continue => {}
            OnFailure::Retry if !step.is_critical => {}
            OnFailure::Abort | OnFailure::Retry => self.end(Ending::StepFailed { step: step_code }, now),
            OnFailure::SkipRemaining => self.end(Ending::SkipRemaining { step: step_code }, now),
        }
    }

    fn lose_node(&mut self, now: Millis) {
        for at in 0..self.state.steps.len() {
            if self.state.steps[at].status != StepStatus::Running {
                continue;
            }
            let step = &self.job.steps[at];
            let state = &mut self.state.steps[at];
            if self.state.ending.is_none() && step.survives_lost_node() && state.losses < MAX_NODE_LOSSES {
                state.losses += 1;
                state.status = StepStatus::Pending;
                state.completed_at = Some(now);
                state.not_before = None;
                state.failure = Some(lost());
            } else {
                self.fail(at, lost(), now);
            }
        }
    }

    /// No more steps start. A hard end goes over a soft one; else the first reason stays.
    fn end(&mut self, ending: Ending, now: Millis) {
        match &self.state.ending {
            Some(earlier) if earlier.is_hard() || !ending.is_hard() => return,
            _ => self.state.ending = Some(ending),
        }
        for state in self.state.steps.iter_mut().filter(|state| state.status == StepStatus::Pending) {
            // One that was tried and waits to be tried again has failed; the others never began.
            state.status = match (&state.failure, state.attempt) {
                (Some(failure), 1..) if failure.code == FailureCode::Timeout => StepStatus::Timeout,
                (Some(_), 1..) => StepStatus::Failure,
                _ => StepStatus::Skipped,
            };
            state.not_before = None;
            state.completed_at = state.completed_at.or(Some(now));
        }
    }

    fn watch_sla(&mut self, now: Millis) {
        if self.state.sla_breached || self.sla_at().is_none_or(|end| now < end) {
            return;
        }
        self.state.sla_breached = true;
        let is_at_work = self.state.steps.iter().any(|state| !state.status.is_final());
        if self.job.sla_breach_action == SlaBreachAction::Abort && is_at_work {
            self.end(Ending::Sla, now);
        }
    }

    /// Ends the execution when nothing runs and nothing is left to run.
    pub(super) fn settle(&mut self, now: Millis) {
        if self.state.finished.is_some() || self.state.steps.iter().any(|state| !state.status.is_final()) {
            return;
        }
        self.state.finished = Some(self.outcome(now));
    }

    fn outcome(&self, at: Millis) -> Finished {
        let ended = |status, code: &str, message: &str| Finished {
            status,
            at,
            error_code: Some(code.to_owned()),
            error_message: Some(message.to_owned()),
            error_step: None,
        };
        let by = match &self.state.ending {
            Some(Ending::Aborted) => return ended(ExecutionStatus::Aborted, "aborted", "Somebody stopped it."),
            Some(Ending::Sla) => {
                return ended(ExecutionStatus::Aborted, "sla_breached", "It ran longer than its SLA allows.");
            }
            Some(Ending::Timeout) => {
                return ended(ExecutionStatus::Timeout, "execution_timeout", "It ran longer than its timeout allows.");
            }
            Some(Ending::StepFailed { step }) => self.state.steps.iter().find(|state| state.step_code == *step),
            Some(Ending::SkipRemaining { .. }) | None => None,
        };
        let is_critical = |state: &&super::StepState| {
            state.status.is_failed() && self.job.step(&state.step_code).is_some_and(|step| step.is_critical)
        };
        let first = || self.state.steps.iter().filter(is_critical).min_by_key(|state| state.completed_at);
        let failed = by.or_else(first);
        let status = if failed.is_some() { ExecutionStatus::Failure } else { ExecutionStatus::Success };
        let is_partial = |state: &&super::StepState| state.status == StepStatus::Success && state.failure.is_some();
        let told = failed.or_else(|| self.state.steps.iter().find(is_partial));
        let failure = told.and_then(|state| state.failure.as_ref());
        Finished {
            status,
            at,
            error_code: failure.map(|failure| failure.code.to_string()),
            error_message: failure.map(|failure| failure.message.clone()),
            error_step: told.map(|state| state.step_code.clone()),
        }
    }
}

/// What is said of a try whose node was lost.
pub const NODE_LOST: &str = "The computer that ran the step went away in the middle. See how far the step came before you run it \
     again; one that may run twice (is_repeatable) goes on by itself.";

/// What is said of a step that took longer than these seconds.
pub fn too_long(seconds: i64) -> String {
    format!("The step was not done within its {seconds} s. Give it more time (timeout_seconds), or less to do.")
}

/// What is said of a step that was at work when the execution was stopped.
fn stopped(job: &JobDefinition, ending: &Ending) -> Failure {
    let why = match ending {
        Ending::Aborted => String::from("somebody stopped the run"),
        Ending::Sla => String::from("the run took longer than its SLA allows"),
        Ending::Timeout => String::from("the run took longer than its timeout allows"),
        Ending::StepFailed { step } | Ending::SkipRemaining { step } => {
            format!("another step failed: {}", job.step(step).map_or(step, |step| &step.step_name))
        }
    };
    Failure::new(FailureCode::Stopped, format!("Stopped in the middle, because {why}."))
}

fn lost() -> Failure {
    Failure::new(FailureCode::NodeLost, NODE_LOST)
}
