//! `/api/v1/customers`: list, search, add, export, several at once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use muster_app::customers::{
    self, AttributeView, BulkAction, CustomerDetail, CustomerFacet, CustomerInput, CustomerQuery, CustomerView,
    ExportFormat, NewField,
};
use muster_app::{App, AppError};
use muster_domain::channel::Channel;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::download;
use crate::answer::{ApiError, ApiResult, Data, Failure, List, created, ok, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(browse))
        .routes(routes!(facets))
        .routes(routes!(export))
        .routes(routes!(bulk))
        .routes(routes!(fields, add_field))
}

/// What to list; what is left out means any.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Beginning of a name, an e-mail address or a phone number, or a customer number.
    search: Option<String>,
    tier: Option<String>,
    #[serde(alias = "location")]
    city: Option<String>,
    #[serde(alias = "client_type")]
    client_type: Option<String>,
    #[serde(alias = "preferred_language")]
    preferred_language: Option<String>,
    #[serde(alias = "preferred_channel")]
    preferred_channel: Option<String>,
    #[serde(alias = "opted_out")]
    opted_out: Option<String>,
    #[serde(alias = "is_active")]
    is_active: Option<String>,
}

impl Filter {
    fn query(self) -> Result<CustomerQuery, ApiError> {
        let channel = match self.preferred_channel.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(word) => Some(
                word.parse::<Channel>()
                    .map_err(|e| AppError::malformed("bad_query", format!("preferredChannel: {e}.")))?,
            ),
        };
        let text = |value: Option<String>| value.unwrap_or_default().trim().to_owned();
        Ok(CustomerQuery {
            search: text(self.search),
            tier: text(self.tier),
            city: text(self.city),
            client_type: text(self.client_type),
            preferred_language: text(self.preferred_language),
            preferred_channel: channel,
            opted_out: flag("optedOut", self.opted_out)?,
            is_active: flag("isActive", self.is_active)?,
        })
    }
}

fn flag(name: &str, value: Option<String>) -> Result<Option<bool>, ApiError> {
    match value.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(AppError::malformed("bad_query", format!("{name} is true or false.")).into()),
    }
}

/// Customers by pages, newest first.
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers", operation_id = "list_customers", params(Filter, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)),
    responses((status = 200, body = List<CustomerView>), (status = 400, body = Failure)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(filter): Query<Filter>,
    Paging(request): Paging,
) -> ApiResult<Json<List<CustomerView>>> {
    Ok(page(customers::list(&app, &ctx, &filter.query()?, request).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Cursor {
    /// Id of the last customer seen; left out for the beginning.
    cursor: Option<i64>,
    /// At most 100.
    limit: Option<i64>,
}

/// One stretch of a list that is being scrolled.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CustomerStretch {
    customers: Vec<CustomerView>,
    /// Asks for what follows; none at the end.
    next_cursor: Option<i64>,
}

/// Customers after a cursor, newest first: no row repeats or is lost while rows are added, and no count is made.
#[utoipa::path(get, path = "/api/v1/customers/browse", tag = "customers", operation_id = "browse_customers", params(Filter, Cursor), responses((status = 200, body = Data<CustomerStretch>)))]
async fn browse(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(filter): Query<Filter>,
    Query(cursor): Query<Cursor>,
) -> ApiResult<Json<Data<CustomerStretch>>> {
    let limit = cursor.limit.unwrap_or(100).clamp(1, 100);
    let customers = customers::list_after(&app, &ctx, &filter.query()?, cursor.cursor.unwrap_or(0), limit).await?;
    let next_cursor = customers.last().filter(|_| customers.len() as i64 == limit).map(|last| last.id);
    Ok(ok(CustomerStretch { customers, next_cursor }))
}

/// What filters offer: the commonest tiers, towns, client types and languages.
#[utoipa::path(get, path = "/api/v1/customers/facets", tag = "customers", operation_id = "customer_facets", responses((status = 200, body = Data<Vec<CustomerFacet>>)))]
async fn facets(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<CustomerFacet>>>> {
    Ok(ok(customers::facets(&app, &ctx).await?))
}

/// Adds a customer; at least one of e-mail and phone.
#[utoipa::path(post, path = "/api/v1/customers", tag = "customers", operation_id = "create_customer", request_body = CustomerInput,
    responses((status = 201, body = Data<CustomerDetail>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<Map<String, Value>>,
) -> ApiResult<(StatusCode, Json<Data<CustomerDetail>>)> {
    Ok(created(customers::create(&app, &ctx, &body).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Format {
    #[param(inline)]
    format: Option<ExportFormat>,
}

/// The list as a file for a spreadsheet.
#[utoipa::path(get, path = "/api/v1/customers/export", tag = "customers", operation_id = "export_customers", params(Filter, Format), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(filter): Query<Filter>,
    Query(format): Query<Format>,
) -> ApiResult<Response> {
    let export = customers::export(&app, &ctx, &filter.query()?, format.format.unwrap_or(ExportFormat::Csv)).await?;
    download::file(export)
}

/// One change to several customers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CustomerBulk {
    action: BulkAction,
    customer_ids: Vec<i64>,
}

/// How many customers were changed.
#[derive(Debug, Serialize, ToSchema)]
struct CustomersChanged {
    changed: u64,
}

/// Opts out, opts in or retires the customers that are named.
#[utoipa::path(post, path = "/api/v1/customers/bulk", tag = "customers", operation_id = "bulk_customers", request_body = CustomerBulk, responses((status = 200, body = Data<CustomersChanged>), (status = 404, body = Failure)))]
async fn bulk(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<CustomerBulk>,
) -> ApiResult<Json<Data<CustomersChanged>>> {
    Ok(ok(CustomersChanged { changed: customers::bulk(&app, &ctx, body.action, &body.customer_ids).await? }))
}

/// The fields that the workspace has invented for its customers.
#[utoipa::path(get, path = "/api/v1/customers/attributes", tag = "customers", operation_id = "customer_fields", responses((status = 200, body = Data<Vec<AttributeView>>)))]
async fn fields(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<AttributeView>>>> {
    Ok(ok(customers::fields(&app, &ctx).await?))
}

/// Adds a field; gives all of them.
#[utoipa::path(post, path = "/api/v1/customers/attributes", tag = "customers", operation_id = "add_customer_field", request_body = NewField,
    responses((status = 201, body = Data<Vec<AttributeView>>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn add_field(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<NewField>,
) -> ApiResult<(StatusCode, Json<Data<Vec<AttributeView>>>)> {
    Ok(created(customers::add_field(&app, &ctx, body).await?))
}
