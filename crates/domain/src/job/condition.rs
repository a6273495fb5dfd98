//! Conditions that people write: `delivery_rate > 0.8`, in CEL (the Common Expression Language).
//!
//! Numbers are numbers: the language keeps whole and other numbers apart, so that `rows_processed / 2 > 0.5` would be
//! refused and `1 / 2` would be 0. Here every number is taken as one with decimals.

use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::parser::{ExpressionReferences, PrattParser};
use cel::{Context, ExecutionError, Value as Cel};
use serde_json::{Map, Value};

use super::limits::MAX_CONDITION;

/// Brackets inside brackets at most: the parser goes down one call for each.
const MAX_BRACKETS: u16 = 32;
/// Operators that wait for each other at most: the evaluation goes down one call for each, `1 + 1 + 1` twice.
const MAX_DEPTH: usize = 64;
/// Loops (`all`, `exists`, `map`, `filter`) at most: loops in loops over a large list would take for ever.
const MAX_LOOPS: usize = 2;
/// Items of a list that a loop within a loop is asked of: a million looks, which is a moment. What others send may be longer.
const MAX_SQUARED: usize = 1_000;

/// A condition that was understood.
#[derive(Debug, Clone)]
pub struct Condition {
    text: String,
    expression: IdedExpr,
    /// Whether it has a loop within a loop.
    is_squared: bool,
}

/// Why a condition is refused or has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    #[error("“{0}” is not a condition: write one like delivery_rate > 0.8")]
    Unreadable(String),
    #[error("a condition is at most {MAX_CONDITION} characters, not too deep, with at most {MAX_LOOPS} loops")]
    TooLarge,
    #[error("the condition has a loop within a loop, which is asked of lists of at most {MAX_SQUARED} items")]
    TooLong,
    #[error("the condition names {0}, which is not there")]
    Unknown(String),
    #[error("“{0}” gives no yes or no")]
    NotYesOrNo(String),
    #[error("“{0}” compares or counts what cannot be compared or counted")]
    Mismatch(String),
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// When it is none, or too large to be evaluated safely.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        if text.len() > MAX_CONDITION {
            return Err(ConditionError::TooLarge);
        }
        let parser = PrattParser::new().max_recursion_depth(MAX_BRACKETS);
        let mut expression = parser.parse(text).map_err(|_| ConditionError::Unreadable(text.to_owned()))?;
        let mut size = Size::default();
        as_decimals(&mut expression, 1, &mut size);
        if size.loops > MAX_LOOPS || size.depth > MAX_DEPTH {
            return Err(ConditionError::TooLarge);
        }
        Ok(Self { text: text.to_owned(), expression, is_squared: size.most_within > 1 })
    }

    /// The condition as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names that it needs.
    pub fn names(&self) -> Vec<String> {
        let references: ExpressionReferences<'_> = self.expression.references();
        let mut names: Vec<String> = references.variables().into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// Whether it holds for these values.
    ///
    /// # Errors
    /// When it names what is not there, compares what cannot be compared, or gives no yes or no.
    pub fn holds(&self, values: &Map<String, Value>) -> Result<bool, ConditionError> {
        if self.is_squared && values.values().any(|value| longest(value) > MAX_SQUARED) {
            return Err(ConditionError::TooLong);
        }
        let mut context = Context::default();
        for (name, value) in values {
            context.add_variable_from_value(name.as_str(), value_of(value));
        }
        match Cel::resolve(&self.expression, &context) {
            Ok(Cel::Bool(holds)) => Ok(holds),
            Ok(_) => Err(ConditionError::NotYesOrNo(self.text.clone())),
            Err(ExecutionError::UndeclaredReference(name) | ExecutionError::NoSuchKey(name)) => {
                Err(ConditionError::Unknown(name.to_string()))
            }
            Err(_) => Err(ConditionError::Mismatch(self.text.clone())),
        }
    }
}

/// Items of the longest list or object in a value.
fn longest(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(longest).max().unwrap_or(0).max(list.len()),
        Value::Object(map) => map.values().map(longest).max().unwrap_or(0).max(map.len()),
        _ => 0,
    }
}

fn value_of(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(is_it) => Cel::Bool(*is_it),
        Value::Number(number) => Cel::Float(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Cel::from(text.as_str()),
        Value::Array(list) => Cel::from(list.iter().map(value_of).collect::<Vec<Cel>>()),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), value_of(value)));
            Cel::from(entries.collect::<std::collections::HashMap<String, Cel>>())
        }
    }
}

/// How much work a condition may be.
#[derive(Default)]
struct Size {
    loops: usize,
    depth: usize,
    /// Loops around the place that is measured, and the most that there are around any.
    within: usize,
    most_within: usize,
}

/// Makes every whole number that is written one with decimals, but for places in lists; measures on the way.
fn as_decimals(expression: &mut IdedExpr, depth: usize, size: &mut Size) {
    size.depth = size.depth.max(depth);
    let below = depth + 1;
    match &mut expression.expr {
        Expr::Literal(literal) => {
            let number = match literal {
                LiteralValue::Int(number) => Some(*number.inner() as f64),
                LiteralValue::UInt(number) => Some(*number.inner() as f64),
                _ => None,
            };
            if let Some(number) = number {
                *literal = LiteralValue::Double(number.into());
            }
        }
        Expr::Call(call) if call.func_name == operators::INDEX || call.func_name == operators::OPT_INDEX => {
            if let Some(list) = call.args.first_mut() {
                as_decimals(list, below, size);
            }
        }
        Expr::Call(call) => {
            call.target.iter_mut().for_each(|target| as_decimals(target, below, size));
            call.args.iter_mut().for_each(|argument| as_decimals(argument, below, size));
        }
        Expr::Comprehension(each) => {
            size.loops += 1;
            size.within += 1;
            size.most_within = size.most_within.max(size.within);
            let parts = [&mut each.iter_range, &mut each.accu_init, &mut each.loop_cond, &mut each.loop_step];
            parts.into_iter().chain([&mut each.result]).for_each(|part| as_decimals(part, below, size));
            size.within -= 1;
        }
        Expr::List(list) => list.elements.iter_mut().for_each(|element| as_decimals(element, below, size)),
        Expr::Select(select) => as_decimals(&mut select.operand, below, size),
        Expr::Map(map) => {
            for entry in &mut map.entries {
                if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                    as_decimals(&mut entry.value, below, size);
                }
            }
        }
        Expr::Struct(_) | Expr::Ident(_) | Expr::Unspecified => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn holds(text: &str) -> Result<bool, ConditionError> {
        let values = json!({ "delivery_rate": 0.85, "rows_processed": 3, "sent": 4, "status": "success",
            "campaign": { "id": 789 }, "tags": ["vip", "new"], "flag": true, "none": null });
        Condition::parse(text)?.holds(values.as_object().unwrap())
    }

    #[test]
    fn numbers_are_numbers() {
        for text in [
            "delivery_rate > 0.8",
            "rows_processed / 2 == 1.5 && rows_processed >= 3",
            "rows_processed / sent < 1",
            "1 / 2 > 0.4",
            "-rows_processed < 0",
            "campaign.id == 789 && status == 'success'",
            "'vip' in tags && size(tags) == 2 && tags[1] == 'new'",
            "tags.exists(t, t.startsWith('n')) && tags.exists_one(t, t == 'vip')",
            "rows_processed in [1, 2, 3]",
            "flag && none == null && has(campaign.id) && !has(campaign.name)",
        ] {
            assert_eq!(holds(text), Ok(true), "{text}");
        }
        assert_eq!(holds("delivery_rate > 0.9"), Ok(false));
    }

    #[test]
    fn what_has_no_answer_says_why() {
        assert!(matches!(holds("delivery_rate >"), Err(ConditionError::Unreadable(_))));
        assert_eq!(holds("bounce_rate > 0.1"), Err(ConditionError::Unknown(String::from("bounce_rate"))));
        assert_eq!(holds("campaign.name == 'x'"), Err(ConditionError::Unknown(String::from("name"))));
        assert!(matches!(holds("delivery_rate"), Err(ConditionError::NotYesOrNo(_))));
        assert!(matches!(holds("status > 5"), Err(ConditionError::Mismatch(_))));
        assert_eq!(holds(&"(".repeat(500)), Err(ConditionError::Unreadable("(".repeat(500))));
        assert_eq!(holds(&"1".repeat(2_000)), Err(ConditionError::TooLarge));
        for deep in ["1 + ".repeat(200) + "1", "a.".repeat(400) + "a", "flag ? flag : ".repeat(64) + "flag"] {
            assert!(holds(&deep).is_err(), "{deep}");
        }
        let _ = holds(&("!".repeat(901) + "flag"));
        let loops = "tags.all(a, tags.all(b, tags.all(c, a == b)))";
        assert_eq!(holds(loops), Err(ConditionError::TooLarge));
        let long = json!({ "tags": vec![1; MAX_SQUARED + 1] });
        let asked = |text: &str| Condition::parse(text).unwrap().holds(long.as_object().unwrap());
        assert_eq!(asked("tags.all(a, tags.exists(b, a == b))"), Err(ConditionError::TooLong));
        assert_eq!(asked("tags.all(a, a == 1) && tags.exists(b, b == 1)"), Ok(true));
        assert_eq!(Condition::parse("a > b.c").unwrap().names(), ["a", "b"]);
    }

    proptest! {
        #[test]
        fn no_text_brings_it_down(text in "\\PC{0,40}|[a-c0-9 ()<>=!&|.+*/'\\[\\]-]{0,60}") {
            let _ = holds(&text);
        }
    }
}
