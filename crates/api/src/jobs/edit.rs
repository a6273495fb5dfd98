//! Making, changing, checking and exchanging jobs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::jobs::{self, ExampleView, JobChange, JobCheck, JobDetail, JobImportView, JobInput};
use muster_app::{App, AppError};
use muster_domain::job::file::JobFile;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiError, ApiResult, Data, Failure, created, ok};
use crate::auth::Asker;
use crate::extract::{AsWritten, Body, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(change))
        .routes(routes!(delete))
        .routes(routes!(check))
        .routes(routes!(import))
        .routes(routes!(export))
        .routes(routes!(examples))
}

/// Makes a job. `definition` and `dependencies` are as in job files.
#[utoipa::path(post, path = "/api/v1/jobs", tag = "jobs", operation_id = "create_job", request_body = JobInput,
    responses((status = 201, body = Data<JobDetail>), (status = 403, body = Failure), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<JobInput>,
) -> ApiResult<(StatusCode, Json<Data<JobDetail>>)> {
    Ok(created(jobs::create(&app, &ctx, &input).await?))
}

/// Changes a job as a whole. 409 when it is of another version by now.
#[utoipa::path(put, path = "/api/v1/jobs/{id}", tag = "jobs", operation_id = "change_job", params(("id" = Uuid, Path)), request_body = JobChange,
    responses((status = 200, body = Data<JobDetail>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn change(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(change): Body<JobChange>,
) -> ApiResult<Json<Data<JobDetail>>> {
    Ok(ok(jobs::change(&app, &ctx, id, &change).await?))
}

/// Deletes a job with all that it did. 409 while others wait for it, while it is at work, and for built-in jobs.
#[utoipa::path(delete, path = "/api/v1/jobs/{id}", tag = "jobs", operation_id = "delete_job", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn delete(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    jobs::delete(&app, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What would be wrong if a job was saved so, and when it would run.
#[utoipa::path(post, path = "/api/v1/jobs/check", tag = "jobs", operation_id = "check_job", request_body = JobInput,
    responses((status = 200, body = Data<JobCheck>), (status = 400, body = Failure)))]
async fn check(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<JobInput>,
) -> ApiResult<Json<Data<JobCheck>>> {
    Ok(ok(jobs::check(&app, &ctx, &input).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
struct ImportQuery {
    /// Says what would be made and changed, and everything that is wrong; writes nothing.
    #[serde(alias = "dry_run")]
    dry_run: bool,
}

/// Imports a job file as it is, all or nothing. The same file twice changes nothing.
#[utoipa::path(post, path = "/api/v1/jobs/import", tag = "jobs", operation_id = "import_jobs", params(ImportQuery), request_body = Object,
    responses((status = 200, body = Data<JobImportView>), (status = 403, body = Failure), (status = 422, body = Failure)))]
async fn import(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<ImportQuery>,
    AsWritten(file): AsWritten,
) -> ApiResult<Json<Data<JobImportView>>> {
    Ok(ok(jobs::import(&app, &ctx, &file, query.dry_run).await?))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// Ids, separated by commas; without any, all jobs that people made.
    ids: String,
}

/// Jobs as a job file.
#[utoipa::path(get, path = "/api/v1/jobs/export", tag = "jobs", operation_id = "export_jobs", params(ExportQuery),
    responses((status = 200, body = Data<JobFile>), (status = 400, body = Failure), (status = 404, body = Failure)))]
async fn export(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(query): Query<ExportQuery>,
) -> ApiResult<Json<Data<Value>>> {
    let ids = query.ids.split(',').map(str::trim).filter(|id| !id.is_empty()).map(Uuid::parse_str);
    let ids: Vec<Uuid> = ids
        .collect::<Result<_, _>>()
        .map_err(|_| ApiError(AppError::malformed("bad_id", "Ids of jobs are UUIDs, separated by commas.")))?;
    Ok(ok(jobs::export(&app, &ctx, &ids).await?.to_json()))
}

/// The job files that come with Muster.
#[utoipa::path(get, path = "/api/v1/jobs/examples", tag = "jobs", operation_id = "example_jobs", responses((status = 200, body = Data<Vec<ExampleView>>)))]
async fn examples(Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<ExampleView>>>> {
    Ok(ok(jobs::examples(&ctx)?))
}
