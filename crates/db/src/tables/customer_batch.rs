//! Customers by the thousand: what an import finds, adds and changes, one statement for a batch.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

// SQLite walks the tables of a CROSS JOIN in the order written: from the rows to the customers, never the other way, which
// would read the rows anew for every customer. In the update a `+` keeps it from beginning at the workspace's customers.
sql! {
    // customers_external
    FIND_EXTERNAL = "SELECT r.n, c.id, c.first_name, c.last_name FROM {rows $2: n bigint, key text} AS r CROSS JOIN customers c WHERE c.tenant_id = $1 AND c.external_id = r.key";
    // customers_email; the oldest of several
    FIND_EMAIL = "SELECT r.n, c.id, c.first_name, c.last_name FROM {rows $2: n bigint, key text} AS r
                  CROSS JOIN customers c WHERE c.id = (SELECT MIN(x.id) FROM customers x WHERE x.tenant_id = $1 AND x.email = r.key)";
    // customers_phone; the oldest of several
    FIND_PHONE = "SELECT r.n, c.id, c.first_name, c.last_name FROM {rows $2: n bigint, key text} AS r
                  CROSS JOIN customers c WHERE c.id = (SELECT MIN(x.id) FROM customers x WHERE x.tenant_id = $1 AND x.phone = r.key)";
    INSERT = "INSERT INTO customers (tenant_id, external_id, first_name, last_name, email, phone, city, tier, client_type, preferred_language, preferred_channel,
                preferred_product, timezone, account_balance_e4, currency, registration_date, first_purchase_date, last_purchase_date, last_order_at, is_active,
                opted_out, search_name, search_last_name, created_at, updated_at)
              SELECT $1, external_id, COALESCE(first_name, ''), COALESCE(last_name, ''), email, phone, city, tier, client_type, preferred_language, preferred_channel,
                preferred_product, timezone, COALESCE(account_balance_e4, 0), currency, registration_date, first_purchase_date, last_purchase_date, last_order_at,
                COALESCE(is_active, TRUE), COALESCE(opted_out, FALSE), COALESCE(search_name, ''), COALESCE(search_last_name, ''), $3, $3
              FROM {rows $2: n bigint, external_id text, first_name text, last_name text, email text, phone text, city text, tier text, client_type text, preferred_language text, preferred_channel text, preferred_product text, timezone text, account_balance_e4 bigint, currency text, registration_date bigint, first_purchase_date bigint, last_purchase_date bigint, last_order_at bigint, is_active boolean, opted_out boolean, search_name text, search_last_name text} AS r
              WHERE TRUE ORDER BY n RETURNING id";
    UPDATE = "UPDATE customers SET external_id = COALESCE(r.external_id, customers.external_id), first_name = COALESCE(r.first_name, customers.first_name),
                last_name = COALESCE(r.last_name, customers.last_name), email = COALESCE(r.email, customers.email), phone = COALESCE(r.phone, customers.phone),
                city = COALESCE(r.city, customers.city), tier = COALESCE(r.tier, customers.tier), client_type = COALESCE(r.client_type, customers.client_type),
                preferred_language = COALESCE(r.preferred_language, customers.preferred_language), preferred_channel = COALESCE(r.preferred_channel, customers.preferred_channel),
                preferred_product = COALESCE(r.preferred_product, customers.preferred_product), timezone = COALESCE(r.timezone, customers.timezone),
                account_balance_e4 = COALESCE(r.account_balance_e4, customers.account_balance_e4), currency = COALESCE(r.currency, customers.currency),
                registration_date = COALESCE(r.registration_date, customers.registration_date), first_purchase_date = COALESCE(r.first_purchase_date, customers.first_purchase_date),
                last_purchase_date = COALESCE(r.last_purchase_date, customers.last_purchase_date), last_order_at = COALESCE(r.last_order_at, customers.last_order_at),
                is_active = COALESCE(r.is_active, customers.is_active), opted_out = COALESCE(r.opted_out, customers.opted_out),
                search_name = COALESCE(r.search_name, customers.search_name), search_last_name = COALESCE(r.search_last_name, customers.search_last_name), updated_at = $3
              FROM {rows $2: id bigint, external_id text, first_name text, last_name text, email text, phone text, city text, tier text, client_type text, preferred_language text, preferred_channel text, preferred_product text, timezone text, account_balance_e4 bigint, currency text, registration_date bigint, first_purchase_date bigint, last_purchase_date bigint, last_order_at bigint, is_active boolean, opted_out boolean, search_name text, search_last_name text} AS r
              WHERE +customers.tenant_id = $1 AND customers.id = r.id AND customers.erased_at IS NULL";
}

/// What customers are recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindBy {
    ExternalId,
    Email,
    Phone,
}

#[derive(Serialize)]
struct Key<'a> {
    n: usize,
    key: &'a str,
}

/// A customer who is there already.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FoundRow {
    /// Place of the key among those asked for.
    pub n: i64,
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
}

/// Finds the customers of some keys.
pub async fn find(tx: &mut Tx, ws: WorkspaceId, by: FindBy, keys: &[&str]) -> Result<Vec<FoundRow>> {
    let keys: Vec<Key<'_>> = keys.iter().enumerate().map(|(n, key)| Key { n, key }).collect();
    match by {
        FindBy::ExternalId => fetch_all!(FoundRow; tx, FIND_EXTERNAL, ws.0, json_rows(&keys)),
        FindBy::Email => fetch_all!(FoundRow; tx, FIND_EMAIL, ws.0, json_rows(&keys)),
        FindBy::Phone => fetch_all!(FoundRow; tx, FIND_PHONE, ws.0, json_rows(&keys)),
    }
}

/// A customer as a batch gives it. `None` leaves what is there (or the default of a new one).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct BatchRow {
    /// Order within the batch.
    pub n: i64,
    /// The customer to change; not read for new ones.
    pub id: i64,
    pub external_id: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub client_type: Option<String>,
    pub preferred_language: Option<String>,
    pub preferred_channel: Option<String>,
    pub preferred_product: Option<String>,
    pub timezone: Option<String>,
    pub account_balance_e4: Option<i64>,
    pub currency: Option<String>,
    pub registration_date: Option<Millis>,
    pub first_purchase_date: Option<Millis>,
    pub last_purchase_date: Option<Millis>,
    pub last_order_at: Option<Millis>,
    pub is_active: Option<bool>,
    pub opted_out: Option<bool>,
    pub search_name: Option<String>,
    pub search_last_name: Option<String>,
}

/// Adds customers; gives their ids in the order of `n`, which must ascend.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, rows: &[BatchRow], now: Millis) -> Result<Vec<i64>> {
    let added = fetch_all!((i64,); tx, INSERT, ws.0, json_rows(rows), now)?;
    let mut ids: Vec<i64> = added.into_iter().map(|(id,)| id).collect();
    // Identities are given in the order of the rows; the engine may report them in another.
    ids.sort_unstable();
    Ok(ids)
}

/// Changes customers by their `id`; gives how many.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, rows: &[BatchRow], now: Millis) -> Result<u64> {
    exec!(tx, UPDATE, ws.0, json_rows(rows), now)
}
