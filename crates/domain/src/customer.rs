//! A customer as a file, a form or a program describes one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::email_address::EmailAddress;
use crate::phone::Phone;

/// What is known about one person. A field that is `None` was not given: on an update it stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerDraft {
    /// The customer's number in the system that the data comes from.
    pub external_id: Option<String>,
    /// Given name, white space normalised.
    pub first_name: Option<String>,
    /// Family name, white space normalised.
    pub last_name: Option<String>,
    /// Address of the e-mail channel.
    pub email: Option<EmailAddress>,
    /// Number of the SMS and WhatsApp channels.
    pub phone: Option<Phone>,
    /// Town.
    pub city: Option<String>,
    /// Loyalty tier, in the words of the workspace.
    pub tier: Option<String>,
    /// Kind of customer, in the words of the workspace.
    pub client_type: Option<String>,
    /// Language tag (BCP 47), such as `sw` or `en-KE`.
    pub preferred_language: Option<String>,
    /// The channel that the person likes best.
    pub preferred_channel: Option<Channel>,
    /// The product that the person likes best, in the words of the workspace.
    pub preferred_product: Option<String>,
    /// Where the person's clock is; quiet hours follow it.
    pub timezone: Option<Tz>,
    /// Balance of the account, in `currency`, at most four decimals.
    pub account_balance: Option<Decimal>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Day on which the person became a customer.
    pub registration_date: Option<NaiveDate>,
    /// Day of the first purchase.
    pub first_purchase_date: Option<NaiveDate>,
    /// Day of the last purchase.
    pub last_purchase_date: Option<NaiveDate>,
    /// Moment of the last order, UTC milliseconds.
    pub last_order_at: Option<i64>,
    /// Device tokens of the push channel.
    pub push_tokens: Vec<String>,
    /// Whether the person is still a customer.
    pub is_active: Option<bool>,
    /// Whether the person wants no messages at all.
    pub opted_out: Option<bool>,
    /// Custom attributes by name.
    pub attributes: BTreeMap<String, AttributeValue>,
}

impl CustomerDraft {
    /// Takes over everything that `newer` knows; what it does not say stays.
    pub fn absorb(&mut self, newer: Self) {
        fn take<T>(field: &mut Option<T>, newer: Option<T>) {
            if newer.is_some() {
                *field = newer;
            }
        }
        take(&mut self.external_id, newer.external_id);
        take(&mut self.first_name, newer.first_name);
        take(&mut self.last_name, newer.last_name);
        take(&mut self.email, newer.email);
        take(&mut self.phone, newer.phone);
        take(&mut self.city, newer.city);
        take(&mut self.tier, newer.tier);
        take(&mut self.client_type, newer.client_type);
        take(&mut self.preferred_language, newer.preferred_language);
        take(&mut self.preferred_channel, newer.preferred_channel);
        take(&mut self.preferred_product, newer.preferred_product);
        take(&mut self.timezone, newer.timezone);
        take(&mut self.account_balance, newer.account_balance);
        take(&mut self.currency, newer.currency);
        take(&mut self.registration_date, newer.registration_date);
        take(&mut self.first_purchase_date, newer.first_purchase_date);
        take(&mut self.last_purchase_date, newer.last_purchase_date);
        take(&mut self.last_order_at, newer.last_order_at);
        take(&mut self.is_active, newer.is_active);
        take(&mut self.opted_out, newer.opted_out);
        for token in newer.push_tokens {
            if !self.push_tokens.contains(&token) {
                self.push_tokens.push(token);
            }
        }
        self.attributes.extend(newer.attributes);
    }
}

/// The type of a custom attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AttributeKind {
    /// Any text.
    Text,
    /// A whole number.
    Number,
    /// An exact decimal.
    Decimal,
    /// Yes or no.
    Bool,
    /// A calendar day.
    Date,
}

impl AttributeKind {
    /// The name in columns, in the API and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            AttributeKind::Text => "text",
            AttributeKind::Number => "number",
            AttributeKind::Decimal => "decimal",
            AttributeKind::Bool => "bool",
            AttributeKind::Date => "date",
        }
    }

    /// Reads the name in any case.
    pub fn parse(text: &str) -> Option<Self> {
        use AttributeKind::{Bool, Date, Decimal, Number, Text};
        [Text, Number, Decimal, Bool, Date].into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

/// The value of a custom attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// Any text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// Yes or no.
    Bool(bool),
    /// A calendar day.
    Date(NaiveDate),
}

impl AttributeValue {
    /// The type of the value.
    pub fn kind(&self) -> AttributeKind {
        match self {
            AttributeValue::Text(_) => AttributeKind::Text,
            AttributeValue::Number(_) => AttributeKind::Number,
            AttributeValue::Decimal(_) => AttributeKind::Decimal,
            AttributeValue::Bool(_) => AttributeKind::Bool,
            AttributeValue::Date(_) => AttributeKind::Date,
        }
    }
}

/// Joins and cleans white space: line breaks, tabs, no-break spaces and control characters become
/// one space between words, none at the ends. The empty text is `None`.
pub fn normal_text(text: &str) -> Option<String> {
    let mut clean = String::with_capacity(text.len());
    let words =
        text.split(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}').filter(|word| !word.is_empty());
    for word in words {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    (!clean.is_empty()).then_some(clean)
}

/// The first moment of a day in UTC: how columns keep days.
pub fn first_moment(day: NaiveDate) -> i64 {
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()
}

/// The day of a column's value.
pub fn day_of(moment: i64) -> Option<NaiveDate> {
    chrono::DateTime::from_timestamp_millis(moment).map(|moment| moment.date_naive())
}

/// A name as search compares it: lower case, Latin accents off, single spaces.
pub fn search_key(text: &str) -> String {
    let folded: String = text.chars().flat_map(char::to_lowercase).map(without_accent).collect();
    normal_text(&folded).unwrap_or_default()
}

/// The Latin letter under an accent; other letters as they are.
pub fn without_accent(c: char) -> char {
    match c {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'ā' => 'a',
        'ç' | 'č' | 'ć' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ễ' | 'ế' | 'ệ' => 'e',
        'î' | 'ï' | 'í' | 'ì' | 'ī' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' => 'n',
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'ø' | 'ō' => 'o',
        'š' | 'ś' => 's',
        'û' | 'ü' | 'ù' | 'ú' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        other => other,
    }
}

/// Whether `name` can name a custom attribute: `a`–`z`, digits and `_`, beginning with a letter, at
/// most 64 characters. Segments and templates use these names as they stand.
pub fn attribute_name_is_valid(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_normalised_and_scripts_are_kept() {
        assert_eq!(normal_text("  Ana-Maria \u{a0} "), Some("Ana-Maria".into()));
        assert_eq!(normal_text("Núñez\r\nJr."), Some("Núñez Jr.".into()));
        assert_eq!(normal_text("a\u{0}b"), Some("a b".into()));
        assert_eq!(normal_text("محمد 👩‍👧"), Some("محمد 👩‍👧".into()));
        assert_eq!(normal_text(" \t "), None);
    }

    #[test]
    fn names_are_found_without_case_and_accents() {
        assert_eq!(search_key("  Zoë  NÚÑEZ "), "zoe nunez");
        assert_eq!(search_key("Шевченко"), "шевченко");
    }

    #[test]
    fn attribute_names_fit_segments_and_templates() {
        assert!(attribute_name_is_valid("churn_score2"));
        for name in ["", "Churn", "2nd", "_x", "a b", "naïve"] {
            assert!(!attribute_name_is_valid(name), "{name}");
        }
    }
}
