//! Reading customers from files of other people: pure, streaming, in bounded memory.
//!
//! `sniff` looks at a file and says what it seems to be (a [`FileShape`]), with sample rows and a
//! guessed [`Mapping`]; a person corrects both. `rows::visit` then reads the file row by row, and
//! a [`RowParser`] turns each row into a `CustomerDraft` or a [`Rejection`] that says what to mend.
//! Nothing is dropped silently: a row is a customer, a rejection, or blank.

mod columns;
mod dates;
mod encoding;
mod guard;
mod newlines;
mod numbers;
mod parser;
mod rejection;
pub mod rows;
mod shape;
mod sniffing;
mod values;
mod words;
mod xlsx;

pub use columns::{Field, Mapping, Target, TargetError, attribute_name_from, guess_field};
pub use dates::DateOrder;
pub use encoding::{Encoding, TextScan, scan};
pub use numbers::DecimalMark;
pub use parser::{ParseOptions, RowParser};
pub use rejection::{Problem, Reason, Rejection};
pub use rows::{FileError, Row};
pub use shape::{Delimiter, FileShape, Format};
pub use sniffing::{Sniffed, sniff};
pub use values::timezone as zone;
