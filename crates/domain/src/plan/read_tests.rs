//! What people are told about plans that are not right.

use serde_json::{Value, json};

use super::*;

fn plan(nodes: Value) -> Value {
    let start = nodes[0]["id"].clone();
    json!({ "version": "1.0", "timezone": "UTC", "startNodeId": start, "nodes": nodes })
}

/// `path code`, for each problem of a plan that is kept.
fn problems(value: &Value) -> Vec<String> {
    let reading = read(value).unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!(reading.plan.is_some(), reading.problems.is_empty());
    reading.problems.into_iter().map(|problem| format!("{} {}", problem.path, problem.code)).collect()
}

fn refused(value: &Value) -> Vec<String> {
    read(value).unwrap_err().into_iter().map(|problem| format!("{} {}", problem.path, problem.code)).collect()
}

fn wait(id: &str, transitions: Value) -> Value {
    json!({ "id": id, "action": "wait", "transitions": transitions })
}

#[test]
fn everything_wrong_is_told_at_once_with_its_path() {
    let value = json!({ "version": "2", "timezone": "Mars/Base", "quietHours": { "start": "9pm", "end": "24:00", "until": 1 },
        "startNodeId": "strat", "nodes": [
            { "id": "start", "action": "send", "subjct": "Hi", "schedule": { "delay": "3 days", "at": "25:00" }, "transitions": [
                { "on": "opend", "to": "later" },
                { "on": "no_open", "to": "gone" },
                { "on": "opened", "to": "start", "after": "PT1H" },
                { "on": "not_sent", "to": "start", "within": "PT1H" },
                { "on": "clicked", "within": "PT0S" } ] },
            { "id": "start", "action": "dance" },
            { "id": "later", "action": "branch", "condition": "custmer.tier ==", "transitions": [{ "on": "yes", "to": "later" }] },
            { "action": "webhook", "url": "ftp://x" } ] });
    assert_eq!(
        problems(&value),
        [
            "version unknown_version",
            "timezone unknown_timezone",
            "quietHours.start bad_time",
            "quietHours.end bad_time",
            "quietHours.until unknown_field",
            "nodes[0].schedule.delay bad_duration",
            "nodes[0].schedule.at bad_time",
            "nodes[0].transitions[0].on unknown_event",
            "nodes[0].transitions[1].after required",
            "nodes[0].transitions[2].after contradiction",
            "nodes[0].transitions[3].within contradiction",
            "nodes[0].transitions[4].to required",
            "nodes[0].transitions[4].within out_of_range",
            "nodes[0].subject required",
            "nodes[0].body required",
            "nodes[0].subjct unknown_field",
            "nodes[1].action unknown_word",
            "nodes[2].condition bad_condition",
            "nodes[3].id required",
            "nodes[3].url bad_address",
            "nodes[1].id duplicate",
            "startNodeId missing_node",
            "nodes[0].transitions[1].to missing_node",
            "nodes[2].transitions required",
            "nodes[2] no_exit",
        ]
    );
}

#[test]
fn what_has_not_the_form_of_a_plan_is_not_kept() {
    assert_eq!(refused(&json!([])), [" wrong_type"]);
    let value = json!({ "version": 1, "timezone": "UTC", "startNodeId": "a", "nodes": { "id": "a" } });
    assert_eq!(refused(&value), ["version wrong_type", "nodes wrong_type"]);
    assert_eq!(refused(&plan(json!([5]))), ["startNodeId required", "nodes[0] wrong_type"]);
    let many: Vec<Value> = (0..201).map(|n| json!({ "id": format!("n{n}"), "action": "stop" })).collect();
    assert!(refused(&plan(json!(many))).contains(&String::from("nodes too_many")));
}

#[test]
fn a_transition_to_a_node_that_is_not_written_yet_can_be_kept() {
    let value = plan(json!([wait("a", json!([{ "on": "order.paid", "to": "thanks" }]))]));
    assert_eq!(problems(&value), ["nodes[0].transitions[0].to missing_node"]);
}

#[test]
fn nodes_are_within_reach_and_lead_out() {
    let own = |to: &str| json!([{ "on": "order.paid", "to": to }]);
    let value = plan(
        json!([wait("a", own("b")), wait("b", own("a")), wait("c", own("end")), { "id": "end", "action": "stop" }]),
    );
    assert_eq!(
        problems(&value),
        ["nodes[2] unreachable", "nodes[3] unreachable", "nodes[0] no_exit", "nodes[1] no_exit"]
    );
    let value = plan(json!([{ "id": "a", "action": "stop", "transitions": own("b") }, wait("b", json!([]))]));
    assert_eq!(problems(&value), ["nodes[0].transitions contradiction"]);
}

#[test]
fn a_circle_takes_time() {
    let card = |id: &str, to: &str| {
        json!({ "id": id, "action": "create_card", "title": "Call",
        "transitions": [{ "on": "done", "to": to }, { "on": "order.paid", "to": "end" }] })
    };
    let send = |to: Value| json!({ "id": "s", "action": "send", "subject": "Hi", "body": "Hi", "transitions": to });
    let end = json!({ "id": "end", "action": "stop" });
    assert_eq!(problems(&plan(json!([card("a", "b"), card("b", "a"), end]))), ["nodes[0] endless"]);
    let mut slow = card("b", "a");
    slow["schedule"] = json!({ "at": "09:00" });
    assert_eq!(problems(&plan(json!([card("a", "b"), slow, end]))), [""; 0]);

    let all_day = json!([{ "on": "done", "to": "s" }, { "on": "bounced", "to": "end" }]);
    assert_eq!(problems(&plan(json!([send(all_day), end]))), ["nodes[0] endless"]);
    let weekly = json!([{ "on": "no_open", "to": "s", "after": "P7D" }, { "on": "opened", "to": "end" }]);
    assert_eq!(problems(&plan(json!([send(weekly), end]))), [""; 0]);
    // What has happened to a message once is true at every node: without another message nobody would ever rest.
    let opened = |id: &str, to: &str| wait(id, json!([{ "on": "opened", "to": to }, { "on": "bounced", "to": "end" }]));
    let asks = json!([{ "on": "delivered", "to": "a" }]);
    assert_eq!(problems(&plan(json!([send(asks), opened("a", "b"), opened("b", "a"), end]))), ["nodes[1] endless"]);
}

#[test]
fn what_never_happens_is_named() {
    let end = json!({ "id": "end", "action": "stop" });
    let opened = wait("a", json!([{ "on": "opened", "to": "end" }, { "on": "no_open", "to": "end", "after": "P1D" }]));
    assert_eq!(
        problems(&plan(json!([opened, end]))),
        ["nodes[0].transitions[0].on never", "nodes[0].transitions[1].on never"]
    );
    let at_once = wait("a", json!([{ "on": "done", "to": "end" }]));
    assert_eq!(problems(&plan(json!([at_once, end]))), ["nodes[0].schedule required"]);
    let mut dead = wait("a", json!([{ "on": "order.paid", "to": "end" }]));
    dead["schedule"] = json!({ "delay": "P1D" });
    assert_eq!(problems(&plan(json!([dead, end]))), ["nodes[0].schedule contradiction"]);
    let branch = json!({ "id": "a", "action": "branch", "condition": "customer.tier == 'gold' && whose.x == 1", "transitions": [
        { "on": "yes", "to": "end" }, { "on": "no", "to": "end" }, { "on": "opened", "to": "end" }] });
    assert_eq!(
        problems(&plan(json!([branch, end]))),
        ["nodes[0].condition unknown_name", "nodes[0].transitions[2].on contradiction"]
    );
    let quiet = json!({ "version": "1.0", "timezone": "UTC", "startNodeId": "end", "nodes": [end],
        "quietHours": { "start": "08:00", "end": "08:00" } });
    assert_eq!(problems(&quiet), ["quietHours.end contradiction"]);
}

#[test]
fn messages_are_written_here_or_are_an_offer() {
    let send = |fields: Value| {
        let mut node = json!({ "id": "a", "action": "send" });
        node.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        plan(json!([node]))
    };
    for right in [
        json!({ "subject": "Hi", "body": "Hi" }),
        json!({ "channel": "sms", "body": "Hi" }),
        json!({ "offer": "0198b2f4-6c1e-7d3a-9b52-3f1c2a7e9d10" }),
        json!({ "channel": "push", "body": "Hi", "subject": "Title" }),
    ] {
        assert_eq!(problems(&send(right)), [""; 0]);
    }
    assert_eq!(
        problems(&send(json!({ "channel": "sms", "subject": "Hi", "body": "Hi" }))),
        ["nodes[0].subject contradiction"]
    );
    assert_eq!(
        problems(&send(json!({ "offer": "0198b2f4-6c1e-7d3a-9b52-3f1c2a7e9d10", "body": "Hi" }))),
        ["nodes[0].body contradiction"]
    );
    assert_eq!(problems(&send(json!({ "body": "Hi" }))), ["nodes[0].subject required"]);
    assert_eq!(
        problems(&send(json!({ "offer": "7" }))),
        ["nodes[0].offer bad_id", "nodes[0].subject required", "nodes[0].body required"]
    );
}
