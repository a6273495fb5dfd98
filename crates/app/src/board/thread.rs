//! What was said around a card, in the order in which it was said.

use muster_db::{Tx, card_entries, cards, reactions, recipients, responses, sent_messages};
use muster_domain::clock::Millis;
use muster_domain::recipient::RecipientStatus;
use muster_domain::template::html_to_text;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{AppResult, Ctx};

muster_domain::text_enum! {
    /// What a part of a thread is.
    pub enum ThreadKind {
        /// What the campaign sent.
        Message = "message",
        /// What the customer wrote.
        Reply = "reply",
        /// What somebody of the team answered.
        Answer = "answer",
        /// What the team wrote for itself.
        Note = "note",
        /// What was done to the card.
        History = "history",
    }
}

/// One part of a thread.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThreadItem {
    pub kind: ThreadKind,
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub at: Millis,
    pub author_id: Option<Uuid>,
    pub author_name: Option<String>,
    pub channel: Option<String>,
    pub subject: Option<String>,
    pub body: String,
    /// How far a message or an answer got.
    pub status: Option<String>,
    /// What happened, for `history`: `{action, from, to, …}`; for a reply its class and id.
    pub data: Option<Value>,
}

/// The thread of a card, oldest first.
pub(super) async fn thread(tx: &mut Tx, ctx: &Ctx, card: &cards::CardRow) -> AppResult<Vec<ThreadItem>> {
    let mut items = Vec::new();
    let replies = match (card.contact_id, card.campaign_response_id) {
        (Some(contact), _) => responses::of_customer(tx, ctx.ws, contact, card.campaign_id).await?,
        (None, Some(id)) => responses::get(tx, ctx.ws, id).await?.into_iter().collect(),
        (None, None) => Vec::new(),
    };
    let answered = replies.iter().find_map(|r| r.run_id.zip(r.seq));
    if let Some((run_id, seq)) = answered {
        items.extend(message(tx, ctx, run_id, seq).await?);
    }
    items.extend(replies.into_iter().map(reply));
    items.extend(card_entries::of_card(tx, ctx.ws, card.id).await?.into_iter().rev().map(entry));
    let answers = muster_db::direct_messages::of_card(tx, ctx.ws, card.id).await?;
    for item in items.iter_mut().filter(|i| i.kind == ThreadKind::Answer) {
        let id = item.data.as_ref().and_then(|d| d.get("messageId")).and_then(Value::as_i64);
        if let Some(sent) = answers.iter().find(|a| Some(a.id) == id) {
            item.status = Some(sent.status.clone());
            item.channel = Some(sent.channel.clone());
            if let (Some(error), Some(Value::Object(data))) = (&sent.last_error, &mut item.data) {
                data.insert(String::from("error"), Value::String(error.clone()));
            }
        }
    }
    items.sort_by_key(|i| i.at);
    Ok(items)
}

fn reply(row: responses::ResponseRow) -> ThreadItem {
    ThreadItem {
        kind: ThreadKind::Reply,
        at: row.received_at,
        author_id: None,
        author_name: None,
        channel: Some(row.channel),
        subject: Some(row.subject).filter(|s| !s.is_empty()),
        body: row.body,
        status: None,
        data: Some(serde_json::json!({
            "responseId": row.id,
            "disposition": row.disposition,
            "predictedDisposition": row.predicted_disposition,
            "sentiment": row.sentiment,
            "confidence": row.confidence as f64 / 100.0,
            "summary": row.summary,
        })),
    }
}

fn entry(row: card_entries::CardEntryRow) -> ThreadItem {
    ThreadItem {
        kind: row.kind.parse().unwrap_or(ThreadKind::History),
        at: row.at,
        author_id: row.author_id,
        author_name: Some(row.author_name),
        channel: None,
        subject: None,
        body: row.body,
        status: None,
        data: row.data.map(|d| d.0),
    }
}

/// What the campaign sent, as it was rendered.
async fn message(tx: &mut Tx, ctx: &Ctx, run_id: i64, seq: i64) -> AppResult<Option<ThreadItem>> {
    let Some(sent) = sent_messages::get(tx, ctx.ws, run_id, seq).await? else { return Ok(None) };
    let Some(row) = reactions::recipient(tx, ctx.ws, run_id, seq).await? else { return Ok(None) };
    let Some(content) = recipients::content(tx, ctx.ws, run_id, seq).await? else { return Ok(None) };
    let shown = crate::runs::as_sent(&content);
    let body = shown.text.or_else(|| shown.html.map(|html| html_to_text(&html.to_string()))).unwrap_or_default();
    Ok(Some(ThreadItem {
        kind: ThreadKind::Message,
        at: sent.sent_at.unwrap_or_default(),
        author_id: None,
        author_name: Some(sent.campaign_name),
        channel: Some(sent.channel),
        subject: shown.subject.filter(|s| !s.is_empty()),
        body,
        status: Some(RecipientStatus::from_code(row.status).as_str().to_owned()),
        data: None,
    }))
}
