//! `communication_policies`: quiet hours and frequency caps, of the workspace or of one campaign.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    OF_WORKSPACE = "SELECT id, campaign_id, quiet_hours, frequency_caps, updated_at FROM communication_policies WHERE tenant_id = $1 AND campaign_id IS NULL ORDER BY id LIMIT 1";
    // communication_policies_campaign
    OF_CAMPAIGN = "SELECT id, campaign_id, quiet_hours, frequency_caps, updated_at FROM communication_policies WHERE tenant_id = $1 AND campaign_id = $2";
    INSERT = "INSERT INTO communication_policies (id, tenant_id, campaign_id, quiet_hours, frequency_caps, updated_at) VALUES ($1, $2, $3, $4, $5, $6)";
    UPDATE = "UPDATE communication_policies SET quiet_hours = $3, frequency_caps = $4, updated_at = $5 WHERE tenant_id = $1 AND id = $2 AND updated_at = $6";
    DELETE_OF_CAMPAIGN = "DELETE FROM communication_policies WHERE tenant_id = $1 AND campaign_id = $2";
}

/// A policy.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PolicyRow {
    pub id: Uuid,
    /// None: the workspace's.
    pub campaign_id: Option<Uuid>,
    #[sqlx(json(nullable))]
    pub quiet_hours: Option<Value>,
    #[sqlx(json)]
    pub frequency_caps: Value,
    pub updated_at: Millis,
}

/// The workspace's policy.
pub async fn of_workspace(tx: &mut Tx, ws: WorkspaceId) -> Result<Option<PolicyRow>> {
    fetch_optional!(PolicyRow; tx, OF_WORKSPACE, ws.0)
}

/// A campaign's own policy, which stands in place of the workspace's.
pub async fn of_campaign(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<Option<PolicyRow>> {
    fetch_optional!(PolicyRow; tx, OF_CAMPAIGN, ws.0, campaign)
}

/// Writes a policy: in place of `seen`, or anew under `id`.
pub async fn put(tx: &mut Tx, ws: WorkspaceId, seen: Option<&PolicyRow>, new: &PolicyRow) -> Result<()> {
    match seen {
        Some(seen) => {
            exec_one!("policy"; tx, UPDATE, ws.0, seen.id, new.quiet_hours.as_ref().map(Json), Json(&new.frequency_caps), new.updated_at, seen.updated_at)
        }
        None => exec!(
            tx,
            INSERT,
            new.id,
            ws.0,
            new.campaign_id,
            new.quiet_hours.as_ref().map(Json),
            Json(&new.frequency_caps),
            new.updated_at
        )
        .map(drop),
    }
}

/// Takes a campaign's own policy away.
pub async fn delete_of_campaign(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<()> {
    exec!(tx, DELETE_OF_CAMPAIGN, ws.0, campaign)?;
    Ok(())
}
