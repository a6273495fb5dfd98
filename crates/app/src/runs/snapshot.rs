//! `GET /campaigns/{id}/live`: where a run stands, for the screen that moves.

use muster_db::runs::RunStats;
use muster_db::{campaign_state, executions, runs};
use muster_domain::campaign::CampaignStatus;
use muster_domain::money::from_e4;
use muster_domain::pace::{self, time_left};
use muster_domain::time::{MINUTE, SECOND, moment, moment_option};
use muster_engine::stages::Stage;
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use super::limits::{self, LimitView, WaitView};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Everything the live screen shows.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LiveView {
    pub campaign_id: Uuid,
    pub status: CampaignStatus,
    pub run_id: Option<i64>,
    pub counters: CountersView,
    /// Messages a minute over the last whole minute and the one that runs; none in the first ten seconds.
    pub rate_per_minute: Option<i64>,
    /// Seconds left at the rate of the last minutes; none: not sending, or it cannot be said.
    pub eta_seconds: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub completed_at: Option<i64>,
    pub total_customers: i64,
    pub control_customers: i64,
    pub stages: Vec<StageView>,
    pub minutes: Vec<MinuteView>,
    pub domains: Vec<DomainView>,
    pub limits: Vec<LimitView>,
    /// What messages wait for.
    pub waits: Vec<WaitView>,
    /// Name of the limit that holds messages back now.
    pub limited_by: Option<String>,
    /// False: no address for tracking is set, opens and clicks read "not tracked".
    pub is_tracked: bool,
}

/// The ledger: total = sent + failed + suppressed + skipped + cancelled + pending + unknown.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountersView {
    pub total: i64,
    pub pending: i64,
    pub sent: i64,
    pub delivered: i64,
    pub opened: i64,
    pub clicked: i64,
    pub replied: i64,
    pub bounced: i64,
    pub failed: i64,
    pub skipped: i64,
    pub suppressed: i64,
    pub cancelled: i64,
    pub unknown: i64,
    pub unsubscribed: i64,
    pub complaints: i64,
    pub redeemed: i64,
    #[schema(value_type = String)]
    pub revenue: Decimal,
}

/// One stage of the pipeline.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StageView {
    pub execution_id: Uuid,
    pub code: String,
    pub name: String,
    pub status: String,
    pub rows_processed: i64,
    pub rows_expected: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub completed_at: Option<i64>,
}

/// One minute of the chart.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MinuteView {
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub at: i64,
    pub sent: i64,
    pub failed: i64,
}

/// One recipient domain or network.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DomainView {
    pub domain: String,
    pub sent: i64,
    pub failed: i64,
}

/// Where a campaign's newest run stands.
pub async fn live(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<LiveView> {
    ctx.require(Operation::Read)?;
    let now = app.now();
    let mut tx = app.db.read(ctx.ws).await?;
    let status = campaign_state::status(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    let Some(run) = runs::latest_of(&mut tx, ctx.ws, id).await? else { return Ok(nothing_yet(id, status)) };
    let facts = runs::facts(&mut tx, ctx.ws, run).await?.ok_or(AppError::NotFound("run"))?;
    let by_variant = runs::stats(&mut tx, ctx.ws, run).await?;
    let s = by_variant.iter().fold(RunStats::default(), |a, b| a.plus(b));
    let is_tested = by_variant.len() > 1;
    let untested = by_variant.iter().find(|s| s.variant_no == 0 && is_tested).map_or(0, RunStats::pending);
    let minutes = runs::minutes(&mut tx, ctx.ws, run, facts.started_at - MINUTE).await?;
    let domains = runs::domains(&mut tx, ctx.ws, run).await?;
    let stages = executions::stages(&mut tx, ctx.ws, run).await?;
    let limits = limits::limits(app, &mut tx, ctx, &facts, s.pending()).await?;
    let waits = limits::waits(&mut tx, ctx, run, untested).await?;
    let rate = pace::rate_now(minutes.iter().map(|m| (m.minute_at, m.sent)), facts.started_at, now);
    let rate_per_minute = if status == CampaignStatus::Running { rate } else { Some(0) };
    let limited_by = limits.iter().find(|l| l.is_limiting).map(|l| l.name.clone());
    let eta_seconds = eta(&s, &facts, rate_per_minute, status, &waits, now);
    Ok(LiveView {
        campaign_id: id,
        status,
        run_id: Some(run),
        counters: counters(&s),
        rate_per_minute,
        eta_seconds,
        started_at: Some(facts.started_at),
        completed_at: facts.completed_at,
        total_customers: facts.total_customers,
        control_customers: facts.control_customers,
        stages: stages
            .into_iter()
            .filter(|e| e.stage_order > 0)
            .map(|e| StageView {
                execution_id: e.id,
                name: e
                    .job_type_code
                    .parse::<Stage>()
                    .map_or_else(|_| e.job_type_code.clone(), |s| s.label().to_owned()),
                code: e.job_type_code,
                status: e.execution_status,
                rows_processed: e.rows_processed,
                rows_expected: e.rows_expected,
                started_at: e.started_at,
                completed_at: e.completed_at,
            })
            .collect(),
        minutes: minutes.into_iter().map(|m| MinuteView { at: m.minute_at, sent: m.sent, failed: m.failed }).collect(),
        domains: domains.into_iter().map(|d| DomainView { domain: d.domain, sent: d.sent, failed: d.failed }).collect(),
        limits,
        waits,
        limited_by,
        is_tracked: facts.public_base_url.is_some(),
    })
}

/// Time left in seconds, of a campaign that runs.
fn eta(
    s: &RunStats,
    facts: &runs::RunFacts,
    rate_per_minute: Option<i64>,
    status: CampaignStatus,
    waits: &[WaitView],
    now: i64,
) -> Option<i64> {
    let left = if status == CampaignStatus::Running { s.pending() } else { 0 };
    let waiting: i64 = waits.iter().map(|wait| wait.messages).sum();
    // Where everything waits for a moment, the rate of now says nothing and the last moment does.
    let rate = rate_per_minute.filter(|_| waiting < left);
    let last = waits.iter().map(|wait| wait.last_at - now).max().filter(|_| left > 0);
    time_left(left, facts.messages_per_hour, rate).max(last).map(|left| left.max(0) / SECOND)
}

fn counters(s: &RunStats) -> CountersView {
    CountersView {
        total: s.total,
        pending: s.pending(),
        sent: s.sent,
        delivered: s.delivered,
        opened: s.opened,
        clicked: s.clicked,
        replied: s.replied,
        bounced: s.bounced,
        failed: s.failed,
        skipped: s.skipped,
        suppressed: s.suppressed,
        cancelled: s.cancelled,
        unknown: s.unknown,
        unsubscribed: s.unsubscribed,
        complaints: s.complaints,
        redeemed: s.redeemed,
        revenue: from_e4(s.revenue_e4),
    }
}

fn nothing_yet(id: Uuid, status: CampaignStatus) -> LiveView {
    LiveView {
        campaign_id: id,
        status,
        run_id: None,
        counters: counters(&RunStats::default()),
        rate_per_minute: Some(0),
        eta_seconds: None,
        started_at: None,
        completed_at: None,
        total_customers: 0,
        control_customers: 0,
        stages: Vec::new(),
        minutes: Vec::new(),
        domains: Vec::new(),
        limits: Vec::new(),
        waits: Vec::new(),
        limited_by: None,
        is_tracked: false,
    }
}
