//! `/api/v1/board` and `/api/v1/cards`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::board::{
    self, AnswerRequest, BoardQuery, BoardView, CardDetail, CardInput, CardPatch, CardQuery, CardView, Here,
    MoveRequest, OutcomeRequest, PresenceRequest, SnoozeRequest,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, List, created, ok, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(presence))
        .routes(routes!(list, create))
        .routes(routes!(get, change))
        .routes(routes!(move_card))
        .routes(routes!(note))
        .routes(routes!(answer))
        .routes(routes!(snooze))
        .routes(routes!(close))
}

/// The board: lanes with their open cards.
#[utoipa::path(get, path = "/api/v1/board", tag = "board",
    params(("campaignId" = Option<Uuid>, Query), ("queue" = Option<String>, Query), ("owner" = Option<String>, Query, description = "`me` or the id of a person"),
        ("priority" = Option<String>, Query), ("done" = Option<bool>, Query)),
    responses((status = 200, body = Data<BoardView>)))]
async fn show(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<BoardQuery>,
) -> ApiResult<Json<Data<BoardView>>> {
    Ok(ok(board::board(&app, &ctx, query).await?))
}

/// Says that the asker looks at the board, or at one card; gives everybody who does.
#[utoipa::path(post, path = "/api/v1/board/presence", tag = "board", request_body = PresenceRequest, responses((status = 200, body = Data<Vec<Here>>)))]
async fn presence(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<PresenceRequest>,
) -> ApiResult<Json<Data<Vec<Here>>>> {
    Ok(ok(board::here(&app, &ctx, body)?))
}

/// Cards, newest first.
#[utoipa::path(get, path = "/api/v1/cards", tag = "board",
    params(("campaignId" = Option<Uuid>, Query), ("queue" = Option<String>, Query), ("owner" = Option<String>, Query), ("priority" = Option<String>, Query),
        ("status" = Option<String>, Query), ("contactId" = Option<i64>, Query), ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)),
    responses((status = 200, body = List<CardView>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<CardQuery>,
    Paging(request): Paging,
) -> ApiResult<Json<List<CardView>>> {
    Ok(page(board::list(&app, &ctx, query, request).await?))
}

/// Makes a card by hand.
#[utoipa::path(post, path = "/api/v1/cards", tag = "board", request_body = CardInput,
    responses((status = 201, body = Data<CardDetail>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<CardInput>,
) -> ApiResult<(StatusCode, Json<Data<CardDetail>>)> {
    Ok(created(board::create(&app, &ctx, body).await?))
}

/// A card with its contact and its thread.
#[utoipa::path(get, path = "/api/v1/cards/{id}", tag = "board", params(("id" = Uuid, Path)), responses((status = 200, body = Data<CardDetail>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<CardDetail>>> {
    Ok(ok(board::card(&app, &ctx, id).await?))
}

/// Changes title, queue, priority, owner, due date or draft.
#[utoipa::path(patch, path = "/api/v1/cards/{id}", tag = "board", params(("id" = Uuid, Path)), request_body = CardPatch,
    responses((status = 200, body = Data<CardDetail>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn change(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(body): Body<CardPatch>,
) -> ApiResult<Json<Data<CardDetail>>> {
    Ok(ok(board::patch(&app, &ctx, id, body).await?))
}

/// Moves a card into a column. 409 `card_changed` says who was faster.
#[utoipa::path(post, path = "/api/v1/cards/{id}/move", tag = "board", params(("id" = Uuid, Path)), request_body = MoveRequest,
    responses((status = 200, body = Data<CardDetail>), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn move_card(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(body): Body<MoveRequest>,
) -> ApiResult<Json<Data<CardDetail>>> {
    Ok(ok(board::move_card(&app, &ctx, id, body).await?))
}

/// A note that only the team sees.
#[derive(Debug, Deserialize, ToSchema)]
struct NoteRequest {
    body: String,
}

/// Writes a note on a card.
#[utoipa::path(post, path = "/api/v1/cards/{id}/comments", tag = "board", params(("id" = Uuid, Path)), request_body = NoteRequest,
    responses((status = 200, body = Data<CardDetail>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn note(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(body): Body<NoteRequest>,
) -> ApiResult<Json<Data<CardDetail>>> {
    Ok(ok(board::note(&app, &ctx, id, &body.body).await?))
}

/// Answers the customer in the thread; the card then waits.
#[utoipa::path(post, path = "/api/v1/cards/{id}/answer", tag = "board", params(("id" = Uuid, Path)), request_body = AnswerRequest,
    responses((status = 200, body = Data<CardDetail>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn answer(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(body): Body<AnswerRequest>,
) -> ApiResult<Json<Data<CardDetail>>> {
    Ok(ok(board::answer(&app, &ctx, id, body).await?))
}

/// Puts a card to sleep until a moment.
#[utoipa::path(post, path = "/api/v1/cards/{id}/snooze", tag = "board", params(("id" = Uuid, Path)), request_body = SnoozeRequest,
    responses((status = 200, body = Data<CardDetail>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn snooze(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(body): Body<SnoozeRequest>,
) -> ApiResult<Json<Data<CardDetail>>> {
    Ok(ok(board::snooze(&app, &ctx, id, body).await?))
}

/// Closes a card with its outcome.
#[utoipa::path(post, path = "/api/v1/cards/{id}/outcome", tag = "board", params(("id" = Uuid, Path)), request_body = OutcomeRequest,
    responses((status = 200, body = Data<CardDetail>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn close(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(body): Body<OutcomeRequest>,
) -> ApiResult<Json<Data<CardDetail>>> {
    Ok(ok(board::close(&app, &ctx, id, body).await?))
}
