//! `offers` and `offer_versions`: the base of an offer, and what it was each time it was put to use.

use muster_domain::campaign::ApprovalStatus;
use muster_domain::clock::Millis;
use muster_domain::offer::{CodeMode, OfferStatus, StrangerRedemption};
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO offers (id, tenant_id, name, description, status, approval_status, valid_from, valid_until, stranger_redemption, code_mode, code_prefix, version, created_by, created_at, updated_at)
              VALUES ($1, $2, $3, $4, 'draft', 'not_submitted', $5, $6, $7, $8, $9, 1, $10, $11, $11)";
    GET = "SELECT id, name, description, status, approval_status, approved_version, valid_from, valid_until, stranger_redemption, code_mode, code_prefix, version, created_by, created_at, updated_at, archived_at
           FROM offers WHERE tenant_id = $1 AND id = $2";
    // offers_tenant
    PAGE = "SELECT o.id, o.name, o.description, o.status, o.approval_status, o.approved_version, o.valid_from, o.valid_until, o.stranger_redemption, o.code_mode, o.code_prefix, o.version, o.created_by, o.created_at, o.updated_at, o.archived_at
            FROM offers o WHERE o.tenant_id = $1 AND (($2 = '' AND o.status <> 'archived') OR o.status = $2) AND ($3 = '' OR lower(o.name) LIKE $3 ESCAPE '\\')
            AND ($4 = '' OR EXISTS (SELECT 1 FROM offer_creatives c WHERE c.offer_id = o.id AND c.channel = $4 AND c.is_active))
            ORDER BY o.id DESC LIMIT $5 OFFSET $6";
    COUNT = "SELECT COUNT(*) FROM offers o WHERE o.tenant_id = $1 AND (($2 = '' AND o.status <> 'archived') OR o.status = $2) AND ($3 = '' OR lower(o.name) LIKE $3 ESCAPE '\\')
             AND ($4 = '' OR EXISTS (SELECT 1 FROM offer_creatives c WHERE c.offer_id = o.id AND c.channel = $4 AND c.is_active))";
    BY_IDS = "SELECT id, name, description, status, approval_status, approved_version, valid_from, valid_until, stranger_redemption, code_mode, code_prefix, version, created_by, created_at, updated_at, archived_at
              FROM offers WHERE tenant_id = $1 AND id IN (SELECT id FROM {uuids $2} AS wanted)";
    UPDATE = "UPDATE offers SET name = $3, description = $4, status = $5, approval_status = $6, approved_version = $7, valid_from = $8, valid_until = $9, stranger_redemption = $10, code_mode = $11, code_prefix = $12, version = $13, updated_at = $14, archived_at = $15
              WHERE tenant_id = $1 AND id = $2 AND updated_at = $16";
    DELETE = "DELETE FROM offers WHERE tenant_id = $1 AND id = $2 AND status = 'draft' AND updated_at = $3";
    CAMPAIGNS = "SELECT COUNT(*) FROM campaign_segment_offer_mappings WHERE tenant_id = $1 AND offer_id = $2";
    INSERT_VERSION = "INSERT INTO offer_versions (offer_id, version, tenant_id, snapshot, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    VERSIONS = "SELECT version, created_by, created_at FROM offer_versions WHERE tenant_id = $1 AND offer_id = $2 ORDER BY version DESC LIMIT 200";
    VERSION = "SELECT snapshot FROM offer_versions WHERE tenant_id = $1 AND offer_id = $2 AND version = $3";
}

/// The base of an offer.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct OfferRow {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[sqlx(try_from = "String")]
    pub status: OfferStatus,
    #[sqlx(try_from = "String")]
    pub approval_status: ApprovalStatus,
    /// The version that is in use: its snapshot is what campaigns send.
    pub approved_version: Option<i64>,
    pub valid_from: Option<Millis>,
    pub valid_until: Option<Millis>,
    #[sqlx(try_from = "String")]
    pub stranger_redemption: StrangerRedemption,
    #[sqlx(try_from = "String")]
    pub code_mode: CodeMode,
    /// With shared codes the code itself, with unique ones what each begins with. Upper case.
    pub code_prefix: String,
    /// The version that is being worked on.
    pub version: i64,
    pub created_by: Option<Uuid>,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub archived_at: Option<Millis>,
}

/// A version in the list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OfferVersionRow {
    pub version: i64,
    pub created_by: Option<Uuid>,
    pub created_at: Millis,
}

/// What to list: empty strings mean any. Archived offers are listed only when asked for.
#[derive(Debug, Clone, Default)]
pub struct OfferFilter<'a> {
    pub status: &'a str,
    /// A LIKE pattern in lower case.
    pub pattern: &'a str,
    pub channel: &'a str,
}

/// Adds a draft.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, row: &OfferRow) -> Result<()> {
    exec!(
        tx,
        INSERT,
        row.id,
        ws.0,
        &row.name,
        &row.description,
        row.valid_from,
        row.valid_until,
        row.stranger_redemption.as_str(),
        row.code_mode.as_str(),
        &row.code_prefix,
        row.created_by,
        row.created_at
    )?;
    Ok(())
}

/// One offer.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<OfferRow>> {
    fetch_optional!(OfferRow; tx, GET, ws.0, id)
}

/// A page of offers, newest first, with the number of all.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &OfferFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<OfferRow>, i64)> {
    let rows = fetch_all!(OfferRow; tx, PAGE, ws.0, filter.status, filter.pattern, filter.channel, limit, offset)?;
    let count = scalar!(i64; tx, COUNT, ws.0, filter.status, filter.pattern, filter.channel)?;
    Ok((rows, count))
}

/// Those of the offers that exist, in no order.
pub async fn by_ids(tx: &mut Tx, ws: WorkspaceId, ids: &[Uuid]) -> Result<Vec<OfferRow>> {
    fetch_all!(OfferRow; tx, BY_IDS, ws.0, json_rows(ids))
}

/// Writes an offer that was read as `seen_at`.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, row: &OfferRow, seen_at: Millis) -> Result<()> {
    exec_one!(
        "offer"; tx, UPDATE, ws.0, row.id, &row.name, &row.description, row.status.as_str(), row.approval_status.as_str(),
        row.approved_version, row.valid_from, row.valid_until, row.stranger_redemption.as_str(), row.code_mode.as_str(),
        &row.code_prefix, row.version, row.updated_at, row.archived_at, seen_at
    )
}

/// Deletes a draft with its parts.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: Uuid, seen_at: Millis) -> Result<()> {
    exec_one!("offer"; tx, DELETE, ws.0, id, seen_at)
}

/// How many campaigns an offer is mapped in.
pub async fn campaigns(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<i64> {
    scalar!(i64; tx, CAMPAIGNS, ws.0, id)
}

/// Keeps what an offer is at a version. [`crate::DbError::Duplicate`] when the version is kept already.
pub async fn insert_version(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    version: i64,
    snapshot: &Value,
    by: Option<Uuid>,
    at: Millis,
) -> Result<()> {
    exec!(tx, INSERT_VERSION, id, version, ws.0, Json(snapshot), by, at)?;
    Ok(())
}

/// The versions of an offer, newest first, at most 200.
pub async fn versions(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Vec<OfferVersionRow>> {
    fetch_all!(OfferVersionRow; tx, VERSIONS, ws.0, id)
}

/// What an offer was at a version.
pub async fn version(tx: &mut Tx, ws: WorkspaceId, id: Uuid, version: i64) -> Result<Option<Value>> {
    let row = fetch_optional!((Json<Value>,); tx, VERSION, ws.0, id, version)?;
    Ok(row.map(|(snapshot,)| snapshot.0))
}
