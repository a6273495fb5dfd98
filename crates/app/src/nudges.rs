//! Runs that have something to do sooner than the scheduler thinks.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Runs whose messages became due, until the scheduler of this process has looked at them.
#[derive(Debug, Default)]
pub struct Nudges(Mutex<HashSet<i64>>);

impl Nudges {
    /// Notes a run; at most one entry each.
    pub fn add(&self, run: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(run);
    }

    /// Gives the runs noted so far and forgets them.
    pub fn take(&self) -> HashSet<i64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
