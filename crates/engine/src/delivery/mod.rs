//! The sending path of one run: lease a chunk → decide → note, render and send it a window at a time → mark, with at most
//! [`WINDOW`] messages in flight.
//!
//! The lease and the note of a window are committed before it leaves this process, and the mark ends the lease in the same
//! transaction as the outcomes and counters. So a dead node leaves at most so many messages per run in doubt, and says
//! which ones; what it had sent before and not marked yet is known from its notes, and what it had not noted goes on.

mod again;
mod budget;
mod codes;
mod cycle;
mod decide;
mod domains;
mod doubt;
mod flight;
mod letters;
mod mark;
mod message;
mod plan;
mod rescue;
mod sort;
mod take;
mod work;
mod write;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use muster_db::Db;
use muster_domain::clock::{Clock, Ids, Millis};
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::live::LiveHub;
use crate::registry::SenderRegistry;
use plan::RunPlan;

pub use mark::domain_of;
pub use message::profile_of;

/// Messages in flight per run and node: what a crash can leave in doubt.
pub const WINDOW: i64 = 100;
/// Messages of one of the two windows that are in the air at a time.
const SLOT_WINDOW: i64 = WINDOW / 2;
/// A node that does not renew its lease for this long is presumed dead.
pub const LEASE_LIFE: Millis = 60_000;

/// Why a message is cancelled: somebody cancelled its campaign.
pub const CANCELLED: &str = "campaign cancelled";
/// Why a message is cancelled: it was not sent by the end of its campaign.
pub const END_REACHED: &str = "the campaign's end was reached";

/// Why messages of a run that come back unsent are cancelled; none: the run goes on.
fn over(run_status: &str) -> Option<&'static str> {
    match run_status {
        "running" => None,
        "cancelled" => Some(CANCELLED),
        // Nothing is left of a run that has completed, but where its end came.
        _ => Some(END_REACHED),
    }
}

/// Sends runs.
pub struct Delivery {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub live: Arc<LiveHub>,
    pub registry: Arc<dyn SenderRegistry>,
    pub node_id: Uuid,
    plans: Mutex<HashMap<i64, Arc<RunPlan>>>,
    is_stopping: AtomicBool,
}

/// What one cycle did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cycle {
    /// Messages that were looked at.
    pub processed: i64,
    /// Taken by a provider.
    pub sent: i64,
    /// Refused for good, or out of tries.
    pub failed: i64,
    /// Whether a rate budget kept messages back.
    pub rate_limited: bool,
    /// Whether the run is finished.
    pub finished: bool,
    /// When there may be something to do again; none: when somebody says so.
    pub next_at: Option<Millis>,
    /// Why nothing at all could be sent; several times in a row pause the campaign.
    pub trouble: Option<Trouble>,
}

/// What somebody has to mend before a campaign can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is no provider, or it failed every message.
    Provider,
    /// Quiet hours and frequency caps are kept but cannot be read.
    Policy,
}

impl Trouble {
    /// What happened and what to do.
    pub fn why(self) -> &'static str {
        match self {
            Self::Provider => {
                "The provider refused or failed every message several times in a row. Look at it under Settings, then resume."
            }
            Self::Policy => {
                "Quiet hours, frequency caps or limits of recipient domains cannot be read. Save them anew under Settings, then resume."
            }
        }
    }
}

impl Cycle {
    /// This, and then that.
    fn then(self, later: Self) -> Self {
        Self {
            processed: self.processed + later.processed,
            sent: self.sent + later.sent,
            failed: self.failed + later.failed,
            ..later
        }
    }

    /// This and that at the same time.
    fn beside(self, other: Self) -> Self {
        let sent = self.sent + other.sent;
        Self {
            processed: self.processed + other.processed,
            sent,
            failed: self.failed + other.failed,
            rate_limited: self.rate_limited || other.rate_limited,
            finished: self.finished || other.finished,
            next_at: self.next_at.into_iter().chain(other.next_at).min(),
            trouble: self.trouble.or(other.trouble).filter(|_| sent == 0),
        }
    }
}

impl Delivery {
    /// A sender over a database.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        live: Arc<LiveHub>,
        registry: Arc<dyn SenderRegistry>,
        node_id: Uuid,
    ) -> Self {
        Self { db, clock, ids, live, registry, node_id, plans: Mutex::default(), is_stopping: AtomicBool::new(false) }
    }

    /// Takes nothing more and gives back what has not left: the process is about to end.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// The plan of a run: compiled once, used for every window until the campaign is edited.
    async fn plan(&self, ws: WorkspaceId, run: i64) -> muster_db::Result<Option<Arc<RunPlan>>> {
        let mut tx = self.db.write(ws).await?.hastily();
        let Some(facts) = muster_db::runs::facts(&mut tx, ws, run).await? else { return Ok(None) };
        let known = self.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&run).cloned();
        let (plan, is_new) = match known {
            Some(plan) if plan.is_of(&facts) => (plan, false),
            before => (Arc::new(RunPlan::load(&mut tx, ws, facts, before.is_none()).await?), true),
        };
        let looked_at = self.look_again(&mut tx, &plan).await?;
        tx.commit().await?;
        plan.looked_again.is_through(looked_at);
        if !is_new {
            return Ok(Some(plan));
        }
        self.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(run, Arc::clone(&plan));
        Ok(Some(plan))
    }

    /// Lets no further window of a run leave: it was paused or ended. Other nodes see it in the database.
    pub fn halt(&self, run: i64) {
        if let Some(plan) = self.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&run) {
            plan.halt();
        }
    }

    /// Forgets a run that is over.
    fn forget(&self, run: i64) {
        self.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&run);
    }
}
