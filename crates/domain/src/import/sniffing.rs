//! A first look at a file: what it seems to be, its first rows and a guessed mapping.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use super::columns::{Field, Mapping, Target, guess_field};
use super::dates::{self, DateOrder};
use super::encoding::{Encoding, Utf8Reader, scan};
use super::numbers::{self, DecimalMark};
use super::rows::{self, FileError, Row};
use super::shape::{Delimiter, FileShape, Format};
use super::xlsx;
use crate::customer::AttributeKind;
use crate::email_address::EmailAddress;

/// Rows that guesses are made from.
const SAMPLE_ROWS: usize = 200;
/// Rows that guess the type of an attribute, at least.
const ENOUGH: usize = 5;
/// Decoded text from which the delimiter is guessed, in bytes.
const DELIMITER_SAMPLE: u64 = 64 * 1024;

/// What a file seems to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Sniffed {
    /// How to read it.
    pub shape: FileShape,
    /// What its columns seem to mean.
    pub mapping: Mapping,
    /// The first rows, without the header.
    pub samples: Vec<Row>,
    /// Rows, about: quoted line breaks count too often.
    pub estimated_rows: u64,
    /// The sheets of a workbook.
    pub sheets: Vec<String>,
    /// How its numbers are written.
    pub decimal_mark: DecimalMark,
    /// How its dates are written.
    pub date_order: DateOrder,
}

/// Looks at a file from its beginning. `given` is what a person has corrected of an earlier look: its
/// format and its header are taken as they are.
pub fn sniff<R: Read + Seek>(mut input: R, given: Option<&FileShape>) -> Result<Sniffed, FileError> {
    let mut magic = [0_u8; 4];
    let found = read_head(&mut input, &mut magic)?;
    input.seek(SeekFrom::Start(0))?;
    let (format, sheets, estimated_rows) =
        if magic[..found].starts_with(b"PK\x03\x04") { workbook(&mut input, given)? } else { text(&mut input, given)? };
    input.seek(SeekFrom::Start(0))?;
    let raw = FileShape { format, has_header: false, columns: Vec::new() };
    let mut rows: Vec<Row> = Vec::new();
    rows::visit(&mut input, &raw, &mut |row| {
        rows.push(row);
        if rows.len() > SAMPLE_ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if rows.is_empty() {
        return Err(FileError::Empty);
    }
    let has_header = given.map_or_else(|| looks_like_header(&rows[0], &rows[1..]), |shape| shape.has_header);
    let columns = if has_header { named(&rows.remove(0).cells) } else { numbered(&rows) };
    let decimal_mark = decimal_mark(&rows);
    let date_order = date_order(&rows);
    let mut mapping = Mapping::guess(&columns);
    refine(&mut mapping, &rows, has_header, decimal_mark, date_order);
    let few = rows.len() < SAMPLE_ROWS;
    let estimated_rows = if few { rows.len() as u64 } else { estimated_rows.saturating_sub(u64::from(has_header)) };
    let shape = FileShape { format: raw.format, has_header, columns };
    Ok(Sniffed { shape, mapping, samples: rows, estimated_rows, sheets, decimal_mark, date_order })
}

fn read_head<R: Read>(input: &mut R, head: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < head.len() {
        match input.read(&mut head[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

type Found = (Format, Vec<String>, u64);

fn workbook<R: Read + Seek>(input: &mut R, given: Option<&FileShape>) -> Result<Found, FileError> {
    let sheets = xlsx::sheets(&mut *input)?;
    let sheet = match given.map(|shape| &shape.format) {
        Some(Format::Xlsx { sheet }) => sheet.clone(),
        _ => sheets.first().cloned().ok_or(FileError::Empty)?,
    };
    input.seek(SeekFrom::Start(0))?;
    let mut count = 0;
    xlsx::visit(&mut *input, &sheet, &mut |row| {
        count += u64::from(!row.is_blank());
        ControlFlow::Continue(())
    })?;
    Ok((Format::Xlsx { sheet }, sheets, count))
}

fn text<R: Read + Seek>(input: &mut R, given: Option<&FileShape>) -> Result<Found, FileError> {
    let scanned = scan(&mut *input)?;
    input.seek(SeekFrom::Start(0))?;
    let format = match given.map(|shape| &shape.format) {
        Some(format @ Format::Csv { .. }) => format.clone(),
        _ => Format::Csv { encoding: scanned.encoding, delimiter: delimiter(&mut *input, scanned.encoding)? },
    };
    Ok((format, Vec::new(), scanned.line_feeds))
}

/// The delimiter that cuts the first lines into the most even rows.
fn delimiter<R: Read>(input: R, encoding: Encoding) -> Result<Delimiter, FileError> {
    let mut sample = Vec::new();
    Utf8Reader::new(input, encoding).take(DELIMITER_SAMPLE).read_to_end(&mut sample)?;
    let sample = String::from_utf8_lossy(&sample);
    let best = Delimiter::ALL.into_iter().map(|delimiter| (evenness(&sample, delimiter), delimiter));
    let best = best.max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| (*y as u8).cmp(&(*x as u8))));
    Ok(best.map_or(Delimiter::Comma, |(_, delimiter)| delimiter))
}

fn evenness(sample: &str, delimiter: Delimiter) -> f64 {
    let mut widths: Vec<usize> = Vec::new();
    let read = rows::visit_text(sample.as_bytes(), Encoding::Utf8, delimiter, &mut |row| {
        if !row.is_blank() {
            widths.push(row.cells.len());
        }
        if widths.len() >= SAMPLE_ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    // The last row of a sample may be cut.
    if widths.len() > 2 && sample.len() as u64 >= DELIMITER_SAMPLE {
        widths.pop();
    }
    let Some(first) = widths.first().copied().filter(|_| read.is_ok()) else {
        return 0.0;
    };
    let common = |width: usize| widths.iter().filter(|w| **w == width).count();
    let usual = widths.iter().copied().max_by_key(|width| (common(*width), *width)).unwrap_or(1);
    if usual < 2 {
        return 0.0;
    }
    let share = common(usual) as f64 / widths.len() as f64;
    // A header as wide as the rows is the strongest sign; width decides between equals.
    share + f64::from(u8::from(first == usual)) + (usual.min(100) as f64) / 1000.0
}

fn looks_like_header(first: &Row, rest: &[Row]) -> bool {
    let filled: Vec<&String> = first.cells.iter().filter(|cell| !cell.trim().is_empty()).collect();
    if filled.iter().any(|cell| is_data(cell)) {
        return false;
    }
    if filled.iter().any(|cell| guess_field(cell).is_some()) {
        return true;
    }
    // Words above data are names of columns.
    rest.iter().take(20).any(|row| row.cells.iter().any(|cell| is_data(cell)))
}

fn is_data(cell: &str) -> bool {
    EmailAddress::parse(cell).is_ok()
        || numbers::decimal(cell, DecimalMark::Point).is_some()
        || dates::day(cell, DateOrder::DayFirst).is_some()
        || dates::day(cell, DateOrder::MonthFirst).is_some()
}

fn named(cells: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.iter().enumerate() {
        let name = crate::customer::normal_text(cell).unwrap_or_else(|| format!("Column {}", index + 1));
        let mut unique = name.clone();
        let mut copy = 2;
        while names.contains(&unique) {
            unique = format!("{name} ({copy})");
            copy += 1;
        }
        names.push(unique);
    }
    // Spreadsheets leave empty columns behind the last one.
    let used = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    names.truncate(used);
    names
}

fn numbered(rows: &[Row]) -> Vec<String> {
    let width = |row: &Row| row.cells.len();
    let count = |wanted: usize| rows.iter().filter(|row| width(row) == wanted).count();
    let usual = rows.iter().map(width).max_by_key(|w| (count(*w), *w)).unwrap_or(0);
    (1..=usual).map(|number| format!("Column {number}")).collect()
}

fn cells(rows: &[Row]) -> impl Iterator<Item = &str> {
    rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.trim()))
}

/// A comma before one or two digits at the end is written by people who write decimals so.
fn decimal_mark(rows: &[Row]) -> DecimalMark {
    let decimals = |mark: char| {
        let ends = |cell: &&str| {
            cell.rsplit_once(mark)
                .is_some_and(|(_, d)| (1..=2).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
        };
        let number = |cell: &&str| numbers::decimal(cell, DecimalMark::Point).is_some();
        cells(rows).filter(ends).filter(number).count()
    };
    if decimals(',') > decimals('.') { DecimalMark::Comma } else { DecimalMark::Point }
}

/// The month is first only when the file proves it.
fn date_order(rows: &[Row]) -> DateOrder {
    let only = |a: DateOrder, b: DateOrder| {
        cells(rows).filter(|c| c.len() <= 25 && dates::day(c, a).is_some() && dates::day(c, b).is_none()).count()
    };
    let (day, month) =
        (only(DateOrder::DayFirst, DateOrder::MonthFirst), only(DateOrder::MonthFirst, DateOrder::DayFirst));
    if month > day { DateOrder::MonthFirst } else { DateOrder::DayFirst }
}

/// What the values say about columns that the header does not explain.
fn refine(mapping: &mut Mapping, rows: &[Row], has_header: bool, mark: DecimalMark, order: DateOrder) {
    for index in 0..mapping.0.len() {
        let values: Vec<&str> =
            rows.iter().filter_map(|row| row.cells.get(index)).map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
        let mostly = |fits: &dyn Fn(&str) -> bool| {
            !values.is_empty() && values.iter().filter(|v| fits(v)).count() * 4 >= values.len() * 3
        };
        let guessed = if has_header {
            None
        } else if mostly(&|v| EmailAddress::parse(v).is_ok()) {
            Some(Field::Email)
        } else if mostly(&looks_like_phone) {
            Some(Field::Phone)
        } else if mostly(&|v| v.contains('/') && v.parse::<chrono_tz::Tz>().is_ok()) {
            Some(Field::Timezone)
        } else {
            None
        };
        if let Some(field) = guessed.filter(|field| mapping.column_of(*field).is_none()) {
            mapping.0[index] = Target::Field(field);
        }
        if let Target::Attribute { kind, .. } = &mut mapping.0[index] {
            *kind = kind_of(&values, mark, order);
        }
    }
}

fn looks_like_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.'));
    plain && (9..=15).contains(&digits) && dates::day(text, DateOrder::DayFirst).is_none()
}

/// The narrowest type that all values of a sample fit; text when there are few.
fn kind_of(values: &[&str], mark: DecimalMark, order: DateOrder) -> AttributeKind {
    let all = |fits: &dyn Fn(&str) -> bool| values.len() >= ENOUGH && values.iter().all(|v| fits(v));
    let plain_number =
        |v: &str| !(v.len() > 1 && v.starts_with('0') && v.bytes().all(|b| b.is_ascii_digit())) && v.len() < 16;
    if all(&|v| plain_number(v) && numbers::whole(v, mark).is_some() && !v.contains('.')) {
        AttributeKind::Number
    } else if all(&|v| plain_number(v) && numbers::decimal(v, mark).is_some()) {
        AttributeKind::Decimal
    } else if all(&|v| dates::day(v, order).is_some() && !v.contains(':')) {
        AttributeKind::Date
    } else if all(&|v| super::words::yes_no(v).is_some()) {
        AttributeKind::Bool
    } else {
        AttributeKind::Text
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn sniff_bytes(bytes: &[u8]) -> Result<Sniffed, FileError> {
        sniff(Cursor::new(bytes), None)
    }

    fn csv(sniffed: &Sniffed) -> (Encoding, Delimiter) {
        match sniffed.shape.format {
            Format::Csv { encoding, delimiter } => (encoding, delimiter),
            Format::Xlsx { .. } => panic!("not text"),
        }
    }

    fn targets(sniffed: &Sniffed) -> Vec<String> {
        sniffed.mapping.0.iter().map(Target::to_string).collect()
    }

    #[test]
    fn delimiters_are_told() {
        for (text, wanted) in [
            ("Name,Email\nAnn,a@x.org\n", Delimiter::Comma),
            ("Name;Email;Balance\nAnn;a@x.org;1,5\nBen;b@x.org;2,5\n", Delimiter::Semicolon),
            ("Name\tEmail\n\"Lee, Ann\"\ta@x.org\n", Delimiter::Tab),
            ("Name|Email\nAnn|a@x.org\n", Delimiter::Pipe),
            ("sep=;\nName;Email\nAnn;a@x.org\n", Delimiter::Semicolon),
            ("Email\na@x.org\n", Delimiter::Comma),
        ] {
            let sniffed = sniff_bytes(text.as_bytes()).unwrap();
            assert_eq!(csv(&sniffed).1, wanted, "{text}");
            assert!(sniffed.shape.has_header, "{text}");
            assert!(sniffed.mapping.column_of(Field::Email).is_some(), "{text}");
        }
    }

    #[test]
    fn a_french_export_is_understood() {
        let latin: Vec<u8> = "Prénom;Courriel;Solde;Inscrit le\nZoë;zoe@x.fr;1 234,50;25/12/2020\n"
            .chars()
            .map(|c| c as u32 as u8)
            .collect();
        let sniffed = sniff_bytes(&latin).unwrap();
        assert_eq!(csv(&sniffed), (Encoding::Windows1252, Delimiter::Semicolon));
        assert_eq!(targets(&sniffed), ["first_name", "email", "account_balance", "registration_date"]);
        assert_eq!((sniffed.decimal_mark, sniffed.date_order), (DecimalMark::Comma, DateOrder::DayFirst));
        assert_eq!(sniffed.samples[0].cells[0], "Zoë");
    }

    #[test]
    fn a_file_without_header_is_told_by_its_values() {
        let sniffed = sniff_bytes(b"C1,Ann,a@x.org,0712345678\nC2,Ben,b@x.org,0712345679\n").unwrap();
        assert!(!sniffed.shape.has_header);
        assert_eq!(sniffed.samples.len(), 2);
        assert_eq!(targets(&sniffed)[2..], ["email", "phone"]);
        assert_eq!(sniffed.shape.columns[3], "Column 4");
    }

    #[test]
    fn attributes_get_the_narrowest_type() {
        let header = "Email,Visits,Score,Since,Vip,Branch";
        let rows = (1..=6).map(|n| format!("a{n}@x.org,{n},{n}.5,2026-01-0{n},yes,00{n}"));
        let text = std::iter::once(header.to_owned()).chain(rows).collect::<Vec<_>>().join("\n");
        let sniffed = sniff_bytes(text.as_bytes()).unwrap();
        assert_eq!(
            targets(&sniffed)[1..],
            ["attr:visits:number", "attr:score:decimal", "attr:since:date", "attr:vip:bool", "attr:branch:text"]
        );
    }

    #[test]
    fn what_a_person_says_is_taken() {
        let text = b"Ann;a@x.org\nBen;b@x.org\n";
        let given = FileShape {
            format: Format::Csv { encoding: Encoding::Utf8, delimiter: Delimiter::Comma },
            has_header: true,
            columns: vec![],
        };
        let sniffed = sniff(Cursor::new(text), Some(&given)).unwrap();
        assert_eq!(sniffed.shape.columns, ["Ann;a@x.org"]);
        assert!(matches!(sniff_bytes(b" \n\n"), Err(FileError::Empty)));
    }
}
