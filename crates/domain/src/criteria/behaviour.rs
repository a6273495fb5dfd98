//! What customers did: were sent, opened, clicked, answered, redeemed, bought.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::MAX_LIST;
use super::field::snake;
use super::instant::Span;
use super::operator::Operator;
use super::refusal::{Refusals, join};

crate::text_enum! {
    /// Something that a customer does, as the `field` of a condition.
    pub enum BehaviourKind {
        /// A message left for the customer.
        WasSent = "was_sent" | "sent" | "received",
        Opened = "opened",
        Clicked = "clicked",
        Replied = "replied",
        Redeemed = "redeemed",
        Purchased = "purchased" | "bought",
    }
}

impl BehaviourKind {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::WasSent => "Was sent",
            Self::Opened => "Opened",
            Self::Clicked => "Clicked",
            Self::Replied => "Replied",
            Self::Redeemed => "Redeemed",
            Self::Purchased => "Purchased",
        }
    }
}

/// A statement about what customers did.
///
/// Opened, clicked and replied count messages, as the statistics of a campaign do: a message opened twice counts once, at the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    pub kind: BehaviourKind,
    /// They did not do it so often, or not at all.
    pub is_negated: bool,
    /// Only because of these campaigns; empty: whatever it was.
    pub campaigns: Vec<Uuid>,
    /// Only so long ago at most.
    pub within: Option<Span>,
    /// From 1.
    pub at_least: u32,
}

const MAX_TIMES: u64 = 10_000;

/// Reads the operator and the value of a condition about something that customers do; gives the canonical value too.
pub(super) fn parse(
    kind: BehaviourKind,
    operator: Operator,
    value: Option<&Value>,
    path: &str,
    out: &mut Refusals,
) -> Option<(Behaviour, Value)> {
    let path = join(path, "value");
    let mut behaviour = Behaviour {
        kind,
        is_negated: operator.is_negated() || operator == Operator::IsNotSet,
        campaigns: Vec::new(),
        within: None,
        at_least: 1,
    };
    match (operator, value) {
        (Operator::IsSet | Operator::IsNotSet, _) | (Operator::Did | Operator::DidNot, None | Some(Value::Null)) => {}
        (Operator::WithinLast | Operator::NotWithinLast, Some(value @ (Value::String(_) | Value::Number(_)))) => {
            behaviour.within = Some(span(value, &path, out)?);
        }
        (
            Operator::Did | Operator::DidNot | Operator::WithinLast | Operator::NotWithinLast,
            Some(Value::Object(map)),
        ) => details(&mut behaviour, map, &path, out)?,
        (Operator::Did | Operator::DidNot, Some(_)) => {
            return out.refuse(
                &path,
                "wrong_type",
                "Write an object here: campaign_id, within_last and at_least, all optional.",
            );
        }
        (Operator::WithinLast | Operator::NotWithinLast, _) => {
            return out.refuse(&path, "wrong_type", "Write a length of time here, such as \"30 days\".");
        }
        _ => unreachable_operator(&path, out)?,
    }
    let canonical = behaviour.value();
    Some((behaviour, canonical))
}

fn unreachable_operator(path: &str, out: &mut Refusals) -> Option<()> {
    out.refuse(
        path,
        "wrong_operator",
        "This operator does not fit something that customers do: use did, did_not, within_last or not_within_last.",
    )
}

fn details(behaviour: &mut Behaviour, map: &Map<String, Value>, path: &str, out: &mut Refusals) -> Option<()> {
    let mut is_good = true;
    for (key, value) in map {
        let path = join(path, key);
        let read = match snake(key).as_str() {
            _ if value.is_null() => Some(()),
            "campaign_id" | "campaign" => campaigns(behaviour, std::slice::from_ref(value), &path, out),
            "campaign_ids" | "campaigns" => match value {
                Value::Array(list) => campaigns(behaviour, list, &path, out),
                _ => out.refuse(&path, "wrong_type", "Write a list of campaign ids here."),
            },
            "within_last" | "within" | "days" | "within_last_days" => {
                span(value, &path, out).map(|span| behaviour.within = Some(span))
            }
            "at_least" | "times" | "count" => match value.as_u64() {
                Some(times @ 1..=MAX_TIMES) => {
                    behaviour.at_least = times as u32;
                    Some(())
                }
                _ => out.refuse(&path, "wrong_type", "Write how often at least: a whole number from 1 to 10,000."),
            },
            _ => out.refuse(
                &path,
                "unknown_key",
                format!("\"{key}\" is not known here: use campaign_id, campaign_ids, within_last, at_least."),
            ),
        };
        is_good &= read.is_some();
    }
    is_good.then_some(())
}

fn campaigns(behaviour: &mut Behaviour, list: &[Value], path: &str, out: &mut Refusals) -> Option<()> {
    if list.len() > MAX_LIST {
        return out.refuse(path, "too_many", format!("At most {MAX_LIST} campaigns can stand here."));
    }
    for value in list {
        match value.as_str().and_then(|text| Uuid::try_parse(text).ok()) {
            Some(id) if !behaviour.campaigns.contains(&id) => behaviour.campaigns.push(id),
            Some(_) => {}
            None => return out.refuse(path, "wrong_type", "Write the id of a campaign here."),
        }
    }
    Some(())
}

/// A length of time: `"30 days"`, or a number of days.
pub(super) fn span(value: &Value, path: &str, out: &mut Refusals) -> Option<Span> {
    let span = match value {
        Value::String(text) => Span::parse(text),
        Value::Number(days) => days.as_u64().and_then(|days| u32::try_from(days).ok()).and_then(Span::of_days),
        _ => None,
    };
    span.or_else(|| {
        out.refuse(
            path,
            "wrong_type",
            "Write a length of time here, such as \"30 days\", \"12 hours\" or \"3 months\", at most 100 years.",
        )
    })
}

impl Behaviour {
    fn value(&self) -> Value {
        let mut value = Map::new();
        match self.campaigns.as_slice() {
            [] => {}
            [one] => drop(value.insert("campaign_id".into(), json!(one))),
            many => drop(value.insert("campaign_ids".into(), json!(many))),
        }
        if let Some(span) = self.within {
            value.insert("within_last".into(), json!(format!("{} {}", span.amount, span.unit)));
        }
        if self.at_least > 1 {
            value.insert("at_least".into(), json!(self.at_least));
        }
        Value::Object(value)
    }
}
