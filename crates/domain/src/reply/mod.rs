//! Replies of customers: what they wrote, what it means, and where it goes.
//!
//! [`quote`] takes away what the mail client added, [`rules`] and [`absence`] decide what must not
//! depend on a model (opt-out, bounces, absences), [`model`] decides the rest, [`routing`] says which
//! queue gets a card. Nothing here needs a network.

pub mod absence;
pub mod classify;
mod corpus;
pub mod dates;
pub mod disposition;
pub mod model;
pub mod normalise;
pub mod quote;
pub mod routing;
pub mod rules;
mod sentiment;
mod summary;

pub use classify::{Classification, Classifier, Correction, DecidedBy, ReplyInput, Sender};
pub use disposition::{Disposition, Sentiment};
pub use routing::{Route, RoutingTable};
