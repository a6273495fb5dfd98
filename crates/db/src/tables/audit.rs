//! `audit_log`: who did what to which object; rows are only ever added. `event_outbox`: what the outside is told.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO audit_log (tenant_id, at, actor_id, actor_name, action, object_type, object_id, object_name, before_state, after_state, correlation_id)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    // audit_log_tenant
    PAGE = "SELECT id, at, actor_id, actor_name, action, object_type, object_id, object_name, before_state, after_state, correlation_id FROM audit_log
            WHERE tenant_id = $1 AND id < $2 AND ($3 = '' OR object_type = $3) AND ($4 = '' OR object_id = $4) AND ($5 = '' OR action = $5)
            ORDER BY id DESC LIMIT $6";
    // audit_log_tenant, or audit_log_object when both parts of the object are said
    SEARCH = "SELECT id, at, actor_id, actor_name, action, object_type, object_id, object_name, before_state, after_state, correlation_id FROM audit_log
              WHERE tenant_id = $1 AND ($2 = '' OR object_type = $2) AND ($3 = '' OR object_id = $3) AND ($4 = '' OR action LIKE $4 ESCAPE '\\')
                AND (CAST($5 AS UUID) IS NULL OR actor_id = $5) AND at >= $6 AND at < $7 AND ($8 = '' OR lower(actor_name) LIKE $8 ESCAPE '\\' OR lower(object_name) LIKE $8 ESCAPE '\\')
              ORDER BY id DESC LIMIT $9 OFFSET $10";
    COUNT = "SELECT COUNT(*) FROM audit_log
             WHERE tenant_id = $1 AND ($2 = '' OR object_type = $2) AND ($3 = '' OR object_id = $3) AND ($4 = '' OR action LIKE $4 ESCAPE '\\')
               AND (CAST($5 AS UUID) IS NULL OR actor_id = $5) AND at >= $6 AND at < $7 AND ($8 = '' OR lower(actor_name) LIKE $8 ESCAPE '\\' OR lower(object_name) LIKE $8 ESCAPE '\\')";
    EMIT = "INSERT INTO event_outbox (tenant_id, name, correlation_id, at, data) VALUES ($1, $2, $3, $4, $5)";
    // event_outbox's key; the reader keeps its place
    EVENTS_AFTER = "SELECT id, tenant_id, name, correlation_id, at, data FROM event_outbox WHERE id > $1 ORDER BY id LIMIT $2";
    EVENT = "SELECT id, tenant_id, name, correlation_id, at, data FROM event_outbox WHERE tenant_id = $1 AND id = $2";
    // event_outbox_name
    EVENTS_NAMED = "SELECT id, tenant_id, name, correlation_id, at, data FROM event_outbox
                    WHERE tenant_id = $1 AND name = $2 AND id > $4 AND at >= $3 ORDER BY id LIMIT $5";
}

/// One thing that was done.
#[derive(Debug, Clone)]
pub struct NewEntry<'a> {
    pub at: Millis,
    /// None: Muster itself.
    pub actor_id: Option<Uuid>,
    pub actor_name: &'a str,
    pub action: &'a str,
    pub object_type: &'a str,
    pub object_id: String,
    pub object_name: &'a str,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub correlation_id: Option<&'a str>,
}

/// An entry as it is listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EntryRow {
    pub id: i64,
    pub at: Millis,
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    pub action: String,
    pub object_type: String,
    pub object_id: String,
    pub object_name: String,
    pub before_state: Option<Json<Value>>,
    pub after_state: Option<Json<Value>>,
    pub correlation_id: Option<String>,
}

/// What to list: empty strings mean any.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter<'a> {
    pub object_type: &'a str,
    pub object_id: &'a str,
    pub action: &'a str,
}

/// Adds an entry.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, e: &NewEntry<'_>) -> Result<()> {
    exec!(
        tx,
        INSERT,
        ws.0,
        e.at,
        e.actor_id,
        e.actor_name,
        e.action,
        e.object_type,
        &e.object_id,
        e.object_name,
        e.before.as_ref().map(Json),
        e.after.as_ref().map(Json),
        e.correlation_id
    )?;
    Ok(())
}

/// Entries before an id (`i64::MAX` for the newest), newest first.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &EntryFilter<'_>,
    before_id: i64,
    limit: i64,
) -> Result<Vec<EntryRow>> {
    fetch_all!(EntryRow; tx, PAGE, ws.0, before_id, filter.object_type, filter.object_id, filter.action, limit)
}

/// What to look for: empty texts and no actor mean any. Patterns are for LIKE with `\\` as escape; names in lower case.
#[derive(Debug, Clone)]
pub struct Search {
    pub object_type: String,
    pub object_id: String,
    pub action_pattern: String,
    pub actor_id: Option<Uuid>,
    /// From then on.
    pub from: Millis,
    /// Before then.
    pub to: Millis,
    pub name_pattern: String,
}

/// Entries that a search finds, newest first.
pub async fn search(tx: &mut Tx, ws: WorkspaceId, s: &Search, limit: i64, offset: i64) -> Result<Vec<EntryRow>> {
    fetch_all!(EntryRow; tx, SEARCH, ws.0, &s.object_type, &s.object_id, &s.action_pattern, s.actor_id, s.from, s.to, &s.name_pattern, limit, offset)
}

/// How many entries a search finds.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, s: &Search) -> Result<i64> {
    scalar!(i64; tx, COUNT, ws.0, &s.object_type, &s.object_id, &s.action_pattern, s.actor_id, s.from, s.to, &s.name_pattern)
}

/// An event of the outbox.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventRow {
    pub id: i64,
    pub tenant_id: i64,
    pub name: String,
    pub correlation_id: String,
    pub at: Millis,
    pub data: Json<Value>,
}

/// Writes an event into the outbox, in the transaction of the change that it tells of.
pub async fn emit(
    tx: &mut Tx,
    ws: WorkspaceId,
    name: &str,
    correlation_id: &str,
    at: Millis,
    data: &Value,
) -> Result<()> {
    exec!(tx, EMIT, ws.0, name, correlation_id, at, Json(data))?;
    Ok(())
}

/// Events after an id, in order.
pub async fn events_after(tx: &mut Tx, id: i64, limit: i64) -> Result<Vec<EventRow>> {
    fetch_all!(EventRow; tx, EVENTS_AFTER, id, limit)
}

/// An event; none when it is forgotten.
pub async fn event(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<Option<EventRow>> {
    fetch_optional!(EventRow; tx, EVENT, ws.0, id)
}

/// A workspace's events of a name since a moment and after an id, in order.
pub async fn events_named(
    tx: &mut Tx,
    ws: WorkspaceId,
    name: &str,
    since: Millis,
    after: i64,
    limit: i64,
) -> Result<Vec<EventRow>> {
    fetch_all!(EventRow; tx, EVENTS_NAMED, ws.0, name, since, after, limit)
}
