//! Reads a plan field by field, so that everything wrong with it is named at once, each with its path (PLN-2).

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::checks;
use super::event::Event;
use super::model::*;
use super::span::Span;
use super::timing::wall_time;
use super::*;
use crate::channel::Channel;
use crate::job::action::check_url;
use crate::job::condition::Condition;
use crate::job::fields::{Fields, Found, is_code, is_name};
use crate::job::limits::{MAX_CODE, MAX_CONDITION, MAX_DESCRIPTION, MAX_LINE, MAX_NAME};
use crate::problem::Problem;
use crate::template::suggest::nearest;
use crate::zone;

/// What is wrong with the form of a plan, and not with what it says: such a plan is not kept.
const FORM: [&str; 3] = ["wrong_type", "too_long", "too_many"];

/// A plan that can be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// There exactly when there are no problems: what can be started.
    pub plan: Option<Plan>,
    /// Why it cannot be started.
    pub problems: Vec<Problem>,
}

/// Reads a plan.
///
/// # Errors
/// When its form is not that of a plan, with everything that is wrong with it.
pub fn read(value: &Value) -> Result<Reading, Vec<Problem>> {
    let found = Found::default();
    let plan = read_plan(value, &found);
    let problems = found.into_problems();
    if plan.is_none() || problems.iter().any(|problem| FORM.contains(&problem.code.as_str())) {
        return Err(problems);
    }
    Ok(Reading { plan: plan.filter(|_| problems.is_empty()), problems })
}

fn read_plan(value: &Value, found: &Found) -> Option<Plan> {
    let mut fields = Fields::of(value, "", found)?;
    let version = fields.required_text("version", MAX_CODE, "Write \"version\": \"1.0\".").unwrap_or_default();
    if !version.is_empty() && version != VERSION {
        fields.refuse::<()>("version", "unknown_version", "The version of plans is 1.0.");
    }
    let what = "Write whose clock counts: Africa/Nairobi.";
    let timezone = fields.required_text("timezone", MAX_NAME, what).unwrap_or_default();
    if !timezone.is_empty() && !zone::is_known(&timezone) {
        let message = format!("“{timezone}” is not a timezone: write one like Africa/Nairobi.");
        fields.refuse::<()>("timezone", "unknown_timezone", message);
    }
    let quiet_hours = quiet_hours(&mut fields);
    let what = "Name the node that everybody comes to first.";
    let start_node_id = fields.required_text("startNodeId", MAX_CODE, what).unwrap_or_default();
    let before = found.len();
    let list = fields.list("nodes", MAX_NODES).into_iter().flatten().enumerate();
    let drafts: Vec<Draft> = list.filter_map(|(at, value)| node(value, &format!("nodes[{at}]"), found)).collect();
    if drafts.is_empty() && found.len() == before {
        fields.refuse::<()>("nodes", "required", "Write at least one node.");
    }
    fields.finish();
    checks::graph(&start_node_id, &drafts, found);
    let nodes: Vec<Node> = drafts.into_iter().filter_map(Draft::into_node).collect();
    let plan = Plan { version, timezone, quiet_hours, start_node_id, nodes };
    if found.len() == 0 {
        checks::time(&plan, found);
    }
    Some(plan)
}

/// A node as far as it could be read: what is wrong inside does not hide its place in the graph.
pub(super) struct Draft {
    pub path: String,
    pub id: String,
    /// The word, where it is one of ours.
    pub kind: Option<ActionKind>,
    pub transitions: Vec<Transition>,
    action: Option<Action>,
    schedule: Schedule,
}

impl Draft {
    fn into_node(self) -> Option<Node> {
        Some(Node { id: self.id, action: self.action?, schedule: self.schedule, transitions: self.transitions })
    }
}

fn quiet_hours(fields: &mut Fields<'_>) -> Option<PlanQuietHours> {
    let value = fields.value("quietHours")?;
    let mut quiet = Fields::of(value, fields.at("quietHours"), fields.found)?;
    let [start, end] = [("start", "21:00"), ("end", "07:30")].map(|(name, example)| {
        let time = quiet.required_text(name, MAX_CODE, &format!("Write a time like {example}.")).unwrap_or_default();
        if !time.is_empty() {
            check_time(&quiet, name, &time);
        }
        time
    });
    if !start.is_empty() && start == end {
        quiet.refuse::<()>(
            "end",
            "contradiction",
            "Hours that end when they begin are quiet for ever: nothing is ever due.",
        );
    }
    quiet.finish();
    Some(PlanQuietHours { start, end })
}

fn check_time(fields: &Fields<'_>, name: &str, time: &str) {
    if wall_time(time).is_none() {
        fields.refuse::<()>(name, "bad_time", format!("“{time}” is not a time: write one from 00:00 to 23:59."));
    }
}

/// Text that says something when it is there, be it empty.
fn exact(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    let value = fields.value(name)?;
    value.as_str().map(str::to_owned).or_else(|| fields.refuse(name, "wrong_type", "Write a text in quotes."))
}

fn span(fields: &mut Fields<'_>, name: &'static str) -> Option<Span> {
    let text = exact(fields, name)?;
    match text.parse::<Span>() {
        Ok(span) => Some(span),
        Err(bad) => fields.refuse(name, "bad_duration", format!("“{text}” is not a duration. {bad}")),
    }
}

fn node(value: &Value, path: &str, found: &Found) -> Option<Draft> {
    let mut fields = Fields::of(value, path, found)?;
    let id = fields.required_text("id", MAX_CODE, "Give the node an id.").unwrap_or_default();
    if !id.is_empty() && !is_code(&id) {
        fields.refuse::<()>("id", "bad_code", "An id is letters, digits, - and _.");
    }
    let before = found.len();
    let kind = fields.word::<ActionKind>("action");
    if kind.is_none() && found.len() == before {
        fields.refuse::<()>("action", "required", "Write what is done here: send, wait, stop …");
    }
    let schedule = schedule(&mut fields);
    let mut transitions = Vec::new();
    for (at, value) in fields.list("transitions", MAX_TRANSITIONS).into_iter().flatten().enumerate() {
        transitions.extend(transition(value, &format!("{path}.transitions[{at}]"), found));
    }
    let action = kind.and_then(|kind| action(kind, &mut fields));
    // Which fields there are is the action's to say.
    if kind.is_some() {
        fields.finish();
    }
    Some(Draft { path: path.to_owned(), id, kind, transitions, action, schedule })
}

fn schedule(fields: &mut Fields<'_>) -> Schedule {
    let Some(value) = fields.value("schedule") else { return Schedule::default() };
    let Some(mut inner) = Fields::of(value, fields.at("schedule"), fields.found) else { return Schedule::default() };
    let delay = span(&mut inner, "delay").filter(|delay| *delay != Span::ZERO);
    let at = exact(&mut inner, "at");
    if let Some(at) = &at {
        check_time(&inner, "at", at);
    }
    inner.finish();
    Schedule { delay, at }
}

fn transition(value: &Value, path: &str, found: &Found) -> Option<Transition> {
    let mut fields = Fields::of(value, path, found)?;
    let on = fields.required_text("on", MAX_CODE, "Write the event: opened, no_open, done …").unwrap_or_default();
    let to = fields.required_text("to", MAX_CODE, "Write the id of the node that comes next.").unwrap_or_default();
    let (within, after) = (span(&mut fields, "within"), span(&mut fields, "after"));
    let event = Event::of(&on);
    if let Event::Custom(name) = &event
        && !name.is_empty()
    {
        check_custom(name, &fields);
    }
    let is_given = |name: &str| !value[name].is_null();
    if event.is_timeout() && !is_given("after") {
        fields.refuse::<()>("after", "required", format!("Write how long after the message {on} is: PT72H."));
    } else if !event.is_timeout() && is_given("after") {
        let message = format!("{on} is not a timeout: leave after out, or write within.");
        fields.refuse::<()>("after", "contradiction", message);
    }
    let may_be_late = event.is_of_message() || matches!(event, Event::Custom(_));
    if is_given("within") && !may_be_late {
        fields.refuse::<()>("within", "contradiction", format!("within means nothing for {on}: leave it out."));
    }
    for (name, span) in [("within", within), ("after", after)] {
        if span == Some(Span::ZERO) {
            fields.refuse::<()>(name, "out_of_range", "Write more than no time.");
        }
    }
    fields.finish();
    Some(Transition { on: event, to, within, after })
}

/// An event of one's own; a slip of the pen in one of ours would wait for ever.
fn check_custom(name: &str, fields: &Fields<'_>) {
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')) {
        fields.refuse::<()>("on", "bad_code", "An event is letters, digits, - _ . and :");
    } else if let Some(alike) = nearest(name, Event::NAMED.iter().map(Event::as_str)) {
        let message =
            format!("There is no event {name}. Did you mean {alike}? One of your own needs a name less alike.");
        fields.refuse::<()>("on", "unknown_event", message);
    }
}

fn action(kind: ActionKind, fields: &mut Fields<'_>) -> Option<Action> {
    match kind {
        ActionKind::Send => send(fields).map(Action::Send),
        ActionKind::Wait => Some(Action::Wait),
        ActionKind::Stop => Some(Action::Stop),
        ActionKind::Branch => {
            let what = "Write when the answer is yes: customer.tier == 'gold' && opened.";
            let condition = fields.required_text("condition", MAX_CONDITION, what)?;
            check_condition(&condition, fields);
            Some(Action::Branch { condition })
        }
        ActionKind::UpdateCustomer => {
            attributes(fields).map(|attributes| Action::UpdateCustomer(UpdateCustomer { attributes }))
        }
        ActionKind::CreateCard => Some(Action::CreateCard(CreateCard {
            queue: fields.text("queue", MAX_NAME),
            priority: fields.word("priority"),
            description: fields.text("description", MAX_DESCRIPTION),
            title: fields.required_text("title", MAX_NAME, "Write what is to be done.")?,
        })),
        ActionKind::Webhook => {
            let url = fields.required_text("url", MAX_LINE, "Write the address: https://…");
            let headers = fields.text_entries("headers", 50);
            if let Some(url) = &url
                && check_url(fields, url)
                && url.contains("{{")
            {
                fields.refuse::<()>("url", "bad_address", "The address of a webhook is the same for everybody.");
            }
            Some(Action::Webhook(Webhook { url: url?, headers }))
        }
    }
}

fn send(fields: &mut Fields<'_>) -> Option<Send> {
    let channel = fields.word("channel").unwrap_or(Channel::Email);
    let offer = offer(fields);
    let subject = fields.text("subject", MAX_SUBJECT);
    let body = fields.text("body", MAX_BODY);
    if let Some(offer) = offer {
        for name in [("subject", subject.is_some()), ("body", body.is_some())] {
            if name.1 {
                fields.refuse::<()>(
                    name.0,
                    "contradiction",
                    "The offer says what is said: leave this out, or leave offer out.",
                );
            }
        }
        return Some(Send { channel, content: SendContent::Offer { offer } });
    }
    match (channel, &subject) {
        (Channel::Email, None) => {
            fields.refuse::<()>("subject", "required", "Write the subject, or name an offer.");
        }
        (Channel::Sms | Channel::Whatsapp, Some(_)) => {
            fields.refuse::<()>("subject", "contradiction", format!("A message by {channel} has no subject."));
        }
        _ => {}
    }
    if body.is_none() {
        fields.refuse::<()>("body", "required", "Write what is said, or name an offer.");
    }
    Some(Send { channel, content: SendContent::Inline { subject, body: body.unwrap_or_default() } })
}

fn offer(fields: &mut Fields<'_>) -> Option<Uuid> {
    let text = exact(fields, "offer")?;
    // As it is always written: braces and other forms are the same id in other words.
    match text.parse::<Uuid>() {
        Ok(id) if id.to_string().eq_ignore_ascii_case(&text) => Some(id),
        _ => fields.refuse("offer", "bad_id", "Write the id of an offer."),
    }
}

fn check_condition(text: &str, fields: &Fields<'_>) {
    match Condition::parse(text) {
        Err(error) => drop(fields.refuse::<()>("condition", "bad_condition", format!("{error}."))),
        Ok(condition) => {
            for name in condition.names().iter().filter(|name| !CONDITION_NAMES.contains(&name.as_str())) {
                let message = format!(
                    "The condition names {name}, which is not there. It may name: {}.",
                    CONDITION_NAMES.join(", ")
                );
                fields.refuse::<()>("condition", "unknown_name", message);
            }
        }
    }
}

fn attributes(fields: &mut Fields<'_>) -> Option<BTreeMap<String, Value>> {
    let mut attributes = BTreeMap::new();
    let entries = fields.entries("attributes", 50);
    for (name, value) in entries.into_iter().flatten() {
        let path = format!("attributes.{name}");
        if !is_name(name) {
            fields.refuse::<()>(&path, "bad_code", "An attribute's name is small letters, digits and _.");
        } else if !(value.is_string() || value.is_number() || value.is_boolean()) {
            fields.refuse::<()>(&path, "wrong_type", "Write a text, a number, or true or false.");
        }
        attributes.insert(name.clone(), value.clone());
    }
    if attributes.is_empty() {
        return fields.refuse("attributes", "required", "Write what is set: { \"interest\": \"cars\" }.");
    }
    Some(attributes)
}

/// The plan as far as it can be read, whatever is wrong with it.
#[cfg(test)]
pub(super) fn as_it_is(value: &Value) -> Plan {
    read_plan(value, &Found::default()).expect("an object")
}
