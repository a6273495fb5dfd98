//! `users`: the people of a workspace.

use muster_domain::clock::Millis;
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO users (id, tenant_id, email, name, role, password_hash, must_change_password, locale, preferences, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    COUNT_ALL = "SELECT COUNT(*) FROM users";
    // users_email
    BY_EMAIL = "SELECT id, tenant_id, email, name, role, password_hash, must_change_password, is_active, locale, preferences, failed_attempts, locked_until, last_sign_in_at, created_at, updated_at
                FROM users WHERE email = $1";
    GET = "SELECT id, tenant_id, email, name, role, password_hash, must_change_password, is_active, locale, preferences, failed_attempts, locked_until, last_sign_in_at, created_at, updated_at
           FROM users WHERE tenant_id = $1 AND id = $2";
    // users_tenant
    LIST = "SELECT id, tenant_id, email, name, role, password_hash, must_change_password, is_active, locale, preferences, failed_attempts, locked_until, last_sign_in_at, created_at, updated_at
            FROM users WHERE tenant_id = $1 ORDER BY name, id LIMIT 1000";
    // Serialises the updates of two tries at once, so that neither is lost.
    FAILED_SIGN_IN = "UPDATE users SET failed_attempts = failed_attempts + 1, locked_until = $3 WHERE tenant_id = $1 AND id = $2";
    SIGNED_IN = "UPDATE users SET failed_attempts = 0, locked_until = NULL, last_sign_in_at = $3 WHERE tenant_id = $1 AND id = $2 AND is_active";
    UPDATE = "UPDATE users SET name = $3, role = $4, is_active = $5, locale = $6, preferences = $7, updated_at = $8 WHERE tenant_id = $1 AND id = $2 AND updated_at = $9";
    SET_PASSWORD = "UPDATE users SET password_hash = $3, must_change_password = $4, failed_attempts = 0, locked_until = NULL, updated_at = $5 WHERE tenant_id = $1 AND id = $2";
    ACTIVE_ADMINS = "SELECT COUNT(*) FROM users WHERE tenant_id = $1 AND role = 'admin' AND is_active";
}

/// A person.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UserRow {
    pub id: Uuid,
    pub tenant_id: i64,
    /// In lower case.
    pub email: String,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// PHC string of argon2id.
    pub password_hash: String,
    pub must_change_password: bool,
    pub is_active: bool,
    pub locale: String,
    #[sqlx(json)]
    pub preferences: serde_json::Value,
    pub failed_attempts: i64,
    pub locked_until: Option<Millis>,
    pub last_sign_in_at: Option<Millis>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password_hash: String,
    pub must_change_password: bool,
    pub locale: String,
    pub now: Millis,
}

/// Adds a person. [`crate::DbError::Duplicate`] when the address is taken.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, new: &NewUser) -> Result<()> {
    let preferences = sqlx::types::Json(serde_json::json!({}));
    exec!(
        tx,
        INSERT,
        new.id,
        ws.0,
        &new.email,
        &new.name,
        new.role.as_str(),
        &new.password_hash,
        new.must_change_password,
        &new.locale,
        &preferences,
        new.now
    )?;
    Ok(())
}

/// How many people there are in all workspaces: none means that this is the first run.
pub async fn count_all(tx: &mut Tx) -> Result<i64> {
    scalar!(i64; tx, COUNT_ALL)
}

/// The person with an address, in whatever workspace.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<UserRow>> {
    fetch_optional!(UserRow; tx, BY_EMAIL, email)
}

/// One person of a workspace.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<UserRow>> {
    fetch_optional!(UserRow; tx, GET, ws.0, id)
}

/// The people of a workspace by name, at most 1,000.
pub async fn list(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<UserRow>> {
    fetch_all!(UserRow; tx, LIST, ws.0)
}

/// Counts a failed try.
pub async fn failed_sign_in(tx: &mut Tx, ws: WorkspaceId, id: Uuid, locked_until: Option<Millis>) -> Result<()> {
    exec_one!("user"; tx, FAILED_SIGN_IN, ws.0, id, locked_until)
}

/// Notes a successful sign-in.
pub async fn signed_in(tx: &mut Tx, ws: WorkspaceId, id: Uuid, now: Millis) -> Result<()> {
    exec_one!("user"; tx, SIGNED_IN, ws.0, id, now)
}

/// Writes name, role, activity, locale and preferences of a person that was read as `seen_at`.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, row: &UserRow, seen_at: Millis, now: Millis) -> Result<()> {
    let preferences = sqlx::types::Json(&row.preferences);
    exec_one!("user"; tx, UPDATE, ws.0, row.id, &row.name, row.role.as_str(), row.is_active, &row.locale, preferences, now, seen_at)
}

/// Sets a password and opens the lock.
pub async fn set_password(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    hash: &str,
    must_change: bool,
    now: Millis,
) -> Result<()> {
    exec_one!("user"; tx, SET_PASSWORD, ws.0, id, hash, must_change, now)
}

/// How many active administrators a workspace has.
pub async fn active_admins(tx: &mut Tx, ws: WorkspaceId) -> Result<i64> {
    scalar!(i64; tx, ACTIVE_ADMINS, ws.0)
}
