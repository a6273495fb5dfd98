//! Which outcomes put a message into the queue of dead letters, and under which cause.

use std::collections::HashSet;

use muster_channels::{Outcome, Reason, RejectKind};
use muster_db::dead_letters::{self, Letter};
use muster_db::deliveries::DoubtRow;
use muster_db::{Result, Tx};
use muster_domain::clock::Millis;
use muster_domain::dead_letter::{Cause, Why};
use muster_domain::workspace::WorkspaceId;

use super::mark::SentBy;

/// The letter of a message that was refused for good, is out of tries, or is in doubt; none for what was accepted.
pub fn letter(seq: i64, by: &SentBy<'_>, outcome: &Outcome) -> Option<Letter> {
    let why = match outcome {
        Outcome::Accepted { .. } => return None,
        Outcome::Unknown { .. } => Why::NoAnswer,
        Outcome::Retry { .. } => Why::OutOfTries,
        Outcome::Reject { kind: RejectKind::BadAddress, .. } => Why::BadAddress,
        Outcome::Reject { kind: RejectKind::Content, .. } => Why::Content,
        Outcome::Reject { kind: RejectKind::Blocked, .. } => Why::Blocked,
        Outcome::Reject { kind: RejectKind::Other, .. } => Why::Refused,
    };
    let code = outcome.reason().map(code).unwrap_or_default();
    Some(Letter { seq, cause: Cause::new(why, by.channel, by.provider_kind, &code).to_string() })
}

/// The letter of a message that may have arrived at an earlier try.
pub fn of_doubt(doubt: &DoubtRow) -> Letter {
    let channel = doubt.channel.as_deref().and_then(|channel| channel.parse().ok());
    let cause = match channel {
        Some(channel) if doubt.was_handed_over => Cause::new(Why::NoAnswer, channel, "", ""),
        _ => Cause::in_flight(channel),
    };
    Letter { seq: doubt.seq, cause: cause.to_string() }
}

fn code(reason: &Reason) -> String {
    let spoken = reason.enhanced.map(|e| e.to_string());
    spoken.or_else(|| reason.code.map(|c| c.to_string())).unwrap_or_default()
}

/// Writes the letters of the messages that really changed. `late`: their node was presumed dead, and what it says now
/// takes the place of the doubt.
pub async fn keep(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    now: Millis,
    letters: &[Letter],
    changed: &HashSet<i64>,
    late: bool,
) -> Result<()> {
    if late {
        let settled: Vec<i64> = changed.iter().copied().collect();
        dead_letters::delete(tx, ws, run, &settled).await?;
    }
    let kept: Vec<&Letter> = letters.iter().filter(|letter| changed.contains(&letter.seq)).collect();
    dead_letters::insert(tx, ws, run, now, &kept).await
}
