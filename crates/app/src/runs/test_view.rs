//! `GET /campaigns/{id}/ab-test`: how the test of a campaign's newest run stands.

use muster_db::run_tests::{TestResult, TestRow};
use muster_db::{campaign_state, runs};
use muster_domain::experiment::WinnerCriteria;
use muster_domain::experiment::verdict::{Arm, Certainty, judge};
use muster_domain::money::from_e4;
use muster_domain::time::moment_option;
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use super::ab_test::{arms, of_campaign};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Where a test is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AbTestState {
    /// No run has begun.
    NotStarted,
    /// The sample is being sent.
    Sending,
    /// The sample has been sent, and is watched until `decidesAt`.
    Watching,
    Decided,
    /// The run ended without a winner.
    Ended,
}

/// A test and how its variants do. From the moment at which the winner was declared on, the figures are those of that moment.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AbTestResultView {
    pub campaign_id: Uuid,
    pub run_id: Option<i64>,
    pub state: AbTestState,
    pub winner_criteria: Option<WinnerCriteria>,
    pub test_duration_hours: Option<i64>,
    pub test_sample_percent: Option<i64>,
    /// Messages that wait for the winner; of a test that is decided, that waited for it.
    pub waiting: i64,
    /// When the winner is declared.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub decides_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub decided_at: Option<i64>,
    /// Whether a person declared the winner.
    pub is_by_hand: bool,
    pub winner: Option<String>,
    /// The variant that does best; of several that do equally well, the first.
    pub leader: Option<String>,
    pub certainty: Certainty,
    /// How likely a lead as large as this is by chance: two-proportion z test of the leader and the next, counted as often as
    /// there are others.
    pub p_value: Option<f64>,
    pub variants: Vec<AbTestVariantView>,
}

/// How a variant does.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AbTestVariantView {
    pub variant_id: String,
    pub name: String,
    /// Percent of the sample.
    pub weight: i64,
    pub recipients: i64,
    pub sent_count: i64,
    pub delivered_count: i64,
    pub opened_count: i64,
    pub clicked_count: i64,
    pub redeemed_count: i64,
    #[schema(value_type = String)]
    pub revenue: Decimal,
    /// What the test compares, out of what was delivered, between 0 and 1; none for revenue.
    pub rate: Option<f64>,
    /// Where the true rate lies with a certainty of 95 % (Wilson).
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// The test of a campaign's newest run; 404 for a campaign without one.
pub async fn ab_test(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<AbTestResultView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let campaign = campaign_state::look(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    let Some(test) = of_campaign(&mut tx, ctx, id).await? else {
        campaign.ab_test_config.ok_or(AppError::NotFound("A/B test"))?;
        return Ok(nothing_yet(id));
    };
    let stats = runs::stats(&mut tx, ctx.ws, test.run_id).await?;
    let now = TestResult {
        arms: arms(&test, &stats),
        rest: stats.iter().find(|s| s.variant_no == 0).map_or(0, runs::RunStats::pending),
    };
    let result = test.result.clone().unwrap_or(now);
    Ok(view(id, &test, &result))
}

fn view(id: Uuid, test: &TestRow, result: &TestResult) -> AbTestResultView {
    let verdict = judge(test.criteria, &result.arms);
    let is_alive = matches!(test.run_status.as_str(), "running" | "completed");
    let state = match (test.winner_no, test.decide_at) {
        (Some(_), _) => AbTestState::Decided,
        _ if !is_alive => AbTestState::Ended,
        (None, Some(_)) => AbTestState::Watching,
        (None, None) => AbTestState::Sending,
    };
    let name_of = |no: i64| test.variants.iter().find(|v| v.variant_no == no).map(|v| v.variant_id.clone());
    let variants = test.variants.iter().zip(&result.arms).map(|(v, arm)| variant(v, arm, test.criteria));
    AbTestResultView {
        campaign_id: id,
        run_id: Some(test.run_id),
        state,
        winner_criteria: Some(test.criteria),
        test_duration_hours: Some(test.duration_hours),
        test_sample_percent: Some(test.sample_percent),
        waiting: result.rest,
        decides_at: test.decide_at.filter(|_| state == AbTestState::Watching),
        decided_at: test.decided_at,
        is_by_hand: test.decided_by.is_some(),
        winner: test.winner_no.and_then(name_of),
        leader: test.variants.get(verdict.leader).map(|v| v.variant_id.clone()),
        certainty: verdict.certainty,
        p_value: verdict.p_value,
        variants: variants.collect(),
    }
}

fn variant(v: &muster_db::run_tests::TestVariant, arm: &Arm, criteria: WinnerCriteria) -> AbTestVariantView {
    let share = arm.share(criteria);
    let interval = share.and_then(|share| share.interval());
    AbTestVariantView {
        variant_id: v.variant_id.clone(),
        name: v.name.clone(),
        weight: v.weight,
        recipients: arm.recipients,
        sent_count: arm.sent,
        delivered_count: arm.delivered,
        opened_count: arm.opened,
        clicked_count: arm.clicked,
        redeemed_count: arm.redeemed,
        revenue: from_e4(arm.revenue_e4),
        rate: share.map(|share| share.rate()),
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
    }
}

fn nothing_yet(id: Uuid) -> AbTestResultView {
    AbTestResultView {
        campaign_id: id,
        run_id: None,
        state: AbTestState::NotStarted,
        winner_criteria: None,
        test_duration_hours: None,
        test_sample_percent: None,
        waiting: 0,
        decides_at: None,
        decided_at: None,
        is_by_hand: false,
        winner: None,
        leader: None,
        certainty: Certainty::NoData,
        p_value: None,
        variants: Vec::new(),
    }
}
