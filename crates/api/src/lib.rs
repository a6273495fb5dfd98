//! The one door: the HTTP API, its OpenAPI document, tracking and live events.
//!
//! Translates and nothing else: every decision is made in `muster-app`.

mod answer;
mod auth;
mod board;
mod catalogue;
mod campaigns;
mod customers;
mod extract;
mod home;
mod jobs;
mod live;
mod offers;
mod providers;
mod redemptions;
mod responses;
mod routes;
mod runs;
mod session;
mod settings;
mod setup;
mod templates;
mod track;
mod unsubscribe_page;

pub use routes::{openapi, router};
