//! A campaign as the outside sees it.

use std::collections::HashMap;

use muster_db::audit::EntryRow;
use muster_db::campaign_metrics::{CampaignPeople, CampaignSums};
use muster_db::campaign_parts::{OfferMapping, SegmentMapping, VariantRow};
use muster_db::campaigns::CampaignRow;
use muster_db::{Tx, campaign_metrics, campaign_parts, campaigns, people, workspaces};
use muster_domain::campaign::{
    ApprovalStatus, CampaignStatus, CampaignType, DeliveryMode, Objective, TargetingType, UnknownPolicy,
};
use muster_domain::channel::CampaignChannel;
use muster_domain::clock::Millis;
use muster_domain::experiment::WinnerCriteria;
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::ab_test::TestConfig;
use super::input::{CampaignSettings, InlineContent, RecurringInput};
use super::metrics::{self, CampaignMetrics, CampaignStats};
use crate::{App, AppError, AppResult, Ctx};

/// A campaign.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CampaignView {
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub name: String,
    pub description: String,
    pub objective: Option<Objective>,
    pub channel: CampaignChannel,
    pub status: CampaignStatus,
    pub approval_status: ApprovalStatus,
    #[serde(rename = "type")]
    pub kind: CampaignType,
    pub targeting_type: TargetingType,
    pub template_id: Option<Uuid>,
    pub segment_ids: Vec<Uuid>,
    pub exclude_segment_ids: Vec<Uuid>,
    /// Names and sizes of the segments above, by role and priority.
    pub segments: Vec<SegmentView>,
    pub offers: Vec<OfferView>,
    pub content: Option<InlineContent>,
    pub control_percent: i64,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub scheduled_at: Option<Millis>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub end_at: Option<Millis>,
    pub timezone: String,
    pub misfire_rule: String,
    pub recurring_schedule: Option<RecurringInput>,
    pub settings: CampaignSettings,
    pub ab_test_config: Option<AbTestView>,
    pub throttle_config: Option<ThrottleView>,
    pub delivery_mode: DeliveryMode,
    /// What becomes of messages of which nobody knows whether they arrived.
    pub unknown_policy: UnknownPolicy,
    /// The rate under the name that outreach programs know.
    #[serde(rename = "send_rate_per_hour")]
    pub send_rate_per_hour: Option<i64>,
    #[serde(rename = "send_batch_size")]
    pub send_batch_size: Option<i64>,
    pub primary_job_id: Option<Uuid>,
    /// Why it stands still, when it is paused.
    pub paused_reason: Option<String>,
    pub version: i64,
    pub approved_version: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub started_at: Option<Millis>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub completed_at: Option<Millis>,
    pub created_by: Uuid,
    pub created_by_name: String,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Millis,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub updated_at: Millis,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub archived_at: Option<Millis>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub deleted_at: Option<Millis>,
    pub stats: CampaignStats,
    pub metrics: CampaignMetrics,
}

/// A segment of a campaign.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentView {
    pub segment_id: Uuid,
    pub name: String,
    /// `include` or `exclude`.
    pub role: String,
    pub priority: i64,
    /// As it was counted last; none when it never was.
    pub size: Option<i64>,
}

/// An offer that a segment gets.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferView {
    pub segment_id: Uuid,
    pub offer_id: Uuid,
    pub name: String,
    pub status: String,
    pub priority: i64,
    #[schema(value_type = Option<Object>)]
    pub interval_config: Option<Value>,
    #[schema(value_type = Option<Object>)]
    pub condition_config: Option<Value>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub valid_until: Option<Millis>,
}

/// The rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ThrottleView {
    pub messages_per_hour: Option<i64>,
    pub messages_per_day: Option<i64>,
    pub batch_size: Option<i64>,
}

/// The test.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AbTestView {
    pub variants: Vec<VariantView>,
    pub winner_criteria: WinnerCriteria,
    pub test_duration_hours: i64,
    pub test_sample_percent: i64,
}

/// A variant.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantView {
    pub variant_id: String,
    pub name: String,
    pub subject: Option<String>,
    pub template_id: Option<Uuid>,
    pub weight: i64,
    pub is_winner: bool,
}

/// Something that was done to a campaign.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    pub id: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub at: Millis,
    pub actor_name: String,
    /// `campaign.updated`, `campaign.approved` …
    pub action: String,
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

impl From<EntryRow> for HistoryEntry {
    fn from(e: EntryRow) -> Self {
        Self {
            id: e.id,
            at: e.at,
            actor_name: e.actor_name,
            action: e.action,
            before: e.before_state.map(|j| j.0),
            after: e.after_state.map(|j| j.0),
        }
    }
}

/// One campaign's row; 404 where there is none here.
pub(crate) async fn load_row(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<CampaignRow> {
    campaigns::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))
}

/// One campaign.
pub(crate) async fn load(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<CampaignView> {
    let row = load_row(tx, ctx, id).await?;
    of_rows(tx, ctx, vec![row]).await?.pop().ok_or(AppError::NotFound("campaign"))
}

/// Campaigns with everything that belongs to them, in the order of the rows.
pub(crate) async fn of_rows(tx: &mut Tx, ctx: &Ctx, rows: Vec<CampaignRow>) -> AppResult<Vec<CampaignView>> {
    let ids: Vec<Uuid> = rows.iter().map(|r| r.id).collect();
    let parts = Parts {
        tenant_id: workspaces::get(tx, ctx.ws).await?.public_id,
        names: people::list(tx, ctx.ws).await?.into_iter().map(|p| (p.id, p.name)).collect(),
        segments: campaign_parts::segments(tx, ctx.ws, &ids).await?,
        offers: campaign_parts::offers(tx, ctx.ws, &ids).await?,
        variants: campaign_parts::variants(tx, ctx.ws, &ids).await?,
        sums: campaign_metrics::sums(tx, ctx.ws, &ids).await?.into_iter().map(|s| (s.campaign_id, s)).collect(),
        people: campaign_metrics::people(tx, ctx.ws, &ids).await?.into_iter().map(|p| (p.campaign_id, p)).collect(),
    };
    Ok(rows.into_iter().map(|row| parts.view(row)).collect())
}

/// Tells whoever looks that a campaign changed.
pub(crate) fn tell(app: &App, ctx: &Ctx, id: Uuid) {
    app.live.publish(ctx.ws, "campaigns", json!({}));
    app.live.publish(ctx.ws, format!("campaign:{id}"), json!({}));
}

struct Parts {
    tenant_id: Uuid,
    names: HashMap<Uuid, String>,
    segments: Vec<SegmentMapping>,
    offers: Vec<OfferMapping>,
    variants: Vec<VariantRow>,
    sums: HashMap<Uuid, CampaignSums>,
    people: HashMap<Uuid, CampaignPeople>,
}

impl Parts {
    fn segment_ids(&self, campaign: Uuid, role: &str) -> Vec<Uuid> {
        self.segments.iter().filter(|s| s.campaign_id == campaign && s.role == role).map(|s| s.segment_id).collect()
    }

    fn segments(&self, campaign: Uuid) -> Vec<SegmentView> {
        let own = self.segments.iter().filter(|s| s.campaign_id == campaign);
        let mut views: Vec<_> = own
            .map(|s| SegmentView {
                segment_id: s.segment_id,
                name: s.name.clone(),
                role: s.role.clone(),
                priority: s.priority,
                size: s.size_estimate,
            })
            .collect();
        // Included ones first.
        views.sort_by_key(|s| (s.role != "include", s.priority));
        views
    }

    fn offers(&self, campaign: Uuid) -> Vec<OfferView> {
        let own = self.offers.iter().filter(|o| o.campaign_id == campaign);
        let view = |o: &OfferMapping| OfferView {
            segment_id: o.segment_id,
            offer_id: o.offer_id,
            name: o.name.clone(),
            status: o.status.clone(),
            priority: o.priority,
            interval_config: o.interval_config.as_ref().map(|j| j.0.clone()),
            condition_config: o.condition_config.as_ref().map(|j| j.0.clone()),
            valid_until: o.valid_until,
        };
        own.map(view).collect()
    }

    fn test(&self, row: &CampaignRow) -> Option<AbTestView> {
        let config: TestConfig = serde_json::from_value(row.ab_test_config.as_ref()?.0.clone()).ok()?;
        let own = self.variants.iter().filter(|v| v.campaign_id == row.id);
        let view = |v: &VariantRow| VariantView {
            variant_id: v.variant_id.clone(),
            name: v.name.clone(),
            subject: v.subject.clone(),
            template_id: v.template_id,
            weight: v.weight,
            is_winner: v.is_winner,
        };
        Some(AbTestView {
            variants: own.map(view).collect(),
            winner_criteria: config.winner_criteria,
            test_duration_hours: config.test_duration_hours,
            test_sample_percent: config.test_sample_percent,
        })
    }

    fn view(&self, row: CampaignRow) -> CampaignView {
        let id = row.id;
        let sums = self.sums.get(&id).copied().unwrap_or_default();
        let throttled = row.messages_per_hour.is_some() || row.messages_per_day.is_some() || row.batch_size.is_some();
        CampaignView {
            id,
            tenant_id: self.tenant_id,
            segment_ids: self.segment_ids(id, "include"),
            exclude_segment_ids: self.segment_ids(id, "exclude"),
            segments: self.segments(id),
            offers: self.offers(id),
            ab_test_config: self.test(&row),
            content: InlineContent::of(&row),
            recurring_schedule: row.recurring_schedule.as_ref().and_then(|j| serde_json::from_value(j.0.clone()).ok()),
            settings: serde_json::from_value(row.settings.clone()).unwrap_or_default(),
            throttle_config: throttled.then_some(ThrottleView {
                messages_per_hour: row.messages_per_hour,
                messages_per_day: row.messages_per_day,
                batch_size: row.batch_size,
            }),
            send_rate_per_hour: row.messages_per_hour,
            send_batch_size: row.batch_size,
            created_by_name: self.names.get(&row.created_by).cloned().unwrap_or_default(),
            stats: metrics::stats(&sums),
            metrics: metrics::metrics(&sums, self.people.get(&id).copied().unwrap_or_default()),
            objective: row.objective.0,
            name: row.name,
            description: row.description,
            channel: row.channel,
            status: row.status,
            approval_status: row.approval_status,
            kind: row.kind,
            targeting_type: row.targeting_type,
            template_id: row.template_id,
            control_percent: row.control_percent,
            scheduled_at: row.scheduled_at,
            end_at: row.end_at,
            timezone: row.timezone,
            misfire_rule: row.misfire_rule,
            delivery_mode: row.delivery_mode,
            unknown_policy: row.unknown_policy,
            primary_job_id: row.primary_job_id,
            paused_reason: row.paused_reason,
            version: row.version,
            approved_version: row.approved_version,
            started_at: row.started_at,
            completed_at: row.completed_at,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            archived_at: row.archived_at,
            deleted_at: row.deleted_at,
        }
    }
}
