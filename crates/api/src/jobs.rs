//! `/api/v1/jobs` and `/api/v1/executions`.

use axum::Json;
use axum::extract::{Path, Query, State};
use muster_app::App;
use muster_app::jobs::{self, ExecutionQuery, ExecutionView, JobView};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, List, ok, page};
use crate::auth::Asker;
use crate::extract::Paging;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(executions))
        .routes(routes!(execution))
}

#[derive(Debug, Deserialize)]
struct JobQuery {
    #[serde(default)]
    search: String,
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(("search" = Option<String>, Query), ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<JobView>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<JobQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<JobView>>> {
    Ok(page(jobs::jobs(&app, &ctx, &query.search, paging).await?))
}

/// One job with its executions.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<JobView>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<JobView>>> {
    Ok(ok(jobs::job(&app, &ctx, id).await?))
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    #[serde(default)]
    status: String,
    #[serde(default, alias = "jobTypeCode")]
    job_type_code: String,
    #[serde(alias = "jobId")]
    job_id: Option<Uuid>,
}

/// Executions, newest first.
#[utoipa::path(get, path = "/api/v1/executions", tag = "jobs",
    params(("status" = Option<String>, Query), ("jobTypeCode" = Option<String>, Query), ("jobId" = Option<Uuid>, Query), ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)),
    responses((status = 200, body = List<ExecutionView>)))]
async fn executions(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(q): Query<ListQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<ExecutionView>>> {
    let query = ExecutionQuery { status: q.status, job_type_code: q.job_type_code, job_id: q.job_id };
    Ok(page(jobs::executions(&app, &ctx, &query, paging).await?))
}

/// One execution.
#[utoipa::path(get, path = "/api/v1/executions/{id}", tag = "jobs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<ExecutionView>), (status = 404, body = Failure)))]
async fn execution(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<ExecutionView>>> {
    Ok(ok(jobs::execution(&app, &ctx, id).await?))
}
