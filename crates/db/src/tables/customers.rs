//! `customers`: one row per person. Reading, searching and changing single rows; files come in through `customer_batch`.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

macro_rules! columns {
    () => {
        "id, external_id, first_name, last_name, email, phone, city, tier, client_type, preferred_language, preferred_channel, preferred_product, \
         timezone, account_balance_e4, currency, registration_date, first_purchase_date, last_purchase_date, last_order_at, purchase_count, is_active, \
         opted_out, erased_at, created_at, updated_at"
    };
}
macro_rules! filter {
    () => {
        "tenant_id = $1 AND erased_at IS NULL AND ($2 = '' OR tier = $2) AND ($3 = '' OR city = $3) AND ($4 = '' OR client_type = $4) \
         AND ($5 = '' OR preferred_language = $5) AND ($6 = '' OR preferred_channel = $6) AND ($7 = '' OR opted_out = ($7 = 'true')) \
         AND ($8 = '' OR is_active = ($8 = 'true'))"
    };
}
macro_rules! found {
    () => {
        "id IN (SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 AND search_name {prefix_ge} $9 AND search_name {prefix_lt} $10 LIMIT 1000) AS a
                UNION SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 AND search_last_name {prefix_ge} $9 AND search_last_name {prefix_lt} $10 LIMIT 1000) AS b
                UNION SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 AND email {prefix_ge} $11 AND email {prefix_lt} $12 LIMIT 1000) AS c
                UNION SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 AND phone {prefix_ge} $13 AND phone {prefix_lt} $14 LIMIT 1000) AS d
                UNION SELECT id FROM customers WHERE tenant_id = $1 AND external_id = $15)"
    };
}

sql! {
    GET = concat!("SELECT ", columns!(), " FROM customers WHERE tenant_id = $1 AND id = $2");
    // customers_page
    PAGE = concat!("SELECT ", columns!(), " FROM customers WHERE ", filter!(), " AND id < $9 ORDER BY id DESC LIMIT $10 OFFSET $11");
    COUNT = concat!("SELECT COUNT(*) FROM customers WHERE ", filter!());
    // customers_page and customers_erased, without touching a row
    COUNT_ALL = "SELECT (SELECT COUNT(*) FROM customers WHERE tenant_id = $1) - (SELECT COUNT(*) FROM customers WHERE tenant_id = $1 AND erased_at IS NOT NULL)";
    // customers_search_name, customers_search_last, customers_email, customers_phone, customers_external: at most 1,000 candidates each
    SEARCH = concat!("SELECT ", columns!(), " FROM customers WHERE ", filter!(), " AND ", found!(), " AND id < $16 ORDER BY id DESC LIMIT $17 OFFSET $18");
    COUNT_FOUND = concat!("SELECT COUNT(*) FROM customers WHERE ", filter!(), " AND ", found!());
    MISSING = "SELECT r.id FROM {ids $2} AS r WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.tenant_id = $1 AND c.id = r.id)";
    INSERT = "INSERT INTO customers (tenant_id, external_id, first_name, last_name, email, phone, city, tier, client_type, preferred_language, preferred_channel,
                preferred_product, timezone, account_balance_e4, currency, registration_date, first_purchase_date, last_purchase_date, last_order_at, is_active,
                opted_out, search_name, search_last_name, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $24) RETURNING id";
    UPDATE = "UPDATE customers SET external_id = $3, first_name = $4, last_name = $5, email = $6, phone = $7, city = $8, tier = $9, client_type = $10,
                preferred_language = $11, preferred_channel = $12, preferred_product = $13, timezone = $14, account_balance_e4 = $15, currency = $16,
                registration_date = $17, first_purchase_date = $18, last_purchase_date = $19, last_order_at = $20, is_active = $21, opted_out = $22,
                search_name = $23, search_last_name = $24, updated_at = $25
              WHERE tenant_id = $1 AND id = $2 AND updated_at = $26 AND erased_at IS NULL";
    DEACTIVATE = "UPDATE customers SET is_active = FALSE, updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL";
    DEACTIVATE_ALL = "UPDATE customers SET is_active = FALSE, updated_at = $3 WHERE tenant_id = $1 AND id IN (SELECT id FROM {ids $2} AS r) AND erased_at IS NULL";
    SET_OPTED_OUT = "UPDATE customers SET opted_out = $3, updated_at = $4 WHERE tenant_id = $1 AND id IN (SELECT id FROM {ids $2} AS r) AND erased_at IS NULL";
    // Values that filters offer: the commonest of the newest rows, so that it stays quick on a million.
    FACETS = "SELECT 'tier' AS field, tier AS value, COUNT(*) AS customers FROM (SELECT tier FROM customers WHERE tenant_id = $1 AND tier IS NOT NULL ORDER BY id DESC LIMIT 20000) AS t GROUP BY tier
              UNION ALL SELECT 'city', city, COUNT(*) FROM (SELECT city FROM customers WHERE tenant_id = $1 AND city IS NOT NULL ORDER BY id DESC LIMIT 20000) AS t GROUP BY city
              UNION ALL SELECT 'clientType', client_type, COUNT(*) FROM (SELECT client_type FROM customers WHERE tenant_id = $1 AND client_type IS NOT NULL ORDER BY id DESC LIMIT 20000) AS t GROUP BY client_type
              UNION ALL SELECT 'preferredLanguage', preferred_language, COUNT(*) FROM (SELECT preferred_language FROM customers WHERE tenant_id = $1 AND preferred_language IS NOT NULL ORDER BY id DESC LIMIT 20000) AS t GROUP BY preferred_language
              ORDER BY 3 DESC LIMIT 200";
}

/// A customer.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CustomerRow {
    pub id: i64,
    pub external_id: Option<String>,
    pub first_name: String,
    pub last_name: String,
    /// In lower case.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub client_type: Option<String>,
    pub preferred_language: Option<String>,
    pub preferred_channel: Option<String>,
    pub preferred_product: Option<String>,
    pub timezone: Option<String>,
    /// Ten-thousandths of `currency`.
    pub account_balance_e4: i64,
    pub currency: Option<String>,
    /// Days are kept as their first moment in UTC.
    pub registration_date: Option<Millis>,
    pub first_purchase_date: Option<Millis>,
    pub last_purchase_date: Option<Millis>,
    pub last_order_at: Option<Millis>,
    pub purchase_count: i64,
    pub is_active: bool,
    pub opted_out: bool,
    pub erased_at: Option<Millis>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// What to list; empty texts and `None` mean any.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerFilter {
    pub tier: String,
    pub city: String,
    pub client_type: String,
    pub preferred_language: String,
    pub preferred_channel: Option<Channel>,
    pub opted_out: Option<bool>,
    pub is_active: Option<bool>,
    pub search: Option<Prefixes>,
}

impl CustomerFilter {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is searched for, column by column. An empty prefix finds nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prefixes {
    /// Beginning of the folded full name or last name.
    pub name: String,
    pub email: String,
    /// In E.164 form.
    pub phone: String,
    /// The whole number.
    pub external_id: String,
}

/// The half-open range of texts that begin with `prefix`, bytewise; empty for the empty prefix.
fn range(prefix: &str) -> (String, String) {
    match prefix {
        "" => (String::new(), String::new()),
        _ => (prefix.to_owned(), format!("{prefix}\u{10FFFF}")),
    }
}

fn flag(value: Option<bool>) -> &'static str {
    match value {
        None => "",
        Some(true) => "true",
        Some(false) => "false",
    }
}

/// One customer, erased ones too.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<Option<CustomerRow>> {
    fetch_optional!(CustomerRow; tx, GET, ws.0, id)
}

/// Customers before an id (`i64::MAX` for the newest), newest first. A search looks at most at 1,000 per column.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    f: &CustomerFilter,
    before_id: i64,
    limit: i64,
    offset: i64,
) -> Result<Vec<CustomerRow>> {
    let channel = f.preferred_channel.map_or("", Channel::as_str);
    let (opted_out, active) = (flag(f.opted_out), flag(f.is_active));
    match &f.search {
        None => {
            fetch_all!(CustomerRow; tx, PAGE, ws.0, &f.tier, &f.city, &f.client_type, &f.preferred_language, channel, opted_out, active, before_id, limit, offset)
        }
        Some(s) => {
            let ((name, name_end), (email, email_end), (phone, phone_end)) =
                (range(&s.name), range(&s.email), range(&s.phone));
            fetch_all!(CustomerRow; tx, SEARCH, ws.0, &f.tier, &f.city, &f.client_type, &f.preferred_language, channel, opted_out, active,
                &name, &name_end, &email, &email_end, &phone, &phone_end, &s.external_id, before_id, limit, offset)
        }
    }
}

/// How many customers a filter has; a search counts what it looks at.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, f: &CustomerFilter) -> Result<i64> {
    if f.is_empty() {
        return scalar!(i64; tx, COUNT_ALL, ws.0);
    }
    let channel = f.preferred_channel.map_or("", Channel::as_str);
    let (opted_out, active) = (flag(f.opted_out), flag(f.is_active));
    match &f.search {
        None => {
            scalar!(i64; tx, COUNT, ws.0, &f.tier, &f.city, &f.client_type, &f.preferred_language, channel, opted_out, active)
        }
        Some(s) => {
            let ((name, name_end), (email, email_end), (phone, phone_end)) =
                (range(&s.name), range(&s.email), range(&s.phone));
            scalar!(i64; tx, COUNT_FOUND, ws.0, &f.tier, &f.city, &f.client_type, &f.preferred_language, channel, opted_out, active,
                &name, &name_end, &email, &email_end, &phone, &phone_end, &s.external_id)
        }
    }
}

/// Those of `ids` that are no customers of the workspace.
pub async fn missing(tx: &mut Tx, ws: WorkspaceId, ids: &[i64]) -> Result<Vec<i64>> {
    let rows = fetch_all!((i64,); tx, MISSING, ws.0, crate::sql::json_rows(ids))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Name and last name as prefix search compares them.
fn search_names(row: &CustomerRow) -> (String, String) {
    use muster_domain::customer::search_key;
    (search_key(&format!("{} {}", row.first_name, row.last_name)), search_key(&row.last_name))
}

/// Adds a customer; `id`, `purchase_count`, `erased_at` and the times of the row are not read.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, c: &CustomerRow, now: Millis) -> Result<i64> {
    let (search_name, search_last_name) = search_names(c);
    scalar!(i64; tx, INSERT, ws.0, &c.external_id, &c.first_name, &c.last_name, &c.email, &c.phone, &c.city, &c.tier, &c.client_type, &c.preferred_language,
        &c.preferred_channel, &c.preferred_product, &c.timezone, c.account_balance_e4, &c.currency, c.registration_date, c.first_purchase_date,
        c.last_purchase_date, c.last_order_at, c.is_active, c.opted_out, &search_name, &search_last_name, now)
}

/// Writes a customer that was read as `seen_at` (its `updated_at`).
pub async fn update(tx: &mut Tx, ws: WorkspaceId, c: &CustomerRow, seen_at: Millis, now: Millis) -> Result<()> {
    let (search_name, search_last_name) = search_names(c);
    exec_one!("customer"; tx, UPDATE, ws.0, c.id, &c.external_id, &c.first_name, &c.last_name, &c.email, &c.phone, &c.city, &c.tier, &c.client_type,
        &c.preferred_language, &c.preferred_channel, &c.preferred_product, &c.timezone, c.account_balance_e4, &c.currency, c.registration_date,
        c.first_purchase_date, c.last_purchase_date, c.last_order_at, c.is_active, c.opted_out, &search_name, &search_last_name, now, seen_at)
}

/// The person is no customer any more; what happened stays.
pub async fn deactivate(tx: &mut Tx, ws: WorkspaceId, id: i64, now: Millis) -> Result<()> {
    exec_one!("customer"; tx, DEACTIVATE, ws.0, id, now)
}

/// Retires several customers; gives how many there were.
pub async fn deactivate_all(tx: &mut Tx, ws: WorkspaceId, ids: &[i64], now: Millis) -> Result<u64> {
    exec!(tx, DEACTIVATE_ALL, ws.0, crate::sql::json_rows(ids), now)
}

/// Sets or lifts the opt-out of several customers; gives how many there were.
pub async fn set_opted_out(tx: &mut Tx, ws: WorkspaceId, ids: &[i64], opted_out: bool, now: Millis) -> Result<u64> {
    exec!(tx, SET_OPTED_OUT, ws.0, crate::sql::json_rows(ids), opted_out, now)
}

/// A value that a filter can offer.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct FacetRow {
    pub field: String,
    pub value: String,
    pub customers: i64,
}

/// The commonest tiers, towns, client types and languages.
pub async fn facets(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<FacetRow>> {
    fetch_all!(FacetRow; tx, FACETS, ws.0)
}
