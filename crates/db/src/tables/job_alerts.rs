//! `job_alerts`: what people have to know of.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO job_alerts (tenant_id, kind, job_id, execution_id, at, message) VALUES ($1, $2, $3, $4, $5, $6)";
    OF_EXECUTION = "INSERT INTO job_alerts (tenant_id, kind, job_id, execution_id, at, message) SELECT tenant_id, $3, job_id, id, $4, $5 FROM job_executions WHERE tenant_id = $1 AND id = $2";
    // job_alerts_unseen: a job that leaves out a start every minute says so once, until somebody has seen it
    IS_TOLD = "SELECT COUNT(*) FROM job_alerts WHERE tenant_id = $1 AND job_id = $2 AND kind = $3 AND seen_at IS NULL";
}

/// Adds an alert of a kind: the words of [`muster_domain::job::alert::AlertKind`].
pub async fn insert(
    tx: &mut Tx,
    ws: WorkspaceId,
    kind: &str,
    job: Uuid,
    execution: Option<Uuid>,
    message: &str,
    now: Millis,
) -> Result<()> {
    exec!(tx, INSERT, ws.0, kind, job, execution, now, message).map(drop)
}

/// Adds an alert about an execution and its job.
pub async fn of_execution(
    tx: &mut Tx,
    ws: WorkspaceId,
    kind: &str,
    execution: Uuid,
    message: &str,
    now: Millis,
) -> Result<()> {
    exec_one!("execution"; tx, OF_EXECUTION, ws.0, execution, kind, now, message)
}

/// Whether an alert of this kind about a job waits to be seen.
pub async fn is_told(tx: &mut Tx, ws: WorkspaceId, job: Uuid, kind: &str) -> Result<bool> {
    Ok(scalar!(i64; tx, IS_TOLD, ws.0, job, kind)? > 0)
}
