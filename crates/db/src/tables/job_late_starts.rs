//! `job_late_starts`: what an event or the end of another job was to start, and could not. It is tried again, so that the
//! events and the ends behind it need not wait.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // The same cause may fail again before it was tried again.
    PUT = "INSERT INTO job_late_starts (job_id, tenant_id, cause, again_at) VALUES ($1, $2, $3, $4) ON CONFLICT (job_id, cause) DO NOTHING";
    // job_late_starts_due, of all workspaces
    DUE = "SELECT job_id, tenant_id, cause, tries FROM job_late_starts WHERE again_at <= $1 ORDER BY again_at, job_id LIMIT $2";
    TAKE = "DELETE FROM job_late_starts WHERE tenant_id = $1 AND job_id = $2 AND cause = $3 AND tries = $4";
    POSTPONE = "UPDATE job_late_starts SET tries = tries + 1, again_at = $5 WHERE tenant_id = $1 AND job_id = $2 AND cause = $3 AND tries = $4";
}

/// A start that is tried again.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LateRow {
    pub job_id: Uuid,
    pub tenant_id: i64,
    /// `event:<id>` or `after:<execution>`.
    pub cause: String,
    /// How often it was tried.
    pub tries: i64,
}

/// A start that failed is tried again at a moment.
pub async fn put(tx: &mut Tx, ws: WorkspaceId, job: Uuid, cause: &str, again_at: Millis) -> Result<()> {
    exec!(tx, PUT, job, ws.0, cause, again_at).map(drop)
}

/// Those whose moment has come, of all workspaces.
pub async fn due(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<LateRow>> {
    fetch_all!(LateRow; tx, DUE, now, limit)
}

/// Takes one out; false when another node did.
pub async fn take(tx: &mut Tx, row: &LateRow) -> Result<bool> {
    Ok(exec!(tx, TAKE, row.tenant_id, row.job_id, &row.cause, row.tries)? == 1)
}

/// It failed again; no harm when another node did the same.
pub async fn postpone(tx: &mut Tx, row: &LateRow, again_at: Millis) -> Result<()> {
    exec!(tx, POSTPONE, row.tenant_id, row.job_id, &row.cause, row.tries, again_at).map(drop)
}
