//! `/api/v1/audit`: who did what to which object.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use muster_app::App;
use muster_app::audit::{self, AuditQuery, AuditView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Failure, List, page};
use crate::auth::Asker;
use crate::extract::{Paging, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export))
}

/// The log, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditQuery, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<AuditView>), (status = 403, body = Failure)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<AuditQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<AuditView>>> {
    Ok(page(audit::list(&app, &ctx, query, paging).await?))
}

/// The log as a CSV file, newest first, at most 100,000 entries.
#[utoipa::path(get, path = "/api/v1/audit/export", tag = "audit", params(AuditQuery), responses((status = 200, content_type = "text/csv", body = String), (status = 403, body = Failure)))]
async fn export(State(app): State<App>, Asker(ctx): Asker, Query(query): Query<AuditQuery>) -> ApiResult<Response> {
    let csv = audit::export(&app, &ctx, query).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, csv).into_response())
}
