//! One message from a content and a profile.

use std::sync::Arc;

use muster_channels::OutboundMessage;
use muster_db::deliveries::AttributeRow;
use muster_db::profiles::ProfileRow;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::money::from_e4;
use muster_domain::reference::MessageReference;
use muster_domain::template::{FieldValue, RecipientValues, RenderError};
use muster_domain::tracking::TrackingToken;
use muster_domain::tracking::token::MessageRef;

use super::decide::address;
use super::plan::{Content, RunPlan, TRACK_LINK, TRACK_OPEN, track_link};
use crate::registry::ActiveSender;

/// A message that is ready to leave, and what it was rendered with.
pub struct Built {
    pub message: OutboundMessage,
    pub values: RecipientValues,
}

/// The values of one recipient: those that were fixed when the message was queued, or those of the profile now.
pub fn values(
    plan: &RunPlan,
    content: &Content,
    p: &ProfileRow,
    attributes: &[AttributeRow],
    code: Option<&str>,
    is_own_code: bool,
) -> RecipientValues {
    let fixed = p.snapshot.as_deref().and_then(|text| serde_json::from_str::<RecipientValues>(text).ok());
    let mut values = fixed.unwrap_or_else(|| profile_values(&content.fields, p, attributes));
    let message = message_ref(plan, p.seq);
    if let (Some(base), Some(key)) = (&plan.base_url, &plan.token_key) {
        let sign = |token: &TrackingToken| key.sign(token);
        values.set_message(
            "unsubscribe_url",
            FieldValue::Text(format!("{base}/u/{}", sign(&TrackingToken::Unsubscribe(message)))),
        );
        if content.mentions("preferences_url") {
            values.set_message(
                "preferences_url",
                FieldValue::Text(format!("{base}/p/{}", sign(&TrackingToken::Preferences(message)))),
            );
        }
        if plan.tracks_opens {
            values.set_message(
                TRACK_OPEN,
                FieldValue::Text(format!("{base}/t/o/{}.gif", sign(&TrackingToken::Open(message)))),
            );
        }
        for (position, link) in content.links.iter().enumerate() {
            values.set_message(
                track_link(position),
                FieldValue::Text(format!("{base}/t/c/{}", sign(&TrackingToken::Click { message, link: *link }))),
            );
        }
    } else if let Some(address) = plan.reply_to.as_ref().or(plan.from_email.as_ref()) {
        values.set_message("unsubscribe_url", FieldValue::Text(format!("mailto:{address}?subject=unsubscribe")));
    }
    if let Some(code) = code {
        values.set_message("redemption_code", code);
        // A code of one's own is stronger than the creative's `code`; a shared one is not.
        if is_own_code {
            values.set_message("code", code);
        }
    }
    values
}

/// The profile as template values; only the fields in `wanted`.
pub fn profile_values(wanted: &[&'static str], p: &ProfileRow, attributes: &[AttributeRow]) -> RecipientValues {
    let mut values = RecipientValues::new();
    let text = |v: &Option<String>| v.as_deref().map(FieldValue::from);
    let day = |v: Option<Millis>| v.and_then(FieldValue::day_of);
    for name in wanted {
        let value = match *name {
            "external_id" => text(&p.external_id),
            "first_name" => Some(FieldValue::from(p.first_name.as_str())),
            "last_name" => Some(FieldValue::from(p.last_name.as_str())),
            "email" => text(&p.email),
            "phone" => text(&p.phone),
            "city" | "location" => text(&p.city),
            "tier" => text(&p.tier),
            "client_type" => text(&p.client_type),
            "preferred_language" => text(&p.preferred_language),
            "preferred_channel" => text(&p.preferred_channel),
            "preferred_product" => text(&p.preferred_product),
            "timezone" => text(&p.timezone),
            "account_balance" => Some(FieldValue::Money(from_e4(p.account_balance_e4))),
            "currency" => text(&p.currency),
            "registration_date" => day(p.registration_date),
            "first_purchase_date" => day(p.first_purchase_date),
            "last_purchase" => day(p.last_purchase_date),
            "last_order_at" => day(p.last_order_at),
            _ => None,
        };
        if let Some(value) = value {
            values.set(if *name == "last_purchase" { "last_purchase_date" } else { name }, value);
        }
    }
    for a in attributes {
        if let Some(value) = attribute_value(a) {
            values.set_attribute(a.name.clone(), value);
        }
    }
    values
}

fn attribute_value(a: &AttributeRow) -> Option<FieldValue> {
    match a.value_type.as_str() {
        "text" => a.text_value.as_deref().map(FieldValue::from),
        "bool" => a.int_value.map(|v| FieldValue::Bool(v != 0)),
        "date" => a.int_value.and_then(FieldValue::day_of),
        "number" if a.int_value.is_some_and(|v| v % 10_000 == 0) => {
            a.int_value.map(|v| FieldValue::Integer(v / 10_000))
        }
        _ => a.int_value.map(|v| FieldValue::Decimal(from_e4(v))),
    }
}

fn message_ref(plan: &RunPlan, seq: i64) -> MessageRef {
    MessageRef { workspace: plan.ws, run_id: plan.facts.run_id, seq }
}

/// Renders and addresses one message.
///
/// # Errors
/// What the template could not do with this recipient's values: the message fails for good.
pub fn build(
    plan: &RunPlan,
    content: &Content,
    p: &ProfileRow,
    values: RecipientValues,
    via: &ActiveSender,
    now: Millis,
) -> Result<Built, RenderError> {
    let values = Arc::new(values);
    let rendered = content.compiled.render(&values)?;
    let channel = content.row.channel;
    let to = address(p, channel).unwrap_or_default();
    let mut message = OutboundMessage::new(
        channel,
        MessageReference { run_id: plan.facts.run_id, seq: p.seq, customer_id: p.customer_id }.to_string(),
        to,
        rendered.text.unwrap_or_default(),
    );
    message.date_ms = now;
    let from = plan.from_email.as_deref().filter(|_| channel == Channel::Email).unwrap_or(&via.from);
    message.from = from.to_owned();
    message.from_name = plan.from_name.clone().or_else(|| via.from_name.clone());
    let host = from.rsplit_once('@').map_or("muster.invalid", |(_, host)| host);
    // Deterministic: a message sent again after a crash is recognisably the same (RFC 5322 §3.6.4).
    message.message_id = format!("{}.{}.{}@{host}", plan.facts.campaign_id.simple(), plan.facts.run_id, p.seq);
    match channel {
        Channel::Sms | Channel::Whatsapp => {
            message.sms_route = content.row.sms_route.clone();
            message.sender_id = Some(content.row.title.clone()).filter(|t| !t.is_empty() && channel == Channel::Sms);
        }
        Channel::Push => message.subject = rendered.subject,
        Channel::Email => {
            let name = [p.first_name.as_str(), p.last_name.as_str()].join(" ");
            message.to_name = Some(name.trim().to_owned()).filter(|n| !n.is_empty());
            message.subject = rendered.subject;
            message.html = rendered.html;
            message.reply_to = plan.reply_to.clone();
            message.headers = unsubscribe_headers(plan, &values);
            message.bounce_token = plan.token_key.as_ref().map(|key| key.bounce_token(&message_ref(plan, p.seq)));
            if let (true, Some(html)) = (message.text.is_empty(), &message.html) {
                message.text = muster_domain::template::html_to_text(&html.to_string());
            }
        }
    }
    let mut values = Arc::try_unwrap(values).unwrap_or_else(|shared| (*shared).clone());
    // Tracked addresses are signed anew whenever they are wanted; a million of them are not kept.
    values.keep_of_message(|name| name != TRACK_OPEN && !name.starts_with(TRACK_LINK));
    Ok(Built { message, values })
}

/// `List-Unsubscribe` with one click where Muster can be reached (RFC 8058 §3.1), by mail otherwise (RFC 2369 §3.2).
fn unsubscribe_headers(plan: &RunPlan, values: &RecipientValues) -> Vec<(String, String)> {
    let mail = plan.reply_to.as_ref().or(plan.from_email.as_ref()).map(|a| format!("<mailto:{a}?subject=unsubscribe>"));
    match (&plan.base_url, mail) {
        (Some(_), mail) => {
            let url = match values.get("unsubscribe_url") {
                Some(FieldValue::Text(url)) => format!("<{url}>"),
                _ => return Vec::new(),
            };
            let list = mail.map_or_else(|| url.clone(), |m| format!("{url}, {m}"));
            vec![
                ("List-Unsubscribe".to_owned(), list),
                ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
            ]
        }
        (None, Some(mail)) => vec![("List-Unsubscribe".to_owned(), mail)],
        (None, None) => Vec::new(),
    }
}

/// Every value of a profile that a template could name: for messages whose values are fixed when they are queued.
pub fn profile_of(p: &ProfileRow, attributes: &[AttributeRow]) -> RecipientValues {
    profile_values(super::plan::FIELDS, p, attributes)
}
