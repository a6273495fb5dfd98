//! Jobs: what they are, when they are due, what they wait for, and how their steps run (JOB-2 to JOB-7).
//!
//! Reading a job file gives [`file::JobFile`]; [`schedule`] and [`catch_up`] say when a job is due, [`overlap`] whether it
//! may start beside itself, [`readiness`] whether what it depends on is there, and [`workflow`] which step is next.

pub mod action;
pub mod alert;
pub mod catalogue;
pub mod catch_up;
mod checks;
pub mod condition;
pub mod day;
pub mod definition;
pub mod dependency;
pub mod examples;
pub mod execution;
pub(crate) mod fields;
pub mod file;
pub mod graph;
pub mod limits;
pub mod overlap;
pub mod parameter;
pub mod readiness;
pub mod reference;
pub mod schedule;
pub mod step;
pub mod step_graph;
pub mod trigger;
pub mod words;
pub mod workflow;

#[cfg(test)]
mod file_tests;
#[cfg(test)]
mod readiness_tests;
#[cfg(test)]
mod schedule_tests;
