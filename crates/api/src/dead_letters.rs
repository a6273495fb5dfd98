//! `/api/v1/dead-letters`: messages that failed for good or are in doubt.

use axum::Json;
use axum::extract::State;
use muster_app::dead_letters::{
    self, DeadLetterGroup, DeadLetterView, DiscardedView, GroupQuery, LetterChoice, RequeueRequest, RequeuedView,
};
use muster_app::{App, AppError};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiError, ApiResult, Data, Failure, List, Scroll, ok, page, scroll};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(groups))
        .routes(routes!(messages))
        .routes(routes!(requeue))
        .routes(routes!(discard))
}

/// Where to go on in the messages of a group.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct GroupPosition {
    #[serde(alias = "run_id")]
    pub run_id: i64,
    /// `cause` of the group.
    pub cause: String,
    /// `next_cursor` of the answer before; left out for the beginning.
    #[serde(default)]
    pub cursor: String,
}

/// Groups of messages by campaign, run and cause, the one that grew last first.
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "dead letters", operation_id = "dead_letter_groups",
    params(GroupQuery, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<DeadLetterGroup>)))]
async fn groups(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<GroupQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<DeadLetterGroup>>> {
    Ok(page(dead_letters::groups(&app, &ctx, &query, paging).await?))
}

/// The messages of one group, in the order of sending.
#[utoipa::path(get, path = "/api/v1/dead-letters/messages", tag = "dead letters", operation_id = "dead_letters",
    params(GroupPosition, ("pageSize" = Option<i64>, Query)), responses((status = 200, body = Scroll<DeadLetterView>), (status = 400, body = Failure)))]
async fn messages(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(at): Query<GroupPosition>,
    Paging(paging): Paging,
) -> ApiResult<Json<Scroll<DeadLetterView>>> {
    let cursor = if at.cursor.is_empty() { Some(0) } else { at.cursor.parse().ok() };
    let cursor = cursor
        .ok_or_else(|| ApiError(AppError::malformed("bad_cursor", "The cursor is not one that was given out.")))?;
    Ok(scroll(dead_letters::messages(&app, &ctx, at.run_id, &at.cause, cursor, paging.page_size).await?))
}

/// Sends messages again: a whole group, or those named. They are pending and due now, with all their tries.
#[utoipa::path(post, path = "/api/v1/dead-letters/requeue", tag = "dead letters", operation_id = "requeue_dead_letters", request_body = RequeueRequest,
    responses((status = 200, body = Data<RequeuedView>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn requeue(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(request): Body<RequeueRequest>,
) -> ApiResult<Json<Data<RequeuedView>>> {
    Ok(ok(dead_letters::requeue(&app, &ctx, &request).await?))
}

/// Takes messages out of the queue for good; they stay failed or unknown.
#[utoipa::path(post, path = "/api/v1/dead-letters/discard", tag = "dead letters", operation_id = "discard_dead_letters", request_body = LetterChoice,
    responses((status = 200, body = Data<DiscardedView>), (status = 403, body = Failure), (status = 404, body = Failure)))]
async fn discard(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(choice): Body<LetterChoice>,
) -> ApiResult<Json<Data<DiscardedView>>> {
    Ok(ok(dead_letters::discard(&app, &ctx, &choice).await?))
}
