//! `campaign_versions`: what a campaign was after each edit, and whose edit it was.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO campaign_versions (campaign_id, version, tenant_id, snapshot, edited_by, edited_at) VALUES ($1, $2, $3, $4, $5, $6)";
    // the primary key
    GET = "SELECT version, snapshot, edited_by, edited_at FROM campaign_versions WHERE tenant_id = $1 AND campaign_id = $2 AND version = $3";
    EDITORS = "SELECT DISTINCT edited_by FROM campaign_versions WHERE tenant_id = $1 AND campaign_id = $2 AND version <= $3";
}

/// A version.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VersionRow {
    pub version: i64,
    #[sqlx(json)]
    pub snapshot: Value,
    pub edited_by: Uuid,
    pub edited_at: Millis,
}

/// Keeps a version.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, row: &VersionRow) -> Result<()> {
    exec!(tx, INSERT, campaign, row.version, ws.0, Json(&row.snapshot), row.edited_by, row.edited_at)?;
    Ok(())
}

/// One version.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, version: i64) -> Result<Option<VersionRow>> {
    fetch_optional!(VersionRow; tx, GET, ws.0, campaign, version)
}

/// Everybody who made or edited the campaign up to a version.
pub async fn editors(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, version: i64) -> Result<Vec<Uuid>> {
    Ok(fetch_all!((Uuid,); tx, EDITORS, ws.0, campaign, version)?.into_iter().map(|(id,)| id).collect())
}
