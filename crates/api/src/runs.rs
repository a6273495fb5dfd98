//! `/api/v1/campaigns/{id}/…`: running a campaign and looking at it.

use axum::Json;
use axum::extract::State;
use muster_app::page::Page;
use muster_app::runs::{
    self, CampaignStatsView, CycleView, LiveView, RecipientFilter, RecipientView, RunEventView, RunStateView, RunView,
    SendRequest, SendView, SentMessageView,
};
use muster_app::{App, AppError};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, List, ok, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start))
        .routes(routes!(launch))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(cancel))
        .routes(routes!(send))
        .routes(routes!(list))
        .routes(routes!(stats))
        .routes(routes!(live))
        .routes(routes!(events))
        .routes(routes!(recipients))
        .routes(routes!(recipient))
        .routes(routes!(execute_all))
        .routes(routes!(execute))
}

/// Starts a campaign now: evaluates its audience and begins to send.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/start", tag = "runs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<RunStateView>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn start(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<RunStateView>>> {
    Ok(ok(runs::start(&app, &ctx, id).await?))
}

/// The same as start.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/launch", tag = "runs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<RunStateView>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn launch(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<RunStateView>>> {
    Ok(ok(runs::start(&app, &ctx, id).await?))
}

/// Stops sending; what is in flight finishes.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/pause", tag = "runs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<RunStateView>), (status = 409, body = Failure)))]
async fn pause(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<RunStateView>>> {
    Ok(ok(runs::pause(&app, &ctx, id).await?))
}

/// Goes on sending.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/resume", tag = "runs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<RunStateView>), (status = 409, body = Failure)))]
async fn resume(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<RunStateView>>> {
    Ok(ok(runs::resume(&app, &ctx, id).await?))
}

/// Ends a campaign for good: what was not sent is marked cancelled.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/cancel", tag = "runs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<RunStateView>), (status = 409, body = Failure)))]
async fn cancel(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<RunStateView>>> {
    Ok(ok(runs::cancel(&app, &ctx, id).await?))
}

/// Sends a campaign to the customers named; all are queued or none.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/send", tag = "runs", params(("id" = Uuid, Path)), request_body = SendRequest, responses((status = 200, body = Data<SendView>), (status = 400, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn send(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(body): Body<SendRequest>,
) -> ApiResult<Json<Data<SendView>>> {
    Ok(ok(runs::send(&app, &ctx, id, &body).await?))
}

/// The runs of a campaign, newest first: one, or one for each occurrence of a recurring campaign.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/runs", operation_id = "listRuns", tag = "runs", params(("id" = Uuid, Path), ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<RunView>), (status = 404, body = Failure)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<RunView>>> {
    Ok(page(runs::list(&app, &ctx, id, paging).await?))
}

/// Counters and rates.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/stats", tag = "runs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<CampaignStatsView>), (status = 404, body = Failure)))]
async fn stats(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<CampaignStatsView>>> {
    Ok(ok(runs::stats(&app, &ctx, id).await?))
}

/// Where the newest run stands: counters, rate, stages, chart, limits.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/live", tag = "runs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<LiveView>), (status = 404, body = Failure)))]
async fn live(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<LiveView>>> {
    Ok(ok(runs::live(&app, &ctx, id).await?))
}

#[derive(Debug, Deserialize)]
struct EventQuery {
    before: Option<i64>,
    limit: Option<i64>,
}

/// What people did with the messages of the newest run, newest first. `before` is the `id` of the last entry seen.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/events", tag = "runs", operation_id = "campaign_events",
    params(("id" = Uuid, Path), ("before" = Option<i64>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Data<Vec<RunEventView>>), (status = 404, body = Failure)))]
async fn events(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Query(query): Query<EventQuery>,
) -> ApiResult<Json<Data<Vec<RunEventView>>>> {
    Ok(ok(runs::events(&app, &ctx, id, query.before, query.limit).await?))
}

#[derive(Debug, Deserialize)]
struct RecipientQuery {
    status: Option<String>,
    cursor: Option<i64>,
    #[serde(alias = "runId")]
    run_id: Option<i64>,
}

/// The recipients of the newest (or a named) run. `cursor` is the `seq` of the last row seen: pages by it never repeat or lose a row.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/recipients", tag = "runs",
    params(("id" = Uuid, Path), ("status" = Option<String>, Query), ("cursor" = Option<i64>, Query), ("runId" = Option<i64>, Query), ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)),
    responses((status = 200, body = List<RecipientView>), (status = 404, body = Failure)))]
async fn recipients(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Query(query): Query<RecipientQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<RecipientView>>> {
    let status = match query.status.as_deref().filter(|s| !s.is_empty()) {
        Some(word) => Some(
            word.parse().map_err(|e: muster_domain::UnknownWord| AppError::malformed("bad_status", e.to_string()))?,
        ),
        None => None,
    };
    let filter = RecipientFilter { status, cursor: query.cursor, run_id: query.run_id };
    let found: Page<RecipientView> = runs::recipients(&app, &ctx, id, &filter, paging).await?;
    Ok(page(found))
}

/// One message as it was sent, with what happened to it.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/recipients/{run_id}/{seq}", tag = "runs", params(("id" = Uuid, Path), ("run_id" = i64, Path), ("seq" = i64, Path)), responses((status = 200, body = Data<SentMessageView>), (status = 404, body = Failure)))]
async fn recipient(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path((id, run, seq)): Path<(Uuid, i64, i64)>,
) -> ApiResult<Json<Data<SentMessageView>>> {
    Ok(ok(runs::recipient(&app, &ctx, id, run, seq).await?))
}

/// One cycle of every running campaign now: at most one batch each, as far as their budgets allow.
#[utoipa::path(post, path = "/api/v1/campaigns/execute", tag = "runs", responses((status = 200, body = Data<CycleView>)))]
async fn execute_all(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<CycleView>>> {
    Ok(ok(runs::execute_all(&app, &ctx).await?))
}

/// One cycle of one campaign now.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/execute", tag = "runs", params(("id" = Uuid, Path)), responses((status = 200, body = Data<CycleView>), (status = 409, body = Failure)))]
async fn execute(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<CycleView>>> {
    Ok(ok(runs::execute(&app, &ctx, id).await?))
}
