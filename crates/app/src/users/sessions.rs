//! Where somebody is signed in.

use muster_db::sessions;
use muster_domain::clock::Millis;
use muster_domain::time::moment;
use serde::Serialize;
use uuid::Uuid;

use super::manage::find;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A place where somebody is signed in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Part of the hash of its secret: names the session and opens nothing.
    pub id: String,
    /// The browser or window, as it named itself.
    pub user_agent: Option<String>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: Millis,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub last_seen_at: Millis,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub expires_at: Millis,
}

fn may(ctx: &Ctx, user: Uuid) -> AppResult<()> {
    if ctx.user_id == Some(user) { ctx.require(Operation::Read) } else { ctx.require(Operation::ManageUsers) }
}

fn session_id(hash: &[u8]) -> String {
    hex::encode(&hash[..hash.len().min(8)])
}

/// The live sessions of a person, newest first: one's own, or anybody's for an administrator.
pub async fn list(app: &App, ctx: &Ctx, user: Uuid) -> AppResult<Vec<SessionView>> {
    may(ctx, user)?;
    let mut tx = app.db.read(ctx.ws).await?;
    find(&mut tx, ctx, user).await?;
    let rows = sessions::list_of_user(&mut tx, ctx.ws, user, app.now()).await?;
    let view = |row: sessions::SessionListRow| SessionView {
        id: session_id(&row.token_hash),
        user_agent: row.user_agent,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Ends one session.
pub async fn end_one(app: &App, ctx: &Ctx, user: Uuid, id: &str) -> AppResult<()> {
    may(ctx, user)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let person = find(&mut tx, ctx, user).await?;
    let rows = sessions::list_of_user(&mut tx, ctx.ws, user, now).await?;
    let row = rows.iter().find(|row| session_id(&row.token_hash) == id).ok_or(AppError::NotFound("session"))?;
    sessions::delete(&mut tx, &row.token_hash).await?;
    ctx.audit(&mut tx, now, "user.session_ended", AuditObject::new("user", user, &person.name)).await?;
    Ok(tx.commit().await?)
}

/// Signs somebody out everywhere; how many sessions there were.
pub async fn end_all(app: &App, ctx: &Ctx, user: Uuid) -> AppResult<u64> {
    may(ctx, user)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let person = find(&mut tx, ctx, user).await?;
    let ended = sessions::delete_of_user(&mut tx, ctx.ws, user).await?;
    ctx.audit(&mut tx, app.now(), "user.signed_out", AuditObject::new("user", user, &person.name)).await?;
    tx.commit().await?;
    Ok(ended)
}
