//! The one door: the HTTP API, its OpenAPI document, tracking and live events.
//!
//! Translates and nothing else: every decision is made in `muster-app`.

mod answer;
mod approvals;
mod audit;
mod auth;
mod board;
mod campaigns;
mod catalogue;
mod customers;
mod dead_letters;
mod extract;
mod home;
mod idempotency;
mod jobs;
mod live;
mod mailboxes;
mod offers;
mod plans;
mod providers;
mod redemptions;
mod responses;
mod routes;
mod runs;
mod sandbox;
mod segments;
mod session;
mod settings;
mod setup;
mod templates;
mod tokens;
mod track;
mod unsubscribe_page;
mod users;
mod waiting;

pub use routes::{openapi, router};
