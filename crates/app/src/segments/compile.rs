//! A stored segment → the audience that the database can be asked for. The engine and the campaigns come in here.

use muster_db::segment_sql::{self, CompiledAudience};
use muster_db::segments::{self as table, SegmentRow};
use muster_db::{Tx, attributes};
use muster_domain::clock::Millis;
use muster_domain::criteria::{self, AttributeField, Criteria};
use muster_domain::segment::SegmentType;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{AppError, AppResult};

/// The custom attributes that conditions may name.
pub async fn attribute_fields(tx: &mut Tx, ws: WorkspaceId) -> AppResult<Vec<AttributeField>> {
    let rows = attributes::definitions(tx, ws).await?;
    Ok(rows
        .into_iter()
        .map(|row| AttributeField { kind: row.kind(), id: row.id, name: row.name, label: row.label })
        .collect())
}

/// The checked criteria of a stored segment. They were checked when saved; an attribute that is gone since makes them a conflict.
pub async fn criteria_of(tx: &mut Tx, ws: WorkspaceId, segment: &SegmentRow) -> AppResult<Criteria> {
    let attributes = attribute_fields(tx, ws).await?;
    criteria::parse(&segment.criteria.0, &attributes).map_err(|problems| {
        let reason = problems.into_iter().next().map_or_else(String::new, |p| format!(" {}: {}", p.path, p.message));
        AppError::conflict(
            "segment_outdated",
            format!("The conditions of the segment \"{}\" no longer fit the customers' fields.{reason}", segment.name),
        )
    })
}

/// Who belongs to a segment at a moment: active, not opted out (unless it says otherwise), of this workspace.
///
/// # Errors
/// 404 when there is no such segment, 409 when its conditions no longer fit the workspace's attributes.
pub async fn compile(tx: &mut Tx, ws: WorkspaceId, segment_id: Uuid, now: Millis) -> AppResult<CompiledAudience> {
    let segment = table::get(tx, ws, segment_id).await?.ok_or(AppError::NotFound("segment"))?;
    compile_row(tx, ws, &segment, now).await
}

/// The same for a segment that was read already.
pub(super) async fn compile_row(
    tx: &mut Tx,
    ws: WorkspaceId,
    segment: &SegmentRow,
    now: Millis,
) -> AppResult<CompiledAudience> {
    if segment.kind == SegmentType::Static {
        return Ok(segment_sql::members_of(tx.engine(), ws, segment.id));
    }
    let criteria = criteria_of(tx, ws, segment).await?;
    Ok(segment_sql::compile(tx.engine(), ws, &criteria, now))
}

/// Everybody in one of `includes` and in none of `excludes`, each once (SEG-4).
pub async fn targeted(
    tx: &mut Tx,
    ws: WorkspaceId,
    includes: &[Uuid],
    excludes: &[Uuid],
    now: Millis,
) -> AppResult<CompiledAudience> {
    let mut compiled = [Vec::new(), Vec::new()];
    for (list, ids) in compiled.iter_mut().zip([includes, excludes]) {
        for id in ids {
            list.push(compile(tx, ws, *id, now).await?);
        }
    }
    Ok(CompiledAudience::targeted(&compiled[0], &compiled[1]))
}
