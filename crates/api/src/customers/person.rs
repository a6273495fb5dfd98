//! `/api/v1/customers/{id}`: one person.

use axum::Json;
use axum::extract::State;
use muster_app::customers::{self, Consent, CustomerDetail, CustomerInput, PersonExport, TimelinePage};
use muster_app::{App, AppError};
use muster_domain::channel::Channel;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiError, ApiResult, Data, Failure, ok};
use crate::auth::Asker;
use crate::extract::{Body, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get, change, deactivate))
        .routes(routes!(timeline))
        .routes(routes!(export_person))
        .routes(routes!(erase))
        .routes(routes!(set_consent))
}

/// An id of the path; anything else is nobody's.
fn id(text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError(AppError::NotFound("customer")))
}

/// One customer.
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers", operation_id = "get_customer", params(("id" = i64, Path)), responses((status = 200, body = Data<CustomerDetail>), (status = 404, body = Failure)))]
async fn get(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(path): Path<String>,
) -> ApiResult<Json<Data<CustomerDetail>>> {
    Ok(ok(customers::get(&app, &ctx, id(&path)?).await?))
}

/// Changes a customer: what is left out stays, null takes away.
#[utoipa::path(patch, path = "/api/v1/customers/{id}", tag = "customers", operation_id = "update_customer", params(("id" = i64, Path)), request_body = CustomerInput,
    responses((status = 200, body = Data<CustomerDetail>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn change(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(path): Path<String>,
    Body(body): Body<Map<String, Value>>,
) -> ApiResult<Json<Data<CustomerDetail>>> {
    Ok(ok(customers::update(&app, &ctx, id(&path)?, &body).await?))
}

/// Retires a customer: never a target again, while the history stays.
#[utoipa::path(delete, path = "/api/v1/customers/{id}", tag = "customers", operation_id = "deactivate_customer", params(("id" = i64, Path)), responses((status = 200, body = Data<CustomerDetail>), (status = 404, body = Failure)))]
async fn deactivate(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(path): Path<String>,
) -> ApiResult<Json<Data<CustomerDetail>>> {
    Ok(ok(customers::deactivate(&app, &ctx, id(&path)?).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Before {
    /// message | event | redemption | reward | conversion | reply | card
    kind: Option<String>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

/// What happened to a customer, newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/timeline", tag = "customers", operation_id = "customer_timeline", params(("id" = i64, Path), Before), responses((status = 200, body = Data<TimelinePage>), (status = 404, body = Failure)))]
async fn timeline(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(path): Path<String>,
    Query(before): Query<Before>,
) -> ApiResult<Json<Data<TimelinePage>>> {
    let kind = before.kind.unwrap_or_default();
    Ok(ok(customers::timeline(&app, &ctx, id(&path)?, &kind, before.cursor.as_deref()).await?))
}

/// Everything about one person.
#[utoipa::path(get, path = "/api/v1/customers/{id}/export", tag = "customers", operation_id = "export_person", params(("id" = i64, Path)), responses((status = 200, body = Data<PersonExport>), (status = 404, body = Failure)))]
async fn export_person(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(path): Path<String>,
) -> ApiResult<Json<Data<PersonExport>>> {
    Ok(ok(customers::export_person(&app, &ctx, id(&path)?).await?))
}

/// Forgets a person for good; what was counted stays counted.
#[utoipa::path(post, path = "/api/v1/customers/{id}/erase", tag = "customers", operation_id = "erase_customer", params(("id" = i64, Path)), responses((status = 200, body = Data<bool>), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn erase(State(app): State<App>, Asker(ctx): Asker, Path(path): Path<String>) -> ApiResult<Json<Data<bool>>> {
    customers::erase(&app, &ctx, id(&path)?).await?;
    Ok(ok(true))
}

/// What the person says to a channel.
#[derive(Debug, Deserialize, ToSchema)]
struct CustomerConsentInput {
    consent: Consent,
}

/// Notes what a customer says to a channel; `unknown` forgets it.
#[utoipa::path(put, path = "/api/v1/customers/{id}/consents/{channel}", tag = "customers", operation_id = "set_consent", params(("id" = i64, Path), ("channel" = Channel, Path)), request_body = CustomerConsentInput,
    responses((status = 200, body = Data<CustomerDetail>), (status = 404, body = Failure)))]
async fn set_consent(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path((path, channel)): Path<(String, String)>,
    Body(body): Body<CustomerConsentInput>,
) -> ApiResult<Json<Data<CustomerDetail>>> {
    let channel = channel.parse::<Channel>().map_err(|_| AppError::NotFound("channel"))?;
    Ok(ok(customers::set_consent(&app, &ctx, id(&path)?, channel, body.consent).await?))
}
