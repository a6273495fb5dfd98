//! The counters of the window's frame.

use muster_db::{home, notifications};
use muster_domain::pace::{rate_now, rate_since};
use muster_domain::time::DAY;
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
    /// Messages a minute now, of all of them together; none: they run for less than ten seconds.
    pub sent_per_minute: Option<i64>,
    /// Unread notifications of the asker; counting stops at 100.
    pub unread: i64,
}

/// The counters for the asker.
pub async fn pulse(app: &App, ctx: &Ctx) -> AppResult<Pulse> {
    ctx.require(Operation::Read)?;
    let now = app.now();
    let since = rate_since(now);
    let user = ctx.user()?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = home::pulse(&mut tx, ctx.ws, user, now - 7 * DAY).await?;
    let sending = home::sending(&mut tx, ctx.ws, since).await?;
    let unread = notifications::unread(&mut tx, ctx.ws, user).await?;
    let approvals = if ctx.require(Operation::Approve).is_ok() { row.approvals } else { 0 };
    let rates: Vec<_> = sending.iter().map(|run| rate_now([(since, run.sent)], run.started_at, now)).collect();
    let says_nothing = !rates.is_empty() && rates.iter().all(Option::is_none);
    let sent_per_minute = (!says_nothing).then(|| rates.into_iter().flatten().sum());
    Ok(Pulse { approvals, cards: row.cards, jobs: row.jobs, running: row.running, sent_per_minute, unread })
}
