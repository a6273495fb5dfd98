//! Which events start an event-driven job: `trigger_condition`.
//!
//! ```json
//! { "event": "campaign.started", "campaign_id": 789, "condition": "total_recipients > 100" }
//! "event == 'campaign.started' && total_recipients > 100"
//! ```
//! In an object, `event` names the event, `condition` is CEL over its payload, and every other field has to be equal to
//! the payload's. A text is CEL over the payload, with the event's name as `event`. Payloads say `campaignId`; conditions
//! may say so, too, or `campaign_id`.

use serde_json::{Map, Value};

use super::condition::{Condition, ConditionError};
use super::fields::Found;
use super::limits::MAX_NAME;

/// A trigger that was understood.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// The event's name; none where only the condition knows.
    event: Option<String>,
    equals: Map<String, Value>,
    condition: Option<Condition>,
}

impl Trigger {
    /// The trigger of a job that was read.
    pub fn of(value: &Value) -> Option<Self> {
        Self::read(value, "trigger_condition", &Found::default())
    }

    /// Reads a trigger.
    pub(super) fn read(value: &Value, path: &str, found: &Found) -> Option<Self> {
        let condition = |text: &str, path: &str| match Condition::parse(text) {
            Ok(condition) => Some(condition),
            Err(error) => found.refuse(path, "bad_condition", error.to_string()),
        };
        match value {
            Value::String(text) => {
                let condition = condition(text, path)?;
                if !condition.names().iter().any(|name| name == "event") {
                    return found.refuse(path, "no_event", "Say which event, too: event == 'campaign.started' && …");
                }
                Some(Self { event: None, equals: Map::new(), condition: Some(condition) })
            }
            Value::Object(map) => {
                let event = match map.get("event") {
                    Some(Value::String(name)) if is_event(name) => Some(plain_name(name)),
                    _ => found.refuse(
                        format!("{path}.event"),
                        "no_event",
                        "Write the name of the event, such as campaign.started.",
                    ),
                };
                let condition = match map.get("condition") {
                    None | Some(Value::Null) => None,
                    Some(Value::String(text)) => Some(condition(text, &format!("{path}.condition"))?),
                    Some(_) => {
                        return found.refuse(format!("{path}.condition"), "wrong_type", "Write a condition in quotes.");
                    }
                };
                let rest = map.iter().filter(|(key, _)| !matches!(key.as_str(), "event" | "condition"));
                let equals = rest.map(|(key, value)| (snake(key), value.clone())).collect();
                Some(Self { event: Some(event?), equals, condition })
            }
            _ => found.refuse(path, "wrong_type", "Write an object with the event, or a condition in quotes."),
        }
    }

    /// The event that it is about, where it names one: others need not be asked about.
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// Whether an event starts the job.
    ///
    /// # Errors
    /// When the condition has no answer for this payload; the job does not start then.
    pub fn matches(&self, event: &str, payload: &Map<String, Value>) -> Result<bool, ConditionError> {
        let event = plain_name(event);
        if self.event.as_ref().is_some_and(|wanted| *wanted != event) {
            return Ok(false);
        }
        let Value::Object(payload_as_named) = snake_case(&Value::Object(payload.clone())) else { return Ok(false) };
        let is_equal =
            |(key, value): (&String, &Value)| payload_as_named.get(key).is_some_and(|given| is_same(value, given));
        if !self.equals.iter().all(is_equal) {
            return Ok(false);
        }
        let Some(condition) = &self.condition else { return Ok(true) };
        let mut values = payload.clone();
        values.extend(payload_as_named);
        if self.event.is_none() {
            values.insert("event".into(), Value::String(event));
        }
        condition.holds(&values)
    }
}

/// `campaign.activated` is the older word for `campaign.started`.
fn plain_name(event: &str) -> String {
    let name = event.trim().to_ascii_lowercase();
    if name == "campaign.activated" { String::from("campaign.started") } else { name }
}

fn is_event(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty() && name.len() <= MAX_NAME && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-:".contains(c))
}

/// `789` and `"789"` are the same: ids are numbers here and texts there.
fn is_same(wanted: &Value, given: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    wanted == given || text(wanted).is_some_and(|wanted| text(given) == Some(wanted))
}

/// `campaignId` is `campaign_id`.
fn snake(key: &str) -> String {
    key.chars().enumerate().fold(String::new(), |mut out, (at, c)| {
        if c.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
        out
    })
}

/// A payload with its keys as job files write them; also what `:event.campaign_id` reaches into.
pub fn snake_case(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (snake(key), snake_case(value))).collect(),
        Value::Array(list) => list.iter().map(snake_case).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn matches(trigger: Value, event: &str, payload: Value) -> Result<bool, ConditionError> {
        let found = Found::default();
        Trigger::read(&trigger, "trigger_condition", &found).unwrap().matches(event, payload.as_object().unwrap())
    }

    #[test]
    fn an_object_names_the_event_and_what_has_to_be_equal() {
        let trigger =
            json!({ "event": "campaign.activated", "campaign_id": 789, "condition": "totalRecipients > 100" });
        let started = |id: Value, total| {
            matches(trigger.clone(), "campaign.started", json!({ "campaignId": id, "totalRecipients": total }))
        };
        assert_eq!(started(json!(789), 150), Ok(true));
        assert_eq!(started(json!("789"), 150), Ok(true));
        assert_eq!(started(json!(790), 150), Ok(false));
        assert_eq!(started(json!(789), 100), Ok(false));
        assert_eq!(
            matches(trigger, "campaign.paused", json!({ "campaignId": 789, "totalRecipients": 150 })),
            Ok(false)
        );
    }

    #[test]
    fn a_text_is_a_condition_over_name_and_payload() {
        let trigger = json!("event == 'order.paid' && order.total >= 50");
        assert_eq!(matches(trigger.clone(), "order.paid", json!({ "order": { "total": 50 } })), Ok(true));
        assert_eq!(matches(trigger.clone(), "order.made", json!({})), Ok(false), "the payload is not asked");
        assert_eq!(
            matches(trigger, "order.paid", json!({ "order": {} })),
            Err(ConditionError::Unknown("total".into()))
        );
    }

    #[test]
    fn a_trigger_without_an_event_is_refused() {
        let refused = |value: Value| {
            let found = Found::default();
            assert!(Trigger::read(&value, "t", &found).is_none());
            found.into_problems().remove(0).path
        };
        assert_eq!(refused(json!({ "campaign_id": 789 })), "t.event");
        assert_eq!(refused(json!({ "event": "x", "condition": "a >" })), "t.condition");
        assert_eq!(refused(json!("total > 5")), "t");
        assert_eq!(refused(json!(5)), "t");
    }
}
