//! `/api/v1/session`: signing in and out, and who I am.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use muster_app::profile::{self, Session};
use muster_app::{App, AppError, auth};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, ok};
use crate::auth::{Asker, COOKIE, cookie};
use crate::extract::Body;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_in, who_am_i, sign_out))
}

/// A password and whose it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SignIn {
    email: String,
    password: String,
}

/// Signs in; sets the session cookie.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn, responses((status = 200, body = Data<Session>), (status = 401, body = Failure), (status = 429, body = Failure)))]
async fn sign_in(State(app): State<App>, headers: HeaderMap, Body(body): Body<SignIn>) -> ApiResult<Response> {
    let agent =
        headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).map(|a| a.chars().take(200).collect::<String>());
    let signed_in = auth::sign_in(&app, &body.email, &body.password, agent.as_deref()).await?;
    let max_age = (signed_in.expires_at - app.now()) / 1000;
    let value = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}", signed_in.token);
    let session = profile::of_user(&app, signed_in.user).await?;
    let mut response = ok(session).into_response();
    let value = HeaderValue::from_str(&value).map_err(AppError::internal)?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = Data<Session>), (status = 401, body = Failure)))]
async fn who_am_i(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Session>>> {
    Ok(ok(profile::me(&app, &ctx).await?))
}

/// Signs out; the cookie is worth nothing afterwards.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 200, body = Data<bool>)))]
async fn sign_out(State(app): State<App>, headers: HeaderMap) -> ApiResult<Response> {
    if let Some(token) = cookie(&headers) {
        auth::sign_out(&app, token).await?;
    }
    let mut response = ok(true).into_response();
    response.headers_mut().insert(
        header::SET_COOKIE,
        HeaderValue::from_static("muster_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
    );
    Ok(response)
}
