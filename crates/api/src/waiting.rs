//! `/api/v1/waiting-messages`: messages that wait for their next try, the end of quiet hours or a limit.

use axum::Json;
use axum::extract::State;
use muster_app::App;
use muster_app::dead_letters::{GroupQuery, LetterChoice};
use muster_app::waiting::{self, HurriedView, WaitingCursor, WaitingGroup, WaitingView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, List, Scroll, ok, page, scroll};
use crate::auth::Asker;
use crate::dead_letters::GroupPosition;
use crate::extract::{Body, Paging, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(groups)).routes(routes!(messages)).routes(routes!(hurry))
}

/// Groups of messages by campaign, run and what they wait for, those due soonest first.
#[utoipa::path(get, path = "/api/v1/waiting-messages", tag = "waiting messages", operation_id = "waiting_groups",
    params(GroupQuery, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)), responses((status = 200, body = List<WaitingGroup>)))]
async fn groups(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<GroupQuery>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<WaitingGroup>>> {
    Ok(page(waiting::groups(&app, &ctx, &query, paging).await?))
}

/// The messages of one group, those due soonest first.
#[utoipa::path(get, path = "/api/v1/waiting-messages/messages", tag = "waiting messages", operation_id = "waiting_messages",
    params(GroupPosition, ("pageSize" = Option<i64>, Query)), responses((status = 200, body = Scroll<WaitingView>), (status = 400, body = Failure)))]
async fn messages(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(at): Query<GroupPosition>,
    Paging(paging): Paging,
) -> ApiResult<Json<Scroll<WaitingView>>> {
    let cursor = WaitingCursor(at.cursor);
    Ok(scroll(waiting::messages(&app, &ctx, at.run_id, &at.cause, &cursor, paging.page_size).await?))
}

/// Makes next tries due now: all of a run, or those named.
#[utoipa::path(post, path = "/api/v1/waiting-messages/send-now", tag = "waiting messages", operation_id = "send_waiting_now", request_body = LetterChoice,
    responses((status = 200, body = Data<HurriedView>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn hurry(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(choice): Body<LetterChoice>,
) -> ApiResult<Json<Data<HurriedView>>> {
    Ok(ok(waiting::hurry(&app, &ctx, &choice).await?))
}
