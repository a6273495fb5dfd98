//! `/api/v1/offers`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::offers::approval;
use muster_app::offers::input::OfferInput;
use muster_app::offers::preview::{self, OfferPreview, OfferPreviewRequest};
use muster_app::offers::view::{self, OfferDetail, OfferQuery, OfferSummary, OfferVersion};
use muster_app::offers::{lifecycle, save};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, List, created, ok, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, change, delete))
        .routes(routes!(activate))
        .routes(routes!(archive))
        .routes(routes!(restore))
        .routes(routes!(clone))
        .routes(routes!(submit))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(preview_offer))
        .routes(routes!(versions))
        .routes(routes!(version))
}

/// What to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `draft`, `active` or `archived`; without it all but the archived.
    status: String,
    /// Offers with an active text for this channel.
    channel: String,
    /// Part of the name.
    search: String,
    #[allow(dead_code, reason = "read by Paging; named here for the document")]
    page: Option<String>,
    #[allow(dead_code, reason = "read by Paging; named here for the document")]
    page_size: Option<String>,
}

/// A word to go with an action.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct Comment {
    #[serde(alias = "note")]
    comment: String,
}

/// How the copy is called.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct CloneName {
    name: Option<String>,
}

/// Offers, newest first.
#[utoipa::path(get, path = "/api/v1/offers", tag = "offers", operation_id = "list_offers", params(ListQuery), responses((status = 200, body = List<OfferSummary>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Paging(paging): Paging,
    Query(query): Query<ListQuery>,
) -> ApiResult<Json<List<OfferSummary>>> {
    let query = OfferQuery { status: query.status, channel: query.channel, search: query.search };
    Ok(page(view::list(&app, &ctx, paging, &query).await?))
}

/// Adds an offer with its products, creatives, rewards and tracking sources.
#[utoipa::path(post, path = "/api/v1/offers", tag = "offers", operation_id = "create_offer", request_body = OfferInput, responses((status = 201, body = Data<OfferDetail>), (status = 400, body = Failure), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<OfferInput>,
) -> ApiResult<(StatusCode, Json<Data<OfferDetail>>)> {
    Ok(created(save::create(&app, &ctx, input).await?))
}

/// One offer with everything in it and what is wrong with it.
#[utoipa::path(get, path = "/api/v1/offers/{id}", tag = "offers", operation_id = "get_offer", params(("id" = Uuid, Path)), responses((status = 200, body = Data<OfferDetail>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<OfferDetail>>> {
    Ok(ok(view::get(&app, &ctx, id).await?))
}

/// Changes an offer; a list that is given replaces the whole list.
#[utoipa::path(patch, path = "/api/v1/offers/{id}", tag = "offers", operation_id = "update_offer", params(("id" = Uuid, Path)), request_body = OfferInput, responses((status = 200, body = Data<OfferDetail>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn change(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(input): Body<OfferInput>,
) -> ApiResult<Json<Data<OfferDetail>>> {
    Ok(ok(save::change(&app, &ctx, id, input).await?))
}

/// Deletes a draft that was never in use.
#[utoipa::path(delete, path = "/api/v1/offers/{id}", tag = "offers", operation_id = "delete_offer", params(("id" = Uuid, Path)), responses((status = 200, body = Data<bool>), (status = 409, body = Failure)))]
async fn delete(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<bool>>> {
    lifecycle::delete(&app, &ctx, id).await?;
    Ok(ok(true))
}

/// Puts an offer to use as its current version.
#[utoipa::path(post, path = "/api/v1/offers/{id}/activate", tag = "offers", operation_id = "activate_offer", params(("id" = Uuid, Path)), responses((status = 200, body = Data<OfferDetail>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn activate(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<OfferDetail>>> {
    Ok(ok(lifecycle::activate(&app, &ctx, id).await?))
}

/// Puts an offer away; campaigns that run go on with it.
#[utoipa::path(post, path = "/api/v1/offers/{id}/archive", tag = "offers", operation_id = "archive_offer", params(("id" = Uuid, Path)), responses((status = 200, body = Data<OfferDetail>), (status = 409, body = Failure)))]
async fn archive(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<OfferDetail>>> {
    Ok(ok(lifecycle::archive(&app, &ctx, id, true).await?))
}

/// Takes an archived offer back as a draft.
#[utoipa::path(post, path = "/api/v1/offers/{id}/restore", tag = "offers", operation_id = "restore_offer", params(("id" = Uuid, Path)), responses((status = 200, body = Data<OfferDetail>), (status = 409, body = Failure)))]
async fn restore(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<OfferDetail>>> {
    Ok(ok(lifecycle::archive(&app, &ctx, id, false).await?))
}

/// Makes a copy as a new draft.
#[utoipa::path(post, path = "/api/v1/offers/{id}/clone", tag = "offers", operation_id = "clone_offer", params(("id" = Uuid, Path)), request_body = CloneName, responses((status = 201, body = Data<OfferDetail>)))]
async fn clone(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(name): Body<CloneName>,
) -> ApiResult<(StatusCode, Json<Data<OfferDetail>>)> {
    Ok(created(lifecycle::clone(&app, &ctx, id, name.name).await?))
}

/// Asks for approval of the version as it is.
#[utoipa::path(post, path = "/api/v1/offers/{id}/submit", tag = "offers", operation_id = "submit_offer", params(("id" = Uuid, Path)), request_body = Comment, responses((status = 200, body = Data<OfferDetail>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn submit(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(note): Body<Comment>,
) -> ApiResult<Json<Data<OfferDetail>>> {
    Ok(ok(approval::submit(&app, &ctx, id, &note.comment).await?))
}

/// Approves the version that waits; nobody approves what they made.
#[utoipa::path(post, path = "/api/v1/offers/{id}/approve", tag = "offers", operation_id = "approve_offer", params(("id" = Uuid, Path)), request_body = Comment, responses((status = 200, body = Data<OfferDetail>), (status = 403, body = Failure), (status = 409, body = Failure)))]
async fn approve(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(comment): Body<Comment>,
) -> ApiResult<Json<Data<OfferDetail>>> {
    Ok(ok(approval::decide(&app, &ctx, id, true, &comment.comment).await?))
}

/// Rejects the version that waits, with the reason.
#[utoipa::path(post, path = "/api/v1/offers/{id}/reject", tag = "offers", operation_id = "reject_offer", params(("id" = Uuid, Path)), request_body = Comment, responses((status = 200, body = Data<OfferDetail>), (status = 403, body = Failure), (status = 409, body = Failure)))]
async fn reject(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(comment): Body<Comment>,
) -> ApiResult<Json<Data<OfferDetail>>> {
    Ok(ok(approval::decide(&app, &ctx, id, false, &comment.comment).await?))
}

/// The offer as a real customer would get it, and why this text.
#[utoipa::path(post, path = "/api/v1/offers/{id}/preview", tag = "offers", operation_id = "preview_offer", params(("id" = Uuid, Path)), request_body = OfferPreviewRequest, responses((status = 200, body = Data<OfferPreview>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn preview_offer(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(request): Body<OfferPreviewRequest>,
) -> ApiResult<Json<Data<OfferPreview>>> {
    Ok(ok(preview::preview(&app, &ctx, id, request).await?))
}

/// The versions that were put to use, newest first.
#[utoipa::path(get, path = "/api/v1/offers/{id}/versions", tag = "offers", operation_id = "offer_versions", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Vec<OfferVersion>>)))]
async fn versions(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<Vec<OfferVersion>>>> {
    Ok(ok(view::versions(&app, &ctx, id).await?))
}

/// What the offer was at a version.
#[utoipa::path(get, path = "/api/v1/offers/{id}/versions/{version}", tag = "offers", operation_id = "offer_version", params(("id" = Uuid, Path), ("version" = i64, Path)), responses((status = 200, body = Data<OfferDetail>), (status = 404, body = Failure)))]
async fn version(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path((id, version)): Path<(Uuid, i64)>,
) -> ApiResult<Json<Data<serde_json::Value>>> {
    Ok(ok(view::version(&app, &ctx, id, version).await?))
}
