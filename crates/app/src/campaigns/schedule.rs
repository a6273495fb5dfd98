//! Onto the schedule and off it, and the gate that nothing passes without approval.

use muster_db::campaigns::CampaignRow;
use muster_db::{Tx, audit, campaigns, workspaces};
use muster_domain::campaign::{ApprovalStatus, CampaignAction, CampaignStatus, CampaignType};
use muster_domain::clock::Millis;
use muster_domain::problem::Problem;
use muster_domain::time::{MINUTE, rfc3339};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::edit::sentence;
use super::view::{self, CampaignView};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::runs::recurrence;
use crate::{App, AppError, AppResult, Ctx};

/// When to start.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleInput {
    /// RFC 3339.
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String, format = "date-time")]
    pub scheduled_at: Millis,
    /// IANA name; the campaign's own when left out.
    #[serde(default)]
    pub timezone: Option<String>,
}

/// Refuses with 409 `approval_required` unless the campaign, as it is now, was approved, or this workspace needs no
/// approval. Everything that makes a campaign send asks here first.
pub async fn require_approval(tx: &mut Tx, ctx: &Ctx, row: &CampaignRow) -> AppResult<()> {
    if row.approval_status == ApprovalStatus::Approved || !workspaces::get(tx, ctx.ws).await?.approval_required {
        return Ok(());
    }
    let why = match row.approval_status {
        ApprovalStatus::Pending => "It waits for an approver.",
        ApprovalStatus::Rejected => "It was rejected: change it and submit it again.",
        _ => "Submit it for approval first.",
    };
    Err(AppError::conflict("approval_required", format!("This campaign is not approved. {why}")))
}

/// Puts a campaign on the schedule, or moves it there.
pub async fn schedule(app: &App, ctx: &Ctx, id: Uuid, input: ScheduleInput) -> AppResult<CampaignView> {
    ctx.require(Operation::RunCampaigns)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = view::load_row(&mut tx, ctx, id).await?;
    let timezone = input.timezone.unwrap_or_else(|| row.timezone.clone());
    check_moment(input.scheduled_at, &timezone, row.end_at, now)?;
    next_state(row.status, CampaignAction::Schedule)?;
    require_approval(&mut tx, ctx, &row).await?;
    let at = first_moment(&row, Some(input.scheduled_at), &timezone, now)?.unwrap_or(input.scheduled_at);
    put_on_schedule(&mut tx, ctx, &row, at, &timezone, now).await?;
    let view = view::load(&mut tx, ctx, id).await?;
    tx.commit().await?;
    view::tell(app, ctx, id);
    app.wake.notify_one();
    Ok(view)
}

/// When a recurring campaign occurs first, not before `from`; none for any other.
///
/// # Errors
/// 422 when it does not say how it recurs, or ends before.
pub(crate) fn first_moment(
    row: &CampaignRow,
    from: Option<Millis>,
    timezone: &str,
    now: Millis,
) -> AppResult<Option<Millis>> {
    if row.kind != CampaignType::Recurring {
        return Ok(None);
    }
    let recurrence = recurrence(row.recurring_schedule.as_ref().map(|json| &json.0), timezone, row.end_at)?;
    let after = from.map_or(now, |from| (from - 1).max(now));
    recurrence.next_after(after).map(Some).ok_or_else(|| {
        let text = "The campaign ends before it would occur.";
        AppError::problems(vec![Problem::new("endAt", "never_occurs", text)])
    })
}

/// The change itself, its audit entry and its event, in the caller's transaction. The caller has asked the gate.
pub(crate) async fn put_on_schedule(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &CampaignRow,
    at: Millis,
    timezone: &str,
    now: Millis,
) -> AppResult<()> {
    let to = next_state(row.status, CampaignAction::Schedule)?;
    campaigns::schedule(tx, ctx.ws, row.id, row.status, at, timezone, now).await?;
    let state = |status: CampaignStatus, at: Option<Millis>, timezone: &str| json!({ "status": status, "scheduledAt": at.map(rfc3339), "timezone": timezone });
    let object = AuditObject::new("campaign", row.id, &row.name)
        .before(&state(row.status, row.scheduled_at, &row.timezone))
        .after(&state(to, Some(at), timezone));
    ctx.audit(tx, now, "campaign.scheduled", object).await?;
    let data = json!({ "campaignId": row.id, "campaignName": row.name, "channel": row.channel, "scheduledAt": rfc3339(at), "timezone": timezone });
    audit::emit(tx, ctx.ws, "campaign.scheduled", &ctx.correlation_id, now, &data).await?;
    log_status(ctx, row, to);
    Ok(())
}

/// A campaign that was approved with a start in the future goes on the schedule, and so does one that recurs; one without
/// a start, or whose start has passed, waits for somebody to start it.
pub(crate) async fn schedule_when_approved(tx: &mut Tx, ctx: &Ctx, id: Uuid, now: Millis) -> AppResult<()> {
    let row = view::load_row(tx, ctx, id).await?;
    let recurs = if row.status == CampaignStatus::Draft {
        // What cannot recur any more waits for somebody, too.
        first_moment(&row, row.scheduled_at, &row.timezone, now).ok().flatten()
    } else {
        None
    };
    match recurs.or(row.scheduled_at) {
        Some(at) if row.status == CampaignStatus::Draft && at > now => {
            let timezone = row.timezone.clone();
            put_on_schedule(tx, ctx, &row, at, &timezone, now).await
        }
        _ => Ok(()),
    }
}

/// Takes a campaign off the schedule: a draft again, with the same start in mind.
pub async fn unschedule(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CampaignView> {
    ctx.require(Operation::RunCampaigns)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = view::load_row(&mut tx, ctx, id).await?;
    let to = next_state(row.status, CampaignAction::Unschedule)?;
    campaigns::set_status(&mut tx, ctx.ws, id, row.status, to, now).await?;
    let object = AuditObject::new("campaign", id, &row.name)
        .before(&json!({ "status": row.status }))
        .after(&json!({ "status": to }));
    ctx.audit(&mut tx, now, "campaign.unscheduled", object).await?;
    log_status(ctx, &row, to);
    let view = view::load(&mut tx, ctx, id).await?;
    tx.commit().await?;
    view::tell(app, ctx, id);
    app.wake.notify_one();
    Ok(view)
}

fn next_state(from: CampaignStatus, action: CampaignAction) -> AppResult<CampaignStatus> {
    from.after(action).map_err(|e| AppError::conflict("invalid_state", sentence(&e)))
}

fn check_moment(at: Millis, timezone: &str, end_at: Option<Millis>, now: Millis) -> AppResult<()> {
    let mut problems = Vec::new();
    // A minute of grace: a clock that is a little behind means "now".
    if at < now - MINUTE {
        problems.push(Problem::new(
            "scheduledAt",
            "in_past",
            format!("The start, {}, has passed. Choose a later one, or start the campaign now.", rfc3339(at)),
        ));
    }
    if end_at.is_some_and(|end| end <= at) {
        problems.push(Problem::new("scheduledAt", "ends_before_start", "The campaign would end before it starts."));
    }
    if !muster_domain::zone::is_known(timezone) {
        problems.push(Problem::new(
            "timezone",
            "bad_timezone",
            "This timezone is not known: use a name like Africa/Nairobi.",
        ));
    }
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}

fn log_status(ctx: &Ctx, row: &CampaignRow, to: CampaignStatus) {
    tracing::info!(tenantId = ctx.ws.0, correlationId = ctx.correlation_id, campaignId = %row.id, fromStatus = row.status.as_str(), toStatus = to.as_str(), "[LIFECYCLE] campaign status changed");
}
