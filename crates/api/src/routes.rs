//! The router: every area's routes, limits, and the OpenAPI document.

use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::routing::get;
use axum::{Json, Router};
use muster_app::{App, AppError};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::answer::ApiError;
use crate::idempotency;

/// JSON bodies are small; uploads have their own limit on their own routes.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

#[derive(OpenApi)]
#[openapi(info(
    title = "Muster",
    description = "Customer-value-management campaigns: who, what, how it is said and when.",
    version = "1"
))]
struct Document;

fn areas() -> OpenApiRouter<App> {
    // One line per area, in alphabetical order.
    OpenApiRouter::with_openapi(Document::openapi()) //
        .merge(crate::approvals::routes())
        .merge(crate::audit::routes())
        .merge(crate::board::routes())
        .merge(crate::campaigns::routes())
        .merge(crate::catalogue::routes())
        .merge(crate::home::routes())
        .merge(crate::customers::routes())
        .merge(crate::dead_letters::routes())
        .merge(crate::jobs::routes())
        .merge(crate::live::routes())
        .merge(crate::mailboxes::routes())
        .merge(crate::offers::routes())
        .merge(crate::plans::routes())
        .merge(crate::providers::routes())
        .merge(crate::redemptions::routes())
        .merge(crate::responses::routes())
        .merge(crate::runs::routes())
        .merge(crate::sandbox::routes())
        .merge(crate::segments::routes())
        .merge(crate::session::routes())
        .merge(crate::settings::routes())
        .merge(crate::setup::routes())
        .merge(crate::templates::routes())
        .merge(crate::tokens::routes())
        .merge(crate::users::routes())
        .merge(crate::waiting::routes())
}

/// The routes and what describes them.
fn parts() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (routes, mut document) = areas().split_for_parts();
    idempotency::describe(&mut document);
    (routes, document)
}

/// The OpenAPI 3.1 document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    parts().1
}

/// The whole API over an application.
pub fn router(app: App) -> Router {
    let (routes, document) = parts();
    routes
        .route_layer(axum::middleware::from_fn_with_state(app.clone(), idempotency::once))
        .merge(crate::track::routes())
        .route("/api/v1/openapi.json", get(move || std::future::ready(Json(document.clone()))))
        .route("/api/v1/health", get(|| std::future::ready("ok")))
        .route("/api/{*rest}", axum::routing::any(|| std::future::ready(ApiError(AppError::NotFound("endpoint")))))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(SetResponseHeaderLayer::if_not_present(
            axum::http::header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            axum::http::header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(CatchPanicLayer::new())
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}
