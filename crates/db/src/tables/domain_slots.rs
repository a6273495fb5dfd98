//! `domain_slots`: when the next message may go to a recipient domain that has a limit.

use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    RESERVE = "INSERT INTO domain_slots (tenant_id, domain, next_at) VALUES ($1, $2, CAST($3 AS BIGINT) + CAST($4 AS BIGINT))
               ON CONFLICT (tenant_id, domain) DO UPDATE SET next_at = {greatest}(domain_slots.next_at, CAST($3 AS BIGINT)) + CAST($4 AS BIGINT) RETURNING next_at";
    FREE = "DELETE FROM domain_slots WHERE tenant_id = $1 AND (domain IN (SELECT name FROM {rows $2: name text} AS d)) IS NOT TRUE";
}

#[derive(serde::Serialize)]
struct Domain<'a> {
    name: &'a str,
}

/// Reserves `span` microseconds of a domain from `now` (microseconds since 1970) on, behind what is reserved already; gives
/// the end of what was reserved.
pub async fn reserve(tx: &mut Tx, ws: WorkspaceId, domain: &str, now: i64, span: i64) -> Result<i64> {
    scalar!(i64; tx, RESERVE, ws.0, domain, now, span)
}

/// Forgets what is reserved of domains that have no limit any more: all but `limited`.
pub async fn free(tx: &mut Tx, ws: WorkspaceId, limited: &[String]) -> Result<()> {
    let limited: Vec<_> = limited.iter().map(|name| Domain { name }).collect();
    exec!(tx, FREE, ws.0, sql::json_rows(&limited)).map(drop)
}
