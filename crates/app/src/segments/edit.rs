//! Making, changing, listing and archiving segments.

use std::collections::HashMap;

use muster_db::Tx;
use muster_db::segments::{self as table, SegmentFilter, SegmentRow};
use muster_domain::criteria;
use muster_domain::problem::Problem;
use muster_domain::segment::SegmentType;
use serde_json::{Value, json};
use uuid::Uuid;

use super::compile::attribute_fields;
use super::members::MAX_AT_ONCE;
use super::views::{NewSegment, Segment, SegmentChange, SegmentDetail};
use crate::ctx::AuditObject;
use crate::input::like;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

const MAX_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 2_000;

/// States of campaigns in which their segments are still needed.
const ALIVE: [&str; 4] = ["draft", "scheduled", "running", "paused"];

/// A page of segments, newest first.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    page: PageRequest,
    is_archived: bool,
    kind: Option<SegmentType>,
    search: &str,
) -> AppResult<Page<Segment>> {
    ctx.require(Operation::Read)?;
    let filter = SegmentFilter { is_archived, kind, pattern: like(search) };
    let mut tx = app.db.read(ctx.ws).await?;
    let rows = table::page(&mut tx, ctx.ws, &filter, page.page_size, page.offset()).await?;
    let count = table::count(&mut tx, ctx.ws, &filter).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let uses: HashMap<Uuid, i64> = table::uses(&mut tx, ctx.ws, &ids).await?.into_iter().collect();
    let rows = rows.into_iter().map(|row| {
        let used = uses.get(&row.id).copied().unwrap_or_default();
        Segment::of(row, used)
    });
    Ok(Page::new(rows.collect(), page, count))
}

/// One segment.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<SegmentDetail> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    detail(&mut tx, ctx, row).await
}

pub(super) async fn find(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<SegmentRow> {
    table::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("segment"))
}

async fn detail(tx: &mut Tx, ctx: &Ctx, row: SegmentRow) -> AppResult<SegmentDetail> {
    let used_by = table::used_by(tx, ctx.ws, row.id).await?;
    let listed =
        if row.kind == SegmentType::Static { Some(table::count_members(tx, ctx.ws, row.id).await?) } else { None };
    let segment = Segment::of(row, used_by.len() as i64);
    Ok(SegmentDetail { segment, used_by: used_by.into_iter().map(Into::into).collect(), listed })
}

/// Makes a segment.
pub async fn create(app: &App, ctx: &Ctx, input: NewSegment) -> AppResult<SegmentDetail> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let is_list = input.kind == Some(SegmentType::Static)
        || (input.kind.is_none() && input.criteria.is_none() && !input.customer_ids.is_empty());
    let mut row = SegmentRow {
        id: app.new_id(),
        name: named(&input.name)?,
        description: described(&input.description)?,
        kind: if is_list { SegmentType::Static } else { input.kind.unwrap_or(SegmentType::Dynamic) },
        criteria: table::Criteria::from(json!({})),
        size_estimate: None,
        evaluated_at: None,
        version: 1,
        created_by: ctx.user_id,
        created_at: now,
        updated_at: now,
        archived_at: None,
    };
    if input.customer_ids.len() > MAX_AT_ONCE {
        return Err(AppError::invalid("too_many", format!("Give at most {MAX_AT_ONCE} customers at once.")));
    }
    set_criteria(ctx, &mut tx, &mut row, input.criteria).await?;
    if !is_list && !input.customer_ids.is_empty() {
        return Err(AppError::problems(vec![Problem::new(
            "customerIds",
            "not_static",
            "Only a static segment has a list of customers.",
        )]));
    }
    table::insert(&mut tx, ctx.ws, &row).await?;
    if is_list && !input.customer_ids.is_empty() {
        let known = table::existing(&mut tx, ctx.ws, &input.customer_ids).await?;
        if let Some(unknown) = input.customer_ids.iter().find(|id| !known.contains(id)) {
            return Err(AppError::problems(vec![Problem::new(
                "customerIds",
                "unknown_customer",
                format!("There is no customer {unknown}."),
            )]));
        }
        table::add_members(&mut tx, ctx.ws, row.id, &input.customer_ids, now).await?;
    }
    let made = detail(&mut tx, ctx, row).await?;
    let object = AuditObject::new("segment", made.segment.id, &made.segment.name).after(&made.segment);
    ctx.audit(&mut tx, now, "segment.created", object).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "segments", json!({}));
    Ok(made)
}

/// Changes name, description or criteria.
pub async fn change(app: &App, ctx: &Ctx, id: Uuid, input: SegmentChange) -> AppResult<SegmentDetail> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let mut row = find(&mut tx, ctx, id).await?;
    if row.archived_at.is_some() {
        return Err(AppError::conflict("archived", "This segment is archived. Restore it before you change it."));
    }
    if input.version.is_some_and(|seen| seen != row.version) {
        return Err(muster_db::DbError::Stale { what: "segment" }.into());
    }
    let before = Segment::of(row.clone(), 0);
    if let Some(name) = &input.name {
        row.name = named(name)?;
    }
    if let Some(description) = &input.description {
        row.description = described(description)?;
    }
    if input.criteria.is_some() {
        set_criteria(ctx, &mut tx, &mut row, input.criteria).await?;
    }
    table::update(&mut tx, ctx.ws, &row, now).await?;
    let row = find(&mut tx, ctx, id).await?;
    let object = AuditObject::new("segment", id, &before.name).before(&before).after(&Segment::of(row.clone(), 0));
    ctx.audit(&mut tx, now, "segment.changed", object).await?;
    let changed = detail(&mut tx, ctx, row).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "segments", json!({}));
    Ok(changed)
}

/// Takes a segment out of the lists. Refused while a campaign that is not over uses it; what was sent stays explained.
pub async fn archive(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<SegmentDetail> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    let users = table::used_by(&mut tx, ctx.ws, id).await?;
    let alive: Vec<_> =
        users.iter().filter(|c| ALIVE.contains(&c.status.as_str())).map(|c| format!("\"{}\"", c.name)).collect();
    if !alive.is_empty() {
        let names = alive.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = if alive.len() > 3 { format!(" and {} more", alive.len() - 3) } else { String::new() };
        return Err(AppError::conflict(
            "segment_in_use",
            format!("The segment \"{}\" is used by {names}{more}. Take it out there first.", row.name),
        ));
    }
    table::archive(&mut tx, ctx.ws, id, now).await?;
    finish(app, ctx, tx, id, "segment.archived").await
}

/// Brings an archived segment back.
pub async fn restore(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<SegmentDetail> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    find(&mut tx, ctx, id).await?;
    table::restore(&mut tx, ctx.ws, id, app.now()).await?;
    finish(app, ctx, tx, id, "segment.restored").await
}

async fn finish(app: &App, ctx: &Ctx, mut tx: Tx, id: Uuid, action: &str) -> AppResult<SegmentDetail> {
    let row = find(&mut tx, ctx, id).await?;
    let object = AuditObject::new("segment", id, &row.name);
    ctx.audit(&mut tx, app.now(), action, object).await?;
    let view = detail(&mut tx, ctx, row).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "segments", json!({}));
    Ok(view)
}

/// Checks criteria and writes their canonical form; conditions about deeds make the segment behavioural.
async fn set_criteria(ctx: &Ctx, tx: &mut Tx, row: &mut SegmentRow, given: Option<Value>) -> AppResult<()> {
    if row.kind == SegmentType::Static {
        let has_some = given.is_some_and(|v| v.as_object().is_none_or(|map| !map.is_empty()) && !v.is_null());
        if has_some {
            return Err(AppError::problems(vec![Problem::new(
                "criteria",
                "static_segment",
                "A static segment is a list of customers; it has no conditions.",
            )]));
        }
        return Ok(());
    }
    let attributes = attribute_fields(tx, ctx.ws).await?;
    let parsed = criteria::parse(&given.unwrap_or(json!({})), &attributes).map_err(AppError::problems)?;
    row.kind = if parsed.has_behaviour() { SegmentType::Behavioral } else { SegmentType::Dynamic };
    row.criteria = table::Criteria::from(parsed.canonical);
    Ok(())
}

fn named(name: &str) -> AppResult<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(AppError::problems(vec![Problem::new(
            "name",
            "bad_name",
            format!("Give the segment a name of 1 to {MAX_NAME} characters."),
        )]));
    }
    Ok(name.to_owned())
}

fn described(text: &str) -> AppResult<String> {
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(AppError::problems(vec![Problem::new(
            "description",
            "too_long",
            format!("The description has at most {MAX_DESCRIPTION} characters."),
        )]));
    }
    Ok(text.trim().to_owned())
}
