//! `job_alerts` as people look at them, until somebody has seen them.

use muster_domain::clock::Millis;
use muster_domain::job::alert::AlertKind;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // job_alerts_tenant
    LIST = "SELECT a.id, a.kind, a.execution_id, a.job_id, j.name AS job_name, j.code AS job_code, a.at, a.message, a.seen_at
            FROM job_alerts a JOIN jobs j ON j.id = a.job_id WHERE a.tenant_id = $1 AND ($2 = 0 OR a.seen_at IS NULL) ORDER BY a.id DESC LIMIT $3 OFFSET $4";
    COUNT = "SELECT COUNT(*) FROM job_alerts a WHERE a.tenant_id = $1 AND ($2 = 0 OR a.seen_at IS NULL)";
    EXISTS = "SELECT COUNT(*) FROM job_alerts WHERE tenant_id = $1 AND id = $2";
    // Seeing twice changes nothing: only what is unseen is named.
    SEE = "UPDATE job_alerts SET seen_at = $4, seen_by = $3 WHERE tenant_id = $1 AND id = $2 AND seen_at IS NULL";
    SEE_ALL = "UPDATE job_alerts SET seen_at = $3, seen_by = $2 WHERE tenant_id = $1 AND seen_at IS NULL";
}

/// An alert as it is listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AlertRow {
    pub id: i64,
    #[sqlx(try_from = "String")]
    pub kind: AlertKind,
    pub execution_id: Option<Uuid>,
    pub job_id: Uuid,
    pub job_name: String,
    pub job_code: String,
    pub at: Millis,
    pub message: String,
    pub seen_at: Option<Millis>,
}

/// Alerts, newest first, and how many there are in all.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    only_unseen: bool,
    limit: i64,
    offset: i64,
) -> Result<(Vec<AlertRow>, i64)> {
    let only_unseen = i64::from(only_unseen);
    let rows = fetch_all!(AlertRow; tx, LIST, ws.0, only_unseen, limit, offset)?;
    Ok((rows, scalar!(i64; tx, COUNT, ws.0, only_unseen)?))
}

/// Marks an alert as seen; false when there is no such alert.
pub async fn see(tx: &mut Tx, ws: WorkspaceId, id: i64, by: Option<Uuid>, now: Millis) -> Result<bool> {
    if exec!(tx, SEE, ws.0, id, by, now)? == 1 {
        return Ok(true);
    }
    Ok(scalar!(i64; tx, EXISTS, ws.0, id)? > 0)
}

/// Marks all as seen; gives how many were not.
pub async fn see_all(tx: &mut Tx, ws: WorkspaceId, by: Option<Uuid>, now: Millis) -> Result<u64> {
    exec!(tx, SEE_ALL, ws.0, by, now)
}
