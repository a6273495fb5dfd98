//! Amounts as they come in: `"1500.00"` or `1500`.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An optional amount, written as text or as a number.
///
/// # Errors
/// When it is neither, or not an amount.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let text = match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        // A number keeps the shortest text that gives it back, so 0.1 stays 0.1.
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(D::Error::custom("not an amount: write it as \"1500.00\"")),
    };
    Decimal::from_str(&text).map(Some).map_err(|_| D::Error::custom("not an amount: write it as \"1500.00\""))
}
