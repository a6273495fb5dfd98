//! `GET /campaigns/{id}/stats`: the counters and the rates of contract.md.

use muster_db::campaign_state;
use muster_db::runs::{self, RunStats};
use muster_domain::rates::percent_number as percent;
use serde::Serialize;
use uuid::Uuid;

use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Counters of a campaign over all its runs; rates are percents with two decimals.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CampaignStatsView {
    pub campaign_id: Uuid,
    pub total_recipients: i64,
    pub sent_count: i64,
    pub delivered_count: i64,
    pub opened_count: i64,
    pub clicked_count: i64,
    pub bounced_count: i64,
    pub unsubscribed_count: i64,
    pub complaint_count: i64,
    pub replied_count: i64,
    pub redeemed_count: i64,
    pub failed_count: i64,
    pub pending_count: i64,
    pub open_rate: f64,
    pub click_rate: f64,
    pub bounce_rate: f64,
    pub conversion_rate: f64,
    pub variants: Vec<VariantStatsView>,
}

/// One arm of a test.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantStatsView {
    pub variant_id: String,
    pub open_rate: f64,
    pub click_rate: f64,
    pub is_winner: bool,
    pub sent_count: i64,
}

/// The numbers of a campaign.
pub async fn stats(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CampaignStatsView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    if muster_db::runs::latest_of(&mut tx, ctx.ws, id).await?.is_none() && !exists(&mut tx, ctx, id).await? {
        return Err(AppError::NotFound("campaign"));
    }
    let by_variant = runs::totals_of_campaign(&mut tx, ctx.ws, id).await?;
    let names = campaign_state::variants(&mut tx, ctx.ws, id).await?;
    let s = by_variant.iter().fold(RunStats::default(), |a, b| a.plus(b));
    let variants = names
        .into_iter()
        .map(|v| {
            let s = by_variant.iter().find(|s| s.variant_no == v.variant_no).copied().unwrap_or_default();
            VariantStatsView {
                variant_id: v.variant_id,
                open_rate: percent(s.opened, s.delivered),
                click_rate: percent(s.clicked, s.delivered),
                is_winner: v.is_winner,
                sent_count: s.sent,
            }
        })
        .collect();
    Ok(CampaignStatsView {
        campaign_id: id,
        total_recipients: s.total,
        sent_count: s.sent,
        delivered_count: s.delivered,
        opened_count: s.opened,
        clicked_count: s.clicked,
        bounced_count: s.bounced,
        unsubscribed_count: s.unsubscribed,
        complaint_count: s.complaints,
        replied_count: s.replied,
        redeemed_count: s.redeemed,
        failed_count: s.failed,
        pending_count: s.pending(),
        open_rate: percent(s.opened, s.delivered),
        click_rate: percent(s.clicked, s.delivered),
        bounce_rate: percent(s.bounced, s.sent),
        conversion_rate: percent(s.redeemed, s.delivered),
        variants,
    })
}

pub(super) async fn exists(tx: &mut muster_db::Tx, ctx: &Ctx, id: Uuid) -> AppResult<bool> {
    Ok(campaign_state::exists(tx, ctx.ws, id).await?)
}
