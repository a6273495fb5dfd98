//! The refused rows as a file: where and why, and the original columns, to be mended and imported again.

use std::io::Write;

use muster_db::imports;
use uuid::Uuid;

use super::options::ImportOptions;
use crate::customers::{Export, neutral};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Rows of one page while writing.
const PAGE: i64 = 2_000;

/// Names of the columns that are added; an import passes over them.
const ADDED: [&str; 4] = ["muster_line", "muster_column", "muster_reason", "muster_message"];

/// Writes the refused rows of an import into a file.
pub async fn write_report(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<Export> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = imports::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("import"))?;
    let options: ImportOptions = serde_json::from_value(row.options).map_err(AppError::internal)?;
    let folder = app.data_dir.join("exports");
    std::fs::create_dir_all(&folder).map_err(AppError::internal)?;
    let path = folder.join(format!("{}.csv", app.new_id()));
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).map_err(AppError::internal)?);
    file.write_all("\u{feff}".as_bytes()).map_err(AppError::internal)?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let columns = options.shape.columns.iter().map(String::as_str);
    writer.write_record(ADDED.into_iter().chain(columns)).map_err(AppError::internal)?;
    let (mut after, mut count) = (0, 0);
    loop {
        let errors = imports::errors_after(&mut tx, ctx.ws, id, after, PAGE).await?;
        let Some(last) = errors.last() else { break };
        after = last.line;
        count += errors.len() as i64;
        for error in errors {
            // The added columns stand in front, so that a row that is too short stays so until somebody completes it.
            let line = error.line.to_string();
            let added = [line.as_str(), &error.column_name, &error.reason, &error.message];
            let cells = added.into_iter().chain(error.raw_row.iter().map(String::as_str));
            writer.write_record(cells.map(|cell| neutral(cell).into_owned())).map_err(AppError::internal)?;
        }
    }
    writer.flush().map_err(AppError::internal)?;
    let base = row.file_name.rsplit_once('.').map_or(row.file_name.as_str(), |(base, _)| base).to_owned();
    Ok(Export { path, file_name: format!("{base}-rejected.csv"), content_type: "text/csv; charset=utf-8", rows: count })
}
