//! What measurements share: a sink to send to, the generator that they are compared with, processor time, and
//! `target/bench.json`.

pub mod cpu;
pub mod figures;
pub mod sink;

pub use figures::{Figure, median, publish};
pub use sink::{Sink, smtp_source};
