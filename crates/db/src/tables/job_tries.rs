//! `job_step_executions`: one row for each try of a step.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // Written when a try begins, when it says how far it has come, and when it is over; a row that was written already, before an answer was lost, is no harm.
    WRITE = "INSERT INTO job_step_executions (id, tenant_id, execution_id, step_id, step_code, step_order, attempt, status, started_at, completed_at, rows_processed, output, error_code, error_message,
                    peak_memory_mb, peak_cpu_percent, data_quality_score_e4, progress_e4, input, worker_node_id)
             SELECT m.id, $1, $2, (SELECT s.id FROM job_steps s WHERE s.job_id = $3 AND s.step_code = m.step_code), m.step_code, m.step_order, m.attempt, m.status, m.started_at, m.completed_at, m.rows_processed,
                    m.output, m.error_code, m.error_message, m.peak_memory_mb, m.peak_cpu_percent, m.data_quality_score_e4, m.progress_e4, m.input, $5
             FROM {rows $4: id uuid, step_code text, step_order bigint, attempt bigint, status text, started_at bigint, completed_at bigint, rows_processed bigint, output json, error_code text,
                   error_message text, peak_memory_mb bigint, peak_cpu_percent bigint, data_quality_score_e4 bigint, progress_e4 bigint, input json} AS m WHERE true
             ON CONFLICT (id) DO UPDATE SET status = excluded.status, completed_at = excluded.completed_at, rows_processed = excluded.rows_processed, output = excluded.output, error_code = excluded.error_code,
                error_message = excluded.error_message, peak_memory_mb = excluded.peak_memory_mb, peak_cpu_percent = excluded.peak_cpu_percent, data_quality_score_e4 = excluded.data_quality_score_e4,
                progress_e4 = excluded.progress_e4";
    // of a node that is gone, or of tries that ended with the execution
    CLOSE = "UPDATE job_step_executions SET status = $3, completed_at = $4, error_code = $5, error_message = $6 WHERE tenant_id = $1 AND execution_id = $2 AND status = 'running'";
}

/// A try as it is kept.
#[derive(Debug, Clone, serde::Serialize)]
pub struct TryRow {
    pub id: Uuid,
    pub step_code: String,
    pub step_order: i64,
    pub attempt: u32,
    /// `running`, `success`, `failure`, `timeout`, `cancelled`.
    pub status: &'static str,
    pub started_at: Millis,
    pub completed_at: Option<Millis>,
    pub rows_processed: Option<i64>,
    pub output: Option<Value>,
    pub error_code: Option<&'static str>,
    pub error_message: Option<String>,
    pub peak_memory_mb: Option<i64>,
    pub peak_cpu_percent: Option<i64>,
    pub data_quality_score_e4: Option<i64>,
    /// How far it says that it has come.
    pub progress_e4: Option<i64>,
    /// The step's own parameters, filled in.
    pub input: Option<Value>,
}

/// Writes tries of an execution.
pub async fn write(
    tx: &mut Tx,
    ws: WorkspaceId,
    execution: Uuid,
    job: Uuid,
    tries: &[TryRow],
    node: &str,
) -> Result<()> {
    if tries.is_empty() {
        return Ok(());
    }
    exec!(tx, WRITE, ws.0, execution, job, crate::sql::json_rows(tries), node).map(drop)
}

/// Ends the tries that still run, with a word and why.
pub async fn close(
    tx: &mut Tx,
    ws: WorkspaceId,
    execution: Uuid,
    (status, code, why): (&str, &str, &str),
    now: Millis,
) -> Result<()> {
    exec!(tx, CLOSE, ws.0, execution, status, now, code, why).map(drop)
}
