//! `workspaces`: one row per team.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO workspaces (public_id, name, timezone, currency, locale, approval_required, settings, signing_key, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id";
    GET = "SELECT id, public_id, name, timezone, currency, locale, approval_required, public_base_url, settings, signing_key, created_at, updated_at
           FROM workspaces WHERE id = $1";
    LIST = "SELECT id, public_id, name, timezone, currency, locale, approval_required, public_base_url, settings, signing_key, created_at, updated_at
            FROM workspaces ORDER BY id";
    FIRST = "SELECT COALESCE(MIN(id), 0) FROM workspaces";
    UPDATE = "UPDATE workspaces SET name = $2, timezone = $3, currency = $4, locale = $5, approval_required = $6, public_base_url = $7, settings = $8, updated_at = $9
              WHERE id = $1 AND updated_at = $10";
}

/// A team.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WorkspaceRow {
    pub id: i64,
    pub public_id: Uuid,
    pub name: String,
    /// IANA name.
    pub timezone: String,
    /// ISO 4217.
    pub currency: String,
    pub locale: String,
    pub approval_required: bool,
    /// Where the outside reaches this workspace's tracking; none: nothing is tracked.
    pub public_base_url: Option<String>,
    #[sqlx(json)]
    pub settings: serde_json::Value,
    pub signing_key: Vec<u8>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// What a new workspace starts with.
#[derive(Debug, Clone)]
pub struct NewWorkspace {
    pub public_id: Uuid,
    pub name: String,
    pub timezone: String,
    pub currency: String,
    pub locale: String,
    pub approval_required: bool,
    pub signing_key: Vec<u8>,
    pub now: Millis,
}

/// Adds a workspace.
pub async fn insert(tx: &mut Tx, new: &NewWorkspace) -> Result<WorkspaceId> {
    let settings = sqlx::types::Json(serde_json::json!({}));
    let id = scalar!(i64; tx, INSERT, new.public_id, &new.name, &new.timezone, &new.currency, &new.locale, new.approval_required, &settings, &new.signing_key, new.now)?;
    Ok(WorkspaceId(id))
}

/// One workspace.
pub async fn get(tx: &mut Tx, ws: WorkspaceId) -> Result<WorkspaceRow> {
    fetch_one!(WorkspaceRow; tx, GET, ws.0)
}

/// All workspaces, for sweeps.
pub async fn list(tx: &mut Tx) -> Result<Vec<WorkspaceRow>> {
    fetch_all!(WorkspaceRow; tx, LIST)
}

/// Whether a workspace is the oldest of the database: what is done for all of them is done by that one.
pub async fn is_first(tx: &mut Tx, ws: WorkspaceId) -> Result<bool> {
    Ok(scalar!(i64; tx, FIRST)? == ws.0)
}

/// Writes a workspace that was read as `seen_at` (its `updated_at`).
pub async fn update(tx: &mut Tx, row: &WorkspaceRow, seen_at: Millis, now: Millis) -> Result<()> {
    let settings = sqlx::types::Json(&row.settings);
    exec_one!("workspace"; tx, UPDATE, row.id, &row.name, &row.timezone, &row.currency, &row.locale, row.approval_required, &row.public_base_url, settings, now, seen_at)
}
