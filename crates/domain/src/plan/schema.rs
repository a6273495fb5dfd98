//! The JSON Schema of plans (draft 2020-12), for editors and for whatever writes plans.
//!
//! It says what a plan looks like, as [`super::read`] does: what reads without problems is valid, and what is invalid is
//! refused or has problems. What nodes mean to each other no schema can say.

use serde_json::{Value, json};

use super::event::Event;
use super::{EXAMPLE, MAX_BODY, MAX_NODES, MAX_SUBJECT, MAX_TRANSITIONS, VERSION};
use crate::card::Priority;
use crate::channel::Channel;
use crate::job::limits::{MAX_CODE, MAX_CONDITION, MAX_DESCRIPTION, MAX_LINE, MAX_NAME};

/// The schema, without `$id`: that is where it is served.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Campaign plan",
        "examples": [serde_json::from_str::<Value>(EXAMPLE).unwrap_or_default()],
        "type": "object",
        "additionalProperties": false,
        "required": ["version", "timezone", "startNodeId", "nodes"],
        "properties": {
            "version": { "const": VERSION },
            "timezone": { "type": "string", "minLength": 1, "maxLength": MAX_NAME,
                "description": "IANA name: whose wall clock `at` and the quiet hours are of.", "examples": ["Africa/Nairobi"] },
            "quietHours": {
                "type": ["object", "null"],
                "description": "Nothing is done in these hours; what falls into them is done at their end.",
                "additionalProperties": false,
                "required": ["start", "end"],
                "properties": { "start": { "$ref": "#/$defs/time" }, "end": { "$ref": "#/$defs/time" } },
            },
            "startNodeId": { "$ref": "#/$defs/id", "description": "The node that everybody comes to first." },
            "nodes": { "type": "array", "minItems": 1, "maxItems": MAX_NODES, "items": { "$ref": "#/$defs/node" } },
        },
        "$defs": {
            "id": { "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": MAX_CODE },
            "time": { "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["21:00"] },
            "duration": { "type": "string", "maxLength": MAX_CODE,
                "pattern": "^P(?=[0-9T])([0-9]{1,8}W)?([0-9]{1,8}D)?(T(?=[0-9])([0-9]{1,8}H)?([0-9]{1,8}M)?([0-9]{1,8}S)?)?$",
                "description": "ISO 8601, up to 365 days: PT72H, P3D.", "examples": ["PT72H", "P3D"] },
            "uuid": { "type": "string", "format": "uuid", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$" },
            "text": { "type": "string", "pattern": "\\S" },
            "schedule": {
                "type": ["object", "null"],
                "description": "When the action is due after the contact has come to the node.",
                "additionalProperties": false,
                "properties": {
                    "delay": { "anyOf": [{ "$ref": "#/$defs/duration" }, { "type": "null" }] },
                    "at": { "anyOf": [{ "$ref": "#/$defs/time" }, { "type": "null" }],
                        "description": "Then, when the wall clock next shows this." },
                },
            },
            "transition": transition(),
            "node": {
                "type": "object",
                "required": ["id", "action"],
                "discriminator": { "propertyName": "action" },
                "oneOf": nodes(),
            },
        },
    })
}

fn transition() -> Value {
    let duration = || json!({ "anyOf": [{ "$ref": "#/$defs/duration" }, { "type": "null" }] });
    let named: Vec<&str> = Event::NAMED.iter().map(Event::as_str).collect();
    let timeouts: Vec<&str> = Event::NAMED.iter().filter(|event| event.is_timeout()).map(Event::as_str).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["on", "to"],
        "properties": {
            "on": { "type": "string", "pattern": "^[A-Za-z0-9_.:-]+$", "maxLength": MAX_CODE, "examples": named,
                "description": "What happens: one of the examples, or an event of your own." },
            "to": { "$ref": "#/$defs/id", "description": "The node that comes next." },
            "within": duration(),
            "after": duration(),
        },
        "if": { "required": ["on"], "properties": { "on": { "enum": timeouts } } },
        "then": { "required": ["after"], "properties": { "after": { "$ref": "#/$defs/duration" }, "within": { "type": "null" } } },
        "else": { "properties": { "after": { "type": "null" } } },
    })
}

/// A kind of node for each action.
fn nodes() -> Vec<Value> {
    let text = |max: usize| json!({ "anyOf": [{ "type": "string", "maxLength": max }, { "type": "null" }] });
    let required = |max: usize| json!({ "$ref": "#/$defs/text", "maxLength": max });
    let word = |words: Vec<&str>| json!({ "enum": words.into_iter().map(Value::from).chain([Value::Null]).collect::<Vec<_>>() });
    let channels = word(Channel::ALL.iter().map(|channel| channel.as_str()).collect());
    let priorities = word(Priority::ALL.iter().map(|priority| priority.as_str()).collect());
    let scalar = json!({ "type": ["string", "number", "boolean"] });
    let mut send = node(
        "send",
        json!({ "channel": channels, "subject": text(MAX_SUBJECT), "body": text(MAX_BODY),
            "offer": { "anyOf": [{ "$ref": "#/$defs/uuid" }, { "type": "null" }] } }),
        &[],
    );
    send["anyOf"] = json!([
        { "required": ["offer"], "properties": { "offer": { "$ref": "#/$defs/uuid" } } },
        { "required": ["body"], "properties": { "body": { "$ref": "#/$defs/text" } } },
    ]);
    let attributes = json!({ "type": "object", "minProperties": 1, "maxProperties": 50, "additionalProperties": scalar,
        "propertyNames": { "pattern": "^[a-z_][a-z0-9_]*$", "maxLength": MAX_CODE } });
    let headers =
        json!({ "type": ["object", "null"], "maxProperties": 50, "additionalProperties": { "type": "string" } });
    vec![
        send,
        node("wait", json!({}), &[]),
        node("stop", json!({}), &[]),
        node("branch", json!({ "condition": required(MAX_CONDITION) }), &["condition"]),
        node("update_customer", json!({ "attributes": attributes }), &["attributes"]),
        node(
            "create_card",
            json!({ "queue": text(MAX_NAME), "priority": priorities, "title": required(MAX_NAME),
                "description": text(MAX_DESCRIPTION) }),
            &["title"],
        ),
        node("webhook", json!({ "url": required(MAX_LINE), "headers": headers }), &["url"]),
    ]
}

fn node(action: &str, own: Value, required: &[&str]) -> Value {
    let transitions =
        json!({ "type": ["array", "null"], "maxItems": MAX_TRANSITIONS, "items": { "$ref": "#/$defs/transition" } });
    let mut properties = json!({
        "id": { "$ref": "#/$defs/id" },
        "action": { "const": action },
        "schedule": { "$ref": "#/$defs/schedule" },
        "transitions": transitions,
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut properties, own) {
        all.extend(own);
    }
    let required: Vec<&str> = ["id", "action"].into_iter().chain(required.iter().copied()).collect();
    json!({ "title": action, "additionalProperties": false, "required": required, "properties": properties })
}
