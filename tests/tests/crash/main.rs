//! What is left when something breaks in the middle. Of calls with idempotency keys: each is done once. Of a campaign: every
//! recipient is sent exactly once but for what was in flight, which is listed as unknown, never silently sent again or lost.
//! Of a job: what was marked done is not done again, nor is what may not be repeated; a file that it moves is there whole
//! or not at all. Real servers, a real mail server, real servers of files, a real database, real time.
//!
//! A lease of messages lives for a minute. No test waits for that: a minute without a sign of life is written into the
//! lease's row, which is all that the other nodes go by.
#![allow(clippy::disallowed_methods, reason = "a test of real processes looks at the real world")]

mod alone;
mod backups;
mod cut;
mod jobs;
mod keys;
mod killed;
mod restarted;
mod stopped;
mod team;
mod transfers;
mod verdict;
