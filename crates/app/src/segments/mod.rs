//! Segments: who is meant. Lists, conditions, sizes, history.

mod compile;
mod edit;
mod estimate;
mod fields;
mod history;
mod members;
mod views;

pub use compile::{attribute_fields, compile, criteria_of, targeted};
pub use edit::{archive, change, create, get, list, restore};
pub use estimate::estimate;
pub use fields::fields;
pub use history::{evaluate, record, runs};
pub use members::{add_members, members, remove_members};
pub use views::*;
