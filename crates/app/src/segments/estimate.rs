//! How large a segment is now, and who is in it: asked while somebody edits.

use std::time::Instant;

use muster_db::Tx;
use muster_db::segment_sql::{self, Bind, CompiledAudience, Figures, Line};
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
    // Two passes over the customers, beside each other.
    let lined = criteria.as_ref().filter(|_| request.with_lines);
    let ((figures, duration_ms), (total, lines)) =
        tokio::try_join!(sizes(&mut tx, ctx, &audience), everybody(app, ctx, lined, now))?;
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

async fn sizes(tx: &mut Tx, ctx: &Ctx, audience: &CompiledAudience) -> AppResult<(Figures, i64)> {
    let started = Instant::now();
    let figures = segment_sql::figures(tx, ctx.ws, audience).await?;
    Ok((figures, started.elapsed().as_millis() as i64))
}

/// Everybody who could be meant, and how many of them each line of the criteria leaves.
async fn everybody(
    app: &App,
    ctx: &Ctx,
    lined: Option<&Criteria>,
    now: i64,
) -> AppResult<(i64, Option<Vec<LineSize>>)> {
    let mut tx = app.db.read(ctx.ws).await?;
    let engine = tx.engine();
    let all = criteria::parse(&Value::Null, &[]).map_err(AppError::problems)?;
    let all = segment_sql::compile(engine, ctx.ws, &all, now);
    let Some(criteria) = lined else { return Ok((segment_sql::count(&mut tx, ctx.ws, &all).await?, None)) };
    let base = segment_sql::base(engine, ctx.ws, criteria);
    let (paths, audiences): (Vec<_>, Vec<_>) = segment_sql::lines(engine, ctx.ws, criteria, now)
        .into_iter()
        .map(|Line { path, audience }| (path, audience))
        .unzip();
    let (of_base, sizes) = segment_sql::count_lines(&mut tx, ctx.ws, &base, &audiences).await?;
    // Criteria that mean inactive customers too start from more people than the usual.
    let is_usual = base.sql(1) == all.sql(1);
    let total = if is_usual { of_base } else { segment_sql::count(&mut tx, ctx.ws, &all).await? };
    Ok((total, Some(paths.into_iter().zip(sizes).map(|(path, size)| LineSize { path, size }).collect())))
}

fn shown(bind: &Bind) -> Value {
    match bind {
        Bind::Int(value) => json!(value),
        Bind::Text(value) => json!(value),
        Bind::Uuid(value) => json!(value),
        Bind::Json(value) => value.clone(),
    }
}
