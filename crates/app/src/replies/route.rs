//! From the class of a reply to its card.

use muster_db::{Tx, card_entries, cards, contacts, reactions};
use muster_domain::card::{CardChange, CardStatus};
use muster_domain::clock::Millis;
use muster_domain::reply::routing::{CardRoute, Fill, description, fill};
use muster_domain::time::MINUTE;
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use super::process::Reply;
use super::routing::routing_table;
use crate::board::state;
use crate::{App, AppResult, Ctx};

/// Makes the card that the routing table wants for a reply, or adds the reply to the open card of the same contact,
/// campaign and queue. None when the class is logged only.
pub(super) async fn make_card(app: &App, ctx: &Ctx, tx: &mut Tx, reply: &Reply) -> AppResult<Option<Uuid>> {
    let table = routing_table(tx, ctx.ws).await?;
    let Some(route) = table.route(reply.class.disposition).and_then(|r| r.card.clone()) else { return Ok(None) };
    let matched = &reply.matched;
    let open = match &matched.contact {
        Some(contact) => cards::open_of_contact(tx, ctx.ws, contact.id, &route.queue, matched.campaign_id).await?,
        None => None,
    };
    if let Some(id) = open {
        return replied_again(ctx, tx, reply, &route, id).await;
    }
    let campaign = match matched.campaign_id {
        Some(id) => reactions::campaign_name(tx, ctx.ws, id).await?.unwrap_or_default(),
        None => String::new(),
    };
    let origin = Origin {
        response_id: reply.id,
        contact: matched.contact.as_ref(),
        name: sender_name(reply),
        campaign_id: matched.campaign_id,
        campaign,
        summary: &reply.class.summary,
        received_at: reply.received_at,
    };
    new_card(app, ctx, tx, &route, &origin, reply.now).await.map(Some)
}

/// Where a card comes from.
pub(super) struct Origin<'a> {
    pub response_id: Uuid,
    pub contact: Option<&'a contacts::ContactRow>,
    pub name: String,
    pub campaign_id: Option<Uuid>,
    pub campaign: String,
    pub summary: &'a str,
    pub received_at: Millis,
}

/// Makes a card by a route.
pub(super) async fn new_card(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    route: &CardRoute,
    origin: &Origin<'_>,
    now: Millis,
) -> AppResult<Uuid> {
    let first = origin.contact.map(|c| c.first_name.as_str()).filter(|n| !n.is_empty());
    let with = Fill {
        name: &origin.name,
        first_name: first.unwrap_or(&origin.name),
        campaign: &origin.campaign,
        summary: origin.summary,
    };
    let id = app.new_id();
    let card = cards::NewCard {
        id,
        number: cards::next_number(tx, ctx.ws).await?,
        campaign_id: origin.campaign_id,
        campaign_response_id: Some(origin.response_id),
        contact_id: origin.contact.map(|c| c.id),
        title: &fill(&route.title, &with),
        description: &description(origin.summary),
        queue: &route.queue,
        priority: route.priority,
        position: cards::lane_end(tx, ctx.ws, CardStatus::Todo, &route.queue).await?,
        assignee_id: None,
        draft: &route.draft.as_deref().map(|d| fill(d, &with)).unwrap_or_default(),
        due_at: Some(origin.received_at + route.first_answer_minutes * MINUTE),
        now,
    };
    cards::insert(tx, ctx.ws, &card).await?;
    let data = json!({ "action": "routed", "queue": route.queue, "priority": route.priority });
    history(tx, ctx, id, now, &format!("sent to {}, {}", route.queue, route.priority), data).await?;
    Ok(id)
}

async fn replied_again(ctx: &Ctx, tx: &mut Tx, reply: &Reply, route: &CardRoute, id: Uuid) -> AppResult<Option<Uuid>> {
    let Some(mut card) = cards::get(tx, ctx.ws, id).await? else { return Ok(None) };
    let next = state::of(&card).apply(CardChange::RepliedAgain, reply.now).map_err(state::refused)?;
    if card.status != next.status {
        card.position = cards::lane_end(tx, ctx.ws, next.status, &card.queue).await?;
    }
    state::put(&mut card, next, reply.now);
    card.due_at = Some(reply.received_at + route.first_answer_minutes * MINUTE);
    card.campaign_response_id = Some(reply.id);
    cards::update(tx, ctx.ws, &card, reply.now).await?;
    history(tx, ctx, id, reply.now, "the customer wrote again", json!({ "action": "replied_again" })).await?;
    Ok(Some(id))
}

/// Writes what happened into the card's history.
pub(crate) async fn history(
    tx: &mut Tx,
    ctx: &Ctx,
    card_id: Uuid,
    at: Millis,
    body: &str,
    data: serde_json::Value,
) -> AppResult<()> {
    let entry = card_entries::NewCardEntry {
        card_id,
        kind: "history",
        author_id: ctx.user_id,
        author_name: &ctx.user_name,
        at,
        body,
        data: Some(data),
    };
    Ok(card_entries::insert(tx, ctx.ws, &entry).await?)
}

/// The contact's name, or what the sender calls himself, or the address.
fn sender_name(reply: &Reply) -> String {
    let contact = reply.matched.contact.as_ref().map(contacts::ContactRow::name);
    contact.or_else(|| reply.from.name.clone()).unwrap_or_else(|| reply.from.address.clone())
}

/// Puts an address, and the same channel of the contact, on the suppression list.
pub(super) async fn suppress_sender(
    tx: &mut Tx,
    ws: WorkspaceId,
    address: &str,
    contact: Option<&contacts::ContactRow>,
    reason: &str,
    now: Millis,
) -> AppResult<()> {
    // A text message's STOP is about the number: it holds for WhatsApp too.
    let channels: &[&str] = if address.contains('@') { &["email"] } else { &["sms", "whatsapp"] };
    for channel in channels {
        let own = contact.and_then(|c| c.address(channel)).filter(|a| *a != address);
        for address in std::iter::once(address).chain(own).filter(|a| !a.is_empty()) {
            let suppression = contacts::NewSuppression {
                channel,
                address,
                reason,
                source: "reply",
                customer_id: contact.map(|c| c.id),
                now,
            };
            contacts::suppress(tx, ws, &suppression).await?;
        }
        if let Some(contact) = contact {
            contacts::consent(tx, ws, contact.id, channel, false, "reply", now).await?;
        }
    }
    Ok(())
}
