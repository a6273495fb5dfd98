//! `/api/v1/suppressions`: addresses that are never sent to.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use muster_app::suppressions::{
    self, AddSuppressions, SuppressionQuery, SuppressionReason, SuppressionView, SuppressionsAdded,
};
use muster_app::{App, AppError};
use muster_domain::channel::Channel;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, List, created, ok, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Path, Query};

/// A hundred thousand addresses.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove)).layer(DefaultBodyLimit::max(MAX_BYTES))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Filter {
    channel: Option<String>,
    reason: Option<String>,
    /// Beginning of an address.
    search: Option<String>,
    /// Id of the last entry seen.
    cursor: Option<i64>,
}

/// The suppression list, newest first.
#[utoipa::path(get, path = "/api/v1/suppressions", tag = "customers", operation_id = "list_suppressions", params(Filter, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)),
    responses((status = 200, body = List<SuppressionView>), (status = 400, body = Failure)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(filter): Query<Filter>,
    Paging(request): Paging,
) -> ApiResult<Json<List<SuppressionView>>> {
    let word = |e: muster_domain::UnknownWord| AppError::malformed("bad_query", e.to_string());
    let channel = filter.channel.filter(|c| !c.is_empty()).map(|c| c.parse::<Channel>()).transpose().map_err(word)?;
    let reason =
        filter.reason.filter(|r| !r.is_empty()).map(|r| r.parse::<SuppressionReason>()).transpose().map_err(word)?;
    let query = SuppressionQuery { channel, reason, search: filter.search.unwrap_or_default() };
    Ok(page(suppressions::list(&app, &ctx, &query, request, filter.cursor).await?))
}

/// Puts addresses on the list: a few, or the text of a file.
#[utoipa::path(post, path = "/api/v1/suppressions", tag = "customers", operation_id = "add_suppressions", request_body = AddSuppressions, responses((status = 201, body = Data<SuppressionsAdded>), (status = 422, body = Failure)))]
async fn add(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<AddSuppressions>,
) -> ApiResult<(StatusCode, Json<Data<SuppressionsAdded>>)> {
    Ok(created(suppressions::add(&app, &ctx, body).await?))
}

/// Takes an address off the list.
#[utoipa::path(delete, path = "/api/v1/suppressions/{id}", tag = "customers", operation_id = "remove_suppression", params(("id" = i64, Path)), responses((status = 200, body = Data<bool>), (status = 404, body = Failure)))]
async fn remove(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<String>) -> ApiResult<Json<Data<bool>>> {
    let id = id.parse().map_err(|_| AppError::NotFound("suppression"))?;
    suppressions::remove(&app, &ctx, id).await?;
    Ok(ok(true))
}
