//! Starting, stopping and pausing.

use muster_db::job_definitions as rows;
use muster_domain::job::words::JobStatus;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::details::{JobDetail, detail};
use super::save::{begin, changed, locked};
use super::view::ExecutionView;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A start by hand.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct RunRequest {
    /// By name; what is left out has its default.
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
}

/// A run that is to be done again.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RerunRequest {
    /// From this step on, with what the steps before it gave; as a whole when not said.
    pub from_step: Option<String>,
}

/// How many jobs were paused or resumed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PausedJobs {
    pub jobs: u64,
}

/// Starts a job now, paused or not.
pub async fn run(app: &App, ctx: &Ctx, id: Uuid, request: &RunRequest) -> AppResult<ExecutionView> {
    ctx.require(Operation::ManageJobs)?;
    let _ = (app, id, &request.parameters);
    Err(AppError::conflict("not_yet", "Jobs cannot be run yet."))
}

/// Stops an execution; one that has not started is given up.
pub async fn abort(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ExecutionView> {
    ctx.require(Operation::ManageJobs)?;
    let _ = (app, id);
    Err(AppError::conflict("not_yet", "Jobs cannot be run yet."))
}

/// Does an execution again.
pub async fn rerun(app: &App, ctx: &Ctx, id: Uuid, request: &RerunRequest) -> AppResult<ExecutionView> {
    ctx.require(Operation::ManageJobs)?;
    let _ = (app, id, &request.from_step);
    Err(AppError::conflict("not_yet", "Jobs cannot be run yet."))
}

/// Pauses a job: nothing starts it but a person. What runs goes on.
pub async fn pause(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<JobDetail> {
    set_status(app, ctx, id, JobStatus::Paused).await
}

/// Lets a job go on; what was due meanwhile is made up for as its catch-up policy says.
pub async fn resume(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<JobDetail> {
    set_status(app, ctx, id, JobStatus::Active).await
}

async fn set_status(app: &App, ctx: &Ctx, id: Uuid, status: JobStatus) -> AppResult<JobDetail> {
    ctx.require(Operation::ManageJobs)?;
    let now = app.now();
    let mut tx = begin(app, ctx).await?;
    let (_, row) = locked(&mut tx, ctx, id).await?;
    if rows::set_status(&mut tx, ctx.ws, id, status.as_str(), ctx.user_id, now).await? {
        ctx.audit(&mut tx, now, action(status), AuditObject::new("job", id, &row.name)).await?;
    }
    let row = muster_db::job_lists::job(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("job"))?;
    let detail = detail(app, ctx, &mut tx, row).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(detail)
}

fn action(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Active => "job.resumed",
        JobStatus::Paused => "job.paused",
    }
}

/// Pauses all jobs but those that come with Muster.
pub async fn pause_all(app: &App, ctx: &Ctx) -> AppResult<PausedJobs> {
    set_all(app, ctx, JobStatus::Paused).await
}

/// Lets all jobs go on.
pub async fn resume_all(app: &App, ctx: &Ctx) -> AppResult<PausedJobs> {
    set_all(app, ctx, JobStatus::Active).await
}

async fn set_all(app: &App, ctx: &Ctx, status: JobStatus) -> AppResult<PausedJobs> {
    ctx.require(Operation::ManageJobs)?;
    let now = app.now();
    let mut tx = begin(app, ctx).await?;
    let jobs = rows::set_all(&mut tx, ctx.ws, status.as_str(), ctx.user_id, now).await?;
    if jobs > 0 {
        let object = AuditObject::new("job", "all", "All jobs").after(&json!({ "jobs": jobs }));
        ctx.audit(&mut tx, now, action(status), object).await?;
    }
    tx.commit().await?;
    changed(app, ctx);
    Ok(PausedJobs { jobs })
}
