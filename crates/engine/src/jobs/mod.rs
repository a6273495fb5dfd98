//! How jobs run: what is due, what waits, who runs an execution, and how its steps are done (JOB-2 to JOB-8).

pub mod book;
pub mod context;
mod follow;
pub mod step;
mod upstream;
