//! What a campaign, a segment, an offer, a customer … is and may do.
//!
//! Pure: no I/O, no clock, no randomness. Time, ids and randomness come in as parameters.

#[macro_use]
mod text_enum;
pub use text_enum::UnknownWord;

pub mod campaign;
pub mod card;
pub mod channel;
pub mod clock;
pub mod creative;
pub mod criteria;
pub mod customer;
pub mod dead_letter;
pub mod domain_limit;
pub mod email_address;
pub mod experiment;
pub mod idempotency;
pub mod import;
pub mod incoming;
pub mod job;
pub mod money;
pub mod offer;
pub mod pace;
pub mod phone;
pub mod plan;
pub mod policy;
pub mod problem;
pub mod published;
pub mod rates;
pub mod recipient;
pub mod recurrence;
pub mod reference;
pub mod reply;
pub mod role;
pub mod segment;
pub mod sms;
pub mod storable;
pub mod template;
pub mod time;
pub mod tracking;
pub mod warm_up;
pub mod workspace;
pub mod zone;
