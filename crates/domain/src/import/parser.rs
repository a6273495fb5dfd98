//! From a row to a customer, or to the reasons why not.

use chrono_tz::Tz;

use super::columns::{Field, Mapping, Target};
use super::dates::{self, DateOrder};
use super::numbers::{self, DecimalMark};
use super::rejection::{Problem, Reason, Rejection};
use super::rows::Row;
use super::values::{
    MAX_ATTRIBUTE, Misfit, bad_channel, bad_date, bad_timezone, bounded, currency, language, quoted, short, timezone,
    tokens, without_guard, yes_no,
};
use super::words;
use crate::customer::{AttributeKind, AttributeValue, CustomerDraft, normal_text};
use crate::email_address::{EmailAddress, EmailError};
use crate::phone::{Phone, PhoneError, Region};

/// Most lines of one row; more means that a quote was opened by mistake.
const MAX_LINES: u64 = 100;

/// How the values of a file are to be understood.
#[derive(Debug, Clone, PartialEq)]
pub struct ParseOptions {
    /// Country of phone numbers without country code.
    pub region: Region,
    /// What comes before the decimals.
    pub decimal_mark: DecimalMark,
    /// What comes first in `04/05/2026`.
    pub date_order: DateOrder,
    /// The clock of customers without a time zone of their own.
    pub timezone: Tz,
}

/// Turns rows of one file into customers.
#[derive(Debug, Clone)]
pub struct RowParser {
    columns: Vec<String>,
    mapping: Mapping,
    options: ParseOptions,
}

impl RowParser {
    /// `columns` are the names of the file's columns, `mapping` has one target for each.
    pub fn new(columns: Vec<String>, mapping: Mapping, options: ParseOptions) -> Self {
        Self { columns, mapping, options }
    }

    /// Reads a row; on refusal every problem of the row is named, so that it is mended once.
    ///
    /// A row of a file that has neither an e-mail nor a phone column may lack both: it can still
    /// update a customer who is there.
    pub fn parse(&self, row: &Row) -> Result<CustomerDraft, Rejection> {
        self.check_shape(row)?;
        let mut parsed = Parsed { draft: CustomerDraft::default(), problems: Vec::new(), email: None, phone: None };
        let zone = self.zone_of(row);
        for (index, target) in self.mapping.0.iter().enumerate() {
            let Some(text) = row.cells.get(index).and_then(|cell| normal_text(cell)) else {
                continue;
            };
            let text = without_guard(&text);
            let result = match target {
                Target::Field(field) => self.field(*field, text, zone, &mut parsed),
                Target::Attribute { name, kind } => {
                    self.attribute(*kind, text).map(|value| drop(parsed.draft.attributes.insert(name.clone(), value)))
                }
                Target::Ignore => Ok(()),
            };
            if let Err((reason, message)) = result {
                parsed.problems.push(Problem { column: self.column(index), reason, message });
            }
        }
        self.check_address(&mut parsed);
        match parsed.problems.is_empty() {
            true => Ok(parsed.draft),
            false => Err(Rejection { line: row.line, problems: parsed.problems }),
        }
    }

    fn column(&self, index: usize) -> String {
        self.columns.get(index).cloned().unwrap_or_else(|| format!("Column {}", index + 1))
    }

    fn check_shape(&self, row: &Row) -> Result<(), Rejection> {
        let (has, wants) = (row.cells.len(), self.columns.len());
        if row.lines > MAX_LINES {
            let message = format!("a quote (\") is opened here and takes in {} lines; close or remove it", row.lines);
            return Err(Rejection::single(row.line, "", Reason::UnclosedQuote, message));
        }
        if has < wants {
            let message = format!("the row has {has} of {wants} columns; add the missing ones (they may be empty)");
            return Err(Rejection::single(row.line, &self.column(has), Reason::ShortRow, message));
        }
        if row.cells.iter().skip(wants).any(|cell| !cell.trim().is_empty()) {
            let message = format!(
                "the row has {has} columns instead of {wants}; put quotes around a value that contains the delimiter"
            );
            return Err(Rejection::single(row.line, "", Reason::LongRow, message));
        }
        Ok(())
    }

    /// The clock by which the row's moments are read.
    fn zone_of(&self, row: &Row) -> Tz {
        let own = self.mapping.column_of(Field::Timezone).and_then(|index| row.cells.get(index));
        own.and_then(|text| timezone(text.trim())).unwrap_or(self.options.timezone)
    }

    fn field(&self, field: Field, text: &str, zone: Tz, parsed: &mut Parsed) -> Result<(), Misfit> {
        let order = self.options.date_order;
        let draft = &mut parsed.draft;
        match field {
            Field::ExternalId => draft.external_id = Some(short(text)?),
            Field::Name => {
                let (first, last) = text.split_once(' ').unwrap_or((text, ""));
                let (first, last) = (short(first)?, short(last)?);
                draft.first_name.get_or_insert(first);
                if !last.is_empty() {
                    draft.last_name.get_or_insert(last);
                }
            }
            Field::FirstName => draft.first_name = Some(short(text)?),
            Field::LastName => draft.last_name = Some(short(text)?),
            Field::Email => parsed.email = Some(EmailAddress::parse(text)),
            Field::Phone => parsed.phone = Some(Phone::parse(text, self.options.region)),
            Field::City => draft.city = Some(short(text)?),
            Field::Tier => draft.tier = Some(short(text)?),
            Field::ClientType => draft.client_type = Some(short(text)?),
            Field::PreferredLanguage => draft.preferred_language = Some(language(text)?),
            Field::PreferredChannel => {
                draft.preferred_channel = Some(words::channel(text).ok_or_else(|| bad_channel(text))?)
            }
            Field::PreferredProduct => draft.preferred_product = Some(short(text)?),
            Field::Timezone => draft.timezone = Some(timezone(text).ok_or_else(|| bad_timezone(text))?),
            Field::AccountBalance => draft.account_balance = Some(self.decimal(text)?),
            Field::Currency => draft.currency = Some(currency(text)?),
            Field::RegistrationDate => draft.registration_date = Some(self.day(text)?),
            Field::FirstPurchaseDate => draft.first_purchase_date = Some(self.day(text)?),
            Field::LastPurchaseDate => draft.last_purchase_date = Some(self.day(text)?),
            Field::LastOrderAt => {
                draft.last_order_at = Some(dates::moment(text, order, zone).ok_or_else(|| bad_date(text))?)
            }
            Field::PushTokens => draft.push_tokens = tokens(text)?,
            Field::IsActive => draft.is_active = Some(yes_no(text)?),
            Field::OptedOut => draft.opted_out = Some(yes_no(text)?),
            Field::OptedIn => draft.opted_out = Some(!yes_no(text)?),
        }
        Ok(())
    }

    fn attribute(&self, kind: AttributeKind, text: &str) -> Result<AttributeValue, Misfit> {
        Ok(match kind {
            AttributeKind::Text => AttributeValue::Text(bounded(text, MAX_ATTRIBUTE)?),
            AttributeKind::Number => {
                let whole = numbers::whole(text, self.options.decimal_mark);
                AttributeValue::Number(whole.ok_or_else(|| {
                    (
                        Reason::BadNumber,
                        format!(
                            "`{}` is no whole number; write digits only, or import the column as decimal",
                            quoted(text)
                        ),
                    )
                })?)
            }
            AttributeKind::Decimal => AttributeValue::Decimal(self.decimal(text)?),
            AttributeKind::Bool => AttributeValue::Bool(yes_no(text)?),
            AttributeKind::Date => AttributeValue::Date(self.day(text)?),
        })
    }

    fn decimal(&self, text: &str) -> Result<rust_decimal::Decimal, Misfit> {
        numbers::decimal(text, self.options.decimal_mark).ok_or_else(|| {
            (
                Reason::BadDecimal,
                format!("`{}` is no amount; write it like 1234.56, with at most four decimals", quoted(text)),
            )
        })
    }

    fn day(&self, text: &str) -> Result<chrono::NaiveDate, Misfit> {
        dates::day(text, self.options.date_order).ok_or_else(|| bad_date(text))
    }

    fn check_address(&self, parsed: &mut Parsed) {
        let columns = [Field::Email, Field::Phone].map(|field| self.mapping.column_of(field));
        if columns == [None, None] {
            return;
        }
        let name = |index: Option<usize>| index.map(|index| self.column(index)).unwrap_or_default();
        let [email_column, phone_column] = columns.map(name);
        let usable = matches!(parsed.email, Some(Ok(_))) || matches!(parsed.phone, Some(Ok(_)));
        let email_error = parsed.email.take().and_then(|email| email.map(|good| parsed.draft.email = Some(good)).err());
        let phone_error = parsed.phone.take().and_then(|phone| phone.map(|good| parsed.draft.phone = Some(good)).err());
        if !usable {
            let parts: Vec<String> = [email_error.map(|e| e.to_string()), phone_error.map(|e| e.to_string())]
                .into_iter()
                .flatten()
                .collect();
            let details = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) };
            let message =
                format!("there is no e-mail address and no phone number that can be used{details}; give at least one");
            let column = if email_column.is_empty() { phone_column } else { email_column };
            parsed.problems.insert(0, Problem { column, reason: Reason::NoUsableAddress, message });
            return;
        }
        if let Some(error) = email_error {
            parsed.problems.push(Problem {
                column: email_column,
                reason: Reason::BadEmail,
                message: format!("{error}; or empty the cell"),
            });
        }
        if let Some(error) = phone_error {
            parsed.problems.push(Problem {
                column: phone_column,
                reason: Reason::BadPhone,
                message: format!("{error}; or empty the cell"),
            });
        }
    }
}

/// A row on its way.
struct Parsed {
    draft: CustomerDraft,
    problems: Vec<Problem>,
    email: Option<Result<EmailAddress, EmailError>>,
    phone: Option<Result<Phone, PhoneError>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parser(columns: &str) -> RowParser {
        let columns: Vec<String> = columns.split(',').map(str::to_owned).collect();
        let mapping = Mapping::guess(&columns);
        let options = ParseOptions {
            region: "KE".parse().unwrap(),
            decimal_mark: DecimalMark::Point,
            date_order: DateOrder::DayFirst,
            timezone: chrono_tz::UTC,
        };
        RowParser::new(columns, mapping, options)
    }

    fn row(cells: &[&str]) -> Row {
        Row { line: 7, lines: 1, cells: cells.iter().map(|c| (*c).to_owned()).collect() }
    }

    fn reasons(columns: &str, cells: &[&str]) -> Vec<(String, &'static str)> {
        let rejection = parser(columns).parse(&row(cells)).unwrap_err();
        assert_eq!(rejection.line, 7);
        rejection.problems.into_iter().map(|p| (p.column, p.reason.code())).collect()
    }

    #[test]
    fn a_good_row_is_a_customer() {
        let draft = parser("Name,Email,Mobile,Language,Channel,Balance,Opted in,Last order,Time zone,Shoe size")
            .parse(&row(&[
                "  Ana-Maria\u{a0}de  Souza ",
                "ANA@Example.org",
                "0712 345678",
                "Kiswahili",
                "E-mail",
                "1,284.50",
                "no",
                "2026-10-22 13:00",
                "africa/nairobi",
                "41",
            ]))
            .unwrap();
        assert_eq!((draft.first_name.as_deref(), draft.last_name.as_deref()), (Some("Ana-Maria"), Some("de Souza")));
        assert_eq!(draft.email.unwrap().as_str(), "ana@example.org");
        assert_eq!(draft.phone.unwrap().as_str(), "+254712345678");
        assert_eq!(draft.preferred_language.as_deref(), Some("sw"));
        assert_eq!(draft.account_balance.unwrap().to_string(), "1284.5");
        assert_eq!(draft.opted_out, Some(true));
        assert_eq!(draft.last_order_at, Some(1_792_663_200_000));
        assert_eq!(draft.attributes["shoe_size"], AttributeValue::Text("41".into()));
    }

    #[test]
    fn every_problem_of_a_row_is_named() {
        assert_eq!(
            reasons(
                "Email,Mobile,Balance,Registered,Time zone,Opted out",
                &["nobody", "12", "12,34,x", "31/02/2020", "Mars/Olympus", "perhaps"]
            ),
            [
                ("Email", "no_usable_address"),
                ("Balance", "bad_decimal"),
                ("Registered", "bad_date"),
                ("Time zone", "bad_timezone"),
                ("Opted out", "bad_bool")
            ]
            .map(|(column, reason)| (column.to_owned(), reason))
        );
    }

    #[test]
    fn a_bad_address_beside_a_good_one_is_not_dropped_silently() {
        assert_eq!(reasons("Email,Mobile", &["nobody", "0712345678"]), [("Email".to_owned(), "bad_email")]);
        assert_eq!(reasons("Email,Mobile", &["a@example.org", "12"]), [("Mobile".to_owned(), "bad_phone")]);
        assert!(parser("Email,Mobile").parse(&row(&["a@example.org", ""])).is_ok());
    }

    #[test]
    fn rows_that_are_too_short_or_too_long_are_refused() {
        assert_eq!(reasons("Email,Mobile,Town", &["a@example.org"]), [("Mobile".to_owned(), "short_row")]);
        assert_eq!(reasons("Email", &["a@example.org", "x"]), [(String::new(), "long_row")]);
        assert!(parser("Email").parse(&row(&["a@example.org", " ", ""])).is_ok());
        assert_eq!(reasons("Email,Town", &["a@example.org", &"x".repeat(201)]), [("Town".to_owned(), "too_long")]);
    }

    #[test]
    fn formulas_are_kept_and_the_guard_of_exports_is_taken_off() {
        let parser = parser("Email,First name");
        for (cell, wanted) in [("=1+1", "=1+1"), ("'=1+1", "=1+1"), ("'-1+1", "-1+1"), ("'Abu", "'Abu")] {
            assert_eq!(parser.parse(&row(&["a@example.org", cell])).unwrap().first_name.as_deref(), Some(wanted));
        }
    }
}
