//! `/api/v1/home`, `/pulse`, `/search`, `/notifications`: the window's first screen and its frame.

use axum::Json;
use axum::extract::State;
use muster_app::notifications::Notification;
use muster_app::overview::{Home, Pulse};
use muster_app::search::Found;
use muster_app::{App, notifications, overview, search};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, ok};
use crate::auth::Asker;
use crate::extract::{Body, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(pulse))
        .routes(routes!(find))
        .routes(routes!(list))
        .routes(routes!(read))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HomeQuery {
    /// When the asker's day began (RFC 3339).
    today: Option<String>,
}

/// What needs the asker, what runs, what comes, and how it went.
#[utoipa::path(get, path = "/api/v1/home", tag = "home", params(HomeQuery),
    responses((status = 200, body = Data<Home>), (status = 401, body = Failure)))]
async fn show(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<HomeQuery>,
) -> ApiResult<Json<Data<Home>>> {
    Ok(ok(overview::home(&app, &ctx, query.today.as_deref()).await?))
}

/// The counters of the window's frame.
#[utoipa::path(get, path = "/api/v1/pulse", tag = "home", responses((status = 200, body = Data<Pulse>)))]
async fn pulse(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Pulse>>> {
    Ok(ok(overview::pulse(&app, &ctx).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Beginning of a name, e-mail or phone of a customer; any part of the name of anything else.
    #[serde(default)]
    q: String,
}

/// Customers, campaigns, offers and segments by name.
#[utoipa::path(get, path = "/api/v1/search", tag = "home", params(SearchQuery),
    responses((status = 200, body = Data<Vec<Found>>)))]
async fn find(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<SearchQuery>,
) -> ApiResult<Json<Data<Vec<Found>>>> {
    Ok(ok(search::find(&app, &ctx, &query.q).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NotificationQuery {
    /// Only older ones than this id.
    before: Option<i64>,
}

/// The asker's notifications, newest first, 50 at most.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "home", params(NotificationQuery),
    responses((status = 200, body = Data<Vec<Notification>>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<NotificationQuery>,
) -> ApiResult<Json<Data<Vec<Notification>>>> {
    Ok(ok(notifications::list(&app, &ctx, query.before).await?))
}

/// How far the asker has read.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReadUpTo {
    up_to: i64,
}

/// Marks notifications as read; answers how many were unread.
#[utoipa::path(post, path = "/api/v1/notifications/read", tag = "home", request_body = ReadUpTo,
    responses((status = 200, body = Data<u64>)))]
async fn read(State(app): State<App>, Asker(ctx): Asker, Body(body): Body<ReadUpTo>) -> ApiResult<Json<Data<u64>>> {
    Ok(ok(notifications::mark_read(&app, &ctx, body.up_to).await?))
}
