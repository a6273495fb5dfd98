//! Bulk email: a client that keeps a connection busy.
//!
//! A [`Letter`] is an email ready for the wire. A [`Lane`] of a [`Relay`] sends letters over one connection and reports an
//! [`Outcome`](crate::Outcome) for each, in order. It runs ahead of the server's answers as far as the server says that it
//! may, and goes step by step where it may not.
//!
//! *Accepted* is only what the server answered with 250 after its body. *Unknown* is only what was handed over to its end
//! and whose answer was lost or made no sense. Everything else was certainly not accepted.

mod capabilities;
mod crew;
mod dialogue;
mod exchange;
mod lane;
mod letter;
mod open;
pub mod reply;
mod session;
mod wire;

pub use crew::Crew;
pub use lane::{Lane, Relay};
pub use letter::{Letter, Refused};
