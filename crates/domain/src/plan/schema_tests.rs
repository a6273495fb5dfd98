//! The schema says what the reader says.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::machine_tests::any_plan;
use super::*;

/// What a schema has to see as well: what one finds at a place, whatever is elsewhere.
const OF_FORM: [&str; 5] = ["wrong_type", "unknown_field", "too_long", "too_many", "unknown_word"];

fn agree(value: &Value, validator: &jsonschema::Validator) -> Result<(), String> {
    let problems = match read(value) {
        Ok(reading) => reading.problems,
        Err(problems) => problems,
    };
    let invalid: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if !invalid.is_empty() && problems.is_empty() {
        return Err(format!("the schema refuses what can be started: {invalid:?}\n{value:#}"));
    }
    match problems.iter().find(|problem| OF_FORM.contains(&problem.code.as_str())) {
        Some(problem) if invalid.is_empty() => Err(format!("the schema takes {problem:?}\n{value:#}")),
        _ => Ok(()),
    }
}

/// Everything that a plan may have, once.
fn full() -> Value {
    json!({ "version": "1.0", "timezone": "UTC", "quietHours": { "start": "21:00", "end": "07:30" }, "startNodeId": "a", "nodes": [
        { "id": "a", "action": "send", "channel": "email", "subject": "Hi", "body": "Hi", "schedule": { "delay": "P1D", "at": "09:00" },
          "transitions": [{ "on": "opened", "to": "b", "within": "PT72H" }, { "on": "no_open", "to": "c", "after": "P1W" }] },
        { "id": "b", "action": "branch", "condition": "opened", "transitions": [{ "on": "yes", "to": "d" }, { "on": "no", "to": "e" }] },
        { "id": "c", "action": "send", "channel": "sms", "offer": "0198b2f4-6c1e-7d3a-9b52-3f1c2a7e9d10", "transitions": [{ "on": "not_sent", "to": "f" }, { "on": "done", "to": "g" }] },
        { "id": "d", "action": "update_customer", "attributes": { "a": 1, "b": "c", "d": true }, "transitions": [{ "on": "done", "to": "g" }] },
        { "id": "e", "action": "create_card", "queue": "Sales", "priority": "high", "title": "Call", "description": "Soon" },
        { "id": "f", "action": "webhook", "url": "https://example.com/x", "headers": { "X-A": "b" } },
        { "id": "g", "action": "wait", "schedule": { "delay": "PT5M" }, "transitions": [{ "on": "done", "to": "h" }] },
        { "id": "h", "action": "stop" } ] })
}

/// The value at a pointer becomes another, or is left out.
fn changed(value: &Value, pointer: &str, other: Option<Value>) -> Value {
    let mut changed = value.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (changed.pointer_mut(parent).unwrap(), other) {
        (Value::Object(map), Some(other)) => drop(map.insert(name.to_owned(), other)),
        (Value::Object(map), None) => drop(map.remove(name)),
        (Value::Array(list), Some(other)) => list[name.parse::<usize>().unwrap()] = other,
        (Value::Array(list), None) => drop(list.remove(name.parse().unwrap())),
        _ => {}
    }
    changed
}

fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => return,
    };
    for (name, child) in children {
        let path = format!("{path}/{name}");
        places(child, &path, found);
        found.push(path);
    }
}

#[test]
fn reader_and_schema_agree_about_every_change_of_a_plan() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    assert_eq!(read(&full()).unwrap().problems, []);
    assert_eq!(agree(&serde_json::from_str(EXAMPLE).unwrap(), &validator), Ok(()));
    let mut all = Vec::new();
    places(&full(), "", &mut all);
    assert_eq!(all.len(), 84);
    let others = [
        json!(5),
        json!("P1D"),
        json!(""),
        json!(" "),
        json!(true),
        json!([]),
        json!({}),
        json!({ "x": 1 }),
        Value::Null,
        json!("x".repeat(200_000)),
        json!(0),
        json!("07:30"),
        json!("a b"),
        json!("no_open"),
        json!(["a"]),
        json!([{}]),
        json!(1.5),
    ];
    let mut wrong = Vec::new();
    for place in &all {
        for other in others.iter().cloned().map(Some).chain([None]) {
            let short = other.as_ref().map(|other| other.to_string().chars().take(20).collect::<String>());
            wrong
                .extend(agree(&changed(&full(), place, other), &validator).err().map(|_| format!("{place} {short:?}")));
        }
        if full().pointer(place).is_some_and(Value::is_object) {
            let added = changed(&full(), &format!("{place}/surprise"), Some(json!("x")));
            wrong.extend(agree(&added, &validator).err().map(|_| format!("{place} surprise")));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

proptest! {
    #[test]
    fn reader_and_schema_agree_about_any_plan(value in any_plan()) {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        prop_assert_eq!(agree(&value, &validator), Ok(()));
    }
}
