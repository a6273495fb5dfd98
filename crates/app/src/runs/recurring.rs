//! Occurrences of recurring campaigns (CAM-2, CAM-7). Between them a campaign is `scheduled`, and `scheduled_at` is the first
//! moment that nothing was decided about, also while it runs. Every decision names that moment, so that of several nodes
//! one decides; and an occurrence is one run, because a campaign has one run for a moment (`campaign_runs_moment`).

use muster_db::campaign_state::{self, CampaignState, DueCampaign};
use muster_db::notifications::NewNotification;
use muster_domain::campaign::{CampaignAction, CampaignStatus, CampaignType};
use muster_domain::clock::Millis;
use muster_domain::job::catch_up::GRACE;
use muster_domain::recurrence::Recurrence;
use muster_domain::role::Role;
use muster_domain::time::{rfc3339, utc_minute};
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use super::after;
use super::launch::{Trigger, launch};
use crate::campaigns::RecurringInput;
use crate::ctx::AuditObject;
use crate::{App, AppError, AppResult, Ctx, notifications};

/// When a recurring campaign occurs, until its end.
///
/// # Errors
/// 422 when it does not say so.
pub(crate) fn recurrence(
    schedule: Option<&serde_json::Value>,
    timezone: &str,
    end_at: Option<Millis>,
) -> AppResult<Recurrence> {
    let input: Option<RecurringInput> = schedule.and_then(|value| serde_json::from_value(value.clone()).ok());
    let Some(input) = input else {
        let text = "A recurring campaign needs to know when it recurs. Set that in the step Schedule.";
        return Err(AppError::invalid("no_recurrence", text));
    };
    match Recurrence::parse(&input.cron, timezone) {
        Ok(recurrence) => Ok(recurrence.until(end_at)),
        Err(error) => Err(AppError::invalid("bad_recurrence", format!("The recurrence cannot be used: {error}."))),
    }
}

impl Trigger {
    /// What a person's start of a campaign makes of its moments.
    pub(super) fn manual(campaign: &CampaignState, now: Millis) -> AppResult<Self> {
        let next = match campaign.kind {
            CampaignType::Recurring => of(campaign)?.next_after(now),
            _ => campaign.scheduled_at,
        };
        Ok(Self::Manual { next })
    }
}

pub(crate) fn of(campaign: &CampaignState) -> AppResult<Recurrence> {
    recurrence(campaign.recurring_schedule.as_ref().map(|json| &json.0), &campaign.timezone, campaign.end_at)
}

/// Decides about the moment of a recurring campaign that has come: it starts an occurrence, or says why not.
pub(super) async fn occur(app: &App, ctx: &Ctx, due: &DueCampaign) -> AppResult<()> {
    let now = app.now();
    let campaign = {
        let mut tx = app.db.read(ctx.ws).await?;
        campaign_state::look(&mut tx, ctx.ws, due.id).await?
    };
    let Some(campaign) = campaign.filter(|campaign| campaign.scheduled_at == Some(due.scheduled_at)) else {
        return Ok(());
    };
    let is_sending = campaign.status == CampaignStatus::Running;
    if is_sending && now - due.scheduled_at <= GRACE {
        // Messages that are sent again take a moment only: they are no reason to leave out a whole occurrence.
        return Ok(());
    }
    let decided = of(&campaign)?.due(due.scheduled_at, now, campaign.misfire_rule == "run");
    let mut left_out =
        Left { planned: due.scheduled_at, next: decided.next, moments: decided.left_out, why: String::new() };
    match decided.start {
        _ if is_sending => {
            left_out.moments += usize::from(decided.start.is_some());
            left_out.why = String::from("The one before is still being sent.");
        }
        Some(at) => {
            let trigger = Trigger::Occurrence { planned: due.scheduled_at, at, next: decided.next };
            let Err(error) = launch(app, ctx, due.id, trigger).await else { return Ok(()) };
            match error {
                // Another node was faster, or somebody changed it meanwhile: its moment is looked at again.
                AppError::Conflict { code: "stale" | "duplicate" | "invalid_state", .. } => return Ok(()),
                AppError::Invalid { message, .. } => left_out.why = message,
                error => return Err(error),
            }
            left_out.moments += 1;
        }
        None => {
            left_out.why = String::from("Muster was not running then, and this campaign leaves out what was missed.");
        }
    }
    leave_out(app, ctx, due.id, &left_out).await
}

/// Occurrences that do not take place.
struct Left {
    planned: Millis,
    next: Option<Millis>,
    moments: usize,
    why: String,
}

/// Says that an occurrence does not take place, and waits for the next one.
async fn leave_out(app: &App, ctx: &Ctx, id: Uuid, left: &Left) -> AppResult<()> {
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let campaign = campaign_state::get(&mut tx, ctx.ws, id).await?;
    let Some(campaign) = campaign.filter(|campaign| campaign.scheduled_at == Some(left.planned)) else { return Ok(()) };
    campaign_state::set_moment(&mut tx, ctx.ws, id, campaign.status, left.planned, left.next).await?;
    let is_over = left.next.is_none() && campaign.status == CampaignStatus::Scheduled;
    if is_over {
        let to = after(&campaign, CampaignAction::Finish { all_failed: false })?;
        campaign_state::set_status(&mut tx, ctx.ws, id, campaign.status, to, None, now).await?;
    }
    let state = json!({
        "dueAt": rfc3339(left.planned), "occurrences": left.moments, "reason": left.why, "next": left.next.map(rfc3339),
    });
    let object = AuditObject::new("campaign", id, &campaign.name).after(&state);
    ctx.audit(&mut tx, now, "campaign.occurrence_left_out", object).await?;
    let title = format!("{} was left out", campaign.name);
    let body = format!("It was due at {}. {}", utc_minute(left.planned), left.why);
    let link = format!("/campaigns/{id}");
    let news = NewNotification { at: now, kind: "campaign", title: &title, body: &body, link: Some(&link) };
    notifications::tell_roles(&mut tx, ctx.ws, &[Role::Admin, Role::Manager], None, &news).await?;
    tx.commit().await?;
    tracing::warn!(tenantId = ctx.ws.0, campaignId = %id, moments = left.moments, why = left.why, "[LIFECYCLE] an occurrence was left out");
    notifications::announce(app, ctx.ws);
    app.campaign_changed(ctx, id);
    Ok(())
}

/// Where a paused campaign goes on: with the run that was paused, or, when that is over, with the next occurrence. Moments
/// that passed meanwhile are left out; gives how many.
pub(super) async fn go_on(
    tx: &mut muster_db::Tx,
    ctx: &Ctx,
    campaign: &CampaignState,
    is_at_work: bool,
    now: Millis,
) -> AppResult<(CampaignStatus, usize)> {
    let mut next = campaign.scheduled_at;
    let mut left_out = 0;
    if let Some(planned) = campaign.scheduled_at.filter(|at| *at <= now) {
        let due = of(campaign)?.due(planned, now, false);
        next = due.next;
        left_out = due.left_out + usize::from(due.start.is_some());
        campaign_state::set_moment(tx, ctx.ws, campaign.id, campaign.status, planned, next).await?;
    }
    let action = match next {
        _ if is_at_work => CampaignAction::Resume,
        Some(_) => CampaignAction::Rest,
        None => CampaignAction::Finish { all_failed: false },
    };
    Ok((after(campaign, action)?, left_out))
}

/// The safety sweep: decides what is due, and plans what is scheduled without a moment; gives how many that were.
pub(crate) async fn sweep(app: &App, ws: WorkspaceId) -> AppResult<i64> {
    let forgotten = {
        let mut tx = app.db.read(ws).await?;
        campaign_state::forgotten(&mut tx, ws).await?
    };
    let mut planned = 0;
    for id in forgotten {
        let mut tx = app.db.write(ws).await?;
        let Some(campaign) = campaign_state::get(&mut tx, ws, id).await? else { continue };
        if let Some(next) = of(&campaign)?.next_after(app.now()) {
            campaign_state::remember(&mut tx, ws, id, next).await?;
            tx.commit().await?;
            planned += 1;
        }
    }
    super::launch::launch_due_of(app, Some(ws), app.now()).await?;
    app.wake.notify_one();
    Ok(planned)
}
