//! `Idempotency-Key`: one layer over all routes, and its description in the document.

use std::panic::resume_unwind;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use muster_app::idempotency::{self, Answer, Call, MAX_KEYS, Once};
use muster_app::{App, AppError, Ctx};
use muster_domain::idempotency::{Key, MAX_KEY};
use tracing::Instrument;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, OpenApi, Required, Type};

use crate::answer::ApiError;
use crate::auth::{Asker, Known};
use crate::extract;

const HEADER: &str = "Idempotency-Key";
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The largest body that any route with a key takes; each route still has its own limit.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Changes that take no key. Nobody is known yet who could own one (signing in, the first run), or the body is a file that is
/// not kept in memory: it only waits then for the start of its import, which takes a key.
const NOBODY_OR_FILE: &[(&str, &str)] = &[
    ("POST", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
    ("POST", "/api/v1/setup"),
    ("PUT", "/api/v1/setup/database"),
    ("POST", "/api/v1/customers/import"),
    // Its token is no person and no API token.
    ("POST", "/api/v1/hooks/jobs/{id}"),
];

/// Questions that change nothing and are asked while somebody types.
const QUESTIONS: &[(&str, &str)] = &[
    ("POST", "/api/v1/board/presence"),
    ("POST", "/api/v1/campaigns/{id}/preview"),
    ("POST", "/api/v1/jobs/check"),
    ("POST", "/api/v1/offers/{id}/preview"),
    ("POST", "/api/v1/segments/estimate"),
    ("POST", "/api/v1/templates/check"),
    ("POST", "/api/v1/templates/preview"),
];

fn takes_key(method: &str, path: &str) -> bool {
    let is_change = matches!(method, "POST" | "PUT" | "PATCH" | "DELETE");
    is_change && ![NOBODY_OR_FILE, QUESTIONS].concat().contains(&(method, path))
}

/// Does a call with a key once. Without a key, and where none is taken, nothing happens here.
pub async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_keyed = request.headers().contains_key(KEY)
        && request
            .extensions()
            .get::<MatchedPath>()
            .is_some_and(|path| takes_key(request.method().as_str(), path.as_str()));
    if !is_keyed {
        return next.run(request).await;
    }
    keyed(app, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn keyed(app: App, request: Request, next: Next) -> Result<Response, ApiError> {
    let key = key_of(request.headers())?;
    let (mut parts, body) = request.into_parts();
    let Asker(ctx) = Asker::from_request_parts(&mut parts, &app).await?;
    parts.extensions.insert(Known(ctx.clone()));
    let mut read = Request::new(body);
    DefaultBodyLimit::max(MAX_BODY_BYTES).apply(&mut read);
    let body = Bytes::from_request(read, &()).await.map_err(|e| extract::unreadable(&e))?;
    let request = Request::from_parts(parts, Body::from(body.clone()));
    // A task of its own: a caller who hangs up does not leave the call half done and its answer unkept.
    let call = tokio::spawn(do_once(app, ctx, key, request, body, next).in_current_span());
    match call.await {
        Ok(answered) => answered,
        Err(ended) if ended.is_panic() => resume_unwind(ended.into_panic()),
        Err(ended) => Err(ApiError(AppError::internal(ended))),
    }
}

async fn do_once(
    app: App,
    ctx: Ctx,
    key: Key,
    request: Request,
    body: Bytes,
    next: Next,
) -> Result<Response, ApiError> {
    let method = request.method().clone();
    let target = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let call = Call { key: &key, method: method.as_str(), target: &target, body: &body, max_keys: MAX_KEYS };
    let work = async { whole(next.run(request).await).await };
    match idempotency::once(&app, &ctx, &call, work).await? {
        Once::Now(response) => Ok(response),
        Once::Before(answer) => {
            let status = StatusCode::from_u16(answer.status).map_err(AppError::internal)?;
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (REPLAYED, HeaderValue::from_static("true")),
            ];
            Ok((status, headers, answer.body).into_response())
        }
    }
}

/// The answer as it can be kept, and as it goes out. What is no JSON came from no use case: it is not kept.
async fn whole(response: Response) -> (Option<Answer>, Response) {
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        let cut = AppError::internal("the answer to a call with an idempotency key broke off");
        return (None, ApiError(cut).into_response());
    };
    let is_json = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let answer = is_json.then(|| Answer { status: parts.status.as_u16(), body: body.to_vec() });
    (answer, Response::from_parts(parts, Body::from(body)))
}

fn key_of(headers: &HeaderMap) -> Result<Key, ApiError> {
    let mut values = headers.get_all(KEY).iter();
    let bad = |why: &str| {
        ApiError(AppError::malformed("bad_idempotency_key", format!("The header {HEADER} cannot be used: {why}.")))
    };
    let key = values.next().map_or(&[][..], HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(bad("it is there more than once"));
    }
    Key::parse(key).map_err(|e| bad(&e.to_string()))
}

/// What holds for every operation that takes the header.
const POLICY: &str = "\n\nIdempotency keys: a call with the header `Idempotency-Key` (1 to 255 printable ASCII characters, a random UUID for every new call) is done once. Repeated with the same method, path and body it gets the first answer again, with `Idempotency-Replayed: true`; 409 `idempotency_in_progress` with `Retry-After` while the first call is under way; 409 `idempotency_answer_lost` when it was carried out and its answer is lost; 422 `idempotency_key_reused` for another call. 401, 403, 429 and 5xx may be repeated with the same key. A key belongs to its API token or person and is forgotten after 24 hours.";

/// Describes the header, once in full and at every operation that takes it.
pub fn describe(document: &mut OpenApi) {
    document.info.description.get_or_insert_default().push_str(POLICY);
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::POST, &mut item.post),
            (Method::PUT, &mut item.put),
            (Method::PATCH, &mut item.patch),
            (Method::DELETE, &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation.as_mut().filter(|_| takes_key(method.as_str(), path)) {
                operation.parameters.get_or_insert_default().push(parameter());
            }
        }
    }
}

fn parameter() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(MAX_KEY)).build();
    ParameterBuilder::new()
        .name(HEADER)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("A random UUID that names the call: repeated with it, the call is not done twice."))
        .schema(Some(text))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_describes_the_key_but_those_that_take_none() {
        let document = serde_json::to_value(crate::openapi()).unwrap();
        let mut without = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let names = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["name"] == HEADER);
                match (method.as_str(), names.count()) {
                    ("get", 0) | ("post" | "put" | "patch" | "delete", 1) => {}
                    (_, 0) => without.push((method.to_uppercase(), path.clone())),
                    found => panic!("{path}: {found:?}"),
                }
            }
        }
        let mut listed: Vec<_> =
            [NOBODY_OR_FILE, QUESTIONS].concat().iter().map(|(m, p)| ((*m).to_owned(), (*p).to_owned())).collect();
        without.sort();
        listed.sort();
        assert_eq!(without, listed);
    }
}
