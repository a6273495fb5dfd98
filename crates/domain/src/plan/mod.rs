//! Campaign plans (PLN-1, PLN-2, PLN-4): a state machine that every contact goes through on its own.
//!
//! [`read`] makes a [`Plan`] of its JSON and names what is wrong; [`Plan::arrive`] and [`Plan::react`] are the machine: what a
//! node wants when a contact comes to it, and where the contact goes when something happens.
//!
//! What counts, and when:
//! - Events of messages are of the last message that the plan sent to the contact. What has happened to it counts also when it
//!   happened before the contact came to the node: then its transition fires at once, in the order of the node's transitions.
//! - The transitions of a node count once its action was carried out; those of a wait, and events of one's own naming, from
//!   the moment in which the contact comes to it. On a `send`, the action is carried out when the message is handed to the
//!   sending path; `done` is when it has left.
//! - `within` and `after` are counted from the actual sending of that message, `within` from the arrival where nothing was sent.
//! - A timeout (`no_open` …) fires only while what it is about has not happened.

mod checks;
mod event;
mod machine;
mod model;
mod read;
mod schema;
mod span;
mod timing;

#[cfg(test)]
mod machine_tests;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod schema_tests;

pub use event::Event;
pub use machine::{Arrival, Contact, Ending, Facts, Message, Reaction, Timeout};
pub use model::{
    Action, ActionKind, CreateCard, Node, Plan, PlanQuietHours, Schedule, Send, SendContent, Transition,
    UpdateCustomer, Webhook,
};
pub use read::{Reading, read};
pub use schema::schema;
pub use span::Span;

/// The only version of the language of plans.
pub const VERSION: &str = "1.0";
pub const MAX_NODES: usize = 200;
pub const MAX_TRANSITIONS: usize = 20;
/// Bytes of a plan's JSON that are kept.
pub const MAX_BYTES: usize = 1_000_000;
/// Characters of a subject, and of a body.
pub const MAX_SUBJECT: usize = 500;
pub const MAX_BODY: usize = 100_000;
/// What a branch's condition may name: the customer's fields and attributes, and whether it happened to the last message.
pub const CONDITION_NAMES: [&str; 8] =
    ["customer", "delivered", "opened", "clicked", "replied", "bounced", "unsubscribed", "converted"];

/// A plan to begin with: an introduction, and one more message for those who have not opened or answered it.
pub const EXAMPLE: &str = include_str!("examples/introduction.json");
