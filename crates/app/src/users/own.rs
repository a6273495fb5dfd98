//! What everybody changes about themselves.

use muster_db::{people, sessions};
use serde::Deserialize;
use serde_json::Value;

use super::UserView;
use super::manage::{find, name_problems};
use crate::auth::{MIN_PASSWORD, hash_password, is_password};
use crate::ctx::AuditObject;
use crate::{App, AppError, AppResult, Ctx};

/// Most bytes of a person's preferences.
const MAX_PREFERENCES: usize = 64 * 1024;

/// What to change about oneself; what is not said stays.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnChange {
    pub name: Option<String>,
    pub locale: Option<String>,
    /// Replaces the preferences of the window.
    #[schema(value_type = Option<Object>)]
    pub preferences: Option<Value>,
}

/// A new password for oneself.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChange {
    pub current_password: String,
    /// At least 10 characters.
    pub new_password: String,
}

/// Changes one's own name, language and preferences.
pub async fn change_own(app: &App, ctx: &Ctx, change: OwnChange) -> AppResult<UserView> {
    let id = ctx.user()?;
    let problems = change.name.as_deref().map(name_problems).unwrap_or_default();
    if !problems.is_empty() {
        return Err(AppError::problems(problems));
    }
    let locale_good = |locale: &String| {
        (2..=10).contains(&locale.len()) && locale.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if change.locale.as_ref().is_some_and(|locale| !locale_good(locale)) {
        return Err(AppError::invalid("bad_locale", "A language is a short code, like en or sw."));
    }
    if change
        .preferences
        .as_ref()
        .is_some_and(|preferences| !preferences.is_object() || preferences.to_string().len() > MAX_PREFERENCES)
    {
        return Err(AppError::invalid("bad_preferences", "Preferences are an object of at most 64 KB."));
    }
    let mut tx = app.db.write(ctx.ws).await?;
    let mut row = find(&mut tx, ctx, id).await?;
    let seen_at = row.updated_at;
    row.name = change.name.map_or(row.name, |name| name.trim().to_owned());
    row.locale = change.locale.unwrap_or(row.locale);
    row.preferences = change.preferences.unwrap_or(row.preferences);
    people::update(&mut tx, ctx.ws, &row, seen_at, app.now().max(seen_at + 1)).await?;
    tx.commit().await?;
    Ok(UserView::new(&row, app.now()))
}

/// Changes one's own password. All sessions end, the asking one too: sign in with the new password.
///
/// # Errors
/// 422 `wrong_password` for the current one, `too_short` for the new one.
pub async fn change_password(app: &App, ctx: &Ctx, change: PasswordChange) -> AppResult<()> {
    let id = ctx.user()?;
    if ctx.scopes.is_some() {
        return Err(AppError::Forbidden(String::from("An API token cannot change a password. Sign in first.")));
    }
    let row = {
        let mut tx = app.db.read(ctx.ws).await?;
        find(&mut tx, ctx, id).await?
    };
    if !is_password(&row.password_hash, change.current_password).await {
        return Err(AppError::invalid("wrong_password", "The current password is not right."));
    }
    if change.new_password.chars().count() < MIN_PASSWORD {
        return Err(AppError::invalid("too_short", "Use at least 10 characters for the password."));
    }
    let hash = hash_password(app, change.new_password).await?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    people::set_password(&mut tx, ctx.ws, id, &hash, false, now.max(row.updated_at + 1)).await?;
    sessions::delete_of_user(&mut tx, ctx.ws, id).await?;
    ctx.audit(&mut tx, now, "user.password_changed", AuditObject::new("user", id, &row.name)).await?;
    Ok(tx.commit().await?)
}
