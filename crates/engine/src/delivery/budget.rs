//! Rate budgets (CAM-8): sliding, half-open windows over what was really sent, kept as rows.
//!
//! A window of messages is reserved in the transaction that leases it, and settled at the moment of the mark with what
//! was really handed over. So what is promised per window holds over restarts and over all nodes.

use muster_db::{Tx, budgets};
use muster_domain::clock::Millis;
use muster_domain::time::{DAY, HOUR, MINUTE};
use muster_domain::workspace::WorkspaceId;

use super::plan::RunPlan;
use crate::registry::ActiveSender;

/// One limit: at most `limit` messages in any `window` milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Key of the rows: budgets of one key share what is spent.
    pub key: String,
    pub limit: i64,
    pub window: Millis,
}

/// The limits of a campaign.
pub fn of_run(plan: &RunPlan) -> Vec<Budget> {
    let key = format!("campaign:{}", plan.facts.campaign_id);
    limits(&key, &[(plan.facts.messages_per_hour, HOUR), (plan.facts.messages_per_day, DAY)])
}

/// The limits of a provider.
pub fn of_provider(sender: &ActiveSender) -> Vec<Budget> {
    limits(&sender.budget, &[(sender.per_minute, MINUTE), (sender.per_hour, HOUR), (sender.per_day, DAY)])
}

fn limits(key: &str, all: &[(Option<i64>, Millis)]) -> Vec<Budget> {
    let some = all.iter().filter_map(|(limit, window)| Some((((*limit)?), *window)));
    some.map(|(limit, window)| Budget { key: key.to_owned(), limit, window }).collect()
}

/// The budget that holds messages back longest.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// When the first message may go.
    pub free_at: Millis,
    /// What its window holds, and may hold.
    pub used: i64,
    pub limit: i64,
}

/// How many messages all budgets allow now, at most `wanted`; and when none, what holds them back.
pub async fn allowance(
    tx: &mut Tx,
    ws: WorkspaceId,
    all: &[Budget],
    now: Millis,
    wanted: i64,
) -> muster_db::Result<(i64, Option<Held>)> {
    let mut allowed = wanted;
    let mut held: Option<Held> = None;
    for budget in all {
        let after = now - budget.window;
        let left = budget.limit - budgets::used(tx, ws, &budget.key, after).await?;
        allowed = allowed.min(left.max(0));
        if left <= 0 {
            // The moment at which enough of the oldest spends have left the window for one message.
            let mut over = 1 - left;
            let mut moment = now + budget.window;
            for (at, messages) in budgets::oldest(tx, ws, &budget.key, after).await? {
                over -= messages;
                if over <= 0 {
                    moment = at + budget.window;
                    break;
                }
            }
            if held.is_none_or(|h| h.free_at < moment) {
                held = Some(Held { free_at: moment, used: budget.limit - left, limit: budget.limit });
            }
        }
    }
    Ok((allowed, held))
}

/// Reserves in every budget, once per key.
pub async fn reserve(
    tx: &mut Tx,
    ws: WorkspaceId,
    all: &[Budget],
    lease: i64,
    now: Millis,
    messages: i64,
) -> muster_db::Result<()> {
    for key in keys(all) {
        budgets::spend(tx, ws, key, now, lease, messages).await?;
    }
    Ok(())
}

/// Settles what was reserved.
pub async fn settle(
    tx: &mut Tx,
    ws: WorkspaceId,
    all: &[Budget],
    lease: i64,
    reserved_at: Millis,
    now: Millis,
    messages: i64,
) -> muster_db::Result<()> {
    for key in keys(all) {
        budgets::settle(tx, ws, key, lease, reserved_at, now, messages).await?;
    }
    Ok(())
}

fn keys(all: &[Budget]) -> Vec<&str> {
    let mut keys: Vec<&str> = all.iter().map(|b| b.key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
