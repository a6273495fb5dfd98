//! `/api/v1/sandbox`: the test inbox.

use axum::Json;
use axum::extract::State;
use muster_app::App;
use muster_app::replies::Processed;
use muster_app::sandbox::{self, SandboxCounts, SandboxMessage, SandboxQuery, SandboxReply};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, List, ok, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, clear))
        .routes(routes!(counts))
        .routes(routes!(get))
        .routes(routes!(reply))
}

/// What the sandbox kept instead of sending, newest first.
#[utoipa::path(get, path = "/api/v1/sandbox/messages", tag = "sandbox", params(SandboxQuery, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<SandboxMessage>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<SandboxQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<SandboxMessage>>> {
    Ok(page(sandbox::list(&app, &ctx, query, paging).await?))
}

/// Empties the inbox, or one channel of it; the answer is how many messages there were.
#[utoipa::path(delete, path = "/api/v1/sandbox/messages", tag = "sandbox", params(SandboxQuery), responses((status = 200, body = Data<u64>), (status = 403, body = Failure)))]
async fn clear(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<SandboxQuery>,
) -> ApiResult<Json<Data<u64>>> {
    Ok(ok(sandbox::clear(&app, &ctx, query).await?))
}

/// How many messages each channel has.
#[utoipa::path(get, path = "/api/v1/sandbox/counts", tag = "sandbox", responses((status = 200, body = Data<SandboxCounts>)))]
async fn counts(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<SandboxCounts>>> {
    Ok(ok(sandbox::counts(&app, &ctx).await?))
}

/// One message.
#[utoipa::path(get, path = "/api/v1/sandbox/messages/{id}", tag = "sandbox", params(("id" = i64, Path)), responses((status = 200, body = Data<SandboxMessage>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<i64>) -> ApiResult<Json<Data<SandboxMessage>>> {
    Ok(ok(sandbox::get(&app, &ctx, id).await?))
}

/// Answers a message as the person who got it; the answer is classified and routed like every reply.
#[utoipa::path(post, path = "/api/v1/sandbox/messages/{id}/reply", tag = "sandbox", params(("id" = i64, Path)), request_body = SandboxReply, responses((status = 200, body = Data<Processed>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn reply(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<i64>,
    Body(reply): Body<SandboxReply>,
) -> ApiResult<Json<Data<Processed>>> {
    Ok(ok(sandbox::reply(&app, &ctx, id, reply).await?))
}
