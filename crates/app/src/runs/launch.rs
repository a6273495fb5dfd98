//! Launching a campaign: one transaction makes the run, its job and stages, and every recipient, set by set.

use muster_db::audience::{self, Exclusions, SegmentTarget};
use muster_db::campaign_state::{self, CampaignState, DueCampaign, Start};
use muster_db::executions::{self, NewJob, NewStage};
use muster_db::runs::{self, NewRun};
use muster_db::{Tx, audit};
use muster_domain::campaign::{CampaignAction, CampaignStatus, CampaignType, MAX_RECIPIENTS};
use muster_domain::clock::Millis;
use muster_domain::job::catch_up;
use muster_domain::time::rfc3339;
use muster_domain::workspace::WorkspaceId;
use muster_engine::stages::Stage;
use serde_json::json;
use uuid::Uuid;

use super::contents::{self, Contents};
use super::control::view;
use super::split::{Split, salt};
use super::{RunStateView, after, beyond_a_single_run, ending, plan, recurring, require_approval, require_room};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx, segments};

/// Why a start that was missed does not take place.
const LEFT_OUT: &str =
    "Its start passed while Muster was not running, and it was set to be skipped then. Choose another start.";

/// What makes a campaign start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trigger {
    /// Somebody asked; a recurring campaign occurs `next` after it.
    Manual { next: Option<Millis> },
    /// Its start has come.
    Scheduler(Millis),
    /// An occurrence of a recurring campaign, for the moment `at`; `planned` is what its campaign said until now.
    Occurrence { planned: Millis, at: Millis, next: Option<Millis> },
}

impl Trigger {
    /// What the campaign must say for this to happen: somebody may have changed it since it was looked at.
    fn expects(self) -> Option<Millis> {
        match self {
            Self::Manual { .. } => None,
            Self::Scheduler(planned) | Self::Occurrence { planned, .. } => Some(planned),
        }
    }
}

/// Starts a campaign now. 409 unless approved and draft or scheduled; 422 for an empty audience and limits.
pub async fn start(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<RunStateView> {
    ctx.require(Operation::RunCampaigns)?;
    let campaign = {
        let mut tx = app.db.read(ctx.ws).await?;
        campaign_state::look(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?
    };
    launch(app, ctx, id, Trigger::manual(&campaign, app.now())?).await
}

/// Starts every scheduled campaign whose moment has come, in all workspaces.
pub async fn launch_due(app: &App) -> AppResult<()> {
    launch_due_of(app, None, app.now()).await
}

/// Starts what is due of one workspace (`only`), or of all.
pub(crate) async fn launch_due_of(app: &App, only: Option<WorkspaceId>, now: Millis) -> AppResult<()> {
    let due = {
        let mut tx = app.db.read_all().await?;
        campaign_state::due(&mut tx, now).await?
    };
    for campaign in due.into_iter().filter(|c| only.is_none_or(|ws| ws.0 == c.tenant_id)) {
        let ctx = Ctx::system(WorkspaceId(campaign.tenant_id), app.new_id().to_string());
        let started = match campaign.kind {
            CampaignType::Recurring => recurring::occur(app, &ctx, &campaign).await,
            _ if is_to_be_left_out(&campaign, now) => Err(AppError::conflict("missed", LEFT_OUT)),
            _ => launch(app, &ctx, campaign.id, Trigger::Scheduler(campaign.scheduled_at)).await.map(drop),
        };
        match started {
            Ok(()) | Err(AppError::Conflict { code: "stale" | "duplicate", .. }) => {}
            Err(error) => refuse_scheduled(app, &ctx, campaign.id, &error).await?,
        }
    }
    Ok(())
}

/// Whether a start was missed, and is not to be made up for.
fn is_to_be_left_out(campaign: &DueCampaign, now: Millis) -> bool {
    campaign.misfire_rule == "skip" && now - campaign.scheduled_at > catch_up::GRACE
}

/// A scheduled start that cannot happen is not tried for ever: the campaign goes back to draft and says why.
async fn refuse_scheduled(app: &App, ctx: &Ctx, id: Uuid, error: &AppError) -> AppResult<()> {
    if let AppError::Internal(cause) = error {
        tracing::error!(campaignId = %id, cause, "a scheduled start failed; it is tried again");
        return Ok(());
    }
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let Some(campaign) =
        campaign_state::get(&mut tx, ctx.ws, id).await?.filter(|c| c.status == CampaignStatus::Scheduled)
    else {
        return Ok(());
    };
    let reason = error.to_string();
    campaign_state::set_status(
        &mut tx,
        ctx.ws,
        id,
        CampaignStatus::Scheduled,
        CampaignStatus::Draft,
        Some(&reason),
        now,
    )
    .await?;
    ctx.audit(
        &mut tx,
        now,
        "campaign.start_refused",
        AuditObject::new("campaign", id, &campaign.name).after(&json!({"status": "draft", "reason": reason})),
    )
    .await?;
    tx.commit().await?;
    app.campaign_changed(ctx, id);
    Ok(())
}

pub(super) async fn launch(app: &App, ctx: &Ctx, id: Uuid, trigger: Trigger) -> AppResult<RunStateView> {
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let campaign = campaign_state::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    let is_as_expected = campaign.status == CampaignStatus::Scheduled && campaign.scheduled_at == trigger.expects();
    if trigger.expects().is_some() && !is_as_expected {
        return Err(AppError::conflict("stale", "The campaign was changed meanwhile."));
    }
    after(&campaign, CampaignAction::Start)?;
    ending::not_yet(&campaign, now)?;
    require_approval(&mut tx, ctx, &campaign).await?;
    require_room(&mut tx, ctx, id).await?;
    if let Some((code, _, message)) = beyond_a_single_run(campaign.kind) {
        return Err(AppError::invalid(code, message));
    }
    if campaign.kind == CampaignType::Plan {
        return plan::launch(app, ctx, tx, &campaign, trigger, now).await;
    }
    let contents = contents::fix(app, ctx, &mut tx, &campaign).await?;
    let split = Split::of_audience(&mut tx, ctx, &campaign, &contents.variants).await?;
    let launch = begin(app, ctx, &mut tx, &campaign, trigger, now).await?;
    for content in &contents.contents {
        runs::insert_content(&mut tx, ctx.ws, launch.run, content).await?;
    }
    let started = app.now();
    let first = split.first_seq();
    let (recipients, customers, control) =
        recipients(app, ctx, &mut tx, &campaign, &contents, launch.run, first).await?;
    // An occurrence that finds nobody is one that sent to nobody.
    if recipients == 0 && !matches!(trigger, Trigger::Occurrence { .. }) {
        return Err(AppError::invalid(
            "empty_audience",
            "Nobody is in the audience of this campaign now. Look at its segments.",
        ));
    }
    if recipients > MAX_RECIPIENTS {
        return Err(AppError::invalid(
            "too_many_recipients",
            format!("This campaign would send {recipients} messages; {MAX_RECIPIENTS} are allowed."),
        ));
    }
    split.apply(&mut tx, ctx, launch.run, customers, recipients).await?;
    let evaluation = Evaluation { started, recipients, customers, control };
    finish(app, ctx, tx, &campaign, &launch, &evaluation).await
}

/// A run under construction.
pub(super) struct Launch {
    pub run: i64,
    pub job: Uuid,
    triggered_by: &'static str,
    scheduled_for: Option<Millis>,
    /// What the campaign is planned for after this.
    next: Option<Millis>,
    now: Millis,
}

/// What the audience came to.
pub(super) struct Evaluation {
    pub started: Millis,
    pub recipients: i64,
    pub customers: i64,
    pub control: i64,
}

/// Makes the job and the run.
pub(super) async fn begin_manual(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    campaign: &CampaignState,
    now: Millis,
) -> AppResult<Launch> {
    // People who are named are no occurrence: one that is on the schedule stays there.
    let next = campaign.scheduled_at.filter(|_| campaign.status == CampaignStatus::Scheduled);
    begin(app, ctx, tx, campaign, Trigger::Manual { next }, now).await
}

pub(super) async fn begin(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    campaign: &CampaignState,
    trigger: Trigger,
    now: Millis,
) -> AppResult<Launch> {
    let number = runs::next_number(tx, ctx.ws, campaign.id).await?;
    let job = app.new_id();
    let (triggered_by, scheduled_for, next) = match trigger {
        Trigger::Manual { next } => (if ctx.scopes.is_some() { "api" } else { "manual" }, None, next),
        Trigger::Scheduler(at) => ("scheduler", Some(at), Some(at)),
        Trigger::Occurrence { at, next, .. } => ("scheduler", Some(at), next),
    };
    let new_job = NewJob {
        id: job,
        code: &format!("campaign-{}-run-{number}", campaign.id),
        name: &campaign.name,
        job_type_code: "campaign",
        campaign_id: Some(campaign.id),
        created_by: ctx.user_id,
        now,
    };
    executions::insert_job(tx, ctx.ws, &new_job).await?;
    let new_run = NewRun {
        campaign_id: campaign.id,
        number,
        job_id: job,
        correlation_id: &ctx.correlation_id,
        triggered_by,
        scheduled_for,
        now,
    };
    let run = runs::insert(tx, ctx.ws, &new_run).await?;
    executions::set_job_run(tx, ctx.ws, job, run, now).await?;
    Ok(Launch { run, job, triggered_by, scheduled_for, next, now })
}

/// Writes the recipients: each segment in its order, each customer once, the control group left out.
async fn recipients(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    campaign: &CampaignState,
    contents: &Contents,
    run: i64,
    first_seq: i64,
) -> AppResult<(i64, i64, i64)> {
    let (ws, now) = (ctx.ws, app.now());
    let mappings = campaign_state::mappings(tx, ws, campaign.id).await?;
    let mut exclusions = Exclusions::default();
    for m in mappings.iter().filter(|m| m.role == "exclude") {
        exclusions.push(segments::compile(tx, ws, m.segment_id, now).await?);
    }
    let (mut rows, mut customers, mut control) = (0, 0, 0);
    for (at, m) in mappings.iter().filter(|m| m.role == "include").enumerate() {
        let offers = contents.of_segment(m.segment_id);
        let begun = app.now();
        let target = SegmentTarget {
            run,
            segment_no: i64::try_from(at + 1).unwrap_or(i64::MAX),
            audience: segments::compile(tx, ws, m.segment_id, now).await?,
            offers: &offers,
            first_seq: first_seq + rows,
            salt: salt(campaign.id),
            control_percent: campaign.control_percent,
        };
        let in_control = audience::insert_control(tx, ws, &target, &exclusions).await?;
        let written =
            if offers.is_empty() { 0 } else { audience::insert_recipients(tx, ws, &target, &exclusions).await? };
        let people = written / i64::try_from(offers.len().max(1)).unwrap_or(1);
        let (size, took) = (people + in_control, app.now() - begun);
        runs::insert_segment(tx, ws, run, target.segment_no, m.segment_id, size).await?;
        // Later segments lose those who are in an earlier one: only the first count is the segment's own size.
        if at == 0 && exclusions.is_empty() && !offers.is_empty() {
            segments::record(tx, ws, m.segment_id, Some(run), &target.audience, size, took, now).await?;
        }
        rows += written;
        customers += people;
        control += in_control;
    }
    Ok((rows, customers, control))
}

/// Counters, stages, status, events; and the commit.
pub(super) async fn finish(
    app: &App,
    ctx: &Ctx,
    mut tx: Tx,
    campaign: &CampaignState,
    launch: &Launch,
    evaluation: &Evaluation,
) -> AppResult<RunStateView> {
    let (ws, run, now) = (ctx.ws, launch.run, launch.now);
    runs::set_totals(&mut tx, ws, run, evaluation.recipients, evaluation.customers, evaluation.control).await?;
    if campaign.kind == CampaignType::Plan {
        runs::init_growing(&mut tx, ws, run).await?;
    } else {
        runs::init_stats(&mut tx, ws, run).await?;
    }
    stages(app, ctx, &mut tx, campaign, launch, evaluation).await?;
    let start = Start { from: campaign.status, run, job: launch.job, scheduled_at: launch.next };
    campaign_state::started(&mut tx, ws, campaign.id, start, now).await?;
    let object = AuditObject::new("campaign", campaign.id, &campaign.name)
        .before(&json!({"status": campaign.status}))
        .after(&json!({"status": "running", "recipients": evaluation.recipients, "control": evaluation.control}));
    ctx.audit(&mut tx, now, "campaign.started", object).await?;
    let data = json!({
        "campaignId": campaign.id, "campaignName": campaign.name, "channel": campaign.channel, "totalRecipients": evaluation.recipients,
        "scheduledAt": launch.scheduled_for.map(rfc3339), "startedAt": rfc3339(now),
    });
    audit::emit(&mut tx, ws, "campaign.started", &ctx.correlation_id, now, &data).await?;
    let state = view(&mut tx, ws, campaign.id, CampaignStatus::Running, Some(run)).await?;
    tx.commit().await?;
    tracing::info!(tenantId = ws.0, correlationId = %ctx.correlation_id, campaignId = %campaign.id, fromStatus = %campaign.status, toStatus = "running", "[LIFECYCLE] campaign status changed");
    app.campaign_changed(ctx, campaign.id);
    Ok(state)
}

async fn stages(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    campaign: &CampaignState,
    launch: &Launch,
    e: &Evaluation,
) -> AppResult<()> {
    let node = app.node.id.to_string();
    let done = app.now();
    for stage in Stage::ALL {
        let (started_at, completed_at, rows, inserted) = match stage {
            Stage::Activation => (launch.now, Some(e.started), 1, 0),
            Stage::SegmentEvaluation => (e.started, Some(done), e.customers + e.control, e.recipients),
            _ => (done, None, 0, 0),
        };
        let new = NewStage {
            id: app.new_id(),
            job_id: launch.job,
            job_type_code: stage.as_str(),
            stage_order: stage.order(),
            campaign_id: campaign.id,
            run_id: launch.run,
            status: if completed_at.is_some() { "success" } else { "running" },
            triggered_by: if *stage == Stage::Activation { launch.triggered_by } else { "dependency" },
            triggered_by_user_id: ctx.user_id,
            started_at,
            completed_at,
            node: &node,
            correlation_id: &ctx.correlation_id,
            rows_expected: match stage {
                Stage::Activation => Some(1),
                Stage::SegmentEvaluation => Some(rows),
                Stage::Rewards | Stage::Analytics => None,
                _ => Some(e.recipients),
            },
            rows_read: rows,
            rows_processed: rows,
            rows_inserted: inserted,
        };
        executions::insert_stage(tx, ctx.ws, &new).await?;
    }
    Ok(())
}
