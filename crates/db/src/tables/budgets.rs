//! `rate_spends`: what was spent of a rate budget and when. The sliding window is the sum over it, so it is kept over
//! restarts and shared by all nodes.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    // the primary key serves all of them
    USED = "SELECT CAST(COALESCE(SUM(messages), 0) AS BIGINT) FROM rate_spends WHERE tenant_id = $1 AND budget = $2 AND at > $3";
    OLDEST = "SELECT at, messages FROM rate_spends WHERE tenant_id = $1 AND budget = $2 AND at > $3 ORDER BY at LIMIT 1000";
    SPEND = "INSERT INTO rate_spends (tenant_id, budget, at, lease_id, messages) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, budget, at, lease_id) DO UPDATE SET messages = rate_spends.messages + excluded.messages";
    UNSPEND = "DELETE FROM rate_spends WHERE tenant_id = $1 AND budget = $2 AND lease_id = $3 AND at = $4";
    RESERVED = "SELECT budget, at FROM rate_spends WHERE tenant_id = $1 AND lease_id = $2";
    RECENT = "SELECT s.budget, CAST(SUM(CASE WHEN s.at > $3 THEN s.messages ELSE 0 END) AS BIGINT) AS hour, CAST(SUM(s.messages) AS BIGINT) AS day
              FROM {rows $2: budget text} AS r CROSS JOIN rate_spends s WHERE s.tenant_id = $1 AND s.budget = r.budget AND s.at > $4 GROUP BY s.budget";
    FORGET = "DELETE FROM rate_spends WHERE (tenant_id, budget, at, lease_id) IN (SELECT tenant_id, budget, at, lease_id FROM rate_spends WHERE at <= $1 LIMIT $2)";
}

/// Messages spent in the half-open window (`after`, now].
pub async fn used(tx: &mut Tx, ws: WorkspaceId, budget: &str, after: Millis) -> Result<i64> {
    scalar!(i64; tx, USED, ws.0, budget, after)
}

/// What was spent of a budget in the hour and in the day that end now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Recent {
    pub budget: String,
    pub hour: i64,
    pub day: i64,
}

#[derive(serde::Serialize)]
struct BudgetKey<'a> {
    budget: &'a str,
}

/// What was spent of several budgets since two moments; those of which nothing was spent are left out.
pub async fn recent(
    tx: &mut Tx,
    ws: WorkspaceId,
    keys: &[String],
    hour_after: Millis,
    day_after: Millis,
) -> Result<Vec<Recent>> {
    let keys: Vec<_> = keys.iter().map(|budget| BudgetKey { budget }).collect();
    fetch_all!(Recent; tx, RECENT, ws.0, sql::json_rows(&keys), hour_after, day_after)
}

/// The oldest spends of a window: what becomes free first, at most 1,000.
pub async fn oldest(tx: &mut Tx, ws: WorkspaceId, budget: &str, after: Millis) -> Result<Vec<(Millis, i64)>> {
    fetch_all!((i64, i64); tx, OLDEST, ws.0, budget, after)
}

/// Reserves, before anything is sent.
pub async fn spend(tx: &mut Tx, ws: WorkspaceId, budget: &str, at: Millis, lease_id: i64, messages: i64) -> Result<()> {
    exec!(tx, SPEND, ws.0, budget, at, lease_id, messages).map(drop)
}

/// Spends of one budget within this time are kept as one, at its end, milliseconds.
const MOMENT: Millis = 100;
/// In place of a lease: what was settled.
const SETTLED: i64 = 0;

/// Turns a reservation into what was really sent, at the moment when it was; nothing sent gives it back. Done twice, it
/// counts once.
pub async fn settle(
    tx: &mut Tx,
    ws: WorkspaceId,
    budget: &str,
    lease_id: i64,
    reserved_at: Millis,
    sent_at: Millis,
    messages: i64,
) -> Result<()> {
    let was_reserved = exec!(tx, UNSPEND, ws.0, budget, lease_id, reserved_at)? > 0;
    if !was_reserved || messages == 0 {
        return Ok(());
    }
    let moment = sent_at + (-sent_at).rem_euclid(MOMENT);
    spend(tx, ws, budget, moment, SETTLED, messages).await
}

/// The same in every budget, for somebody else's lease.
pub async fn settle_all(tx: &mut Tx, ws: WorkspaceId, lease_id: i64, sent_at: Millis, messages: i64) -> Result<()> {
    for (budget, reserved_at) in fetch_all!((String, i64); tx, RESERVED, ws.0, lease_id)? {
        settle(tx, ws, &budget, lease_id, reserved_at, sent_at, messages).await?;
    }
    Ok(())
}

/// Forgets what no window reaches any more, in all workspaces, at most `limit` rows; gives how many.
pub async fn forget(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64> {
    exec!(tx, FORGET, before, limit)
}
