//! The counters of the window's frame.

use muster_db::{home, notifications};
use muster_domain::time::{DAY, MINUTE};
use serde::Serialize;

use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// What the frame shows of everything.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pulse {
    /// Approvals that wait for the asker.
    pub approvals: i64,
    /// Open cards.
    pub cards: i64,
    /// Jobs whose last execution failed within a week.
    pub jobs: i64,
    /// Campaigns that run.
    pub running: i64,
    /// Messages a minute, over the last one to two minutes.
    pub sent_per_minute: i64,
    /// Unread notifications of the asker; counting stops at 100.
    pub unread: i64,
}

/// The counters for the asker.
pub async fn pulse(app: &App, ctx: &Ctx) -> AppResult<Pulse> {
    ctx.require(Operation::Read)?;
    let now = app.now();
    let since = now - now.rem_euclid(MINUTE) - MINUTE;
    let user = ctx.user()?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = home::pulse(&mut tx, ctx.ws, user, now - 7 * DAY, since).await?;
    let unread = notifications::unread(&mut tx, ctx.ws, user).await?;
    let approvals = if ctx.require(Operation::Approve).is_ok() { row.approvals } else { 0 };
    let sent_per_minute = row.sent_lately * MINUTE / (now - since).max(1);
    Ok(Pulse { approvals, cards: row.cards, jobs: row.jobs, running: row.running, sent_per_minute, unread })
}
