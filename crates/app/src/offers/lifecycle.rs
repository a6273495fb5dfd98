//! Putting offers to use and away, cloning and deleting them.

use muster_db::offers::{self, OfferRow};
use muster_db::{Tx, creatives, offer_parts};
use muster_domain::campaign::ApprovalStatus;
use muster_domain::offer::{CodeMode, OfferStatus};
use serde_json::json;
use uuid::Uuid;

use super::save::{pin_texts, require_usable};
use super::view::{OfferDetail, Parts, detail};
use super::{TOPIC, find};
use crate::catalogue::MAX_NAME;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Puts an offer to use: campaigns may send it from now on.
///
/// # Errors
/// 409 `archived`; 422 with everything that is wrong with it.
pub async fn activate(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<OfferDetail> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    if row.status == OfferStatus::Archived {
        return Err(AppError::conflict("archived", "This offer is archived. Restore it first."));
    }
    let offer = put_to_use(app, ctx, &mut tx, row).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, TOPIC, json!({}));
    Ok(offer)
}

/// Checks an offer and keeps what it is as a version.
pub(crate) async fn put_to_use(app: &App, ctx: &Ctx, tx: &mut Tx, mut row: OfferRow) -> AppResult<OfferDetail> {
    let offer = detail(app, ctx, tx, &row).await?;
    require_usable(&offer)?;
    if row.status == OfferStatus::Active && row.approved_version == Some(row.version) {
        return Ok(offer);
    }
    let (seen, was) = (row.updated_at, row.status);
    row.status = OfferStatus::Active;
    let kept = row.approved_version.replace(row.version) == Some(row.version);
    row.updated_at = app.now().max(seen + 1);
    pin_texts(ctx, tx, &row, row.updated_at).await?;
    offers::update(tx, ctx.ws, &row, seen).await?;
    let offer = detail(app, ctx, tx, &row).await?;
    if !kept {
        let snapshot = serde_json::to_value(&offer).map_err(AppError::internal)?;
        offers::insert_version(tx, ctx.ws, row.id, row.version, &snapshot, ctx.user_id, row.updated_at).await?;
    }
    let action = if was == OfferStatus::Active { "offer.version_published" } else { "offer.activated" };
    let object = AuditObject::new("offer", row.id, &row.name)
        .before(&json!({ "status": was }))
        .after(&json!({ "status": row.status, "version": row.version }));
    ctx.audit(tx, row.updated_at, action, object).await?;
    Ok(offer)
}

/// Makes an active offer a draft again: no new campaign may send it.
pub(crate) async fn take_back(app: &App, ctx: &Ctx, tx: &mut Tx, row: OfferRow) -> AppResult<OfferDetail> {
    to_status(app, ctx, tx, row, OfferStatus::Draft, "offer.deactivated").await
}

/// Archives inside of a transaction.
pub(crate) async fn put_away(app: &App, ctx: &Ctx, tx: &mut Tx, row: OfferRow) -> AppResult<OfferDetail> {
    to_status(app, ctx, tx, row, OfferStatus::Archived, "offer.archived").await
}

async fn to_status(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    mut row: OfferRow,
    status: OfferStatus,
    action: &str,
) -> AppResult<OfferDetail> {
    let (seen, was) = (row.updated_at, row.status);
    row.status = status;
    row.updated_at = app.now().max(seen + 1);
    row.archived_at = (status == OfferStatus::Archived).then_some(row.updated_at);
    offers::update(tx, ctx.ws, &row, seen).await?;
    let object = AuditObject::new("offer", row.id, &row.name)
        .before(&json!({ "status": was }))
        .after(&json!({ "status": status }));
    ctx.audit(tx, row.updated_at, action, object).await?;
    detail(app, ctx, tx, &row).await
}

/// Puts an offer away, or takes it back as a draft. Campaigns that run go on with it.
///
/// # Errors
/// 409 when it is there already.
pub async fn archive(app: &App, ctx: &Ctx, id: Uuid, away: bool) -> AppResult<OfferDetail> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    let offer = match (row.status, away) {
        (OfferStatus::Archived, true) => return Err(AppError::conflict("archived", "This offer is archived already.")),
        (_, true) => put_away(app, ctx, &mut tx, row).await?,
        (OfferStatus::Archived, false) => {
            to_status(app, ctx, &mut tx, row, OfferStatus::Draft, "offer.restored").await?
        }
        (_, false) => return Err(AppError::conflict("not_archived", "This offer is not archived.")),
    };
    tx.commit().await?;
    app.live.publish(ctx.ws, TOPIC, json!({}));
    Ok(offer)
}

/// Makes a copy as a new draft. A shared code stays with the original: a code belongs to one offer.
pub async fn clone(app: &App, ctx: &Ctx, id: Uuid, name: Option<String>) -> AppResult<OfferDetail> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let original = find(&mut tx, ctx, id).await?;
    let parts = Parts::load(&mut tx, ctx, &[id]).await?;
    let now = app.now();
    let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let mut copy = OfferRow {
        id: app.new_id(),
        name: name.unwrap_or_else(|| format!("{} (copy)", original.name)).chars().take(MAX_NAME).collect(),
        status: OfferStatus::Draft,
        approval_status: ApprovalStatus::NotSubmitted,
        approved_version: None,
        version: 1,
        created_by: ctx.user_id,
        created_at: now,
        updated_at: now,
        archived_at: None,
        ..original
    };
    if copy.code_mode == CodeMode::Shared {
        copy.code_prefix = String::new();
    }
    offers::insert(&mut tx, ctx.ws, &copy).await?;
    offer_parts::set_products(&mut tx, ctx.ws, copy.id, &parts.products).await?;
    offer_parts::set_rewards(&mut tx, ctx.ws, copy.id, &parts.rewards).await?;
    let mut sources = parts.sources;
    sources.iter_mut().for_each(|source| source.id = app.new_id());
    offer_parts::set_sources(&mut tx, ctx.ws, copy.id, &sources).await?;
    let mut texts = parts.creatives;
    for text in &mut texts {
        // An immutable text may serve two creatives.
        text.id = app.new_id();
        text.updated_at = now;
    }
    creatives::set(&mut tx, ctx.ws, copy.id, &texts).await?;
    let offer = detail(app, ctx, &mut tx, &copy).await?;
    let object = AuditObject::new("offer", copy.id, &copy.name).before(&json!({ "clonedFrom": id })).after(&offer);
    ctx.audit(&mut tx, now, "offer.cloned", object).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, TOPIC, json!({}));
    Ok(offer)
}

/// Deletes a draft that no campaign uses.
///
/// # Errors
/// 409 `in_use` or `not_draft`: archive it instead.
pub async fn delete(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    if row.status != OfferStatus::Draft || row.approved_version.is_some() {
        return Err(AppError::conflict(
            "not_draft",
            "This offer was in use before. Archive it instead of deleting it.",
        ));
    }
    if offers::campaigns(&mut tx, ctx.ws, id).await? > 0 {
        return Err(AppError::conflict(
            "in_use",
            "A campaign uses this offer. Take it out there first, or archive it.",
        ));
    }
    let before = detail(app, ctx, &mut tx, &row).await?;
    offers::delete(&mut tx, ctx.ws, id, row.updated_at).await?;
    let object = AuditObject::new("offer", id, &row.name).before(&before);
    ctx.audit(&mut tx, app.now(), "offer.deleted", object).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, TOPIC, json!({}));
    Ok(())
}
