//! Finding things by the beginning of their name, for the window's palette.

use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // customers_search_name, customers_search_last, customers_email, customers_phone: each half is a range of an index.
    CUSTOMERS = "SELECT id, first_name, last_name, email, phone, city FROM customers WHERE tenant_id = $1 AND id IN (
        SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 AND search_name >= $2 AND search_name < $3 ORDER BY search_name, id LIMIT $6) AS a
        UNION SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 AND search_last_name >= $2 AND search_last_name < $3 ORDER BY search_last_name, id LIMIT $6) AS b
        UNION SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 AND email >= $2 AND email < $3 ORDER BY email LIMIT $6) AS c
        UNION SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 AND phone >= $4 AND phone < $5 ORDER BY phone LIMIT $6) AS d)
        ORDER BY search_name, id LIMIT $6";
    // Named things are few: a scan of the workspace's is fine. An escape sign keeps % and _ what they are.
    NAMED = "SELECT kind, id, name, state FROM (
        SELECT 1 AS place, 'campaign' AS kind, id, name, status AS state FROM campaigns WHERE tenant_id = $1 AND deleted_at IS NULL AND lower(name) LIKE $2 ESCAPE '!'
        UNION ALL SELECT 2, 'offer', id, name, status FROM offers WHERE tenant_id = $1 AND archived_at IS NULL AND lower(name) LIKE $2 ESCAPE '!'
        UNION ALL SELECT 3, 'segment', id, name, type FROM segments WHERE tenant_id = $1 AND archived_at IS NULL AND lower(name) LIKE $2 ESCAPE '!'
        ) AS found ORDER BY place, name, id LIMIT $3";
}

/// A customer who was found.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FoundCustomer {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub city: Option<String>,
}

/// A campaign, an offer or a segment that was found.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FoundNamed {
    /// `campaign`, `offer`, `segment`.
    pub kind: String,
    pub id: Uuid,
    pub name: String,
    pub state: String,
}

/// What sorts after everything that begins with a text.
const LAST: char = '\u{10FFFF}';

/// Customers whose name, last name or e-mail begins with `key` (folded) or whose phone begins with `phone`.
pub async fn customers(tx: &mut Tx, ws: WorkspaceId, key: &str, phone: &str, limit: i64) -> Result<Vec<FoundCustomer>> {
    let (key_end, phone_end) = (format!("{key}{LAST}"), format!("{phone}{LAST}"));
    fetch_all!(FoundCustomer; tx, CUSTOMERS, ws.0, key, &key_end, phone, &phone_end, limit)
}

/// Campaigns, offers and segments with a text somewhere in their name; the text is in lower case.
pub async fn named(tx: &mut Tx, ws: WorkspaceId, text: &str, limit: i64) -> Result<Vec<FoundNamed>> {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    fetch_all!(FoundNamed; tx, NAMED, ws.0, &pattern, limit)
}
