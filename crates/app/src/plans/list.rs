//! Plans as they are looked at.

use std::collections::HashMap;

use muster_db::campaigns::{self, CampaignFilter};
use muster_db::{Tx, plan_contacts, plan_versions};
use muster_domain::campaign::{ApprovalStatus, CampaignStatus, CampaignType};
use muster_domain::channel::CampaignChannel;
use muster_domain::clock::Millis;
use muster_domain::problem::Problem;
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::draft::{PlanDraft, UNREADABLE, json_of, unreadable};
use crate::campaigns as area;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// How many contacts a plan has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanTotals {
    /// On the way.
    pub active: i64,
    /// Came to a node that leads nowhere.
    pub completed: i64,
    /// Came to a stop.
    pub stopped: i64,
    /// Left it: their message could not be sent, or the campaign ended.
    pub exited: i64,
}

/// A plan in a list. Its id is its campaign's.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub status: CampaignStatus,
    /// Why it paused itself, or somebody did, where that was said: a provider that fails everything, or a version of it that cannot
    /// be read.
    pub paused_reason: Option<String>,
    pub approval_status: ApprovalStatus,
    pub channel: CampaignChannel,
    /// Of the campaign: every change moves it.
    pub version: i64,
    /// How many things keep it from being started.
    pub problem_count: i64,
    pub contacts: PlanTotals,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub next_due_at: Option<Millis>,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub updated_at: Millis,
}

/// A plan with its JSON. Everything else about it is its campaign's (`/campaigns/{id}`).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    #[serde(flatten)]
    pub summary: PlanSummary,
    pub segment_ids: Vec<Uuid>,
    pub exclude_segment_ids: Vec<Uuid>,
    /// As the JSON Schema `/plans/schema` has it; none: nothing is written yet, or it cannot be read.
    #[schema(value_type = Option<Object>)]
    pub plan: Option<Value>,
    /// The version of the campaign with which this plan was saved: contacts name it.
    pub plan_version: Option<i64>,
    /// What keeps it from being started, by paths of the plan.
    pub problems: Vec<Problem>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub started_at: Option<Millis>,
}

/// A page of plans, newest first.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    search: Option<String>,
    archived: bool,
    request: PageRequest,
) -> AppResult<Page<PlanSummary>> {
    ctx.require(Operation::Read)?;
    let filter = CampaignFilter {
        statuses: Vec::new(),
        approvals: Vec::new(),
        channel: None,
        search: search.unwrap_or_default().chars().take(200).collect(),
        archived,
        kind: Some(CampaignType::Plan),
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, total) = campaigns::page(&mut tx, ctx.ws, &filter, request.page_size, request.offset()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let known = Known::read(&mut tx, ctx, &ids).await?;
    Ok(Page::new(rows.into_iter().map(|row| known.summary(row)).collect(), request, total))
}

/// One plan.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<PlanView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    view(&mut tx, ctx, id).await
}

pub(super) async fn view(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<PlanView> {
    let row = area::load_row(tx, ctx, id).await?;
    if row.kind != CampaignType::Plan {
        return Err(AppError::NotFound("plan"));
    }
    let campaign = area::load(tx, ctx, id).await?;
    let started_at = row.started_at;
    let mut summary = Known::read(tx, ctx, &[id]).await?.summary(row);
    let saved = plan_versions::current(tx, ctx.ws, id).await?;
    let plan = saved.as_ref().and_then(|row| json_of(row).ok());
    // What it names may have gone since it was saved.
    let problems = match (&plan, &saved) {
        (Some(plan), _) => match PlanDraft::read(tx, ctx, plan.clone()).await {
            Ok(draft) => draft.problems,
            Err(AppError::Invalid { details, .. }) => details,
            Err(error) => return Err(error),
        },
        (None, Some(row)) => vec![Problem::new("", UNREADABLE, unreadable(row.version))],
        (None, None) => Vec::new(),
    };
    summary.problem_count = i64::try_from(problems.len()).unwrap_or(i64::MAX);
    Ok(PlanView {
        summary,
        segment_ids: campaign.segment_ids,
        exclude_segment_ids: campaign.exclude_segment_ids,
        plan,
        plan_version: saved.map(|row| row.version),
        problems,
        started_at,
    })
}

/// What lists say beside the campaigns themselves.
struct Known {
    problems: HashMap<Uuid, i64>,
    totals: HashMap<Uuid, PlanTotals>,
    due: HashMap<Uuid, Option<Millis>>,
}

impl Known {
    async fn read(tx: &mut Tx, ctx: &Ctx, ids: &[Uuid]) -> AppResult<Self> {
        let current = plan_versions::current_of(tx, ctx.ws, ids).await?;
        let mut totals: HashMap<Uuid, PlanTotals> = HashMap::new();
        for row in plan_contacts::totals(tx, ctx.ws, ids).await? {
            let of = totals.entry(row.campaign_id).or_default();
            match row.status.as_str() {
                "active" => of.active = row.contacts,
                "completed" => of.completed = row.contacts,
                "stopped" => of.stopped = row.contacts,
                _ => of.exited += row.contacts,
            }
        }
        Ok(Self {
            problems: current.into_iter().map(|row| (row.campaign_id, row.problems)).collect(),
            totals,
            due: plan_contacts::next_due(tx, ctx.ws, ids).await?.into_iter().collect(),
        })
    }

    fn summary(&self, row: campaigns::CampaignRow) -> PlanSummary {
        PlanSummary {
            problem_count: self.problems.get(&row.id).copied().unwrap_or_default(),
            contacts: self.totals.get(&row.id).copied().unwrap_or_default(),
            next_due_at: self.due.get(&row.id).copied().flatten(),
            id: row.id,
            name: row.name,
            description: row.description,
            status: row.status,
            paused_reason: row.paused_reason,
            approval_status: row.approval_status,
            channel: row.channel,
            version: row.version,
            updated_at: row.updated_at,
        }
    }
}
