//! What holds a run's messages back now: its own limits, those of the providers that carry it, and what its messages wait for.

use muster_db::deferred::{self, WaitingFilter};
use muster_db::runs::{self, RunFacts};
use muster_db::{Tx, budgets, run_tests};
use muster_domain::clock::Millis;
use muster_domain::time::{DAY, HOUR, MINUTE, moment};
use serde::Serialize;

use crate::{App, AppResult, Ctx};

/// One rate limit and how much of it is used.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LimitView {
    pub name: String,
    /// Whose limit it is; none: the campaign's own.
    pub provider: Option<String>,
    pub used: i64,
    pub limit: i64,
    pub window_seconds: i64,
    pub is_limiting: bool,
}

/// Messages that wait for a moment.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitView {
    /// `retry`, `quiet_hours`, `domain_limit`, …; `ab_test`: the winner of the A/B test.
    pub cause: String,
    pub messages: i64,
    /// When the first of them goes on.
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub next_at: Millis,
    /// When the last of them does.
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub last_at: Millis,
}

/// The limits that a run is under, the campaign's first.
pub(super) async fn limits(
    app: &App,
    tx: &mut Tx,
    ctx: &Ctx,
    facts: &RunFacts,
    pending: i64,
) -> AppResult<Vec<LimitView>> {
    let own = Budget { key: format!("campaign:{}", facts.campaign_id), provider: None };
    let mut limits =
        own.limits(tx, ctx, app.now(), &[(facts.messages_per_hour, HOUR), (facts.messages_per_day, DAY)]).await?;
    let mut ways: Vec<_> =
        runs::contents(tx, ctx.ws, facts.run_id).await?.into_iter().map(|c| (c.channel, c.sms_route)).collect();
    ways.sort_unstable();
    ways.dedup();
    for (channel, route) in ways {
        let candidates = app.senders.carriers(ctx.ws, channel, route.as_deref()).await;
        let mut of_way = Vec::new();
        let mut is_full = true;
        for candidate in &candidates {
            let budget = Budget { key: candidate.budget.clone(), provider: Some(candidate.sender.describe().name) };
            let all = [(candidate.per_minute, MINUTE), (candidate.per_hour, HOUR), (candidate.per_day, DAY)];
            let found = budget.limits(tx, ctx, app.now(), &all).await?;
            is_full &= found.iter().any(|limit| limit.is_limiting);
            of_way.extend(found);
        }
        // Where another provider has room, a full one holds nothing back.
        for limit in of_way {
            let is_limiting = limit.is_limiting && is_full;
            limits.push(LimitView { is_limiting, ..limit });
        }
    }
    for limit in &mut limits {
        limit.is_limiting &= pending > 0;
    }
    Ok(limits)
}

/// What a run's messages wait for, the soonest first; those that wait for the winner of a test, `untested`, once it is known when.
pub(super) async fn waits(tx: &mut Tx, ctx: &Ctx, run: i64, untested: i64) -> AppResult<Vec<WaitView>> {
    let test = if untested > 0 { run_tests::get(tx, ctx.ws, run).await? } else { None };
    let decides_at = test.and_then(|test| test.decide_at);
    let winner =
        decides_at.map(|at| WaitView { cause: String::from("ab_test"), messages: untested, next_at: at, last_at: at });
    let filter = WaitingFilter { run_id: run, ..WaitingFilter::default() };
    let (rows, _) = deferred::groups(tx, ctx.ws, filter, 20, 0).await?;
    Ok(rows
        .into_iter()
        .map(|row| WaitView {
            cause: row.cause,
            messages: row.messages,
            next_at: row.earliest_at,
            last_at: row.latest_at,
        })
        .chain(winner)
        .collect())
}

struct Budget {
    key: String,
    provider: Option<String>,
}

impl Budget {
    async fn limits(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        now: Millis,
        all: &[(Option<i64>, Millis)],
    ) -> AppResult<Vec<LimitView>> {
        let mut limits = Vec::new();
        for (limit, window) in all {
            let Some(limit) = *limit else { continue };
            let used = budgets::used(tx, ctx.ws, &self.key, now - window).await?;
            let span = match *window {
                MINUTE => "minute",
                HOUR => "hour",
                _ => "day",
            };
            limits.push(LimitView {
                name: format!("{}, per {span}", self.provider.as_deref().unwrap_or("Campaign")),
                provider: self.provider.clone(),
                used,
                limit,
                window_seconds: window / 1000,
                is_limiting: used >= limit,
            });
        }
        Ok(limits)
    }
}
