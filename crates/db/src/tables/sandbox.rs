//! `sandbox_messages`: what the sandbox provider kept instead of sending.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    // One JSON bind for a batch: many binds in one statement go quadratic on SQLite.
    INSERT = "INSERT INTO sandbox_messages (tenant_id, channel, recipient, sender, subject, text_body, html_body, headers, message_id, customer_id, run_id, seq, received_at)
              SELECT $1, channel, recipient, sender, subject, text_body, html_body, headers, message_id, customer_id, run_id, seq, $2
              FROM {rows $3: channel text, recipient text, sender text, subject text, text_body text, html_body text, headers json, message_id text, customer_id bigint, run_id bigint, seq bigint} AS new
              WHERE TRUE RETURNING id";
    // sandbox_messages_page; without a channel the key itself
    PAGE = "SELECT id, channel, recipient, sender, subject, text_body, html_body, headers, message_id, customer_id, run_id, seq, received_at FROM sandbox_messages
            WHERE tenant_id = $1 AND ($2 = '' OR channel = $2)
              AND ($3 = '' OR lower(recipient) LIKE $3 ESCAPE '\\' OR lower(subject) LIKE $3 ESCAPE '\\' OR lower(text_body) LIKE $3 ESCAPE '\\')
            ORDER BY id DESC LIMIT $4 OFFSET $5";
    COUNT = "SELECT COUNT(*) FROM sandbox_messages
             WHERE tenant_id = $1 AND ($2 = '' OR channel = $2)
               AND ($3 = '' OR lower(recipient) LIKE $3 ESCAPE '\\' OR lower(subject) LIKE $3 ESCAPE '\\' OR lower(text_body) LIKE $3 ESCAPE '\\')";
    COUNTS = "SELECT channel, COUNT(*) AS messages FROM sandbox_messages WHERE tenant_id = $1 GROUP BY channel";
    GET = "SELECT id, channel, recipient, sender, subject, text_body, html_body, headers, message_id, customer_id, run_id, seq, received_at FROM sandbox_messages
           WHERE tenant_id = $1 AND id = $2";
    CLEAR = "DELETE FROM sandbox_messages WHERE tenant_id = $1 AND ($2 = '' OR channel = $2)";
}

/// A message that the sandbox took.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SandboxRow {
    pub id: i64,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub recipient: String,
    /// From address, number or sender id.
    pub sender: String,
    pub subject: String,
    pub text_body: String,
    pub html_body: String,
    /// Name and value pairs.
    #[sqlx(json)]
    pub headers: serde_json::Value,
    pub message_id: Option<String>,
    pub customer_id: Option<i64>,
    pub run_id: Option<i64>,
    pub seq: Option<i64>,
    pub received_at: Millis,
}

/// A message to keep.
#[derive(Debug, Clone, Serialize)]
pub struct NewSandboxMessage {
    pub channel: Channel,
    pub recipient: String,
    pub sender: String,
    pub subject: String,
    pub text_body: String,
    pub html_body: String,
    pub headers: serde_json::Value,
    pub message_id: Option<String>,
    pub customer_id: Option<i64>,
    pub run_id: Option<i64>,
    pub seq: Option<i64>,
}

/// Keeps messages; their ids in ascending order, which is the order of the batch.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, messages: &[NewSandboxMessage], now: Millis) -> Result<Vec<i64>> {
    let ids = fetch_all!((i64,); tx, INSERT, ws.0, now, json_rows(messages))?;
    let mut ids: Vec<_> = ids.into_iter().map(|(id,)| id).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// What to list: an empty channel or pattern means any; the pattern is for LIKE with `\\` as escape, in lower case.
#[derive(Debug, Clone, Default)]
pub struct SandboxFilter<'a> {
    pub channel: &'a str,
    pub pattern: &'a str,
}

/// Messages, newest first.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &SandboxFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<Vec<SandboxRow>> {
    fetch_all!(SandboxRow; tx, PAGE, ws.0, filter.channel, filter.pattern, limit, offset)
}

/// How many messages a filter finds.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, filter: &SandboxFilter<'_>) -> Result<i64> {
    scalar!(i64; tx, COUNT, ws.0, filter.channel, filter.pattern)
}

/// How many messages each channel has.
pub async fn counts(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<(String, i64)>> {
    fetch_all!((String, i64); tx, COUNTS, ws.0)
}

/// One message.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<Option<SandboxRow>> {
    fetch_optional!(SandboxRow; tx, GET, ws.0, id)
}

/// Removes the messages of a channel, or all for an empty one; how many there were.
pub async fn clear(tx: &mut Tx, ws: WorkspaceId, channel: &str) -> Result<u64> {
    exec!(tx, CLEAR, ws.0, channel)
}
