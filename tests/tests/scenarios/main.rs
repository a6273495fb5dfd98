//! Scenario tests: one program, so that it links once. One file per area, in alphabetical order.

mod absences;
mod access;
mod approvals;
mod audit;
mod board;
mod campaigns;
mod customer_import;
mod customers;
mod database;
mod dead_letters;
mod doubt;
mod home;
mod idempotency;
#[path = "../../../crates/channels/tests/judge/mod.rs"]
mod judge;
mod offers;
mod policies;
mod providers;
mod rates;
mod redemptions;
mod relays;
mod replies;
mod runs;
mod sandbox;
mod scheduler;
mod segment_oracle;
mod segment_people;
mod segments;
mod settings;
mod several_relays;
mod tracking;
mod users;
mod waiting;
