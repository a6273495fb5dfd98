//! `domain_slots`: when the next message may go to a recipient domain that has a limit.

use muster_domain::workspace::WorkspaceId;
use serde::Serialize;

use crate::{Result, Tx, sql};

sql! {
    RESERVE = "INSERT INTO domain_slots (tenant_id, domain, next_at) VALUES ($1, $2, CAST($3 AS BIGINT) + CAST($4 AS BIGINT))
               ON CONFLICT (tenant_id, domain) DO UPDATE SET next_at = {greatest}(domain_slots.next_at, CAST($3 AS BIGINT)) + CAST($4 AS BIGINT) RETURNING next_at";
    // What is reserved behind a moment, or was taken just before it.
    GIVE_BACK = "UPDATE domain_slots SET next_at = d.free_at FROM {rows $2: domain text, free_at bigint} AS d
                 WHERE domain_slots.tenant_id = $1 AND domain_slots.domain = d.domain AND domain_slots.next_at > $3";
    FREE = "DELETE FROM domain_slots WHERE tenant_id = $1 AND (domain IN (SELECT d.domain FROM {rows $2: domain text, free_at bigint} AS d)) IS NOT TRUE";
}

/// From when on a domain is free, whatever was reserved of it.
#[derive(Debug, Serialize)]
pub struct Free {
    pub domain: String,
    /// Microseconds since 1970.
    pub free_at: i64,
}

/// Reserves `span` microseconds of a domain from `now` (microseconds since 1970) on, behind what is reserved already; gives
/// the end of what was reserved.
pub async fn reserve(tx: &mut Tx, ws: WorkspaceId, domain: &str, now: i64, span: i64) -> Result<i64> {
    scalar!(i64; tx, RESERVE, ws.0, domain, now, span)
}

/// Gives back what was reserved of these domains from `now` (microseconds since 1970) on, and forgets all others: those have
/// no limit any more.
pub async fn give_back(tx: &mut Tx, ws: WorkspaceId, now: i64, limited: &[Free]) -> Result<()> {
    let limited = sql::json_rows(limited);
    exec!(tx, GIVE_BACK, ws.0, limited, now)?;
    exec!(tx, FREE, ws.0, limited).map(drop)
}
