//! What an execution has done so far: kept as JSON, so that another node can take it over.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Millis;
use crate::job::definition::JobDefinition;
use crate::job::execution::ExecutionStatus;
use crate::job::words::{FailureCode, StepStatus};

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Failure {
    pub code: FailureCode,
    /// For the person.
    pub message: String,
}

impl Failure {
    /// A failure.
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Where a step is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepState {
    pub step_code: String,
    pub status: StepStatus,
    /// Tries begun; the number of the one that runs, or ran last.
    pub attempt: u32,
    /// Retries used up of `retry_count`.
    pub retries: u32,
    /// Times that it started again because its node was lost, beside the retries.
    pub losses: u32,
    /// The earliest moment of the next try; none: at once.
    pub not_before: Option<Millis>,
    /// Of the last try.
    pub started_at: Option<Millis>,
    pub completed_at: Option<Millis>,
    /// Of the last try that failed, or that left something undone.
    pub failure: Option<Failure>,
    /// Rows that it gave or changed, where it counts any.
    pub rows: Option<i64>,
    /// What it gives to later steps.
    pub output: Map<String, Value>,
}

impl StepState {
    fn new(step_code: &str, status: StepStatus) -> Self {
        Self {
            step_code: step_code.to_owned(),
            status,
            attempt: 0,
            retries: 0,
            losses: 0,
            not_before: None,
            started_at: None,
            completed_at: None,
            failure: None,
            rows: None,
            output: Map::new(),
        }
    }

    /// What people are told of how it went: why it failed or was stopped, or what it left undone.
    pub fn told_failure(&self) -> Option<&Failure> {
        self.failure
            .as_ref()
            .filter(|failure| self.status != StepStatus::Success || failure.code == FailureCode::Partial)
    }
}

/// Why no more steps start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Ending {
    /// A step failed whose action is `skip_remaining`: running steps end in peace.
    SkipRemaining { step: String },
    /// A step failed that takes everything with it.
    StepFailed { step: String },
    /// A person stopped the execution.
    Aborted,
    /// It breached its SLA, and that ends it.
    Sla,
    /// Longer than `execution_timeout_minutes`.
    Timeout,
}

impl Ending {
    /// Whether running steps are stopped.
    pub fn is_hard(&self) -> bool {
        !matches!(self, Self::SkipRemaining { .. })
    }
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    pub status: ExecutionStatus,
    pub at: Millis,
    /// `error_code`: the failed step's, `aborted`, `sla_breached`, `execution_timeout`, or `partial` of a success that left
    /// something undone; none where all is well.
    pub error_code: Option<String>,
    /// `error_message`: for the person.
    pub error_message: Option<String>,
    /// The code of the step that it failed by, or that left something undone.
    pub error_step: Option<String>,
}

/// What an execution has done so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkflowState {
    pub started_at: Millis,
    /// In the order of the job's steps.
    pub steps: Vec<StepState>,
    pub ending: Option<Ending>,
    pub sla_breached: bool,
    pub finished: Option<Finished>,
}

impl WorkflowState {
    /// Nothing done yet.
    pub(super) fn new(job: &JobDefinition, started_at: Millis) -> Self {
        let steps = job.steps.iter();
        let steps = steps.map(|step| {
            let status = if step.is_active { StepStatus::Pending } else { StepStatus::Skipped };
            StepState::new(&step.step_code, status)
        });
        Self { started_at, steps: steps.collect(), ending: None, sla_breached: false, finished: None }
    }
}

/// `steps_total`, `steps_completed`, `steps_failed` of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    /// Active steps.
    pub total: i64,
    /// Those that succeeded.
    pub completed: i64,
    /// Those that failed or ran out of time for good.
    pub failed: i64,
}
