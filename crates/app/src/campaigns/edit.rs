//! Making and changing campaigns.

use muster_db::campaign_parts::{self, NewOfferMapping, NewSegmentMapping};
use muster_db::campaign_versions::VersionRow;
use muster_db::campaigns::{CampaignRow, OptionalObjective};
use muster_db::{Tx, approvals, audit, campaign_versions, campaigns, workspaces};
use muster_domain::campaign::{
    ApprovalStatus, CampaignAction, CampaignStatus, CampaignType, DeliveryMode, TargetingType, UnknownPolicy,
};
use muster_domain::clock::Millis;
use muster_domain::pace::Pace;
use muster_domain::problem::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::checks::{self, Draft};
use super::input::{CampaignInput, InlineContent, OfferInput};
use super::schedule::first_moment;
use super::snapshot::{differences, snapshot};
use super::view::{self, CampaignView};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::plans::{self, PlanDraft};
use crate::{App, AppError, AppResult, Ctx};

/// Makes a campaign: a draft, version 1.
pub async fn create(app: &App, ctx: &Ctx, input: CampaignInput) -> AppResult<CampaignView> {
    create_with(app, ctx, input, None).await
}

/// The same with a plan.
pub(crate) async fn create_with(
    app: &App,
    ctx: &Ctx,
    input: CampaignInput,
    plan: Option<PlanDraft>,
) -> AppResult<CampaignView> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    let row = blank(app.new_id(), &input, ctx.user()?, now)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let mut draft = Draft { row, segments: vec![], offers: vec![], variants: vec![] };
    apply(&mut draft, input)?;
    refuse(checks::problems(&mut tx, ctx, &draft, now).await?)?;
    let view = insert(&mut tx, ctx, &draft, plan.as_ref(), "campaign.created", now).await?;
    tx.commit().await?;
    view::tell(app, ctx, view.id);
    Ok(view)
}

/// Adds a checked draft with its first version, audit entry and event.
pub(crate) async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    draft: &Draft,
    plan: Option<&PlanDraft>,
    action: &str,
    now: Millis,
) -> AppResult<CampaignView> {
    let id = draft.row.id;
    campaigns::insert(tx, ctx.ws, &draft.row).await?;
    write_parts(tx, ctx, draft).await?;
    if let Some(plan) = plan {
        plan.keep(tx, ctx, id, draft.row.version, now).await?;
    }
    let view = view::load(tx, ctx, id).await?;
    let taken = snapshot(&view, plans::written(tx, ctx, &view).await?);
    keep_version(tx, ctx, &view, taken.clone(), now).await?;
    ctx.audit(tx, now, action, AuditObject::new("campaign", id, &view.name).after(&taken)).await?;
    let data = json!({ "campaignId": id, "campaignName": view.name, "channel": view.channel, "type": view.kind });
    audit::emit(tx, ctx.ws, "campaign.created", &ctx.correlation_id, now, &data).await?;
    Ok(view)
}

/// Changes a campaign that has not started. Every change is a new version and needs a new approval.
pub async fn update(app: &App, ctx: &Ctx, id: Uuid, input: CampaignInput) -> AppResult<CampaignView> {
    update_with(app, ctx, id, input, None).await
}

/// The same with a plan, which may also be changed while the campaign runs.
pub(crate) async fn update_with(
    app: &App,
    ctx: &Ctx,
    id: Uuid,
    input: CampaignInput,
    plan: Option<PlanDraft>,
) -> AppResult<CampaignView> {
    ctx.require(Operation::EditContent)?;
    let (now, editor) = (app.now(), ctx.user()?);
    let mut tx = app.db.write(ctx.ws).await?;
    let run = match plan {
        Some(_) => plans::lock_run_of(&mut tx, ctx, id).await?,
        None => None,
    };
    let before = read_draft(&mut tx, ctx, id).await?;
    let mut after = before.clone();
    let version = input.version;
    apply(&mut after, input)?;
    // While it runs nothing but its plan may be another.
    let is_under_way = run.is_some() && after.is_but_for_channel(&before);
    may_edit(&before.row, version, is_under_way)?;
    refuse(checks::problems(&mut tx, ctx, &after, now).await?)?;
    let seen = view::load(&mut tx, ctx, id).await?;
    let was_written = plans::written(&mut tx, ctx, &seen).await?;
    let plan = plan.filter(|plan| Some(&plan.json) != was_written.as_ref());
    if after == before && plan.is_none() {
        return Ok(seen);
    }
    if before.row.current_run_id.is_some() && after.row.kind != before.row.kind {
        let text = "It has run already. Duplicate it to send something similar in another way.";
        refuse(vec![Problem::new("type", "has_run", text)])?;
    }
    let was = snapshot(&seen, was_written);
    let approval_needed = workspaces::get(&mut tx, ctx.ws).await?.approval_required;
    take_back_approval(&mut tx, ctx, &mut after.row, approval_needed, now).await?;
    plan_anew(&before.row, &mut after.row, now)?;
    if is_under_way {
        campaigns::edit_plan(&mut tx, ctx.ws, &after.row, now).await?;
    } else {
        campaigns::update(&mut tx, ctx.ws, &after.row, now).await?;
        write_parts(&mut tx, ctx, &after).await?;
    }
    if let Some(plan) = &plan {
        plan.keep(&mut tx, ctx, id, after.row.version + 1, now).await?;
        plan.fix_in(app, &mut tx, ctx, id, after.row.version + 1, run).await?;
    }
    let view = view::load(&mut tx, ctx, id).await?;
    let is = snapshot(&view, plans::written(&mut tx, ctx, &view).await?);
    let row = VersionRow { version: view.version, snapshot: is.clone(), edited_by: editor, edited_at: now };
    campaign_versions::insert(&mut tx, ctx.ws, id, &row).await?;
    let (old, new) = differences(&was, &is);
    ctx.audit(&mut tx, now, "campaign.updated", AuditObject::new("campaign", id, &view.name).before(&old).after(&new))
        .await?;
    tx.commit().await?;
    view::tell(app, ctx, id);
    app.live.publish(ctx.ws, "approvals", json!({}));
    app.wake.notify_one();
    Ok(view)
}

/// A recurring campaign that stays on the schedule occurs by its new rule from now on.
fn plan_anew(before: &CampaignRow, after: &mut CampaignRow, now: Millis) -> AppResult<()> {
    let rule = |row: &CampaignRow| {
        (row.kind, row.recurring_schedule.clone(), row.timezone.clone(), row.end_at, row.scheduled_at)
    };
    if after.status == CampaignStatus::Scheduled && rule(before) != rule(after) {
        let from = after.scheduled_at.filter(|at| Some(*at) != before.scheduled_at);
        if let Some(at) = first_moment(after, from, &after.timezone, now)? {
            after.scheduled_at = Some(at);
        }
    }
    Ok(())
}

/// An edit after the approval (or while it is asked for) needs a new one; what was scheduled under it is taken off the
/// schedule, because it could not start.
async fn take_back_approval(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &mut CampaignRow,
    approval_needed: bool,
    now: Millis,
) -> AppResult<()> {
    if row.approval_status == ApprovalStatus::NotSubmitted {
        return Ok(());
    }
    if row.approval_status == ApprovalStatus::Pending {
        approvals::withdraw(tx, ctx.ws, row.id, now).await?;
    }
    row.approval_status = ApprovalStatus::NotSubmitted;
    if approval_needed && row.status == CampaignStatus::Scheduled {
        row.status = row
            .status
            .after(CampaignAction::Unschedule)
            .map_err(|e| AppError::conflict("invalid_state", sentence(&e)))?;
    }
    Ok(())
}

/// An error of the state machine as a sentence.
pub(crate) fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

pub(crate) fn may_edit(row: &CampaignRow, seen_version: Option<i64>, is_under_way: bool) -> AppResult<()> {
    if !row.status.is_editable() && !is_under_way {
        return Err(AppError::conflict(
            "not_editable",
            format!(
                "A campaign that is {} cannot be changed any more. Duplicate it to send something similar.",
                row.status
            ),
        ));
    }
    if seen_version.is_some_and(|seen| seen != row.version) {
        return Err(AppError::conflict(
            "stale",
            "This campaign was changed by somebody else meanwhile. Load it again and repeat your change.",
        ));
    }
    Ok(())
}

fn refuse(problems: Vec<Problem>) -> AppResult<()> {
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}

/// A new draft with the defaults of contract.md.
fn blank(id: Uuid, input: &CampaignInput, created_by: Uuid, now: Millis) -> AppResult<CampaignRow> {
    let missing = |field: &'static str| AppError::Malformed {
        code: "missing_field",
        message: format!("The field {field} is missing."),
        details: vec![Problem::new(field, "missing_field", format!("The field {field} is missing."))],
    };
    Ok(CampaignRow {
        id,
        name: input.name.clone().ok_or_else(|| missing("name"))?,
        description: String::new(),
        objective: OptionalObjective(None),
        channel: input.channel.ok_or_else(|| missing("channel"))?,
        status: CampaignStatus::Draft,
        approval_status: ApprovalStatus::NotSubmitted,
        kind: CampaignType::OneTime,
        targeting_type: TargetingType::MultipleTargetGroup,
        template_id: None,
        content: None,
        control_percent: 0,
        scheduled_at: None,
        end_at: None,
        timezone: String::from("UTC"),
        misfire_rule: String::from("run"),
        recurring_schedule: None,
        settings: json!({}),
        ab_test_config: None,
        delivery_mode: DeliveryMode::Bulk,
        messages_per_hour: None,
        messages_per_day: None,
        batch_size: None,
        unknown_policy: UnknownPolicy::Hold,
        paused_reason: None,
        primary_job_id: None,
        current_run_id: None,
        version: 1,
        approved_version: None,
        created_by,
        started_at: None,
        completed_at: None,
        archived_at: None,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    })
}

/// A campaign as it is, in the shape in which it is edited.
pub(crate) async fn read_draft(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<Draft> {
    let row = view::load_row(tx, ctx, id).await?;
    let role = |role: &str| if role == "include" { "include" } else { "exclude" };
    let segments = campaign_parts::segments(tx, ctx.ws, &[id]).await?;
    let mut segments: Vec<_> = segments
        .into_iter()
        .map(|s| NewSegmentMapping { segment_id: s.segment_id, role: role(&s.role), priority: s.priority })
        .collect();
    segments.sort_by_key(|s| (s.role != "include", s.priority));
    let offers = campaign_parts::offers(tx, ctx.ws, &[id]).await?.into_iter().map(|o| NewOfferMapping {
        segment_id: o.segment_id,
        offer_id: o.offer_id,
        priority: o.priority,
        interval_config: o.interval_config.map(|j| j.0),
        condition_config: o.condition_config.map(|j| j.0),
    });
    let variants = campaign_parts::variants(tx, ctx.ws, &[id]).await?.into_iter().map(|v| campaign_parts::NewVariant {
        variant_no: v.variant_no,
        variant_id: v.variant_id,
        name: v.name,
        subject: v.subject,
        template_id: v.template_id,
        weight: v.weight,
        is_winner: v.is_winner,
    });
    Ok(Draft { row, segments, offers: offers.collect(), variants: variants.collect() })
}

async fn write_parts(tx: &mut Tx, ctx: &Ctx, draft: &Draft) -> AppResult<()> {
    let id = draft.row.id;
    campaign_parts::set_segments(tx, ctx.ws, id, &draft.segments).await?;
    campaign_parts::set_offers(tx, ctx.ws, id, &draft.offers).await?;
    Ok(campaign_parts::set_variants(tx, ctx.ws, id, &draft.variants).await?)
}

async fn keep_version(tx: &mut Tx, ctx: &Ctx, view: &CampaignView, taken: Value, now: Millis) -> AppResult<()> {
    let row = VersionRow { version: view.version, snapshot: taken, edited_by: ctx.user()?, edited_at: now };
    Ok(campaign_versions::insert(tx, ctx.ws, view.id, &row).await?)
}

fn json_of<T: Serialize>(value: &T) -> AppResult<Value> {
    serde_json::to_value(value).map_err(AppError::internal)
}

fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *place = value;
    }
}

/// Puts what was said into the draft.
fn apply(draft: &mut Draft, mut input: CampaignInput) -> AppResult<()> {
    apply_content(&mut draft.row, &mut input)?;
    apply_pace(&mut draft.row, &input);
    apply_audience(draft, &mut input);
    let row = &mut draft.row;
    set(&mut row.name, input.name.map(|n| n.trim().to_owned()));
    set(&mut row.description, input.description);
    set(&mut row.objective, input.objective.map(OptionalObjective));
    set(&mut row.channel, input.channel);
    set(&mut row.kind, input.kind);
    set(&mut row.targeting_type, input.targeting_type);
    set(&mut row.control_percent, input.control_percent);
    set(&mut row.scheduled_at, input.scheduled_at);
    set(&mut row.end_at, input.end_at);
    set(&mut row.timezone, input.timezone);
    set(&mut row.misfire_rule, input.misfire_rule);
    set(&mut row.unknown_policy, input.unknown_policy);
    if let Some(recurring) = input.recurring_schedule {
        row.recurring_schedule = recurring.map(|r| json_of(&r)).transpose()?.map(Into::into);
    }
    if let Some(settings) = &input.settings {
        row.settings = json_of(settings)?;
    }
    if let Some(test) = input.ab_test_config {
        if let Some(test) = &test {
            let at_home = |mut p: Problem| {
                p.path = format!("abTestConfig.{}", p.path);
                p
            };
            refuse(test.problems().into_iter().map(at_home).collect())?;
        }
        draft.variants = test.as_ref().map(|t| t.rows()).unwrap_or_default();
        row.ab_test_config = test.map(|t| json_of(&t.config())).transpose()?.map(Into::into);
    }
    Ok(())
}

fn apply_content(row: &mut CampaignRow, input: &mut CampaignInput) -> AppResult<()> {
    set(&mut row.template_id, input.template_id);
    let mut content = match input.content.take() {
        Some(given) => given,
        None => InlineContent::of(row),
    };
    let parts = [input.base_template.take(), input.email_subject.take(), input.email_body.take()];
    if parts.iter().any(Option::is_some) {
        let [text, subject, html] = parts;
        let content = content.get_or_insert_default();
        set(&mut content.text_body, text);
        set(&mut content.subject, subject);
        set(&mut content.html_body, html);
    }
    row.content = content.map(|c| json_of(&c)).transpose()?.map(Into::into);
    Ok(())
}

fn apply_pace(row: &mut CampaignRow, input: &CampaignInput) {
    let outreach_names = input.send_rate_per_hour.is_some() || input.send_batch_size.is_some();
    // A rate in the words of outreach programs means outreach, unless said otherwise.
    set(&mut row.delivery_mode, input.delivery_mode.or(outreach_names.then_some(DeliveryMode::Outreach)));
    if let Some(throttle) = input.throttle_config {
        let throttle = throttle.unwrap_or_default();
        (row.messages_per_hour, row.messages_per_day, row.batch_size) =
            (throttle.messages_per_hour, throttle.messages_per_day, throttle.batch_size);
    }
    if outreach_names {
        row.messages_per_hour = input.send_rate_per_hour.or(row.messages_per_hour);
        row.batch_size =
            input.send_batch_size.or(if input.send_rate_per_hour.is_some() { None } else { row.batch_size });
    }
    let pace = Pace {
        mode: row.delivery_mode,
        per_hour: row.messages_per_hour,
        per_day: row.messages_per_day,
        batch: row.batch_size,
    }
    .completed();
    (row.messages_per_hour, row.messages_per_day, row.batch_size) = (pace.per_hour, pace.per_day, pace.batch);
}

fn apply_audience(draft: &mut Draft, input: &mut CampaignInput) {
    for (role, given) in [("include", input.segment_ids.take()), ("exclude", input.exclude_segment_ids.take())] {
        if let Some(ids) = given {
            draft.segments.retain(|s| s.role != role);
            draft.segments.extend(ids.into_iter().zip(1..).map(|(segment_id, priority)| NewSegmentMapping {
                segment_id,
                role,
                priority,
            }));
            draft.segments.sort_by_key(|s| (s.role != "include", s.priority));
        }
    }
    match input.offers.take() {
        Some(offers) => draft.offers = offer_rows(offers),
        // What was mapped to a segment that is gone goes with it.
        None => {
            let segments = &draft.segments;
            draft.offers.retain(|o| segments.iter().any(|s| s.role == "include" && s.segment_id == o.segment_id));
        }
    }
}

fn offer_rows(offers: Vec<OfferInput>) -> Vec<NewOfferMapping> {
    let mut rows: Vec<NewOfferMapping> = Vec::with_capacity(offers.len());
    for offer in offers {
        let before = rows.iter().filter(|o| o.segment_id == offer.segment_id).count();
        rows.push(NewOfferMapping {
            segment_id: offer.segment_id,
            offer_id: offer.offer_id,
            priority: offer.priority.unwrap_or(i64::try_from(before).unwrap_or(0) + 1),
            interval_config: offer.interval_config.filter(|v| !v.is_null()),
            condition_config: offer.condition_config.filter(|v| !v.is_null()),
        });
    }
    // The order in which they are read back, so that saving the same again changes nothing.
    rows.sort_by_key(|row| (row.segment_id, row.priority, row.offer_id));
    rows
}
