//! Who goes through a plan: the audience of its start, and whoever is named later.

use muster_db::audience::{self, Exclusions, SegmentTarget};
use muster_db::campaign_state::{self, CampaignState};
use muster_db::plan_machine::{self, Enrolment};
use muster_db::plan_versions;
use muster_db::{Tx, runs, workspaces};
use muster_domain::campaign::{CampaignStatus, CampaignType, MAX_RECIPIENTS};
use muster_domain::clock::Millis;
use muster_domain::plan::{Arrival, Contact, Plan};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::draft::{UNREADABLE, plan_of, unreadable};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx, runs as campaign_runs, segments};

/// Customers to enrol at once, at most.
const MOST: usize = 10_000;

/// Whom to enrol.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrolRequest {
    /// At most 10,000.
    #[serde(alias = "customer_ids")]
    pub customer_ids: Vec<i64>,
}

/// Who was enrolled.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrolView {
    pub campaign_id: Uuid,
    pub enrolled: i64,
    /// They are in the plan already, and stay where they are.
    pub already_enrolled: i64,
    /// The version of the plan that they begin with.
    pub plan_version: i64,
}

/// Enrols the audience of a campaign that starts; gives how many people, and how many are kept back as a control group.
pub(crate) async fn audience(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    campaign: &CampaignState,
    run: i64,
    (version, plan): (i64, &Plan),
    now: Millis,
) -> AppResult<(i64, i64)> {
    let ws = ctx.ws;
    let enrolment = Enrolment {
        campaign: campaign.id,
        run,
        plan_version: version,
        node: &plan.start_node_id,
        due_at: first_due(plan, now),
        why: "in the audience",
        now,
    };
    let mappings = campaign_state::mappings(tx, ws, campaign.id).await?;
    let mut exclusions = Exclusions::default();
    for m in mappings.iter().filter(|m| m.role == "exclude") {
        exclusions.push(segments::compile(tx, ws, m.segment_id, now).await?);
    }
    let (mut people, mut control) = (0, 0);
    for (at, m) in mappings.iter().filter(|m| m.role == "include").enumerate() {
        let target = SegmentTarget {
            run,
            segment_no: i64::try_from(at + 1).unwrap_or(i64::MAX),
            audience: segments::compile(tx, ws, m.segment_id, now).await?,
            offers: &[],
            first_seq: 1,
            salt: campaign_runs::salt(campaign.id),
            control_percent: campaign.control_percent,
        };
        let kept_back = audience::insert_control(tx, ws, &target, &exclusions).await?;
        let everybody = exclusions.but_for(&target.audience);
        let enrolled = plan_machine::enrol_audience(tx, ws, &enrolment, target.segment_no, &everybody).await?;
        runs::insert_segment(tx, ws, run, target.segment_no, m.segment_id, enrolled + kept_back).await?;
        // Whoever is in this segment is counted here, and in no later one.
        exclusions.push(target.audience);
        (people, control) = (people + enrolled, control + kept_back);
    }
    if people > MAX_RECIPIENTS {
        let message = format!("This plan would begin with {people} people; {MAX_RECIPIENTS} are allowed.");
        return Err(AppError::invalid("too_many_recipients", message));
    }
    plan_machine::begin(tx, ws, &enrolment).await?;
    tracing::debug!(campaignId = %campaign.id, people, took = app.now() - now, "enrolled an audience");
    Ok((people, control))
}

/// Enrols customers who are named in a plan that is under way, with the version that may be sent.
///
/// # Errors
/// 400 for an empty list; 404 for any unknown customer (nobody is enrolled then); 409 unless it is running or paused.
pub async fn enrol(app: &App, ctx: &Ctx, id: Uuid, request: &EnrolRequest) -> AppResult<EnrolView> {
    ctx.require(Operation::RunCampaigns)?;
    let mut customers = request.customer_ids.clone();
    customers.sort_unstable();
    customers.dedup();
    if customers.is_empty() {
        return Err(AppError::malformed("missing_field", "customerIds is empty: name at least one customer."));
    }
    if customers.len() > MOST {
        return Err(AppError::invalid("too_many", format!("At most {MOST} customers can be enrolled at once.")));
    }
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let run = super::lock_run_of(&mut tx, ctx, id).await?;
    let campaign = of_plan(&mut tx, ctx, id).await?;
    let under_way = matches!(campaign.status, CampaignStatus::Running | CampaignStatus::Paused);
    let Some(run) = run.filter(|_| under_way) else {
        let message = format!("Customers are enrolled in a plan that runs; this one is {}.", campaign.status);
        return Err(AppError::conflict("invalid_state", message));
    };
    campaign_runs::not_yet_ended(&campaign, now)?;
    let asked = i64::try_from(customers.len()).unwrap_or(i64::MAX);
    if audience::count_customers(&mut tx, ctx.ws, &customers).await? != asked {
        return Err(AppError::NotFound("customer (nobody was enrolled)"));
    }
    let (plan_version, plan) = may_be_sent(&mut tx, ctx, &campaign, run).await?;
    let enrolment = Enrolment {
        campaign: id,
        run,
        plan_version,
        node: &plan.start_node_id,
        due_at: first_due(&plan, now),
        why: "enrolled by name",
        now,
    };
    let enrolled = plan_machine::enrol_named(&mut tx, ctx.ws, &enrolment, &customers).await?;
    plan_machine::begin(&mut tx, ctx.ws, &enrolment).await?;
    let object = AuditObject::new("campaign", id, &campaign.name).after(&json!({ "enrolled": enrolled }));
    ctx.audit(&mut tx, now, "plan.enrolled", object).await?;
    tx.commit().await?;
    app.plan_changed(ctx.ws, id);
    app.wake.notify_one();
    Ok(EnrolView { campaign_id: id, enrolled, already_enrolled: asked - enrolled, plan_version })
}

/// The newest version without problems, and under an approval if one is needed: what was changed since waits for its own.
async fn may_be_sent(tx: &mut Tx, ctx: &Ctx, campaign: &CampaignState, run: i64) -> AppResult<(i64, Plan)> {
    let approved = if workspaces::get(tx, ctx.ws).await?.approval_required {
        campaign.approved_version.unwrap_or_default()
    } else {
        i64::MAX
    };
    let began = plan_versions::of_run(tx, ctx.ws, campaign.id, run, approved).await?;
    let row = began.ok_or_else(|| AppError::internal("a plan runs without a version that may be sent"))?;
    let plan = plan_of(&row).ok_or_else(|| AppError::conflict(UNREADABLE, unreadable(row.version)))?;
    Ok((row.version, plan))
}

/// A campaign that is a plan, locked. 404 for any other.
pub(super) async fn of_plan(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<CampaignState> {
    let campaign = campaign_state::get(tx, ctx.ws, id).await?;
    campaign.filter(|campaign| campaign.kind == CampaignType::Plan).ok_or(AppError::NotFound("plan"))
}

/// When the first node is due for somebody who is enrolled now.
fn first_due(plan: &Plan, now: Millis) -> Millis {
    let contact = Contact { node: &plan.start_node_id, entered_at: now, is_acted: false, message: None };
    match plan.arrive(&contact, now) {
        Arrival::Waits { due: Some(due), .. } => due,
        // The machine looks at it at once, and ends it.
        _ => now,
    }
}
