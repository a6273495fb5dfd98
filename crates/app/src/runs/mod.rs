//! Running a campaign: launch, pause, resume, cancel, one cycle, and looking at it.

mod ab_test;
mod contents;
mod control;
mod ending;
mod events;
mod launch;
mod limits;
mod list;
mod plan;
mod recipients;
mod recurring;
mod reopen;
mod send;
mod snapshot;
mod split;
mod stats;
mod test_view;

pub use ab_test::decide_due;
pub(crate) use ab_test::{decide_due_of, declare as declare_winner};
pub(crate) use contents::TEMPLATE_BESIDE_OFFERS;
pub use control::{cancel, execute, execute_all, pause, pause_with, resume};
pub use ending::end_due;
pub(crate) use ending::{end_due_of, not_yet as not_yet_ended};
pub use events::{RunEventView, events};
pub(crate) use launch::launch_due_of;
pub use launch::{launch_due, start};
pub use list::{RunView, list};
pub(crate) use recipients::as_sent;
pub use recipients::{RecipientFilter, RecipientView, SentMessageView, recipient, recipients};
pub(crate) use recurring::{of as recurrence_of, recurrence, sweep as sweep_recurring};
pub(crate) use reopen::go_on;
pub use send::{SendRequest, SendView, send};
pub use snapshot::{LiveView, StageView, live};
pub(crate) use split::salt;
pub use stats::{CampaignStatsView, VariantStatsView, stats};
pub use test_view::{AbTestResultView, AbTestState, AbTestVariantView, ab_test};

use muster_db::campaign_state::CampaignState;
use muster_domain::campaign::{ApprovalStatus, CampaignAction, CampaignStatus, CampaignType, MAX_RUNNING_CAMPAIGNS};
use serde::Serialize;
use uuid::Uuid;

use crate::{App, AppError, AppResult, Ctx};

/// Where a campaign is after something was asked of it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunStateView {
    pub campaign_id: Uuid,
    pub status: CampaignStatus,
    pub run_id: Option<i64>,
    pub job_id: Option<Uuid>,
    /// Messages of the run.
    pub total_recipients: i64,
    /// People of the run, without the control group.
    pub total_customers: i64,
    pub control_customers: i64,
}

/// What one cycle did.
#[derive(Debug, Clone, Copy, Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CycleView {
    /// Messages that were looked at.
    pub processed: i64,
    pub sent: i64,
    pub failed: i64,
    /// Campaigns that had messages left but no budget for them.
    pub rate_limited: i64,
}

/// The state after an action, or 409 with why not.
pub(crate) fn after(campaign: &CampaignState, action: CampaignAction) -> AppResult<CampaignStatus> {
    campaign
        .status
        .after(action)
        .map_err(|refused| AppError::conflict("invalid_state", format!("It cannot be done: {refused}.")))
}

/// Refuses with 409 `approval_required` unless the campaign, as it is now, was approved or approval is switched off.
async fn require_approval(tx: &mut muster_db::Tx, ctx: &Ctx, campaign: &CampaignState) -> AppResult<()> {
    let workspace = muster_db::workspaces::get(tx, ctx.ws).await?;
    let approved = campaign.approval_status == ApprovalStatus::Approved
        && campaign.approved_version.is_none_or(|v| v == campaign.version);
    if workspace.approval_required && !approved {
        return Err(AppError::conflict(
            "approval_required",
            "This campaign is not approved. Submit it, and have somebody else approve it.",
        ));
    }
    Ok(())
}

/// Why a campaign of this kind would not be run as it says: sending it once, to everybody, would be something else.
/// The code, the step of the wizard that mends it, and what to do.
pub(crate) fn beyond_a_single_run(kind: CampaignType) -> Option<(&'static str, &'static str, &'static str)> {
    (kind == CampaignType::Triggered).then_some((
        "not_started_by_events",
        "details",
        "This campaign waits for events, which nothing starts so far. Make it a one-time or a recurring campaign, or a plan.",
    ))
}

/// Refuses with 422 when too many campaigns are under way (CAM-9). Call with the name lock held.
pub(crate) async fn require_room(tx: &mut muster_db::Tx, ctx: &Ctx, campaign: Uuid) -> AppResult<()> {
    tx.lock_name(&format!("muster:running:{}", ctx.ws.0)).await?;
    if muster_db::campaign_state::running_count(tx, ctx.ws, campaign).await? >= MAX_RUNNING_CAMPAIGNS {
        return Err(AppError::invalid(
            "too_many_running",
            format!(
                "{MAX_RUNNING_CAMPAIGNS} campaigns are running or paused already. Wait for one to finish, or cancel one."
            ),
        ));
    }
    Ok(())
}

impl App {
    /// Tells windows and the scheduler that a campaign changed.
    pub(crate) fn campaign_changed(&self, ctx: &Ctx, campaign: Uuid) {
        self.live.publish(ctx.ws, "campaigns", serde_json::json!({}));
        self.live.publish(ctx.ws, format!("campaign:{campaign}"), serde_json::json!({}));
        self.wake.notify_one();
    }
}
