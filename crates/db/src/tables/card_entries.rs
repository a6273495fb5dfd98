//! `card_entries`: notes, answers and what was done to a card.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO card_entries (tenant_id, card_id, kind, author_id, author_name, at, body, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    // card_entries_card
    OF_CARD = "SELECT id, kind, author_id, author_name, at, body, data FROM card_entries WHERE tenant_id = $1 AND card_id = $2 ORDER BY id DESC LIMIT 500";
    LAST_CHANGE = "SELECT id, kind, author_id, author_name, at, body, data FROM card_entries WHERE tenant_id = $1 AND card_id = $2 ORDER BY id DESC LIMIT 1";
}

/// Something that was written or done.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CardEntryRow {
    pub id: i64,
    /// `note`, `answer`, `history`.
    pub kind: String,
    pub author_id: Option<Uuid>,
    pub author_name: String,
    pub at: Millis,
    pub body: String,
    pub data: Option<Json<Value>>,
}

/// An entry to add.
#[derive(Debug, Clone)]
pub struct NewCardEntry<'a> {
    pub card_id: Uuid,
    pub kind: &'a str,
    pub author_id: Option<Uuid>,
    pub author_name: &'a str,
    pub at: Millis,
    pub body: &'a str,
    pub data: Option<Value>,
}

/// Adds an entry.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, e: &NewCardEntry<'_>) -> Result<()> {
    exec!(tx, INSERT, ws.0, e.card_id, e.kind, e.author_id, e.author_name, e.at, e.body, e.data.as_ref().map(Json))?;
    Ok(())
}

/// The newest 500 entries of a card, newest first.
pub async fn of_card(tx: &mut Tx, ws: WorkspaceId, card_id: Uuid) -> Result<Vec<CardEntryRow>> {
    fetch_all!(CardEntryRow; tx, OF_CARD, ws.0, card_id)
}

/// What was done last.
pub async fn last(tx: &mut Tx, ws: WorkspaceId, card_id: Uuid) -> Result<Option<CardEntryRow>> {
    fetch_optional!(CardEntryRow; tx, LAST_CHANGE, ws.0, card_id)
}
