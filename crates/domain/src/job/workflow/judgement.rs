//! Whether what a step did is what was asked of it: validation queries, row counts, the size of its output.

use serde_json::{Map, Value};

use super::state::Failure;
use crate::job::limits::MAX_OUTPUT_BYTES;
use crate::job::step::Step;
use crate::job::words::FailureCode;

/// What a step did that ran to its end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Rows that it gave or changed, where it counts any.
    pub rows: Option<i64>,
    /// The first value of the first row of `post_validation_query`; none where it gave no row or there is no query.
    pub post_validation: Option<Value>,
    /// What it gives to later steps.
    pub output: Map<String, Value>,
    /// For the person: which part of its work it could not do, though it did the rest. That fails nothing, and is told.
    pub left_undone: Option<String>,
}

/// Judges the first value of the first row of `pre_validation_query`; none where it gave no row.
pub fn pre_validation(first: Option<&Value>) -> Option<Failure> {
    let message = match first {
        Some(value) if says_yes(value) => return None,
        Some(value) => format!("The step was not started: the check before it gave {value}."),
        None => String::from("The step was not started: the check before it gave no row."),
    };
    Some(Failure::new(FailureCode::PreValidation, message))
}

/// Why a step that ran to its end has failed nevertheless; none when all is as expected.
pub(super) fn judge(step: &Step, outcome: &Outcome) -> Option<Failure> {
    let size = Value::Object(outcome.output.clone()).to_string().len();
    if size > MAX_OUTPUT_BYTES {
        let words = format!(
            "The step gives {size} bytes to later steps; {MAX_OUTPUT_BYTES} are allowed. Give them fewer values, or a file."
        );
        return Some(Failure::new(FailureCode::OutputTooLarge, words));
    }
    let counts = step.expected_row_count_min.is_some() || step.expected_row_count_max.is_some();
    match (&step.post_validation_query, counts) {
        (None, false) => None,
        (None, true) => match outcome.rows {
            Some(rows) => row_count(step, rows),
            None => Some(Failure::new(
                FailureCode::RowCount,
                "The step is expected to count rows, but it counts none: leave the expectation out, or add a check after the step.",
            )),
        },
        (Some(_), counts) => {
            let no = |words: String| Some(Failure::new(FailureCode::PostValidation, words));
            match &outcome.post_validation {
                None => no(String::from("The step ran, but the check after it gave no row.")),
                Some(value) if counts => match value.as_i64() {
                    Some(rows) => row_count(step, rows),
                    None => no(format!("The step ran, but the check after it gave {value}, not a number of rows.")),
                },
                Some(value) if says_yes(value) => None,
                Some(value) => no(format!("The step ran, but the check after it gave {value}.")),
            }
        }
    }
}

fn row_count(step: &Step, rows: i64) -> Option<Failure> {
    let (min, max) = (step.expected_row_count_min, step.expected_row_count_max);
    if min.is_none_or(|min| rows >= min) && max.is_none_or(|max| rows <= max) {
        return None;
    }
    let expected = match (min, max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => String::from("any number"),
    };
    Some(Failure::new(
        FailureCode::RowCount,
        format!("The step ran, but found {rows} rows where {expected} are expected."),
    ))
}

/// `false`, `0`, `null` and the texts that mean them say no.
fn says_yes(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_it) => *is_it,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim().to_ascii_lowercase().as_str(), "" | "0" | "f" | "false" | "no"),
        Value::Array(_) | Value::Object(_) => true,
    }
}
