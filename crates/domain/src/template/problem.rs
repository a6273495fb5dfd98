//! What is wrong with a template, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The part of a message that a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Subject of a mail, title of a push notification. Plain text on one line.
    Subject,
    /// The line that mail programs show beside the subject. Plain text on one line.
    Preheader,
    /// Text body: SMS, WhatsApp, push, or the text alternative of a mail.
    Text,
    /// HTML body of a mail. The only part whose values are escaped.
    Html,
}

impl Part {
    /// The name in the API and in problem lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Subject => "subject",
            Part::Preheader => "preheader",
            Part::Text => "text",
            Part::Html => "html",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a problem stops the template from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Must be mended before the template is used.
    Error,
    /// Worth a look.
    Warning,
}

/// One mistake in a template, at its place in the source as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateProblem {
    /// The part it is in.
    pub part: Part,
    /// Whether it has to be mended.
    pub severity: Severity,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters (Unicode scalar values).
    pub column: u32,
    /// Line on which it ends, from 1.
    pub end_line: u32,
    /// Column after its last character.
    pub end_column: u32,
    /// What kind of mistake: `syntax_error`, `unknown_variable`, `unknown_filter`, `unknown_test`, `unknown_function`, `not_allowed`,
    /// `too_long`, `bad_argument`, `shadowed_variable`, `empty_variable`, `missing_unsubscribe_link`.
    pub code: &'static str,
    /// What to tell the person.
    pub message: String,
    /// What to write instead, when there is a likely candidate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}
