//! The values that one recipient brings to a template.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::fields::canonical;

/// Variables with the same value for everybody, from the creative.
pub type StaticVariables = BTreeMap<String, FieldValue>;

/// One value. Serialises short, so that a snapshot of a recipient's values stays small.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FieldValue {
    /// Text; a date is text too (`2024-05-15`), so that dates compare and print as they are.
    #[serde(rename = "t")]
    Text(String),
    /// A whole number.
    #[serde(rename = "i")]
    Integer(i64),
    /// An amount of money: always prints two decimals (`1500.00`).
    #[serde(rename = "m")]
    Money(Decimal),
    /// Any other decimal number: prints two decimals, up to four when it has them.
    #[serde(rename = "d")]
    Decimal(Decimal),
    /// Yes or no.
    #[serde(rename = "b")]
    Bool(bool),
}

impl FieldValue {
    /// The day (UTC) of a moment in milliseconds since 1970, as `2024-05-15`. Nothing when out of range.
    pub fn day_of(epoch_ms: i64) -> Option<Self> {
        let moment = jiff::Timestamp::from_millisecond(epoch_ms).ok()?;
        Some(Self::Text(moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()))
    }

    /// The value of a static variable as the API takes it. Lists and objects are no values.
    pub fn from_json(value: &serde_json::Value) -> Option<Self> {
        match value {
            serde_json::Value::String(text) => Some(Self::Text(text.clone())),
            serde_json::Value::Bool(yes) => Some(Self::Bool(*yes)),
            serde_json::Value::Number(number) => Some(match number.as_i64() {
                Some(whole) => Self::Integer(whole),
                None => Self::Decimal(number.to_string().parse().ok()?),
            }),
            _ => None,
        }
    }

    /// Whether it counts as missing.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Integer(number) => Value::from(*number),
            Self::Money(amount) => double(amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)),
            Self::Decimal(amount) => double(*amount),
            Self::Bool(yes) => Value::from(*yes),
        }
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Templates compute with doubles; four decimals survive that below 9e11, see `number`.
fn double(amount: Decimal) -> Value {
    amount.to_string().parse::<f64>().map_or(Value::UNDEFINED, Value::from)
}

/// Everything that one recipient's message may say about them, and about nobody else.
///
/// A name is looked up in what the message carries (links, codes), then in the customer's fields, then in their custom
/// attributes, then in the static variables of the creative. Custom attributes are also there as `attributes.name`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RecipientValues {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    message: Vec<(Cow<'static, str>, FieldValue)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<(Cow<'static, str>, FieldValue)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<(Cow<'static, str>, FieldValue)>,
}

impl RecipientValues {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field of the customer; empty text is the same as no value. Replaces an earlier value.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<FieldValue>) -> &mut Self {
        put(&mut self.fields, name.into(), value.into());
        self
    }

    /// Sets a custom attribute of the customer.
    pub fn set_attribute(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<FieldValue>) -> &mut Self {
        put(&mut self.attributes, name.into(), value.into());
        self
    }

    /// Sets what the message brings: `unsubscribe_url`, `redemption_code`, `code` …; stronger than every other value.
    pub fn set_message(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<FieldValue>) -> &mut Self {
        put(&mut self.message, name.into(), value.into());
        self
    }

    /// Forgets what the message brings under names that are not wanted.
    pub fn keep_of_message(&mut self, is_wanted: impl Fn(&str) -> bool) {
        self.message.retain(|(name, _)| is_wanted(name));
    }

    /// The value under a name, static variables left out.
    pub fn get(&self, name: &str) -> Option<&FieldValue> {
        let canonical = canonical(name);
        find(&self.message, name)
            .or_else(|| find(&self.fields, canonical))
            .or_else(|| find(&self.fields, name))
            .or_else(|| find(&self.attributes, name))
    }

    /// First and last name, for customers that have no `name` of their own.
    fn composed_name(&self) -> Option<Value> {
        let part = |name| match find(&self.fields, name) {
            Some(FieldValue::Text(text)) => text.trim(),
            _ => "",
        };
        let (first, last) = (part("first_name"), part("last_name"));
        match (first.is_empty(), last.is_empty()) {
            (true, true) => None,
            (false, true) => Some(Value::from(first)),
            (true, false) => Some(Value::from(last)),
            (false, false) => Some(Value::from(format!("{first} {last}"))),
        }
    }
}

fn put(list: &mut Vec<(Cow<'static, str>, FieldValue)>, name: Cow<'static, str>, value: FieldValue) {
    list.retain(|(known, _)| *known != name);
    if !value.is_empty() {
        list.push((name, value));
    }
}

fn find<'v>(list: &'v [(Cow<'static, str>, FieldValue)], name: &str) -> Option<&'v FieldValue> {
    list.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// What the template engine looks names up in.
pub(crate) struct Context {
    pub values: Arc<RecipientValues>,
    pub statics: Arc<StaticVariables>,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context")
    }
}

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if let Some(value) = self.values.get(key) {
            return Some(value.to_value());
        }
        if key == "name"
            && let Some(name) = self.values.composed_name()
        {
            return Some(name);
        }
        if let Some(value) = self.statics.get(key) {
            return Some(value.to_value());
        }
        (key == "attributes").then(|| Value::from_object(Attributes(self.values.clone())))
    }

    /// Templates ask by name; they cannot list what there is.
    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// The custom attributes as `attributes.name`.
struct Attributes(Arc<RecipientValues>);

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attributes")
    }
}

impl Object for Attributes {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        find(&self.0.attributes, key.as_str()?).map(FieldValue::to_value)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
