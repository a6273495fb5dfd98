//! Jobs and executions in pages.

use std::collections::HashMap;

use muster_db::Tx;
use muster_db::executions::{self, ExecutionFilter};
use muster_db::job_lists::{self, JobFilter};
use muster_domain::clock::Millis;
use muster_domain::job::catalogue::{CATALOGUE, JobType};
use muster_domain::time::moment_option;
use serde::Deserialize;
use uuid::Uuid;

use super::view::{ExecutionView, JobKind, JobView, job_view};
use crate::input::like;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Which jobs; what is not said is any.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// Part of its name or code.
    pub search: Option<String>,
    /// `active`, `paused`; `running`, `completed` … for campaigns.
    pub status: Option<String>,
    #[serde(alias = "schedule_type")]
    pub schedule_type: Option<String>,
    /// Code of its type.
    #[serde(alias = "job_type_id", alias = "jobTypeCode")]
    pub job_type_id: Option<String>,
    pub kind: Option<JobKind>,
}

/// Which executions; what is not said is any.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct ExecutionQuery {
    pub status: Option<String>,
    #[serde(alias = "job_id")]
    pub job_id: Option<Uuid>,
    #[serde(alias = "job_type_code")]
    pub job_type_code: Option<String>,
    #[serde(alias = "triggered_by")]
    pub triggered_by: Option<String>,
    /// Part of the job's name or code, or of the error; or a correlation or trace id, as the program's log has them.
    pub search: Option<String>,
    /// Made at or after this moment.
    #[serde(with = "moment_option")]
    #[param(value_type = Option<String>)]
    pub from: Option<Millis>,
    /// Made before this moment.
    #[serde(with = "moment_option")]
    #[param(value_type = Option<String>)]
    pub to: Option<Millis>,
    /// `true`: those that were put out of the way; otherwise the others.
    pub archived: Option<bool>,
}

/// Jobs, newest first.
pub async fn jobs(app: &App, ctx: &Ctx, query: &JobQuery, page: PageRequest) -> AppResult<Page<JobView>> {
    ctx.require(Operation::Read)?;
    let search = like(query.search.as_deref().unwrap_or_default());
    let filter = JobFilter {
        search: &search,
        status: query.status.as_deref().unwrap_or_default(),
        schedule_type: query.schedule_type.as_deref().unwrap_or_default(),
        job_type_code: query.job_type_id.as_deref().unwrap_or_default(),
        kind: query.kind.map_or("", JobKind::as_str),
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, count) = job_lists::jobs(&mut tx, ctx.ws, &filter, page.page_size, page.offset()).await?;
    let mut views: Vec<JobView> = rows.into_iter().map(job_view).collect();
    add_runs(&mut tx, ctx, &mut views).await?;
    Ok(Page::new(views, page, count))
}

/// The kinds of work that jobs do.
pub fn types(ctx: &Ctx) -> AppResult<&'static [JobType]> {
    ctx.require(Operation::Read)?;
    Ok(&CATALOGUE)
}

/// Fills in the last runs and what is at work, of a page of jobs at once.
pub(super) async fn add_runs(tx: &mut Tx, ctx: &Ctx, views: &mut [JobView]) -> AppResult<()> {
    let ids: Vec<Uuid> = views.iter().map(|job| job.id).collect();
    let places: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    for run in job_lists::last_runs(tx, ctx.ws, &ids).await? {
        if let Some(at) = places.get(&run.job_id) {
            views[*at].last_runs.push(run.into());
        }
    }
    for work in job_lists::at_work(tx, ctx.ws, &ids).await? {
        if let Some(at) = places.get(&work.job_id) {
            views[*at].running_count = work.running;
            views[*at].waiting_count = work.waiting;
        }
    }
    Ok(())
}

/// Executions, newest first.
pub async fn executions(
    app: &App,
    ctx: &Ctx,
    query: &ExecutionQuery,
    page: PageRequest,
) -> AppResult<Page<ExecutionView>> {
    ctx.require(Operation::Read)?;
    let search = query.search.as_deref().unwrap_or_default().trim();
    let filter = ExecutionFilter {
        status: query.status.as_deref().unwrap_or_default(),
        job_type_code: query.job_type_code.as_deref().unwrap_or_default(),
        job_id: query.job_id,
        triggered_by: query.triggered_by.as_deref().unwrap_or_default(),
        search: &like(search),
        reference: search,
        from: query.from.unwrap_or(0),
        to: query.to.unwrap_or(Millis::MAX),
        archived: query.archived.unwrap_or(false),
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, count) = executions::list(&mut tx, ctx.ws, &filter, page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(Into::into).collect(), page, count))
}
