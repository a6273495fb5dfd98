//! `dead_letters`: messages that failed for good or are in doubt, until somebody sends them again or lets them be.
//!
//! A letter is written and removed in the transaction that marks its recipient, so its recipient is failed (6) or
//! unknown (10) as long as it stands here.

use muster_domain::campaign::CampaignStatus;
use muster_domain::clock::Millis;
use muster_domain::dead_letter::Why;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO dead_letters (run_id, seq, tenant_id, cause, failed_at)
              SELECT $1, m.seq, $2, m.cause, $3 FROM {rows $4: seq bigint, cause text} AS m WHERE true
              ON CONFLICT (run_id, seq) DO UPDATE SET cause = excluded.cause, failed_at = excluded.failed_at";
    // IS TRUE keeps PostgreSQL from joining the list, which it would read anew for every message; the numbers between which
    // they all lie keep both engines from reading the whole run.
    DELETE = "DELETE FROM dead_letters WHERE tenant_id = $1 AND run_id = $2 AND seq BETWEEN $4 AND $5 AND (seq IN (SELECT id FROM {ids $3} AS i)) IS TRUE";
    // dead_letters_group is read alone; campaigns in the bin keep their letters to themselves
    GROUPS = "SELECT g.run_id, g.cause, g.messages, g.first_at, g.last_at, g.example_seq, n.number AS run_number, n.campaign_id, c.name AS campaign_name, c.status AS campaign_status, r.reason AS example
              FROM (SELECT run_id, cause, COUNT(*) AS messages, MIN(failed_at) AS first_at, MAX(failed_at) AS last_at, MIN(seq) AS example_seq FROM dead_letters
                    WHERE tenant_id = $1 AND ($2 = 0 OR run_id = $2) AND ($3 = '' OR cause = $3) GROUP BY run_id, cause) AS g
              JOIN campaign_runs n ON n.id = g.run_id JOIN campaigns c ON c.id = n.campaign_id AND c.deleted_at IS NULL
              LEFT JOIN run_recipients r ON r.run_id = g.run_id AND r.seq = g.example_seq
              WHERE ($4 = 0 OR n.campaign_id IN (SELECT id FROM {uuids $5} AS u)) ORDER BY g.last_at DESC, g.run_id DESC, g.cause LIMIT $6 OFFSET $7";
    COUNT_GROUPS = "SELECT COUNT(*) FROM (SELECT run_id FROM dead_letters WHERE tenant_id = $1 AND ($2 = 0 OR run_id = $2) AND ($3 = '' OR cause = $3) GROUP BY run_id, cause) AS g
                    JOIN campaign_runs n ON n.id = g.run_id JOIN campaigns c ON c.id = n.campaign_id AND c.deleted_at IS NULL
                    WHERE ($4 = 0 OR n.campaign_id IN (SELECT id FROM {uuids $5} AS u))";
    // Causes begin with what is in doubt: domain::dead_letter::Why::is_unknown.
    DOUBTS = "SELECT n.campaign_id, c.name AS campaign_name, CAST(SUM(g.messages) AS BIGINT) AS messages, MAX(g.last_at) AS last_at
              FROM (SELECT run_id, cause, COUNT(*) AS messages, MAX(failed_at) AS last_at FROM dead_letters WHERE tenant_id = $1 GROUP BY run_id, cause) AS g
              JOIN campaign_runs n ON n.id = g.run_id JOIN campaigns c ON c.id = n.campaign_id AND c.deleted_at IS NULL AND c.status <> 'cancelled'
              WHERE g.cause LIKE $2 || ':%' OR g.cause LIKE $3 || ':%' GROUP BY n.campaign_id, c.name ORDER BY last_at DESC LIMIT $4";
    COUNT = "SELECT COUNT(*) FROM dead_letters WHERE tenant_id = $1 AND run_id = $2 AND cause = $3";
    MESSAGES = "SELECT d.seq, d.failed_at, r.customer_id, k.first_name, k.last_name, k.email, k.phone, m.address, CAST(r.attempts AS BIGINT) AS attempts, r.reason, c.channel
                FROM dead_letters d JOIN run_recipients r ON r.run_id = d.run_id AND r.seq = d.seq JOIN customers k ON k.id = r.customer_id
                LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
                LEFT JOIN message_snapshots m ON m.run_id = d.run_id AND m.seq = d.seq
                WHERE d.tenant_id = $1 AND d.run_id = $2 AND d.cause = $3 AND d.seq > $4 ORDER BY d.seq LIMIT $5";
    // Of a locked run: nothing else moves a recipient that is failed or unknown.
    CHOSEN = "SELECT d.seq, d.cause, CAST(r.status AS BIGINT) AS status, CAST(r.variant_no AS BIGINT) AS variant_no, r.content_no IS NOT NULL AS was_rendered, c.channel, m.address
              FROM dead_letters d JOIN run_recipients r ON r.run_id = d.run_id AND r.seq = d.seq
              LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
              LEFT JOIN message_snapshots m ON m.run_id = d.run_id AND m.seq = d.seq
              WHERE d.tenant_id = $1 AND d.run_id = $2 AND ($3 = '' OR d.cause = $3) AND ($4 = 0 OR d.seq IN (SELECT id FROM {ids $5} AS i)) ORDER BY d.seq LIMIT $6";
    DEFER = "INSERT INTO deferred_messages (run_id, seq, tenant_id, due_at, cause, last_error)
             SELECT run_id, seq, tenant_id, $6, 'requeued', reason FROM run_recipients
             WHERE tenant_id = $1 AND run_id = $2 AND seq BETWEEN $4 AND $5 AND (seq IN (SELECT id FROM {ids $3} AS i)) IS TRUE AND status IN (6, 10)";
    REVIVE = "UPDATE run_recipients SET status = 0, attempts = 0, failed_at = NULL, reason = NULL, provider_message_id = NULL
              WHERE tenant_id = $1 AND run_id = $2 AND seq BETWEEN $4 AND $5 AND (seq IN (SELECT id FROM {ids $3} AS i)) IS TRUE AND status IN (6, 10)";
    DISCARD = "DELETE FROM dead_letters WHERE tenant_id = $1 AND run_id = $2 AND ($3 = '' OR cause = $3) AND ($4 = 0 OR seq IN (SELECT id FROM {ids $5} AS i))";
    // dead_letters_age; all workspaces
    FORGET = "DELETE FROM dead_letters WHERE (run_id, seq) IN (SELECT run_id, seq FROM dead_letters WHERE failed_at < $1 ORDER BY failed_at LIMIT $2)";
}

/// A letter to add: which message, and its [`muster_domain::dead_letter::Cause`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    pub seq: i64,
    pub cause: String,
}

/// Letters of one run and cause.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GroupRow {
    pub run_id: i64,
    pub cause: String,
    pub messages: i64,
    pub first_at: Millis,
    pub last_at: Millis,
    pub example_seq: i64,
    pub run_number: i64,
    pub campaign_id: Uuid,
    pub campaign_name: String,
    #[sqlx(try_from = "String")]
    pub campaign_status: CampaignStatus,
    /// The reason of one of them in full.
    pub example: Option<String>,
}

/// A campaign with messages in doubt.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DoubtRow {
    pub campaign_id: Uuid,
    pub campaign_name: String,
    pub messages: i64,
    pub last_at: Millis,
}

/// A message of a group.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LetterRow {
    pub seq: i64,
    pub failed_at: Millis,
    pub customer_id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// Where it went.
    pub address: Option<String>,
    pub attempts: i64,
    pub reason: Option<String>,
    pub channel: Option<String>,
}

/// A letter as sending it again needs it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ChosenRow {
    pub seq: i64,
    pub cause: String,
    /// The number of [`muster_domain::recipient::RecipientStatus`].
    pub status: i64,
    pub variant_no: i64,
    pub was_rendered: bool,
    pub channel: Option<String>,
    pub address: Option<String>,
}

/// Which groups; 0, empty and none mean any.
#[derive(Debug, Clone, Copy, Default)]
pub struct GroupFilter<'a> {
    pub campaign_id: Option<Uuid>,
    pub run_id: i64,
    pub cause: &'a str,
}

/// Which letters of a run; an empty cause and no numbers mean any.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    pub run_id: i64,
    pub cause: &'a str,
    pub seqs: Option<&'a [i64]>,
}

/// Adds letters, in the transaction that marks their messages.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, run: i64, now: Millis, letters: &[&Letter]) -> Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    exec!(tx, INSERT, run, ws.0, now, crate::sql::json_rows(letters)).map(drop)
}

/// Removes the letters of messages that are something else by now.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, run: i64, seqs: &[i64]) -> Result<()> {
    let (first, last) = span(seqs);
    exec!(tx, DELETE, ws.0, run, crate::sql::json_rows(seqs), first, last).map(drop)
}

/// Groups, the newest first, and how many there are in all.
pub async fn groups(
    tx: &mut Tx,
    ws: WorkspaceId,
    f: GroupFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<GroupRow>, i64)> {
    let campaigns = Json(f.campaign_id.iter().collect::<Vec<_>>());
    let by_campaign = i64::from(f.campaign_id.is_some());
    let rows = fetch_all!(GroupRow; tx, GROUPS, ws.0, f.run_id, f.cause, by_campaign, &campaigns, limit, offset)?;
    let count = scalar!(i64; tx, COUNT_GROUPS, ws.0, f.run_id, f.cause, by_campaign, &campaigns)?;
    Ok((rows, count))
}

/// Campaigns with messages in doubt that can be sent again, the newest doubt first.
pub async fn doubts(tx: &mut Tx, ws: WorkspaceId, limit: i64) -> Result<Vec<DoubtRow>> {
    let (lost, stopped) = (Why::NoAnswer.as_str(), Why::InFlight.as_str());
    fetch_all!(DoubtRow; tx, DOUBTS, ws.0, lost, stopped, limit)
}

/// How many letters a group has.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, run: i64, cause: &str) -> Result<i64> {
    scalar!(i64; tx, COUNT, ws.0, run, cause)
}

/// The messages of a group after a number, in their order.
pub async fn messages(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    cause: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<LetterRow>> {
    fetch_all!(LetterRow; tx, MESSAGES, ws.0, run, cause, after, limit)
}

/// The first of the chosen letters of a locked run.
pub async fn chosen(tx: &mut Tx, ws: WorkspaceId, c: Choice<'_>, limit: i64) -> Result<Vec<ChosenRow>> {
    let (some, seqs) = seqs(c);
    fetch_all!(ChosenRow; tx, CHOSEN, ws.0, c.run_id, c.cause, some, seqs, limit)
}

/// Makes messages pending again, due now, with all their tries; their letters go. [`crate::DbError::Stale`] unless all of
/// them were failed or unknown.
pub async fn revive(tx: &mut Tx, ws: WorkspaceId, run: i64, seqs: &[i64], now: Millis) -> Result<()> {
    let rows = u64::try_from(seqs.len()).unwrap_or(u64::MAX);
    let (first, last) = span(seqs);
    let deferred = exec!(tx, DEFER, ws.0, run, crate::sql::json_rows(seqs), first, last, now)?;
    let revived = exec!(tx, REVIVE, ws.0, run, crate::sql::json_rows(seqs), first, last)?;
    if deferred != rows || revived != rows {
        return Err(crate::DbError::Stale { what: "message" });
    }
    delete(tx, ws, run, seqs).await
}

/// Removes the chosen letters; gives how many there were.
pub async fn discard(tx: &mut Tx, ws: WorkspaceId, c: Choice<'_>) -> Result<u64> {
    let (some, seqs) = seqs(c);
    exec!(tx, DISCARD, ws.0, c.run_id, c.cause, some, seqs)
}

/// The least and the greatest of some numbers; of none, a span that holds nothing.
fn span(seqs: &[i64]) -> (i64, i64) {
    (seqs.iter().copied().min().unwrap_or(1), seqs.iter().copied().max().unwrap_or(0))
}

fn seqs(c: Choice<'_>) -> (i64, Json<&[i64]>) {
    (i64::from(c.seqs.is_some()), crate::sql::json_rows(c.seqs.unwrap_or_default()))
}

/// Removes the oldest of the letters of before a moment, in all workspaces, at most `limit`; gives how many.
pub async fn forget(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64> {
    exec!(tx, FORGET, before, limit)
}
