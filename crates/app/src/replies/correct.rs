//! A person sets a class right; the classifier learns from it and the card follows.

use chrono::DateTime;
use muster_db::{Tx, cards, contacts, reactions, responses};
use muster_domain::card::{CardChange, CardStatus, Outcome};
use muster_domain::clock::Millis;
use muster_domain::reply::Disposition;
use muster_domain::reply::absence::{RetryDropped, return_date};
use muster_domain::reply::routing::{CardRoute, Fill, fill};
use serde_json::json;
use uuid::Uuid;

use super::absence::{self, Absence};
use super::list::{ResponseView, view};
use super::route::{Origin, history, new_card, suppress_sender};
use super::routing::routing_table;
use crate::board::state;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Sets the class of a reply right. Its card moves to the queue of the new class, is made, or is closed when the new
/// class needs none. 404 for an unknown reply.
pub async fn correct(app: &App, ctx: &Ctx, id: Uuid, to: Disposition) -> AppResult<ResponseView> {
    ctx.require(Operation::WorkBoard)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = responses::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("reply"))?;
    if row.disposition == to {
        return Ok(view(row));
    }
    responses::correct(&mut tx, ctx.ws, id, to, ctx.user_id, row.disposition).await?;
    responses::add_example(&mut tx, ctx.ws, &row.body, to, ctx.user_id, now).await?;
    if to == Disposition::Unsubscribe {
        let contact = contact_of(&mut tx, ctx, &row).await?;
        suppress_sender(&mut tx, ctx.ws, &row.from_address, contact.as_ref(), "unsubscribed", now).await?;
    }
    reroute(app, ctx, &mut tx, &row, to, now).await?;
    retry(ctx, &mut tx, &row, to, now).await?;
    let object = AuditObject::new("response", id, &row.summary)
        .before(&json!({ "disposition": row.disposition }))
        .after(&json!({ "disposition": to }));
    ctx.audit(&mut tx, now, "response.corrected", object).await?;
    let corrected = responses::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("reply"))?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "responses", json!({}));
    app.live.publish(ctx.ws, "board", json!({}));
    if let Some(card) = corrected.card_id {
        app.live.publish(ctx.ws, format!("card:{card}"), json!({}));
    }
    Ok(view(corrected))
}

/// A reply that is no absence stops the second sending; one that is plans it.
async fn retry(ctx: &Ctx, tx: &mut Tx, row: &responses::ResponseRow, to: Disposition, now: Millis) -> AppResult<()> {
    if to != Disposition::OutOfOffice {
        absence::drop_retry(tx, ctx, row, RetryDropped::Corrected, now).await?;
        return Ok(());
    }
    let contact = contact_of(tx, ctx, row).await?;
    let received_on = DateTime::from_timestamp_millis(row.received_at).unwrap_or_default().date_naive();
    let planned = Absence {
        response_id: row.id,
        message: row.run_id.zip(row.seq),
        contact: contact.as_ref(),
        return_date: return_date(&row.subject, &row.body, received_on),
        received_at: row.received_at,
    };
    absence::plan(tx, ctx, &planned).await
}

async fn contact_of(tx: &mut Tx, ctx: &Ctx, row: &responses::ResponseRow) -> AppResult<Option<contacts::ContactRow>> {
    Ok(match row.customer_id {
        Some(id) => contacts::get(tx, ctx.ws, id).await?,
        None => None,
    })
}

async fn reroute(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    row: &responses::ResponseRow,
    to: Disposition,
    now: Millis,
) -> AppResult<()> {
    let table = routing_table(tx, ctx.ws).await?;
    let route = table.route(to).and_then(|r| r.card.clone());
    let contact = contact_of(tx, ctx, row).await?;
    let name = contact.as_ref().map_or_else(|| row.from_address.clone(), contacts::ContactRow::name);
    let campaign = match row.campaign_id {
        Some(id) => reactions::campaign_name(tx, ctx.ws, id).await?.unwrap_or_default(),
        None => String::new(),
    };
    let card = match row.card_id {
        Some(id) => cards::get(tx, ctx.ws, id).await?,
        None => None,
    };
    match (card, route) {
        (None, Some(route)) => {
            let origin = Origin {
                response_id: row.id,
                contact: contact.as_ref(),
                name,
                campaign_id: row.campaign_id,
                campaign,
                summary: &row.summary,
                received_at: row.received_at,
            };
            new_card(app, ctx, tx, &route, &origin, now).await?;
        }
        (Some(card), Some(route)) if card.status.is_open() => {
            let first = contact.as_ref().map(|c| c.first_name.as_str()).filter(|n| !n.is_empty());
            let with =
                Fill { name: &name, first_name: first.unwrap_or(&name), campaign: &campaign, summary: &row.summary };
            move_to_queue(ctx, tx, card, &route, &with, now).await?;
        }
        (Some(card), None) if card.status.is_open() => close(ctx, tx, card, to, now).await?,
        _ => {}
    }
    Ok(())
}

async fn move_to_queue(
    ctx: &Ctx,
    tx: &mut Tx,
    mut card: cards::CardRow,
    route: &CardRoute,
    with: &Fill<'_>,
    now: Millis,
) -> AppResult<()> {
    let from = std::mem::replace(&mut card.queue, route.queue.clone());
    card.title = fill(&route.title, with);
    card.priority = route.priority;
    if card.draft.is_empty() {
        card.draft = route.draft.as_deref().map(|d| fill(d, with)).unwrap_or_default();
    }
    card.position = cards::lane_end(tx, ctx.ws, card.status, &card.queue).await?;
    cards::update(tx, ctx.ws, &card, now).await?;
    let data = json!({ "action": "requeued", "from": from, "to": card.queue });
    history(tx, ctx, card.id, now, &format!("corrected the class; moved from {from} to {}", card.queue), data).await
}

async fn close(ctx: &Ctx, tx: &mut Tx, mut card: cards::CardRow, class: Disposition, now: Millis) -> AppResult<()> {
    let next = state::of(&card).apply(CardChange::Close(Outcome::Handled), now).map_err(state::refused)?;
    card.position = cards::lane_end(tx, ctx.ws, CardStatus::Done, &card.queue).await?;
    state::put(&mut card, next, now);
    cards::update(tx, ctx.ws, &card, now).await?;
    let data = json!({ "action": "closed", "class": class });
    history(tx, ctx, card.id, now, &format!("corrected the class to {class}; closed"), data).await
}
