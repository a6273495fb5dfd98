//! `/api/v1/providers`: relays and routes, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::providers::{
    self, DnsView, NewProvider, NewSigning, ProviderChange, ProviderView, TestRequest, TestResult,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, created, ok};
use crate::auth::Asker;
use crate::extract::{Body, Path};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, remove))
        .routes(routes!(resume))
        .routes(routes!(set_signing, remove_signing))
        .routes(routes!(dns))
        .routes(routes!(test))
        .routes(routes!(probe))
}

/// The providers of the workspace; without one for a channel, its messages stay in the test inbox.
#[utoipa::path(get, path = "/api/v1/providers", tag = "providers", responses((status = 200, body = Data<Vec<ProviderView>>)))]
async fn list(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<ProviderView>>>> {
    Ok(ok(providers::list(&app, &ctx).await?))
}

/// Adds a provider.
#[utoipa::path(post, path = "/api/v1/providers", tag = "providers", request_body = NewProvider, responses((status = 201, body = Data<ProviderView>), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(new): Body<NewProvider>,
) -> ApiResult<(StatusCode, Json<Data<ProviderView>>)> {
    Ok(created(providers::create(&app, &ctx, new).await?))
}

/// One provider.
#[utoipa::path(get, path = "/api/v1/providers/{id}", tag = "providers", params(("id" = Uuid, Path)), responses((status = 200, body = Data<ProviderView>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<ProviderView>>> {
    Ok(ok(providers::get(&app, &ctx, id).await?))
}

/// Changes a provider; it is used as changed from the next batch on.
#[utoipa::path(patch, path = "/api/v1/providers/{id}", tag = "providers", params(("id" = Uuid, Path)), request_body = ProviderChange, responses((status = 200, body = Data<ProviderView>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn update(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(change): Body<ProviderChange>,
) -> ApiResult<Json<Data<ProviderView>>> {
    Ok(ok(providers::update(&app, &ctx, id, change).await?))
}

/// Removes a provider and its secret.
#[utoipa::path(delete, path = "/api/v1/providers/{id}", tag = "providers", params(("id" = Uuid, Path)), responses((status = 200, body = Data<bool>), (status = 409, body = Failure)))]
async fn remove(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<bool>>> {
    providers::remove(&app, &ctx, id).await?;
    Ok(ok(true))
}

/// Lets a paused provider go on.
#[utoipa::path(post, path = "/api/v1/providers/{id}/resume", tag = "providers", params(("id" = Uuid, Path)), responses((status = 200, body = Data<ProviderView>), (status = 409, body = Failure)))]
async fn resume(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<ProviderView>>> {
    Ok(ok(providers::resume(&app, &ctx, id).await?))
}

/// Lets a relay sign with a key (DKIM): a new one, or one's own. What it signed with before is erased.
#[utoipa::path(put, path = "/api/v1/providers/{id}/signing", tag = "providers", params(("id" = Uuid, Path)), request_body = NewSigning, responses((status = 200, body = Data<ProviderView>), (status = 422, body = Failure)))]
async fn set_signing(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(new): Body<NewSigning>,
) -> ApiResult<Json<Data<ProviderView>>> {
    Ok(ok(providers::set_signing(&app, &ctx, id, new).await?))
}

/// Lets a relay sign nothing any more and erases its key.
#[utoipa::path(delete, path = "/api/v1/providers/{id}/signing", tag = "providers", params(("id" = Uuid, Path)), responses((status = 200, body = Data<ProviderView>), (status = 409, body = Failure)))]
async fn remove_signing(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<ProviderView>>> {
    Ok(ok(providers::remove_signing(&app, &ctx, id).await?))
}

/// What stands in the DNS for a relay's mail, looked up now: its key, who may send for it, where bounces go, and what the
/// sender's domain asks receivers to check.
#[utoipa::path(get, path = "/api/v1/providers/{id}/dns", tag = "providers", params(("id" = Uuid, Path)), responses((status = 200, body = Data<DnsView>), (status = 422, body = Failure)))]
async fn dns(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<DnsView>>> {
    Ok(ok(providers::dns(&app, &ctx, id).await?))
}

/// Sends one real message through a provider and says what it answered.
#[utoipa::path(post, path = "/api/v1/providers/{id}/test", tag = "providers", params(("id" = Uuid, Path)), request_body = TestRequest, responses((status = 200, body = Data<TestResult>), (status = 422, body = Failure)))]
async fn test(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(request): Body<TestRequest>,
) -> ApiResult<Json<Data<TestResult>>> {
    Ok(ok(providers::test(&app, &ctx, id, request).await?))
}

/// Reaches a provider and signs in, without sending anything.
#[utoipa::path(post, path = "/api/v1/providers/{id}/probe", tag = "providers", params(("id" = Uuid, Path)), responses((status = 200, body = Data<bool>), (status = 422, body = Failure)))]
async fn probe(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<bool>>> {
    providers::probe(&app, &ctx, id).await?;
    Ok(ok(true))
}
