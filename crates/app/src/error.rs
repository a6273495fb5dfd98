//! What a use case may answer instead of doing it. The API maps each to a status; the text is for the person.

use muster_db::DbError;
use muster_domain::problem::Problem;
use thiserror::Error;

/// Why something was not done.
#[derive(Debug, Error)]
pub enum AppError {
    /// 400: the request itself is malformed.
    #[error("{message}")]
    Malformed { code: &'static str, message: String, details: Vec<Problem> },
    /// 401: nobody is signed in, or the sign-in failed.
    #[error("{0}")]
    Unauthenticated(String),
    /// 403: the role does not allow it.
    #[error("{0}")]
    Forbidden(String),
    /// 404, also for what belongs to another workspace.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// 409: the state of things does not allow it.
    #[error("{message}")]
    Conflict { code: &'static str, message: String },
    /// 422: well-formed, but not valid.
    #[error("{message}")]
    Invalid { code: &'static str, message: String, details: Vec<Problem> },
    /// 413.
    #[error("{0}")]
    TooLarge(String),
    /// 429.
    #[error("{message}")]
    TooMany { message: String, retry_after_ms: i64 },
    /// 500: the person gets a reference, the log gets the cause.
    #[error("something failed inside Muster: {0}")]
    Internal(String),
}

/// Result of a use case.
pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    /// 409 with a code to branch on.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into() }
    }
    /// 422 with a code to branch on.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { code, message: message.into(), details: Vec::new() }
    }
    /// 422 for several problems; the first gives the code and the message's beginning.
    pub fn problems(details: Vec<Problem>) -> Self {
        let message = match details.as_slice() {
            [one] => one.message.clone(),
            [first, ..] => format!("{} There are {} problems in all.", first.message, details.len()),
            [] => String::from("The input is not valid."),
        };
        Self::Invalid { code: "validation_failed", message, details }
    }
    /// The same about a part of what was given: its paths begin with that of the part.
    pub fn below(mut self, part: &str) -> Self {
        if let Self::Invalid { details, .. } = &mut self {
            details.iter_mut().for_each(|one| one.path = format!("{part}.{}", one.path));
        }
        self
    }
    /// 400 with a code to branch on.
    pub fn malformed(code: &'static str, message: impl Into<String>) -> Self {
        Self::Malformed { code, message: message.into(), details: Vec::new() }
    }
    /// 500 from any error: the text goes to the log only.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Stale { what } => Self::Conflict {
                code: "stale",
                message: format!(
                    "This {what} was changed by somebody else meanwhile. Load it again and repeat your change."
                ),
            },
            DbError::ClaimLost => crate::idempotency::in_progress(),
            DbError::Duplicate { .. } => {
                Self::Conflict { code: "duplicate", message: String::from("There is one like this already.") }
            }
            other => Self::Internal(other.to_string()),
        }
    }
}
