//! Starting, stopping and pausing.

use muster_db::{Tx, executions, job_definitions as rows, job_lists, job_plans};
use muster_domain::clock::Millis;
use muster_domain::job::catch_up;
use muster_domain::job::schedule::Schedule;
use muster_domain::job::words::{JobStatus, TriggeredBy};
use muster_engine::jobs::book::{self, Ask, Asked, BookError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::details::{JobDetail, definition_of, detail};
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

/// A job that goes on.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ResumedJob {
    #[serde(flatten)]
    pub job: JobDetail,
    /// None: it was not paused, or no clock starts it.
    pub missed: Option<Missed>,
}

/// What was due while a job was paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Missed {
    /// Moments that passed.
    pub passed: usize,
    /// Runs that make up for them, by the job's catch-up policy; the rest is left out.
    pub starting: usize,
    /// More passed than were counted.
    pub is_more: bool,
}

/// How many jobs were paused or resumed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PausedJobs {
    pub jobs: u64,
}

/// Starts a job now, paused or not.
///
/// # Errors
/// 409 when its own rules leave the start out, 422 for parameters that are missing or wrong.
pub async fn run(app: &App, ctx: &Ctx, id: Uuid, request: &RunRequest) -> AppResult<ExecutionView> {
    ctx.require(Operation::ManageJobs)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let ask = Ask {
        ws: ctx.ws,
        job: id,
        by: if ctx.token_id.is_some() { TriggeredBy::Api } else { TriggeredBy::Manual },
        user: ctx.user_id,
        parameters: request.parameters.clone(),
        event: None,
        due_at: now,
        correlation_id: &ctx.correlation_id,
    };
    let execution = match book::ask(&mut tx, &*app.ids, now, &ask).await.map_err(refused)? {
        Asked::Made { execution, .. } => execution,
        Asked::LeftOut { why } => return Err(AppError::conflict("left_out", format!("It was not started: {why}."))),
    };
    let object = AuditObject::new("execution", execution, "Run").after(&json!({ "parameters": request.parameters }));
    keep(app, ctx, tx, execution, ("job.run", object)).await
}

/// Stops an execution; one that has not started is given up.
///
/// # Errors
/// 409 when it has ended, or is a stage of a campaign.
pub async fn abort(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ExecutionView> {
    ctx.require(Operation::ManageJobs)?;
    let mut tx = app.db.write(ctx.ws).await?;
    book::abort(&mut tx, &*app.ids, ctx.ws, id, app.now()).await.map_err(refused)?;
    keep(app, ctx, tx, id, ("job.run_stopped", AuditObject::new("execution", id, "Run"))).await
}

/// Does an execution again: from a step on, or as a whole.
///
/// # Errors
/// 409 while it is at work, when the job's own rules leave no room, or when it has no such step.
pub async fn rerun(app: &App, ctx: &Ctx, id: Uuid, request: &RerunRequest) -> AppResult<ExecutionView> {
    ctx.require(Operation::ManageJobs)?;
    let from = request.from_step.as_deref().filter(|step| !step.is_empty());
    let mut tx = app.db.write(ctx.ws).await?;
    let again = book::rerun(&mut tx, &*app.ids, ctx.ws, id, from, ctx.user_id, app.now()).await.map_err(refused)?;
    let object = AuditObject::new("execution", again, "Run").after(&json!({ "rerunOf": id, "fromStep": from }));
    keep(app, ctx, tx, again, ("job.rerun", object)).await
}

/// Writes down who did it, and gives the execution as it is now.
async fn keep(
    app: &App,
    ctx: &Ctx,
    mut tx: Tx,
    execution: Uuid,
    (action, object): (&str, AuditObject<'_>),
) -> AppResult<ExecutionView> {
    ctx.audit(&mut tx, app.now(), action, object).await?;
    let row = executions::get(&mut tx, ctx.ws, execution).await?.ok_or(AppError::NotFound("execution"))?;
    tx.commit().await?;
    app.live.publish(ctx.ws, format!("execution:{execution}"), json!({}));
    changed(app, ctx);
    Ok(row.into())
}

/// What the book refuses, as people hear it.
pub(super) fn refused(error: BookError) -> AppError {
    match error {
        BookError::NoJob => AppError::NotFound("job"),
        BookError::NoExecution => AppError::NotFound("execution"),
        BookError::Refused(why) => AppError::conflict("refused", why),
        BookError::Problems(problems) => AppError::problems(problems),
        BookError::Db(error) => error.into(),
    }
}

/// Pauses a job: nothing starts it but a person. What runs goes on.
pub async fn pause(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<JobDetail> {
    ctx.require(Operation::ManageJobs)?;
    let tx = begin(app, ctx).await?;
    set_status(app, ctx, tx, id, JobStatus::Paused).await
}

/// Lets a job go on; what was due meanwhile is made up for as its catch-up policy says.
pub async fn resume(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ResumedJob> {
    ctx.require(Operation::ManageJobs)?;
    let mut tx = begin(app, ctx).await?;
    let missed = missed(&mut tx, ctx, id, app.now()).await?;
    let job = set_status(app, ctx, tx, id, JobStatus::Active).await?;
    Ok(ResumedJob { job, missed })
}

/// What passed while a job was paused; none where it is not, or has no clock. The engine decides the same when it looks next.
async fn missed(tx: &mut Tx, ctx: &Ctx, id: Uuid, now: Millis) -> AppResult<Option<Missed>> {
    let plan = job_plans::lock(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("job"))?;
    if plan.status == JobStatus::Active.as_str() || !plan.is_active || plan.next_run_at.is_none() {
        return Ok(None);
    }
    let row = job_lists::job(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("job"))?;
    let Some(definition) = definition_of(tx, ctx, &row).await? else { return Ok(None) };
    let schedule = Schedule::of(&definition, plan.interval_from).map_err(AppError::internal)?;
    let due = catch_up::due(&schedule, definition.catch_up_policy, plan.decided_at, now);
    let starting = due.starts.len();
    Ok(Some(Missed { passed: starting + due.left_out, starting, is_more: due.is_more }))
}

async fn set_status(app: &App, ctx: &Ctx, mut tx: Tx, id: Uuid, status: JobStatus) -> AppResult<JobDetail> {
    let now = app.now();
    let (_, row) = locked(&mut tx, ctx, id).await?;
    if rows::set_status(&mut tx, ctx.ws, id, status.as_str(), ctx.user_id, now).await? {
        ctx.audit(&mut tx, now, action(status), AuditObject::new("job", id, &row.name)).await?;
    }
    let row = job_lists::job(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("job"))?;
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
