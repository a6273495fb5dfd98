//! Jobs: what they are, when they are due, what they wait for, and how their steps run (JOB-2 to JOB-7).
//!
//! Reading a job file gives [`file::JobFile`]; [`schedule`] says when a job is due.

pub mod action;
mod checks;
pub mod condition;
pub mod definition;
pub mod dependency;
mod fields;
pub mod file;
pub mod graph;
pub mod limits;
pub mod parameter;
pub mod reference;
pub mod schedule;
pub mod step;
pub mod step_graph;
pub mod trigger;
pub mod words;

#[cfg(test)]
mod schedule_tests;
