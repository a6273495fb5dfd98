#![allow(dead_code, reason = "areas land one after the other")]
//! What comes in: JSON with precise errors and in either spelling, page numbers. What cannot be read is refused in the envelope
//! of every answer.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{self, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use muster_app::AppError;
use muster_app::page::PageRequest;
use muster_domain::problem::Problem;
use muster_domain::storable;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::ApiError;

/// A JSON body. Keys may be written in camelCase or snake_case; errors name the path (400).
pub struct Body<T>(pub T);

/// Below these keys people's own names begin: they are left as they are.
const FREE_FORM: &[&str] = &[
    "variables",
    "attributes",
    "parameters",
    "criteria",
    "filter",
    "headers",
    "triggerCondition",
    "executionContext",
    "conditionConfig",
    "mapping",
    "values",
    "data",
    // as in job files
    "definition",
    "dependencies",
];

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|e| unreadable(&e))?;
        parse(&bytes).map(Body).map_err(ApiError)
    }
}

/// The refusal of a body that is too large or breaks off.
pub fn unreadable(error: &BytesRejection) -> ApiError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        ApiError(AppError::TooLarge(String::from("The request is too large.")))
    } else {
        ApiError(AppError::malformed("bad_body", "The request's body could not be read."))
    }
}

/// A JSON body as it was written: job files and events have names of their own. An empty one is null.
pub struct AsWritten(pub Value);

impl<S: Send + Sync> FromRequest<S> for AsWritten {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|e| unreadable(&e))?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Value::Null));
        }
        read(&bytes).map(Self).map_err(ApiError)
    }
}

/// JSON as it can be kept.
fn read(bytes: &[u8]) -> Result<Value, AppError> {
    let mut value = serde_json::from_slice(bytes).map_err(|e| not_json(&e))?;
    storable::json(&mut value);
    Ok(value)
}

fn not_json(error: &serde_json::Error) -> AppError {
    AppError::Malformed {
        code: "bad_json",
        message: format!("The body is not JSON: line {}, column {}.", error.line(), error.column()),
        details: vec![],
    }
}

/// Reads a body.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let bytes = if bytes.iter().all(u8::is_ascii_whitespace) { b"{}" } else { bytes };
    let mut value = read(bytes)?;
    normalise(&mut value);
    serde_path_to_error::deserialize(value).map_err(|e| {
        let path = e.path().to_string();
        let path = if path == "." { String::new() } else { path };
        let reason = e.into_inner().to_string();
        let code = if reason.starts_with("missing field") { "missing_field" } else { "wrong_type" };
        AppError::Malformed {
            code: "malformed",
            message: format!("{reason}{}{path}", if path.is_empty() { "" } else { " at " }),
            details: vec![Problem::new(path, code, reason)],
        }
    })
}

fn normalise(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let old = std::mem::take(map);
            for (key, mut inner) in old {
                let key = camel(&key);
                if !FREE_FORM.contains(&key.as_str()) {
                    normalise(&mut inner);
                }
                map.insert(key, inner);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(normalise),
        _ => {}
    }
}

/// `send_rate_per_hour` → `sendRatePerHour`; what has no underscore inside stays.
fn camel(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut chars = key.chars();
    while let Some(c) = chars.next() {
        match c {
            '_' if !out.is_empty() => out.extend(chars.next().into_iter().flat_map(char::to_uppercase)),
            c => out.push(c),
        }
    }
    out
}

/// What stands in an address. Nothing stands under an id that cannot be one.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|extract::Path(value)| Self(value))
            .map_err(|_| ApiError(AppError::NotFound("thing under this address")))
    }
}

/// What stands behind an address.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|extract::Query(value)| Self(value)).map_err(|error| {
            // Its sentence begins with axum's own words; behind them is which parameter, and why.
            let why = std::error::Error::source(&error).map_or_else(|| error.body_text(), ToString::to_string);
            ApiError(AppError::malformed("bad_query", format!("The query cannot be read: {why}.")))
        })
    }
}

#[derive(Debug, Deserialize)]
struct PageQuery {
    page: Option<String>,
    #[serde(alias = "pageSize")]
    page_size: Option<String>,
}

/// `?page=&pageSize=`, clamped.
pub struct Paging(pub PageRequest);

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(query) = Query::<PageQuery>::from_request_parts(parts, state).await?;
        let number = |text: Option<String>| text.and_then(|t| t.trim().parse().ok());
        Ok(Self(PageRequest::new(number(query.page), number(query.page_size))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    struct Sample {
        batch_size: i64,
        variables: Value,
    }

    #[test]
    fn both_spellings_are_taken_and_free_names_are_kept() {
        let snake: Sample = parse(br#"{"batch_size": 5, "variables": {"expiry_date": "x"}}"#).unwrap();
        assert_eq!(snake, Sample { batch_size: 5, variables: json!({"expiry_date": "x"}) });
        let camel: Sample = parse(br#"{"batchSize": 5, "variables": {}}"#).unwrap();
        assert_eq!(camel.batch_size, 5);
    }

    #[test]
    fn errors_name_the_place() {
        let AppError::Malformed { details, .. } =
            parse::<Sample>(br#"{"batchSize": "five", "variables": 1}"#).unwrap_err()
        else {
            panic!()
        };
        assert_eq!((details[0].path.as_str(), details[0].code.as_str()), ("batchSize", "wrong_type"));
        assert!(matches!(parse::<Sample>(b"{"), Err(AppError::Malformed { code: "bad_json", .. })));
    }
}
