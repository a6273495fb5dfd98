//! Message templates: what a person types, checked, compiled once and rendered for each recipient.
//!
//! A template is a subset of Jinja: `{{ field }}`, conditions, loops over what a recipient carries, and the filters of
//! [`filters`]. Bodies that are plain text also take the short form `{field}`. Nothing in here can read a file, call a
//! function, run for ever or see any other recipient than the one whose values are handed in:
//!
//! * the environment starts empty, without includes, macros or globals; filters and tests are an allow-list;
//! * the syntax tree is walked before anything is compiled, and what could grow without bound is refused ([`grammar`]);
//! * rendering burns fuel for each instruction and stops at [`MAX_OUTPUT_BYTES`].
//!
//! A missing value renders as nothing, never as its placeholder.

mod check;
mod compiled;
mod environment;
mod fields;
mod filters;
mod grammar;
mod html;
mod link;
mod number;
mod position;
mod problem;
mod rendered_text;
mod short_form;
pub(crate) mod suggest;
#[cfg(test)]
mod tests;
mod unclosed;
mod values;

pub use check::{ContentCheck, ContentSource, KnownNames, VariableSource, VariableUse, check_content, check_template};
pub use compiled::{CompiledContent, CompiledTemplate, RenderError, Rendered};
pub use environment::FILTERS;
pub use fields::{CUSTOMER_FIELDS, FieldInfo, FieldKind, MESSAGE_FIELDS, is_customer_field};
pub use filters::Language;
pub use html::html_to_text;
pub use link::with_parameters;
pub use number::format_money;
pub use problem::{Part, Severity, TemplateProblem};
pub use rendered_text::{Piece, RenderedText};
pub use values::{FieldValue, RecipientValues, StaticVariables};

/// Longest source of one part, in bytes. A mail of this size is clipped by every mail program long before.
pub const MAX_SOURCE_BYTES: usize = 512 * 1024;
/// Longest text that one part may render to, in bytes.
pub const MAX_OUTPUT_BYTES: usize = 1024 * 1024;
/// Text of a template that is shared between its messages instead of copied has so many bytes at least.
pub const SHARED_FROM: usize = 512;
/// Instructions that rendering one part may take.
pub const FUEL: u64 = 100_000;
