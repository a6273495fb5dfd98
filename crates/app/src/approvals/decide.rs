//! Giving or refusing a signature.

use muster_db::approvals;
use muster_db::campaigns::{self, ApprovalMove};
use muster_domain::campaign::ApprovalStatus;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::inbox;
use super::view::ApprovalDetail;
use crate::campaigns as area;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx, offers};

/// Words with a decision; a rejection needs some.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DecisionInput {
    /// At most 2,000 characters.
    pub comment: String,
}

const MAX_COMMENT: usize = 2_000;

/// Approves the version that was submitted. A campaign with a start in the future goes on the schedule.
///
/// # Errors
/// 403 for makers, editors and people without the right; 409 when it does not wait any more.
pub async fn approve(app: &App, ctx: &Ctx, id: Uuid, input: DecisionInput) -> AppResult<ApprovalDetail> {
    decide(app, ctx, id, true, &input.comment).await
}

/// Rejects the version that was submitted.
///
/// # Errors
/// As [`approve`]; 422 without a comment.
pub async fn reject(app: &App, ctx: &Ctx, id: Uuid, input: DecisionInput) -> AppResult<ApprovalDetail> {
    decide(app, ctx, id, false, &input.comment).await
}

async fn decide(app: &App, ctx: &Ctx, id: Uuid, is_approved: bool, comment: &str) -> AppResult<ApprovalDetail> {
    ctx.require(Operation::Approve)?;
    let user = ctx.user()?;
    let comment: String = comment.trim().chars().take(MAX_COMMENT).collect();
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = approvals::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("approval"))?;
    if row.status != "pending" {
        return Err(AppError::conflict(
            "not_pending",
            format!("This does not wait for a decision any more: it is {}.", row.status),
        ));
    }
    if row.object_type == "offer" {
        drop(tx);
        offers::approval::decide(app, ctx, row.object_id, is_approved, &comment).await?;
        return inbox::get(app, ctx, id, 0).await;
    }
    if let Some(reason) = inbox::why_not(&mut tx, ctx, &row).await? {
        return Err(AppError::Forbidden(reason));
    }
    if !is_approved && comment.is_empty() {
        return Err(AppError::invalid("missing_comment", "Say why, so that it can be mended."));
    }
    let campaign = area::load_row(&mut tx, ctx, row.object_id).await?;
    if campaign.version != row.object_version {
        return Err(AppError::conflict("stale", "This campaign was changed after it was submitted."));
    }
    if approvals::decisions(&mut tx, ctx.ws, id).await?.iter().any(|d| d.user_id == user) {
        return Err(AppError::conflict("already_decided", "You have decided about this already."));
    }
    approvals::decide(&mut tx, ctx.ws, id, user, is_approved, &comment, now).await?;
    let given = row.given_approvals + i64::from(is_approved);
    let action = if is_approved { "campaign.approved" } else { "campaign.rejected" };
    let state = json!({ "version": row.object_version, "comment": comment, "approvals": given, "requiredApprovals": row.required_approvals });
    ctx.audit(&mut tx, now, action, AuditObject::new("campaign", row.object_id, &campaign.name).after(&state)).await?;
    if !is_approved || given >= row.required_approvals {
        let (status, to) =
            if is_approved { ("approved", ApprovalStatus::Approved) } else { ("rejected", ApprovalStatus::Rejected) };
        approvals::set_status(&mut tx, ctx.ws, id, status, now).await?;
        let step = ApprovalMove { version: row.object_version, from: ApprovalStatus::Pending, to };
        campaigns::set_approval(&mut tx, ctx.ws, row.object_id, step, now).await?;
        if is_approved {
            area::schedule_when_approved(&mut tx, ctx, row.object_id, now).await?;
        }
    }
    tx.commit().await?;
    area::tell(app, ctx, row.object_id);
    app.live.publish(ctx.ws, "approvals", json!({}));
    app.wake.notify_one();
    inbox::get(app, ctx, id, 0).await
}
