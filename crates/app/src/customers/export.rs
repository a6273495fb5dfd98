//! Lists of customers as files for spreadsheets.

use std::io::Write;
use std::path::PathBuf;

use muster_db::attributes::{self, DefinitionRow};
use muster_db::customers::{self, CustomerRow};
use muster_db::workspaces;
use muster_domain::phone::Region;
use rust_xlsxwriter::{Workbook, Worksheet};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::list::CustomerQuery;
use super::view::{CustomerView, json_of};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Rows of one page while exporting.
const PAGE: i64 = 2_000;
/// Rows that a sheet of a workbook can hold below its header.
const MAX_SHEET_ROWS: i64 = 1_048_575;

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    Csv,
    Xlsx,
}

/// A file that is ready; whoever sends it removes it.
#[derive(Debug, Clone)]
pub struct Export {
    pub path: PathBuf,
    pub file_name: String,
    pub content_type: &'static str,
    pub rows: i64,
}

const FIELDS: [&str; 20] = [
    "external_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "city",
    "tier",
    "client_type",
    "preferred_language",
    "preferred_channel",
    "preferred_product",
    "timezone",
    "account_balance",
    "currency",
    "registration_date",
    "first_purchase_date",
    "last_purchase_date",
    "last_order_at",
    "is_active",
    "opted_out",
];

/// Writes every customer of a list into a file, page by page.
pub async fn export(app: &App, ctx: &Ctx, query: &CustomerQuery, format: ExportFormat) -> AppResult<Export> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let workspace = workspaces::get(&mut tx, ctx.ws).await?;
    let filter = query.filter(Region::of_currency(&workspace.currency));
    let definitions = attributes::definitions(&mut tx, ctx.ws).await?;
    if format == ExportFormat::Xlsx && customers::count(&mut tx, ctx.ws, &filter).await? > MAX_SHEET_ROWS {
        return Err(AppError::invalid(
            "too_many_rows",
            "A workbook holds at most 1,048,575 rows. Export as CSV, or filter the list.",
        ));
    }
    let folder = app.data_dir.join("exports");
    std::fs::create_dir_all(&folder).map_err(AppError::internal)?;
    let (ending, content_type) = match format {
        ExportFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        ExportFormat::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let path = folder.join(format!("{}.{ending}", app.new_id()));
    let mut file = Sheet::new(format, &path)?;
    let names: Vec<String> =
        FIELDS.iter().map(|f| (*f).to_owned()).chain(definitions.iter().map(|d| d.name.clone())).collect();
    file.row(&names)?;
    let (mut before, mut count) = (i64::MAX, 0);
    loop {
        let rows = customers::page(&mut tx, ctx.ws, &filter, before, PAGE, 0).await?;
        let Some(last) = rows.last() else { break };
        before = last.id;
        count += rows.len() as i64;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let mut values =
            if definitions.is_empty() { Vec::new() } else { attributes::of_customers(&mut tx, ctx.ws, &ids).await? };
        values.sort_by_key(|value| value.customer_id);
        for row in rows {
            let first = values.partition_point(|value| value.customer_id < row.id);
            let own = values[first..].iter().take_while(|value| value.customer_id == row.id);
            let own: Vec<(&str, Value)> = own.filter_map(|v| Some((v.name.as_str(), json_of(&v.value()?)))).collect();
            file.row(&cells(row, &definitions, &own))?;
        }
    }
    drop(tx);
    file.finish(path.clone()).await?;
    let mut tx = app.db.write(ctx.ws).await?;
    ctx.audit(
        &mut tx,
        app.now(),
        "customers.exported",
        AuditObject::new("customers", count, "").after(&json!({ "rows": count, "format": ending })),
    )
    .await?;
    tx.commit().await?;
    let day = muster_domain::time::date(app.now());
    Ok(Export { path, file_name: format!("customers-{day}.{ending}"), content_type, rows: count })
}

fn cells(row: CustomerRow, definitions: &[DefinitionRow], own: &[(&str, Value)]) -> Vec<String> {
    let c = CustomerView::from(row);
    let yes_no = |value: bool| if value { "yes" } else { "no" }.to_owned();
    let text = |value: Option<String>| value.unwrap_or_default();
    let mut cells = vec![
        text(c.external_id),
        c.first_name,
        c.last_name,
        text(c.email),
        text(c.phone),
        text(c.city),
        text(c.tier),
        text(c.client_type),
        text(c.preferred_language),
        text(c.preferred_channel),
        text(c.preferred_product),
        text(c.timezone),
        c.account_balance,
        text(c.currency),
        text(c.registration_date),
        text(c.first_purchase_date),
        text(c.last_purchase_date),
        text(c.last_order_at),
        yes_no(c.is_active),
        yes_no(c.opted_out),
    ];
    cells.extend(definitions.iter().map(|d| match own.iter().find(|(name, _)| *name == d.name) {
        None => String::new(),
        Some((_, Value::String(text))) => text.clone(),
        Some((_, Value::Bool(value))) => yes_no(*value),
        Some((_, value)) => value.to_string(),
    }));
    cells
}

/// A cell that no spreadsheet takes for a formula: an apostrophe goes before `=`, `+`, `-`, `@`, tab and return. Plain
/// numbers (amounts, phone numbers) are harmless and stay. The import takes the apostrophe off again.
pub(crate) fn neutral(cell: &str) -> std::borrow::Cow<'_, str> {
    let is_number = cell
        .strip_prefix(['-', '+'])
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let is_guarded = cell.starts_with('\'') && cell[1..].starts_with(['=', '+', '-', '@']);
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number || is_guarded {
        true => format!("'{cell}").into(),
        false => cell.into(),
    }
}

/// A file of rows in either format. One at a time: its size on the stack does not matter.
#[allow(clippy::large_enum_variant, reason = "made once for a whole file")]
enum Sheet {
    Csv(csv::Writer<std::io::BufWriter<std::fs::File>>),
    Xlsx { workbook: Box<Workbook>, next: u32 },
}

impl Sheet {
    fn new(format: ExportFormat, path: &std::path::Path) -> AppResult<Self> {
        if format == ExportFormat::Xlsx {
            let mut workbook = Box::new(Workbook::new());
            workbook.add_worksheet_with_constant_memory().map_err(AppError::internal)?;
            return Ok(Self::Xlsx { workbook, next: 0 });
        }
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).map_err(AppError::internal)?);
        // Spreadsheets take a file without this mark for Windows-1252.
        file.write_all("\u{feff}".as_bytes()).map_err(AppError::internal)?;
        Ok(Self::Csv(csv::Writer::from_writer(file)))
    }

    fn row(&mut self, cells: &[String]) -> AppResult<()> {
        match self {
            Self::Csv(writer) => {
                writer.write_record(cells.iter().map(|cell| neutral(cell).into_owned())).map_err(AppError::internal)
            }
            Self::Xlsx { workbook, next } => {
                let sheet: &mut Worksheet = workbook.worksheet_from_index(0).map_err(AppError::internal)?;
                for (column, cell) in (0_u16..).zip(cells) {
                    if !cell.is_empty() {
                        sheet.write_string(*next, column, neutral(cell)).map_err(AppError::internal)?;
                    }
                }
                *next += 1;
                Ok(())
            }
        }
    }

    async fn finish(self, path: PathBuf) -> AppResult<()> {
        match self {
            Self::Csv(mut writer) => writer.flush().map_err(AppError::internal),
            Self::Xlsx { mut workbook, .. } => {
                // Packing a million rows takes seconds.
                tokio::task::spawn_blocking(move || workbook.save(path).map_err(AppError::internal))
                    .await
                    .map_err(AppError::internal)?
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::neutral;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for (cell, wanted) in [
            ("=1+1", "'=1+1"),
            ("@cmd", "'@cmd"),
            ("+SUM(1)", "'+SUM(1)"),
            ("-1+1", "'-1+1"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("-456.02", "-456.02"),
            ("+254712345678", "+254712345678"),
            ("-", "'-"),
            ("Ann", "Ann"),
            ("", ""),
        ] {
            assert_eq!(neutral(cell), wanted);
        }
    }
}
