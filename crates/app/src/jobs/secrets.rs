//! Secrets that steps name: kept sealed, never shown again.

use muster_db::secrets as rows;
use muster_domain::problem::Problem;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::steps::SECRET_PREFIX;
use crate::{App, AppError, AppResult, Ctx, vault};

/// Characters of a name, and bytes of a secret: a private key with its chain fits.
const MAX_NAME: usize = 100;
const MAX_VALUE: usize = 32 * 1024;

/// A secret to keep.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct SecretValue {
    #[schema(value_type = String)]
    pub value: SecretString,
}

/// The names of the secrets that steps may use.
pub async fn secret_names(app: &App, ctx: &Ctx) -> AppResult<Vec<String>> {
    ctx.require(Operation::WriteScripts)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let names = rows::names(&mut tx, ctx.ws).await?;
    Ok(names.iter().filter_map(|name| name.strip_prefix(SECRET_PREFIX)).map(str::to_owned).collect())
}

/// Keeps a secret in place of the one of that name.
pub async fn put_secret(app: &App, ctx: &Ctx, name: &str, secret: &SecretValue) -> AppResult<()> {
    ctx.require(Operation::WriteScripts)?;
    check(name, &secret.value)?;
    let mut tx = app.db.write(ctx.ws).await?;
    vault::put(app, &mut tx, ctx.ws, &format!("{SECRET_PREFIX}{name}"), &secret.value).await?;
    ctx.audit(&mut tx, app.now(), "job_secret.set", AuditObject::new("job_secret", name, name)).await?;
    Ok(tx.commit().await?)
}

/// Forgets a secret. Steps that name it fail from now on.
pub async fn delete_secret(app: &App, ctx: &Ctx, name: &str) -> AppResult<()> {
    ctx.require(Operation::WriteScripts)?;
    let kept = format!("{SECRET_PREFIX}{name}");
    let mut tx = app.db.write(ctx.ws).await?;
    rows::get(&mut tx, ctx.ws, &kept).await?.ok_or(AppError::NotFound("secret"))?;
    rows::delete(&mut tx, ctx.ws, &kept).await?;
    ctx.audit(&mut tx, app.now(), "job_secret.deleted", AuditObject::new("job_secret", name, name)).await?;
    Ok(tx.commit().await?)
}

fn check(name: &str, value: &SecretString) -> AppResult<()> {
    let mut problems = Vec::new();
    let is_name = (1..=MAX_NAME).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_name {
        problems.push(Problem::new("name", "bad_name", "A secret's name is letters, digits, -, _ and dots."));
    }
    match value.expose_secret().len() {
        0 => problems.push(Problem::new("value", "required", "Write the secret.")),
        length if length > MAX_VALUE => {
            problems.push(Problem::new("value", "too_long", "A secret has at most 32 KiB."));
        }
        _ => {}
    }
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}
