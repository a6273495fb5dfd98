//! A look at a staged file with the options as they stand: columns, sample values, problems of the first rows.

use std::fs::File;

use muster_db::{Tx, attributes, imports};
use muster_domain::import::{FileShape, Row, RowParser, Sniffed, Target, sniff};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::options::{ImportOptions, ImportOptionsInput};
use super::stage::{folder, unreadable};
use super::view::ImportView;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Rows that a preview shows.
const ROWS: usize = 20;
/// Values shown of one column.
const SAMPLES: usize = 3;

/// One column of the file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ColumnPreview {
    pub column: String,
    /// See `ColumnTarget`.
    pub target: String,
    /// The first values that are not empty.
    pub samples: Vec<String>,
}

/// Something wrong with one of the first rows, as the options stand.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewProblem {
    pub line: u64,
    pub column: String,
    pub reason: &'static str,
    pub message: String,
}

/// A staged file, looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportPreview {
    pub import: ImportView,
    pub columns: Vec<ColumnPreview>,
    /// The first rows as the file has them.
    pub rows: Vec<Vec<String>>,
    /// What the first 200 rows would be refused for.
    pub problems: Vec<PreviewProblem>,
    /// Sheets of a workbook.
    pub sheets: Vec<String>,
}

/// Changes how a staged file is read and shows what that gives.
pub async fn preview(app: &App, ctx: &Ctx, id: Uuid, input: ImportOptionsInput) -> AppResult<ImportPreview> {
    ctx.require(Operation::EditCustomers)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = imports::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("import"))?;
    drop(tx);
    let mut options: ImportOptions = serde_json::from_value(row.options).map_err(AppError::internal)?;
    let path = folder(app).join(row.file_path.ok_or_else(|| {
        AppError::conflict("file_gone", "The file of this import is no longer kept. Choose it again.")
    })?);
    let shape = input.shape.clone().filter(|shape| *shape != options.shape);
    let reshaped = shape.is_some();
    let given: FileShape = shape.unwrap_or_else(|| options.shape.clone());
    let sniffed = tokio::task::spawn_blocking(move || sniff(File::open(path)?, Some(&given)))
        .await
        .map_err(AppError::internal)?
        .map_err(unreadable)?;
    options.change(input, reshaped.then_some(&sniffed));
    let mut tx = app.db.write(ctx.ws).await?;
    if reshaped {
        adopt_known_types(&mut tx, ctx, &mut options).await?;
    }
    imports::set_options(&mut tx, ctx.ws, id, &serde_json::to_value(&options).map_err(AppError::internal)?).await?;
    tx.commit().await?;
    of(app, ctx, id, &sniffed).await
}

/// A column that is named like a field of the workspace gets that field's type.
pub(super) async fn adopt_known_types(tx: &mut Tx, ctx: &Ctx, options: &mut ImportOptions) -> AppResult<()> {
    let known = attributes::definitions(tx, ctx.ws).await?;
    for column in &mut options.mapping {
        if let Ok(Target::Attribute { name, .. }) = column.target.parse::<Target>()
            && let Some(definition) = known.iter().find(|d| d.name == name)
        {
            column.target = Target::Attribute { name, kind: definition.kind() }.to_string();
        }
    }
    Ok(())
}

pub(super) async fn of(app: &App, ctx: &Ctx, id: Uuid, sniffed: &Sniffed) -> AppResult<ImportPreview> {
    let mut tx = app.db.read(ctx.ws).await?;
    let row = imports::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("import"))?;
    let import = ImportView::new(row, app.now());
    let options = import.options.clone().ok_or_else(|| AppError::internal("an import without options"))?;
    let samples = |index: usize| {
        let values = sniffed.samples.iter().filter_map(|row| row.cells.get(index)).map(|cell| cell.trim());
        let mut found: Vec<String> = Vec::new();
        for value in values.filter(|v| !v.is_empty()) {
            if found.len() < SAMPLES && !found.iter().any(|f| f == value) {
                found.push(value.chars().take(80).collect());
            }
        }
        found
    };
    let columns = options.mapping.iter().enumerate().map(|(index, column)| ColumnPreview {
        column: column.column.clone(),
        target: column.target.clone(),
        samples: samples(index),
    });
    let rows = sniffed.samples.iter().take(ROWS).map(|row| row.cells.clone()).collect();
    let problems = match (options.mapping(), options.parse_options()) {
        (Ok(mapping), Ok(parse)) => {
            problems(&sniffed.samples, &RowParser::new(options.shape.columns.clone(), mapping, parse))
        }
        // A target or a region that is wrong is refused at the start, with its name.
        _ => Vec::new(),
    };
    Ok(ImportPreview { columns: columns.collect(), rows, problems, sheets: sniffed.sheets.clone(), import })
}

fn problems(rows: &[Row], parser: &RowParser) -> Vec<PreviewProblem> {
    let rejections = rows.iter().filter_map(|row| parser.parse(row).err());
    rejections
        .flat_map(|r| {
            r.problems.into_iter().map(move |p| PreviewProblem {
                line: r.line,
                column: p.column,
                reason: p.reason.code(),
                message: p.message,
            })
        })
        .take(100)
        .collect()
}
