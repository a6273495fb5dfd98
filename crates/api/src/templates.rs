//! `/api/v1/templates`: message templates, and checking and previewing any message.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::templates::preview::{self, Preview, PreviewRequest};
use muster_app::templates::store::{self, Template, TemplateInput, TemplateVersion};
use muster_app::templates::text::{MessageCheck, MessageText};
use muster_app::templates::{self, InsertableField};
use serde::Deserialize;
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
        .routes(routes!(check))
        .routes(routes!(fields))
        .routes(routes!(preview_message))
        .routes(routes!(get, change, archive))
        .routes(routes!(restore))
        .routes(routes!(versions))
}

/// What to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Part of the name.
    search: String,
    channel: String,
    /// The archived ones instead of the others.
    archived: bool,
    #[allow(dead_code, reason = "read by Paging; named here for the document")]
    page: Option<String>,
    #[allow(dead_code, reason = "read by Paging; named here for the document")]
    page_size: Option<String>,
}

/// A message to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CheckRequest {
    #[serde(flatten)]
    text: MessageText,
    /// The offer gives each customer a code, so `code` is known.
    #[serde(default)]
    has_code: bool,
}

/// Message templates, newest first.
#[utoipa::path(get, path = "/api/v1/templates", tag = "templates", operation_id = "list_templates", params(ListQuery), responses((status = 200, body = List<Template>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Paging(paging): Paging,
    Query(query): Query<ListQuery>,
) -> ApiResult<Json<List<Template>>> {
    Ok(page(store::list(&app, &ctx, paging, query.archived, &query.channel, &query.search).await?))
}

/// Adds a template; mistakes are named with line and column.
#[utoipa::path(post, path = "/api/v1/templates", tag = "templates", operation_id = "create_template", request_body = TemplateInput, responses((status = 201, body = Data<Template>), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<TemplateInput>,
) -> ApiResult<(StatusCode, Json<Data<Template>>)> {
    Ok(created(store::create(&app, &ctx, input).await?))
}

/// Checks a message while it is typed: mistakes with line and column, the names it uses, the parts of an SMS.
#[utoipa::path(post, path = "/api/v1/templates/check", tag = "templates", operation_id = "check_message", request_body = CheckRequest, responses((status = 200, body = Data<MessageCheck>)))]
async fn check(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(request): Body<CheckRequest>,
) -> ApiResult<Json<Data<MessageCheck>>> {
    Ok(ok(templates::check(&app, &ctx, &request.text, request.has_code).await?))
}

/// Every name that messages may use.
#[utoipa::path(get, path = "/api/v1/templates/fields", tag = "templates", operation_id = "message_fields", responses((status = 200, body = Data<Vec<InsertableField>>)))]
async fn fields(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<InsertableField>>>> {
    Ok(ok(templates::fields(&app, &ctx).await?))
}

/// A message as a real customer would get it.
#[utoipa::path(post, path = "/api/v1/templates/preview", tag = "templates", operation_id = "preview_message", request_body = PreviewRequest, responses((status = 200, body = Data<Preview>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn preview_message(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(request): Body<PreviewRequest>,
) -> ApiResult<Json<Data<Preview>>> {
    Ok(ok(preview::preview(&app, &ctx, request).await?))
}

/// One template.
#[utoipa::path(get, path = "/api/v1/templates/{id}", tag = "templates", operation_id = "get_template", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Template>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<Template>>> {
    Ok(ok(store::get(&app, &ctx, id).await?))
}

/// Changes a template; a change of its text is a new version.
#[utoipa::path(patch, path = "/api/v1/templates/{id}", tag = "templates", operation_id = "update_template", params(("id" = Uuid, Path)), request_body = TemplateInput, responses((status = 200, body = Data<Template>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn change(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(input): Body<TemplateInput>,
) -> ApiResult<Json<Data<Template>>> {
    Ok(ok(store::change(&app, &ctx, id, input).await?))
}

/// Archives a template: what was sent with it can still be shown.
#[utoipa::path(delete, path = "/api/v1/templates/{id}", tag = "templates", operation_id = "archive_template", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Template>)))]
async fn archive(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<Template>>> {
    Ok(ok(store::archive(&app, &ctx, id, true).await?))
}

/// Takes a template back into the list.
#[utoipa::path(post, path = "/api/v1/templates/{id}/restore", tag = "templates", operation_id = "restore_template", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Template>)))]
async fn restore(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<Template>>> {
    Ok(ok(store::archive(&app, &ctx, id, false).await?))
}

/// The versions of a template with their texts, newest first.
#[utoipa::path(get, path = "/api/v1/templates/{id}/versions", tag = "templates", operation_id = "template_versions", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Vec<TemplateVersion>>)))]
async fn versions(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<Vec<TemplateVersion>>>> {
    Ok(ok(store::versions(&app, &ctx, id).await?))
}
