//! Copies, the archive, the bin, and what was done to a campaign.

use muster_db::audit::EntryFilter;
use muster_db::{approvals, audit, campaigns};
use muster_domain::campaign::{ApprovalStatus, CampaignStatus};
use serde_json::json;
use uuid::Uuid;

use super::edit::{insert, read_draft};
use super::view::{self, CampaignView, HistoryEntry};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx, plans};

/// A new draft with everything of another campaign but its schedule and its past.
pub async fn duplicate(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CampaignView> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let mut draft = read_draft(&mut tx, ctx, id).await?;
    let row = &mut draft.row;
    row.id = app.new_id();
    row.name = format!("{} (copy)", row.name.chars().take(240).collect::<String>());
    row.status = CampaignStatus::Draft;
    row.approval_status = ApprovalStatus::NotSubmitted;
    draft.variants.iter_mut().for_each(|variant| variant.is_winner = false);
    (row.scheduled_at, row.end_at) = (None, None);
    row.created_by = ctx.user()?;
    (row.created_at, row.updated_at) = (now, now);
    let plan = plans::of_copy(&mut tx, ctx, id).await?;
    let view = insert(&mut tx, ctx, &draft, plan.as_ref(), "campaign.duplicated", now).await?;
    tx.commit().await?;
    view::tell(app, ctx, view.id);
    Ok(view)
}

/// Puts a campaign away; it stays in reports.
pub async fn archive(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CampaignView> {
    set_archived(app, ctx, id, true).await
}

/// Takes a campaign out of the archive.
pub async fn unarchive(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CampaignView> {
    set_archived(app, ctx, id, false).await
}

async fn set_archived(app: &App, ctx: &Ctx, id: Uuid, archived: bool) -> AppResult<CampaignView> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = view::load_row(&mut tx, ctx, id).await?;
    must_be_idle(row.status, "archived")?;
    if campaigns::set_archived(&mut tx, ctx.ws, id, archived, now).await? {
        let action = if archived { "campaign.archived" } else { "campaign.unarchived" };
        ctx.audit(&mut tx, now, action, AuditObject::new("campaign", id, &row.name)).await?;
    }
    let view = view::load(&mut tx, ctx, id).await?;
    tx.commit().await?;
    view::tell(app, ctx, id);
    Ok(view)
}

/// Deletes a campaign from every list; what it sent stays in the customers' timelines.
pub async fn delete(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = view::load_row(&mut tx, ctx, id).await?;
    must_be_idle(row.status, "deleted")?;
    approvals::withdraw(&mut tx, ctx.ws, id, now).await?;
    campaigns::delete(&mut tx, ctx.ws, id, now).await?;
    ctx.audit(
        &mut tx,
        now,
        "campaign.deleted",
        AuditObject::new("campaign", id, &row.name).before(&json!({ "status": row.status })),
    )
    .await?;
    tx.commit().await?;
    view::tell(app, ctx, id);
    app.live.publish(ctx.ws, "approvals", json!({}));
    Ok(())
}

fn must_be_idle(status: CampaignStatus, verb: &str) -> AppResult<()> {
    let first = match status {
        CampaignStatus::Scheduled => "Take it off the schedule first.",
        CampaignStatus::Running | CampaignStatus::Paused => "Cancel it first, or wait until it is done.",
        _ => return Ok(()),
    };
    Err(AppError::conflict("invalid_state", format!("A campaign that is {status} cannot be {verb}. {first}")))
}

/// Entries of the history that one answer has.
const HISTORY_PAGE: i64 = 100;

/// What was done to a campaign, newest first, before an entry (none: from the newest on).
pub async fn history(app: &App, ctx: &Ctx, id: Uuid, before: Option<i64>) -> AppResult<Vec<HistoryEntry>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    view::load_row(&mut tx, ctx, id).await?;
    let object_id = id.to_string();
    let filter = EntryFilter { object_type: "campaign", object_id: &object_id, action: "" };
    let rows = audit::page(&mut tx, ctx.ws, &filter, before.unwrap_or(i64::MAX), HISTORY_PAGE).await?;
    Ok(rows.into_iter().map(HistoryEntry::from).collect())
}
