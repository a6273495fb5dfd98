//! How a card ends, and what that means for the campaign's numbers.

use muster_db::{Tx, cards, reactions, redemptions, responses};
use muster_domain::card::{CardChange, CardStatus, LostReason, Outcome};
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::change::{finish, load};
use super::state;
use super::view::CardDetail;
use crate::permissions::Operation;
use crate::replies::history;
use crate::{App, AppError, AppResult, Ctx};

muster_domain::text_enum! {
    /// How a card ends.
    pub enum OutcomeKind {
        Won = "won",
        Lost = "lost",
        /// Closed without a sale being in question.
        None = "none",
    }
}

/// How a card ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutcomeRequest {
    pub outcome: OutcomeKind,
    /// What was won; counts as a conversion of the campaign.
    #[serde(default, deserialize_with = "crate::amount::optional")]
    #[schema(value_type = Option<String>)]
    pub amount: Option<Decimal>,
    /// ISO 4217; the workspace's when it is not said.
    #[serde(default)]
    pub currency: Option<String>,
    /// Why it was lost.
    #[serde(default)]
    pub reason: Option<LostReason>,
    #[serde(default)]
    pub version: Option<i64>,
}

/// Closes a card with its outcome. What was won flows into the campaign's conversions and revenue.
pub async fn close(app: &App, ctx: &Ctx, id: Uuid, request: OutcomeRequest) -> AppResult<CardDetail> {
    ctx.require(Operation::WorkBoard)?;
    let now = app.now();
    let (mut tx, mut card) = load(app, ctx, id, request.version).await?;
    let outcome = match request.outcome {
        OutcomeKind::Won => {
            let amount =
                request.amount.ok_or_else(|| AppError::invalid("amount_required", "Say what was won; 0 is fine."))?;
            let currency = match request.currency {
                Some(currency) => currency.trim().to_uppercase(),
                None => muster_db::workspaces::get(&mut tx, ctx.ws).await?.currency,
            };
            Outcome::Won { amount, currency }
        }
        OutcomeKind::Lost => {
            let reason = request.reason.ok_or_else(|| AppError::invalid("reason_required", "Say why it was lost."))?;
            Outcome::Lost { reason }
        }
        OutcomeKind::None => Outcome::Handled,
    };
    let text = match &outcome {
        Outcome::Won { amount, currency } => format!("closed it as won, {currency} {amount}"),
        Outcome::Lost { reason } => format!("closed it as lost, {}", reason.as_str().replace('_', " ")),
        Outcome::Handled => String::from("closed it"),
    };
    let next = state::of(&card).apply(CardChange::Close(outcome), now).map_err(state::refused)?;
    state::put(&mut card, next, now);
    card.position = cards::lane_end(&mut tx, ctx.ws, CardStatus::Done, &card.queue).await?;
    cards::update(&mut tx, ctx.ws, &card, now).await?;
    if card.outcome.as_deref() == Some("won") {
        convert(&mut tx, ctx.ws, &card, now).await?;
    }
    let data = json!({ "action": "closed", "outcome": card.outcome, "currency": card.outcome_currency, "amount": request.amount, "reason": card.outcome_reason });
    history(&mut tx, ctx, id, now, &text, data).await?;
    if let Some(campaign) = card.campaign_id {
        crate::tracking::announce(app, ctx.ws, campaign);
    }
    finish(app, ctx, tx, id, "card.closed", &card.title, now).await
}

fn conversion_key(card: &cards::CardRow) -> String {
    format!("card:{}", card.id)
}

/// The message that a card goes back to.
async fn message_of(tx: &mut Tx, ws: WorkspaceId, card: &cards::CardRow) -> AppResult<Option<(i64, i64)>> {
    let Some(id) = card.campaign_response_id else { return Ok(None) };
    Ok(responses::get(tx, ws, id).await?.and_then(|r| r.run_id.zip(r.seq)))
}

async fn convert(tx: &mut Tx, ws: WorkspaceId, card: &cards::CardRow, now: Millis) -> AppResult<()> {
    let Some(customer_id) = card.contact_id else { return Ok(()) };
    let message = message_of(tx, ws, card).await?;
    let value = card.outcome_value_e4.unwrap_or(0);
    let conversion = redemptions::NewConversion {
        customer_id,
        campaign_id: card.campaign_id,
        run_id: message.map(|(run, _)| run),
        seq: message.map(|(_, seq)| seq),
        kind: "card_won",
        value_e4: value,
        currency: card.outcome_currency.as_deref(),
        occurred_at: now,
        source: "board",
        dedupe_key: &conversion_key(card),
    };
    let added = redemptions::convert(tx, ws, &conversion).await?;
    let Some((run_id, seq)) = message.filter(|_| added) else { return Ok(()) };
    let Some(row) = reactions::recipient(tx, ws, run_id, seq).await? else { return Ok(()) };
    let counts = reactions::Counts { conversions: 1, revenue_e4: value, ..reactions::Counts::default() };
    reactions::count(tx, ws, run_id, row.variant_no, counts).await?;
    let event = reactions::NewEvent {
        run_id,
        seq,
        customer_id,
        kind: "converted",
        at: now,
        link_id: None,
        is_bot: false,
        user_agent: None,
        data: Some(
            json!({ "cardId": card.id, "value": muster_domain::money::from_e4(value), "currency": card.outcome_currency }),
        ),
        dedupe_key: Some(format!("card:{}:{}", card.id, card.version)),
    };
    reactions::event(tx, ws, &event).await?;
    Ok(())
}

/// A card that was won is opened again: its conversion no longer counts.
pub(super) async fn take_conversion_back(tx: &mut Tx, ws: WorkspaceId, card: &cards::CardRow) -> AppResult<()> {
    let Some((run_id, seq, value)) = redemptions::take_back(tx, ws, &conversion_key(card)).await? else {
        return Ok(());
    };
    let (Some(run_id), Some(seq)) = (run_id, seq) else { return Ok(()) };
    let Some(row) = reactions::recipient(tx, ws, run_id, seq).await? else { return Ok(()) };
    let counts = reactions::Counts { conversions: -1, revenue_e4: -value, ..reactions::Counts::default() };
    Ok(reactions::count(tx, ws, run_id, row.variant_no, counts).await?)
}
