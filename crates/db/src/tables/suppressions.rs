//! `suppressions`: addresses that are never sent to, whatever a segment says.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    // suppressions_page; a prefix is looked up in the unique key
    PAGE = "SELECT id, channel, address, reason, source, customer_id, created_at FROM suppressions
            WHERE tenant_id = $1 AND ($2 = '' OR channel = $2) AND ($3 = '' OR reason = $3) AND ($4 = '' OR (address {prefix_ge} $4 AND address {prefix_lt} $5))
            AND id < $6 ORDER BY id DESC LIMIT $7 OFFSET $8";
    COUNT = "SELECT COUNT(*) FROM suppressions
             WHERE tenant_id = $1 AND ($2 = '' OR channel = $2) AND ($3 = '' OR reason = $3) AND ($4 = '' OR (address {prefix_ge} $4 AND address {prefix_lt} $5))";
    // The first reason stays: a hard bounce is no better for being added by hand later.
    ADD = "INSERT INTO suppressions (tenant_id, channel, address, reason, source, customer_id, created_at)
           SELECT $1, channel, address, reason, source, customer_id, $3
           FROM {rows $2: channel text, address text, reason text, source text, customer_id bigint} AS r WHERE TRUE
           ON CONFLICT (tenant_id, channel, address) DO NOTHING";
    GET = "SELECT id, channel, address, reason, source, customer_id, created_at FROM suppressions WHERE tenant_id = $1 AND id = $2";
    REMOVE = "DELETE FROM suppressions WHERE tenant_id = $1 AND id = $2";
    OF_ADDRESSES = "SELECT s.id, s.channel, s.address, s.reason, s.source, s.customer_id, s.created_at FROM {rows $2: channel text, address text} AS r
                    CROSS JOIN suppressions s WHERE s.tenant_id = $1 AND s.channel = r.channel AND s.address = r.address ORDER BY s.id";
}

/// An address that is not sent to.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SuppressionRow {
    pub id: i64,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// E-mail in lower case, E.164 number or push token.
    pub address: String,
    /// unsubscribed | hard_bounce | complaint | manual
    pub reason: String,
    /// What put it here: a person's name, an import, a campaign.
    pub source: String,
    pub customer_id: Option<i64>,
    pub created_at: Millis,
}

/// An address to suppress.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewSuppression {
    pub channel: &'static str,
    pub address: String,
    pub reason: String,
    pub source: String,
    pub customer_id: Option<i64>,
}

/// What to list; empty texts and `None` mean any.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SuppressionFilter {
    pub channel: Option<Channel>,
    pub reason: String,
    /// Beginning of the address.
    pub search: String,
}

/// Suppressions before an id, newest first.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    f: &SuppressionFilter,
    before_id: i64,
    limit: i64,
    offset: i64,
) -> Result<Vec<SuppressionRow>> {
    let (channel, end) = (f.channel.map_or("", Channel::as_str), format!("{}\u{10FFFF}", f.search));
    fetch_all!(SuppressionRow; tx, PAGE, ws.0, channel, &f.reason, &f.search, &end, before_id, limit, offset)
}

/// How many there are.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, f: &SuppressionFilter) -> Result<i64> {
    let (channel, end) = (f.channel.map_or("", Channel::as_str), format!("{}\u{10FFFF}", f.search));
    scalar!(i64; tx, COUNT, ws.0, channel, &f.reason, &f.search, &end)
}

/// Adds addresses; those that are there keep their first reason. Gives how many were new.
pub async fn add(tx: &mut Tx, ws: WorkspaceId, new: &[NewSuppression], now: Millis) -> Result<u64> {
    exec!(tx, ADD, ws.0, json_rows(new), now)
}

/// One suppression.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<Option<SuppressionRow>> {
    fetch_optional!(SuppressionRow; tx, GET, ws.0, id)
}

/// Allows an address again.
pub async fn remove(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<()> {
    exec_one!("suppression"; tx, REMOVE, ws.0, id)
}

/// Those of some addresses that are suppressed.
pub async fn of_addresses(tx: &mut Tx, ws: WorkspaceId, addresses: &[(Channel, &str)]) -> Result<Vec<SuppressionRow>> {
    #[derive(Serialize)]
    struct Address<'a> {
        channel: &'static str,
        address: &'a str,
    }
    let rows: Vec<Address<'_>> =
        addresses.iter().map(|(channel, address)| Address { channel: channel.as_str(), address }).collect();
    fetch_all!(SuppressionRow; tx, OF_ADDRESSES, ws.0, json_rows(&rows))
}
