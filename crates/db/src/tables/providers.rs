//! `providers`: relays and routes of a workspace. Their secrets are in `secrets`, under `provider:<id>`.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // providers_tenant
    LIST = "SELECT id, channel, kind, name, config, weight, is_active, messages_per_minute, messages_per_hour, messages_per_day, max_connections, dkim, state, state_reason, state_at, created_at, updated_at
            FROM providers WHERE tenant_id = $1 ORDER BY channel, created_at, id LIMIT 200";
    GET = "SELECT id, channel, kind, name, config, weight, is_active, messages_per_minute, messages_per_hour, messages_per_day, max_connections, dkim, state, state_reason, state_at, created_at, updated_at
           FROM providers WHERE tenant_id = $1 AND id = $2";
    INSERT = "INSERT INTO providers (id, tenant_id, channel, kind, name, config, weight, is_active, messages_per_minute, messages_per_hour, messages_per_day, max_connections, dkim, state, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'ok', $14, $14)";
    UPDATE = "UPDATE providers SET name = $3, config = $4, weight = $5, is_active = $6, messages_per_minute = $7, messages_per_hour = $8, messages_per_day = $9, max_connections = $10, updated_at = $11
              WHERE tenant_id = $1 AND id = $2 AND updated_at = $12";
    SET_DKIM = "UPDATE providers SET dkim = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2 AND updated_at = $5";
    SET_STATE = "UPDATE providers SET state = $3, state_reason = $4, state_at = $5, updated_at = $5 WHERE tenant_id = $1 AND id = $2 AND state <> $3";
    DELETE = "DELETE FROM providers WHERE tenant_id = $1 AND id = $2";
    // What a cache of providers compares with: any change moves one of the two numbers.
    FINGERPRINT = "SELECT COUNT(*) AS providers, CAST(COALESCE(SUM(updated_at), 0) AS BIGINT) AS changed FROM providers WHERE tenant_id = $1";
    // campaigns_status
    RUNNING = "SELECT COUNT(*) FROM campaigns WHERE tenant_id = $1 AND status = 'running' AND deleted_at IS NULL";
}

/// A relay or route.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ProviderRow {
    pub id: Uuid,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// `smtp`, `twilio`, `africas_talking`, `http` or `sandbox`.
    pub kind: String,
    pub name: String,
    /// Settings of the kind, without secrets.
    #[sqlx(json)]
    pub config: serde_json::Value,
    /// Share relative to the channel's other providers.
    pub weight: i64,
    pub is_active: bool,
    pub messages_per_minute: Option<i64>,
    pub messages_per_hour: Option<i64>,
    pub messages_per_day: Option<i64>,
    pub max_connections: Option<i64>,
    /// What it signs mail with: domain, selector and the public record. The private key is in `secrets`.
    #[sqlx(json(nullable))]
    pub dkim: Option<serde_json::Value>,
    /// `ok` or `paused`: a circuit breaker opened.
    pub state: String,
    pub state_reason: Option<String>,
    pub state_at: Option<Millis>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// The providers of a workspace by channel and age, at most 200.
pub async fn list(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<ProviderRow>> {
    fetch_all!(ProviderRow; tx, LIST, ws.0)
}

/// One provider.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<ProviderRow>> {
    fetch_optional!(ProviderRow; tx, GET, ws.0, id)
}

/// Adds a provider as the row says; its state is `ok`, and it signs nothing yet.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, row: &ProviderRow) -> Result<()> {
    exec!(
        tx,
        INSERT,
        row.id,
        ws.0,
        row.channel.as_str(),
        &row.kind,
        &row.name,
        Json(&row.config),
        row.weight,
        row.is_active,
        row.messages_per_minute,
        row.messages_per_hour,
        row.messages_per_day,
        row.max_connections,
        row.dkim.as_ref().map(Json),
        row.created_at
    )?;
    Ok(())
}

/// Writes a provider that was read as `seen_at`. Channel, kind, state and signing stay.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, row: &ProviderRow, seen_at: Millis, now: Millis) -> Result<()> {
    exec_one!("provider"; tx, UPDATE, ws.0, row.id, &row.name, Json(&row.config), row.weight, row.is_active, row.messages_per_minute, row.messages_per_hour, row.messages_per_day, row.max_connections, now, seen_at)
}

/// Lets a provider that was read as `seen_at` sign with another key, or with none.
pub async fn set_dkim(tx: &mut Tx, ws: WorkspaceId, row: &ProviderRow, seen_at: Millis, now: Millis) -> Result<()> {
    exec_one!("provider"; tx, SET_DKIM, ws.0, row.id, row.dkim.as_ref().map(Json), now, seen_at)
}

/// Pauses a provider or lets it go on; false when it was in that state already or is gone.
pub async fn set_state(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    state: &str,
    reason: Option<&str>,
    now: Millis,
) -> Result<bool> {
    Ok(exec!(tx, SET_STATE, ws.0, id, state, reason, now)? == 1)
}

/// Removes a provider.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<()> {
    exec_one!("provider"; tx, DELETE, ws.0, id)
}

/// Two numbers, one of which moves with every change of the workspace's providers.
pub async fn fingerprint(tx: &mut Tx, ws: WorkspaceId) -> Result<(i64, i64)> {
    fetch_one!((i64, i64); tx, FINGERPRINT, ws.0)
}

/// How many campaigns are running.
pub async fn running_campaigns(tx: &mut Tx, ws: WorkspaceId) -> Result<i64> {
    scalar!(i64; tx, RUNNING, ws.0)
}
