//! Jobs and executions as people look at them.

use muster_db::executions::{self, ExecutionFilter, ExecutionRow, JobRow};
use muster_domain::time::{moment, moment_option};
use muster_engine::stages::Stage;
use serde::Serialize;
use uuid::Uuid;

use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A job.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub description: String,
    pub job_type_code: String,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    pub schedule_type: String,
    /// `running`, `completed`, `failed`, `cancelled` for a campaign's job; `active` or `paused` otherwise.
    pub status: String,
    pub is_built_in: bool,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub next_run_at: Option<i64>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: i64,
    /// The stages of a campaign's job in their order; empty in lists.
    pub executions: Vec<ExecutionView>,
}

/// One run of a job or of a stage; the names are those of the contract.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionView {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_name: String,
    pub job_code: String,
    pub job_type_code: String,
    /// What people call the stage.
    pub name: String,
    pub stage_order: i64,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    pub execution_status: String,
    pub triggered_by: String,
    pub triggered_by_user_id: Option<Uuid>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub completed_at: Option<i64>,
    pub duration_seconds: Option<f64>,
    pub server_instance: Option<String>,
    pub worker_node_id: Option<String>,
    pub trace_id: Option<String>,
    pub correlation_id: Option<String>,
    pub error_message: Option<String>,
    pub error_code: Option<String>,
    pub rows_expected: Option<i64>,
    pub rows_read: i64,
    pub rows_processed: i64,
    pub rows_inserted: i64,
    pub rows_updated: i64,
    pub rows_deleted: i64,
    pub steps_total: i64,
    pub steps_completed: i64,
    pub steps_failed: i64,
    pub sla_breached: bool,
}

impl From<ExecutionRow> for ExecutionView {
    fn from(e: ExecutionRow) -> Self {
        Self {
            name: e.job_type_code.parse::<Stage>().map_or_else(|_| e.job_type_code.clone(), |s| s.label().to_owned()),
            id: e.id,
            job_id: e.job_id,
            job_name: e.job_name,
            job_code: e.job_code,
            job_type_code: e.job_type_code,
            stage_order: e.stage_order,
            campaign_id: e.campaign_id,
            run_id: e.run_id,
            execution_status: e.execution_status,
            triggered_by: e.triggered_by,
            triggered_by_user_id: e.triggered_by_user_id,
            started_at: e.started_at,
            completed_at: e.completed_at,
            duration_seconds: e.duration_ms.map(|ms| ms as f64 / 1000.0),
            server_instance: e.server_instance,
            worker_node_id: e.worker_node_id,
            trace_id: e.trace_id,
            correlation_id: e.correlation_id,
            error_message: e.error_message,
            error_code: e.error_code,
            rows_expected: e.rows_expected,
            rows_read: e.rows_read,
            rows_processed: e.rows_processed,
            rows_inserted: e.rows_inserted,
            rows_updated: e.rows_updated,
            rows_deleted: e.rows_deleted,
            steps_total: e.steps_total,
            steps_completed: e.steps_completed,
            steps_failed: e.steps_failed,
            sla_breached: e.sla_breached,
        }
    }
}

fn job_view(j: JobRow, executions: Vec<ExecutionView>) -> JobView {
    JobView {
        id: j.id,
        code: j.code,
        name: j.name,
        description: j.description,
        job_type_code: j.job_type_code,
        campaign_id: j.campaign_id,
        run_id: j.run_id,
        schedule_type: j.schedule_type,
        status: j.run_status.unwrap_or(j.status),
        is_built_in: j.is_built_in,
        next_run_at: j.next_run_at,
        created_at: j.created_at,
        executions,
    }
}

/// Jobs, newest first; `search` looks into names.
pub async fn jobs(app: &App, ctx: &Ctx, search: &str, page: PageRequest) -> AppResult<Page<JobView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, count) =
        executions::jobs(&mut tx, ctx.ws, &search.to_lowercase(), page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(|j| job_view(j, Vec::new())).collect(), page, count))
}

/// One job with its stages.
pub async fn job(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<JobView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let job = executions::job(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("job"))?;
    let stages = match job.run_id {
        Some(run) => executions::stages(&mut tx, ctx.ws, run).await?,
        None => Vec::new(),
    };
    Ok(job_view(job, stages.into_iter().map(Into::into).collect()))
}

/// Which executions.
#[derive(Debug, Clone, Default)]
pub struct ExecutionQuery {
    pub status: String,
    pub job_type_code: String,
    pub job_id: Option<Uuid>,
}

/// Executions, newest first.
pub async fn executions(
    app: &App,
    ctx: &Ctx,
    query: &ExecutionQuery,
    page: PageRequest,
) -> AppResult<Page<ExecutionView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let filter = ExecutionFilter { status: &query.status, job_type_code: &query.job_type_code, job_id: query.job_id };
    let (rows, count) = executions::list(&mut tx, ctx.ws, &filter, page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(Into::into).collect(), page, count))
}

/// One execution.
pub async fn execution(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ExecutionView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(executions::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("execution"))?.into())
}
