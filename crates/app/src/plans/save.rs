//! Making and changing plans. A plan with problems is kept, so that it can be finished another day; it cannot be started.

use muster_domain::campaign::CampaignType;
use muster_domain::channel::CampaignChannel;
use muster_domain::plan;
use muster_domain::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::draft::PlanDraft;
use super::list::{PlanView, get, view};
use crate::campaigns::{self, CampaignInput};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A plan as it is made or changed. What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PlanInput {
    /// At most 255 characters; needed when the plan is made.
    pub name: Option<String>,
    pub description: Option<String>,
    /// Who goes through it, in order of priority.
    #[serde(alias = "segment_ids")]
    pub segment_ids: Option<Vec<Uuid>>,
    #[serde(alias = "exclude_segment_ids")]
    pub exclude_segment_ids: Option<Vec<Uuid>>,
    /// The state machine (`/plans/schema`); needed when the plan is made.
    #[schema(value_type = Option<Object>)]
    pub plan: Option<Value>,
    /// The version that the change was made on: 409 when somebody else changed the plan meanwhile.
    pub version: Option<i64>,
}

/// A plan to look over.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanCheckInput {
    #[schema(value_type = Object)]
    pub plan: Value,
}

/// What is wrong with a plan.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanCheckView {
    /// Whether it can be kept as it is.
    pub can_be_saved: bool,
    /// Whether it can be started as it is.
    pub can_be_started: bool,
    /// By paths of the plan.
    pub problems: Vec<Problem>,
}

/// Makes a plan: a campaign that is a draft.
pub async fn create(app: &App, ctx: &Ctx, input: PlanInput) -> AppResult<PlanView> {
    ctx.require(Operation::EditContent)?;
    let draft = read(app, ctx, input.plan.clone()).await?.ok_or_else(|| {
        let problem = Problem::new("plan", "missing_field", "The field plan is missing.");
        AppError::Malformed { code: "missing_field", message: problem.message.clone(), details: vec![problem] }
    })?;
    let campaign = CampaignInput {
        kind: Some(CampaignType::Plan),
        channel: Some(draft.channel().unwrap_or(CampaignChannel::Email)),
        ..campaign_of(input)
    };
    let made = campaigns::create_with(app, ctx, campaign, Some(draft)).await?;
    get(app, ctx, made.id).await
}

/// Changes a plan. While it runs, only its JSON may be changed: whoever is in it goes on with the version before.
pub async fn update(app: &App, ctx: &Ctx, id: Uuid, input: PlanInput) -> AppResult<PlanView> {
    ctx.require(Operation::EditContent)?;
    {
        let mut tx = app.db.read(ctx.ws).await?;
        view(&mut tx, ctx, id).await?;
    }
    let draft = read(app, ctx, input.plan.clone()).await?;
    let campaign = CampaignInput { channel: draft.as_ref().and_then(PlanDraft::channel), ..campaign_of(input) };
    campaigns::update_with(app, ctx, id, campaign, draft).await?;
    get(app, ctx, id).await
}

/// Deletes a plan with its campaign. 409 while it is scheduled or under way.
pub async fn delete(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    get(app, ctx, id).await?;
    campaigns::delete(app, ctx, id).await
}

/// Looks a plan over without keeping it.
pub async fn check(app: &App, ctx: &Ctx, input: PlanCheckInput) -> AppResult<PlanCheckView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    match PlanDraft::read(&mut tx, ctx, input.plan).await {
        Ok(draft) => Ok(PlanCheckView {
            can_be_saved: true,
            can_be_started: draft.problems.is_empty(),
            problems: draft.problems,
        }),
        Err(AppError::Invalid { details, .. }) => {
            let of_plan = |mut problem: Problem| {
                problem.path = problem.path.strip_prefix("plan.").unwrap_or_default().to_owned();
                problem
            };
            let problems = details.into_iter().map(of_plan).collect();
            Ok(PlanCheckView { can_be_saved: false, can_be_started: false, problems })
        }
        Err(error) => Err(error),
    }
}

/// The JSON Schema of plans.
pub fn schema(ctx: &Ctx) -> AppResult<Value> {
    ctx.require(Operation::Read)?;
    Ok(plan::schema())
}

async fn read(app: &App, ctx: &Ctx, json: Option<Value>) -> AppResult<Option<PlanDraft>> {
    let Some(json) = json else { return Ok(None) };
    let mut tx = app.db.read(ctx.ws).await?;
    PlanDraft::read(&mut tx, ctx, json).await.map(Some)
}

fn campaign_of(input: PlanInput) -> CampaignInput {
    CampaignInput {
        name: input.name,
        description: input.description,
        segment_ids: input.segment_ids,
        exclude_segment_ids: input.exclude_segment_ids,
        version: input.version,
        ..CampaignInput::default()
    }
}
