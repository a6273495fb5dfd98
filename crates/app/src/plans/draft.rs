//! A plan as somebody writes it, on its way into a campaign.

use muster_db::plan_versions::{self, PlanRow};
use muster_db::{Tx, leases, runs};
use muster_domain::campaign::CampaignType;
use muster_domain::channel::CampaignChannel;
use muster_domain::clock::Millis;
use muster_domain::plan::{self, MAX_BYTES, Plan};
use muster_domain::problem::Problem;
use serde_json::Value;
use uuid::Uuid;

use super::{check, contents};
use crate::campaigns::CampaignView;
use crate::{App, AppError, AppResult, Ctx};

/// A plan that can be kept; with problems it cannot be started.
pub(crate) struct PlanDraft {
    /// As it is kept and shown.
    pub json: Value,
    /// There when there are no problems.
    pub plan: Option<Plan>,
    pub problems: Vec<Problem>,
}

impl PlanDraft {
    /// Reads a plan.
    ///
    /// # Errors
    /// 422 when its form is not that of a plan, with everything that is wrong.
    pub async fn read(tx: &mut Tx, ctx: &Ctx, json: Value) -> AppResult<Self> {
        let text = json.to_string();
        if text.len() > MAX_BYTES {
            let message = format!("A plan has at most {MAX_BYTES} bytes.");
            return Err(AppError::problems(vec![Problem::new("plan", "too_long", message)]));
        }
        let reading = plan::read(&json).map_err(|problems| AppError::problems(problems).below("plan"))?;
        let mut problems = reading.problems;
        if let Some(plan) = &reading.plan {
            problems.extend(check::problems(tx, ctx, plan).await?);
        }
        let plan = reading.plan.filter(|_| problems.is_empty());
        Ok(Self { json: plan.as_ref().map_or(json, Plan::write), plan, problems })
    }

    /// The channel of a campaign whose content this is; none: it says nothing about it.
    pub fn channel(&self) -> Option<CampaignChannel> {
        let channels = self.plan.as_ref()?.channels();
        match channels.as_slice() {
            [] => None,
            [one] => one.as_str().parse().ok(),
            _ => Some(CampaignChannel::Multi),
        }
    }

    /// Keeps it as the plan of a campaign from this version on.
    pub async fn keep(&self, tx: &mut Tx, ctx: &Ctx, campaign: Uuid, version: i64, now: Millis) -> AppResult<()> {
        let row = PlanRow {
            version,
            plan: self.json.to_string(),
            problems: i64::try_from(self.problems.len()).unwrap_or(i64::MAX),
            saved_at: now,
            saved_by: ctx.user()?,
        };
        Ok(plan_versions::insert(tx, ctx.ws, campaign, &row).await?)
    }

    /// Has a run that is under way know what it says, so that people can be enrolled with it.
    pub async fn fix_in(
        &self,
        app: &App,
        tx: &mut Tx,
        ctx: &Ctx,
        campaign: Uuid,
        version: i64,
        run: Option<i64>,
    ) -> AppResult<()> {
        match (&self.plan, run) {
            (Some(plan), Some(run)) => contents::fix(app, ctx, tx, (campaign, run), version, plan).await,
            _ => Ok(()),
        }
    }
}

/// The plan of a campaign as it was saved, for its versions and approvals; none where it has none.
pub(crate) async fn written(tx: &mut Tx, ctx: &Ctx, campaign: &CampaignView) -> AppResult<Option<Value>> {
    if campaign.kind != CampaignType::Plan {
        return Ok(None);
    }
    let row = plan_versions::current(tx, ctx.ws, campaign.id).await?;
    row.map(|row| json_of(&row)).transpose()
}

/// The plan of a campaign for a copy of it.
pub(crate) async fn of_copy(tx: &mut Tx, ctx: &Ctx, campaign: Uuid) -> AppResult<Option<PlanDraft>> {
    match plan_versions::current(tx, ctx.ws, campaign).await? {
        Some(row) => Ok(Some(PlanDraft::read(tx, ctx, json_of(&row)?).await?)),
        None => Ok(None),
    }
}

/// The plan of a campaign and its version, if it can be started now.
///
/// # Errors
/// 422 with each problem and its path.
pub(crate) async fn ready(tx: &mut Tx, ctx: &Ctx, campaign: Uuid) -> AppResult<(i64, Plan)> {
    let Some(row) = plan_versions::current(tx, ctx.ws, campaign).await? else {
        return Err(AppError::invalid("no_plan", "This campaign has no plan yet: write one first."));
    };
    let draft = PlanDraft::read(tx, ctx, json_of(&row)?).await?;
    match draft.plan {
        Some(plan) => Ok((row.version, plan)),
        None => Err(AppError::problems(draft.problems).below("plan")),
    }
}

/// Locks the run of a campaign that is under way, before its campaign, as everywhere; none: it is not.
pub(crate) async fn lock_run_of(tx: &mut Tx, ctx: &Ctx, campaign: Uuid) -> AppResult<Option<i64>> {
    let Some(run) = runs::at_work(tx, ctx.ws, campaign).await?.pop() else { return Ok(None) };
    let position = leases::lock_run(tx, ctx.ws, run).await?;
    Ok(position.filter(|position| position.run_status == "running").map(|_| run))
}

/// The JSON of a plan that was kept.
///
/// # Errors
/// 409 where it is none any more.
pub(super) fn json_of(row: &PlanRow) -> AppResult<Value> {
    serde_json::from_str(&row.plan).map_err(|_| AppError::conflict(UNREADABLE, unreadable(row.version)))
}

/// A plan that was kept without problems, as contacts go through it; none: this version of Muster cannot read it.
pub(super) fn plan_of(row: &PlanRow) -> Option<Plan> {
    muster_domain::plan::read(&json_of(row).ok()?).ok()?.plan
}

/// The code of a plan that cannot be read.
pub(super) const UNREADABLE: &str = "plan_unreadable";

/// Why a plan stands still, and what to do.
pub(super) fn unreadable(version: i64) -> String {
    format!(
        "Version {version} of this plan cannot be read by this version of Muster: whoever began with it stays where they are. \
         Start the Muster that saved it, or a newer one, and resume; or cancel the campaign."
    )
}
