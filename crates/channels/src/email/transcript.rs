//! What was said on a connection, for a person who looks for the fault.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{Line, Speaker};

/// Takes down what is said, or nothing. Passwords and messages are never handed to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Transcript(Option<Arc<Mutex<Vec<Line>>>>);

impl Transcript {
    /// One that is kept.
    pub(super) fn kept() -> Self {
        Self(Some(Arc::default()))
    }

    /// Notes a line; several when the server said several.
    pub(super) fn note(&self, by: Speaker, text: impl FnOnce() -> String) {
        if let Some(lines) = &self.0 {
            let text = text();
            let said = text.lines().filter(|line| !line.is_empty()).map(|line| Line { by, text: line.to_owned() });
            lines.lock().unwrap_or_else(PoisonError::into_inner).extend(said);
        }
    }

    /// What was said so far.
    pub(super) fn lines(&self) -> Vec<Line> {
        self.0.as_ref().map(|lines| lines.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }
}
