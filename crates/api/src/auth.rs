//! Who asks: a session cookie from a browser or window, or a bearer token from a program.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use muster_app::{App, AppError, Ctx, auth};

use crate::answer::ApiError;

/// Name of the session cookie.
pub const COOKIE: &str = "muster_session";

/// The asker; refuses with 401.
pub struct Asker(pub Ctx);

/// An asker that a layer has looked up already: it stands with the request.
#[derive(Clone)]
pub struct Known(pub Ctx);

impl FromRequestParts<App> for Asker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if let Some(Known(ctx)) = parts.extensions.get() {
            return Ok(Self(ctx.clone()));
        }
        let correlation_id = parts
            .headers
            .get("x-correlation-id")
            .and_then(|v| v.to_str().ok())
            .filter(|v| v.len() <= 100)
            .map_or_else(|| app.new_id().to_string(), str::to_owned);
        let ctx = if let Some(token) = bearer(&parts.headers) {
            auth::bearer(app, token, &correlation_id).await?
        } else if let Some(token) = cookie(&parts.headers) {
            // A form on another site can send our cookie but neither JSON nor this header without asking us first.
            if parts.method != Method::GET && parts.method != Method::HEAD && !is_same_site(&parts.headers) {
                return Err(ApiError(AppError::Forbidden(String::from("This request came from another site."))));
            }
            auth::session(app, token, &correlation_id).await?
        } else {
            return Err(ApiError(AppError::Unauthenticated(String::from("Sign in first."))));
        };
        Ok(Self(ctx))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The session token of the cookie header.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|v| v.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

fn is_same_site(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").and_then(|v| v.to_str().ok()) {
        Some(site) => matches!(site, "same-origin" | "none"),
        // Old web views do not send it: JSON alone cannot come from a form.
        None => headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_none_or(|t| t.starts_with("application/json") || t.starts_with("multipart/form-data")),
    }
}
