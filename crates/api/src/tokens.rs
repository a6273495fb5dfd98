//! `/api/v1/tokens`: API tokens of programs that act for a person.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::users::{self, IssuedToken, NewToken, TokenView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, created, ok};
use crate::auth::Asker;
use crate::extract::{Body, Path};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// One's own tokens; an administrator sees everybody's.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", responses((status = 200, body = Data<Vec<TokenView>>)))]
async fn list(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<TokenView>>>> {
    Ok(ok(users::list_tokens(&app, &ctx).await?))
}

/// Makes a token; the answer has its secret, this once.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = NewToken, responses((status = 201, body = Data<IssuedToken>), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(new): Body<NewToken>,
) -> ApiResult<(StatusCode, Json<Data<IssuedToken>>)> {
    Ok(created(users::create_token(&app, &ctx, new).await?))
}

/// Ends a token.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens", params(("id" = Uuid, Path)), responses((status = 200, body = Data<bool>), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn revoke(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<bool>>> {
    users::revoke_token(&app, &ctx, id).await?;
    Ok(ok(true))
}
