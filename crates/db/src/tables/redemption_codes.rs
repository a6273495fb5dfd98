//! `redemption_codes`: which offer a code belongs to, and to whom when it is unique. Codes are upper case.

use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    FIND = "SELECT code, offer_id, customer_id FROM redemption_codes WHERE tenant_id = $1 AND code = $2";
    // redemption_codes_offer
    CLEAR_SHARED = "DELETE FROM redemption_codes WHERE tenant_id = $1 AND offer_id = $2 AND customer_id IS NULL";
    ADD = "INSERT INTO redemption_codes (tenant_id, code, offer_id, customer_id)
           SELECT $1, r.code, $2, r.customer_id FROM {rows $3: code text, customer_id bigint} AS r WHERE TRUE
           ON CONFLICT (tenant_id, code) DO NOTHING";
    // redemption_codes_offer
    OF_CUSTOMERS = "SELECT code, offer_id, customer_id FROM redemption_codes
                    WHERE tenant_id = $1 AND offer_id = $2 AND customer_id IN (SELECT id FROM {ids $3} AS wanted)";
    UNIQUE_PREFIXES = "SELECT id, code_prefix FROM offers WHERE tenant_id = $1 AND code_mode = 'unique' AND id IN (SELECT id FROM {uuids $2} AS wanted)";
    COUNT_UNIQUE = "SELECT COUNT(*) FROM redemption_codes WHERE tenant_id = $1 AND offer_id = $2 AND customer_id IS NOT NULL";
}

/// A code.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CodeRow {
    pub code: String,
    pub offer_id: Uuid,
    /// None: everybody may redeem it.
    pub customer_id: Option<i64>,
}

/// A code to add.
#[derive(Debug, Clone, Serialize)]
pub struct NewCode {
    pub code: String,
    pub customer_id: Option<i64>,
}

/// Whose code this is.
pub async fn find(tx: &mut Tx, ws: WorkspaceId, code: &str) -> Result<Option<CodeRow>> {
    fetch_optional!(CodeRow; tx, FIND, ws.0, code)
}

/// Makes these the shared codes of an offer. A code that another offer has stays there.
pub async fn set_shared(tx: &mut Tx, ws: WorkspaceId, offer: Uuid, codes: &[NewCode]) -> Result<()> {
    exec!(tx, CLEAR_SHARED, ws.0, offer)?;
    add(tx, ws, offer, codes).await?;
    Ok(())
}

/// Adds codes; gives the number of those that were free.
pub async fn add(tx: &mut Tx, ws: WorkspaceId, offer: Uuid, codes: &[NewCode]) -> Result<u64> {
    exec!(tx, ADD, ws.0, offer, json_rows(codes))
}

/// The unique codes that some customers have of an offer.
pub async fn of_customers(tx: &mut Tx, ws: WorkspaceId, offer: Uuid, customers: &[i64]) -> Result<Vec<CodeRow>> {
    fetch_all!(CodeRow; tx, OF_CUSTOMERS, ws.0, offer, json_rows(customers))
}

/// Those of the offers that give each customer a code, with what the codes begin with.
pub async fn unique_prefixes(tx: &mut Tx, ws: WorkspaceId, offers: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    fetch_all!((Uuid, String); tx, UNIQUE_PREFIXES, ws.0, json_rows(offers))
}

/// How many unique codes an offer has given out.
pub async fn count_unique(tx: &mut Tx, ws: WorkspaceId, offer: Uuid) -> Result<i64> {
    scalar!(i64; tx, COUNT_UNIQUE, ws.0, offer)
}
