//! Answers to the customer, and notes for the team.

use muster_db::{card_entries, cards, contacts, direct_messages, responses};
use muster_domain::card::{CardChange, CardStatus};
use muster_domain::channel::Channel;
use muster_domain::problem::Problem;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::change::{finish, load};
use super::read::channels;
use super::state;
use super::view::CardDetail;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

const MAX_ANSWER: usize = 20_000;

/// An answer to the customer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerRequest {
    pub body: String,
    /// `Re: …` of the reply when it is not said.
    #[serde(default)]
    pub subject: Option<String>,
    /// The channel of the reply when it is not said.
    #[serde(default)]
    pub channel: Option<Channel>,
    #[serde(default)]
    pub version: Option<i64>,
}

/// Sends an answer in the thread of the reply, and lets the card wait for the customer.
///
/// # Errors
/// 409 `no_address` when the contact cannot be reached on that channel, `opted_out` when they asked to get nothing more.
pub async fn answer(app: &App, ctx: &Ctx, id: Uuid, request: AnswerRequest) -> AppResult<CardDetail> {
    ctx.require(Operation::WorkBoard)?;
    check_body(&request.body)?;
    let now = app.now();
    let (mut tx, mut card) = load(app, ctx, id, request.version).await?;
    let contact = match card.contact_id {
        Some(id) => contacts::get(&mut tx, ctx.ws, id).await?,
        None => None,
    };
    let reply = match card.campaign_response_id {
        Some(id) => responses::get(&mut tx, ctx.ws, id).await?,
        None => None,
    };
    let (channel, recipient) = recipient(&card, contact.as_ref(), request.channel)?;
    // An answer to a person who wrote is no campaign message, but somebody who said stop is left alone.
    if let Some(contact) = &contact
        && (contact.opted_out || contacts::suppressed_channels(&mut tx, ctx.ws, contact).await?.contains(&channel))
    {
        let message =
            format!("{} asked to get nothing more by {channel}. Call instead, or use another channel.", contact.name());
        return Err(AppError::conflict("opted_out", message));
    }
    let subject = request.subject.filter(|s| !s.trim().is_empty()).unwrap_or_else(|| subject_of(&card, reply.as_ref()));
    let message = direct_messages::NewDirectMessage {
        card_id: Some(id),
        customer_id: card.contact_id,
        channel: &channel,
        recipient: &recipient,
        subject: &subject,
        text_body: request.body.trim(),
        in_reply_to: reply.as_ref().and_then(|r| r.message_id.as_deref().or(r.in_reply_to.as_deref())),
        created_by: ctx.user_id,
        now,
    };
    let message_id = direct_messages::insert(&mut tx, ctx.ws, &message).await?;
    let entry = card_entries::NewCardEntry {
        card_id: id,
        kind: "answer",
        author_id: ctx.user_id,
        author_name: &ctx.user_name,
        at: now,
        body: request.body.trim(),
        data: Some(json!({ "messageId": message_id, "to": recipient })),
    };
    card_entries::insert(&mut tx, ctx.ws, &entry).await?;
    let next = state::of(&card).apply(CardChange::Answered, now).map_err(state::refused)?;
    if card.status != next.status {
        card.position = cards::lane_end(&mut tx, ctx.ws, CardStatus::Waiting, &card.queue).await?;
    }
    state::put(&mut card, next, now);
    card.first_answer_at = card.first_answer_at.or(Some(now));
    card.assignee_id = card.assignee_id.or(ctx.user_id);
    card.draft = String::new();
    card.due_at = None;
    cards::update(&mut tx, ctx.ws, &card, now).await?;
    app.wake.notify_one();
    finish(app, ctx, tx, id, "card.answered", &card.title, now).await
}

fn subject_of(card: &cards::CardRow, reply: Option<&responses::ResponseRow>) -> String {
    let of_reply = reply.map(|r| r.subject.trim()).filter(|s| !s.is_empty());
    let subject = of_reply.or(card.campaign_name.as_deref()).unwrap_or(&card.title);
    if subject.to_lowercase().starts_with("re:") { subject.to_owned() } else { format!("Re: {subject}") }
}

/// Channel and address of an answer.
fn recipient(
    card: &cards::CardRow,
    contact: Option<&contacts::ContactRow>,
    wanted: Option<Channel>,
) -> AppResult<(String, String)> {
    let none = || AppError::conflict("no_address", "There is no address to which an answer could go.");
    let channel = match wanted {
        Some(channel) => channel.as_str().to_owned(),
        None => channels(card, contact).into_iter().next().ok_or_else(none)?,
    };
    let replied = card.from_address.as_deref().filter(|a| !a.is_empty() && card.channel.as_deref() == Some(&channel));
    let address = replied.or_else(|| contact.and_then(|c| c.address(&channel))).ok_or_else(none)?;
    Ok((channel, address.to_owned()))
}

/// Writes a note that only the team sees.
pub async fn note(app: &App, ctx: &Ctx, id: Uuid, body: &str) -> AppResult<CardDetail> {
    ctx.require(Operation::WorkBoard)?;
    check_body(body)?;
    let now = app.now();
    let (mut tx, card) = load(app, ctx, id, None).await?;
    let entry = card_entries::NewCardEntry {
        card_id: id,
        kind: "note",
        author_id: ctx.user_id,
        author_name: &ctx.user_name,
        at: now,
        body: body.trim(),
        data: None,
    };
    card_entries::insert(&mut tx, ctx.ws, &entry).await?;
    finish(app, ctx, tx, id, "card.noted", &card.title, now).await
}

fn check_body(body: &str) -> AppResult<()> {
    if body.trim().is_empty() || body.chars().count() > MAX_ANSWER {
        let message = "Write something, in at most 20,000 characters.";
        return Err(AppError::problems(vec![Problem::new("body", "required", message)]));
    }
    Ok(())
}
