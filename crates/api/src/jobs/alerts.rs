//! What somebody should hear of.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::jobs::{self, JobAlert, SeenAlerts};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, List, ok, page};
use crate::auth::Asker;
use crate::extract::{Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new() //
        .routes(routes!(list))
        .routes(routes!(see))
        .routes(routes!(see_all))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct AlertQuery {
    /// Only those that nobody has seen.
    unseen: bool,
}

/// Executions that failed, SLAs that were breached, starts that were left out; newest first.
#[utoipa::path(get, path = "/api/v1/jobs/alerts", tag = "jobs", operation_id = "list_job_alerts",
    params(AlertQuery, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<JobAlert>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<AlertQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<JobAlert>>> {
    Ok(page(jobs::alerts(&app, &ctx, query.unseen, paging).await?))
}

/// Marks an alert as seen, for everybody.
#[utoipa::path(post, path = "/api/v1/jobs/alerts/{id}/seen", tag = "jobs", operation_id = "see_job_alert", params(("id" = i64, Path)),
    responses((status = 204), (status = 403, body = Failure), (status = 404, body = Failure)))]
async fn see(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<i64>) -> ApiResult<StatusCode> {
    jobs::see_alert(&app, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks all alerts as seen.
#[utoipa::path(post, path = "/api/v1/jobs/alerts/seen-all", tag = "jobs", operation_id = "see_all_job_alerts",
    responses((status = 200, body = Data<SeenAlerts>), (status = 403, body = Failure)))]
async fn see_all(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<SeenAlerts>>> {
    Ok(ok(jobs::see_all_alerts(&app, &ctx).await?))
}
