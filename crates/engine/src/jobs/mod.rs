//! How jobs run: what is due, what waits, who runs an execution, and how its steps are done (JOB-2 to JOB-8).
//!
//! Everything that is decided is decided in a transaction that holds the rows it is about, so that any number of nodes may
//! look for work at the same time. An execution that runs belongs to the holder of its lease ([`desk`]), and every write
//! about it names the lease's token.

mod admission;
pub mod book;
pub mod context;
pub mod desk;
pub mod dispatcher;
mod due;
mod events;
mod follow;
mod glance;
pub mod hands;
mod late;
mod ledger;
mod rests;
mod retention;
mod run;
pub mod step;
mod takeover;
mod upstream;

use tokio::sync::{Notify, watch};

/// The bell of a process: rung after anything about jobs was written.
#[derive(Debug)]
pub struct Jobs {
    bell: Notify,
    turn: watch::Sender<u64>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { bell: Notify::new(), turn: watch::channel(0).0 }
    }
}

impl Jobs {
    /// Something changed, or the clock was moved: look now.
    pub fn wake(&self) {
        self.bell.notify_one();
        self.turn();
    }

    /// Has the executions at work look at their clocks and at who wants them stopped.
    pub(crate) fn turn(&self) {
        self.turn.send_modify(|turn| *turn += 1);
    }

    /// Until the bell rings; once for any number of rings.
    async fn rung(&self) {
        self.bell.notified().await;
    }

    /// For an execution at work.
    fn turns(&self) -> watch::Receiver<u64> {
        self.turn.subscribe()
    }
}
