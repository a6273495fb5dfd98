//! Who a campaign would be sent to now: counted, step by step, and priced.

use muster_db::segment_sql::{self, CompiledAudience};
use muster_db::workspaces::WorkspaceRow;
use muster_db::{Tx, creatives};
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::money::to_e4;
use muster_domain::time::moment;
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use super::view::CampaignView;
use crate::{AppResult, Ctx, segments};

/// Who would be sent to, from the segments down to the messages.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AudienceView {
    /// The segments added up.
    pub in_segments: i64,
    /// Counted more than once above.
    pub in_several: i64,
    /// Members of an excluded segment.
    pub excluded: i64,
    /// Without an address of the channel.
    pub without_address: i64,
    /// Suppressed, or without consent for the channel.
    pub suppressed: i64,
    /// Kept back as the control group.
    pub control: i64,
    /// People who would get something.
    pub people: i64,
    pub messages: i64,
    pub segments: Vec<SegmentSize>,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub counted_at: Millis,
}

/// A segment of the campaign, counted.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentSize {
    pub segment_id: Uuid,
    pub name: String,
    pub members: i64,
    /// Those who count in this segment: in no earlier one, not excluded, reachable. The control group is among them.
    pub counted: i64,
    /// Offers that each of them gets.
    pub offers: i64,
}

/// The channels that a campaign may use: its own, or those of its offers' texts. Before it has offers, all of them: which
/// will be left is not known yet.
pub(crate) async fn channels(tx: &mut Tx, ctx: &Ctx, campaign: &CampaignView) -> AppResult<Vec<Channel>> {
    if let Some(channel) = campaign.channel.single() {
        return Ok(vec![channel]);
    }
    if campaign.offers.is_empty() {
        return Ok(Channel::ALL.to_vec());
    }
    let ids: Vec<Uuid> = campaign.offers.iter().map(|o| o.offer_id).collect();
    let texts = creatives::of_offers(tx, ctx.ws, &ids).await?;
    Ok(Channel::ALL.iter().copied().filter(|c| texts.iter().any(|t| t.is_active && t.channel == *c)).collect())
}

/// The audience as the database is asked for it: everybody included and not excluded.
pub(crate) async fn compiled(
    tx: &mut Tx,
    ctx: &Ctx,
    campaign: &CampaignView,
    now: Millis,
) -> AppResult<CompiledAudience> {
    segments::targeted(tx, ctx.ws, &campaign.segment_ids, &campaign.exclude_segment_ids, now).await
}

/// Counts the audience.
pub(crate) async fn count(tx: &mut Tx, ctx: &Ctx, campaign: &CampaignView, now: Millis) -> AppResult<AudienceView> {
    let channels = channels(tx, ctx, campaign).await?;
    let mut includes = Vec::new();
    for id in &campaign.segment_ids {
        includes.push(segments::compile(tx, ctx.ws, *id, now).await?);
    }
    let mut excludes = Vec::new();
    for id in &campaign.exclude_segment_ids {
        excludes.push(segments::compile(tx, ctx.ws, *id, now).await?);
    }
    let mut view = AudienceView { counted_at: now, ..AudienceView::default() };
    let everybody = if includes.len() == 1 {
        None
    } else {
        Some(segment_sql::count(tx, ctx.ws, &CompiledAudience::targeted(&includes, &[])).await?)
    };
    let (mut targeted, mut sendable) = (0, 0);
    for (i, segment) in includes.iter().enumerate() {
        let members = segment_sql::count(tx, ctx.ws, segment).await?;
        let not: Vec<_> = excludes.iter().chain(&includes[..i]).cloned().collect();
        let reach =
            segment_sql::reach(tx, &CompiledAudience::targeted(std::slice::from_ref(segment), &not), &channels).await?;
        let id = campaign.segment_ids[i];
        let offers = i64::try_from(campaign.offers.iter().filter(|o| o.segment_id == id).count()).unwrap_or(0);
        let name = campaign.segments.iter().find(|s| s.segment_id == id).map(|s| s.name.clone()).unwrap_or_default();
        view.segments.push(SegmentSize { segment_id: id, name, members, counted: reach.sendable, offers });
        view.in_segments += members;
        view.without_address += reach.members - reach.addressed;
        view.suppressed += reach.addressed - reach.sendable;
        targeted += reach.members;
        sendable += reach.sendable;
    }
    let everybody = everybody.unwrap_or(view.in_segments);
    view.in_several = view.in_segments - everybody;
    view.excluded = everybody - targeted;
    view.control = sendable * campaign.control_percent / 100;
    view.people = sendable - view.control;
    view.messages = messages(campaign, &view);
    Ok(view)
}

/// One message each, but for segments that get several offers at once.
fn messages(campaign: &CampaignView, view: &AudienceView) -> i64 {
    use muster_domain::campaign::TargetingType::MultipleTargetGroup;
    let each = |s: &SegmentSize| match (campaign.targeting_type, s.offers) {
        (MultipleTargetGroup, offers) if !campaign.offers.is_empty() => offers,
        (_, 0) if !campaign.offers.is_empty() => 0,
        _ => 1,
    };
    let all: i64 = view.segments.iter().map(|s| s.counted * each(s)).sum();
    all - all * campaign.control_percent / 100
}

/// What the messages cost at the workspace's price of the channel (`settings.prices`), in ten-thousandths; none where no
/// price is set.
pub(crate) fn cost_e4(workspace: &WorkspaceRow, campaign: &CampaignView, messages: i64) -> Option<i64> {
    let channel = campaign.channel.single()?;
    let price: Decimal = workspace.settings.get("prices")?.get(channel.as_str())?.as_str()?.parse().ok()?;
    to_e4(price.checked_mul(Decimal::from(messages))?)
}
