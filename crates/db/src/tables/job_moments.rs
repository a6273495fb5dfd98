//! What there is to do about jobs, of all workspaces, asked in one statement: it is asked after whatever happens.

use muster_domain::clock::Millis;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // jobs_due, job_executions_waiting, job_executions_leased, job_late_starts_due, event_outbox_unplaced
    READ = "SELECT (SELECT MIN(next_run_at) FROM jobs WHERE is_active AND status = 'active' AND definition_id IS NOT NULL AND id NOT IN (SELECT id FROM {uuids $1} AS resting)) AS due_at,
                   (SELECT MIN(wake_at) FROM job_executions {indexed job_executions_waiting} WHERE execution_status = 'pending' AND id NOT IN (SELECT id FROM {uuids $1} AS resting)) AS judge_at,
                   (SELECT MIN(lease_expires_at) FROM job_executions WHERE execution_status = 'running' AND lease_token IS NOT NULL AND id NOT IN (SELECT id FROM {uuids $1} AS resting)) AS lease_ends_at,
                   (SELECT MIN(again_at) FROM job_late_starts) AS late_at,
                   EXISTS (SELECT 1 FROM event_outbox WHERE place IS NULL) AS has_events,
                   EXISTS (SELECT 1 FROM job_executions WHERE execution_status = 'running' AND lease_token IS NOT NULL AND abort_requested AND lease_process = $2) AS has_unwanted,
                   EXISTS (SELECT 1 FROM job_executions WHERE execution_status = 'running' AND lease_token IS NOT NULL AND worker_node_id = $3 AND lease_process <> $2
                             AND id NOT IN (SELECT id FROM {uuids $1} AS resting)) AS has_orphans";
}

/// When there is something to do, but for what rests after a fault; none: never, as things are.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Moments {
    /// A job is due.
    pub due_at: Option<Millis>,
    /// One that waits for others is to be judged.
    pub judge_at: Option<Millis>,
    /// A lease runs out.
    pub lease_ends_at: Option<Millis>,
    /// A start that failed is tried again.
    pub late_at: Option<Millis>,
    /// There are events that nobody has read.
    pub has_events: bool,
    /// Somebody wants an execution of this process stopped.
    pub has_unwanted: bool,
    /// Another process of this node holds a lease.
    pub has_orphans: bool,
}

/// Reads them for a process of a node.
pub async fn read(tx: &mut Tx, resting: &[Uuid], process: Uuid, node: &str) -> Result<Moments> {
    fetch_one!(Moments; tx, READ, Json(resting), process, node)
}
