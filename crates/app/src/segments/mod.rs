//! Segments: who is meant. Lists, conditions, sizes, history.

mod compile;

pub use compile::{attribute_fields, compile, criteria_of, targeted};
