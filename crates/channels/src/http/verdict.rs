//! From an HTTP answer to an [`Outcome`], where all providers agree.

use serde_json::Value;

use super::client::{HttpAnswer, HttpError};
use crate::{Outcome, Reason, RejectKind, RetryScope};

/// What a request without an answer means.
pub(super) fn unanswered(error: HttpError) -> Outcome {
    match error {
        HttpError::NotSent(text) => for_the_provider(Reason::text(text)),
        HttpError::NoAnswer(text) => Outcome::Unknown { reason: Reason::text(text) },
    }
}

/// What an answer outside 2xx means by its status alone. `text` is what the provider said.
pub(super) fn by_status(answer: &HttpAnswer, text: &str) -> Outcome {
    let status = answer.status.as_u16();
    let reason = Reason::code(status, if text.trim().is_empty() { "no explanation" } else { text });
    match status {
        // A gateway in between gave up on the provider, which may have taken the message.
        502 | 504 => Outcome::Unknown { reason },
        413 | 414 => Outcome::Reject { kind: RejectKind::Content, reason },
        // Redirects are not followed; credentials, money, paths and rates concern every message.
        300..=399 | 401..=405 | 407 | 408 | 410 | 425 | 429 | 500.. => {
            Outcome::Retry { after: answer.retry_after, scope: RetryScope::Provider, reason }
        }
        _ => Outcome::Reject { kind: RejectKind::Other, reason },
    }
}

/// An answer that says success in its status and nothing that can be understood in its body.
pub(super) fn unreadable(answer: &HttpAnswer) -> Outcome {
    let text = format!("the answer was not understood: {}", answer.body);
    Outcome::Unknown { reason: Reason::code(answer.status.as_u16(), text) }
}

/// The provider as a whole is in trouble, or our configuration of it is.
pub(super) fn for_the_provider(reason: Reason) -> Outcome {
    Outcome::Retry { after: None, scope: RetryScope::Provider, reason }
}

/// The body as JSON, or null.
pub(super) fn json(answer: &HttpAnswer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or(Value::Null)
}
