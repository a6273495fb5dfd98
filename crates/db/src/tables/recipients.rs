//! `run_recipients` as people look at it: lists, one message with what was sent.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use uuid::Uuid;

use super::snapshots::{self, Snapshot};
use crate::{Result, Tx, sql};

sql! {
    // the primary key gives the order; a page never repeats or loses a row while rows change
    PAGE = "SELECT r.run_id, r.seq, r.customer_id, k.first_name, k.last_name, k.email, k.phone, CAST(r.status AS BIGINT) AS status, CAST(r.attempts AS BIGINT) AS attempts, CAST(r.choice AS BIGINT) AS choice,
                   r.sent_at, r.delivered_at, r.opened_at, r.clicked_at, r.replied_at, r.failed_at, r.reason, r.provider_message_id, CAST(r.variant_no AS BIGINT) AS variant_no,
                   c.channel, c.locale, c.offer_id, c.creative_version_id, s.segment_id, d.last_error,
                   COALESCE(d.due_at, CASE WHEN r.status = 0 AND r.seq >= n.held_from THEN t.decide_at END) AS due_at,
                   COALESCE(d.cause, CASE WHEN r.status = 0 AND r.seq >= n.held_from THEN 'ab_test' END) AS wait_cause
            FROM run_recipients r JOIN customers k ON k.id = r.customer_id JOIN campaign_runs n ON n.id = r.run_id
            LEFT JOIN run_tests t ON t.run_id = r.run_id
            LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
            LEFT JOIN run_segments s ON s.run_id = r.run_id AND s.segment_no = r.segment_no
            LEFT JOIN deferred_messages d ON d.run_id = r.run_id AND d.seq = r.seq
            WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.seq > $3 AND ($4 < 0 OR r.status = $4) ORDER BY r.seq LIMIT $5 OFFSET $6";
    COUNT = "SELECT COUNT(*) FROM run_recipients r WHERE r.tenant_id = $1 AND r.run_id = $2 AND ($3 < 0 OR r.status = $3)";
    CONTENT = "SELECT c.channel, c.locale, c.subject_override, v.title, v.preheader, v.text_body, v.html_body, v.variables
               FROM run_recipients r JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no JOIN creative_versions v ON v.id = c.creative_version_id
               WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.seq = $3";
    ATTEMPTS = "SELECT at, provider, outcome, error FROM message_attempts WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 ORDER BY id LIMIT 50";
    EVENTS = "SELECT kind, at, is_bot, link_id FROM message_events WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 ORDER BY id LIMIT 200";
    LEDGER = "SELECT CAST(status AS BIGINT) AS status, COUNT(*) AS messages FROM run_recipients WHERE tenant_id = $1 AND run_id = $2 GROUP BY status ORDER BY status";
}

/// A recipient in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RecipientRow {
    pub run_id: i64,
    pub seq: i64,
    pub customer_id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub status: i64,
    pub attempts: i64,
    pub choice: Option<i64>,
    pub sent_at: Option<Millis>,
    pub delivered_at: Option<Millis>,
    pub opened_at: Option<Millis>,
    pub clicked_at: Option<Millis>,
    pub replied_at: Option<Millis>,
    pub failed_at: Option<Millis>,
    pub reason: Option<String>,
    pub provider_message_id: Option<String>,
    pub variant_no: i64,
    pub channel: Option<String>,
    pub locale: Option<String>,
    pub offer_id: Option<Uuid>,
    pub creative_version_id: Option<i64>,
    pub segment_id: Option<Uuid>,
    /// Where it went; none: not yet.
    #[sqlx(skip)]
    pub address: Option<String>,
    /// Waiting until, and why.
    pub due_at: Option<Millis>,
    pub wait_cause: Option<String>,
    pub last_error: Option<String>,
}

/// The text and the values of a message.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SentContentRow {
    pub channel: String,
    pub locale: String,
    pub subject_override: Option<String>,
    pub title: String,
    pub preheader: String,
    pub text_body: String,
    pub html_body: String,
    #[sqlx(json)]
    pub variables: Value,
    /// Where it went and what it was rendered with; none: it was not.
    #[sqlx(skip)]
    pub snapshot: Option<Snapshot>,
}

/// A try that was not accepted.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AttemptRow {
    pub at: Millis,
    pub provider: String,
    pub outcome: String,
    pub error: String,
}

/// What happened to a message after it was sent.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventRow {
    pub kind: String,
    pub at: Millis,
    pub is_bot: bool,
    pub link_id: Option<i64>,
}

/// A page of recipients after a number; `status` below 0 means any. Use either `after` or `offset`.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    after: i64,
    status: i64,
    limit: i64,
    offset: i64,
) -> Result<Vec<RecipientRow>> {
    let mut rows = fetch_all!(RecipientRow; tx, PAGE, ws.0, run, after, status, limit, offset)?;
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let mut rendered = snapshots::find(tx, ws, run, &seqs).await?;
    for row in &mut rows {
        let Some(one) = rendered.remove(&row.seq) else { continue };
        row.address = Some(one.address);
        row.provider_message_id = row.provider_message_id.take().or(one.message_id);
    }
    Ok(rows)
}

/// How many recipients of a status there are.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, run: i64, status: i64) -> Result<i64> {
    scalar!(i64; tx, COUNT, ws.0, run, status)
}

/// What one message said.
pub async fn content(tx: &mut Tx, ws: WorkspaceId, run: i64, seq: i64) -> Result<Option<SentContentRow>> {
    let Some(mut content) = fetch_optional!(SentContentRow; tx, CONTENT, ws.0, run, seq)? else { return Ok(None) };
    content.snapshot = snapshots::find_one(tx, ws, run, seq).await?;
    Ok(Some(content))
}

/// The tries of one message that were not accepted.
pub async fn attempts(tx: &mut Tx, ws: WorkspaceId, run: i64, seq: i64) -> Result<Vec<AttemptRow>> {
    fetch_all!(AttemptRow; tx, ATTEMPTS, ws.0, run, seq)
}

/// What happened to one message.
pub async fn events(tx: &mut Tx, ws: WorkspaceId, run: i64, seq: i64) -> Result<Vec<EventRow>> {
    fetch_all!(EventRow; tx, EVENTS, ws.0, run, seq)
}

/// A recount of the rows by status: what the counters must equal.
pub async fn ledger(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Vec<(i64, i64)>> {
    fetch_all!((i64, i64); tx, LEDGER, ws.0, run)
}
