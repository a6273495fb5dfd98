//! The A/B test of a campaign: what is compared, and the winner declared by hand (CAM-10).

use muster_db::campaign_parts::{self, NewVariant};
use muster_db::campaigns::CampaignRow;
use muster_domain::campaign::CampaignStatus;
use muster_domain::experiment::{self, TestPlan, VariantDraft, WinnerCriteria};
use muster_domain::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::input::CampaignInput;
use super::view::{self, CampaignView};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AbTestInput {
    pub variants: Vec<VariantInput>,
    #[serde(default = "open_rate")]
    pub winner_criteria: WinnerCriteria,
    /// 4 when left out.
    #[serde(default = "four")]
    pub test_duration_hours: i64,
    /// 20 when left out; the rest of the audience gets the winner.
    #[serde(default = "twenty")]
    pub test_sample_percent: i64,
}

fn open_rate() -> WinnerCriteria {
    WinnerCriteria::OpenRate
}
fn four() -> i64 {
    4
}
fn twenty() -> i64 {
    20
}

/// One of the things that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantInput {
    /// `A` … `E`.
    pub variant_id: String,
    #[serde(default)]
    pub name: String,
    /// Instead of the message's own.
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub template_id: Option<Uuid>,
    /// Percent; the weights sum to 100.
    pub weight: i64,
}

/// What stands in the campaign's row; the variants have rows of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestConfig {
    pub winner_criteria: WinnerCriteria,
    pub test_duration_hours: i64,
    pub test_sample_percent: i64,
}

/// Which variant won.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WinnerInput {
    pub variant_id: String,
}

impl AbTestInput {
    /// What is wrong with it; paths are relative to the test.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let drafts: Vec<_> = self
            .variants
            .iter()
            .map(|v| VariantDraft { id: &v.variant_id, name: &v.name, subject: v.subject.as_deref(), weight: v.weight })
            .collect();
        let plan = TestPlan { duration_hours: self.test_duration_hours, sample_percent: self.test_sample_percent };
        experiment::problems(&drafts, plan)
    }

    pub(crate) fn config(&self) -> TestConfig {
        TestConfig {
            winner_criteria: self.winner_criteria,
            test_duration_hours: self.test_duration_hours,
            test_sample_percent: self.test_sample_percent,
        }
    }

    pub(crate) fn rows(&self) -> Vec<NewVariant> {
        let rows = self.variants.iter().zip(1..).map(|(v, no)| NewVariant {
            variant_no: no,
            variant_id: v.variant_id.clone(),
            name: if v.name.trim().is_empty() { v.variant_id.clone() } else { v.name.clone() },
            subject: v.subject.clone().filter(|s| !s.trim().is_empty()),
            template_id: v.template_id,
            weight: v.weight,
            is_winner: false,
        });
        rows.collect()
    }
}

/// Sets up the test of a campaign, or replaces it: an edit like any other.
pub async fn set_ab_test(app: &App, ctx: &Ctx, id: Uuid, test: AbTestInput) -> AppResult<CampaignView> {
    let problems = test.problems();
    if !problems.is_empty() {
        return Err(AppError::problems(problems));
    }
    super::update(app, ctx, id, CampaignInput { ab_test_config: Some(Some(test)), ..CampaignInput::default() }).await
}

/// Declares the winner by hand: whoever waits for it gets it; before the campaign starts, everybody will.
pub async fn declare_winner(app: &App, ctx: &Ctx, id: Uuid, input: WinnerInput) -> AppResult<CampaignView> {
    ctx.require(Operation::RunCampaigns)?;
    if crate::runs::declare_winner(app, ctx, id, &input.variant_id).await? {
        let mut tx = app.db.read(ctx.ws).await?;
        return view::load(&mut tx, ctx, id).await;
    }
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = view::load_row(&mut tx, ctx, id).await?;
    let variants = campaign_parts::variants(&mut tx, ctx.ws, &[id]).await?;
    check_may_declare(&row, !variants.is_empty())?;
    let chosen = variants
        .iter()
        .find(|v| v.variant_id.eq_ignore_ascii_case(input.variant_id.trim()))
        .ok_or(AppError::NotFound("variant"))?;
    if let Some(winner) = variants.iter().find(|v| v.is_winner) {
        return Err(AppError::conflict(
            "winner_declared",
            format!("Variant {} has been declared the winner already.", winner.variant_id),
        ));
    }
    campaign_parts::declare_winner(&mut tx, ctx.ws, id, chosen.variant_no).await?;
    let audit = AuditObject::new("campaign", id, &row.name).after(&json!({ "winner": chosen.variant_id }));
    ctx.audit(&mut tx, now, "campaign.winner_declared", audit).await?;
    let view = view::load(&mut tx, ctx, id).await?;
    tx.commit().await?;
    view::tell(app, ctx, id);
    app.wake.notify_one();
    Ok(view)
}

fn check_may_declare(row: &CampaignRow, has_test: bool) -> AppResult<()> {
    if !has_test {
        return Err(AppError::conflict("no_ab_test", "This campaign has no A/B test."));
    }
    if matches!(row.status, CampaignStatus::Cancelled | CampaignStatus::Failed) {
        return Err(AppError::conflict(
            "invalid_state",
            format!("This campaign is {}: a winner would change nothing any more.", row.status),
        ));
    }
    Ok(())
}
