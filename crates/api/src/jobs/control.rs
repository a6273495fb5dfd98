//! Starting, stopping and pausing jobs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::jobs::{self, ExecutionView, JobDetail, JobWebhook, PausedJobs, RerunRequest, ResumedJob, RunRequest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, created, ok};
use crate::auth::Asker;
use crate::extract::{Body, Path};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(run))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(pause_all))
        .routes(routes!(resume_all))
        .routes(routes!(webhook, remove_webhook))
        .routes(routes!(abort))
        .routes(routes!(rerun))
}

/// Starts a job now, paused or not. 409 when its own rules leave the start out, 422 for parameters that are missing or wrong.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/run", tag = "jobs", operation_id = "run_job", params(("id" = Uuid, Path)), request_body = RunRequest,
    responses((status = 201, body = Data<ExecutionView>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn run(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(request): Body<RunRequest>,
) -> ApiResult<(StatusCode, Json<Data<ExecutionView>>)> {
    Ok(created(jobs::run(&app, &ctx, id, &request).await?))
}

/// Pauses a job: nothing starts it but a person. What runs goes on.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/pause", tag = "jobs", operation_id = "pause_job", params(("id" = Uuid, Path)),
    responses((status = 200, body = Data<JobDetail>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn pause(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<JobDetail>>> {
    Ok(ok(jobs::pause(&app, &ctx, id).await?))
}

/// Lets a paused job go on, and says what it missed.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/resume", tag = "jobs", operation_id = "resume_job", params(("id" = Uuid, Path)),
    responses((status = 200, body = Data<ResumedJob>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn resume(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<ResumedJob>>> {
    Ok(ok(jobs::resume(&app, &ctx, id).await?))
}

/// Pauses all jobs but those that come with Muster.
#[utoipa::path(post, path = "/api/v1/jobs/pause-all", tag = "jobs", operation_id = "pause_all_jobs",
    responses((status = 200, body = Data<PausedJobs>), (status = 403, body = Failure)))]
async fn pause_all(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<PausedJobs>>> {
    Ok(ok(jobs::pause_all(&app, &ctx).await?))
}

/// Lets all jobs go on but those that come with Muster.
#[utoipa::path(post, path = "/api/v1/jobs/resume-all", tag = "jobs", operation_id = "resume_all_jobs",
    responses((status = 200, body = Data<PausedJobs>), (status = 403, body = Failure)))]
async fn resume_all(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<PausedJobs>>> {
    Ok(ok(jobs::resume_all(&app, &ctx).await?))
}

/// Gives the webhook of a job a token, in place of the one it had. It is shown this once.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/webhook", tag = "jobs", operation_id = "make_job_webhook", params(("id" = Uuid, Path)),
    responses((status = 201, body = Data<JobWebhook>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn webhook(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<(StatusCode, Json<Data<JobWebhook>>)> {
    Ok(created(jobs::make_webhook(&app, &ctx, id).await?))
}

/// Takes the token of a job's webhook away: nobody gets in until there is a new one.
#[utoipa::path(delete, path = "/api/v1/jobs/{id}/webhook", tag = "jobs", operation_id = "remove_job_webhook", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Failure), (status = 404, body = Failure)))]
async fn remove_webhook(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<StatusCode> {
    jobs::remove_webhook(&app, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops an execution. One that has not started is cancelled at once; one that runs is stopped by the node that runs it.
#[utoipa::path(post, path = "/api/v1/executions/{id}/abort", tag = "jobs", operation_id = "abort_execution", params(("id" = Uuid, Path)),
    responses((status = 200, body = Data<ExecutionView>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn abort(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<ExecutionView>>> {
    Ok(ok(jobs::abort(&app, &ctx, id).await?))
}

/// Does an execution again: as a whole, or from a step on.
#[utoipa::path(post, path = "/api/v1/executions/{id}/rerun", tag = "jobs", operation_id = "rerun_execution", params(("id" = Uuid, Path)), request_body = RerunRequest,
    responses((status = 201, body = Data<ExecutionView>), (status = 403, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn rerun(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(request): Body<RerunRequest>,
) -> ApiResult<(StatusCode, Json<Data<ExecutionView>>)> {
    Ok(created(jobs::rerun(&app, &ctx, id, &request).await?))
}
