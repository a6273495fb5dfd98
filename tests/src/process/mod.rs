//! Real processes: Muster's own server, the signals that stop it, and a PostgreSQL that a test may break.

pub mod cluster;
pub mod home;
pub mod proxy;
pub mod server;

pub use cluster::{Cluster, Shutdown};
pub use home::{Home, RECIPIENTS};
pub use proxy::Proxy;
pub use server::Server;

use std::time::{Duration, Instant};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(90);

/// Waits until something is so, and fails with what it was waiting for.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it did not come to this: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
