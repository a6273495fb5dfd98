//! Why a row was not taken.

use serde::Serialize;

/// The reasons for which a row is refused. The codes stand in reports, in the API and in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Neither a usable e-mail address nor a usable phone number.
    NoUsableAddress,
    /// Fewer cells than columns.
    ShortRow,
    /// More cells than columns: a delimiter inside a value that is not quoted.
    LongRow,
    /// A quote that opens and takes in many lines.
    UnclosedQuote,
    /// An e-mail address that cannot be sent to (the phone number is good).
    BadEmail,
    /// A phone number that does not exist (the e-mail address is good).
    BadPhone,
    /// Not a decimal number.
    BadDecimal,
    /// Not a whole number.
    BadNumber,
    /// Not a day or a moment of the calendar.
    BadDate,
    /// Neither yes nor no.
    BadBool,
    /// Not a time zone of the IANA list.
    BadTimezone,
    /// Not an ISO 4217 currency.
    BadCurrency,
    /// Not a language.
    BadLanguage,
    /// Not a channel.
    BadChannel,
    /// A text longer than its field.
    TooLong,
    /// The customer is there already and the import was told to refuse that.
    Duplicate,
    /// The row has no value in the column that customers are recognised by.
    MissingKey,
}

impl Reason {
    /// The code, such as `no_usable_address`.
    pub fn code(self) -> &'static str {
        match self {
            Reason::NoUsableAddress => "no_usable_address",
            Reason::ShortRow => "short_row",
            Reason::LongRow => "long_row",
            Reason::UnclosedQuote => "unclosed_quote",
            Reason::BadEmail => "bad_email",
            Reason::BadPhone => "bad_phone",
            Reason::BadDecimal => "bad_decimal",
            Reason::BadNumber => "bad_number",
            Reason::BadDate => "bad_date",
            Reason::BadBool => "bad_bool",
            Reason::BadTimezone => "bad_timezone",
            Reason::BadCurrency => "bad_currency",
            Reason::BadLanguage => "bad_language",
            Reason::BadChannel => "bad_channel",
            Reason::TooLong => "too_long",
            Reason::Duplicate => "duplicate",
            Reason::MissingKey => "missing_key",
        }
    }
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The column as the file names it; empty when the row as a whole is meant.
    pub column: String,
    /// What kind of problem.
    pub reason: Reason,
    /// What is wrong and what to do, for the person who mends the file.
    pub message: String,
}

/// A row that was refused, with everything that is wrong with it so that it is mended once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Line of the file on which the row begins, from 1; the row's number in a workbook.
    pub line: u64,
    /// At least one; the first gives the reason under which the row is counted.
    pub problems: Vec<Problem>,
}

impl Rejection {
    /// A refusal for one reason.
    pub fn single(line: u64, column: &str, reason: Reason, message: impl Into<String>) -> Self {
        Self { line, problems: vec![Problem { column: column.to_owned(), reason, message: message.into() }] }
    }
}
