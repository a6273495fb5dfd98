//! Saved SQL and secrets of jobs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::jobs::{self, ScriptChange, ScriptInput, SecretValue, SqlScriptView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, created, ok};
use crate::auth::Asker;
use crate::extract::{Body, Path};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(create))
        .routes(routes!(get))
        .routes(routes!(change))
        .routes(routes!(delete))
        .routes(routes!(secrets))
        .routes(routes!(put_secret))
        .routes(routes!(delete_secret))
}

/// Saved scripts by name.
#[utoipa::path(get, path = "/api/v1/sql-scripts", tag = "jobs", operation_id = "list_sql_scripts", responses((status = 200, body = Data<Vec<SqlScriptView>>)))]
async fn list(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<SqlScriptView>>>> {
    Ok(ok(jobs::scripts(&app, &ctx).await?))
}

/// Saves a script.
#[utoipa::path(post, path = "/api/v1/sql-scripts", tag = "jobs", operation_id = "create_sql_script", request_body = ScriptInput,
    responses((status = 201, body = Data<SqlScriptView>), (status = 403, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<ScriptInput>,
) -> ApiResult<(StatusCode, Json<Data<SqlScriptView>>)> {
    Ok(created(jobs::create_script(&app, &ctx, &input).await?))
}

/// One saved script.
#[utoipa::path(get, path = "/api/v1/sql-scripts/{id}", tag = "jobs", operation_id = "get_sql_script", params(("id" = Uuid, Path)),
    responses((status = 200, body = Data<SqlScriptView>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<SqlScriptView>>> {
    Ok(ok(jobs::script(&app, &ctx, id).await?))
}

/// Changes a saved script. 409 when it is of another version by now.
#[utoipa::path(put, path = "/api/v1/sql-scripts/{id}", tag = "jobs", operation_id = "change_sql_script", params(("id" = Uuid, Path)), request_body = ScriptChange,
    responses((status = 200, body = Data<SqlScriptView>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn change(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(change): Body<ScriptChange>,
) -> ApiResult<Json<Data<SqlScriptView>>> {
    Ok(ok(jobs::change_script(&app, &ctx, id, &change).await?))
}

/// Deletes a saved script.
#[utoipa::path(delete, path = "/api/v1/sql-scripts/{id}", tag = "jobs", operation_id = "delete_sql_script", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Failure), (status = 404, body = Failure)))]
async fn delete(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    jobs::delete_script(&app, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The names of the secrets that steps may use.
#[utoipa::path(get, path = "/api/v1/job-secrets", tag = "jobs", operation_id = "list_job_secrets",
    responses((status = 200, body = Data<Vec<String>>), (status = 403, body = Failure)))]
async fn secrets(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<String>>>> {
    Ok(ok(jobs::secret_names(&app, &ctx).await?))
}

/// Keeps a secret, in place of the one of that name. It is never shown again.
#[utoipa::path(put, path = "/api/v1/job-secrets/{name}", tag = "jobs", operation_id = "put_job_secret", params(("name" = String, Path)), request_body = SecretValue,
    responses((status = 204), (status = 403, body = Failure), (status = 422, body = Failure)))]
async fn put_secret(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(name): Path<String>,
    Body(secret): Body<SecretValue>,
) -> ApiResult<StatusCode> {
    jobs::put_secret(&app, &ctx, &name, &secret).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a secret.
#[utoipa::path(delete, path = "/api/v1/job-secrets/{name}", tag = "jobs", operation_id = "delete_job_secret", params(("name" = String, Path)),
    responses((status = 204), (status = 403, body = Failure), (status = 404, body = Failure)))]
async fn delete_secret(State(app): State<App>, Asker(ctx): Asker, Path(name): Path<String>) -> ApiResult<StatusCode> {
    jobs::delete_secret(&app, &ctx, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
