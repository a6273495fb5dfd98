//! What measurements share: a sink to send to, a slow network before it, the clients and the generator that they are
//! compared with, processor time, and `target/bench.json`.

pub mod client;
pub mod cpu;
pub mod delay;
pub mod figures;
pub mod sink;

pub use delay::Delay;
pub use figures::{Figure, median, print, publish};
pub use sink::{Sink, smtp_source};
