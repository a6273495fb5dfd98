//! Jobs as people look at them.

use axum::Json;
use axum::extract::State;
use muster_app::App;
use muster_app::jobs::{self, JobDetail, JobGraph, JobQuery, JobView, Timeline, TimelineQuery};
use muster_domain::job::catalogue::JobType;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, List, ok, page};
use crate::auth::Asker;
use crate::extract::{Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new() //
        .routes(routes!(list))
        .routes(routes!(graph))
        .routes(routes!(types))
        .routes(routes!(timeline))
        .routes(routes!(get))
}

/// Jobs, newest first, each with its last ten runs.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", operation_id = "list_jobs",
    params(JobQuery, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<JobView>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<JobQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<JobView>>> {
    Ok(page(jobs::jobs(&app, &ctx, &query, paging).await?))
}

/// One job with its definition, or with its stages.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", operation_id = "get_job",
    params(("id" = Uuid, Path)), responses((status = 200, body = Data<JobDetail>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<JobDetail>>> {
    Ok(ok(jobs::job(&app, &ctx, id).await?))
}

/// All jobs but those of campaigns, and what they wait for.
#[utoipa::path(get, path = "/api/v1/jobs/graph", tag = "jobs", operation_id = "job_graph", responses((status = 200, body = Data<JobGraph>)))]
async fn graph(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<JobGraph>>> {
    Ok(ok(jobs::graph(&app, &ctx).await?))
}

/// The catalogue of job types, each with what a new job of it begins with. A job may name a type of its own.
#[utoipa::path(get, path = "/api/v1/jobs/types", tag = "jobs", operation_id = "job_types", responses((status = 200, body = Data<Vec<JobType>>)))]
async fn types(Asker(ctx): Asker) -> ApiResult<Json<Data<&'static [JobType]>>> {
    Ok(ok(jobs::types(&ctx)?))
}

/// The runs of a span of time, those that were and those to come.
#[utoipa::path(get, path = "/api/v1/jobs/timeline", tag = "jobs", operation_id = "job_timeline", params(TimelineQuery),
    responses((status = 200, body = Data<Timeline>), (status = 400, body = Failure)))]
async fn timeline(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<TimelineQuery>,
) -> ApiResult<Json<Data<Timeline>>> {
    Ok(ok(jobs::timeline(&app, &ctx, &query).await?))
}
