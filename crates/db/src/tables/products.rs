//! `products`: what offers give. Archived ones stay where they are used and leave the lists.

use muster_domain::clock::Millis;
use muster_domain::money::E4;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO products (id, tenant_id, name, type, value, price_e4, currency, description, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    GET = "SELECT id, name, type AS kind, value, price_e4, currency, description, created_at, updated_at, archived_at
           FROM products WHERE tenant_id = $1 AND id = $2";
    // products_tenant
    PAGE = "SELECT id, name, type AS kind, value, price_e4, currency, description, created_at, updated_at, archived_at FROM products
            WHERE tenant_id = $1 AND (archived_at IS NOT NULL) = $2 AND ($3 = '' OR lower(name) LIKE $3 ESCAPE '\\')
            ORDER BY id DESC LIMIT $4 OFFSET $5";
    COUNT = "SELECT COUNT(*) FROM products
             WHERE tenant_id = $1 AND (archived_at IS NOT NULL) = $2 AND ($3 = '' OR lower(name) LIKE $3 ESCAPE '\\')";
    BY_IDS = "SELECT id, name, type AS kind, value, price_e4, currency, description, created_at, updated_at, archived_at
              FROM products WHERE tenant_id = $1 AND id IN (SELECT id FROM {uuids $2} AS wanted)";
    UPDATE = "UPDATE products SET name = $3, type = $4, value = $5, price_e4 = $6, currency = $7, description = $8, archived_at = $9, updated_at = $10
              WHERE tenant_id = $1 AND id = $2 AND updated_at = $11";
    DELETE = "DELETE FROM products WHERE tenant_id = $1 AND id = $2";
    USES = "SELECT COUNT(*) FROM offer_products WHERE tenant_id = $1 AND product_id = $2";
}

/// A product.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ProductRow {
    pub id: Uuid,
    pub name: String,
    /// What sort of thing: `data`, `voice` … as the workspace likes.
    pub kind: String,
    /// What one gets: `10GB`.
    pub value: String,
    pub price_e4: E4,
    pub currency: String,
    pub description: String,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub archived_at: Option<Millis>,
}

/// Adds a product.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, row: &ProductRow) -> Result<()> {
    exec!(
        tx,
        INSERT,
        row.id,
        ws.0,
        &row.name,
        &row.kind,
        &row.value,
        row.price_e4,
        &row.currency,
        &row.description,
        row.created_at
    )?;
    Ok(())
}

/// One product.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<ProductRow>> {
    fetch_optional!(ProductRow; tx, GET, ws.0, id)
}

/// A page of the products that are (not) archived, newest first. `pattern` is a LIKE pattern in lower case, or empty.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    archived: bool,
    pattern: &str,
    limit: i64,
    offset: i64,
) -> Result<(Vec<ProductRow>, i64)> {
    let rows = fetch_all!(ProductRow; tx, PAGE, ws.0, archived, pattern, limit, offset)?;
    let count = scalar!(i64; tx, COUNT, ws.0, archived, pattern)?;
    Ok((rows, count))
}

/// Those of the products that exist, in no order.
pub async fn by_ids(tx: &mut Tx, ws: WorkspaceId, ids: &[Uuid]) -> Result<Vec<ProductRow>> {
    fetch_all!(ProductRow; tx, BY_IDS, ws.0, json_rows(ids))
}

/// Writes a product that was read as `seen_at`.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, row: &ProductRow, seen_at: Millis) -> Result<()> {
    exec_one!(
        "product"; tx, UPDATE, ws.0, row.id, &row.name, &row.kind, &row.value, row.price_e4, &row.currency,
        &row.description, row.archived_at, row.updated_at, seen_at
    )
}

/// Deletes a product that no offer uses.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<()> {
    exec_one!("product"; tx, DELETE, ws.0, id)
}

/// How many offers use a product.
pub async fn uses(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<i64> {
    scalar!(i64; tx, USES, ws.0, id)
}
