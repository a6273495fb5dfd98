//! `campaigns`, as far as running them goes: every change of status names the one it expects.

use muster_domain::campaign::{ApprovalStatus, CampaignStatus, CampaignType};
use muster_domain::channel::CampaignChannel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    GET = "SELECT id, name, channel, status, approval_status, type, targeting_type, template_id, content, control_percent, scheduled_at, end_at, timezone, misfire_rule, recurring_schedule, settings, ab_test_config,
                  messages_per_hour, messages_per_day, batch_size, current_run_id, version, approved_version, created_by, started_at
           FROM campaigns WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL {for_update}";
    LOOK = "SELECT id, name, channel, status, approval_status, type, targeting_type, template_id, content, control_percent, scheduled_at, end_at, timezone, misfire_rule, recurring_schedule, settings, ab_test_config,
                   messages_per_hour, messages_per_day, batch_size, current_run_id, version, approved_version, created_by, started_at
            FROM campaigns WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL";
    STATUS = "SELECT status FROM campaigns WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL";
    EXISTS = "SELECT COUNT(*) FROM campaigns WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL";
    SET_STATUS = "UPDATE campaigns SET status = $4, paused_reason = $5, updated_at = $6, completed_at = CASE WHEN $4 IN ('completed', 'failed', 'cancelled') THEN $6 ELSE completed_at END
                  WHERE tenant_id = $1 AND id = $2 AND status = $3";
    REOPEN = "UPDATE campaigns SET status = $4, paused_reason = NULL, completed_at = NULL, updated_at = $5 WHERE tenant_id = $1 AND id = $2 AND status = $3";
    STARTED = "UPDATE campaigns SET status = 'running', current_run_id = $4, primary_job_id = $5, scheduled_at = $7, started_at = $6, updated_at = $6, paused_reason = NULL WHERE tenant_id = $1 AND id = $2 AND status = $3";
    RUNNING_COUNT = "SELECT COUNT(*) FROM campaigns WHERE tenant_id = $1 AND status IN ('running', 'paused') AND id <> $2 AND deleted_at IS NULL";
    // campaigns_scheduled; all workspaces. While a recurring campaign runs, its next moment comes, too.
    DUE = "SELECT id, tenant_id, type, scheduled_at, misfire_rule FROM campaigns
           WHERE status IN ('scheduled', 'running') AND scheduled_at <= $1 AND (status = 'scheduled' OR type = 'recurring') AND deleted_at IS NULL ORDER BY scheduled_at LIMIT 100";
    NEXT_DUE = "SELECT MIN(scheduled_at) FROM campaigns WHERE status IN ('scheduled', 'running') AND deleted_at IS NULL AND scheduled_at > $1";
    // campaigns_scheduled; all workspaces. The end of a recurring campaign is that of its moments.
    ENDING = "SELECT id, tenant_id FROM campaigns WHERE status IN ('running', 'paused') AND type IN ('one_time', 'plan') AND end_at <= $1 AND deleted_at IS NULL ORDER BY end_at, id LIMIT 100";
    NEXT_END = "SELECT MIN(end_at) FROM campaigns WHERE status IN ('running', 'paused') AND type IN ('one_time', 'plan') AND deleted_at IS NULL AND end_at > $1";
    SET_MOMENT = "UPDATE campaigns SET scheduled_at = $5 WHERE tenant_id = $1 AND id = $2 AND status = $3 AND scheduled_at = $4";
    // a recurring campaign, and whether it has other runs at work
    AFTER_RUN = "SELECT c.type, c.scheduled_at, (SELECT COUNT(*) FROM campaign_runs n WHERE n.campaign_id = c.id AND n.status = 'running' AND n.id <> $3) AS others
                 FROM campaigns c WHERE c.tenant_id = $1 AND c.id = $2";
    // scheduled and without a moment: nothing would start them
    FORGOTTEN = "SELECT id FROM campaigns WHERE tenant_id = $1 AND status = 'scheduled' AND type = 'recurring' AND scheduled_at IS NULL AND deleted_at IS NULL LIMIT 100";
    REMEMBER = "UPDATE campaigns SET scheduled_at = $3 WHERE tenant_id = $1 AND id = $2 AND status = 'scheduled' AND scheduled_at IS NULL";
    MAPPINGS = "SELECT segment_id, role, priority FROM campaign_segment_mappings WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY role, priority, segment_id";
    OFFERS = "SELECT m.segment_id, m.offer_id, m.priority FROM campaign_segment_offer_mappings m WHERE m.tenant_id = $1 AND m.campaign_id = $2 ORDER BY m.segment_id, m.priority, m.offer_id";
    CREATIVES = "SELECT c.offer_id, c.channel, c.locale, c.creative_version_id FROM offer_creatives c
                 WHERE c.tenant_id = $1 AND c.offer_id IN (SELECT id FROM {uuids $2} AS o) AND c.is_active AND c.creative_version_id IS NOT NULL ORDER BY c.offer_id, c.position, c.channel, c.locale";
    TEMPLATE = "SELECT channel, locale, creative_version_id FROM templates WHERE tenant_id = $1 AND id = $2 AND creative_version_id IS NOT NULL";
    VARIANTS = "SELECT variant_no, variant_id, name, subject, template_id, weight, is_winner FROM campaign_variants WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY variant_no";
    INSERT_INLINE = "INSERT INTO creative_versions (tenant_id, source_kind, source_id, channel, locale, title, preheader, text_body, html_body, variables, sms_route, created_at)
                     VALUES ($1, 'inline', $2, $3, 'en', $4, $5, $6, $7, $8, NULL, $9) RETURNING id";
}

/// What running a campaign needs to know of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CampaignState {
    pub id: Uuid,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub channel: CampaignChannel,
    #[sqlx(try_from = "String")]
    pub status: CampaignStatus,
    #[sqlx(try_from = "String")]
    pub approval_status: ApprovalStatus,
    #[sqlx(try_from = "String", rename = "type")]
    pub kind: CampaignType,
    pub targeting_type: String,
    pub template_id: Option<Uuid>,
    pub content: Option<sqlx::types::Json<Value>>,
    pub control_percent: i64,
    pub scheduled_at: Option<Millis>,
    pub end_at: Option<Millis>,
    pub timezone: String,
    pub misfire_rule: String,
    pub recurring_schedule: Option<sqlx::types::Json<Value>>,
    #[sqlx(json)]
    pub settings: Value,
    pub ab_test_config: Option<sqlx::types::Json<Value>>,
    pub messages_per_hour: Option<i64>,
    pub messages_per_day: Option<i64>,
    pub batch_size: Option<i64>,
    pub current_run_id: Option<i64>,
    pub version: i64,
    pub approved_version: Option<i64>,
    pub created_by: Uuid,
    pub started_at: Option<Millis>,
}

impl CampaignState {
    /// From when on nothing of it leaves: the end of a campaign that does not recur.
    pub fn ends_at(&self) -> Option<Millis> {
        self.end_at.filter(|_| matches!(self.kind, CampaignType::OneTime | CampaignType::Plan))
    }
}

/// A campaign whose moment has come.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DueCampaign {
    pub id: Uuid,
    pub tenant_id: i64,
    #[sqlx(try_from = "String", rename = "type")]
    pub kind: CampaignType,
    pub scheduled_at: Millis,
    pub misfire_rule: String,
}

/// What comes after a run of a campaign.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct AfterRun {
    #[sqlx(try_from = "String", rename = "type")]
    pub kind: CampaignType,
    /// Of a recurring campaign: its next moment.
    pub scheduled_at: Option<Millis>,
    /// Other runs of it that are at work.
    pub others: i64,
}

/// A one-time campaign that is under way though its end has come.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct EndingCampaign {
    pub id: Uuid,
    pub tenant_id: i64,
}

/// A target or excluded segment.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MappingRow {
    pub segment_id: Uuid,
    /// `include` or `exclude`.
    pub role: String,
    pub priority: i64,
}

/// An offer of a segment.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OfferMappingRow {
    pub segment_id: Uuid,
    pub offer_id: Uuid,
    pub priority: i64,
}

/// An active creative of an offer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CreativeRow {
    pub offer_id: Uuid,
    #[sqlx(try_from = "String")]
    pub channel: muster_domain::channel::Channel,
    pub locale: String,
    pub creative_version_id: i64,
}

/// The current text of a template.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TemplateRow {
    #[sqlx(try_from = "String")]
    pub channel: muster_domain::channel::Channel,
    pub locale: String,
    pub creative_version_id: i64,
}

/// One arm of a test.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VariantRow {
    pub variant_no: i64,
    pub variant_id: String,
    pub name: String,
    pub subject: Option<String>,
    pub template_id: Option<Uuid>,
    pub weight: i64,
    pub is_winner: bool,
}

/// Inline content of a campaign, to be kept as it is now.
#[derive(Debug, Clone)]
pub struct InlineContent<'a> {
    pub campaign_id: Uuid,
    pub channel: &'a str,
    pub subject: &'a str,
    pub preheader: &'a str,
    pub text_body: &'a str,
    pub html_body: &'a str,
    pub now: Millis,
}

/// A campaign, locked until the transaction ends.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<CampaignState>> {
    fetch_optional!(CampaignState; tx, GET, ws.0, id)
}

/// A campaign, read without a lock.
pub async fn look(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<CampaignState>> {
    fetch_optional!(CampaignState; tx, LOOK, ws.0, id)
}

/// The status of a campaign, read without a lock.
pub async fn status(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<CampaignStatus>> {
    let row = fetch_optional!((String,); tx, STATUS, ws.0, id)?;
    Ok(row.and_then(|r| r.0.parse().ok()))
}

/// Whether there is such a campaign.
pub async fn exists(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<bool> {
    Ok(scalar!(i64; tx, EXISTS, ws.0, id)? > 0)
}

/// Moves a campaign from one status to another.
pub async fn set_status(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    from: CampaignStatus,
    to: CampaignStatus,
    paused_reason: Option<&str>,
    now: Millis,
) -> Result<()> {
    exec_one!("campaign"; tx, SET_STATUS, ws.0, id, from.as_str(), to.as_str(), paused_reason, now)
}

/// Goes on with a campaign that was finished.
pub async fn reopen(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    from: CampaignStatus,
    to: CampaignStatus,
    now: Millis,
) -> Result<()> {
    exec_one!("campaign"; tx, REOPEN, ws.0, id, from.as_str(), to.as_str(), now)
}

/// A run of a campaign that begins.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    pub from: CampaignStatus,
    pub run: i64,
    pub job: Uuid,
    /// Of a recurring campaign: its next moment; of any other, the start that was planned.
    pub scheduled_at: Option<Millis>,
}

/// Moves a campaign to running with its run and job.
pub async fn started(tx: &mut Tx, ws: WorkspaceId, id: Uuid, start: Start, now: Millis) -> Result<()> {
    exec_one!("campaign"; tx, STARTED, ws.0, id, start.from.as_str(), start.run, start.job, now, start.scheduled_at)
}

/// Gives a recurring campaign its next moment, in the place of one that was decided about.
pub async fn set_moment(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    status: CampaignStatus,
    decided: Millis,
    next: Option<Millis>,
) -> Result<()> {
    exec_one!("campaign"; tx, SET_MOMENT, ws.0, id, status.as_str(), decided, next)
}

/// What comes after a run of a campaign that is locked.
pub async fn after_run(tx: &mut Tx, ws: WorkspaceId, id: Uuid, run: i64) -> Result<AfterRun> {
    fetch_one!(AfterRun; tx, AFTER_RUN, ws.0, id, run)
}

/// Recurring campaigns that are scheduled and have no moment.
pub async fn forgotten(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<Uuid>> {
    Ok(fetch_all!((Uuid,); tx, FORGOTTEN, ws.0)?.into_iter().map(|(id,)| id).collect())
}

/// Gives such a campaign a moment.
pub async fn remember(tx: &mut Tx, ws: WorkspaceId, id: Uuid, at: Millis) -> Result<()> {
    exec_one!("campaign"; tx, REMEMBER, ws.0, id, at)
}

/// How many other campaigns of the workspace are under way.
pub async fn running_count(tx: &mut Tx, ws: WorkspaceId, except: Uuid) -> Result<i64> {
    scalar!(i64; tx, RUNNING_COUNT, ws.0, except)
}

/// Scheduled campaigns whose moment has come, in all workspaces, at most 100.
pub async fn due(tx: &mut Tx, now: Millis) -> Result<Vec<DueCampaign>> {
    fetch_all!(DueCampaign; tx, DUE, now)
}

/// When the next scheduled campaign is due, in all workspaces.
pub async fn next_due(tx: &mut Tx, now: Millis) -> Result<Option<Millis>> {
    scalar!(Option<Millis>; tx, NEXT_DUE, now)
}

/// One-time campaigns that are under way though their end has come, in all workspaces, at most 100.
pub async fn ending(tx: &mut Tx, now: Millis) -> Result<Vec<EndingCampaign>> {
    fetch_all!(EndingCampaign; tx, ENDING, now)
}

/// When the next of them ends, in all workspaces.
pub async fn next_end(tx: &mut Tx, now: Millis) -> Result<Option<Millis>> {
    scalar!(Option<Millis>; tx, NEXT_END, now)
}

/// Target and excluded segments in their order.
pub async fn mappings(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Vec<MappingRow>> {
    fetch_all!(MappingRow; tx, MAPPINGS, ws.0, id)
}

/// Offers per segment in their order.
pub async fn offers(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Vec<OfferMappingRow>> {
    fetch_all!(OfferMappingRow; tx, OFFERS, ws.0, id)
}

/// Active creatives of offers.
pub async fn creatives(tx: &mut Tx, ws: WorkspaceId, offers: &[Uuid]) -> Result<Vec<CreativeRow>> {
    fetch_all!(CreativeRow; tx, CREATIVES, ws.0, crate::sql::json_rows(offers))
}

/// The current text of a template.
pub async fn template(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<TemplateRow>> {
    fetch_optional!(TemplateRow; tx, TEMPLATE, ws.0, id)
}

/// The arms of a campaign's test.
pub async fn variants(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Vec<VariantRow>> {
    fetch_all!(VariantRow; tx, VARIANTS, ws.0, id)
}

/// Keeps inline content as an immutable text; gives its id.
pub async fn insert_inline(tx: &mut Tx, ws: WorkspaceId, c: &InlineContent<'_>) -> Result<i64> {
    let variables = sqlx::types::Json(serde_json::json!({}));
    scalar!(i64; tx, INSERT_INLINE, ws.0, c.campaign_id, c.channel, c.subject, c.preheader, c.text_body, c.html_body, variables, c.now)
}
