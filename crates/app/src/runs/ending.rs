//! The end of campaigns that do not recur (CAM-7): nothing leaves after it. Whoever sends looks at it, too
//! (`delivery::plan::RunPlan::is_past_its_end`), so that nothing leaves either before somebody is awake to end the campaign.

use muster_db::campaign_state::{self, CampaignState};
use muster_db::notifications::NewNotification;
use muster_db::runs::{self, RunStats};
use muster_db::{audit, executions, leases, plan_machine};
use muster_domain::campaign::{CampaignAction, CampaignStatus};
use muster_domain::clock::Millis;
use muster_domain::role::Role;
use muster_domain::time::{rfc3339, utc_minute};
use muster_domain::workspace::WorkspaceId;
use muster_engine::delivery::END_REACHED;
use muster_engine::stages::Stage;
use serde_json::json;
use uuid::Uuid;

use super::after;
use crate::ctx::AuditObject;
use crate::{App, AppError, AppResult, Ctx, notifications};

/// Refuses with 409 `has_ended` what would send messages of a campaign after its end.
pub(crate) fn not_yet(campaign: &CampaignState, now: Millis) -> AppResult<()> {
    match campaign.ends_at().filter(|end| *end <= now) {
        None => Ok(()),
        Some(end) => Err(AppError::conflict(
            "has_ended",
            format!("This campaign ended at {}: nothing of it is sent after that.", utc_minute(end)),
        )),
    }
}

/// Ends every campaign whose end has come, in all workspaces.
pub async fn end_due(app: &App) -> AppResult<()> {
    end_due_of(app, None).await
}

/// Ends what is due of one workspace (`only`), or of all.
pub(crate) async fn end_due_of(app: &App, only: Option<WorkspaceId>) -> AppResult<()> {
    let due = {
        let mut tx = app.db.read_all().await?;
        campaign_state::ending(&mut tx, app.now()).await?
    };
    for campaign in due.into_iter().filter(|c| only.is_none_or(|ws| ws.0 == c.tenant_id)) {
        let ctx = Ctx::system(WorkspaceId(campaign.tenant_id), app.new_id().to_string());
        end(app, &ctx, campaign.id).await?;
    }
    Ok(())
}

/// What was left of a campaign.
struct Left {
    /// Cancelled.
    unsent: i64,
    /// On their way at this moment, or about to be given back; those are cancelled then.
    leased: i64,
}

/// Completes a campaign whose end has come: what is pending is cancelled, what is on its way finishes.
async fn end(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    // Runs before their campaign, as everywhere.
    for run in runs::at_work(&mut tx, ctx.ws, id).await? {
        leases::lock_run(&mut tx, ctx.ws, run).await?;
    }
    let campaign = campaign_state::get(&mut tx, ctx.ws, id).await?;
    // Another node was faster, or somebody cancelled it.
    let Some(campaign) = campaign.filter(|c| is_under_way(c) && c.ends_at().is_some_and(|end| end <= now)) else {
        return Ok(());
    };
    let to = after(&campaign, CampaignAction::Finish { all_failed: false })?;
    let at_work = runs::at_work(&mut tx, ctx.ws, id).await?;
    let mut left = Left { unsent: 0, leased: 0 };
    let mut total = RunStats::default();
    for run in &at_work {
        left.unsent += app.delivery.cancel_pending(&mut tx, ctx.ws, *run, END_REACHED).await?;
        plan_machine::stop(&mut tx, ctx.ws, *run, END_REACHED, now).await?;
        total = runs::stats(&mut tx, ctx.ws, *run).await?.iter().fold(total, |sum, stats| sum.plus(stats));
        runs::finish(&mut tx, ctx.ws, *run, to.as_str(), now).await?;
        executions::finish_stages(&mut tx, ctx.ws, *run, Stage::Delivery.order(), "success", now, None).await?;
    }
    left.leased = total.pending();
    campaign_state::set_status(&mut tx, ctx.ws, id, campaign.status, to, None, now).await?;
    say(&mut tx, ctx, &campaign, &left, now).await?;
    let data = json!({
        "campaignId": id, "campaignName": campaign.name, "status": to, "totalRecipients": total.total, "sent": total.sent,
        "failed": total.failed, "endReached": true, "unsent": left.unsent, "completedAt": rfc3339(now),
    });
    audit::emit(&mut tx, ctx.ws, "campaign.completed", &ctx.correlation_id, now, &data).await?;
    tx.commit().await?;
    for run in at_work {
        app.delivery.halt(run);
    }
    tracing::info!(tenantId = ctx.ws.0, correlationId = %ctx.correlation_id, campaignId = %id, fromStatus = %campaign.status, toStatus = %to, unsent = left.unsent, "[LIFECYCLE] campaign status changed");
    notifications::announce(app, ctx.ws);
    app.campaign_changed(ctx, id);
    Ok(())
}

fn is_under_way(campaign: &CampaignState) -> bool {
    matches!(campaign.status, CampaignStatus::Running | CampaignStatus::Paused)
}

/// In the audit log, and to those who plan campaigns where somebody got nothing.
async fn say(tx: &mut muster_db::Tx, ctx: &Ctx, campaign: &CampaignState, left: &Left, now: Millis) -> AppResult<()> {
    let end = campaign.end_at.unwrap_or(now);
    let mut state = json!({"status": "completed", "endAt": rfc3339(end), "unsent": left.unsent});
    if left.leased > 0 {
        state["onTheirWay"] = json!(left.leased);
    }
    let object = AuditObject::new("campaign", campaign.id, &campaign.name)
        .before(&json!({"status": campaign.status}))
        .after(&state);
    ctx.audit(tx, now, "campaign.end_reached", object).await?;
    if left.unsent == 0 {
        return Ok(());
    }
    let title = format!("{} ended before all was sent", campaign.name);
    let messages = if left.unsent == 1 { "message was" } else { "messages were" };
    let body = format!("Its end, {}, was reached. {} {messages} not sent.", utc_minute(end), left.unsent);
    let link = format!("/campaigns/{}", campaign.id);
    let news = NewNotification { at: now, kind: "campaign", title: &title, body: &body, link: Some(&link) };
    notifications::tell_roles(tx, ctx.ws, &[Role::Admin, Role::Manager], None, &news).await
}
