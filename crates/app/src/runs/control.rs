//! Pause, resume, cancel, one cycle by hand.

use muster_db::{audit, campaign_state, executions, leases, plan_machine, runs};
use muster_domain::campaign::{CampaignAction, CampaignStatus, CampaignType};
use muster_domain::clock::Millis;
use muster_domain::time::rfc3339;
use muster_domain::workspace::WorkspaceId;
use muster_engine::delivery::{CANCELLED, WINDOW};
use muster_engine::stages::Stage;
use serde_json::json;
use uuid::Uuid;

use super::{CycleView, RunStateView, after, ending, recurring};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Stops sending; what is in flight at this moment finishes.
pub async fn pause(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<RunStateView> {
    ctx.require(Operation::RunCampaigns)?;
    pause_with(app, ctx, id, None).await
}

/// Pauses with a reason that the window shows: somebody's, or the circuit breaker's.
pub async fn pause_with(app: &App, ctx: &Ctx, id: Uuid, reason: Option<&str>) -> AppResult<RunStateView> {
    change(app, ctx, id, CampaignAction::Pause, "campaign.paused", reason).await
}

/// Goes on sending.
pub async fn resume(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<RunStateView> {
    ctx.require(Operation::RunCampaigns)?;
    change(app, ctx, id, CampaignAction::Resume, "campaign.resumed", None).await
}

/// Ends a campaign for good: what was not sent is marked cancelled.
pub async fn cancel(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<RunStateView> {
    ctx.require(Operation::RunCampaigns)?;
    change(app, ctx, id, CampaignAction::Cancel, "campaign.cancelled", None).await
}

async fn change(
    app: &App,
    ctx: &Ctx,
    id: Uuid,
    action: CampaignAction,
    event: &str,
    reason: Option<&str>,
) -> AppResult<RunStateView> {
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    // Runs before their campaign, as the sender locks them: the other way round the two would wait for each other.
    let at_work = runs::at_work(&mut tx, ctx.ws, id).await?;
    for run in &at_work {
        leases::lock_run(&mut tx, ctx.ws, *run).await?;
    }
    let campaign = campaign_state::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    // What ended while this waited for its lock is over.
    let at_work = runs::at_work(&mut tx, ctx.ws, id).await?;
    if action == CampaignAction::Resume {
        ending::not_yet(&campaign, now)?;
    }
    let (to, left_out) = match (action, campaign.kind, campaign.status) {
        (CampaignAction::Resume, CampaignType::Recurring, CampaignStatus::Paused) => {
            recurring::go_on(&mut tx, ctx, &campaign, !at_work.is_empty(), now).await?
        }
        _ => (after(&campaign, action)?, 0),
    };
    campaign_state::set_status(&mut tx, ctx.ws, id, campaign.status, to, reason, now).await?;
    for run in at_work.iter().filter(|_| to == CampaignStatus::Cancelled) {
        app.delivery.cancel_pending(&mut tx, ctx.ws, *run, CANCELLED).await?;
        plan_machine::stop(&mut tx, ctx.ws, *run, CANCELLED, now).await?;
        runs::finish(&mut tx, ctx.ws, *run, "cancelled", now).await?;
        executions::finish_stages(&mut tx, ctx.ws, *run, Stage::Analytics.order(), "cancelled", now, None).await?;
    }
    let object = AuditObject::new("campaign", id, &campaign.name).before(&json!({"status": campaign.status})).after(
        &if left_out > 0 {
            json!({"status": to, "reason": reason, "occurrencesLeftOut": left_out})
        } else {
            json!({"status": to, "reason": reason})
        },
    );
    ctx.audit(&mut tx, now, event, object).await?;
    let data =
        json!({"campaignId": id, "campaignName": campaign.name, "status": to, "reason": reason, "at": rfc3339(now)});
    audit::emit(&mut tx, ctx.ws, event, &ctx.correlation_id, now, &data).await?;
    let view = view(&mut tx, ctx.ws, id, to, campaign.current_run_id).await?;
    tx.commit().await?;
    for run in at_work.into_iter().filter(|_| to != CampaignStatus::Running) {
        app.delivery.halt(run);
    }
    tracing::info!(tenantId = ctx.ws.0, correlationId = %ctx.correlation_id, campaignId = %id, fromStatus = %campaign.status, toStatus = %to, "[LIFECYCLE] campaign status changed");
    app.campaign_changed(ctx, id);
    Ok(view)
}

/// The state of a campaign and of its newest run.
pub(super) async fn view(
    tx: &mut muster_db::Tx,
    ws: WorkspaceId,
    id: Uuid,
    status: CampaignStatus,
    run: Option<i64>,
) -> AppResult<RunStateView> {
    let facts = match run {
        Some(run) => runs::facts(tx, ws, run).await?,
        None => None,
    };
    Ok(RunStateView {
        campaign_id: id,
        status,
        run_id: run,
        job_id: facts.as_ref().and_then(|f| f.job_id),
        total_recipients: facts.as_ref().map_or(0, |f| f.total_recipients),
        total_customers: facts.as_ref().map_or(0, |f| f.total_customers),
        control_customers: facts.as_ref().map_or(0, |f| f.control_customers),
    })
}

/// One cycle of one campaign now: at most one batch, as far as its budgets allow.
pub async fn execute(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CycleView> {
    ctx.require(Operation::RunCampaigns)?;
    ending::end_due_of(app, Some(ctx.ws)).await?;
    crate::plans::advance_due_of(app, Some(ctx.ws)).await?;
    let run = {
        let mut tx = app.db.write(ctx.ws).await?;
        let campaign = campaign_state::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
        if campaign.status != CampaignStatus::Running {
            return Err(AppError::conflict(
                "invalid_state",
                format!("Only a running campaign sends; this one is {}.", campaign.status),
            ));
        }
        campaign.current_run_id.ok_or(AppError::NotFound("run"))?
    };
    one_cycle(app, ctx.ws, run).await
}

/// One cycle of every running campaign of the workspace.
pub async fn execute_all(app: &App, ctx: &Ctx) -> AppResult<CycleView> {
    ctx.require(Operation::RunCampaigns)?;
    launch_everything_due(app, ctx).await?;
    ending::end_due_of(app, Some(ctx.ws)).await?;
    super::decide_due_of(app, Some(ctx.ws)).await?;
    crate::replies::send_retries(app, Some(ctx.ws)).await?;
    crate::plans::advance_due_of(app, Some(ctx.ws)).await?;
    let alive = {
        let mut tx = app.db.read(ctx.ws).await?;
        runs::alive(&mut tx).await?
    };
    let mut total = CycleView::default();
    for run in alive.into_iter().filter(|r| r.tenant_id == ctx.ws.0) {
        let one = one_cycle(app, ctx.ws, run.run_id).await?;
        total.processed += one.processed;
        total.sent += one.sent;
        total.failed += one.failed;
        total.rate_limited += one.rate_limited;
    }
    Ok(total)
}

async fn launch_everything_due(app: &App, ctx: &Ctx) -> AppResult<()> {
    let now: Millis = app.now();
    super::launch::launch_due_of(app, Some(ctx.ws), now).await
}

async fn one_cycle(app: &App, ws: WorkspaceId, run: i64) -> AppResult<CycleView> {
    let batch = {
        let mut tx = app.db.read(ws).await?;
        runs::facts(&mut tx, ws, run).await?.and_then(|f| f.batch_size).unwrap_or(WINDOW * 10)
    };
    let cycle = app.delivery.cycle(ws, run, batch).await?;
    Ok(CycleView {
        processed: cycle.processed,
        sent: cycle.sent,
        failed: cycle.failed,
        rate_limited: i64::from(cycle.rate_limited),
    })
}
