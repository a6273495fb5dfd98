//! `sessions` and `api_tokens`: who is signed in. Only hashes of the secrets are kept.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO sessions (token_hash, tenant_id, user_id, user_agent, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)";
    FIND = "SELECT tenant_id, user_id, last_seen_at, expires_at FROM sessions WHERE token_hash = $1 AND expires_at > $2";
    TOUCH = "UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE token_hash = $1 AND expires_at > $2";
    DELETE = "DELETE FROM sessions WHERE token_hash = $1";
    DELETE_OF_USER = "DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2";
    // sessions_user
    LIST_OF_USER = "SELECT token_hash, user_agent, created_at, last_seen_at, expires_at FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND expires_at > $3 ORDER BY last_seen_at DESC, token_hash LIMIT 200";
    DELETE_EXPIRED = "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at <= $1 LIMIT $2)";
    INSERT_TOKEN = "INSERT INTO api_tokens (id, tenant_id, user_id, name, token_hash, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND_TOKEN = "SELECT id, tenant_id, user_id, scopes FROM api_tokens WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    LIST_TOKENS = "SELECT id, user_id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_tokens WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1000";
    REVOKE_TOKEN = "UPDATE api_tokens SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL";
}

/// A live session.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    pub tenant_id: i64,
    pub user_id: Uuid,
    pub last_seen_at: Millis,
    pub expires_at: Millis,
}

/// A live token, as authentication needs it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TokenRow {
    pub id: Uuid,
    pub tenant_id: i64,
    pub user_id: Uuid,
    #[sqlx(json)]
    pub scopes: Vec<String>,
}

/// A token as the settings show it; the secret was shown once and is not kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TokenListRow {
    pub id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    #[sqlx(json)]
    pub scopes: Vec<String>,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
    pub last_used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

/// Starts a session.
pub async fn insert(
    tx: &mut Tx,
    ws: WorkspaceId,
    hash: &[u8],
    user: Uuid,
    user_agent: Option<&str>,
    now: Millis,
    expires_at: Millis,
) -> Result<()> {
    exec!(tx, INSERT, hash, ws.0, user, user_agent, now, expires_at)?;
    Ok(())
}

/// The session of a token hash, unless it has expired.
pub async fn find(tx: &mut Tx, hash: &[u8], now: Millis) -> Result<Option<SessionRow>> {
    fetch_optional!(SessionRow; tx, FIND, hash, now)
}

/// Prolongs a session that is in use.
pub async fn touch(tx: &mut Tx, hash: &[u8], now: Millis, expires_at: Millis) -> Result<()> {
    exec!(tx, TOUCH, hash, now, expires_at)?;
    Ok(())
}

/// Signs out.
pub async fn delete(tx: &mut Tx, hash: &[u8]) -> Result<()> {
    exec!(tx, DELETE, hash)?;
    Ok(())
}

/// Signs a person out everywhere: after a change of password or role, or when deactivated.
pub async fn delete_of_user(tx: &mut Tx, ws: WorkspaceId, user: Uuid) -> Result<u64> {
    exec!(tx, DELETE_OF_USER, ws.0, user)
}

/// A session as the settings show it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionListRow {
    pub token_hash: Vec<u8>,
    pub user_agent: Option<String>,
    pub created_at: Millis,
    pub last_seen_at: Millis,
    pub expires_at: Millis,
}

/// The live sessions of a person, last used first.
pub async fn list_of_user(tx: &mut Tx, ws: WorkspaceId, user: Uuid, now: Millis) -> Result<Vec<SessionListRow>> {
    fetch_all!(SessionListRow; tx, LIST_OF_USER, ws.0, user, now)
}

/// Removes what has expired, in all workspaces, at most `limit`; gives how many.
pub async fn delete_expired(tx: &mut Tx, now: Millis, limit: i64) -> Result<u64> {
    exec!(tx, DELETE_EXPIRED, now, limit)
}

/// A token to add.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    pub id: Uuid,
    pub user_id: Uuid,
    pub name: &'a str,
    pub hash: &'a [u8],
    pub scopes: &'a [String],
    pub now: Millis,
    pub expires_at: Option<Millis>,
}

/// Adds an API token.
pub async fn insert_token(tx: &mut Tx, ws: WorkspaceId, new: &NewToken<'_>) -> Result<()> {
    exec!(
        tx,
        INSERT_TOKEN,
        new.id,
        ws.0,
        new.user_id,
        new.name,
        new.hash,
        sqlx::types::Json(new.scopes),
        new.now,
        new.expires_at
    )?;
    Ok(())
}

/// The token of a hash, unless it is revoked or has expired.
pub async fn find_token(tx: &mut Tx, hash: &[u8], now: Millis) -> Result<Option<TokenRow>> {
    fetch_optional!(TokenRow; tx, FIND_TOKEN, hash, now)
}

/// The tokens of a workspace, newest first.
pub async fn list_tokens(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<TokenListRow>> {
    fetch_all!(TokenListRow; tx, LIST_TOKENS, ws.0)
}

/// Ends a token.
pub async fn revoke_token(tx: &mut Tx, ws: WorkspaceId, id: Uuid, now: Millis) -> Result<()> {
    exec_one!("token"; tx, REVOKE_TOKEN, ws.0, id, now)
}
