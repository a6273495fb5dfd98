//! The last 28 days beside the 28 before.

use muster_db::Tx;
use muster_db::home::{self, DayRow};
use muster_db::workspaces;
use muster_domain::clock::Millis;
use muster_domain::money::from_e4;
use muster_domain::rates::percent_number;
use muster_domain::time::DAY;
use serde::Serialize;

use crate::{AppResult, Ctx};

const SPAN: i64 = 28;
/// Parts into which a rate's small chart cuts the 28 days.
const WEEKS: usize = 4;

/// What campaigns came to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HomeFigures)]
pub struct Figures {
    /// Exact, as a decimal string.
    pub revenue: String,
    pub revenue_before: String,
    pub currency: String,
    /// One value per day, oldest first, for a chart only.
    pub revenue_days: Vec<f64>,
    pub revenue_days_before: Vec<f64>,
    pub sent: i64,
    pub conversions: i64,
    pub conversions_before: i64,
    pub delivered: Rate,
    /// None where nothing can be tracked.
    pub opened: Option<Rate>,
    pub clicked: Option<Rate>,
    pub opted_out: Rate,
}

/// A rate in percent, now and before.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HomeRate)]
pub struct Rate {
    pub now: f64,
    pub before: f64,
    /// The four weeks of now, oldest first.
    pub weeks: Vec<f64>,
}

/// The figures of the 28 days that end before `end`, by the day on which a run began.
pub async fn figures(tx: &mut Tx, ctx: &Ctx, end: Millis) -> AppResult<Figures> {
    let workspace = workspaces::get(tx, ctx.ws).await?;
    let rows = home::days(tx, ctx.ws, end - 2 * SPAN * DAY, end).await?;
    let mut days = vec![DayRow::default(); 2 * SPAN as usize];
    for row in rows {
        if let Some(slot) = usize::try_from(row.day).ok().and_then(|day| days.get_mut(day)) {
            *slot = row;
        }
    }
    let (before, now) = days.split_at(SPAN as usize);
    let revenue = |part: &[DayRow]| from_e4(part.iter().map(|d| d.revenue_e4).sum()).to_string();
    let chart = |part: &[DayRow]| part.iter().map(|d| d.revenue_e4 as f64 / 10_000.0).collect();
    let sum = |part: &[DayRow], of: fn(&DayRow) -> i64| part.iter().map(of).sum();
    let is_tracked = workspace.public_base_url.is_some();
    Ok(Figures {
        revenue: revenue(now),
        revenue_before: revenue(before),
        currency: workspace.currency,
        revenue_days: chart(now),
        revenue_days_before: chart(before),
        sent: sum(now, |d| d.sent),
        conversions: sum(now, |d| d.conversions),
        conversions_before: sum(before, |d| d.conversions),
        delivered: rate(now, before, |d| d.delivered, |d| d.sent),
        opened: is_tracked.then(|| rate(now, before, |d| d.opened, |d| d.delivered)),
        clicked: is_tracked.then(|| rate(now, before, |d| d.clicked, |d| d.delivered)),
        opted_out: rate(now, before, |d| d.unsubscribed, |d| d.delivered),
    })
}

fn rate(now: &[DayRow], before: &[DayRow], part: fn(&DayRow) -> i64, whole: fn(&DayRow) -> i64) -> Rate {
    let of = |days: &[DayRow]| percent_number(days.iter().map(part).sum(), days.iter().map(whole).sum());
    Rate { now: of(now), before: of(before), weeks: now.chunks(SPAN as usize / WEEKS).map(of).collect() }
}
