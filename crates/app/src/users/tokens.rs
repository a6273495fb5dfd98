//! API tokens: for programs that act for a person.

use muster_db::{people, sessions};
use muster_domain::clock::Millis;
use muster_domain::problem::Problem;
use muster_domain::time::{DAY, moment, moment_option};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::issue_token;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// What a token may be allowed; each within the role of its person.
const SCOPES: [&str; 3] = ["read", "write", "*"];
const MAX_DAYS: i64 = 3_650;

/// A token; its secret was shown once.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    pub id: Uuid,
    pub name: String,
    pub user_id: Uuid,
    pub user_name: String,
    /// `read`, `write` (reads too) or `*`.
    pub scopes: Vec<String>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: Millis,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub expires_at: Option<Millis>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub last_used_at: Option<Millis>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub revoked_at: Option<Millis>,
}

/// A token to make for oneself.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewToken {
    pub name: String,
    /// `read`, `write` (reads too) or `*`; `read` when empty.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Days until it expires; never when not said.
    #[serde(default)]
    pub expires_in_days: Option<i64>,
}

/// A new token with its secret, which is shown this once.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedToken {
    pub id: Uuid,
    /// For `Authorization: Bearer …`.
    pub token: String,
}

/// One's own tokens; an administrator sees everybody's.
pub async fn list(app: &App, ctx: &Ctx) -> AppResult<Vec<TokenView>> {
    ctx.require(Operation::Read)?;
    let sees_all = ctx.require(Operation::ManageUsers).is_ok();
    let mut tx = app.db.read(ctx.ws).await?;
    let people = people::list(&mut tx, ctx.ws).await?;
    let name_of =
        |id: Uuid| people.iter().find(|person| person.id == id).map_or_else(String::new, |person| person.name.clone());
    let rows = sessions::list_tokens(&mut tx, ctx.ws).await?;
    let visible = rows.into_iter().filter(|row| sees_all || ctx.user_id == Some(row.user_id));
    let view = |row: sessions::TokenListRow| TokenView {
        id: row.id,
        user_name: name_of(row.user_id),
        user_id: row.user_id,
        name: row.name,
        scopes: row.scopes,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
    };
    Ok(visible.map(view).collect())
}

/// Makes a token for oneself. It can do at most what its maker can: a program cannot widen its own scopes.
///
/// # Errors
/// 422 with every problem.
pub async fn create(app: &App, ctx: &Ctx, new: NewToken) -> AppResult<IssuedToken> {
    ctx.require(Operation::Read)?;
    let user = ctx.user()?;
    let scopes = if new.scopes.is_empty() { vec![String::from("read")] } else { new.scopes };
    let mut problems = Vec::new();
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        problems.push(Problem::new("name", "required", "Say what the token is for, in at most 100 characters."));
    }
    if scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        problems.push(Problem::new("scopes", "unknown_scope", "A scope is read, write or *."));
    }
    if new.expires_in_days.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
        problems.push(Problem::new("expiresInDays", "out_of_range", "A token lives between 1 and 3,650 days."));
    }
    if !problems.is_empty() {
        return Err(AppError::problems(problems));
    }
    let wider = |scope: &String, own: &[String]| {
        !own.contains(scope) && !own.iter().any(|o| o == "*" || (o == "write" && scope == "read"))
    };
    if let Some(own) = &ctx.scopes
        && scopes.iter().any(|scope| wider(scope, own))
    {
        return Err(AppError::Forbidden(String::from("A token cannot make one that may do more than itself.")));
    }
    let expires_at = new.expires_in_days.map(|days| app.now() + days * DAY);
    let (id, token) = issue_token(app, ctx, user, name, &scopes, expires_at).await?;
    Ok(IssuedToken { id, token })
}

/// Ends a token: one's own, or anybody's for an administrator.
///
/// # Errors
/// 409 when it was ended before.
pub async fn revoke(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::Read)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = sessions::list_tokens(&mut tx, ctx.ws)
        .await?
        .into_iter()
        .find(|row| row.id == id)
        .ok_or(AppError::NotFound("token"))?;
    if ctx.user_id != Some(row.user_id) {
        ctx.require(Operation::ManageUsers)?;
    }
    if row.revoked_at.is_some() {
        return Err(AppError::conflict("already_revoked", "This token was revoked before."));
    }
    sessions::revoke_token(&mut tx, ctx.ws, id, now).await?;
    ctx.audit(&mut tx, now, "token.revoked", AuditObject::new("token", id, &row.name)).await?;
    Ok(tx.commit().await?)
}
