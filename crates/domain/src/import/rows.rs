//! The rows of a file, one at a time.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use thiserror::Error;

use super::encoding::{Encoding, Utf8Reader};
use super::guard::RecordGuard;
use super::newlines::Newlines;
use super::shape::{Delimiter, FileShape, Format};
use super::xlsx;

/// Most columns of a row.
pub const MAX_COLUMNS: usize = 500;

/// One row as it stands in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Line of a text file on which the row begins, from 1; the row's number in a workbook.
    pub line: u64,
    /// How many lines the row spans (quoted line breaks).
    pub lines: u64,
    /// The cells; a row may have fewer or more than the file has columns.
    pub cells: Vec<String>,
}

impl Row {
    /// Whether no cell has anything in it: such rows trail many exports.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Why a file cannot be read on, for the person; nothing is wrong with a single row.
#[derive(Debug, Error)]
pub enum FileError {
    /// The disk or the upload failed.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A record of more than a mebibyte.
    #[error("from line {line} on, a quote (\") is opened and never closed; close or remove it")]
    UnclosedQuote {
        /// Where the record begins.
        line: u64,
    },
    /// A row with more than [`MAX_COLUMNS`].
    #[error("line {line} has more than {MAX_COLUMNS} columns; choose another delimiter or split the file")]
    TooManyColumns {
        /// The row.
        line: u64,
    },
    /// No rows at all.
    #[error("the file is empty")]
    Empty,
    /// Not a workbook, or a damaged one.
    #[error("the workbook cannot be read ({0}); open it in a spreadsheet and save it again as .xlsx or CSV")]
    Workbook(String),
    /// The workbook has no such sheet.
    #[error("the workbook has no sheet named {0}")]
    NoSheet(String),
}

/// Gives every row that is not blank to `visitor`, in the file's order and without the header, until
/// it breaks off. Memory is bounded by one row (and, in a workbook, by its distinct texts).
pub fn visit<R: Read + Seek>(
    input: R,
    shape: &FileShape,
    visitor: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), FileError> {
    let mut header_due = shape.has_header;
    let mut without_header = |row: Row| {
        if row.is_blank() {
            return ControlFlow::Continue(());
        }
        if std::mem::take(&mut header_due) {
            return ControlFlow::Continue(());
        }
        visitor(row)
    };
    match &shape.format {
        Format::Csv { encoding, delimiter } => visit_text(input, *encoding, *delimiter, &mut without_header),
        Format::Xlsx { sheet } => xlsx::visit(input, sheet, &mut without_header),
    }
}

pub(super) fn visit_text<R: Read>(
    input: R,
    encoding: Encoding,
    delimiter: Delimiter,
    visitor: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), FileError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.byte())
        .from_reader(RecordGuard::new(Newlines::new(Utf8Reader::new(input, encoding))));
    let mut record = csv::StringRecord::new();
    let mut line = 1;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(_) if reader.get_ref().exceeded() => return Err(FileError::UnclosedQuote { line }),
            Err(error) => return Err(FileError::Io(error.into())),
        }
        reader.get_mut().record_ended();
        // The reader's own start of a record counts the blank lines before it; the end is exact.
        let next = reader.position().line();
        let breaks = record.iter().flat_map(str::bytes).filter(|b| *b == b'\n').count() as u64;
        let start = next.saturating_sub(breaks + 1);
        if record.len() > MAX_COLUMNS {
            return Err(FileError::TooManyColumns { line: start });
        }
        // Excel's own hint on the first line: `sep=;`.
        let is_hint = start == 1 && record.get(0).is_some_and(|cell| cell.starts_with("sep=")) && record.len() <= 2;
        line = next;
        if is_hint {
            continue;
        }
        let row = Row { line: start, lines: breaks + 1, cells: record.iter().map(str::to_owned).collect() };
        if visitor(row).is_break() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, Vec<String>)>, FileError> {
        let format = Format::Csv { encoding: Encoding::Utf8, delimiter: Delimiter::Comma };
        let shape = FileShape { format, has_header: true, columns: vec![] };
        let mut rows = Vec::new();
        visit(Cursor::new(text), &shape, &mut |row| {
            rows.push((row.line, row.cells));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    #[test]
    fn rows_know_their_line_in_spite_of_quoted_line_breaks_and_blank_lines() {
        let found = rows("a,b\r\n1,\"x\r\ny\"\n\n\n , \n2,\"say \"\"hi\"\"\"\r\n3").unwrap();
        let cells = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        assert_eq!(found, [(2, cells(&["1", "x\ny"])), (7, cells(&["2", "say \"hi\""])), (8, cells(&["3"]))]);
    }

    #[test]
    fn an_open_quote_stops_in_bounded_memory_and_names_its_line() {
        let text = format!("a,b\n1,2\n3,\"{}", "x,y\n".repeat(1_000_000));
        assert!(matches!(rows(&text), Err(FileError::UnclosedQuote { line: 3 })));
    }

    #[test]
    fn a_row_of_too_many_columns_is_named() {
        let text = format!("a\n{}", ",".repeat(600));
        assert!(matches!(rows(&text), Err(FileError::TooManyColumns { line: 2 })));
    }
}
