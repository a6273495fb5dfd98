//! How things run: time, live state, leases, the sending path, rate budgets.
//!
//! Runs what is registered with it and never calls upward.

pub mod child;
pub mod clock;
pub mod delivery;
pub mod jobs;
pub mod live;
pub mod registry;
pub mod stages;
pub mod steps;
