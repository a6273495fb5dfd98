//! `rewards`: what a customer gets for acting on an offer.

use muster_domain::clock::Millis;
use muster_domain::money::E4;
use muster_domain::offer::RewardKind;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO rewards (id, tenant_id, name, type, value_e4, currency, product_id, description, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    GET = "SELECT id, name, type AS kind, value_e4, currency, product_id, description, created_at, updated_at, archived_at
           FROM rewards WHERE tenant_id = $1 AND id = $2";
    // rewards_tenant
    PAGE = "SELECT id, name, type AS kind, value_e4, currency, product_id, description, created_at, updated_at, archived_at FROM rewards
            WHERE tenant_id = $1 AND (archived_at IS NOT NULL) = $2 AND ($3 = '' OR lower(name) LIKE $3 ESCAPE '\\')
            ORDER BY id DESC LIMIT $4 OFFSET $5";
    COUNT = "SELECT COUNT(*) FROM rewards
             WHERE tenant_id = $1 AND (archived_at IS NOT NULL) = $2 AND ($3 = '' OR lower(name) LIKE $3 ESCAPE '\\')";
    BY_IDS = "SELECT id, name, type AS kind, value_e4, currency, product_id, description, created_at, updated_at, archived_at
              FROM rewards WHERE tenant_id = $1 AND id IN (SELECT id FROM {uuids $2} AS wanted)";
    UPDATE = "UPDATE rewards SET name = $3, type = $4, value_e4 = $5, currency = $6, product_id = $7, description = $8, archived_at = $9, updated_at = $10
              WHERE tenant_id = $1 AND id = $2 AND updated_at = $11";
    DELETE = "DELETE FROM rewards WHERE tenant_id = $1 AND id = $2";
    USES = "SELECT COUNT(*) FROM offer_rewards WHERE tenant_id = $1 AND reward_id = $2";
}

/// A reward.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct RewardRow {
    pub id: Uuid,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub kind: RewardKind,
    /// Ten-thousandths of a currency unit, a percent or a point, as the kind says.
    pub value_e4: E4,
    /// For credits and discounts of an amount.
    pub currency: Option<String>,
    /// For bonus products.
    pub product_id: Option<Uuid>,
    pub description: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub archived_at: Option<Millis>,
}

/// Adds a reward.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, row: &RewardRow) -> Result<()> {
    exec!(
        tx,
        INSERT,
        row.id,
        ws.0,
        &row.name,
        row.kind.as_str(),
        row.value_e4,
        &row.currency,
        row.product_id,
        &row.description,
        row.created_at
    )?;
    Ok(())
}

/// One reward.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<RewardRow>> {
    fetch_optional!(RewardRow; tx, GET, ws.0, id)
}

/// A page of the rewards that are (not) archived, newest first. `pattern` is a LIKE pattern in lower case, or empty.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    archived: bool,
    pattern: &str,
    limit: i64,
    offset: i64,
) -> Result<(Vec<RewardRow>, i64)> {
    let rows = fetch_all!(RewardRow; tx, PAGE, ws.0, archived, pattern, limit, offset)?;
    let count = scalar!(i64; tx, COUNT, ws.0, archived, pattern)?;
    Ok((rows, count))
}

/// Those of the rewards that exist, in no order.
pub async fn by_ids(tx: &mut Tx, ws: WorkspaceId, ids: &[Uuid]) -> Result<Vec<RewardRow>> {
    fetch_all!(RewardRow; tx, BY_IDS, ws.0, json_rows(ids))
}

/// Writes a reward that was read as `seen_at`.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, row: &RewardRow, seen_at: Millis) -> Result<()> {
    exec_one!(
        "reward"; tx, UPDATE, ws.0, row.id, &row.name, row.kind.as_str(), row.value_e4, &row.currency, row.product_id,
        &row.description, row.archived_at, row.updated_at, seen_at
    )
}

/// Deletes a reward that no offer uses.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<()> {
    exec_one!("reward"; tx, DELETE, ws.0, id)
}

/// How many offers use a reward.
pub async fn uses(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<i64> {
    scalar!(i64; tx, USES, ws.0, id)
}
