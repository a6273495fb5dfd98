//! Starting, watching and cancelling imports.

use muster_db::{DbError, attributes, imports};
use muster_domain::import::{Mapping, Target};
use muster_domain::problem::Problem;
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use super::options::{ImportOptions, ImportOptionsInput};
use super::run::run_file;
use super::stage::folder;
use super::view::ImportView;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Imports that the list shows.
const RECENT: i64 = 50;

/// One import.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ImportView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = imports::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("import"))?;
    Ok(ImportView::new(row, app.now()))
}

/// The newest imports of customers.
pub async fn recent(app: &App, ctx: &Ctx) -> AppResult<Vec<ImportView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let rows = imports::newest(&mut tx, ctx.ws, "customers", RECENT).await?;
    Ok(rows.into_iter().map(|row| ImportView::new(row, app.now())).collect())
}

/// Starts a staged file, for good or as a rehearsal; it runs on by itself.
pub async fn start(app: &App, ctx: &Ctx, id: Uuid, input: ImportOptionsInput, dry_run: bool) -> AppResult<ImportView> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = imports::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("import"))?;
    let mut options: ImportOptions = serde_json::from_value(row.options).map_err(AppError::internal)?;
    options.change(ImportOptionsInput { shape: None, ..input }, None);
    let mapping = options.check()?;
    check_types(&mapping, &attributes::definitions(&mut tx, ctx.ws).await?)?;
    let file = row.file_path.ok_or_else(|| {
        AppError::conflict("file_gone", "The file of this import is no longer kept. Choose it again.")
    })?;
    let stored = serde_json::to_value(&options).map_err(AppError::internal)?;
    imports::start(&mut tx, ctx.ws, id, dry_run, &stored, now).await.map_err(|error| match error {
        DbError::Stale { .. } => AppError::conflict(
            "already_run",
            "This import runs already or is done. Choose the file again to import it once more.",
        ),
        other => other.into(),
    })?;
    if !dry_run {
        ctx.audit(&mut tx, now, "import.started", AuditObject::new("import", id, &row.file_name).after(&stored))
            .await?;
    }
    tx.commit().await?;
    let path = folder(app).join(&file);
    let (app, ctx) = (app.clone(), ctx.clone());
    let view = get(&app, &ctx, id).await?;
    tokio::spawn(async move {
        match run_file(&app, &ctx, id, path.clone(), options, dry_run, &|_| {}).await {
            Ok(view) if !dry_run && view.status == "completed" => drop(std::fs::remove_file(&path)),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, import = %id, "the end of an import could not be noted"),
        }
    });
    Ok(view)
}

/// A field that is there keeps its type: values of another would not compare.
pub(super) fn check_types(mapping: &Mapping, known: &[attributes::DefinitionRow]) -> AppResult<()> {
    let wrong = mapping.0.iter().enumerate().filter_map(|(index, target)| {
        let Target::Attribute { name, kind } = target else { return None };
        let definition = known.iter().find(|d| d.name == *name && d.kind() != *kind)?;
        let message = format!("The field {name} holds values of type {} in this workspace. Import the column as that, or under another name.", definition.value_type);
        Some(Problem::new(format!("mapping[{index}].target"), "other_type", message))
    });
    let wrong: Vec<Problem> = wrong.collect();
    if wrong.is_empty() { Ok(()) } else { Err(AppError::problems(wrong)) }
}

/// Stops a running import; what is written stays.
pub async fn cancel(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ImportView> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = imports::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("import"))?;
    imports::finish(&mut tx, ctx.ws, id, "cancelled", None, now).await.map_err(|error| match error {
        DbError::Stale { .. } => AppError::conflict("not_running", "This import is not running."),
        other => other.into(),
    })?;
    ctx.audit(&mut tx, now, "import.cancelled", AuditObject::new("import", id, &row.file_name)).await?;
    tx.commit().await?;
    let view = get(app, ctx, id).await?;
    if let Ok(data) = serde_json::to_value(&view) {
        app.live.publish(ctx.ws, format!("import:{id}"), data);
    }
    Ok(view)
}

/// Ends what a program that stopped in the middle has left running. Called once, when the program starts; only with a
/// database of its own, since another node may be importing.
pub async fn recover(app: &App) -> AppResult<()> {
    let mut tx = app.db.read_all().await?;
    let left = imports::running(&mut tx).await?;
    drop(tx);
    for (id, tenant) in left {
        let ws = WorkspaceId(tenant);
        let mut tx = app.db.write(ws).await?;
        let message =
            "Muster was closed while it ran. Rows up to there are kept; import the file again with update to continue.";
        match imports::finish(&mut tx, ws, id, "failed", Some(message), app.now()).await {
            Ok(()) => tx.commit().await?,
            Err(DbError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        app.live.publish(ws, format!("import:{id}"), json!({}));
    }
    Ok(())
}
