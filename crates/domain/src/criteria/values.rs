//! The value of a condition, read as the type of its field.

use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use super::behaviour::span;
use super::field::{CustomerField, Field, FieldKind};
use super::instant::{Instant, Span, When};
use super::operator::Operator;
use super::refusal::{Refusals, join};
use super::tree::Test;
use super::{MAX_LIST, MAX_TEXT};
use crate::channel::Channel;
use crate::money::to_e4;
use crate::time::HOUR;

/// A calendar day that has begun somewhere may stand in the data already: "within the last …" ends when today does not begin later anywhere.
const AHEAD_OF_UTC: i64 = 14 * HOUR;

/// Reads what a condition says. `path` is the condition's.
pub(super) fn test(
    field: &Field,
    operator: Operator,
    value: Option<&Value>,
    path: &str,
    out: &mut Refusals,
) -> Option<Test> {
    let path = join(path, "value");
    match operator {
        Operator::IsSet => return Some(Test::IsSet),
        Operator::IsNotSet => return Some(Test::IsNotSet),
        _ => {}
    }
    let Some(value) = value.filter(|v| !v.is_null()) else {
        return out.refuse(
            &path,
            "missing_value",
            format!("The operator {operator} needs a value. To look for customers without one, use is_not_set."),
        );
    };
    let reader = Reader { field, operator };
    match field.kind() {
        FieldKind::Text | FieldKind::Channel => reader.text(value, &path, out),
        FieldKind::Number | FieldKind::Decimal => reader.number(value, &path, out),
        FieldKind::Bool => match value {
            Value::Bool(value) => Some(Test::Bool { value: *value, is_negated: operator.is_negated() }),
            _ => out.refuse(&path, "wrong_type", format!("{} is yes or no: write true or false.", field.name())),
        },
        FieldKind::Date | FieldKind::Moment => reader.moment(value, &path, out),
        // Conditions about what customers did are read elsewhere.
        FieldKind::Behaviour => None,
    }
}

struct Reader<'a> {
    field: &'a Field,
    operator: Operator,
}

impl Reader<'_> {
    fn text(&self, value: &Value, path: &str, out: &mut Refusals) -> Option<Test> {
        let is_negated = self.operator.is_negated();
        match self.operator {
            Operator::In | Operator::NotIn => {
                let values = self.list(value, path, out, |v, p, out| self.one_text(v, p, out))?;
                Some(Test::TextIn { values, is_negated })
            }
            Operator::Contains => Some(Test::Contains(self.one_text(value, path, out)?.to_ascii_lowercase())),
            Operator::StartsWith => Some(Test::StartsWith(self.one_text(value, path, out)?.to_ascii_lowercase())),
            Operator::EndsWith => Some(Test::EndsWith(self.one_text(value, path, out)?.to_ascii_lowercase())),
            _ => Some(Test::TextIn { values: vec![self.one_text(value, path, out)?], is_negated }),
        }
    }

    fn one_text(&self, value: &Value, path: &str, out: &mut Refusals) -> Option<String> {
        let Value::String(text) = value else {
            return out.refuse(path, "wrong_type", format!("{} is text: write it in quotes.", self.field.name()));
        };
        if text.is_empty() {
            return out.refuse(
                path,
                "missing_value",
                "The text is empty. To look for customers without a value, use is_not_set.",
            );
        }
        if text.chars().count() > MAX_TEXT || text.contains('\0') {
            return out.refuse(
                path,
                "bad_value",
                format!("The text is longer than {MAX_TEXT} characters, or not text."),
            );
        }
        match self.field {
            Field::Customer(CustomerField::PreferredChannel) => match text.parse::<Channel>() {
                Ok(channel) => Some(channel.as_str().to_owned()),
                Err(e) => out.refuse(path, "bad_value", e.to_string()),
            },
            // Addresses are kept in lower case.
            Field::Customer(CustomerField::Email) => Some(text.to_lowercase()),
            _ => Some(text.clone()),
        }
    }

    fn list<T>(
        &self,
        value: &Value,
        path: &str,
        out: &mut Refusals,
        one: impl Fn(&Value, &str, &mut Refusals) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Array(items) = value else {
            return out.refuse(
                path,
                "wrong_type",
                format!("The operator {} needs a list: [\"a\", \"b\"].", self.operator),
            );
        };
        if items.is_empty() {
            return out.refuse(path, "missing_value", "The list is empty.");
        }
        if items.len() > MAX_LIST {
            return out.refuse(path, "too_many", format!("The list has {} values; at most {MAX_LIST} are possible. A static segment takes any number of customers.", items.len()));
        }
        items.iter().enumerate().map(|(i, v)| one(v, &format!("{path}[{i}]"), out)).collect()
    }

    fn number(&self, value: &Value, path: &str, out: &mut Refusals) -> Option<Test> {
        let is_negated = self.operator.is_negated();
        let range = |min, max| Some(Test::NumberRange { min, max });
        let one = |v: &Value, p: &str, out: &mut Refusals| self.one_number(v, p, out);
        match self.operator {
            Operator::In | Operator::NotIn => {
                Some(Test::NumberIn { values: self.list(value, path, out, one)?, is_negated })
            }
            Operator::LessThan => range(None, Some(one(value, path, out)? - 1)),
            Operator::LessOrEqual => range(None, Some(one(value, path, out)?)),
            Operator::GreaterThan => range(Some(one(value, path, out)? + 1), None),
            Operator::GreaterOrEqual => range(Some(one(value, path, out)?), None),
            Operator::Between => {
                let [low, high] = self.two(value, path, out, one)?;
                if low > high {
                    return out.refuse(path, "bad_value", "The first number is the smaller one.");
                }
                range(Some(low), Some(high))
            }
            _ => Some(Test::NumberIn { values: vec![one(value, path, out)?], is_negated }),
        }
    }

    fn two<T>(
        &self,
        value: &Value,
        path: &str,
        out: &mut Refusals,
        one: impl Fn(&Value, &str, &mut Refusals) -> Option<T>,
    ) -> Option<[T; 2]> {
        match value {
            Value::Array(items) if items.len() == 2 => {
                let first = one(&items[0], &format!("{path}[0]"), out);
                let second = one(&items[1], &format!("{path}[1]"), out);
                Some([first?, second?])
            }
            _ => out.refuse(
                path,
                "wrong_type",
                "between needs a list of two values: the first and the last that belong to it.",
            ),
        }
    }

    fn one_number(&self, value: &Value, path: &str, out: &mut Refusals) -> Option<i64> {
        if *self.field == Field::Customer(CustomerField::AccountAge)
            && let Value::String(text) = value
            && let Some(days) = Span::parse(text.trim().trim_end_matches("ago")).filter(|s| s.days() > 0)
        {
            return Some(days.days());
        }
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => return out.refuse(path, "wrong_type", format!("{} is a number.", self.field.name())),
        };
        let Some(number) = Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).ok() else {
            return out.refuse(
                path,
                "wrong_type",
                format!("{} is a number, with a point before the decimals.", self.field.name()),
            );
        };
        if self.field.kind() == FieldKind::Number && !number.fract().is_zero() {
            return out.refuse(path, "wrong_type", format!("{} is a whole number.", self.field.name()));
        }
        let column = if self.field.is_scaled() { to_e4(number) } else { number.to_i64() };
        // Room for the neighbours that less_than and greater_than take.
        match column.filter(|n| n.unsigned_abs() < i64::MAX as u64) {
            Some(n) => Some(n),
            None => out.refuse(path, "bad_value", "The number has more than four decimals, or is too large."),
        }
    }

    fn moment(&self, value: &Value, path: &str, out: &mut Refusals) -> Option<Test> {
        let is_negated = self.operator.is_negated();
        let moments = |from, until| Some(Test::Moments { from, until, is_negated });
        match self.operator {
            Operator::WithinLast | Operator::NotWithinLast => {
                let span = span(value, path, out)?;
                moments(Some(When::ago(span)), Some(self.soon()))
            }
            Operator::Between => {
                let [first, last] = self.two(value, path, out, |v, p, out| self.instant(v, p, out))?;
                moments(Some(first.start), Some(last.end))
            }
            Operator::Equals | Operator::NotEquals => {
                let day = self.instant(value, path, out)?.as_day();
                moments(Some(day.start), Some(day.end))
            }
            _ => {
                let instant = self.instant(value, path, out)?;
                self.compared(instant)
            }
        }
    }

    fn compared(&self, at: Instant) -> Option<Test> {
        let moments = |from, until| Some(Test::Moments { from, until, is_negated: false });
        match (self.operator, at.age) {
            // A smaller age is a later moment, and nothing is younger than now.
            (Operator::LessThan, Some(_)) => moments(Some(at.end), Some(self.soon())),
            (Operator::LessOrEqual, Some(_)) => moments(Some(at.start), Some(self.soon())),
            (Operator::GreaterThan, Some(_)) | (Operator::LessThan | Operator::Before, _) => {
                moments(None, Some(at.start))
            }
            (Operator::GreaterOrEqual, Some(_)) | (Operator::LessOrEqual, None) => moments(None, Some(at.end)),
            (Operator::GreaterOrEqual, None) => moments(Some(at.start), None),
            _ => moments(Some(at.end), None),
        }
    }

    /// The first moment that is no longer past: for calendar days, what is today somewhere has come.
    fn soon(&self) -> When {
        let now = When::ago(Span { amount: 0, unit: super::instant::SpanUnit::Days });
        if self.field.kind() == FieldKind::Date { now.plus(AHEAD_OF_UTC) } else { now.plus(1) }
    }

    fn instant(&self, value: &Value, path: &str, out: &mut Refusals) -> Option<Instant> {
        let parsed = value.as_str().and_then(Instant::parse);
        parsed.or_else(|| {
            out.refuse(
                path,
                "wrong_type",
                format!(
                    "{} is a date: write \"2026-01-28\", \"2026-01-28T09:00:00Z\", \"30 days ago\" or \"today\".",
                    self.field.name()
                ),
            )
        })
    }
}
