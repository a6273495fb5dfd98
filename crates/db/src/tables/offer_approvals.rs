//! `approvals` of offers: asked for, decided by somebody else. The inbox lists them beside those of campaigns.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO approvals (id, tenant_id, object_type, object_id, object_version, status, note, submitted_by, submitted_at)
              VALUES ($1, $2, 'offer', $3, $4, 'pending', $5, $6, $7)";
    // approvals_object
    PENDING = "SELECT id, object_version, submitted_by FROM approvals
               WHERE tenant_id = $1 AND object_id = $2 AND object_type = 'offer' AND status = 'pending' ORDER BY id DESC LIMIT 1";
    DECIDE = "UPDATE approvals SET status = $3, decided_at = $4 WHERE tenant_id = $1 AND id = $2 AND status = 'pending'";
    DECISION = "INSERT INTO approval_decisions (approval_id, user_id, tenant_id, is_approved, comment, decided_at) VALUES ($1, $2, $3, $4, $5, $6)";
    // audit_log_object
    EDITORS = "SELECT DISTINCT actor_id FROM audit_log WHERE tenant_id = $1 AND object_type = 'offer' AND object_id = $2
               AND actor_id IS NOT NULL AND action IN ('offer.created', 'offer.changed', 'offer.cloned')";
}

/// What waits for a decision.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PendingRow {
    pub id: Uuid,
    pub object_version: i64,
    pub submitted_by: Uuid,
}

/// A decision about an offer.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    pub approval: Uuid,
    pub user: Uuid,
    pub approved: bool,
    pub comment: &'a str,
    pub at: Millis,
}

/// A question to the approvers.
#[derive(Debug, Clone)]
pub struct NewApproval<'a> {
    pub id: Uuid,
    pub offer: Uuid,
    pub version: i64,
    pub note: &'a str,
    pub by: Uuid,
    pub at: Millis,
}

/// Asks for approval of a version.
pub async fn submit(tx: &mut Tx, ws: WorkspaceId, new: &NewApproval<'_>) -> Result<()> {
    exec!(tx, INSERT, new.id, ws.0, new.offer, new.version, new.note, new.by, new.at)?;
    Ok(())
}

/// What waits for a decision about an offer.
pub async fn pending(tx: &mut Tx, ws: WorkspaceId, offer: Uuid) -> Result<Option<PendingRow>> {
    fetch_optional!(PendingRow; tx, PENDING, ws.0, offer)
}

/// Decides what was pending.
pub async fn decide(tx: &mut Tx, ws: WorkspaceId, decision: &Decision<'_>) -> Result<()> {
    let status = if decision.approved { "approved" } else { "rejected" };
    exec_one!("approval"; tx, DECIDE, ws.0, decision.approval, status, decision.at)?;
    exec!(tx, DECISION, decision.approval, decision.user, ws.0, decision.approved, decision.comment, decision.at)?;
    Ok(())
}

/// Takes back what is pending, because the offer was changed.
pub async fn withdraw(tx: &mut Tx, ws: WorkspaceId, approval: Uuid, at: Millis) -> Result<()> {
    exec_one!("approval"; tx, DECIDE, ws.0, approval, "withdrawn", at)
}

/// Everybody who made or changed an offer.
pub async fn editors(tx: &mut Tx, ws: WorkspaceId, offer: Uuid) -> Result<Vec<Uuid>> {
    let rows = fetch_all!((Uuid,); tx, EDITORS, ws.0, offer.to_string())?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
