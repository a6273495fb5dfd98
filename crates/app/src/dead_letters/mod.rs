//! Messages that failed for good or are in doubt: looking at them, sending them again, letting them be (SND-4).

mod discard;
mod list;
mod requeue;

pub use discard::{DiscardedView, discard};
pub use list::{DeadLetterGroup, DeadLetterView, GroupQuery, groups, messages};
pub use requeue::{RequeueRequest, RequeuedView, requeue};

use muster_db::dead_letters::Choice;
use muster_domain::clock::Millis;
use muster_domain::dead_letter::Cause;
use muster_domain::time::DAY;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{AppError, AppResult};

/// Messages that may be named one by one.
const MAX_NAMED: usize = 10_000;
/// A letter that nobody decided about goes after this long; its message stays as it is in the ledger.
pub(crate) const KEPT_MS: Millis = 90 * DAY;

/// Which letters of a run: a whole group, or those named.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LetterChoice {
    pub run_id: i64,
    /// `cause` of a group.
    pub cause: Option<String>,
    /// Numbers of messages, at most 10,000; with a cause, those of them that have it.
    pub seqs: Option<Vec<i64>>,
}

impl LetterChoice {
    /// The choice, checked: nobody means everything by leaving both out.
    fn checked(&self) -> AppResult<Choice<'_>> {
        let cause = self.cause.as_deref().unwrap_or_default();
        if !cause.is_empty() {
            parse(cause)?;
        }
        if cause.is_empty() && self.seqs.is_none() {
            return Err(AppError::malformed("nothing_chosen", "Say which messages: a cause, or their numbers."));
        }
        Ok(Choice { run_id: self.run_id, cause, seqs: self.named()? })
    }

    /// The messages named one by one, if they are.
    pub(crate) fn named(&self) -> AppResult<Option<&[i64]>> {
        if self.seqs.as_ref().is_some_and(|seqs| seqs.len() > MAX_NAMED) {
            return Err(AppError::invalid(
                "too_many_named",
                format!("At most {MAX_NAMED} messages can be named one by one. Choose the whole group instead."),
            ));
        }
        Ok(self.seqs.as_deref())
    }
}

/// What the audit log keeps of a decision; the cause in one word, where the choice names one.
fn noted(choice: &LetterChoice, messages: impl Into<Value>, run_number: i64) -> Value {
    let mut state = json!({"messages": messages.into()});
    if run_number > 1 {
        state["run"] = json!(run_number);
    }
    if let Some(cause) = choice.cause.as_deref().and_then(|c| c.parse::<Cause>().ok()) {
        state["cause"] = json!(cause.why);
    }
    state
}

fn parse(cause: &str) -> AppResult<Cause> {
    cause.parse().map_err(|_| AppError::malformed("bad_cause", "This is no cause: take it from a group of the list."))
}
