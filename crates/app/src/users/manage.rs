//! Inviting people, changing what they may do, and letting them go.

use muster_db::people::{self, UserRow};
use muster_db::{Tx, sessions};
use muster_domain::clock::Millis;
use muster_domain::problem::Problem;
use muster_domain::role::Role;
use muster_domain::time::{moment, moment_option};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::auth::{hash_password, normal_email};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Letters of temporary passwords: none that are mistaken for another when read out.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";

/// A person.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub is_active: bool,
    /// Has a temporary password still.
    pub must_change_password: bool,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub last_sign_in_at: Option<Millis>,
    /// Locked after failed tries until then.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub locked_until: Option<Millis>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: Millis,
}

/// A person to invite.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// A new person and the password to give them; it is shown this once and has to be changed at the first sign-in.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    pub user: UserView,
    pub temporary_password: String,
}

/// A new password to give to somebody, shown this once.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemporaryPassword {
    pub temporary_password: String,
}

/// What to change; what is not said stays.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserChange {
    pub name: Option<String>,
    pub role: Option<Role>,
    /// False signs the person out everywhere and keeps them out.
    pub is_active: Option<bool>,
}

impl UserView {
    pub(super) fn new(row: &UserRow, now: Millis) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            email: row.email.clone(),
            role: row.role,
            is_active: row.is_active,
            must_change_password: row.must_change_password,
            last_sign_in_at: row.last_sign_in_at,
            locked_until: row.locked_until.filter(|until| *until > now),
            created_at: row.created_at,
        }
    }
}

/// The people of the workspace by name: everybody may see with whom they work.
pub async fn list(app: &App, ctx: &Ctx) -> AppResult<Vec<UserView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let rows = people::list(&mut tx, ctx.ws).await?;
    Ok(rows.iter().map(|row| UserView::new(row, app.now())).collect())
}

/// Adds a person with a temporary password.
///
/// # Errors
/// 422 with every problem; 409 `email_taken`.
pub async fn invite(app: &App, ctx: &Ctx, new: NewUser) -> AppResult<Invited> {
    ctx.require(Operation::ManageUsers)?;
    let email = normal_email(&new.email);
    let mut problems = name_problems(&new.name);
    if email.is_none() {
        problems.push(Problem::new("email", "bad_email", "This is not an e-mail address."));
    }
    if !problems.is_empty() {
        return Err(AppError::problems(problems));
    }
    let temporary_password = temporary_password(app);
    let password_hash = hash_password(app, temporary_password.clone()).await?;
    let now = app.now();
    let row = people::NewUser {
        id: app.new_id(),
        email: email.unwrap_or_default(),
        name: new.name.trim().to_owned(),
        role: new.role,
        password_hash,
        must_change_password: true,
        locale: String::from("en"),
        now,
    };
    let mut tx = app.db.write(ctx.ws).await?;
    people::insert(&mut tx, ctx.ws, &row).await.map_err(|error| match error {
        muster_db::DbError::Duplicate { .. } => {
            AppError::conflict("email_taken", "Somebody signs in with this address already.")
        }
        other => other.into(),
    })?;
    let user = UserView::new(&find(&mut tx, ctx, row.id).await?, now);
    ctx.audit(&mut tx, now, "user.created", AuditObject::new("user", row.id, &row.name).after(&user)).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "users", json!({}));
    Ok(Invited { user, temporary_password })
}

/// Changes name, role or activity. Another role or the end of activity signs the person out everywhere.
///
/// # Errors
/// 409 `last_admin` when nobody could administer the workspace any more, `yourself` for one's own role or activity.
pub async fn update(app: &App, ctx: &Ctx, id: Uuid, change: UserChange) -> AppResult<UserView> {
    ctx.require(Operation::ManageUsers)?;
    let problems = change.name.as_deref().map(name_problems).unwrap_or_default();
    if !problems.is_empty() {
        return Err(AppError::problems(problems));
    }
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    // Two administrators who deactivate each other at once must not both succeed.
    tx.lock_name(&format!("admins:{}", ctx.ws.0)).await?;
    let mut row = find(&mut tx, ctx, id).await?;
    let before = UserView::new(&row, now);
    let seen_at = row.updated_at;
    row.name = change.name.map_or(row.name, |name| name.trim().to_owned());
    row.role = change.role.unwrap_or(row.role);
    row.is_active = change.is_active.unwrap_or(row.is_active);
    let rights_changed = row.role != before.role || row.is_active != before.is_active;
    if rights_changed && ctx.user_id == Some(id) {
        return Err(AppError::conflict(
            "yourself",
            "You cannot change your own role or deactivate yourself. Ask another administrator.",
        ));
    }
    let was_admin = before.role == Role::Admin && before.is_active;
    let stays_admin = row.role == Role::Admin && row.is_active;
    if was_admin && !stays_admin && people::active_admins(&mut tx, ctx.ws).await? <= 1 {
        return Err(AppError::conflict(
            "last_admin",
            format!("{} is the only administrator. Make somebody else one first.", row.name),
        ));
    }
    people::update(&mut tx, ctx.ws, &row, seen_at, now.max(seen_at + 1)).await?;
    if rights_changed {
        sessions::delete_of_user(&mut tx, ctx.ws, id).await?;
    }
    let after = UserView::new(&row, now);
    ctx.audit(&mut tx, now, "user.changed", AuditObject::new("user", id, &row.name).before(&before).after(&after))
        .await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "users", json!({}));
    Ok(after)
}

/// Gives somebody a new temporary password and signs them out everywhere.
pub async fn reset_password(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<TemporaryPassword> {
    ctx.require(Operation::ManageUsers)?;
    let temporary_password = temporary_password(app);
    let hash = hash_password(app, temporary_password.clone()).await?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    people::set_password(&mut tx, ctx.ws, id, &hash, true, now.max(row.updated_at + 1)).await?;
    sessions::delete_of_user(&mut tx, ctx.ws, id).await?;
    ctx.audit(&mut tx, now, "user.password_reset", AuditObject::new("user", id, &row.name)).await?;
    tx.commit().await?;
    Ok(TemporaryPassword { temporary_password })
}

pub(super) async fn find(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<UserRow> {
    people::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("person"))
}

pub(super) fn name_problems(name: &str) -> Vec<Problem> {
    let good = !name.trim().is_empty() && name.chars().count() <= 100 && !name.chars().any(char::is_control);
    if good { Vec::new() } else { vec![Problem::new("name", "required", "Give a name of at most 100 characters.")] }
}

/// 20 letters of 5 random bits each, in groups that can be read out.
fn temporary_password(app: &App) -> String {
    let random = app.ids.random();
    let letters: Vec<u8> = random.iter().take(20).map(|byte| LETTERS[usize::from(byte & 31)]).collect();
    let groups: Vec<_> = letters.chunks(5).map(String::from_utf8_lossy).collect();
    groups.join("-")
}
