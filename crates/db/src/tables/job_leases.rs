//! `job_executions` while they run. A running execution belongs to the holder of its lease: every write names the token, so
//! that a node that was presumed dead and wakes up late finds it gone.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // The job is locked and has room.
    CLAIM = "UPDATE job_executions SET execution_status = 'running', lease_token = $4, lease_expires_at = $5, lease_process = $6, worker_node_id = $7, server_instance = $8,
                    started_at = COALESCE(started_at, $3), wake_at = NULL, waiting_on = NULL, updated_at = $3
             WHERE tenant_id = $1 AND id = $2 AND execution_status = 'queued'
             RETURNING id, job_id, definition_id, started_at, execution_date, correlation_id, trace_id, execution_context, workflow, abort_requested,
                       rows_read, rows_processed, rows_inserted, rows_updated, rows_deleted, peak_memory_mb, peak_cpu_percent, data_quality_score_e4";
    TAKE_OVER = "UPDATE job_executions SET lease_token = $4, lease_expires_at = $5, lease_process = $6, worker_node_id = $7, server_instance = $8, updated_at = $3
                 WHERE tenant_id = $1 AND id = $2 AND execution_status = 'running' AND lease_token = $9
                 RETURNING id, job_id, definition_id, started_at, execution_date, correlation_id, trace_id, execution_context, workflow, abort_requested,
                       rows_read, rows_processed, rows_inserted, rows_updated, rows_deleted, peak_memory_mb, peak_cpu_percent, data_quality_score_e4";
    // job_executions_leased, of all workspaces
    EXPIRED = "SELECT id, tenant_id, lease_token FROM job_executions WHERE execution_status = 'running' AND lease_token IS NOT NULL AND lease_expires_at <= $1
               AND id NOT IN (SELECT id FROM {uuids $3} AS resting) ORDER BY lease_expires_at LIMIT $2";
    ORPHANED = "SELECT id, tenant_id, lease_token FROM job_executions WHERE execution_status = 'running' AND lease_token IS NOT NULL AND worker_node_id = $1 AND lease_process <> $2
                AND id NOT IN (SELECT id FROM {uuids $4} AS resting) LIMIT $3";
    TO_ABORT = "SELECT id FROM job_executions WHERE execution_status = 'running' AND lease_token IS NOT NULL AND abort_requested AND lease_process = $1";
    BEAT = "UPDATE job_executions SET lease_expires_at = $4 WHERE tenant_id = $1 AND id = $2 AND execution_status = 'running' AND lease_token = $3 RETURNING abort_requested";
    SAVE = "UPDATE job_executions SET workflow = $4, lease_expires_at = $5, steps_total = $6, steps_completed = $7, steps_failed = $8, rows_read = $9, rows_processed = $10, rows_inserted = $11,
                   rows_updated = $12, rows_deleted = $13, peak_memory_mb = $14, peak_cpu_percent = $15, data_quality_score_e4 = $16, sla_breached = $17, updated_at = $18
            WHERE tenant_id = $1 AND id = $2 AND execution_status = 'running' AND lease_token = $3";
    FINISH = "UPDATE job_executions SET workflow = $4, steps_total = $5, steps_completed = $6, steps_failed = $7, rows_read = $8, rows_processed = $9, rows_inserted = $10,
                     rows_updated = $11, rows_deleted = $12, peak_memory_mb = $13, peak_cpu_percent = $14, data_quality_score_e4 = $15, sla_breached = $16,
                     execution_status = $17, completed_at = $18, duration_ms = $18 - started_at, error_code = $19, error_message = $20,
                     error_step_id = (SELECT s.id FROM job_steps s WHERE s.job_id = job_executions.job_id AND s.step_code = $21),
                     lease_token = NULL, lease_expires_at = NULL, lease_process = NULL, updated_at = $18
              WHERE tenant_id = $1 AND id = $2 AND execution_status = 'running' AND lease_token = $3";
    RELEASE = "UPDATE job_executions SET execution_status = 'queued', lease_token = NULL, lease_expires_at = NULL, lease_process = NULL, updated_at = $4
               WHERE tenant_id = $1 AND id = $2 AND execution_status = 'running' AND lease_token = $3";
}

/// Who holds a lease, and until when.
#[derive(Debug, Clone)]
pub struct Holder<'a> {
    pub token: Uuid,
    pub process: Uuid,
    /// The id of the node, as text.
    pub node: &'a str,
    /// The computer's name, for people.
    pub server: &'a str,
    pub expires_at: Millis,
}

/// An execution that was taken.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TakenRow {
    pub id: Uuid,
    pub job_id: Uuid,
    pub definition_id: Uuid,
    pub started_at: Millis,
    pub execution_date: Millis,
    pub correlation_id: Option<String>,
    pub trace_id: Option<String>,
    pub execution_context: Option<Json<Value>>,
    pub workflow: Option<Json<Value>>,
    pub abort_requested: bool,
    #[sqlx(flatten)]
    pub sums: Sums,
}

/// What an execution's steps measured so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Sums {
    pub rows_read: i64,
    pub rows_processed: i64,
    pub rows_inserted: i64,
    pub rows_updated: i64,
    pub rows_deleted: i64,
    /// Of the step that used most; when others ran beside it, they are not added.
    pub peak_memory_mb: Option<i64>,
    /// The same; 100 is one core.
    pub peak_cpu_percent: Option<i64>,
    pub data_quality_score_e4: Option<i64>,
}

/// An execution whose node is gone.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct LostRow {
    pub id: Uuid,
    pub tenant_id: i64,
    pub lease_token: Uuid,
}

/// How far an execution has come.
#[derive(Debug, Clone)]
pub struct Progress<'a> {
    pub workflow: &'a Value,
    pub steps_total: i64,
    pub steps_completed: i64,
    pub steps_failed: i64,
    pub sums: Sums,
    pub sla_breached: bool,
}

/// How it ended.
#[derive(Debug, Clone)]
pub struct End<'a> {
    pub status: &'a str,
    pub at: Millis,
    pub error_code: Option<&'a str>,
    pub error_message: Option<&'a str>,
    pub error_step: Option<&'a str>,
}

/// Takes an execution from the queue; none when it is not there any more.
pub async fn claim(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    now: Millis,
    holder: &Holder<'_>,
) -> Result<Option<TakenRow>> {
    let h = holder;
    fetch_optional!(TakenRow; tx, CLAIM, ws.0, id, now, h.token, h.expires_at, h.process, h.node, h.server)
}

/// Takes an execution over from a holder that is gone; none when somebody else was faster.
pub async fn take_over(
    tx: &mut Tx,
    ws: WorkspaceId,
    lost: &LostRow,
    now: Millis,
    holder: &Holder<'_>,
) -> Result<Option<TakenRow>> {
    let h = holder;
    fetch_optional!(TakenRow; tx, TAKE_OVER, ws.0, lost.id, now, h.token, h.expires_at, h.process, h.node, h.server, lost.lease_token)
}

/// Executions of all workspaces whose lease ran out, but those that rest after a fault.
pub async fn expired(tx: &mut Tx, now: Millis, limit: i64, resting: &[Uuid]) -> Result<Vec<LostRow>> {
    fetch_all!(LostRow; tx, EXPIRED, now, limit, Json(resting))
}

/// Executions of a node that a dead process of it holds.
pub async fn orphaned(tx: &mut Tx, node: &str, process: Uuid, limit: i64, resting: &[Uuid]) -> Result<Vec<LostRow>> {
    fetch_all!(LostRow; tx, ORPHANED, node, process, limit, Json(resting))
}

/// Executions of a process that somebody wants stopped.
pub async fn to_abort(tx: &mut Tx, process: Uuid) -> Result<Vec<Uuid>> {
    Ok(fetch_all!((Uuid,); tx, TO_ABORT, process)?.into_iter().map(|(id,)| id).collect())
}

/// Keeps a lease alive: whether somebody wants the execution stopped; none when the lease is gone.
pub async fn beat(tx: &mut Tx, ws: WorkspaceId, id: Uuid, token: Uuid, expires_at: Millis) -> Result<Option<bool>> {
    Ok(fetch_optional!((bool,); tx, BEAT, ws.0, id, token, expires_at)?.map(|(abort,)| abort))
}

/// Keeps how far it has come.
pub async fn save(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    token: Uuid,
    p: &Progress<'_>,
    expires_at: Millis,
    now: Millis,
) -> Result<()> {
    let s = &p.sums;
    exec_one!(
        "lease";
        tx,
        SAVE,
        ws.0,
        id,
        token,
        Json(p.workflow),
        expires_at,
        p.steps_total,
        p.steps_completed,
        p.steps_failed,
        s.rows_read,
        s.rows_processed,
        s.rows_inserted,
        s.rows_updated,
        s.rows_deleted,
        s.peak_memory_mb,
        s.peak_cpu_percent,
        s.data_quality_score_e4,
        p.sla_breached,
        now
    )
}

/// Keeps how far it has come, and ends it.
pub async fn finish(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    token: Uuid,
    p: &Progress<'_>,
    end: &End<'_>,
) -> Result<()> {
    let s = &p.sums;
    exec_one!(
        "lease";
        tx,
        FINISH,
        ws.0,
        id,
        token,
        Json(p.workflow),
        p.steps_total,
        p.steps_completed,
        p.steps_failed,
        s.rows_read,
        s.rows_processed,
        s.rows_inserted,
        s.rows_updated,
        s.rows_deleted,
        s.peak_memory_mb,
        s.peak_cpu_percent,
        s.data_quality_score_e4,
        p.sla_breached,
        end.status,
        end.at,
        end.error_code,
        end.error_message,
        end.error_step
    )
}

/// Hands it to whoever comes next.
pub async fn release(tx: &mut Tx, ws: WorkspaceId, id: Uuid, token: Uuid, now: Millis) -> Result<()> {
    exec_one!("lease"; tx, RELEASE, ws.0, id, token, now)
}
