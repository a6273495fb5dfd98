//! Between the row of a card and the state that decides what may happen to it.

use muster_db::cards::CardRow;
use muster_db::{Tx, card_entries};
use muster_domain::card::{CardRefusal, CardState, CardStatus, LostReason, Outcome};
use muster_domain::clock::Millis;
use muster_domain::money::{from_e4, to_e4};
use muster_domain::workspace::WorkspaceId;

use crate::{AppError, AppResult};

/// The state of a card.
pub(crate) fn of(card: &CardRow) -> CardState {
    let outcome = match card.outcome.as_deref() {
        Some("won") => Some(Outcome::Won {
            amount: from_e4(card.outcome_value_e4.unwrap_or(0)),
            currency: card.outcome_currency.clone().unwrap_or_default(),
        }),
        Some("lost") => {
            let reason = card.outcome_reason.as_deref().and_then(|r| r.parse().ok());
            Some(Outcome::Lost { reason: reason.unwrap_or(LostReason::Other) })
        }
        Some(_) => Some(Outcome::Handled),
        None => None,
    };
    CardState { status: card.status, snoozed_until_ms: card.snoozed_until, outcome }
}

/// Writes a state into the row.
pub(crate) fn put(card: &mut CardRow, state: CardState, now: Millis) {
    let was_open = card.status.is_open();
    card.status = state.status;
    card.snoozed_until = state.snoozed_until_ms;
    card.outcome = state.outcome.as_ref().map(|o| o.as_str().to_owned());
    (card.outcome_value_e4, card.outcome_currency) = match &state.outcome {
        Some(Outcome::Won { amount, currency }) => (to_e4(*amount), Some(currency.clone())),
        _ => (None, None),
    };
    card.outcome_reason = match &state.outcome {
        Some(Outcome::Lost { reason }) => Some(reason.as_str().to_owned()),
        _ => None,
    };
    card.closed_at = match (was_open, state.status == CardStatus::Done) {
        (true, true) => Some(now),
        (_, false) => None,
        (false, true) => card.closed_at,
    };
}

/// Why a change was refused, for the person (409; 422 for what was given).
pub(crate) fn refused(refusal: CardRefusal) -> AppError {
    let text = refusal.to_string();
    let mut chars = text.chars();
    let message = chars.next().map_or_else(String::new, |c| format!("{}{}.", c.to_uppercase(), chars.as_str()));
    match refusal {
        CardRefusal::Amount => AppError::invalid("bad_amount", message),
        CardRefusal::Currency => AppError::invalid("bad_currency", message),
        CardRefusal::SnoozeInPast | CardRefusal::SnoozeTooLong => AppError::invalid("bad_snooze", message),
        _ => AppError::conflict("card_state", message),
    }
}

/// Refuses with 409 `card_changed`, saying who was faster and what they did, unless the card is in the version that the
/// asker saw.
pub(crate) async fn expect_version(tx: &mut Tx, ws: WorkspaceId, card: &CardRow, seen: Option<i64>) -> AppResult<()> {
    if seen.is_none_or(|seen| seen == card.version) {
        return Ok(());
    }
    let last = card_entries::last(tx, ws, card.id).await?;
    let message = match last {
        Some(entry) => format!(
            "{} changed this card meanwhile: {}. It is shown as it is now; repeat your change if it is still right.",
            entry.author_name,
            if entry.kind == "history" { entry.body.as_str() } else { "wrote on it" }
        ),
        None => String::from("Somebody changed this card meanwhile. It is shown as it is now."),
    };
    Err(AppError::conflict("card_changed", message))
}
