//! Small pieces of what comes in, shared by several use cases.

use muster_domain::money::{E4, to_e4};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

/// A decimal amount: a JSON number or a text, exact either way.
pub fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    decimal(&value).ok_or_else(|| serde::de::Error::custom("This is no amount. Write it as 500 or 1284.50."))
}

/// The same where it may be left out.
pub fn amount_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    decimal(&value).map(Some).ok_or_else(|| serde::de::Error::custom("This is no amount. Write it as 500 or 1284.50."))
}

fn decimal(value: &serde_json::Value) -> Option<Decimal> {
    match value {
        serde_json::Value::Number(number) => number.to_string().parse().ok(),
        serde_json::Value::String(text) => text.trim().replace(',', "").parse().ok(),
        _ => None,
    }
}

/// A field that may be left out (keep), null (clear) or given (set).
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// The column value of an amount that is not negative and has at most four decimals.
pub fn column_amount(amount: Decimal) -> Option<E4> {
    if amount.is_sign_negative() && !amount.is_zero() { None } else { to_e4(amount) }
}

/// A LIKE pattern in lower case that finds a text anywhere; empty for no search.
pub fn like(search: &str) -> String {
    let search = search.trim().to_lowercase();
    if search.is_empty() {
        return search;
    }
    let mut pattern = String::with_capacity(search.len() + 2);
    pattern.push('%');
    for char in search.chars().take(100) {
        if matches!(char, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_taken_literally() {
        assert_eq!(like(" 50%_off "), "%50\\%\\_off%");
        assert_eq!(like("  "), "");
    }

    #[test]
    fn amounts_are_exact_and_not_negative() {
        assert_eq!(decimal(&serde_json::json!("1,284.50")), Some(Decimal::new(128_450, 2)));
        assert_eq!(column_amount(Decimal::new(-1, 0)), None);
        assert_eq!(column_amount(Decimal::new(5, 1)), Some(5_000));
    }
}
