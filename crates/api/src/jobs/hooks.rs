//! The door for other programs that start jobs: a token and no session.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, header};
use muster_app::App;
use muster_app::jobs::{self, HookAnswer, HookCall};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, ok};
use crate::extract::{AsWritten, Path, Query};

/// Bytes of a call.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hook)).layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct HookQuery {
    /// The token, for programs that cannot send a header.
    token: Option<String>,
}

/// Starts an event-driven job. Without a session: `Authorization: Bearer <token>`, or `?token=`. The body, a JSON object of at
/// most 64 KiB, is the event's payload; its parameters are taken from it by name.
#[utoipa::path(post, path = "/api/v1/hooks/jobs/{id}", tag = "jobs", operation_id = "call_job_webhook", params(("id" = Uuid, Path), HookQuery), request_body = Object,
    responses((status = 200, body = Data<HookAnswer>), (status = 400, body = Failure), (status = 401, body = Failure), (status = 413, body = Failure), (status = 429, body = Failure)))]
async fn hook(
    State(app): State<App>,
    Path(job): Path<Uuid>,
    Query(query): Query<HookQuery>,
    headers: HeaderMap,
    AsWritten(payload): AsWritten,
) -> ApiResult<Json<Data<HookAnswer>>> {
    let header = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let bearer = header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    let correlation_id = headers.get("x-correlation-id").and_then(|value| value.to_str().ok());
    let correlation_id =
        correlation_id.filter(|id| id.len() <= 100).map_or_else(|| app.new_id().to_string(), str::to_owned);
    let payload = if payload.is_null() { Value::Object(serde_json::Map::new()) } else { payload };
    let call = HookCall { job, token: bearer.or(query.token.as_deref()), payload, correlation_id };
    Ok(ok(jobs::hook(&app, call).await?))
}
