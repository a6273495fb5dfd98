//! Who belongs to a segment: conditions over what customers are and what they did, read from JSON (SEG-2).
//!
//! ```json
//! { "logic": "AND", "conditions": [
//!     { "field": "tier", "operator": "in", "value": ["VIP", "Gold"] },
//!     { "logic": "OR", "conditions": [
//!         { "field": "last_purchase_date", "operator": "less_than", "value": "30 days ago" },
//!         { "field": "clicked", "operator": "did", "value": { "campaign_id": "…", "within_last": "7 days", "at_least": 2 } } ] },
//!     { "logic": "NOT", "conditions": [ { "field": "city", "operator": "equals", "value": "Garissa" } ] } ] }
//! ```
//!
//! - Missing `logic` is `AND`. `NOT` keeps whom none of its conditions matches. `"not": true` turns a group or one condition round;
//!   `{"not": {…}}` does the same around something.
//! - Every condition is either true or false of a customer, never unknown: `not_equals`, `not_in`, `not_within_last` and `did_not` are the exact
//!   opposites of `equals`, `in`, `within_last` and `did`, so they include customers without a value.
//! - `equals` and `in` compare texts as they are; `contains`, `starts_with` and `ends_with` take a–z and A–Z for the same.
//! - A calendar day (`"2026-01-28"`) is the whole day in UTC. `less_than` and its kin with a relative value (`"30 days ago"`) compare the age.
//! - Only active customers who did not opt out belong to a segment, unless it has a condition on `is_active` or `opted_out`, or says
//!   `"include_inactive": true` or `"include_opted_out": true` at the top.
//! - A short filter object (`{"client_types": ["Broker"], "last_order_max_days": 90}`) is turned into criteria ([`short`]).

pub mod behaviour;
pub mod field;
pub mod instant;
pub mod operator;
mod parse;
mod refusal;
pub mod short;
pub mod tree;
mod values;

#[cfg(test)]
mod tests;

pub use behaviour::{Behaviour, BehaviourKind};
pub use field::{AttributeField, CustomerField, Field, FieldKind};
pub use instant::{Span, When};
pub use operator::Operator;
pub use parse::parse;
pub use tree::{Condition, Criteria, Group, Logic, Node, Test};

/// Groups inside groups at most.
pub const MAX_DEPTH: usize = 12;
/// Conditions in one segment at most.
pub const MAX_CONDITIONS: usize = 200;
/// Values in one list at most.
pub const MAX_LIST: usize = 1_000;
/// Characters in one text value at most.
pub const MAX_TEXT: usize = 500;
