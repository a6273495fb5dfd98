//! What people are told in the window, and their list of it.

use muster_db::Tx;
use muster_db::notifications::{self, NewNotification, NotificationRow};
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{App, AppResult, Ctx};

/// Notifications that one answer gives at most.
const PAGE: i64 = 50;

/// A notification.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    pub id: i64,
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub at: i64,
    /// `approval`, `campaign`, `job`, `card`, `provider`.
    pub kind: String,
    pub title: String,
    pub body: String,
    /// Path in the window.
    pub link: Option<String>,
    pub is_read: bool,
}

impl From<NotificationRow> for Notification {
    fn from(row: NotificationRow) -> Self {
        let NotificationRow { id, at, kind, title, body, link, read_at } = row;
        Self { id, at, kind, title, body, link, is_read: read_at.is_some() }
    }
}

/// Tells everybody with one of the roles, except the person whose doing it is, in the transaction of the change. Call
/// [`announce`] once it is committed.
pub async fn tell_roles(
    tx: &mut Tx,
    ws: WorkspaceId,
    roles: &[Role],
    but_not: Option<Uuid>,
    new: &NewNotification<'_>,
) -> AppResult<()> {
    notifications::to_roles(tx, ws, roles, but_not, new).await?;
    Ok(())
}

/// Tells one person, in the transaction of the change. Call [`announce`] once it is committed.
pub async fn tell(tx: &mut Tx, ws: WorkspaceId, user: Uuid, new: &NewNotification<'_>) -> AppResult<()> {
    Ok(notifications::to_user(tx, ws, user, new).await?)
}

/// Lets open windows look for what is new.
pub fn announce(app: &App, ws: WorkspaceId) {
    app.live.publish(ws, "notifications", json!({}));
}

/// The asker's notifications before an id, newest first; 50 at most.
pub async fn list(app: &App, ctx: &Ctx, before: Option<i64>) -> AppResult<Vec<Notification>> {
    let mut tx = app.db.read(ctx.ws).await?;
    let rows = notifications::page(&mut tx, ctx.ws, ctx.user()?, before.unwrap_or(i64::MAX), PAGE).await?;
    Ok(rows.into_iter().map(Notification::from).collect())
}

/// Marks what the asker has seen, up to and with an id; gives how many were unread.
pub async fn mark_read(app: &App, ctx: &Ctx, up_to: i64) -> AppResult<u64> {
    let mut tx = app.db.write(ctx.ws).await?;
    let changed = notifications::mark_read(&mut tx, ctx.ws, ctx.user()?, up_to, app.now()).await?;
    tx.commit().await?;
    if changed > 0 {
        announce(app, ctx.ws);
    }
    Ok(changed)
}
