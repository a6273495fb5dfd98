//! What is wrong with criteria, collected with its path.

use crate::problem::Problem;

/// Problems kept at most; more would help nobody.
const MAX_PROBLEMS: usize = 50;

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(super) struct Refusals(Vec<Problem>);

impl Refusals {
    /// Notes a problem; gives `None`, so that parsing goes on with the next condition.
    pub fn refuse<T>(&mut self, path: &str, code: &str, message: impl Into<String>) -> Option<T> {
        if self.0.len() < MAX_PROBLEMS {
            self.0.push(Problem::new(path, code, message));
        }
        None
    }

    /// What was found.
    pub fn into_problems(self) -> Vec<Problem> {
        self.0
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// `conditions` inside nothing, `conditions[0].value` inside a path.
pub(super) fn join(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
}
