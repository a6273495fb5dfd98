//! `/api/v1/customers/import`: files of customers, from choosing one to its report.

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures::StreamExt;
use muster_app::imports::{self, ImportOptionsInput, ImportPreview, ImportView, Upload};
use muster_app::{App, AppError, Ctx};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::download;
use crate::answer::{ApiError, ApiResult, Data, Failure, created, ok};
use crate::auth::Asker;
use crate::extract::{Body, Path, Query};

/// The routes of this file. Files are streamed to disk, which bounds them itself.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(stage, recent))
        .layer(DefaultBodyLimit::disable())
        .routes(routes!(get))
        .routes(routes!(preview))
        .routes(routes!(start))
        .routes(routes!(cancel))
        .routes(routes!(report))
}

fn id(text: &str) -> Result<Uuid, ApiError> {
    text.parse().map_err(|_| ApiError(AppError::NotFound("import")))
}

fn broken(_: impl std::fmt::Display) -> AppError {
    AppError::malformed("bad_upload", "The upload broke off. Choose the file again.")
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Name {
    /// Name of the file, where the body is the file itself.
    #[serde(rename = "fileName", alias = "file_name")]
    file_name: Option<String>,
}

/// A form with the file.
#[derive(ToSchema)]
#[allow(dead_code, reason = "shape of the form for the document")]
struct ImportForm {
    #[schema(format = Binary)]
    file: String,
}

/// Takes in a file, as a form field `file` or as the body itself, and gives a first look at it. Nothing is imported yet.
#[utoipa::path(post, path = "/api/v1/customers/import", tag = "customers", operation_id = "stage_import", params(Name), request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Data<ImportPreview>), (status = 413, body = Failure), (status = 422, body = Failure)))]
async fn stage(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(name): Query<Name>,
    request: Request,
) -> ApiResult<(StatusCode, Json<Data<ImportPreview>>)> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|t| t.starts_with("multipart/"));
    if is_form {
        return from_form(&app, &ctx, request).await;
    }
    let mut upload = Upload::begin(&app, &ctx, name.file_name.as_deref().unwrap_or_default())?;
    let mut chunks = request.into_body().into_data_stream();
    while let Some(chunk) = chunks.next().await {
        upload.write(&chunk.map_err(broken)?)?;
    }
    Ok(created(upload.finish(&app, &ctx).await?))
}

async fn from_form(app: &App, ctx: &Ctx, request: Request) -> ApiResult<(StatusCode, Json<Data<ImportPreview>>)> {
    let mut form = Multipart::from_request(request, app).await.map_err(broken)?;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut upload = Upload::begin(app, ctx, &name)?;
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            upload.write(&chunk)?;
        }
        return Ok(created(upload.finish(app, ctx).await?));
    }
    Err(AppError::malformed("no_file", "The form has no field named file.").into())
}

/// The newest imports.
#[utoipa::path(get, path = "/api/v1/customers/import", tag = "customers", operation_id = "list_imports", responses((status = 200, body = Data<Vec<ImportView>>)))]
async fn recent(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<ImportView>>>> {
    Ok(ok(imports::recent(&app, &ctx).await?))
}

/// One import and how far it is; the same is pushed live as `import:<id>`.
#[utoipa::path(get, path = "/api/v1/customers/import/{id}", tag = "customers", operation_id = "get_import", params(("id" = Uuid, Path)), responses((status = 200, body = Data<ImportView>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(path): Path<String>) -> ApiResult<Json<Data<ImportView>>> {
    Ok(ok(imports::get(&app, &ctx, id(&path)?).await?))
}

/// Changes how a staged file is read, and shows what that gives.
#[utoipa::path(post, path = "/api/v1/customers/import/{id}/preview", tag = "customers", operation_id = "preview_import", params(("id" = Uuid, Path)), request_body = ImportOptionsInput,
    responses((status = 200, body = Data<ImportPreview>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn preview(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(path): Path<String>,
    Body(body): Body<ImportOptionsInput>,
) -> ApiResult<Json<Data<ImportPreview>>> {
    Ok(ok(imports::preview(&app, &ctx, id(&path)?, body).await?))
}

/// How to run it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ImportStart {
    /// Only a rehearsal: everything is checked and counted, nothing is written.
    #[serde(default)]
    dry_run: bool,
    #[serde(flatten)]
    options: ImportOptionsInput,
}

/// Runs a staged file, for good or as a rehearsal.
#[utoipa::path(post, path = "/api/v1/customers/import/{id}/start", tag = "customers", operation_id = "start_import", params(("id" = Uuid, Path)), request_body = ImportStart,
    responses((status = 200, body = Data<ImportView>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn start(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(path): Path<String>,
    Body(body): Body<ImportStart>,
) -> ApiResult<Json<Data<ImportView>>> {
    Ok(ok(imports::start(&app, &ctx, id(&path)?, body.options, body.dry_run).await?))
}

/// Stops a running import; what is written stays.
#[utoipa::path(post, path = "/api/v1/customers/import/{id}/cancel", tag = "customers", operation_id = "cancel_import", params(("id" = Uuid, Path)), responses((status = 200, body = Data<ImportView>), (status = 409, body = Failure)))]
async fn cancel(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(path): Path<String>,
) -> ApiResult<Json<Data<ImportView>>> {
    Ok(ok(imports::cancel(&app, &ctx, id(&path)?).await?))
}

/// The rows that were refused, with line, column, reason and what to do: to be mended and imported again.
#[utoipa::path(get, path = "/api/v1/customers/import/{id}/errors.csv", tag = "customers", operation_id = "import_report", params(("id" = Uuid, Path)), responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = Failure)))]
async fn report(State(app): State<App>, Asker(ctx): Asker, Path(path): Path<String>) -> ApiResult<Response> {
    download::file(imports::write_report(&app, &ctx, id(&path)?).await?)
}
