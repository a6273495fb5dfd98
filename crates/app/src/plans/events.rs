//! Events of a team's own naming: another program says what a customer did.

use muster_db::plan_machine;
use muster_domain::campaign::CampaignStatus;
use muster_domain::clock::Millis;
use muster_domain::plan::Event;
use muster_domain::problem::Problem;
use muster_domain::time::moment_option;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::enrol::of_plan;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

const MAX_NAME: usize = 100;

/// Something that a customer did.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanEventInput {
    #[serde(alias = "customer_id")]
    pub customer_id: i64,
    /// As a transition of the plan names it; what happens to messages Muster knows itself.
    pub event: String,
    /// The same id twice is one event.
    #[serde(default)]
    pub id: Option<String>,
    /// When it happened; now when left out, never later than now.
    #[serde(default, with = "moment_option", alias = "occurred_at")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub occurred_at: Option<Millis>,
}

/// Whether an event may move somebody.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanEventView {
    /// False: the customer is not on the way in this plan, or the event was known already.
    pub is_taken: bool,
}

/// Notes an event; the machine looks at it at once, or when the plan goes on.
///
/// # Errors
/// 404 for what is no plan; 409 unless it is under way; 422 for a name that is none, or one of Muster's own.
pub async fn happened(app: &App, ctx: &Ctx, id: Uuid, input: PlanEventInput) -> AppResult<PlanEventView> {
    ctx.require(Operation::RunCampaigns)?;
    let name = input.event.trim();
    let is_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let refuse =
        |path: &str, code: &str, message: &str| Err(AppError::problems(vec![Problem::new(path, code, message)]));
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(is_a_name) {
        return refuse("event", "bad_code", "An event is letters, digits, - _ . and :");
    }
    if !matches!(Event::of(name), Event::Custom(_)) {
        return refuse("event", "not_custom", "Muster sees this itself: events that are told have names of their own.");
    }
    if input.id.as_ref().is_some_and(|id| id.is_empty() || id.len() > MAX_NAME) {
        return refuse("id", "too_long", "An id has 1 to 100 characters.");
    }
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let campaign = of_plan(&mut tx, ctx, id).await?;
    if !matches!(campaign.status, CampaignStatus::Running | CampaignStatus::Paused) {
        let message = format!("This plan is {}: nobody is on the way in it.", campaign.status);
        return Err(AppError::conflict("invalid_state", message));
    }
    let at = input.occurred_at.unwrap_or(now).min(now);
    let key = input.id.map(|event| format!("{id}:{event}"));
    let is_taken = plan_machine::happened(&mut tx, ctx.ws, (id, input.customer_id), name, at, key).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(PlanEventView { is_taken })
}
