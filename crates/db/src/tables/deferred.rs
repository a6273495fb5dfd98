//! `deferred_messages` as people look at it: what waits, for what, until when. [`super::leases`] takes from it.

use muster_domain::campaign::CampaignStatus;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    GROUPS = "SELECT g.run_id, g.cause, g.messages, g.earliest_at, g.latest_at, n.number AS run_number, n.campaign_id, c.name AS campaign_name, c.status AS campaign_status, x.last_error
              FROM (SELECT run_id, cause, COUNT(*) AS messages, MIN(due_at) AS earliest_at, MAX(due_at) AS latest_at, MAX(CASE WHEN last_error IS NOT NULL THEN seq END) AS example_seq
                    FROM deferred_messages WHERE tenant_id = $1 AND lease_id IS NULL AND ($2 = 0 OR run_id = $2) AND ($3 = '' OR cause = $3) GROUP BY run_id, cause) AS g
              JOIN campaign_runs n ON n.id = g.run_id JOIN campaigns c ON c.id = n.campaign_id AND c.deleted_at IS NULL
              LEFT JOIN deferred_messages x ON x.run_id = g.run_id AND x.seq = g.example_seq
              WHERE ($4 = 0 OR n.campaign_id IN (SELECT id FROM {uuids $5} AS u)) ORDER BY g.earliest_at, g.run_id, g.cause LIMIT $6 OFFSET $7";
    COUNT_GROUPS = "SELECT COUNT(*) FROM (SELECT run_id FROM deferred_messages WHERE tenant_id = $1 AND lease_id IS NULL AND ($2 = 0 OR run_id = $2) AND ($3 = '' OR cause = $3) GROUP BY run_id, cause) AS g
                    JOIN campaign_runs n ON n.id = g.run_id JOIN campaigns c ON c.id = n.campaign_id AND c.deleted_at IS NULL
                    WHERE ($4 = 0 OR n.campaign_id IN (SELECT id FROM {uuids $5} AS u))";
    COUNT = "SELECT COUNT(*) FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 AND cause = $3 AND lease_id IS NULL";
    // deferred_messages_due
    MESSAGES = "SELECT d.seq, d.due_at, d.last_error, r.customer_id, k.first_name, k.last_name, k.email, k.phone, m.address, CAST(r.attempts AS BIGINT) AS attempts, c.channel
                FROM deferred_messages d JOIN run_recipients r ON r.run_id = d.run_id AND r.seq = d.seq JOIN customers k ON k.id = r.customer_id
                LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
                LEFT JOIN message_snapshots m ON m.run_id = d.run_id AND m.seq = d.seq
                WHERE d.tenant_id = $1 AND d.run_id = $2 AND d.cause = $3 AND d.lease_id IS NULL AND d.due_at >= $4 AND (d.due_at > $4 OR d.seq > $5) ORDER BY d.due_at, d.seq LIMIT $6";
    HURRY = "UPDATE deferred_messages SET due_at = $4 WHERE tenant_id = $1 AND run_id = $2 AND cause = $3 AND lease_id IS NULL AND due_at > $4
             AND ($5 = 0 OR seq IN (SELECT id FROM {ids $6} AS i))";
}

/// Messages of one run that wait for the same.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WaitingRow {
    pub run_id: i64,
    /// `retry`, `requeued`, `quiet_hours` …
    pub cause: String,
    pub messages: i64,
    pub earliest_at: Millis,
    pub latest_at: Millis,
    pub run_number: i64,
    pub campaign_id: Uuid,
    pub campaign_name: String,
    #[sqlx(try_from = "String")]
    pub campaign_status: CampaignStatus,
    /// Why one of them was not taken.
    pub last_error: Option<String>,
}

/// A message that waits.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeferredRow {
    pub seq: i64,
    pub due_at: Millis,
    pub last_error: Option<String>,
    pub customer_id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// Where it was tried.
    pub address: Option<String>,
    pub attempts: i64,
    pub channel: Option<String>,
}

/// Which groups; 0, empty and none mean any.
#[derive(Debug, Clone, Copy, Default)]
pub struct WaitingFilter<'a> {
    pub campaign_id: Option<Uuid>,
    pub run_id: i64,
    pub cause: &'a str,
}

/// Groups, those due soonest first, and how many there are in all. What is on its way now is in none.
pub async fn groups(
    tx: &mut Tx,
    ws: WorkspaceId,
    f: WaitingFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<WaitingRow>, i64)> {
    let campaigns = Json(f.campaign_id.iter().collect::<Vec<_>>());
    let by_campaign = i64::from(f.campaign_id.is_some());
    let rows = fetch_all!(WaitingRow; tx, GROUPS, ws.0, f.run_id, f.cause, by_campaign, &campaigns, limit, offset)?;
    let count = scalar!(i64; tx, COUNT_GROUPS, ws.0, f.run_id, f.cause, by_campaign, &campaigns)?;
    Ok((rows, count))
}

/// How many messages a group has.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, run: i64, cause: &str) -> Result<i64> {
    scalar!(i64; tx, COUNT, ws.0, run, cause)
}

/// The messages of a group after `(due_at, seq)`, those due soonest first.
pub async fn messages(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    cause: &str,
    after: (Millis, i64),
    limit: i64,
) -> Result<Vec<DeferredRow>> {
    fetch_all!(DeferredRow; tx, MESSAGES, ws.0, run, cause, after.0, after.1, limit)
}

/// Makes messages due now, all of a group or those named; gives how many were not due yet.
pub async fn hurry(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    cause: &str,
    seqs: Option<&[i64]>,
    now: Millis,
) -> Result<u64> {
    let some = i64::from(seqs.is_some());
    exec!(tx, HURRY, ws.0, run, cause, now, some, crate::sql::json_rows(seqs.unwrap_or_default()))
}
