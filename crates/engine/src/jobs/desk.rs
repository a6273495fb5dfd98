//! What everybody who runs jobs in this process shares.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use muster_db::job_leases::Holder;
use muster_db::job_plans::PlanRow;
use muster_db::{Db, Engine, Tx};
use muster_domain::clock::{Clock, Ids, Millis};
use muster_domain::job::definition::JobDefinition;
use muster_domain::time::SECOND;
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use super::Jobs;
use super::book::{BookError, read_definition};
use super::hands::{Hands, NodeMark};
use super::ledger::Ledger;
use super::rests::Rests;
use crate::live::LiveHub;

/// A node that says nothing for so long is taken to be dead.
pub(super) const LEASE: Millis = 30 * SECOND;
/// Definitions kept at most; they never change, so that it does not matter which.
const MAX_DEFINITIONS: usize = 500;
/// Transactions at the same time, of those that look for work.
pub(super) const SIDE_BY_SIDE: usize = 4;
/// Executions that one process runs at the same time, where nobody says otherwise.
pub const DEFAULT_SLOTS: usize = 16;

/// What everybody shares.
pub struct Desk {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub live: Arc<LiveHub>,
    pub jobs: Arc<Jobs>,
    pub hands: Hands,
    pub node: NodeMark,
    /// Executions at work at the same time.
    pub slots: usize,
    pub(super) state: Shared,
}

/// What changes.
#[derive(Default)]
pub(super) struct Shared {
    definitions: Mutex<HashMap<Uuid, Arc<JobDefinition>>>,
    /// Executions at work here, and whether somebody wants them stopped.
    at_work: Mutex<HashMap<Uuid, Arc<AtomicBool>>>,
    rests: Rests,
    ledger: Ledger,
}

impl Desk {
    /// A desk for a process.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        live: Arc<LiveHub>,
        jobs: Arc<Jobs>,
        hands: Hands,
        node: NodeMark,
    ) -> Self {
        Self { db, clock, ids, live, jobs, hands, node, slots: DEFAULT_SLOTS, state: Shared::default() }
    }

    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// A definition as executions run it: a built-in job has its body for its only step.
    pub(super) async fn definition(
        &self,
        tx: &mut Tx,
        job: &PlanRow,
        id: Uuid,
    ) -> Result<Arc<JobDefinition>, BookError> {
        let known = |desk: &Self| {
            desk.state.definitions.lock().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone)
        };
        if let Some(definition) = known(self) {
            return Ok(definition);
        }
        let mut definition = read_definition(tx, WorkspaceId(job.tenant_id), id).await?;
        if job.is_built_in {
            definition.steps = body();
        }
        let definition = Arc::new(definition);
        let mut definitions = self.state.definitions.lock().unwrap_or_else(PoisonError::into_inner);
        if definitions.len() >= MAX_DEFINITIONS {
            definitions.clear();
        }
        definitions.insert(id, Arc::clone(&definition));
        Ok(definition)
    }

    /// A lease from now on.
    pub(super) fn holder<'a>(&'a self, token: Uuid, node: &'a str) -> Holder<'a> {
        let expires_at = self.now() + LEASE;
        Holder { token, process: self.node.process, node, server: &self.node.server, expires_at }
    }

    /// Where executions keep what they have to.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.state.ledger
    }

    /// Whether what comes at the same time is kept by one transaction. SQLite has one writer, and each commit of it waits for
    /// the disk. PostgreSQL has many: side by side they are done sooner, and hold their jobs for a shorter time.
    pub(super) fn keeps_together(&self) -> bool {
        self.db.engine() == Engine::Sqlite
    }

    /// Jobs and executions that rest after a fault.
    pub(super) fn rests(&self) -> &Rests {
        &self.state.rests
    }

    /// How many more executions there is room for.
    pub(super) fn room(&self) -> usize {
        self.slots.saturating_sub(self.at_work().len())
    }

    pub(super) fn is_at_work(&self, execution: Uuid) -> bool {
        self.at_work().contains_key(&execution)
    }

    /// Notes an execution that is at work until the answer is dropped.
    pub(super) fn begin(self: &Arc<Self>, execution: Uuid) -> AtWork {
        let abort = Arc::new(AtomicBool::new(false));
        self.at_work().insert(execution, Arc::clone(&abort));
        AtWork { desk: Arc::clone(self), execution, abort }
    }

    /// Somebody wants an execution stopped.
    pub(super) fn abort(&self, execution: Uuid) {
        if let Some(abort) = self.at_work().get(&execution)
            && !abort.swap(true, Ordering::SeqCst)
        {
            self.jobs.turn();
        }
    }

    fn at_work(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Arc<AtomicBool>>> {
        self.state.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has lists of jobs look again.
    pub(super) fn announce(&self, ws: WorkspaceId) {
        self.live.publish(ws, "jobs", json!({}));
    }
}

/// An execution that is at work here. However its task ends, there is room again and somebody looks.
pub(super) struct AtWork {
    desk: Arc<Desk>,
    execution: Uuid,
    abort: Arc<AtomicBool>,
}

impl AtWork {
    /// Whether somebody wants it stopped.
    pub fn is_unwanted(&self) -> bool {
        self.abort.load(Ordering::SeqCst)
    }

    /// Somebody wants it stopped.
    pub fn unwanted(&self) {
        self.abort.store(true, Ordering::SeqCst);
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.desk.at_work().remove(&self.execution);
        self.desk.jobs.wake();
    }
}

/// The only step of a built-in job. Sweeps are safe to repeat.
fn body() -> Vec<muster_domain::job::step::Step> {
    let job = json!({ "code": "built-in", "steps": [{
        "step_order": 1, "step_code": "run", "step_name": "Run", "step_type": "wait", "step_action": { "seconds": 1 },
        "is_repeatable": true,
    }] });
    JobDefinition::read(&job).map(|job| job.steps).unwrap_or_default()
}
