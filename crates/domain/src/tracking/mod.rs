//! Tracking of what people do with a message: signed addresses, links and who really looked.

pub mod address;
pub mod bounce;
pub mod hit;
pub mod links;
pub mod name;
pub mod token;

pub use address::Addresses;
pub use bounce::{ReturnPath, ReturnPathError};
pub use hit::{Hit, HitKind, Origin};
pub use name::MessageName;
pub use token::{MessageRef, TokenKey, TrackingToken};
