//! What is wrong with something a person or a program gave, and where.

/// One thing that is wrong. The API gives them as `error.details[]`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// Where: `variants[1].weight`; empty for the whole.
    pub path: String,
    /// A word a program may branch on.
    pub code: String,
    /// For the person: what is wrong and what to do.
    pub message: String,
}

impl Problem {
    /// A problem at a path.
    pub fn new(path: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), code: code.into(), message: message.into() }
    }
}
