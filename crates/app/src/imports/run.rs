//! Running an import: a thread reads and parses, batches are written as they come, a transaction each.

use std::collections::HashSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;

use muster_db::imports::ImportCounts;
use muster_db::{DbError, attributes, imports};
use muster_domain::import::{FileError, FileShape, Mapping, RowParser, Target, rows};
use serde_json::json;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::batch::{Applier, Counts, Parsed};
use super::options::ImportOptions;
use super::view::ImportView;
use crate::ctx::AuditObject;
use crate::{App, AppError, AppResult, Ctx};

/// Rows of one transaction.
const BATCH: usize = 1_000;
/// Batches that may wait between the reader and the writer.
const QUEUE: usize = 2;
/// New customers after which the engine's idea of the table is out of date.
const WORTH_COUNTING: i64 = 1_000;

/// Told after every batch.
pub type Progress<'a> = &'a (dyn Fn(&ImportView) + Send + Sync);

/// How a run ended before its time.
enum Stop {
    Cancelled,
    Failed(String),
}

/// Reads a file to its end. The import was started before; it is ended here, whatever happens.
pub(super) async fn run_file(
    app: &App,
    ctx: &Ctx,
    id: Uuid,
    path: PathBuf,
    options: ImportOptions,
    dry_run: bool,
    progress: Progress<'_>,
) -> AppResult<ImportView> {
    let ended = run(app, ctx, id, path, &options, dry_run, progress).await;
    let now = app.now();
    let (status, error) = match &ended {
        Ok(Ok(_)) => ("completed", None),
        Ok(Err(Stop::Cancelled)) => ("cancelled", None),
        Ok(Err(Stop::Failed(message))) => ("failed", Some(message.clone())),
        Err(error) => {
            tracing::error!(%error, import = %id, "import failed");
            (
                "failed",
                Some(String::from(
                    "Something failed inside Muster. Rows up to here are kept; import the file again with update to continue.",
                )),
            )
        }
    };
    let mut tx = app.db.write(ctx.ws).await?;
    match imports::finish(&mut tx, ctx.ws, id, status, error.as_deref(), now).await {
        // Cancelled meanwhile: that is how it ended.
        Ok(()) | Err(DbError::Stale { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    // The file is kept for another try unless its rows are in.
    if !dry_run && status == "completed" {
        imports::forget_file(&mut tx, ctx.ws, id).await?;
    }
    let row = imports::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("import"))?;
    if !dry_run && row.imported >= WORTH_COUNTING {
        muster_db::admin::count_customers_anew(&mut tx).await?;
    }
    if !dry_run {
        let summary = json!({ "rows": row.rows_read, "imported": row.imported, "duplicates": row.duplicates, "rejected": row.rejected });
        ctx.audit(
            &mut tx,
            now,
            &format!("import.{}", row.status),
            AuditObject::new("import", id, &row.file_name).after(&summary),
        )
        .await?;
    }
    tx.commit().await?;
    let view = ImportView::new(row, now);
    publish(app, ctx, &view);
    app.live.publish(ctx.ws, "customers", json!({}));
    Ok(view)
}

async fn run(
    app: &App,
    ctx: &Ctx,
    id: Uuid,
    path: PathBuf,
    options: &ImportOptions,
    dry_run: bool,
    progress: Progress<'_>,
) -> AppResult<Result<(), Stop>> {
    let mapping = options.check()?;
    let definitions = define(app, ctx, &mapping, options, dry_run).await?;
    let key_column = mapping
        .column_of(options.key.field())
        .and_then(|index| options.shape.columns.get(index))
        .cloned()
        .unwrap_or_default();
    let parser = RowParser::new(options.shape.columns.clone(), mapping, options.parse_options()?);
    let mut applier = Applier {
        ws: ctx.ws,
        import_id: id,
        key: options.key,
        on_duplicate: options.on_duplicate,
        dry_run,
        definitions,
        key_column,
        would_be: HashSet::new(),
        counts: Counts::default(),
    };
    let (sender, mut batches) = mpsc::channel::<Vec<Parsed>>(QUEUE);
    let shape = options.shape.clone();
    let reader = tokio::task::spawn_blocking(move || read(path, &shape, &parser, &sender));
    while let Some(batch) = batches.recv().await {
        let mut tx = app.db.write(ctx.ws).await?;
        applier.apply(&mut tx, batch, app.now()).await?;
        // Names the state that it expects: when the import was cancelled, this batch is undone with it.
        match imports::progress(&mut tx, ctx.ws, id, &counts(&applier.counts)).await {
            Ok(()) => {}
            Err(DbError::Stale { .. }) => return Ok(Err(Stop::Cancelled)),
            Err(error) => return Err(error.into()),
        }
        let row = imports::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("import"))?;
        tx.commit().await?;
        let view = ImportView::new(row, app.now());
        publish(app, ctx, &view);
        progress(&view);
    }
    match reader.await.map_err(AppError::internal)? {
        Ok(()) => Ok(Ok(())),
        Err(error) => Ok(Err(Stop::Failed(format!(
            "{error}. Rows before that are kept; mend the file and import it again with update."
        )))),
    }
}

/// Reads and parses on a thread of its own; the bounded channel keeps it from running ahead.
fn read(
    path: PathBuf,
    shape: &FileShape,
    parser: &RowParser,
    sender: &mpsc::Sender<Vec<Parsed>>,
) -> Result<(), FileError> {
    let mut batch = Vec::with_capacity(BATCH);
    rows::visit(File::open(path)?, shape, &mut |row| {
        let result = parser.parse(&row);
        batch.push(Parsed { row, result });
        if batch.len() < BATCH {
            return ControlFlow::Continue(());
        }
        let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
        // Nobody takes it any more: the import was cancelled.
        if sender.blocking_send(full).is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if !batch.is_empty() {
        let _ = sender.blocking_send(batch);
    }
    Ok(())
}

/// Makes the fields that the mapping wants and gives the ids of all. A field that is there keeps its type.
async fn define(
    app: &App,
    ctx: &Ctx,
    mapping: &Mapping,
    options: &ImportOptions,
    dry_run: bool,
) -> AppResult<std::collections::HashMap<String, i64>> {
    let mut tx = app.db.write(ctx.ws).await?;
    if !dry_run {
        for (index, target) in mapping.0.iter().enumerate() {
            if let Target::Attribute { name, kind } = target {
                let label = options.shape.columns.get(index).map_or(name.as_str(), String::as_str);
                attributes::define(&mut tx, ctx.ws, name, label, *kind, app.now()).await?;
            }
        }
    }
    let definitions = attributes::definitions(&mut tx, ctx.ws).await?;
    tx.commit().await?;
    Ok(definitions.into_iter().map(|d| (d.name, d.id)).collect())
}

fn counts(c: &Counts) -> ImportCounts {
    ImportCounts {
        rows_read: c.rows,
        imported: c.imported,
        duplicates: c.duplicates,
        rejected: c.rejected,
        reasons: json!(c.reasons),
    }
}

fn publish(app: &App, ctx: &Ctx, view: &ImportView) {
    if let Ok(data) = serde_json::to_value(view) {
        app.live.publish(ctx.ws, format!("import:{}", view.id), data);
    }
}
