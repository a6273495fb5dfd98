//! A card on the board: its states and what may happen to it.

use rust_decimal::Decimal;

crate::text_enum! {
    /// The column of a card, from left to right.
    pub enum CardStatus {
        /// Nobody works on it yet.
        Todo = "todo",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// The customer or a date is waited for.
        Waiting = "waiting",
        /// Closed.
        Done = "done",
    }
}

impl CardStatus {
    /// Whether somebody still has to do something.
    pub fn is_open(self) -> bool {
        self != Self::Done
    }
}

crate::text_enum! {
    /// How urgent a card is.
    pub enum Priority {
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

crate::text_enum! {
    /// Why a customer was lost, in the order in which the reasons are offered.
    pub enum LostReason {
        Price = "price",
        Competitor = "competitor",
        NotNow = "not_now",
        NoAnswer = "no_answer",
        NotAFit = "not_a_fit",
        Other = "other",
    }
}

/// How a card ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Sold, for that amount (not negative) in an ISO 4217 currency. Counts as a conversion.
    Won { amount: Decimal, currency: String },
    /// Not sold.
    Lost { reason: LostReason },
    /// Closed without a sale being in question.
    Handled,
}

impl Outcome {
    /// The name in the API and in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Won { .. } => "won",
            Self::Lost { .. } => "lost",
            Self::Handled => "none",
        }
    }
}

/// The part of a card that decides what may happen to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardState {
    pub status: CardStatus,
    /// Until when it sleeps, UTC milliseconds; only while it waits.
    pub snoozed_until_ms: Option<i64>,
    /// Only when it is done.
    pub outcome: Option<Outcome>,
}

/// What somebody does to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardChange {
    /// Into another column, or elsewhere in the same one.
    MoveTo(CardStatus),
    /// Out of sight until that moment (UTC milliseconds).
    Snooze { until_ms: i64 },
    /// The snooze has ended.
    Wake,
    /// An answer went out; now the customer is waited for.
    Answered,
    /// The customer wrote again.
    RepliedAgain,
    /// Closed with a result.
    Close(Outcome),
}

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardRefusal {
    #[error("a closed card is reopened to To do or In progress before it can wait")]
    ClosedCannotWait,
    #[error("a closed card cannot be snoozed; reopen it first")]
    ClosedCannotSnooze,
    #[error("the moment to wake up lies in the past")]
    SnoozeInPast,
    #[error("a card can be snoozed for at most a year")]
    SnoozeTooLong,
    #[error("the card is not snoozed")]
    NotSnoozed,
    #[error("the card already has an outcome; reopen it first")]
    AlreadyClosed,
    #[error("the amount must not be negative and have at most four decimals")]
    Amount,
    #[error("the currency is a code of three letters, such as KES")]
    Currency,
}

const YEAR_MS: i64 = 366 * 24 * 3_600_000;

impl CardState {
    /// A card that was just made.
    pub fn new() -> Self {
        Self { status: CardStatus::Todo, snoozed_until_ms: None, outcome: None }
    }

    /// The state after the change, seen at `now_ms`.
    ///
    /// # Errors
    /// The reason when the state does not allow it.
    pub fn apply(self, change: CardChange, now_ms: i64) -> Result<Self, CardRefusal> {
        match change {
            CardChange::MoveTo(to) => self.move_to(to),
            CardChange::Snooze { until_ms } => self.snooze(until_ms, now_ms),
            CardChange::Wake if self.snoozed_until_ms.is_none() => Err(CardRefusal::NotSnoozed),
            CardChange::Wake => Ok(Self { status: CardStatus::Todo, snoozed_until_ms: None, outcome: None }),
            // A closed card that is answered once more ("thank you") stays closed.
            CardChange::Answered if self.status == CardStatus::Done => Ok(self),
            CardChange::Answered => Ok(Self { status: CardStatus::Waiting, ..self }),
            CardChange::RepliedAgain => Ok(Self { status: CardStatus::Todo, snoozed_until_ms: None, outcome: None }),
            CardChange::Close(_) if self.outcome.is_some() => Err(CardRefusal::AlreadyClosed),
            CardChange::Close(outcome) => {
                check_outcome(&outcome)?;
                Ok(Self { status: CardStatus::Done, snoozed_until_ms: None, outcome: Some(outcome) })
            }
        }
    }

    fn move_to(self, to: CardStatus) -> Result<Self, CardRefusal> {
        if self.status == to {
            return Ok(self);
        }
        if self.status == CardStatus::Done && to == CardStatus::Waiting {
            return Err(CardRefusal::ClosedCannotWait);
        }
        // Leaving Waiting ends a snooze, leaving Done takes the outcome back.
        Ok(Self { status: to, snoozed_until_ms: None, outcome: None })
    }

    fn snooze(self, until_ms: i64, now_ms: i64) -> Result<Self, CardRefusal> {
        if self.status == CardStatus::Done {
            return Err(CardRefusal::ClosedCannotSnooze);
        }
        if until_ms <= now_ms {
            return Err(CardRefusal::SnoozeInPast);
        }
        if until_ms - now_ms > YEAR_MS {
            return Err(CardRefusal::SnoozeTooLong);
        }
        Ok(Self { status: CardStatus::Waiting, snoozed_until_ms: Some(until_ms), outcome: None })
    }
}

impl Default for CardState {
    fn default() -> Self {
        Self::new()
    }
}

fn check_outcome(outcome: &Outcome) -> Result<(), CardRefusal> {
    let Outcome::Won { amount, currency } = outcome else { return Ok(()) };
    if amount.is_sign_negative() && !amount.is_zero() || amount.normalize().scale() > 4 {
        return Err(CardRefusal::Amount);
    }
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(CardRefusal::Currency);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn won(amount: i64) -> Outcome {
        Outcome::Won { amount: Decimal::new(amount, 2), currency: "KES".to_owned() }
    }

    #[test]
    fn a_card_goes_its_way() {
        let card = CardState::new()
            .apply(CardChange::MoveTo(CardStatus::InProgress), 0)
            .and_then(|c| c.apply(CardChange::Answered, 0))
            .unwrap();
        assert_eq!(card.status, CardStatus::Waiting);
        let card = card.apply(CardChange::RepliedAgain, 0).unwrap();
        assert_eq!(card.status, CardStatus::Todo);
        let card = card.apply(CardChange::Close(won(150_000)), 0).unwrap();
        assert_eq!((card.status, card.outcome.as_ref().map(Outcome::as_str)), (CardStatus::Done, Some("won")));
        assert_eq!(card.clone().apply(CardChange::Close(won(1)), 0), Err(CardRefusal::AlreadyClosed));
        let again = card.apply(CardChange::MoveTo(CardStatus::Todo), 0).unwrap();
        assert_eq!(again.outcome, None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let done = CardState { status: CardStatus::Done, snoozed_until_ms: None, outcome: None };
        let apply = |change| done.clone().apply(change, 1_000);
        assert_eq!(apply(CardChange::MoveTo(CardStatus::Waiting)), Err(CardRefusal::ClosedCannotWait));
        assert_eq!(apply(CardChange::Snooze { until_ms: 2_000 }), Err(CardRefusal::ClosedCannotSnooze));
        let open = CardState::new();
        assert_eq!(open.clone().apply(CardChange::Snooze { until_ms: 1_000 }, 1_000), Err(CardRefusal::SnoozeInPast));
        assert_eq!(open.clone().apply(CardChange::Wake, 0), Err(CardRefusal::NotSnoozed));
        assert_eq!(open.clone().apply(CardChange::Close(won(-1)), 0), Err(CardRefusal::Amount));
        let odd = Outcome::Won { amount: Decimal::ONE, currency: "kes".to_owned() };
        assert_eq!(open.apply(CardChange::Close(odd), 0), Err(CardRefusal::Currency));
    }

    fn any_change() -> impl Strategy<Value = CardChange> {
        prop_oneof![
            (0usize..4).prop_map(|i| CardChange::MoveTo(CardStatus::ALL[i])),
            (0i64..2_000).prop_map(|until_ms| CardChange::Snooze { until_ms }),
            Just(CardChange::Wake),
            Just(CardChange::Answered),
            Just(CardChange::RepliedAgain),
            (-5i64..5).prop_map(|a| CardChange::Close(won(a))),
            Just(CardChange::Close(Outcome::Lost { reason: LostReason::Price })),
        ]
    }

    proptest! {
        #[test]
        fn only_what_waits_sleeps_and_only_what_is_done_has_an_outcome(changes in prop::collection::vec(any_change(), 0..30)) {
            let mut card = CardState::new();
            for change in changes {
                if let Ok(next) = card.clone().apply(change, 1_000) {
                    card = next;
                }
                prop_assert!(card.snoozed_until_ms.is_none() || card.status == CardStatus::Waiting);
                prop_assert!(card.outcome.is_none() || card.status == CardStatus::Done);
            }
        }
    }
}
