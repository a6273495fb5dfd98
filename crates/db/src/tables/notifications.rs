//! `notifications`: what a person is told in the window; one row per person.

use muster_domain::clock::Millis;
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // One row for everybody who has one of the roles, but for the one who did it.
    TO_ROLES = "INSERT INTO notifications (tenant_id, user_id, at, kind, title, body, link)
                SELECT u.tenant_id, u.id, $3, $4, $5, $6, $7 FROM users u
                WHERE u.tenant_id = $1 AND u.is_active AND u.role IN (SELECT r.role FROM {rows $2: role text} AS r)
                  AND (u.id <> $8 OR $8 IS NULL)";
    TO_USER = "INSERT INTO notifications (tenant_id, user_id, at, kind, title, body, link) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // notifications_user
    PAGE = "SELECT id, at, kind, title, body, link, read_at FROM notifications
            WHERE tenant_id = $1 AND user_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    UNREAD = "SELECT COUNT(*) FROM (SELECT 1 FROM notifications WHERE tenant_id = $1 AND user_id = $2 AND read_at IS NULL LIMIT 100) AS n";
    // Reading twice changes nothing: only rows that are unread are named.
    MARK_READ = "UPDATE notifications SET read_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND id <= $3 AND read_at IS NULL";
}

/// What is told.
#[derive(Debug, Clone)]
pub struct NewNotification<'a> {
    pub at: Millis,
    /// A word for the icon: `approval`, `campaign`, `job`, `card`, `provider`.
    pub kind: &'a str,
    pub title: &'a str,
    pub body: &'a str,
    /// Path in the window, such as `/campaigns/<id>`.
    pub link: Option<&'a str>,
}

/// A notification as it is listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NotificationRow {
    pub id: i64,
    pub at: Millis,
    pub kind: String,
    pub title: String,
    pub body: String,
    pub link: Option<String>,
    pub read_at: Option<Millis>,
}

#[derive(serde::Serialize)]
struct RoleName {
    role: &'static str,
}

/// Tells everybody with one of the roles, except `but_not`.
pub async fn to_roles(
    tx: &mut Tx,
    ws: WorkspaceId,
    roles: &[Role],
    but_not: Option<Uuid>,
    new: &NewNotification<'_>,
) -> Result<u64> {
    let roles: Vec<_> = roles.iter().map(|r| RoleName { role: r.as_str() }).collect();
    exec!(tx, TO_ROLES, ws.0, Json(&roles), new.at, new.kind, new.title, new.body, new.link, but_not)
}

/// Tells one person.
pub async fn to_user(tx: &mut Tx, ws: WorkspaceId, user: Uuid, new: &NewNotification<'_>) -> Result<()> {
    exec!(tx, TO_USER, ws.0, user, new.at, new.kind, new.title, new.body, new.link)?;
    Ok(())
}

/// A person's notifications before an id (`i64::MAX` for the newest), newest first.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    user: Uuid,
    before_id: i64,
    limit: i64,
) -> Result<Vec<NotificationRow>> {
    fetch_all!(NotificationRow; tx, PAGE, ws.0, user, before_id, limit)
}

/// How many are unread; counting stops at 100.
pub async fn unread(tx: &mut Tx, ws: WorkspaceId, user: Uuid) -> Result<i64> {
    scalar!(i64; tx, UNREAD, ws.0, user)
}

/// Marks everything up to an id as read; gives how many were unread.
pub async fn mark_read(tx: &mut Tx, ws: WorkspaceId, user: Uuid, up_to: i64, now: Millis) -> Result<u64> {
    exec!(tx, MARK_READ, ws.0, user, up_to, now)
}
