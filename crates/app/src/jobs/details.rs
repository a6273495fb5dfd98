//! One job in depth: its definition, what it waits for and who waits for it, its next moments.

use muster_db::job_lists::JobRow;
use muster_db::job_views::EdgeRow;
use muster_db::{Tx, executions, job_definitions, job_lists, job_views, workspaces};
use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::dependency::JobDependency;
use muster_domain::job::schedule::Schedule;
use muster_domain::job::words::{ScheduleType, TriggerEventType};
use muster_domain::time::rfc3339;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::list::add_runs;
use super::view::{JobView, job_view};
use super::webhook::address;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Moments to come that are shown.
const NEXT_MOMENTS: usize = 5;

muster_domain::text_enum! {
    /// Which way a dependency goes, seen from one of its jobs.
    pub enum Direction {
        /// The job waits for the other one.
        WaitsFor = "waits_for",
        /// The other job waits for it: changed with that job.
        WaitedForBy = "waited_for_by",
    }
}

/// A dependency as a job's page shows it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobDependencyView {
    /// As in job files.
    pub dependency: JobDependency,
    pub direction: Direction,
    /// The other job.
    pub other_job_id: Uuid,
    pub other_job_name: String,
}

/// A job in depth.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobDetail {
    #[serde(flatten)]
    pub job: JobView,
    /// As in job files, every field said; none for the job of a campaign.
    pub definition: Option<JobDefinition>,
    pub dependencies: Vec<JobDependencyView>,
    /// RFC 3339; empty without a clock, and while it is paused.
    pub next_moments: Vec<String>,
    /// Where other programs start it, when its trigger is a webhook.
    pub webhook_url: Option<String>,
    /// Whether there is a token for it.
    pub has_webhook_token: bool,
    /// Whether it has scripts, writes or secrets in its steps: only administrators change those.
    pub is_guarded: bool,
}

/// One job with its stages, or with its definition.
pub async fn job(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<JobDetail> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = job_lists::job(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("job"))?;
    detail(app, ctx, &mut tx, row).await
}

/// The id of a job by its code, or by the id itself.
pub async fn job_named(app: &App, ctx: &Ctx, name: &str) -> AppResult<Uuid> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    if let Some(row) = job_lists::by_code(&mut tx, ctx.ws, name).await? {
        return Ok(row.id);
    }
    let id = Uuid::parse_str(name).map_err(|_| AppError::NotFound("job"))?;
    job_lists::job(&mut tx, ctx.ws, id).await?.map(|row| row.id).ok_or(AppError::NotFound("job"))
}

/// A job in depth, in a transaction that goes on.
pub(super) async fn detail(app: &App, ctx: &Ctx, tx: &mut Tx, row: JobRow) -> AppResult<JobDetail> {
    let definition = definition_of(tx, ctx, &row).await?;
    let anchor = row.interval_from;
    let (id, run) = (row.id, row.run_id);
    let mut views = vec![job_view(row)];
    add_runs(tx, ctx, &mut views).await?;
    let Some(mut job) = views.pop() else { return Err(AppError::NotFound("job")) };
    if let Some(run) = run {
        job.executions = executions::stages(tx, ctx.ws, run).await?.into_iter().map(Into::into).collect();
    }
    let dependencies = job_views::edges_of(tx, ctx.ws, id).await?;
    let is_webhook = definition.as_ref().is_some_and(|d| d.trigger_event_type == Some(TriggerEventType::Webhook));
    let base = workspaces::get(tx, ctx.ws).await?.public_base_url;
    let is_awake = job.is_active && job.status == "active";
    Ok(JobDetail {
        next_moments: definition.as_ref().filter(|_| is_awake).map_or_else(Vec::new, |d| moments(d, anchor, app.now())),
        webhook_url: is_webhook.then(|| address(base.as_deref(), id)),
        has_webhook_token: is_webhook && job_definitions::has_webhook_token(tx, ctx.ws, id).await?,
        is_guarded: definition.as_ref().is_some_and(super::guard::is_guarded),
        dependencies: dependencies.into_iter().map(|edge| dependency_view(id, edge)).collect::<AppResult<_>>()?,
        definition,
        job,
    })
}

/// The definition that holds, with the status that the job has now.
pub(super) async fn definition_of(tx: &mut Tx, ctx: &Ctx, row: &JobRow) -> AppResult<Option<JobDefinition>> {
    let Some(definition) = row.definition_id else { return Ok(None) };
    let body = job_definitions::body(tx, ctx.ws, definition).await?;
    let body = body.ok_or_else(|| AppError::internal(format!("job {} has lost its definition", row.code)))?;
    read_kept(&body, &row.status, row.is_active).map(Some)
}

/// A definition as it is kept; pausing a job changes its row and not this.
pub(super) fn read_kept(body: &Value, status: &str, is_active: bool) -> AppResult<JobDefinition> {
    let mut definition = JobDefinition::read(body).map_err(|problems| {
        AppError::internal(format!("the definition of a job cannot be read: {}", problems[0].message))
    })?;
    definition.status = status.parse().map_err(AppError::internal)?;
    definition.is_active = is_active;
    Ok(definition)
}

/// The next moments of a definition.
pub(super) fn moments(definition: &JobDefinition, anchor: Millis, now: Millis) -> Vec<String> {
    if !matches!(definition.schedule_type, ScheduleType::Cron | ScheduleType::Interval) {
        return Vec::new();
    }
    let Ok(schedule) = Schedule::of(definition, anchor) else { return Vec::new() };
    let next = |at: &Millis| schedule.next_after(*at);
    std::iter::successors(schedule.next_after(now), next).take(NEXT_MOMENTS).map(rfc3339).collect()
}

fn dependency_view(job: Uuid, edge: EdgeRow) -> AppResult<JobDependencyView> {
    let waits = edge.job_id == job;
    Ok(JobDependencyView {
        direction: if waits { Direction::WaitsFor } else { Direction::WaitedForBy },
        other_job_id: if waits { edge.depends_on_job_id } else { edge.job_id },
        other_job_name: if waits { edge.on_name.clone() } else { edge.job_name.clone() },
        dependency: dependency(edge)?,
    })
}

/// A dependency as job files have it.
pub(super) fn dependency(edge: EdgeRow) -> AppResult<JobDependency> {
    Ok(JobDependency {
        job_id: edge.job_code,
        depends_on_job_id: edge.on_code,
        dependency_type: edge.dependency_type.parse().map_err(AppError::internal)?,
        wait_for_status: edge.wait_for_status.parse().map_err(AppError::internal)?,
        max_wait_minutes: edge.max_wait_minutes,
        lookback_days: edge.lookback_days,
        execution_condition: edge.execution_condition,
        is_active: edge.is_active,
    })
}
