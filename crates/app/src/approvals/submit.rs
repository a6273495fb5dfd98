//! Asking for a signature.

use muster_db::approvals::{self, NewApproval};
use muster_db::campaigns::{self, ApprovalMove};
use muster_domain::campaign::{ApprovalStatus, CampaignStatus, CampaignType};
use muster_domain::clock::Millis;
use muster_domain::money::to_e4;
use muster_domain::problem::Problem;
use muster_domain::template::Severity;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::campaigns::{self as area, CampaignView, Readiness};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// What the approvers should know.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SubmitInput {
    /// At most 2,000 characters.
    pub note: String,
    /// When a decision is needed; the campaign's start when left out.
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub due_at: Option<Millis>,
}

const MAX_NOTE: usize = 2_000;

/// Asks for approval of a campaign as it is. In a workspace that needs none, it is approved at once.
///
/// # Errors
/// 409 when it waits or is approved already, or has started; 422 with everything that stops it. A campaign without
/// segments may be approved: it is sent to customers named one by one.
pub async fn submit(app: &App, ctx: &Ctx, id: Uuid, input: SubmitInput) -> AppResult<CampaignView> {
    ctx.require(Operation::RunCampaigns)?;
    let user = ctx.user()?;
    let seen = area::get(app, ctx, id).await?;
    may_submit(&seen)?;
    let readiness = area::look_over(app, ctx, &seen).await?;
    refuse_unready(&readiness)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = area::load_row(&mut tx, ctx, id).await?;
    if row.version != seen.version {
        return Err(AppError::conflict(
            "stale",
            "This campaign was changed while it was looked over. Submit it again.",
        ));
    }
    may_submit(&seen)?;
    let to = if readiness.approval_required { ApprovalStatus::Pending } else { ApprovalStatus::Approved };
    campaigns::set_approval(
        &mut tx,
        ctx.ws,
        id,
        ApprovalMove { version: row.version, from: row.approval_status, to },
        now,
    )
    .await?;
    let note: String = input.note.trim().chars().take(MAX_NOTE).collect();
    if readiness.approval_required {
        let cost_e4 = readiness.cost.as_deref().and_then(|c| c.parse().ok()).and_then(to_e4);
        let new = NewApproval {
            id: app.new_id(),
            object_type: "campaign",
            object_id: id,
            object_version: row.version,
            required_approvals: 1,
            audience_size: Some(readiness.audience.messages),
            cost_e4,
            note: &note,
            due_at: input.due_at.or(row.scheduled_at),
            submitted_by: user,
            now,
        };
        approvals::insert(&mut tx, ctx.ws, &new).await?;
    }
    let state = json!({ "approvalStatus": to, "version": row.version, "note": note });
    let object = AuditObject::new("campaign", id, &row.name)
        .before(&json!({ "approvalStatus": row.approval_status }))
        .after(&state);
    ctx.audit(&mut tx, now, "campaign.submitted", object).await?;
    if to == ApprovalStatus::Approved {
        area::schedule_when_approved(&mut tx, ctx, id, now).await?;
    }
    let view = area::load(&mut tx, ctx, id).await?;
    tx.commit().await?;
    area::tell(app, ctx, id);
    app.live.publish(ctx.ws, "approvals", json!({}));
    app.wake.notify_one();
    Ok(view)
}

/// Takes the request back: nobody has to look at it any more.
pub async fn withdraw(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CampaignView> {
    ctx.require(Operation::RunCampaigns)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = area::load_row(&mut tx, ctx, id).await?;
    if row.approval_status != ApprovalStatus::Pending {
        return Err(AppError::conflict("not_pending", "This campaign does not wait for approval."));
    }
    approvals::withdraw(&mut tx, ctx.ws, id, now).await?;
    let step = ApprovalMove { version: row.version, from: ApprovalStatus::Pending, to: ApprovalStatus::NotSubmitted };
    campaigns::set_approval(&mut tx, ctx.ws, id, step, now).await?;
    ctx.audit(&mut tx, now, "campaign.withdrawn", AuditObject::new("campaign", id, &row.name)).await?;
    let view = area::load(&mut tx, ctx, id).await?;
    tx.commit().await?;
    area::tell(app, ctx, id);
    app.live.publish(ctx.ws, "approvals", json!({}));
    Ok(view)
}

fn may_submit(campaign: &CampaignView) -> AppResult<()> {
    // A plan may be changed while it runs; whoever comes next then begins with the change.
    let goes_on = campaign.kind == CampaignType::Plan
        && matches!(campaign.status, CampaignStatus::Running | CampaignStatus::Paused);
    if !campaign.status.is_editable() && !goes_on {
        return Err(AppError::conflict(
            "invalid_state",
            format!("A campaign that is {} needs no approval any more.", campaign.status),
        ));
    }
    match campaign.approval_status {
        ApprovalStatus::Pending => {
            Err(AppError::conflict("already_submitted", "This version waits for approval already."))
        }
        ApprovalStatus::Approved => Err(AppError::conflict("already_approved", "This version is approved.")),
        // What was rejected may be submitted again: the approver's comment may be answered by words alone.
        ApprovalStatus::NotSubmitted | ApprovalStatus::Rejected => Ok(()),
    }
}

fn refuse_unready(readiness: &Readiness) -> AppResult<()> {
    let stops: Vec<_> =
        readiness.problems.iter().filter(|p| p.severity == Severity::Error && p.code != "no_segments").collect();
    if stops.iter().any(|p| p.code == "empty_audience") && stops.len() == 1 {
        return Err(AppError::invalid("empty_audience", stops[0].message.clone()));
    }
    if stops.is_empty() {
        return Ok(());
    }
    Err(AppError::problems(
        stops.into_iter().map(|p| Problem::new(p.step.clone(), p.code.clone(), p.message.clone())).collect(),
    ))
}
