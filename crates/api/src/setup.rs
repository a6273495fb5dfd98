//! `/api/v1/setup`: the first run.

use axum::Json;
use axum::extract::State;
use muster_app::sample::Sample;
use muster_app::setup::{DatabaseChoice, SetupRequest, SetupState};
use muster_app::{App, setup};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, ok};
use crate::auth::Asker;
use crate::extract::Body;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(state, run)).routes(routes!(database)).routes(routes!(sample))
}

/// Whether Muster still has to be set up.
#[utoipa::path(get, path = "/api/v1/setup", tag = "session", responses((status = 200, body = Data<SetupState>)))]
async fn state(State(app): State<App>) -> ApiResult<Json<Data<SetupState>>> {
    Ok(ok(setup::state(&app).await?))
}

/// Creates the workspace and its administrator; sign in afterwards.
#[utoipa::path(post, path = "/api/v1/setup", tag = "session", request_body = SetupRequest, responses((status = 200, body = Data<bool>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn run(State(app): State<App>, Body(body): Body<SetupRequest>) -> ApiResult<Json<Data<bool>>> {
    setup::run(&app, body).await?;
    Ok(ok(true))
}

/// Chooses a PostgreSQL database before the first run; it is used from the next start on.
#[utoipa::path(put, path = "/api/v1/setup/database", tag = "session", request_body = DatabaseChoice,
    responses((status = 200, body = Data<bool>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn database(State(app): State<App>, Body(body): Body<DatabaseChoice>) -> ApiResult<Json<Data<bool>>> {
    setup::choose_database(&app, body).await?;
    Ok(ok(true))
}

/// Fills an empty workspace with a sample: customers, segments, offers, campaigns, replies. Takes some seconds.
#[utoipa::path(post, path = "/api/v1/setup/sample", tag = "session",
    responses((status = 200, body = Data<Sample>), (status = 403, body = Failure), (status = 409, body = Failure)))]
async fn sample(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Sample>>> {
    Ok(ok(muster_app::sample::load(&app, &ctx).await?))
}
