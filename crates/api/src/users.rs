//! `/api/v1/users`: the people of the workspace, and what everybody changes about themselves.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::users::{
    self, Invited, NewUser, OwnChange, PasswordChange, SessionView, TemporaryPassword, UserChange, UserView,
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
        .routes(routes!(list, invite))
        .routes(routes!(change_own))
        .routes(routes!(change_password))
        .routes(routes!(update))
        .routes(routes!(reset_password))
        .routes(routes!(sessions, end_all))
        .routes(routes!(end_one))
}

/// The people of the workspace by name.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", responses((status = 200, body = Data<Vec<UserView>>)))]
async fn list(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<UserView>>>> {
    Ok(ok(users::list(&app, &ctx).await?))
}

/// Adds a person; the answer has the temporary password to give them, this once.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewUser, responses((status = 201, body = Data<Invited>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn invite(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(new): Body<NewUser>,
) -> ApiResult<(StatusCode, Json<Data<Invited>>)> {
    Ok(created(users::invite(&app, &ctx, new).await?))
}

/// Changes one's own name, language and preferences.
#[utoipa::path(patch, path = "/api/v1/users/me", tag = "users", request_body = OwnChange, responses((status = 200, body = Data<UserView>), (status = 422, body = Failure)))]
async fn change_own(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(change): Body<OwnChange>,
) -> ApiResult<Json<Data<UserView>>> {
    Ok(ok(users::change_own(&app, &ctx, change).await?))
}

/// Changes one's own password and ends all sessions: sign in with the new one.
#[utoipa::path(post, path = "/api/v1/users/me/password", tag = "users", request_body = PasswordChange, responses((status = 200, body = Data<bool>), (status = 422, body = Failure)))]
async fn change_password(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(change): Body<PasswordChange>,
) -> ApiResult<Json<Data<bool>>> {
    users::change_password(&app, &ctx, change).await?;
    Ok(ok(true))
}

/// Changes name, role or activity of a person.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", params(("id" = Uuid, Path)), request_body = UserChange, responses((status = 200, body = Data<UserView>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn update(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(change): Body<UserChange>,
) -> ApiResult<Json<Data<UserView>>> {
    Ok(ok(users::update(&app, &ctx, id, change).await?))
}

/// Gives a person a new temporary password, shown this once, and signs them out everywhere.
#[utoipa::path(post, path = "/api/v1/users/{id}/reset-password", tag = "users", params(("id" = Uuid, Path)), responses((status = 200, body = Data<TemporaryPassword>), (status = 404, body = Failure)))]
async fn reset_password(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<TemporaryPassword>>> {
    Ok(ok(users::reset_password(&app, &ctx, id).await?))
}

/// Where a person is signed in.
#[utoipa::path(get, path = "/api/v1/users/{id}/sessions", tag = "users", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Vec<SessionView>>)))]
async fn sessions(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<Vec<SessionView>>>> {
    Ok(ok(users::list_sessions(&app, &ctx, id).await?))
}

/// Signs a person out everywhere; the answer is how many sessions there were.
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions", tag = "users", params(("id" = Uuid, Path)), responses((status = 200, body = Data<u64>)))]
async fn end_all(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<u64>>> {
    Ok(ok(users::end_all(&app, &ctx, id).await?))
}

/// Ends one session of a person.
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions/{session}", tag = "users", params(("id" = Uuid, Path), ("session" = String, Path)), responses((status = 200, body = Data<bool>), (status = 404, body = Failure)))]
async fn end_one(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path((id, session)): Path<(Uuid, String)>,
) -> ApiResult<Json<Data<bool>>> {
    users::end_one(&app, &ctx, id, &session).await?;
    Ok(ok(true))
}
