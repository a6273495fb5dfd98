//! Tracking of what people do with a message: signed addresses, links and who really looked.

pub mod hit;
pub mod links;
pub mod token;

pub use hit::{Hit, HitKind, Origin};
pub use token::{TokenKey, TrackingToken};
