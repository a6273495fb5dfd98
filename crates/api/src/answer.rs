#![allow(dead_code, reason = "areas land one after the other")]
//! The envelope of every answer, and how a refusal becomes a status.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use muster_app::AppError;
use muster_app::idempotency;
use muster_app::page::{Page, Pagination, Stretch};
use muster_domain::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// `{ "success": true, "data": … }`
#[derive(Debug, Serialize, ToSchema)]
pub struct Data<T> {
    /// Always true.
    pub success: bool,
    pub data: T,
}

/// `{ "success": true, "data": […], "pagination": {…} }`
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// Always true.
    pub success: bool,
    pub data: Vec<T>,
    pub pagination: Pagination,
}

/// `{ "success": true, "data": […], "pagination": {…} }` of a list that is read on by a cursor.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scroll<T> {
    /// Always true.
    pub success: bool,
    pub data: Vec<T>,
    pub pagination: ScrollPosition,
}

/// Where a list goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScrollPosition {
    /// Rows there are in all.
    pub total_count: i64,
    /// `cursor` of the next question; none at the end.
    pub next_cursor: Option<String>,
}

/// `{ "success": false, "error": {…} }`
#[derive(Debug, Serialize, ToSchema)]
pub struct Failure {
    /// Always false.
    pub success: bool,
    pub error: FailureBody,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureBody {
    /// A word a program may branch on.
    pub code: String,
    /// For the person.
    pub message: String,
    pub details: Vec<Problem>,
}

/// Answers 200 with data.
pub fn ok<T: Serialize>(data: T) -> Json<Data<T>> {
    Json(Data { success: true, data })
}

/// Answers 201 with data.
pub fn created<T: Serialize>(data: T) -> (StatusCode, Json<Data<T>>) {
    (StatusCode::CREATED, ok(data))
}

/// Answers 200 with one page.
pub fn page<T: Serialize>(page: Page<T>) -> Json<List<T>> {
    Json(List { success: true, data: page.rows, pagination: page.pagination })
}

/// Answers 200 with one stretch of a list.
pub fn scroll<T: Serialize>(stretch: Stretch<T>) -> Json<Scroll<T>> {
    let pagination = ScrollPosition { total_count: stretch.total_count, next_cursor: stretch.next_cursor };
    Json(Scroll { success: true, data: stretch.rows, pagination })
}

/// A refusal on its way out; `?` turns an [`AppError`] into it.
#[derive(Debug)]
pub struct ApiError(pub AppError);

/// What a handler gives.
pub type ApiResult<T> = Result<T, ApiError>;

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, details) = match &self.0 {
            AppError::Malformed { code, details, .. } => (StatusCode::BAD_REQUEST, *code, details.clone()),
            AppError::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "unauthenticated", vec![]),
            AppError::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", vec![]),
            AppError::NotFound(_) => (StatusCode::NOT_FOUND, "not_found", vec![]),
            AppError::Conflict { code, .. } => (StatusCode::CONFLICT, *code, vec![]),
            AppError::Invalid { code, details, .. } => (StatusCode::UNPROCESSABLE_ENTITY, *code, details.clone()),
            AppError::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", vec![]),
            AppError::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", vec![]),
            AppError::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", vec![]),
        };
        let message = match &self.0 {
            AppError::Internal(cause) => {
                tracing::error!(cause, "request failed");
                String::from("Something failed inside Muster. Nothing was changed; try again. The log says more.")
            }
            other => other.to_string(),
        };
        let body = Failure { success: false, error: FailureBody { code: code.to_owned(), message, details } };
        let mut response = (status, Json(body)).into_response();
        let retry_after_ms = match self.0 {
            AppError::TooMany { retry_after_ms, .. } => Some(retry_after_ms),
            AppError::Conflict { code: idempotency::IN_PROGRESS, .. } => Some(idempotency::ASK_AGAIN_MS),
            _ => None,
        };
        if let Some(retry_after_ms) = retry_after_ms
            && let Ok(value) = HeaderValue::from_str(&((retry_after_ms + 999) / 1000).to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}
