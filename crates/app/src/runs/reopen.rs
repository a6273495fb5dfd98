//! Going on with a run that may have ended, because messages of it are sent again.

use muster_db::campaign_state::{self, CampaignState};
use muster_db::{Tx, audit, executions, runs};
use muster_domain::campaign::{CampaignAction, CampaignStatus};
use muster_domain::clock::Millis;
use muster_domain::time::rfc3339;
use muster_engine::stages::Stage;
use serde_json::json;

use super::{after, ending, require_room};
use crate::{AppResult, Ctx};

/// Makes a locked run one that is sent, whether it ended or not; gives the status of its campaign from now on: running, or
/// paused when it is that. `from` is the first stage that sees messages once more, `why` goes into the event.
///
/// # Errors
/// 409 for a campaign that cannot go on, or whose end has passed; 422 when too many campaigns are under way.
pub(crate) async fn go_on(
    tx: &mut Tx,
    ctx: &Ctx,
    campaign: &CampaignState,
    (run, run_status): (i64, &str),
    from: Stage,
    why: &str,
    now: Millis,
) -> AppResult<CampaignStatus> {
    ending::not_yet(campaign, now)?;
    let to = match campaign.status {
        CampaignStatus::Running | CampaignStatus::Paused => campaign.status,
        _ => after(campaign, CampaignAction::Reopen)?,
    };
    if to != campaign.status {
        require_room(tx, ctx, campaign.id).await?;
        campaign_state::reopen(tx, ctx.ws, campaign.id, campaign.status, to, now).await?;
        let data = json!({"campaignId": campaign.id, "campaignName": campaign.name, "status": to, "reason": why, "at": rfc3339(now)});
        audit::emit(tx, ctx.ws, "campaign.resumed", &ctx.correlation_id, now, &data).await?;
    }
    if run_status != "running" {
        runs::reopen(tx, ctx.ws, run).await?;
        executions::reopen_stages(tx, ctx.ws, run, from.order(), Stage::Delivery.order(), now).await?;
    }
    Ok(to)
}
