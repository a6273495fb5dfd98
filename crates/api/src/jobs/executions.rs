//! Executions and their logs.

use axum::Json;
use axum::extract::State;
use muster_app::App;
use muster_app::jobs::{self, ExecutionDetail, ExecutionQuery, ExecutionView, LogQuery, LogView};
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
        .routes(routes!(get))
        .routes(routes!(log))
}

/// Executions, newest first.
#[utoipa::path(get, path = "/api/v1/executions", tag = "jobs", operation_id = "list_executions",
    params(ExecutionQuery, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<ExecutionView>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<ExecutionQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<ExecutionView>>> {
    Ok(page(jobs::executions(&app, &ctx, &query, paging).await?))
}

/// One execution with its steps, try by try.
#[utoipa::path(get, path = "/api/v1/executions/{id}", tag = "jobs", operation_id = "get_execution",
    params(("id" = Uuid, Path)), responses((status = 200, body = Data<ExecutionDetail>), (status = 404, body = Failure)))]
async fn get(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<ExecutionDetail>>> {
    Ok(ok(jobs::execution(&app, &ctx, id).await?))
}

/// A stretch of an execution's log: its end, or what comes after or before a line.
#[utoipa::path(get, path = "/api/v1/executions/{id}/log", tag = "jobs", operation_id = "execution_log",
    params(("id" = Uuid, Path), LogQuery), responses((status = 200, body = Data<LogView>), (status = 404, body = Failure)))]
async fn log(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Query(query): Query<LogQuery>,
) -> ApiResult<Json<Data<LogView>>> {
    Ok(ok(jobs::log(&app, &ctx, id, &query).await?))
}
