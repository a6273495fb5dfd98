//! Where contacts go, and when.

use proptest::prelude::*;
use serde_json::json;

use super::read::as_it_is;
use super::*;
use crate::clock::Millis;
use crate::time::{DAY, HOUR, MINUTE, parse_moment, rfc3339};

fn plan(value: &serde_json::Value) -> Plan {
    let reading = read(value).unwrap();
    assert_eq!(reading.problems, []);
    reading.plan.unwrap()
}

fn example() -> Plan {
    plan(&serde_json::from_str(EXAMPLE).unwrap())
}

fn at(text: &str) -> Millis {
    parse_moment(text).unwrap()
}

fn contact(node: &str, entered_at: Millis) -> Contact<'_> {
    Contact { node, entered_at, is_acted: false, message: None }
}

fn sent<'c>(node: &'c str, sent_at: Millis, facts: Facts) -> Contact<'c> {
    let message = Some(Message { sent_at: Some(sent_at), facts });
    Contact { node, entered_at: sent_at, is_acted: true, message }
}

fn to(reaction: &Reaction<'_>) -> String {
    match reaction {
        Reaction::Moves(transition) => transition.to.clone(),
        Reaction::Ends(ending) => format!("ends {ending}"),
        Reaction::Stays => String::from("stays"),
    }
}

fn due(arrival: Arrival<'_>) -> Millis {
    match arrival {
        Arrival::Waits { due: Some(due), .. } => due,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_introduction_is_bumped_72_hours_after_it_was_really_sent() {
    let plan = example();
    assert_eq!(plan.start_node_id, "email_intro");
    // 22:10 in Los Angeles on 12 January: the morning after.
    let enrolled = at("2026-01-13T06:10:00Z");
    let first = due(plan.arrive(&contact("email_intro", enrolled), enrolled));
    assert_eq!(rfc3339(first), "2026-01-13T15:30:00Z");

    // Limits held it back for a while.
    let sent_at = at("2026-01-13T16:04:00Z");
    let intro = sent("email_intro", sent_at, Facts::default());
    assert_eq!(to(&plan.react(&intro, &Event::Done, sent_at)), "stays");
    let timeouts = plan.timeouts("email_intro", sent_at);
    assert_eq!(timeouts, [Timeout { event: Event::NoOpen, due: sent_at + 72 * HOUR }]);

    let over = timeouts[0].due;
    assert_eq!(to(&plan.react(&intro, &Event::NoOpen, over - 1)), "stays");
    assert_eq!(to(&plan.react(&intro, &Event::NoOpen, over)), "email_bump_1");
    assert_eq!(to(&plan.react(&intro, &Event::Opened, over)), "wait_click");
    assert_eq!(to(&plan.react(&intro, &Event::Clicked, over)), "email_bump_1", "nobody has opened it in time");

    // 08:04 in the morning is no quiet hour; a timeout at night waits for its end.
    assert_eq!(due(plan.arrive(&contact("email_bump_1", over), over)), over);
    let night = at("2026-01-17T05:00:00Z");
    assert_eq!(rfc3339(due(plan.arrive(&contact("email_bump_1", night), night))), "2026-01-17T15:30:00Z");

    let opened = Facts { opened: Some(sent_at + HOUR), ..Facts::default() };
    assert_eq!(to(&plan.react(&sent("email_intro", sent_at, opened), &Event::NoOpen, over)), "wait_click");
    let wait = contact("wait_click", sent_at + HOUR);
    let wait = Contact { message: Some(Message { sent_at: Some(sent_at), facts: opened }), ..wait };
    let waits =
        Arrival::Waits { due: None, timeouts: vec![Timeout { event: Event::NoClick, due: sent_at + 120 * HOUR }] };
    assert_eq!(plan.arrive(&wait, sent_at + HOUR), waits);
    assert_eq!(to(&plan.react(&wait, &Event::Clicked, sent_at + 2 * HOUR)), "interested");
    let stop = contact("interested", over);
    assert_eq!(plan.arrive(&stop, over), Arrival::Ends(Ending::Stopped));
    assert_eq!(to(&plan.react(&stop, &Event::Clicked, over)), "stays");
}

#[test]
fn what_has_happened_already_counts_when_the_contact_comes() {
    let plan = example();
    let facts = Facts { opened: Some(50), clicked: Some(60), ..Facts::default() };
    let wait = Contact { message: Some(Message { sent_at: Some(10), facts }), ..contact("wait_click", 70) };
    assert!(matches!(plan.arrive(&wait, 70), Arrival::Moves(transition) if transition.to == "interested"));
    // It was long ago that it was sent: the timeout is over as well.
    let late = Contact { message: Some(Message { sent_at: Some(10), facts: Facts::default() }), ..wait };
    assert!(matches!(plan.arrive(&late, 10 + 120 * HOUR), Arrival::Moves(t) if t.on == Event::NoClick));
}

#[test]
fn what_happened_to_an_earlier_message_does_not_answer_the_next() {
    let plan = example();
    let facts = Facts { clicked: Some(60), replied: Some(61), ..Facts::default() };
    let bump = Contact { message: Some(Message { sent_at: Some(10), facts }), ..contact("email_bump_1", 70) };
    assert!(matches!(plan.arrive(&bump, 70), Arrival::Waits { .. }));
    assert_eq!(to(&plan.react(&bump, &Event::Clicked, 80)), "stays", "its own message has not been handed over");
    let own = Contact { is_acted: true, message: Some(Message::default()), ..bump };
    assert_eq!(to(&plan.react(&own, &Event::Clicked, 80)), "interested");
}

#[test]
fn a_message_that_will_not_leave_ends_the_way_unless_the_plan_knows_another() {
    let plan = example();
    let unsent = Contact { is_acted: true, message: Some(Message::default()), ..contact("email_intro", 0) };
    assert_eq!(to(&plan.react(&unsent, &Event::NotSent, 5)), "ends exited");
    let other = self::plan(&json!({ "version": "1.0", "timezone": "UTC", "startNodeId": "a", "nodes": [
        { "id": "a", "action": "send", "channel": "sms", "body": "Hi", "transitions": [
            { "on": "not_sent", "to": "mail" }, { "on": "order.paid", "to": "thanks", "within": "P1D" }] },
        { "id": "mail", "action": "send", "subject": "Hi", "body": "Hi" },
        { "id": "thanks", "action": "wait", "schedule": { "delay": "P1D" }, "transitions": [] }] }));
    assert_eq!(to(&other.react(&unsent_at("a"), &Event::NotSent, 5)), "mail");
    let paid = Event::of("order.paid");
    assert_eq!(to(&other.react(&contact("a", 0), &paid, DAY)), "thanks", "before anything was sent, too");
    assert_eq!(to(&other.react(&contact("a", 0), &paid, DAY + 1)), "stays");
    assert_eq!(to(&other.react(&sent("a", DAY, Facts::default()), &paid, 2 * DAY)), "thanks");
    // A node that leads nowhere ends the way once it is carried out.
    assert_eq!(to(&other.react(&sent("mail", 5, Facts::default()), &Event::Done, 5)), "ends completed");
    assert_eq!(due(other.arrive(&contact("thanks", 5), 5)), 5 + DAY);
    assert_eq!(to(&other.react(&contact("thanks", 5), &Event::Done, 5 + DAY)), "ends completed");
    assert_eq!(to(&other.react(&contact("gone", 5), &Event::Done, 5)), "stays");
}

fn unsent_at(node: &str) -> Contact<'_> {
    Contact { is_acted: true, message: Some(Message::default()), ..contact(node, 0) }
}

#[test]
fn what_came_too_late_is_still_not_in_time_when_it_is_looked_at_later() {
    let plan = example();
    let late = Facts { opened: Some(73 * HOUR), ..Facts::default() };
    let reaction = plan.react(&sent("email_intro", 0, late), &Event::NoOpen, 80 * HOUR);
    assert_eq!(to(&reaction), "email_bump_1", "nobody stays where both were missed");
}

#[test]
fn a_branch_asks_and_what_is_done_leads_on() {
    let plan = plan(&json!({ "version": "1.0", "timezone": "UTC", "startNodeId": "vip", "nodes": [
        { "id": "vip", "action": "branch", "condition": "customer.tier == 'gold'", "transitions": [
            { "on": "yes", "to": "card" }, { "on": "no", "to": "mark" }] },
        { "id": "card", "action": "create_card", "title": "Call", "transitions": [{ "on": "done", "to": "end" }] },
        { "id": "mark", "action": "update_customer", "attributes": { "asked": true }, "transitions": [
            { "on": "done", "to": "end" }] },
        { "id": "end", "action": "stop" }] }));
    assert_eq!(due(plan.arrive(&contact("vip", 7), 7)), 7);
    assert_eq!(to(&plan.react(&contact("vip", 7), &Event::Yes, 7)), "card");
    assert_eq!(to(&plan.react(&contact("vip", 7), &Event::No, 7)), "mark");
    assert_eq!(to(&plan.react(&contact("card", 7), &Event::Done, 7)), "end");
}

fn at_nine(zone: &str, time: &str, quiet: Option<[&str; 2]>) -> Plan {
    plan(&json!({ "version": "1.0", "timezone": zone, "startNodeId": "a",
        "quietHours": quiet.map(|[start, end]| json!({ "start": start, "end": end })),
        "nodes": [{ "id": "a", "action": "wait", "schedule": { "delay": "PT1M", "at": time } }] }))
}

#[test]
fn a_time_of_the_wall_clock_keeps_when_the_clock_is_changed() {
    let due = |plan: &Plan, now: &str| rfc3339(due(plan.arrive(&contact("a", at(now)), at(now))));
    let nine = at_nine("Europe/Berlin", "09:00", None);
    // Forward on 29 March 2026, back on 25 October.
    for (now, then) in [
        ("2026-03-28T07:59:00Z", "2026-03-28T08:00:00Z"),
        ("2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"),
        ("2026-10-24T07:30:00Z", "2026-10-25T08:00:00Z"),
    ] {
        assert_eq!(due(&nine, now), then);
    }
    let half_past_two = at_nine("Europe/Berlin", "02:30", None);
    assert_eq!(due(&half_past_two, "2026-03-28T22:00:00Z"), "2026-03-29T01:00:00Z", "the first moment after the gap");
    assert_eq!(due(&half_past_two, "2026-10-24T22:00:00Z"), "2026-10-25T00:30:00Z", "the first of two");
    // Quiet until 02:30, which the clock skips.
    let quiet = at_nine("Europe/Berlin", "01:00", Some(["21:00", "02:30"]));
    assert_eq!(due(&quiet, "2026-03-28T22:00:00Z"), "2026-03-29T01:30:00Z");
    assert_eq!(due(&quiet, "2026-10-24T22:00:00Z"), "2026-10-25T00:30:00Z");
}

const IDS: [&str; 5] = ["n0", "n1", "n2", "n3", "end"];

prop_compose! {
    fn any_transition()(on in 0..15usize, to in 0..IDS.len(), within in prop::option::of(1..200i64), after in 1..200i64)
        -> serde_json::Value
    {
        let event = Event::NAMED.get(on).map_or("own.event", |event| event.as_str());
        let mut transition = json!({ "on": event, "to": IDS[to] });
        if event.starts_with("no_") {
            transition["after"] = json!(format!("PT{after}H"));
        } else if let Some(within) = within
            && !["done", "not_sent", "yes", "no"].contains(&event)
        {
            transition["within"] = json!(format!("PT{within}H"));
        }
        transition
    }
}

prop_compose! {
    /// Any plan whose form is right; most have problems.
    pub(super) fn any_plan()(
        nodes in prop::collection::vec((0..6usize, prop::collection::vec(any_transition(), 0..4), 0..100i64,
            prop::option::of((0..24u8, 0..60u8))), 4),
        zone in prop::sample::select(vec!["UTC", "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe"]),
        quiet in prop::option::of((0..24u8, 0..24u8)),
    ) -> serde_json::Value {
        let nodes = nodes.into_iter().enumerate().map(|(n, (kind, transitions, delay, time))| {
            let mut node = match kind {
                0 | 1 => json!({ "action": "send", "subject": "Hi", "body": "Hi {{ name }}" }),
                2 => json!({ "action": "wait" }),
                3 => json!({ "action": "branch", "condition": "opened || customer.tier == 'gold'" }),
                4 => json!({ "action": "create_card", "title": "Call" }),
                _ => json!({ "action": "update_customer", "attributes": { "a": 1, "b": "c", "d": true } }),
            };
            node["id"] = json!(IDS[n]);
            node["transitions"] = json!(transitions);
            node["schedule"] = json!({ "delay": format!("PT{delay}M"), "at": time.map(|(h, m)| format!("{h:02}:{m:02}")) });
            node
        });
        let nodes: Vec<_> = nodes.chain([json!({ "id": "end", "action": "stop" })]).collect();
        let quiet = quiet.map(|(start, end)| json!({ "start": format!("{start:02}:00"), "end": format!("{end:02}:30") }));
        json!({ "version": "1.0", "timezone": zone, "quietHours": quiet, "startNodeId": "n0", "nodes": nodes })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nobody_leaves_the_graph_and_nothing_is_due_in_quiet_hours(
        value in any_plan(),
        events in prop::collection::vec((0..15usize, 0..4_000i64), 1..40),
    ) {
        let plan = as_it_is(&value);
        let mut now = at("2026-03-06T00:00:00Z");
        let mut node = plan.start_node_id.clone();
        let mut entered_at = now;
        let mut message: Option<Message> = None;
        let mut is_acted = false;
        for (event, minutes) in events {
            let here = Contact { node: &node, entered_at, is_acted, message };
            let moved = match plan.arrive(&here, now) {
                _ if is_acted => None,
                Arrival::Ends(_) => break,
                Arrival::Moves(transition) => Some(transition),
                Arrival::Waits { due, timeouts } => {
                    if let Some(due) = due {
                        prop_assert!(due >= now);
                        prop_assert_eq!(plan.outside_quiet_hours(due), due);
                        if plan.node(&node).unwrap().action.kind() == ActionKind::Send {
                            message = Some(Message { sent_at: Some(due), facts: Facts::default() });
                            is_acted = true;
                            now = due;
                        }
                    }
                    prop_assert!(timeouts.iter().all(|timeout| timeout.event.is_timeout()));
                    None
                }
            };
            now += minutes * MINUTE;
            let event = Event::NAMED.get(event).cloned().unwrap_or_else(|| Event::of("own.event"));
            let here = Contact { node: &node, entered_at, is_acted, message };
            let moved = moved.or_else(|| match plan.react(&here, &event, now) {
                Reaction::Moves(transition) => Some(transition),
                _ => None,
            });
            if let Some(transition) = moved {
                prop_assert!(plan.node(&node).unwrap().transitions.contains(transition), "one of the node's own");
                if plan.node(&transition.to).is_none() {
                    break;
                }
                node = transition.to.clone();
                (entered_at, is_acted) = (now, false);
            }
        }
        prop_assert!(plan.node(&node).is_some());
    }

    #[test]
    fn what_is_written_reads_back_as_the_same(value in any_plan()) {
        let plan = as_it_is(&value);
        prop_assert_eq!(as_it_is(&plan.write()), plan);
    }
}
