//! `cards`: what sales reps work on.

use muster_domain::card::{CardStatus, Priority};
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

/// Distance between two cards of a lane, so that a card can be put between them many times.
pub const POSITION_STEP: i64 = 1 << 20;

sql! {
    INSERT = "INSERT INTO cards (id, tenant_id, number, campaign_id, campaign_response_id, contact_id, title, description, queue, priority, status, position, assignee_id, draft, due_at, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'todo', $11, $12, $13, $14, $15, $15)";
    NEXT_NUMBER = "SELECT COALESCE(MAX(number), 0) + 1 FROM cards WHERE tenant_id = $1";
    // cards_board
    LANE_END = "SELECT COALESCE(MAX(position), 0) FROM cards WHERE tenant_id = $1 AND status = $2 AND queue = $3";
    LANE_BEFORE = "SELECT COALESCE(MAX(position), 0) FROM cards WHERE tenant_id = $1 AND status = $2 AND queue = $3 AND position < $4 AND id <> $5";
    LANE = "SELECT id FROM cards WHERE tenant_id = $1 AND status = $2 AND queue = $3 ORDER BY position, id LIMIT 5000";
    PLACE = "UPDATE cards SET position = $3 WHERE tenant_id = $1 AND id = $2 AND status = $4";
    GET = "SELECT c.id, c.number, c.campaign_id, c.campaign_response_id, c.contact_id, c.title, c.description, c.type, c.queue, c.priority, c.status, c.position, c.assignee_id, c.draft, c.due_at,
               c.snoozed_until, c.first_answer_at, c.outcome, c.outcome_value_e4, c.outcome_currency, c.outcome_reason, c.version, c.created_at, c.updated_at, c.closed_at,
               u.name AS assignee_name, k.first_name, k.last_name, p.name AS campaign_name, r.summary, r.disposition, r.channel, r.from_address
           FROM cards c LEFT JOIN users u ON u.id = c.assignee_id LEFT JOIN customers k ON k.id = c.contact_id LEFT JOIN campaigns p ON p.id = c.campaign_id
               LEFT JOIN campaign_responses r ON r.id = c.campaign_response_id
           WHERE c.tenant_id = $1 AND c.id = $2";
    // cards_board
    BOARD = "SELECT c.id, c.number, c.campaign_id, c.campaign_response_id, c.contact_id, c.title, c.description, c.type, c.queue, c.priority, c.status, c.position, c.assignee_id, c.draft, c.due_at,
               c.snoozed_until, c.first_answer_at, c.outcome, c.outcome_value_e4, c.outcome_currency, c.outcome_reason, c.version, c.created_at, c.updated_at, c.closed_at,
               u.name AS assignee_name, k.first_name, k.last_name, p.name AS campaign_name, r.summary, r.disposition, r.channel, r.from_address
             FROM cards c LEFT JOIN users u ON u.id = c.assignee_id LEFT JOIN customers k ON k.id = c.contact_id LEFT JOIN campaigns p ON p.id = c.campaign_id
               LEFT JOIN campaign_responses r ON r.id = c.campaign_response_id
             WHERE c.tenant_id = $1 AND c.status IN ('todo', 'in_progress', 'waiting') AND (c.campaign_id = $2 OR $2 IS NULL) AND ($3 = '' OR c.queue = $3)
               AND (c.assignee_id = $4 OR $4 IS NULL) AND ($5 = '' OR c.priority = $5)
             ORDER BY c.position, c.id LIMIT $6";
    // cards_board: the newest closed ones
    DONE = "SELECT c.id, c.number, c.campaign_id, c.campaign_response_id, c.contact_id, c.title, c.description, c.type, c.queue, c.priority, c.status, c.position, c.assignee_id, c.draft, c.due_at,
               c.snoozed_until, c.first_answer_at, c.outcome, c.outcome_value_e4, c.outcome_currency, c.outcome_reason, c.version, c.created_at, c.updated_at, c.closed_at,
               u.name AS assignee_name, k.first_name, k.last_name, p.name AS campaign_name, r.summary, r.disposition, r.channel, r.from_address
             FROM cards c LEFT JOIN users u ON u.id = c.assignee_id LEFT JOIN customers k ON k.id = c.contact_id LEFT JOIN campaigns p ON p.id = c.campaign_id
               LEFT JOIN campaign_responses r ON r.id = c.campaign_response_id
             WHERE c.tenant_id = $1 AND c.status = 'done' AND (c.campaign_id = $2 OR $2 IS NULL) AND ($3 = '' OR c.queue = $3)
               AND (c.assignee_id = $4 OR $4 IS NULL) AND ($5 = '' OR c.priority = $5)
             ORDER BY c.closed_at DESC, c.id DESC LIMIT $6";
    DONE_COUNTS = "SELECT queue, COUNT(*) AS cards FROM cards WHERE tenant_id = $1 AND status = 'done' AND (campaign_id = $2 OR $2 IS NULL) AND ($3 = '' OR queue = $3)
               AND (assignee_id = $4 OR $4 IS NULL) AND ($5 = '' OR priority = $5) GROUP BY queue";
    PAGE = "SELECT c.id, c.number, c.campaign_id, c.campaign_response_id, c.contact_id, c.title, c.description, c.type, c.queue, c.priority, c.status, c.position, c.assignee_id, c.draft, c.due_at,
               c.snoozed_until, c.first_answer_at, c.outcome, c.outcome_value_e4, c.outcome_currency, c.outcome_reason, c.version, c.created_at, c.updated_at, c.closed_at,
               u.name AS assignee_name, k.first_name, k.last_name, p.name AS campaign_name, r.summary, r.disposition, r.channel, r.from_address
            FROM cards c LEFT JOIN users u ON u.id = c.assignee_id LEFT JOIN customers k ON k.id = c.contact_id LEFT JOIN campaigns p ON p.id = c.campaign_id
               LEFT JOIN campaign_responses r ON r.id = c.campaign_response_id
            WHERE c.tenant_id = $1 AND (c.campaign_id = $2 OR $2 IS NULL) AND ($3 = '' OR c.queue = $3) AND (c.assignee_id = $4 OR $4 IS NULL) AND ($5 = '' OR c.priority = $5)
               AND ($6 = '' OR c.status = $6) AND (c.contact_id = $7 OR $7 IS NULL)
            ORDER BY c.number DESC LIMIT $8 OFFSET $9";
    COUNT = "SELECT COUNT(*) FROM cards WHERE tenant_id = $1 AND (campaign_id = $2 OR $2 IS NULL) AND ($3 = '' OR queue = $3) AND (assignee_id = $4 OR $4 IS NULL) AND ($5 = '' OR priority = $5)
               AND ($6 = '' OR status = $6) AND (contact_id = $7 OR $7 IS NULL)";
    // cards_contact: the open card that a further reply belongs to
    OPEN_OF_CONTACT = "SELECT id FROM cards WHERE tenant_id = $1 AND contact_id = $2 AND queue = $3 AND status <> 'done' AND (campaign_id = $4 OR $4 IS NULL AND campaign_id IS NULL) ORDER BY number DESC LIMIT 1";
    UPDATE = "UPDATE cards SET title = $3, queue = $4, priority = $5, status = $6, position = $7, assignee_id = $8, draft = $9, due_at = $10, snoozed_until = $11, first_answer_at = $12,
                  outcome = $13, outcome_value_e4 = $14, outcome_currency = $15, outcome_reason = $16, closed_at = $17, campaign_response_id = $18, updated_at = $19, version = version + 1
              WHERE tenant_id = $1 AND id = $2 AND version = $20";
    // cards_due
    SNOOZE_ENDED = "SELECT tenant_id, id FROM cards WHERE status = 'waiting' AND snoozed_until IS NOT NULL AND snoozed_until <= $1 ORDER BY snoozed_until LIMIT 500";
    NEXT_SNOOZE = "SELECT MIN(snoozed_until) FROM cards WHERE status = 'waiting' AND snoozed_until IS NOT NULL";
}

/// A card with the names that stand on it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CardRow {
    pub id: Uuid,
    /// Counts up within the workspace; people say it aloud.
    pub number: i64,
    pub campaign_id: Option<Uuid>,
    pub campaign_response_id: Option<Uuid>,
    pub contact_id: Option<i64>,
    pub title: String,
    pub description: String,
    #[sqlx(rename = "type")]
    pub kind: String,
    pub queue: String,
    #[sqlx(try_from = "String")]
    pub priority: Priority,
    #[sqlx(try_from = "String")]
    pub status: CardStatus,
    pub position: i64,
    pub assignee_id: Option<Uuid>,
    pub draft: String,
    pub due_at: Option<Millis>,
    pub snoozed_until: Option<Millis>,
    pub first_answer_at: Option<Millis>,
    /// `won`, `lost`, `none`.
    pub outcome: Option<String>,
    pub outcome_value_e4: Option<i64>,
    pub outcome_currency: Option<String>,
    pub outcome_reason: Option<String>,
    pub version: i64,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub closed_at: Option<Millis>,
    pub assignee_name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub campaign_name: Option<String>,
    pub summary: Option<String>,
    pub disposition: Option<String>,
    pub channel: Option<String>,
    pub from_address: Option<String>,
}

/// A card to add; it starts in To do.
#[derive(Debug, Clone)]
pub struct NewCard<'a> {
    pub id: Uuid,
    pub number: i64,
    pub campaign_id: Option<Uuid>,
    pub campaign_response_id: Option<Uuid>,
    pub contact_id: Option<i64>,
    pub title: &'a str,
    pub description: &'a str,
    pub queue: &'a str,
    pub priority: Priority,
    pub position: i64,
    pub assignee_id: Option<Uuid>,
    pub draft: &'a str,
    pub due_at: Option<Millis>,
    pub now: Millis,
}

/// Which cards: empty texts and none mean any.
#[derive(Debug, Clone, Default)]
pub struct CardFilter {
    pub campaign_id: Option<Uuid>,
    pub queue: String,
    pub assignee_id: Option<Uuid>,
    pub priority: String,
    /// Lists only; a board has its columns.
    pub status: String,
    /// Lists only.
    pub contact_id: Option<i64>,
}

/// Closed cards of a queue.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct QueueCount {
    pub queue: String,
    pub cards: i64,
}

/// Adds a card.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, c: &NewCard<'_>) -> Result<()> {
    exec!(
        tx,
        INSERT,
        c.id,
        ws.0,
        c.number,
        c.campaign_id,
        c.campaign_response_id,
        c.contact_id,
        c.title,
        c.description,
        c.queue,
        c.priority.as_str(),
        c.position,
        c.assignee_id,
        c.draft,
        c.due_at,
        c.now
    )?;
    Ok(())
}

/// The number of the next card. Holds a lock until the transaction ends, so that no two cards get the same.
pub async fn next_number(tx: &mut Tx, ws: WorkspaceId) -> Result<i64> {
    tx.lock_name(&format!("muster:cards:{}", ws.0)).await?;
    scalar!(i64; tx, NEXT_NUMBER, ws.0)
}

/// A position after all cards of a lane.
pub async fn lane_end(tx: &mut Tx, ws: WorkspaceId, status: CardStatus, queue: &str) -> Result<i64> {
    Ok(scalar!(i64; tx, LANE_END, ws.0, status.as_str(), queue)? + POSITION_STEP)
}

/// A position right before another card of the lane; the lane is spread anew when there is no room left.
pub async fn position_before(tx: &mut Tx, ws: WorkspaceId, before: &CardRow, moving: Uuid) -> Result<i64> {
    let previous = scalar!(i64; tx, LANE_BEFORE, ws.0, before.status.as_str(), &before.queue, before.position, moving)?;
    if before.position - previous >= 2 {
        return Ok(previous + (before.position - previous) / 2);
    }
    let lane = fetch_all!((Uuid,); tx, LANE, ws.0, before.status.as_str(), &before.queue)?;
    let mut target = POSITION_STEP;
    for (i, (id,)) in (1i64..).zip(lane) {
        exec!(tx, PLACE, ws.0, id, i * POSITION_STEP, before.status.as_str())?;
        if id == before.id {
            target = i * POSITION_STEP;
        }
    }
    Ok(target - POSITION_STEP / 2)
}

/// One card.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<CardRow>> {
    fetch_optional!(CardRow; tx, GET, ws.0, id)
}

/// The open cards of a board, in the order of their lanes.
pub async fn board(tx: &mut Tx, ws: WorkspaceId, f: &CardFilter, limit: i64) -> Result<Vec<CardRow>> {
    fetch_all!(CardRow; tx, BOARD, ws.0, f.campaign_id, &f.queue, f.assignee_id, &f.priority, limit)
}

/// The closed cards of a board, newest first.
pub async fn done(tx: &mut Tx, ws: WorkspaceId, f: &CardFilter, limit: i64) -> Result<Vec<CardRow>> {
    fetch_all!(CardRow; tx, DONE, ws.0, f.campaign_id, &f.queue, f.assignee_id, &f.priority, limit)
}

/// How many closed cards each queue has.
pub async fn done_counts(tx: &mut Tx, ws: WorkspaceId, f: &CardFilter) -> Result<Vec<QueueCount>> {
    fetch_all!(QueueCount; tx, DONE_COUNTS, ws.0, f.campaign_id, &f.queue, f.assignee_id, &f.priority)
}

/// One page of cards, newest first, and how many there are.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    f: &CardFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<CardRow>, i64)> {
    let rows = fetch_all!(CardRow; tx, PAGE, ws.0, f.campaign_id, &f.queue, f.assignee_id, &f.priority, &f.status, f.contact_id, limit, offset)?;
    let count =
        scalar!(i64; tx, COUNT, ws.0, f.campaign_id, &f.queue, f.assignee_id, &f.priority, &f.status, f.contact_id)?;
    Ok((rows, count))
}

/// The open card of a contact in a queue, about that campaign.
pub async fn open_of_contact(
    tx: &mut Tx,
    ws: WorkspaceId,
    contact_id: i64,
    queue: &str,
    campaign_id: Option<Uuid>,
) -> Result<Option<Uuid>> {
    Ok(fetch_optional!((Uuid,); tx, OPEN_OF_CONTACT, ws.0, contact_id, queue, campaign_id)?.map(|(id,)| id))
}

/// Writes a card that was read in its version. [`crate::DbError::Stale`] when somebody was faster.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, c: &CardRow, now: Millis) -> Result<()> {
    exec_one!(
        "card"; tx, UPDATE, ws.0, c.id, &c.title, &c.queue, c.priority.as_str(), c.status.as_str(), c.position, c.assignee_id, &c.draft,
        c.due_at, c.snoozed_until, c.first_answer_at, &c.outcome, c.outcome_value_e4, &c.outcome_currency, &c.outcome_reason, c.closed_at,
        c.campaign_response_id, now, c.version
    )
}

/// Cards of all workspaces whose snooze has ended.
pub async fn snooze_ended(tx: &mut Tx, now: Millis) -> Result<Vec<(WorkspaceId, Uuid)>> {
    Ok(fetch_all!((i64, Uuid); tx, SNOOZE_ENDED, now)?.into_iter().map(|(ws, id)| (WorkspaceId(ws), id)).collect())
}

/// When the next snooze ends.
pub async fn next_snooze(tx: &mut Tx) -> Result<Option<Millis>> {
    scalar!(Option<i64>; tx, NEXT_SNOOZE)
}
