//! The border between running an execution and doing a step.

use std::sync::Arc;

use async_trait::async_trait;
use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::step::Step;
use muster_domain::job::workflow::{Failure, Outcome};
use muster_domain::workspace::WorkspaceId;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// One try of a step.
#[derive(Debug, Clone)]
pub struct StepOrder {
    pub ws: WorkspaceId,
    pub execution: Uuid,
    pub job: Arc<JobDefinition>,
    /// The step's place in the job.
    pub at: usize,
    /// From 1.
    pub attempt: u32,
    /// What the step sees: parameters, `event`, what earlier steps gave, its own parameters.
    pub values: Map<String, Value>,
    /// When its time is over: whoever does the step may use it to hand a limit on. It is stopped then in any case.
    pub deadline: Millis,
}

impl StepOrder {
    /// The step.
    pub fn step(&self) -> &Step {
        &self.job.steps[self.at]
    }
}

/// How grave a line of a step's log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    Info,
    Warning,
    Error,
}

impl LogLevel {
    /// Its word in columns.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A line of a step's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    pub level: LogLevel,
    /// One line, without secrets, at most [`MAX_LOG_LINE`] characters.
    pub message: String,
}

/// Characters of a line of a log; longer ones are cut.
pub const MAX_LOG_LINE: usize = 4_000;

/// What a step says while it is at work.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A line for its log.
    Line(LogLine),
    /// How far it has come, 0 to 1. Only the newest counts.
    Progress(f64),
}

/// Where it goes. Bounded: who says more than is kept waits.
pub type SaidSender = mpsc::Sender<Said>;

/// What a step measured, whether it succeeded or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    pub rows_read: i64,
    pub rows_processed: i64,
    pub rows_inserted: i64,
    pub rows_updated: i64,
    pub rows_deleted: i64,
    /// Of the processes that it started, all together; none where it started none, or the system cannot tell.
    pub peak_memory_mb: Option<i64>,
    /// Of the same, over the second in which they used most; 100 is one core.
    pub peak_cpu_percent: Option<i64>,
    /// Hundredths of a percent, of a data validation.
    pub data_quality_score_e4: Option<i64>,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq)]
pub struct StepReport {
    pub result: Result<Outcome, Failure>,
    pub measured: Measured,
}

/// Does steps, pre and post validation queries included.
#[async_trait]
pub trait StepRunner: Send + Sync {
    /// Does one try. When `stop` is cancelled it ends soon, leaving nothing at work; what it reports then says truly how
    /// far it came. Dropping the future leaves nothing at work, either.
    async fn run(&self, order: StepOrder, said: SaidSender, stop: CancellationToken) -> StepReport;
}
