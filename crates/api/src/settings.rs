//! `/api/v1/settings`: the workspace and its communication policy.

use axum::Json;
use axum::extract::State;
use muster_app::App;
use muster_app::settings::{self, SettingsChange, SettingsView};
use muster_domain::policy::Policy;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, ok};
use crate::auth::Asker;
use crate::extract::Body;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, update)).routes(routes!(policy, put_policy))
}

/// The workspace's settings.
#[utoipa::path(get, path = "/api/v1/settings", tag = "settings", responses((status = 200, body = Data<SettingsView>)))]
async fn get(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<SettingsView>>> {
    Ok(ok(settings::get(&app, &ctx).await?))
}

/// Changes settings; what is not said stays.
#[utoipa::path(patch, path = "/api/v1/settings", tag = "settings", request_body = SettingsChange, responses((status = 200, body = Data<SettingsView>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn update(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(change): Body<SettingsChange>,
) -> ApiResult<Json<Data<SettingsView>>> {
    Ok(ok(settings::update(&app, &ctx, change).await?))
}

/// The workspace's quiet hours and frequency caps.
#[utoipa::path(get, path = "/api/v1/settings/policy", tag = "settings", responses((status = 200, body = Data<Policy>)))]
async fn policy(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Policy>>> {
    Ok(ok(settings::policy(&app, &ctx).await?))
}

/// Replaces the workspace's quiet hours and frequency caps.
#[utoipa::path(put, path = "/api/v1/settings/policy", tag = "settings", request_body = Policy, responses((status = 200, body = Data<Policy>), (status = 422, body = Failure)))]
async fn put_policy(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(policy): Body<Policy>,
) -> ApiResult<Json<Data<Policy>>> {
    Ok(ok(settings::put_policy(&app, &ctx, policy).await?))
}
