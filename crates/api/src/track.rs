//! The public addresses of messages: pixel, redirect, unsubscribe page. Outside `/api/v1`, without sign-in; the token is
//! the whole authority.

use axum::Router;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use muster_app::tracking::{self, TrackHit};
use muster_app::{App, AppError};
use muster_domain::channel::Channel;

use crate::unsubscribe_page::{Shown, invalid, page};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/t/o/{token}", get(open))
        .route("/t/c/{token}", get(click))
        .route("/u/{token}", get(preferences).post(unsubscribe))
}

type Fields = Vec<(String, String)>;

/// A transparent GIF of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

fn hit<'a>(method: &'a Method, headers: &'a HeaderMap) -> TrackHit<'a> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let purpose = ["sec-purpose", "purpose", "x-purpose", "x-moz"].into_iter().find_map(text);
    TrackHit { method: method.as_str(), user_agent: text("user-agent"), purpose }
}

/// The pixel comes whatever happens: a broken picture in a message helps nobody.
async fn open(State(app): State<App>, method: Method, headers: HeaderMap, Path(token): Path<String>) -> Response {
    let token = token.strip_suffix(".gif").unwrap_or(&token);
    match tracking::open(&app, token, hit(&method, &headers)).await {
        Ok(()) | Err(AppError::NotFound(_)) => {}
        Err(error) => tracing::error!(%error, "an open was not counted"),
    }
    ([(header::CONTENT_TYPE, "image/gif"), (header::CACHE_CONTROL, "no-store, private")], PIXEL).into_response()
}

/// Leads to the stored link. A token that is not ours leads nowhere.
async fn click(State(app): State<App>, method: Method, headers: HeaderMap, Path(token): Path<String>) -> Response {
    match tracking::click(&app, &token, hit(&method, &headers)).await {
        Ok(target) => {
            let headers = [(header::LOCATION, target), (header::REFERRER_POLICY, String::from("no-referrer"))];
            (StatusCode::FOUND, headers).into_response()
        }
        Err(error) => refused(&error),
    }
}

/// Shows the page and changes nothing: link scanners follow links.
async fn preferences(State(app): State<App>, Path(token): Path<String>) -> Response {
    match tracking::preferences(&app, &token).await {
        Ok(found) => html(StatusCode::OK, page(&found, Shown::Choose)),
        Err(error) => refused(&error),
    }
}

/// One click (RFC 8058: `List-Unsubscribe=One-Click`), the page's button, or the choice of channels.
///
/// The one click may come as any kind of form; only the page's own choice has fields that matter.
async fn unsubscribe(
    State(app): State<App>,
    Path(token): Path<String>,
    form: Result<Form<Fields>, FormRejection>,
) -> Response {
    let form = form.map(|f| f.0).unwrap_or_default();
    let is_choice = form.iter().any(|(k, v)| k == "action" && v == "save");
    let result = if is_choice {
        let wanted: Vec<Channel> =
            form.iter().filter(|(k, _)| k == "channel").filter_map(|(_, v)| v.parse().ok()).collect();
        tracking::save_preferences(&app, &token, &wanted).await.map(|p| (p, Shown::Saved))
    } else {
        tracking::unsubscribe(&app, &token).await.map(|p| (p, Shown::Unsubscribed))
    };
    match result {
        Ok((found, shown)) => html(StatusCode::OK, page(&found, shown)),
        Err(error) => refused(&error),
    }
}

fn refused(error: &AppError) -> Response {
    match error {
        AppError::NotFound(_) => html(StatusCode::NOT_FOUND, invalid()),
        error => {
            tracing::error!(%error, "a public address failed");
            html(StatusCode::INTERNAL_SERVER_ERROR, invalid())
        }
    }
}

fn html(status: StatusCode, text: String) -> Response {
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store, private"),
    ];
    (status, headers, Html(text)).into_response()
}
