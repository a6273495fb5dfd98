//! `campaigns`: what a person plans to send. Its parts (segments, offers, variants) are in `campaign_parts`, what became
//! of it in the tables of its runs.

use muster_domain::campaign::{
    ApprovalStatus, CampaignStatus, CampaignType, DeliveryMode, Objective, TargetingType, UnknownPolicy,
};
use muster_domain::channel::CampaignChannel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

macro_rules! columns {
    () => {
        "id, name, description, objective, channel, status, approval_status, type, targeting_type, template_id, content, control_percent, scheduled_at, end_at, timezone, misfire_rule, \
         recurring_schedule, settings, ab_test_config, delivery_mode, messages_per_hour, messages_per_day, batch_size, unknown_policy, paused_reason, primary_job_id, current_run_id, version, \
         approved_version, created_by, started_at, completed_at, archived_at, deleted_at, created_at, updated_at"
    };
}

/// What a list is narrowed to: $2 statuses, $3 approval states, $4 channel, $5 part of the name, $6 archived or not, $7 type.
macro_rules! wanted {
    () => {
        " FROM campaigns WHERE tenant_id = $1 AND deleted_at IS NULL AND ($2 = '' OR $2 LIKE '%,' || status || ',%') AND ($3 = '' OR $3 LIKE '%,' || approval_status || ',%') \
          AND ($4 = '' OR channel = $4) AND ($5 = '' OR LOWER(name) LIKE $5 ESCAPE '!') AND (archived_at IS NOT NULL) = $6 AND ($7 = '' OR type = $7)"
    };
}

sql! {
    INSERT = "INSERT INTO campaigns (id, tenant_id, name, description, objective, channel, status, type, targeting_type, template_id, content, control_percent, scheduled_at, end_at, timezone,
                  misfire_rule, recurring_schedule, settings, ab_test_config, delivery_mode, messages_per_hour, messages_per_day, batch_size, unknown_policy, created_by, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $26)";
    GET = concat!("SELECT ", columns!(), " FROM campaigns WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL");
    // campaigns_tenant, read backwards
    PAGE = concat!("SELECT ", columns!(), wanted!(), " ORDER BY id DESC LIMIT $8 OFFSET $9");
    COUNT = concat!("SELECT COUNT(*)", wanted!());
    // An edit names the version that was read and a state in which edits are allowed.
    UPDATE = "UPDATE campaigns SET name = $4, description = $5, objective = $6, channel = $7, type = $8, targeting_type = $9, template_id = $10, content = $11, control_percent = $12, scheduled_at = $13,
                  end_at = $14, timezone = $15, misfire_rule = $16, recurring_schedule = $17, settings = $18, ab_test_config = $19, delivery_mode = $20, messages_per_hour = $21, messages_per_day = $22,
                  batch_size = $23, unknown_policy = $24, status = $25, approval_status = $26, updated_at = $27, version = version + 1
              WHERE tenant_id = $1 AND id = $2 AND version = $3 AND status IN ('draft', 'scheduled') AND deleted_at IS NULL";
    // The plan of a campaign that is under way: who is in it goes on with the one before.
    EDIT_PLAN = "UPDATE campaigns SET channel = $4, approval_status = $5, updated_at = $6, version = version + 1
                 WHERE tenant_id = $1 AND id = $2 AND version = $3 AND type = 'plan' AND status IN ('running', 'paused') AND deleted_at IS NULL";
    SET_STATUS = "UPDATE campaigns SET status = $4, updated_at = $5 WHERE tenant_id = $1 AND id = $2 AND status = $3 AND deleted_at IS NULL";
    SCHEDULE = "UPDATE campaigns SET status = 'scheduled', scheduled_at = $4, timezone = $5, updated_at = $6 WHERE tenant_id = $1 AND id = $2 AND status = $3 AND deleted_at IS NULL";
    SET_APPROVAL = "UPDATE campaigns SET approval_status = $5, approved_version = COALESCE($6, approved_version), updated_at = $7
                    WHERE tenant_id = $1 AND id = $2 AND approval_status = $3 AND version = $4 AND deleted_at IS NULL";
    SET_ARCHIVED = "UPDATE campaigns SET archived_at = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2 AND (archived_at IS NULL) = (CAST($3 AS BIGINT) IS NOT NULL) AND status NOT IN ('scheduled', 'running', 'paused') AND deleted_at IS NULL";
    DELETE = "UPDATE campaigns SET deleted_at = $3, updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND status NOT IN ('scheduled', 'running', 'paused') AND deleted_at IS NULL";
    RUNNING = "SELECT COUNT(*) FROM campaigns WHERE tenant_id = $1 AND status = 'running' AND deleted_at IS NULL";
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CampaignRow {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[sqlx(try_from = "OptionalWord")]
    pub objective: OptionalObjective,
    #[sqlx(try_from = "String")]
    pub channel: CampaignChannel,
    #[sqlx(try_from = "String")]
    pub status: CampaignStatus,
    #[sqlx(try_from = "String")]
    pub approval_status: ApprovalStatus,
    #[sqlx(try_from = "String", rename = "type")]
    pub kind: CampaignType,
    #[sqlx(try_from = "String")]
    pub targeting_type: TargetingType,
    pub template_id: Option<Uuid>,
    /// Inline content {subject, preheader, textBody, htmlBody}.
    pub content: Option<Json<Value>>,
    pub control_percent: i64,
    pub scheduled_at: Option<Millis>,
    pub end_at: Option<Millis>,
    pub timezone: String,
    pub misfire_rule: String,
    pub recurring_schedule: Option<Json<Value>>,
    #[sqlx(json)]
    pub settings: Value,
    pub ab_test_config: Option<Json<Value>>,
    #[sqlx(try_from = "String")]
    pub delivery_mode: DeliveryMode,
    pub messages_per_hour: Option<i64>,
    pub messages_per_day: Option<i64>,
    pub batch_size: Option<i64>,
    #[sqlx(try_from = "String")]
    pub unknown_policy: UnknownPolicy,
    pub paused_reason: Option<String>,
    pub primary_job_id: Option<Uuid>,
    pub current_run_id: Option<i64>,
    pub version: i64,
    pub approved_version: Option<i64>,
    pub created_by: Uuid,
    pub started_at: Option<Millis>,
    pub completed_at: Option<Millis>,
    pub archived_at: Option<Millis>,
    pub deleted_at: Option<Millis>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

type OptionalWord = Option<String>;

/// A column that may be NULL and otherwise holds a word of [`Objective`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OptionalObjective(pub Option<Objective>);

impl TryFrom<OptionalWord> for OptionalObjective {
    type Error = muster_domain::UnknownWord;
    fn try_from(word: OptionalWord) -> std::result::Result<Self, Self::Error> {
        word.map(|w| w.parse()).transpose().map(Self)
    }
}

/// What a list is narrowed to. Empty means any.
#[derive(Debug, Clone, Default)]
pub struct CampaignFilter {
    pub statuses: Vec<CampaignStatus>,
    pub approvals: Vec<ApprovalStatus>,
    pub channel: Option<CampaignChannel>,
    /// Part of the name, in any case.
    pub search: String,
    /// The archived ones instead of the others.
    pub archived: bool,
    pub kind: Option<CampaignType>,
}

/// Adds a campaign: a draft, version 1.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, c: &CampaignRow) -> Result<()> {
    let settings = Json(&c.settings);
    exec!(
        tx,
        INSERT,
        c.id,
        ws.0,
        &c.name,
        &c.description,
        c.objective.0.map(Objective::as_str),
        c.channel.as_str(),
        c.status.as_str(),
        c.kind.as_str(),
        c.targeting_type.as_str(),
        c.template_id,
        &c.content,
        c.control_percent,
        c.scheduled_at,
        c.end_at,
        &c.timezone,
        &c.misfire_rule,
        &c.recurring_schedule,
        settings,
        &c.ab_test_config,
        c.delivery_mode.as_str(),
        c.messages_per_hour,
        c.messages_per_day,
        c.batch_size,
        c.unknown_policy.as_str(),
        c.created_by,
        c.created_at
    )?;
    Ok(())
}

/// One campaign that is not deleted.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<CampaignRow>> {
    fetch_optional!(CampaignRow; tx, GET, ws.0, id)
}

/// A page of a list, newest first, and how many there are in all.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &CampaignFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<CampaignRow>, i64)> {
    let statuses = words(filter.statuses.iter().map(|s| s.as_str()));
    let approvals = words(filter.approvals.iter().map(|s| s.as_str()));
    let channel = filter.channel.map_or("", CampaignChannel::as_str);
    let search = pattern(&filter.search);
    let kind = filter.kind.map_or("", CampaignType::as_str);
    let rows = fetch_all!(CampaignRow; tx, PAGE, ws.0, &statuses, &approvals, channel, &search, filter.archived, kind, limit, offset)?;
    let count = scalar!(i64; tx, COUNT, ws.0, &statuses, &approvals, channel, &search, filter.archived, kind)?;
    Ok((rows, count))
}

/// Writes what a person edits, and the states that follow from the edit; the version grows by one. Stale unless the
/// campaign still has the version of the row and may be edited.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, c: &CampaignRow, now: Millis) -> Result<()> {
    let settings = Json(&c.settings);
    exec_one!(
        "campaign"; tx, UPDATE, ws.0, c.id, c.version, &c.name, &c.description, c.objective.0.map(Objective::as_str), c.channel.as_str(), c.kind.as_str(), c.targeting_type.as_str(), c.template_id, &c.content,
        c.control_percent, c.scheduled_at, c.end_at, &c.timezone, &c.misfire_rule, &c.recurring_schedule, settings, &c.ab_test_config, c.delivery_mode.as_str(), c.messages_per_hour,
        c.messages_per_day, c.batch_size, c.unknown_policy.as_str(), c.status.as_str(), c.approval_status.as_str(), now
    )
}

/// Moves a campaign from one state to another.
pub async fn set_status(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    from: CampaignStatus,
    to: CampaignStatus,
    now: Millis,
) -> Result<()> {
    exec_one!("campaign"; tx, SET_STATUS, ws.0, id, from.as_str(), to.as_str(), now)
}

/// Puts a campaign that is in the state `from` on the schedule.
pub async fn schedule(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    from: CampaignStatus,
    at: Millis,
    timezone: &str,
    now: Millis,
) -> Result<()> {
    exec_one!("campaign"; tx, SCHEDULE, ws.0, id, from.as_str(), at, timezone, now)
}

/// A move of the approval of one version.
#[derive(Debug, Clone, Copy)]
pub struct ApprovalMove {
    pub version: i64,
    pub from: ApprovalStatus,
    pub to: ApprovalStatus,
}

/// Moves the approval of a version from one state to another; an approved version is remembered.
pub async fn set_approval(tx: &mut Tx, ws: WorkspaceId, id: Uuid, step: ApprovalMove, now: Millis) -> Result<()> {
    let approved = (step.to == ApprovalStatus::Approved).then_some(step.version);
    exec_one!("campaign"; tx, SET_APPROVAL, ws.0, id, step.from.as_str(), step.version, step.to.as_str(), approved, now)
}

/// Writes that the plan of a campaign under way was changed; the version grows by one.
pub async fn edit_plan(tx: &mut Tx, ws: WorkspaceId, c: &CampaignRow, now: Millis) -> Result<()> {
    exec_one!("campaign"; tx, EDIT_PLAN, ws.0, c.id, c.version, c.channel.as_str(), c.approval_status.as_str(), now)
}

/// Puts a campaign away, or back; false where it is so already or has something to do still.
pub async fn set_archived(tx: &mut Tx, ws: WorkspaceId, id: Uuid, archived: bool, now: Millis) -> Result<bool> {
    Ok(exec!(tx, SET_ARCHIVED, ws.0, id, archived.then_some(now), now)? == 1)
}

/// Marks a campaign as deleted; its rows stay for reports.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: Uuid, now: Millis) -> Result<()> {
    exec_one!("campaign"; tx, DELETE, ws.0, id, now)
}

/// How many campaigns are running (CAM-9).
pub async fn running(tx: &mut Tx, ws: WorkspaceId) -> Result<i64> {
    scalar!(i64; tx, RUNNING, ws.0)
}

fn words<'a>(all: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<_> = all.collect();
    if all.is_empty() { String::new() } else { format!(",{},", all.join(",")) }
}

/// A LIKE pattern for a part of a name; `!` escapes.
fn pattern(search: &str) -> String {
    let search = search.trim().to_lowercase();
    if search.is_empty() {
        return search;
    }
    format!("%{}%", search.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}
