//! How large a segment is now, and who is in it: asked while somebody edits.

use std::time::Instant;

use muster_db::Tx;
use muster_db::segment_sql::{self, Bind, CompiledAudience, Line};
use muster_db::segments::SegmentRow;
use muster_domain::criteria::{self, Criteria};
use muster_domain::segment::SegmentType;
use muster_domain::time::rfc3339;
use serde_json::{Value, json};

use super::compile::{attribute_fields, compile_row, criteria_of};
use super::edit::find;
use super::views::{Estimate, EstimateRequest, LineSize};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

const SAMPLE: i64 = 5;
const MAX_SAMPLE: i64 = 20;

/// Counts criteria or a stored segment.
pub async fn estimate(app: &App, ctx: &Ctx, request: EstimateRequest) -> AppResult<Estimate> {
    ctx.require(Operation::Read)?;
    let now = app.now();
    let mut tx = app.db.read(ctx.ws).await?;
    let stored = match request.segment_id {
        Some(id) if request.criteria.is_none() => Some(find(&mut tx, ctx, id).await?),
        _ => None,
    };
    let (audience, criteria) = target(&mut tx, ctx, &request, stored.as_ref(), now).await?;
    let everybody = everybody(&tx, ctx, now)?;
    let started = Instant::now();
    let figures = segment_sql::figures(&mut tx, ctx.ws, &audience).await?;
    let duration_ms = started.elapsed().as_millis() as i64;
    let total = segment_sql::count(&mut tx, ctx.ws, &everybody).await?;
    let lines = match &criteria {
        Some(criteria) if request.with_lines => Some(line_sizes(&mut tx, ctx, criteria, now).await?),
        _ => None,
    };
    let limit = request.sample_size.unwrap_or(SAMPLE).clamp(0, MAX_SAMPLE);
    let after = request.sample_after.unwrap_or(0);
    let mut sample = segment_sql::sample(&mut tx, ctx.ws, &audience, after, limit).await?;
    if sample.is_empty() && after > 0 {
        // Past the last one: from the start again.
        sample = segment_sql::sample(&mut tx, ctx.ws, &audience, 0, limit).await?;
    }
    Ok(Estimate {
        size: figures.size,
        total,
        with_email: figures.with_email,
        with_phone: figures.with_phone,
        sample: sample.into_iter().map(Into::into).collect(),
        query: audience.sql(1),
        parameters: audience.binds().iter().map(shown).collect(),
        criteria: criteria.map_or_else(|| json!({}), |c| c.canonical),
        lines,
        duration_ms,
        evaluated_at: rfc3339(now),
    })
}

async fn target(
    tx: &mut Tx,
    ctx: &Ctx,
    request: &EstimateRequest,
    stored: Option<&SegmentRow>,
    now: i64,
) -> AppResult<(CompiledAudience, Option<Criteria>)> {
    if let Some(row) = stored {
        let criteria = if row.kind == SegmentType::Static { None } else { Some(criteria_of(tx, ctx.ws, row).await?) };
        return Ok((compile_row(tx, ctx.ws, row, now).await?, criteria));
    }
    let attributes = attribute_fields(tx, ctx.ws).await?;
    let given = request.criteria.clone().unwrap_or(Value::Null);
    let criteria = criteria::parse(&given, &attributes).map_err(AppError::problems)?;
    Ok((segment_sql::compile(tx.engine(), ctx.ws, &criteria, now), Some(criteria)))
}

fn everybody(tx: &Tx, ctx: &Ctx, now: i64) -> AppResult<CompiledAudience> {
    let all = criteria::parse(&Value::Null, &[]).map_err(AppError::problems)?;
    Ok(segment_sql::compile(tx.engine(), ctx.ws, &all, now))
}

async fn line_sizes(tx: &mut Tx, ctx: &Ctx, criteria: &Criteria, now: i64) -> AppResult<Vec<LineSize>> {
    let lines = segment_sql::lines(tx.engine(), ctx.ws, criteria, now);
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let base = segment_sql::base(tx.engine(), ctx.ws, criteria);
    let (paths, audiences): (Vec<_>, Vec<_>) =
        lines.into_iter().map(|Line { path, audience }| (path, audience)).unzip();
    let sizes = segment_sql::count_lines(tx, ctx.ws, &base, &audiences).await?;
    Ok(paths.into_iter().zip(sizes).map(|(path, size)| LineSize { path, size }).collect())
}

fn shown(bind: &Bind) -> Value {
    match bind {
        Bind::Int(value) => json!(value),
        Bind::Text(value) => json!(value),
        Bind::Uuid(value) => json!(value),
        Bind::Json(value) => value.clone(),
    }
}
