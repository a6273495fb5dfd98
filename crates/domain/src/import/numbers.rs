//! Decimals and whole numbers as people write them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The character before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecimalMark {
    /// `1,234.56`
    #[default]
    Point,
    /// `1.234,56`
    Comma,
}

/// Most decimals of an amount: columns hold ten-thousandths.
const MAX_SCALE: u32 = 4;
/// Amounts beyond this do not fit a 64-bit count of ten-thousandths.
const MAX_ABSOLUTE: i64 = 900_000_000_000_000;

/// Reads an exact decimal: thousands separators, accounting brackets, a sign before or behind, and
/// a currency before or after the digits are understood. `None` when it is anything else.
pub(super) fn decimal(text: &str, mark: DecimalMark) -> Option<Decimal> {
    let (negative, digits) = sign(strip_currency(text.trim()))?;
    let plain = plain_digits(digits, mark)?;
    let value: Decimal = plain.parse().ok()?;
    let value = value.normalize();
    if value.scale() > MAX_SCALE || value > Decimal::from(MAX_ABSOLUTE) {
        return None;
    }
    Some(if negative { -value } else { value })
}

/// Reads a whole number; thousands separators are understood.
pub(super) fn whole(text: &str, mark: DecimalMark) -> Option<i64> {
    let value = decimal(text, mark)?;
    value.is_integer().then(|| i64::try_from(value).ok()).flatten()
}

/// Letters and currency signs at one end: `KES 1,284.50`, `1 284,50 €`.
fn strip_currency(text: &str) -> &str {
    let is_currency = |c: char| c.is_alphabetic() || matches!(c, '$' | '€' | '£' | '¥' | '₦' | '₵' | '₹');
    let front = text.trim_start_matches(is_currency);
    let cut = text.len() - front.len();
    if cut > 0 {
        // `KSh.` has a point of its own.
        return if cut <= 8 { front.trim_start_matches('.').trim() } else { text };
    }
    let back = text.trim_end_matches(is_currency);
    if text.len() - back.len() <= 8 { back.trim() } else { text }
}

fn sign(text: &str) -> Option<(bool, &str)> {
    let minus = ['-', '\u{2212}', '\u{2013}'];
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        return Some((true, inner.trim()));
    }
    if let Some(rest) = text.strip_prefix(minus).or_else(|| text.strip_suffix(minus)) {
        return Some((true, strip_currency(rest.trim())));
    }
    Some((false, text.strip_prefix('+').unwrap_or(text).trim()))
}

/// Digits with at most one point, or `None` when the separators stand where none belong.
fn plain_digits(text: &str, mark: DecimalMark) -> Option<String> {
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
    let (point, comma) = (text.matches('.').count(), text.matches(',').count());
    let decimal_mark = match (point, comma) {
        (0, 0) => None,
        // Both: the last one is before the decimals, whatever the file does elsewhere.
        (_, 1) if point > 0 && text.rfind(',') > text.rfind('.') => Some(','),
        (1, _) if comma > 0 && text.rfind('.') > text.rfind(',') => Some('.'),
        (1, 0) if mark == DecimalMark::Point || !grouped(text, '.') => Some('.'),
        (0, 1) if mark == DecimalMark::Comma || !grouped(text, ',') => Some(','),
        _ => None,
    };
    let (whole, fraction) = match decimal_mark {
        Some(mark) => text.split_once(mark)?,
        None => (text, ""),
    };
    let separator = whole.chars().find(|c| !c.is_ascii_digit());
    let whole_digits = match separator {
        None => whole.to_owned(),
        Some(c) if (c == '.' || c == ',' || is_space(c)) && Some(c) != decimal_mark && grouped(whole, c) => {
            whole.chars().filter(char::is_ascii_digit).collect()
        }
        Some(_) => return None,
    };
    let fraction_ok = fraction.bytes().all(|b| b.is_ascii_digit());
    let has_digit = !whole_digits.is_empty() || !fraction.is_empty();
    if !fraction_ok || !has_digit || whole_digits.len() > 18 || fraction.len() > 18 {
        return None;
    }
    let whole_digits = if whole_digits.is_empty() { "0" } else { &whole_digits };
    Some(if fraction.is_empty() { whole_digits.to_owned() } else { format!("{whole_digits}.{fraction}") })
}

/// Groups of three, or of two before the last three (lakh): `1,234,567`, `12,34,567`.
fn grouped(text: &str, separator: char) -> bool {
    let groups: Vec<&str> = text.split(separator).collect();
    let digits_only = groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_digit()));
    let [first, middle @ .., last] = groups.as_slice() else {
        return false;
    };
    let uniform = |size: usize| middle.iter().all(|g| g.len() == size) && (1..=size).contains(&first.len());
    digits_only && last.len() == 3 && (uniform(3) || uniform(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(text: &str) -> Option<String> {
        decimal(text, DecimalMark::Point).map(|d| d.to_string())
    }

    #[test]
    fn amounts_are_read_as_written() {
        for (text, wanted) in [
            ("0.00", "0"),
            ("43355.82", "43355.82"),
            ("-456.02", "-456.02"),
            ("12,345.67", "12345.67"),
            ("1,234", "1234"),
            ("12,34,567.50", "1234567.5"),
            ("1 234 567,89", "1234567.89"),
            ("1\u{a0}234,5", "1234.5"),
            ("1.234,56", "1234.56"),
            ("1.234.567", "1234567"),
            ("12,5", "12.5"),
            ("1'234.5", "1234.5"),
            ("KES 1,284.50", "1284.5"),
            ("KSh. 250", "250"),
            ("€12.00", "12"),
            ("1 284,50 €", "1284.5"),
            ("(123.45)", "-123.45"),
            ("\u{2212}7", "-7"),
            ("7-", "-7"),
            ("-$7", "-7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("+5", "5"),
        ] {
            assert_eq!(point(text).as_deref(), Some(wanted), "{text}");
        }
        assert_eq!(decimal("1.234", DecimalMark::Comma), Some(Decimal::from(1234)));
        assert_eq!(decimal("1,234", DecimalMark::Comma), Some(Decimal::new(1234, 3)));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "12,34,x",
            "",
            "-",
            "()",
            "abc",
            "1.2.3",
            "1,2,3",
            "12,3456.7",
            "--5",
            "1.00001",
            "99999999999999999999",
            "1 2",
            "1e5",
            "NaN",
            "٣",
        ] {
            assert_eq!(point(text), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_have_no_decimals() {
        assert_eq!(whole("1,234", DecimalMark::Point), Some(1234));
        assert_eq!(whole("12.0", DecimalMark::Point), Some(12));
        assert_eq!(whole("12.5", DecimalMark::Point), None);
    }
}
