//! A file that lies on this machine, imported in one go: the command line's way.

use std::fs::File;
use std::path::Path;

use muster_db::{attributes, imports, workspaces};
use muster_domain::import::{Mapping, Target, sniff};
use muster_domain::phone::Region;
use muster_domain::problem::Problem;

use super::lifecycle::check_types;
use super::options::{ImportKey, ImportOptions, OnDuplicate};
use super::preview::adopt_known_types;
use super::run::{Progress, run_file};
use super::stage::unreadable;
use super::view::ImportView;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// What differs from what a look at the file suggests.
#[derive(Debug, Clone, Default)]
pub struct FromDisk {
    /// Country of phone numbers without country code.
    pub region: Option<Region>,
    pub key: Option<ImportKey>,
    pub on_duplicate: Option<OnDuplicate>,
    /// Columns (by name, or `#3`) and what becomes of them.
    pub map: Vec<(String, String)>,
    pub dry_run: bool,
}

/// Looks at a file, maps it and imports it; returns when it is done.
pub async fn run_path(
    app: &App,
    ctx: &Ctx,
    path: &Path,
    choice: FromDisk,
    progress: Progress<'_>,
) -> AppResult<ImportView> {
    ctx.require(Operation::EditCustomers)?;
    let own = path.to_owned();
    let sniffed = tokio::task::spawn_blocking(move || sniff(File::open(own)?, None))
        .await
        .map_err(AppError::internal)?
        .map_err(unreadable)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let workspace = workspaces::get(&mut tx, ctx.ws).await?;
    let region = choice.region.unwrap_or_else(|| Region::of_currency(&workspace.currency));
    let mut options = ImportOptions::guessed(&sniffed, region, &workspace.timezone);
    adopt_known_types(&mut tx, ctx, &mut options).await?;
    remap(&mut options, &choice.map)?;
    options.key = choice.key.unwrap_or(options.key);
    options.on_duplicate = choice.on_duplicate.unwrap_or(options.on_duplicate);
    check_types(&options.check()?, &attributes::definitions(&mut tx, ctx.ws).await?)?;
    let (id, now) = (app.new_id(), app.now());
    let stored = serde_json::to_value(&options).map_err(AppError::internal)?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
    let new = imports::NewImport {
        id,
        kind: "customers",
        file_name: &name,
        file_path: None,
        file_bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        options: &stored,
        created_by: ctx.user_id,
        now,
    };
    imports::insert(&mut tx, ctx.ws, &new).await?;
    imports::start(&mut tx, ctx.ws, id, choice.dry_run, &stored, now).await?;
    tx.commit().await?;
    run_file(app, ctx, id, path.to_owned(), options, choice.dry_run, progress).await
}

fn remap(options: &mut ImportOptions, map: &[(String, String)]) -> AppResult<()> {
    let columns = options.shape.columns.clone();
    let mut mapping: Mapping = options.mapping()?;
    for (column, target) in map {
        let parsed: Target = target.parse().map_err(|e: muster_domain::import::TargetError| {
            AppError::problems(vec![Problem::new("map", "unknown_target", e.to_string())])
        })?;
        if !mapping.set(&columns, column, parsed) {
            let message = format!("The file has no column named {column}. It has: {}.", columns.join(", "));
            return Err(AppError::problems(vec![Problem::new("map", "unknown_column", message)]));
        }
    }
    for (own, target) in options.mapping.iter_mut().zip(&mapping.0) {
        own.target = target.to_string();
    }
    Ok(())
}
