//! Who of a chunk gets what: decided for all of them before the first message leaves.

use muster_db::leases::Planned;
use muster_domain::clock::Millis;
use muster_domain::creative::ChoiceReason;
use muster_domain::recipient::RecipientStatus;

use super::cycle::{NO_PROVIDER_PAUSE, Senders};
use super::decide::{Decision, decide};
use super::mark::Marks;
use super::plan::RunPlan;
use super::work::Knowledge;

/// A message that is to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ready {
    /// Place among the profiles.
    pub at: usize,
    /// Content of the plan, and why that one.
    pub index: usize,
    pub reason: ChoiceReason,
    pub seq: i64,
}

impl Ready {
    /// What a rescue needs to know of it.
    pub fn planned(&self, plan: &RunPlan) -> Planned {
        (self.seq, plan.contents[self.index].row.content_no, choice_code(self.reason))
    }
}

/// A chunk that was decided on.
#[derive(Default)]
pub(super) struct Sorted {
    /// The messages that go now, by their number.
    pub ready: Vec<Ready>,
    /// What becomes of the others.
    pub unsent: Marks,
}

/// Decides on every message of a chunk.
pub(super) fn sort(plan: &RunPlan, known: &mut Knowledge, senders: &Senders, now: Millis) -> Sorted {
    let mut marks = Marks::default();
    let mut ready = Vec::with_capacity(known.profiles.len());
    for (at, p) in known.profiles.iter().enumerate() {
        let (index, reason) = match decide(plan, p, now) {
            Decision::Send { index, reason } => (index, reason),
            Decision::Wait { until } => {
                marks.wait(p, until, "quiet_hours", None);
                continue;
            }
            Decision::Suppress { reason } => {
                marks.settle_unsent(p, RecipientStatus::Suppressed, reason, now);
                continue;
            }
            Decision::Skip { reason } => {
                marks.settle_unsent(p, RecipientStatus::Skipped, reason, now);
                continue;
            }
        };
        let row = &plan.contents[index].row;
        let allowance = known.allowed.get_mut(&(p.customer_id, row.channel));
        if allowance.as_ref().is_some_and(|left| **left <= 0) {
            marks.settle_unsent(p, RecipientStatus::Skipped, String::from("frequency cap reached"), now);
            continue;
        }
        match senders.get(&(row.channel, row.sms_route.clone())) {
            Some(Ok(_)) => {}
            other => {
                let why = other.and_then(|o| o.as_ref().err()).cloned();
                let why = why.unwrap_or_else(|| String::from("no provider"));
                marks.wait(p, now + NO_PROVIDER_PAUSE, "retry", Some(why));
                continue;
            }
        }
        if let Some(left) = allowance {
            *left -= 1;
        }
        ready.push(Ready { at, index, reason, seq: p.seq });
    }
    Sorted { ready, unsent: marks }
}

pub(super) fn choice_code(reason: ChoiceReason) -> i16 {
    match reason {
        ChoiceReason::None => 0,
        ChoiceReason::ExactMatch => 1,
        ChoiceReason::DefaultLocale => 2,
        ChoiceReason::FirstActive => 3,
    }
}
