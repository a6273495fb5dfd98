//! Campaigns under way: how far, how fast, until when.

use std::collections::HashMap;

use muster_db::Tx;
use muster_db::home::{self, MinuteRow, RunningRow};
use muster_domain::clock::Millis;
use muster_domain::pace::{rate_now, time_left};
use muster_domain::time::MINUTE;
use serde::Serialize;
use uuid::Uuid;

use crate::{AppResult, Ctx};

/// Campaigns shown at most: five run, some more may be paused.
const MOST: i64 = 12;
/// Minutes that the small chart shows.
const MINUTES: i64 = 30;

/// A campaign under way.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HomeRunning)]
pub struct Running {
    pub id: Uuid,
    pub name: String,
    pub channel: String,
    pub objective: Option<String>,
    /// `one_time`, `recurring`, `triggered`, `plan`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `running` or `paused`.
    pub status: String,
    pub paused_reason: Option<String>,
    pub owner: String,
    /// Messages in all.
    pub total: i64,
    /// Messages whose fate is decided.
    pub done: i64,
    pub sent: i64,
    /// Sent in each of the last 30 whole minutes, oldest first.
    pub per_minute: Vec<i64>,
    /// Messages a minute now; none: it runs for less than ten seconds.
    pub rate: Option<i64>,
    /// When the rest is sent, at the promised hourly rate or at this one, whichever is slower.
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub done_at: Option<i64>,
}

/// What runs or is paused, running campaigns first.
pub async fn running(tx: &mut Tx, ctx: &Ctx, now: Millis) -> AppResult<Vec<Running>> {
    let rows = home::running(tx, ctx.ws, MOST).await?;
    let runs: Vec<i64> = rows.iter().filter_map(|row| row.run_id).collect();
    let this_minute = now - now.rem_euclid(MINUTE);
    let since = this_minute - MINUTES * MINUTE;
    let mut by_run: HashMap<i64, Vec<MinuteRow>> = HashMap::new();
    for minute in home::minutes(tx, ctx.ws, &runs, since).await? {
        by_run.entry(minute.run_id).or_default().push(minute);
    }
    let none = Vec::new();
    let view = |row: RunningRow| {
        let minutes = row.run_id.and_then(|run| by_run.get(&run)).unwrap_or(&none);
        view(row, minutes, since, now)
    };
    Ok(rows.into_iter().map(view).collect())
}

fn view(row: RunningRow, minutes: &[MinuteRow], since: Millis, now: Millis) -> Running {
    let mut per_minute = vec![0; MINUTES as usize];
    for minute in minutes {
        let place = (minute.minute_at - since) / MINUTE;
        if let Some(slot) = usize::try_from(place).ok().and_then(|place| per_minute.get_mut(place)) {
            *slot = minute.sent;
        }
    }
    let sent = minutes.iter().map(|m| (m.minute_at, m.sent));
    let rate = if row.status == "running" { rate_now(sent, row.started_at.unwrap_or(0), now) } else { Some(0) };
    let left = row.total - row.done;
    let left = if row.status == "running" { left } else { 0 };
    let done_at = time_left(left, row.messages_per_hour, rate).map(|left| now + left);
    Running {
        id: row.id,
        name: row.name,
        channel: row.channel,
        objective: row.objective,
        kind: row.kind,
        status: row.status,
        paused_reason: row.paused_reason,
        owner: row.owner,
        total: row.total,
        done: row.done,
        sent: row.sent,
        per_minute,
        rate,
        done_at,
    }
}
