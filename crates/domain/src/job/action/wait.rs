//! Waiting for a time, an event or a condition.

use serde::Serialize;
use serde_json::{Value, json};

use crate::job::condition::Condition;
use crate::job::fields::{Fields, Found};
use crate::job::limits::{MAX_CONDITION, MAX_NAME, MAX_SCRIPT};
use crate::time::parse_moment;

/// How often a condition is looked at, in seconds.
const EVERY_SECONDS: std::ops::RangeInclusive<i64> = 5..=3_600;
const DEFAULT_EVERY_SECONDS: i64 = 60;
/// Thirty days.
const MAX_SECONDS: i64 = 30 * 86_400;

/// What a step waits for. The step's `timeout_seconds` ends every wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Wait {
    /// So long.
    Seconds { seconds: i64 },
    /// A moment, RFC 3339, or a parameter: `:moment`.
    Until { until: String },
    /// Something that happens: its name, and a condition over its payload.
    Event {
        event: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        condition: Option<String>,
    },
    /// A condition over the columns of a query's first row, looked at every so often.
    Condition { query: String, condition: String, check_every_seconds: i64 },
}

impl Wait {
    pub(super) fn read(value: &Value, path: &str, found: &Found) -> Option<Self> {
        let short = match value {
            Value::Number(_) => json!({ "seconds": value }),
            Value::String(text) => match text.trim().parse::<i64>() {
                Ok(seconds) => json!({ "seconds": seconds }),
                Err(_) => json!({ "until": text }),
            },
            _ => Value::Null,
        };
        let mut fields = Fields::of(if short.is_null() { value } else { &short }, path, found)?;
        let seconds = fields.integer("seconds", &(1..=MAX_SECONDS));
        let until = fields.text("until", MAX_NAME);
        let event = fields.text("event", MAX_NAME);
        let query = fields.text("query", MAX_SCRIPT);
        let condition = fields.text("condition", MAX_CONDITION);
        let every = fields.integer("check_every_seconds", &EVERY_SECONDS);
        if let Some(Err(error)) = condition.as_deref().map(Condition::parse) {
            fields.refuse::<()>("condition", "bad_condition", error.to_string());
        }
        if until.as_deref().is_some_and(|text| !text.starts_with(':') && parse_moment(text).is_none()) {
            fields.refuse::<()>("until", "bad_moment", "Write the moment as 2026-11-24T10:41:00Z.");
        }
        let wait = match (fields.value("seconds").is_some(), until, event, query, condition) {
            (true, None, None, None, None) => seconds.map(|seconds| Self::Seconds { seconds }),
            (false, Some(until), None, None, None) => Some(Self::Until { until }),
            (false, None, Some(event), None, condition) => Some(Self::Event { event, condition }),
            (false, None, None, Some(query), Some(condition)) => {
                Some(Self::Condition { query, condition, check_every_seconds: every.unwrap_or(DEFAULT_EVERY_SECONDS) })
            }
            _ => found.refuse(
                path,
                "contradiction",
                "Write one of: seconds; until; event, with a condition or without; query with a condition.",
            ),
        };
        if every.is_some() && !matches!(wait, Some(Self::Condition { .. })) {
            fields.refuse::<()>(
                "check_every_seconds",
                "contradiction",
                "Only a query with a condition is looked at every so often.",
            );
        }
        fields.finish();
        wait
    }
}
