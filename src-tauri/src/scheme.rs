//! `app://localhost/`: the one origin of page and API in the window.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use tauri::{AppHandle, UriSchemeContext, UriSchemeResponder, Wry};

use crate::shell::Shell;

/// The scheme. Its pages are `app://localhost/…` on Linux and macOS, `http://app.localhost/…` on Windows.
pub const SCHEME: &str = "app";

/// Paths that the router answers; everything else is a file of the interface.
const ROUTED: [&str; 3] = ["/api/", "/t/", "/u/"];

/// Answers one request of the web view.
pub fn handle(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let routed = ROUTED.iter().any(|prefix| request.uri().path().starts_with(prefix));
        let answer = if routed { ask_router(&app, request).await } else { asset(&app, request.uri().path()) };
        responder.respond(answer);
    });
}

async fn ask_router(app: &AppHandle, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let (mut parts, body) = request.into_parts();
    // The router knows paths, not the scheme of the window.
    if let Some(path) = parts.uri.path_and_query() {
        parts.uri = path.clone().into();
    }
    let request = Request::from_parts(parts, Full::new(Bytes::from(body)));
    let (parts, body) = Shell::of(app).door.ask(request).await.into_parts();
    match body.collect().await {
        Ok(body) => {
            let mut answer = Response::from_parts(parts, body.to_bytes().to_vec());
            // The cookie stays in the shell; a page never sees it.
            answer.headers_mut().remove(header::SET_COOKIE);
            answer
        }
        Err(error) => {
            tracing::error!(%error, "the body of an answer broke off");
            plain(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// A file of the interface. A path without a file is a route of the page, so it gets the page itself.
fn asset(app: &AppHandle, path: &str) -> Response<Vec<u8>> {
    let assets = app.asset_resolver();
    let wanted = path.trim_start_matches('/');
    let wanted = if wanted.is_empty() { "index.html" } else { wanted };
    let found = assets.get(wanted.to_owned());
    let is_file = wanted.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if found.is_none() && is_file {
        return plain(StatusCode::NOT_FOUND);
    }
    let Some(asset) = found.or_else(|| assets.get("index.html".to_owned())) else {
        return plain(StatusCode::NOT_FOUND);
    };
    let mut answer = Response::new(asset.bytes);
    let headers = answer.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&asset.mime_type) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(policy) = asset.csp_header.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

fn plain(status: StatusCode) -> Response<Vec<u8>> {
    let mut answer = Response::new(Vec::new());
    *answer.status_mut() = status;
    answer
}
