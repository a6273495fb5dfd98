//! SQL scripts that are kept in the workspace under a name, for `stored_proc` steps.

use muster_db::sql_scripts::{self, ScriptRow, ScriptText};
use muster_domain::job::file::check_script;
use muster_domain::time::moment;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A script.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SqlScriptView {
    pub id: Uuid,
    /// What `stored_proc` steps call it by.
    pub name: String,
    pub description: String,
    /// Statements, separated by `;`. `:name` takes a value of the step's parameters.
    pub body: String,
    /// Whether it may change rows.
    pub writes: bool,
    pub version: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub updated_at: i64,
}

/// A script to keep.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScriptInput {
    /// Letters, digits, - and _.
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub body: String,
    #[serde(default)]
    pub writes: bool,
}

/// A change of a script.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScriptChange {
    #[serde(flatten)]
    pub script: ScriptInput,
    /// The version that it was made from.
    pub version: i64,
}

impl From<ScriptRow> for SqlScriptView {
    fn from(row: ScriptRow) -> Self {
        let ScriptRow { id, name, description, body, writes, version, created_at, updated_at } = row;
        Self { id, name, description, body, writes, version, created_at, updated_at }
    }
}

impl ScriptInput {
    fn text(&self) -> AppResult<ScriptText<'_>> {
        let mut problems = check_script(&self.name, &self.description, &self.body);
        for problem in problems.iter_mut().filter(|problem| problem.path == "sql") {
            problem.path = String::from("body");
        }
        if !problems.is_empty() {
            return Err(AppError::problems(problems));
        }
        Ok(ScriptText { name: &self.name, description: &self.description, body: &self.body, writes: self.writes })
    }
}

/// All scripts by name.
pub async fn scripts(app: &App, ctx: &Ctx) -> AppResult<Vec<SqlScriptView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(sql_scripts::list(&mut tx, ctx.ws).await?.into_iter().map(Into::into).collect())
}

/// One script.
pub async fn script(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<SqlScriptView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(sql_scripts::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("script"))?.into())
}

/// Keeps a script.
pub async fn create_script(app: &App, ctx: &Ctx, input: &ScriptInput) -> AppResult<SqlScriptView> {
    ctx.require(Operation::WriteScripts)?;
    let text = input.text()?;
    let (id, now) = (app.new_id(), app.now());
    let mut tx = app.db.write(ctx.ws).await?;
    if sql_scripts::by_name(&mut tx, ctx.ws, &input.name).await?.is_some() {
        return Err(taken(&input.name));
    }
    sql_scripts::insert(&mut tx, ctx.ws, id, text, ctx.user_id, now).await?;
    let object = AuditObject::new("sql_script", id, &input.name).after(&json!({ "body": input.body }));
    ctx.audit(&mut tx, now, "sql_script.created", object).await?;
    keep(app, ctx, tx, id).await
}

/// Changes a script.
pub async fn change_script(app: &App, ctx: &Ctx, id: Uuid, change: &ScriptChange) -> AppResult<SqlScriptView> {
    ctx.require(Operation::WriteScripts)?;
    let (input, now) = (&change.script, app.now());
    let text = input.text()?;
    let mut tx = app.db.write(ctx.ws).await?;
    let before = sql_scripts::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("script"))?;
    if sql_scripts::by_name(&mut tx, ctx.ws, &input.name).await?.is_some_and(|other| other.id != id) {
        return Err(taken(&input.name));
    }
    sql_scripts::change(&mut tx, ctx.ws, (id, change.version), text, now).await?;
    let object = AuditObject::new("sql_script", id, &input.name)
        .before(&json!({ "name": before.name, "body": before.body }))
        .after(&json!({ "name": input.name, "body": input.body }));
    ctx.audit(&mut tx, now, "sql_script.changed", object).await?;
    keep(app, ctx, tx, id).await
}

/// Deletes a script. Steps that call it fail from now on.
pub async fn delete_script(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::WriteScripts)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = sql_scripts::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("script"))?;
    sql_scripts::delete(&mut tx, ctx.ws, id).await?;
    let object = AuditObject::new("sql_script", id, &row.name).before(&json!({ "body": row.body }));
    ctx.audit(&mut tx, app.now(), "sql_script.deleted", object).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "jobs", json!({}));
    Ok(())
}

async fn keep(app: &App, ctx: &Ctx, mut tx: muster_db::Tx, id: Uuid) -> AppResult<SqlScriptView> {
    let row = sql_scripts::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("script"))?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "jobs", json!({}));
    Ok(row.into())
}

fn taken(name: &str) -> AppError {
    AppError::conflict("duplicate", format!("There is a script called {name} already."))
}
