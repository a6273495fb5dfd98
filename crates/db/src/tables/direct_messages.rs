//! `direct_messages`: answers typed on the board, on their way to a provider.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO direct_messages (tenant_id, card_id, customer_id, channel, recipient, subject, text_body, in_reply_to, status, due_at, created_by, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $9) RETURNING id";
    // direct_messages_due
    DUE = "SELECT tenant_id, id FROM direct_messages WHERE status = 'pending' AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
    NEXT_DUE = "SELECT MIN(due_at) FROM direct_messages WHERE status = 'pending'";
    CLAIM = "UPDATE direct_messages SET status = 'sending', attempts = attempts + 1, lease_token = $3, lease_expires_at = $4 WHERE tenant_id = $1 AND id = $2 AND status = 'pending'
             RETURNING id, card_id, customer_id, channel, recipient, subject, text_body, in_reply_to, attempts, created_at";
    SENT = "UPDATE direct_messages SET status = 'sent', provider_message_id = $4, sent_at = $5, last_error = NULL, lease_token = NULL WHERE tenant_id = $1 AND id = $2 AND status = 'sending' AND lease_token = $3";
    RETRY = "UPDATE direct_messages SET status = 'pending', last_error = $4, due_at = $5, lease_token = NULL WHERE tenant_id = $1 AND id = $2 AND status = 'sending' AND lease_token = $3";
    FAIL = "UPDATE direct_messages SET status = $5, last_error = $4, lease_token = NULL WHERE tenant_id = $1 AND id = $2 AND status = 'sending' AND lease_token = $3";
    // A node died with it: perhaps sent, so never sent again by itself.
    LOST = "UPDATE direct_messages SET status = 'unknown', last_error = 'the program stopped while this was being sent', lease_token = NULL WHERE status = 'sending' AND lease_expires_at < $1";
    // direct_messages_card
    OF_CARD = "SELECT id, channel, recipient, status, last_error, sent_at FROM direct_messages WHERE tenant_id = $1 AND card_id = $2 ORDER BY id DESC LIMIT 200";
}

/// An answer to send.
#[derive(Debug, Clone)]
pub struct NewDirectMessage<'a> {
    pub card_id: Option<Uuid>,
    pub customer_id: Option<i64>,
    pub channel: &'a str,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub text_body: &'a str,
    pub in_reply_to: Option<&'a str>,
    pub created_by: Option<Uuid>,
    pub now: Millis,
}

/// A claimed answer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DirectMessageRow {
    pub id: i64,
    pub card_id: Option<Uuid>,
    pub customer_id: Option<i64>,
    pub channel: String,
    pub recipient: String,
    pub subject: String,
    pub text_body: String,
    pub in_reply_to: Option<String>,
    /// This one counts.
    pub attempts: i64,
    pub created_at: Millis,
}

/// How far an answer of a card got.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SentAnswerRow {
    pub id: i64,
    pub channel: String,
    pub recipient: String,
    /// `pending`, `sending`, `sent`, `failed`, `unknown`.
    pub status: String,
    pub last_error: Option<String>,
    pub sent_at: Option<Millis>,
}

/// Adds an answer; it is due at once.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, m: &NewDirectMessage<'_>) -> Result<i64> {
    scalar!(i64; tx, INSERT, ws.0, m.card_id, m.customer_id, m.channel, m.recipient, m.subject, m.text_body, m.in_reply_to, m.now, m.created_by)
}

/// Answers of all workspaces that are due.
pub async fn due(tx: &mut Tx, now: Millis, limit: i64) -> Result<Vec<(WorkspaceId, i64)>> {
    Ok(fetch_all!((i64, i64); tx, DUE, now, limit)?.into_iter().map(|(ws, id)| (WorkspaceId(ws), id)).collect())
}

/// When the next answer is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>> {
    scalar!(Option<i64>; tx, NEXT_DUE)
}

/// Claims an answer; none when another node was faster. The claim is to be committed before the first byte leaves.
pub async fn claim(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: i64,
    token: Uuid,
    expires_at: Millis,
) -> Result<Option<DirectMessageRow>> {
    fetch_optional!(DirectMessageRow; tx, CLAIM, ws.0, id, token, expires_at)
}

/// The provider took it.
pub async fn sent(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: i64,
    token: Uuid,
    provider_message_id: Option<&str>,
    now: Millis,
) -> Result<()> {
    exec_one!("answer"; tx, SENT, ws.0, id, token, provider_message_id, now)
}

/// To be tried again.
pub async fn retry(tx: &mut Tx, ws: WorkspaceId, id: i64, token: Uuid, error: &str, due_at: Millis) -> Result<()> {
    exec_one!("answer"; tx, RETRY, ws.0, id, token, error, due_at)
}

/// Given up (`failed`) or perhaps sent (`unknown`).
pub async fn fail(tx: &mut Tx, ws: WorkspaceId, id: i64, token: Uuid, error: &str, status: &str) -> Result<()> {
    exec_one!("answer"; tx, FAIL, ws.0, id, token, error, status)
}

/// Marks what a dead node was sending.
pub async fn lost(tx: &mut Tx, now: Millis) -> Result<u64> {
    exec!(tx, LOST, now)
}

/// The answers of a card, newest first.
pub async fn of_card(tx: &mut Tx, ws: WorkspaceId, card_id: Uuid) -> Result<Vec<SentAnswerRow>> {
    fetch_all!(SentAnswerRow; tx, OF_CARD, ws.0, card_id)
}
