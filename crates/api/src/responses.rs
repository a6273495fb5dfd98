//! Replies: `/api/v1/campaigns/process-response`, the lists of them, and the routing table.

use axum::Json;
use axum::extract::State;
use muster_app::page::Pagination;
use muster_app::replies::{self, DispositionTotal, ProcessRequest, Processed, ResponseView, RouteView};
use muster_app::{App, AppError};
use muster_domain::reply::Disposition;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiError, ApiResult, Data, Failure, ok};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(process))
        .routes(routes!(of_campaign))
        .routes(routes!(list))
        .routes(routes!(correct))
        .routes(routes!(stop_retry))
        .routes(routes!(routing, save_routing))
}

/// One page of replies, with how many of each class there are in all.
#[derive(Debug, Serialize, ToSchema)]
struct Responses {
    success: bool,
    data: Vec<ResponseView>,
    pagination: Pagination,
    dispositions: Vec<DispositionTotal>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ResponseFilter {
    /// One class only, such as `INTERESTED`.
    disposition: Option<String>,
}

fn class(filter: &ResponseFilter) -> Result<Option<Disposition>, ApiError> {
    let text = filter.disposition.as_deref().map(str::trim).filter(|t| !t.is_empty());
    text.map(|t| t.parse().map_err(|e| ApiError(AppError::malformed("bad_query", format!("disposition: {e}")))))
        .transpose()
}

fn answer(list: replies::ResponseList) -> Json<Responses> {
    Json(Responses {
        success: true,
        data: list.page.rows,
        pagination: list.page.pagination,
        dispositions: list.dispositions,
    })
}

/// Takes a reply: it is classified, kept and routed; what needs a person becomes a card.
#[utoipa::path(post, path = "/api/v1/campaigns/process-response", tag = "replies", request_body = ProcessRequest,
    responses((status = 200, body = Data<Processed>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn process(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<ProcessRequest>,
) -> ApiResult<Json<Data<Processed>>> {
    Ok(ok(replies::process(&app, &ctx, body).await?))
}

/// Replies to a campaign, newest first, with the totals of each class.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/responses", tag = "replies", params(("id" = Uuid, Path), ResponseFilter, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)),
    responses((status = 200, body = Responses), (status = 404, body = Failure)))]
async fn of_campaign(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Query(filter): Query<ResponseFilter>,
    Paging(request): Paging,
) -> ApiResult<Json<Responses>> {
    Ok(answer(replies::list(&app, &ctx, Some(id), class(&filter)?, request).await?))
}

/// Replies to all campaigns, newest first.
#[utoipa::path(get, path = "/api/v1/responses", tag = "replies", params(ResponseFilter, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)),
    responses((status = 200, body = Responses)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(filter): Query<ResponseFilter>,
    Paging(request): Paging,
) -> ApiResult<Json<Responses>> {
    Ok(answer(replies::list(&app, &ctx, None, class(&filter)?, request).await?))
}

/// The right class of a reply.
#[derive(Debug, Deserialize, ToSchema)]
struct Correction {
    disposition: Disposition,
}

/// Sets the class of a reply right; the classifier learns from it and the card follows.
#[utoipa::path(post, path = "/api/v1/responses/{id}/correct", tag = "replies", params(("id" = Uuid, Path)), request_body = Correction,
    responses((status = 200, body = Data<ResponseView>), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn correct(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(body): Body<Correction>,
) -> ApiResult<Json<Data<ResponseView>>> {
    Ok(ok(replies::correct(&app, &ctx, id, body.disposition).await?))
}

/// Does not send the message again to somebody who was away.
#[utoipa::path(delete, path = "/api/v1/responses/{id}/retry", tag = "replies", operation_id = "stop_retry", params(("id" = Uuid, Path)),
    responses((status = 200, body = Data<ResponseView>), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn stop_retry(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<ResponseView>>> {
    Ok(ok(replies::stop_retry(&app, &ctx, id).await?))
}

/// The routing table: which class of reply becomes a card in which queue.
#[utoipa::path(get, path = "/api/v1/routing-rules", tag = "replies", responses((status = 200, body = Data<Vec<RouteView>>)))]
async fn routing(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<RouteView>>>> {
    Ok(ok(replies::routing_view(&app, &ctx).await?))
}

/// Lines of the routing table to change.
#[derive(Debug, Deserialize, ToSchema)]
struct RoutingChange {
    routes: Vec<RouteView>,
}

/// Changes lines of the routing table; the others stay.
#[utoipa::path(put, path = "/api/v1/routing-rules", tag = "replies", request_body = RoutingChange,
    responses((status = 200, body = Data<Vec<RouteView>>), (status = 422, body = Failure)))]
async fn save_routing(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<RoutingChange>,
) -> ApiResult<Json<Data<Vec<RouteView>>>> {
    Ok(ok(replies::save_routing(&app, &ctx, body.routes).await?))
}
