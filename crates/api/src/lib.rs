//! The one door: the HTTP API, its OpenAPI document, tracking and live events.
//!
//! Translates and nothing else: every decision is made in `muster-app`.

mod answer;
mod auth;
mod extract;
mod live;
mod routes;
mod session;
mod setup;

pub use routes::{openapi, router};
