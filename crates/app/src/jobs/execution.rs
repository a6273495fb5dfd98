//! One execution in depth: what it waits for, what its steps did, try by try.

use std::collections::HashMap;

use muster_db::job_views::{self, CodeRow, DepthRow, TryRow};
use muster_db::{Tx, executions};
use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::readiness::{WaitReason, WaitsFor};
use muster_domain::job::step_graph::waits_for;
use muster_domain::job::words::{StepStatus, StepType};
use muster_domain::job::workflow::{StepState, WorkflowState};
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::view::ExecutionView;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A job that an execution waits for.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingOn {
    /// The code of the other job.
    pub job: String,
    /// None: it was deleted meanwhile.
    pub job_id: Option<Uuid>,
    /// Its code where it was deleted.
    pub job_name: String,
    pub reason: WaitReason,
    /// When waiting for it ends by itself.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub until: Option<i64>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub since: i64,
}

/// One try of a step.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepTryView {
    /// From 1.
    pub attempt: i64,
    pub status: String,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub completed_at: Option<i64>,
    pub rows_processed: Option<i64>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub peak_memory_mb: Option<i64>,
    pub peak_cpu_percent: Option<i64>,
    pub worker_node_id: Option<String>,
}

/// A step of an execution.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepRunView {
    pub step_code: String,
    pub step_name: String,
    pub step_type: StepType,
    pub step_order: i64,
    pub status: StepStatus,
    /// The number of the try that runs, or ran last; 0 before the first.
    pub attempt: i64,
    /// Retries that are left.
    pub retries_left: i64,
    /// When it is tried again, while it waits for that.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub next_try_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub completed_at: Option<i64>,
    /// Codes of the steps that it waits for.
    pub waits_for: Vec<String>,
    pub rows_processed: Option<i64>,
    /// How far its newest try says that it has come, 0 to 1; none where it says nothing.
    pub progress: Option<f64>,
    /// What it was given, by name; secrets stand as their names.
    pub input: Option<Value>,
    /// What it gives to later steps, by name.
    #[schema(value_type = Object)]
    pub output: Map<String, Value>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub peak_memory_mb: Option<i64>,
    pub peak_cpu_percent: Option<i64>,
    /// In their order.
    pub tries: Vec<StepTryView>,
}

/// An execution in depth.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionDetail {
    #[serde(flatten)]
    pub execution: ExecutionView,
    /// The definition that it began with; none for a stage of a campaign.
    pub definition: Option<JobDefinition>,
    /// While it waits.
    pub waiting_on: Vec<WaitingOn>,
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
    /// What it was started by, where that was an event.
    pub event: Option<Value>,
    /// The execution that it runs again, and from which step.
    pub rerun_of: Option<Uuid>,
    pub rerun_from: Option<String>,
    /// What all programs of a step held together, of the step that held most.
    pub peak_memory_mb: Option<i64>,
    /// What all programs of a step used together over their busiest second, of the step that used most; 100 is one core.
    pub peak_cpu_percent: Option<i64>,
    /// 0 to 1.
    pub data_quality_score: Option<f64>,
    pub error_step_code: Option<String>,
    pub steps: Vec<StepRunView>,
}

/// One execution.
pub async fn execution(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ExecutionDetail> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    detail(&mut tx, ctx, id).await
}

/// The same, in a transaction that goes on.
pub(super) async fn detail(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<ExecutionDetail> {
    let gone = || AppError::NotFound("execution");
    let execution: ExecutionView = executions::get(tx, ctx.ws, id).await?.ok_or_else(gone)?.into();
    let depth = job_views::execution(tx, ctx.ws, id).await?.ok_or_else(gone)?;
    let tries = job_views::tries(tx, ctx.ws, id).await?;
    let definition = depth.definition.as_ref().map(|body| JobDefinition::read(&body.0)).transpose();
    let definition = definition.map_err(|problems| AppError::internal(&problems[0].message))?;
    let workflow: Option<WorkflowState> =
        depth.workflow.as_ref().map(|w| serde_json::from_value(w.0.clone())).transpose().map_err(AppError::internal)?;
    let finished = workflow.as_ref().and_then(|w| w.finished.as_ref());
    Ok(ExecutionDetail {
        error_step_code: finished.and_then(|f| f.error_step.clone()),
        waiting_on: waiting(tx, ctx, &depth).await?,
        parameters: context(&depth, "parameters").and_then(|v| v.as_object().cloned()).unwrap_or_default(),
        event: context(&depth, "event").cloned(),
        steps: definition.as_ref().map_or_else(Vec::new, |job| steps(job, workflow.as_ref(), tries)),
        definition,
        rerun_of: depth.rerun_of,
        rerun_from: depth.rerun_from,
        peak_memory_mb: depth.peak_memory_mb,
        peak_cpu_percent: depth.peak_cpu_percent,
        data_quality_score: depth.data_quality_score_e4.map(|score| score as f64 / 10_000.0),
        execution,
    })
}

/// What the execution was started with.
fn context<'a>(depth: &'a DepthRow, name: &str) -> Option<&'a Value> {
    depth.execution_context.as_ref()?.0.get(name).filter(|value| !value.is_null())
}

async fn waiting(tx: &mut Tx, ctx: &Ctx, depth: &DepthRow) -> AppResult<Vec<WaitingOn>> {
    let Some(kept) = depth.waiting_on.as_ref().map(|w| &w.0) else { return Ok(Vec::new()) };
    let since = kept.get("since").and_then(Value::as_i64).unwrap_or(depth.created_at);
    let on = kept.get("on").unwrap_or(kept).clone();
    let on: Vec<WaitsFor> = serde_json::from_value(on).unwrap_or_default();
    let codes: Vec<CodeRow<'_>> = on.iter().map(|w| CodeRow { code: &w.job }).collect();
    let named = job_views::named(tx, ctx.ws, &codes).await?;
    let view = |w: WaitsFor| {
        let other = named.iter().find(|(code, ..)| *code == w.job);
        WaitingOn {
            job_id: other.map(|(_, id, _)| *id),
            job_name: other.map_or_else(|| w.job.clone(), |(.., name)| name.clone()),
            job: w.job,
            reason: w.reason,
            until: w.until,
            since,
        }
    };
    Ok(on.into_iter().map(view).collect())
}

fn steps(job: &JobDefinition, workflow: Option<&WorkflowState>, tries: Vec<TryRow>) -> Vec<StepRunView> {
    let waits = waits_for(&job.steps);
    let mut by_step: HashMap<String, Vec<TryRow>> = HashMap::new();
    for row in tries {
        by_step.entry(row.step_code.clone()).or_default().push(row);
    }
    let states = workflow.map_or(&[][..], |w| w.steps.as_slice());
    let view = |at: usize| {
        let step = &job.steps[at];
        let state = states.iter().find(|s| s.step_code == step.step_code);
        let tries = by_step.get(&step.step_code).map_or(&[][..], Vec::as_slice);
        // Of one that waits for its next try its tries say why.
        let is_over = |s: &&StepState| !matches!(s.status, StepStatus::Pending | StepStatus::Running);
        let failure = state.filter(is_over).and_then(StepState::told_failure);
        let peak = |of: fn(&TryRow) -> Option<i64>| tries.iter().filter_map(of).max();
        StepRunView {
            step_code: step.step_code.clone(),
            step_name: step.step_name.clone(),
            step_type: step.step_type,
            step_order: step.step_order,
            status: state.map_or_else(|| before_start(step.is_active), |s| s.status),
            attempt: state.map_or(0, |s| i64::from(s.attempt)),
            retries_left: (step.retry_count - state.map_or(0, |s| i64::from(s.retries))).max(0),
            next_try_at: state.filter(|s| s.status == StepStatus::Pending).and_then(next_try),
            started_at: state.and_then(|s| s.started_at),
            completed_at: state.and_then(|s| s.completed_at),
            waits_for: waits[at].iter().map(|on| job.steps[*on].step_code.clone()).collect(),
            rows_processed: state.and_then(|s| s.rows),
            progress: tries.last().and_then(|t| t.progress_e4).map(|share| share as f64 / 10_000.0),
            input: tries.last().and_then(|t| t.input.as_ref()).map(|json| json.0.clone()),
            output: state.map_or_else(Map::new, |s| s.output.clone()),
            error_code: failure.map(|f| f.code.to_string()),
            error_message: failure.map(|f| f.message.clone()),
            peak_memory_mb: peak(|t| t.peak_memory_mb),
            peak_cpu_percent: peak(|t| t.peak_cpu_percent),
            tries: tries.iter().map(try_view).collect(),
        }
    };
    (0..job.steps.len()).map(view).collect()
}

fn before_start(is_active: bool) -> StepStatus {
    if is_active { StepStatus::Pending } else { StepStatus::Skipped }
}

fn next_try(state: &StepState) -> Option<Millis> {
    state.not_before
}

fn try_view(row: &TryRow) -> StepTryView {
    StepTryView {
        attempt: row.attempt,
        status: row.status.clone(),
        started_at: row.started_at,
        completed_at: row.completed_at,
        rows_processed: row.rows_processed,
        error_code: row.error_code.clone(),
        error_message: row.error_message.clone(),
        peak_memory_mb: row.peak_memory_mb,
        peak_cpu_percent: row.peak_cpu_percent,
        worker_node_id: row.worker_node_id.clone(),
    }
}
