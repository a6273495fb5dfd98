//! The one door: the HTTP API, its OpenAPI document, tracking and live events.
//!
//! Translates and nothing else: every decision is made in `muster-app`.

mod answer;
mod approvals;
mod auth;
mod campaigns;
mod catalogue;
mod customers;
mod extract;
mod home;
mod jobs;
mod live;
mod offers;
mod providers;
mod routes;
mod runs;
mod session;
mod settings;
mod setup;
mod templates;

pub use routes::{openapi, router};
