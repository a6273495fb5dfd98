//! How jobs run: what is due, what waits, who runs an execution, and how its steps are done (JOB-2 to JOB-8).

pub mod step;
