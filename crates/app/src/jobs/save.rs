//! Making, changing and deleting jobs. A job's definition is never changed: another one takes its place.

use muster_db::job_definitions::{self as rows, LockedJob, NewJob, Redefined};
use muster_db::job_lists::{self, JobRow};
use muster_db::{Tx, job_views};
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::dependency::JobDependency;
use muster_domain::job::words::ScheduleType;
use muster_domain::problem::Problem;
use muster_engine::jobs::book;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::check::{ALL_JOBS, Draft, JobInput, beside_others, code_is_fixed, code_taken, of_one, refuse};
use super::control::refused;
use super::details::{JobDetail, definition_of, detail};
use super::guard;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A change of a job: the whole of it as it is to be.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobChange {
    /// As in job files.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// What it waits for, as in job files; `job_id` is its own code.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub dependencies: Vec<Value>,
    /// The version that it was made from.
    pub version: i64,
}

/// Makes a job.
///
/// # Errors
/// 422 with everything that is wrong, each with its path.
pub async fn create(app: &App, ctx: &Ctx, input: &JobInput) -> AppResult<JobDetail> {
    ctx.require(Operation::ManageJobs)?;
    let draft = Draft::read(&input.definition, &input.dependencies).map_err(AppError::problems)?;
    let mut tx = begin(app, ctx).await?;
    let code = &draft.definition.code;
    let mut problems = guard::check(ctx, &draft.definition, None);
    if job_lists::by_code(&mut tx, ctx.ws, code).await?.is_some() {
        problems.push(code_taken(code));
    }
    problems.extend(beside_others(&mut tx, ctx, &draft.as_file()).await?.into_iter().map(of_one));
    refuse(problems)?;
    let id = add(app, ctx, &mut tx, &draft.definition).await?;
    let dependencies: Vec<&JobDependency> = draft.dependencies.iter().collect();
    let written = Written { job: id, version: 0, new: &draft.definition, old: None, dependencies: &dependencies };
    write(app, ctx, &mut tx, written).await?;
    keep(app, ctx, tx, id).await
}

/// Changes a job.
///
/// # Errors
/// 409 when it is of another version by now; 422 with everything that is wrong.
pub async fn change(app: &App, ctx: &Ctx, id: Uuid, change: &JobChange) -> AppResult<JobDetail> {
    ctx.require(Operation::ManageJobs)?;
    let draft = Draft::read(&change.definition, &change.dependencies).map_err(AppError::problems)?;
    let mut tx = begin(app, ctx).await?;
    let (locked, row) = locked(&mut tx, ctx, id).await?;
    if locked.version != change.version {
        return Err(muster_db::DbError::Stale { what: "job" }.into());
    }
    let old = definition_of(&mut tx, ctx, &row).await?.ok_or_else(of_campaign)?;
    let mut problems = guard::check(ctx, &draft.definition, Some(&old));
    if draft.definition.code != old.code {
        problems.push(code_is_fixed());
    }
    if locked.is_built_in {
        problems.extend(built_in(&draft, &old));
    }
    problems.extend(beside_others(&mut tx, ctx, &draft.as_file()).await?.into_iter().map(of_one));
    refuse(problems)?;
    let dependencies: Vec<&JobDependency> = draft.dependencies.iter().collect();
    let written = Written {
        job: id,
        version: change.version,
        new: &draft.definition,
        old: Some(&old),
        dependencies: &dependencies,
    };
    write(app, ctx, &mut tx, written).await?;
    keep(app, ctx, tx, id).await
}

/// Deletes a job with all that it did.
///
/// # Errors
/// 409 for built-in jobs and those of campaigns, while others wait for it (they are named), and while it is at work.
pub async fn delete(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::ManageJobs)?;
    let mut tx = begin(app, ctx).await?;
    let (locked, row) = locked(&mut tx, ctx, id).await?;
    if locked.is_built_in {
        return Err(AppError::conflict("built_in", "This job comes with Muster and stays. You can pause it."));
    }
    let waiting = waiting_for(&mut tx, ctx, &row).await?;
    if !waiting.is_empty() {
        let words = format!("These jobs wait for {}: {}. Change them first.", row.name, waiting.join(", "));
        return Err(AppError::conflict("waited_for", words));
    }
    if rows::alive(&mut tx, ctx.ws, id).await? > 0 {
        return Err(AppError::conflict("at_work", "This job is at work. Stop its runs first."));
    }
    let definition = definition_of(&mut tx, ctx, &row).await?;
    if let Some(definition) = &definition {
        guard_deletion(ctx, definition)?;
    }
    rows::delete(&mut tx, ctx.ws, id, locked.version).await?;
    let object = AuditObject::new("job", id, &row.name).before(&definition.map(|d| d.to_json()));
    ctx.audit(&mut tx, app.now(), "job.deleted", object).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(())
}

/// What one could not make again, one does not delete.
fn guard_deletion(ctx: &Ctx, definition: &JobDefinition) -> AppResult<()> {
    if guard::is_guarded(definition) { ctx.require(Operation::WriteScripts) } else { Ok(()) }
}

/// Names of the jobs that wait for a job.
async fn waiting_for(tx: &mut Tx, ctx: &Ctx, job: &JobRow) -> AppResult<Vec<String>> {
    let edges = job_views::edges_of(tx, ctx.ws, job.id).await?;
    let mut names: Vec<String> =
        edges.into_iter().filter(|e| e.depends_on_job_id == job.id).map(|e| e.job_name).collect();
    let nodes = job_views::nodes(tx, ctx.ws, ALL_JOBS).await?;
    let by_code = nodes.into_iter().filter(|n| n.depends_on_jobs.as_ref().is_some_and(|on| on.0.contains(&job.code)));
    names.extend(by_code.map(|n| n.name));
    names.sort();
    names.dedup();
    Ok(names)
}

/// A transaction in which nobody else changes what jobs of the workspace there are: cycles are looked for over all.
pub(super) async fn begin(app: &App, ctx: &Ctx) -> AppResult<Tx> {
    let mut tx = app.db.write(ctx.ws).await?;
    tx.lock_name(&format!("jobs:{}", ctx.ws.0)).await?;
    Ok(tx)
}

/// A job that people may change, locked.
pub(super) async fn locked(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<(LockedJob, JobRow)> {
    let gone = || AppError::NotFound("job");
    let locked = rows::lock(tx, ctx.ws, id).await?.ok_or_else(gone)?;
    if locked.is_of_campaign {
        return Err(of_campaign());
    }
    Ok((locked, job_lists::job(tx, ctx.ws, id).await?.ok_or_else(gone)?))
}

pub(super) fn of_campaign() -> AppError {
    AppError::conflict("campaign_job", "This job belongs to a campaign: start, pause or cancel the campaign instead.")
}

/// Adds the row of a new job.
pub(super) async fn add(app: &App, ctx: &Ctx, tx: &mut Tx, definition: &JobDefinition) -> AppResult<Uuid> {
    let id = app.new_id();
    let new = NewJob { id, definition, is_built_in: false, by: ctx.user_id, now: app.now() };
    rows::insert(tx, ctx.ws, new).await?;
    Ok(id)
}

/// A definition that takes the place of another.
pub(super) struct Written<'a> {
    pub job: Uuid,
    pub version: i64,
    pub new: &'a JobDefinition,
    pub old: Option<&'a JobDefinition>,
    pub dependencies: &'a [&'a JobDependency],
}

/// Writes a definition with what follows from it. The jobs that it waits for are there.
pub(super) async fn write(app: &App, ctx: &Ctx, tx: &mut Tx, w: Written<'_>) -> AppResult<()> {
    let now = app.now();
    let step_ids: Vec<Uuid> = w.new.steps.iter().map(|_| app.new_id()).collect();
    let definition = Redefined {
        job: w.job,
        version: w.version,
        id: app.new_id(),
        definition: w.new,
        step_ids: &step_ids,
        by: ctx.user_id,
        now,
    };
    rows::define(tx, ctx.ws, definition).await?;
    rows::set_dependencies(tx, ctx.ws, w.job, w.dependencies).await?;
    // What was due before a change of the clock does not count; what is due by a clock that stays does.
    if w.old.is_none_or(|old| clock(old) != clock(w.new)) {
        let is_new_interval = w.old.is_none_or(|old| old.interval_seconds != w.new.interval_seconds);
        book::plan(tx, ctx.ws, w.job, w.new, is_new_interval, now).await.map_err(refused)?;
    }
    let state = |d: &JobDefinition| json!({ "definition": d.to_json() });
    let mut object = AuditObject::new("job", w.job, &w.new.name).after(&state(w.new));
    if let Some(old) = w.old {
        object = object.before(&state(old));
    }
    ctx.audit(tx, now, if w.old.is_some() { "job.changed" } else { "job.created" }, object).await
}

/// When a job is due.
fn clock(d: &JobDefinition) -> (ScheduleType, Option<&str>, Option<i64>, &str) {
    (d.schedule_type, d.cron_expression.as_deref(), d.interval_seconds, &d.timezone)
}

async fn keep(app: &App, ctx: &Ctx, mut tx: Tx, id: Uuid) -> AppResult<JobDetail> {
    let row = job_lists::job(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("job"))?;
    let detail = detail(app, ctx, &mut tx, row).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(detail)
}

/// Tells whoever looks, and who runs jobs.
pub(super) fn changed(app: &App, ctx: &Ctx) {
    app.live.publish(ctx.ws, "jobs", json!({}));
    app.jobs.wake();
}

/// Of a built-in job only its clock, its status and whom it tells may be changed.
fn built_in(draft: &Draft, old: &JobDefinition) -> Vec<Problem> {
    let new = &draft.definition;
    let allowed = JobDefinition {
        schedule_type: new.schedule_type,
        cron_expression: new.cron_expression.clone(),
        interval_seconds: new.interval_seconds,
        timezone: new.timezone.clone(),
        status: new.status,
        notify_on_success: new.notify_on_success,
        notify_on_failure: new.notify_on_failure,
        notification_recipients: new.notification_recipients.clone(),
        ..old.clone()
    };
    let (Value::Object(new), Value::Object(allowed)) = (new.to_json(), allowed.to_json()) else { return Vec::new() };
    let names = new.keys().chain(allowed.keys().filter(|name| !new.contains_key(*name)));
    let changed = names.filter(|name| new.get(*name) != allowed.get(*name)).map(String::as_str);
    let waits = (!draft.dependencies.is_empty()).then_some("dependencies");
    let words = "This job comes with Muster: only its schedule, its status and its notifications can be changed.";
    changed.chain(waits).map(|name| Problem::new(name, "built_in", words)).collect()
}
