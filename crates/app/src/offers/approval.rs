//! An offer's own approval: asked for by whoever builds it, given by somebody who did not.

use muster_db::offer_approvals::{self, Decision};
use muster_db::offers;
use muster_domain::campaign::ApprovalStatus;
use muster_domain::offer::OfferStatus;
use serde_json::json;
use uuid::Uuid;

use super::save::require_usable;
use super::view::{OfferDetail, detail};
use super::{TOPIC, find};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Longest comment, in characters.
const MAX_COMMENT: usize = 2_000;

/// Asks for approval of the version as it is.
///
/// # Errors
/// 409 when it is asked for or given already; 422 with everything that is wrong with the offer.
pub async fn submit(app: &App, ctx: &Ctx, id: Uuid, note: &str) -> AppResult<OfferDetail> {
    ctx.require(Operation::EditContent)?;
    let user = ctx.user()?;
    let mut tx = app.db.write(ctx.ws).await?;
    let mut row = find(&mut tx, ctx, id).await?;
    if row.status == OfferStatus::Archived {
        return Err(AppError::conflict("archived", "This offer is archived."));
    }
    match row.approval_status {
        ApprovalStatus::Pending => {
            return Err(AppError::conflict("already_submitted", "This version waits for approval already."));
        }
        ApprovalStatus::Approved => return Err(AppError::conflict("already_approved", "This version is approved.")),
        ApprovalStatus::NotSubmitted | ApprovalStatus::Rejected => {}
    }
    require_usable(&detail(app, ctx, &mut tx, &row).await?)?;
    let seen = row.updated_at;
    row.updated_at = app.now().max(seen + 1);
    row.approval_status = ApprovalStatus::Pending;
    let note: String = note.trim().chars().take(MAX_COMMENT).collect();
    offers::update(&mut tx, ctx.ws, &row, seen).await?;
    let asked = offer_approvals::NewApproval {
        id: app.new_id(),
        offer: id,
        version: row.version,
        note: &note,
        by: user,
        at: row.updated_at,
    };
    offer_approvals::submit(&mut tx, ctx.ws, &asked).await?;
    let object = AuditObject::new("offer", id, &row.name).after(&json!({ "version": row.version, "note": note }));
    ctx.audit(&mut tx, row.updated_at, "offer.submitted", object).await?;
    let offer = detail(app, ctx, &mut tx, &row).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, TOPIC, json!({}));
    app.live.publish(ctx.ws, "approvals", json!({}));
    Ok(offer)
}

/// Approves or rejects the version that waits. Nobody decides about an offer that they made or changed.
///
/// # Errors
/// 403 for makers; 409 when nothing waits; 422 for a rejection without a word why.
pub async fn decide(app: &App, ctx: &Ctx, id: Uuid, approved: bool, comment: &str) -> AppResult<OfferDetail> {
    ctx.require(Operation::Approve)?;
    let user = ctx.user()?;
    let comment: String = comment.trim().chars().take(MAX_COMMENT).collect();
    if !approved && comment.is_empty() {
        return Err(AppError::invalid("missing_comment", "Say why, so that it can be mended."));
    }
    let mut tx = app.db.write(ctx.ws).await?;
    let mut row = find(&mut tx, ctx, id).await?;
    let Some(pending) = offer_approvals::pending(&mut tx, ctx.ws, id).await? else {
        return Err(AppError::conflict("not_pending", "This offer does not wait for approval."));
    };
    let editors = offer_approvals::editors(&mut tx, ctx.ws, id).await?;
    if row.created_by == Some(user) || pending.submitted_by == user || editors.contains(&user) {
        return Err(AppError::Forbidden(String::from("You made or changed this offer. Somebody else has to decide.")));
    }
    let seen = row.updated_at;
    row.updated_at = app.now().max(seen + 1);
    row.approval_status = if approved { ApprovalStatus::Approved } else { ApprovalStatus::Rejected };
    offers::update(&mut tx, ctx.ws, &row, seen).await?;
    let decision = Decision { approval: pending.id, user, approved, comment: &comment, at: row.updated_at };
    offer_approvals::decide(&mut tx, ctx.ws, &decision).await?;
    let action = if approved { "offer.approved" } else { "offer.rejected" };
    let object = AuditObject::new("offer", id, &row.name).after(&json!({ "version": row.version, "comment": comment }));
    ctx.audit(&mut tx, row.updated_at, action, object).await?;
    let offer = detail(app, ctx, &mut tx, &row).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, TOPIC, json!({}));
    app.live.publish(ctx.ws, "approvals", json!({}));
    Ok(offer)
}
