//! Workbooks as a stream of rows.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::rows::{FileError, MAX_COLUMNS, Row};

/// Names of the sheets, in the workbook's order.
pub(super) fn sheets<R: Read + Seek>(input: R) -> Result<Vec<String>, FileError> {
    Ok(open(input)?.sheet_names())
}

fn open<R: Read + Seek>(input: R) -> Result<Xlsx<R>, FileError> {
    Xlsx::new(input).map_err(|error| FileError::Workbook(error.to_string()))
}

/// Gives every row of a sheet to `visitor`. Cells that the sheet leaves out are empty, and a row that
/// ends early is as wide as the widest before it: a workbook does not store empty cells.
pub(super) fn visit<R: Read + Seek>(
    input: R,
    sheet: &str,
    visitor: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), FileError> {
    let mut workbook = open(input)?;
    if !workbook.sheet_names().iter().any(|name| name == sheet) {
        return Err(FileError::NoSheet(sheet.to_owned()));
    }
    let damaged = |error: calamine::XlsxError| FileError::Workbook(error.to_string());
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(damaged)?;
    let mut row = Row { line: 0, lines: 1, cells: Vec::new() };
    let mut width = 0;
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row_index, column) = cell.get_position();
        let (line, column) = (u64::from(row_index) + 1, column as usize);
        if column >= MAX_COLUMNS {
            // Formatting far to the right is common; only a value there is too many columns.
            if text(cell.get_value()).is_empty() {
                continue;
            }
            return Err(FileError::TooManyColumns { line });
        }
        if line != row.line {
            if row.line > 0 && finish(&mut row, &mut width, visitor).is_break() {
                return Ok(());
            }
            row.line = line;
        }
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        row.cells[column] = text(cell.get_value());
    }
    if row.line > 0 {
        let _ = finish(&mut row, &mut width, visitor);
    }
    Ok(())
}

fn finish(row: &mut Row, width: &mut usize, visitor: &mut dyn FnMut(Row) -> ControlFlow<()>) -> ControlFlow<()> {
    while row.cells.last().is_some_and(String::is_empty) {
        row.cells.pop();
    }
    *width = row.cells.len().max(*width);
    row.cells.resize(*width, String::new());
    visitor(Row { line: row.line, lines: 1, cells: std::mem::take(&mut row.cells) })
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => if *value { "true" } else { "false" }.to_owned(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        // `#N/A` stays visible, so that the row is refused and not silently emptied.
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// Never in powers of ten: phone numbers and customer numbers are stored as floats. Fifteen
/// significant digits are what a spreadsheet shows and keeps.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e18 {
        return format!("{number:.0}");
    }
    let whole_digits = number.abs().log10().floor().max(0.0) as usize + 1;
    let text = format!("{number:.*}", 15_usize.saturating_sub(whole_digits));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn moment_text(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return number_text(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if hour == 0 && minute == 0 && second == 0 {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_out() {
        for (number, wanted) in [
            (254_712_345_678.0, "254712345678"),
            (0.1 + 0.2, "0.3"),
            (-1_284.5, "-1284.5"),
            (43_355.82, "43355.82"),
            (0.0, "0"),
        ] {
            assert_eq!(number_text(number), wanted);
        }
    }
}
