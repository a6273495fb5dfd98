//! Evaluations: recorded runs, and the history of sizes (SEG-5).

use std::time::Instant;

use muster_db::Tx;
use muster_db::segment_sql::{self, CompiledAudience};
use muster_db::segments::{self as table, NewSegmentRun};
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use super::compile::compile_row;
use super::edit::find;
use super::views::SegmentRun;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Counts a segment now and keeps the result.
pub async fn evaluate(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<SegmentRun> {
    ctx.require(Operation::EditContent)?;
    let now = app.now();
    // Counted beside the writer, who would wait for it otherwise.
    let mut tx = app.db.read(ctx.ws).await?;
    let segment = find(&mut tx, ctx, id).await?;
    let audience = compile_row(&mut tx, ctx.ws, &segment, now).await?;
    let started = Instant::now();
    let size = segment_sql::count(&mut tx, ctx.ws, &audience).await?;
    let duration_ms = started.elapsed().as_millis() as i64;
    tx.rollback().await?;
    let mut tx = app.db.write(ctx.ws).await?;
    let run_id = record(&mut tx, ctx.ws, id, None, &audience, size, duration_ms, now).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "segments", json!({}));
    let query = audience.sql(1);
    Ok(SegmentRun {
        id: run_id,
        run_id: None,
        size,
        duration_ms,
        evaluated_at: muster_domain::time::rfc3339(now),
        query,
    })
}

/// Records an evaluation in the transaction that used it; `campaign_run` is the run it was for. Publish `segments` after the commit.
#[allow(clippy::too_many_arguments, reason = "the columns of one row")]
pub async fn record(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    campaign_run: Option<i64>,
    audience: &CompiledAudience,
    size: i64,
    duration_ms: i64,
    at: Millis,
) -> AppResult<i64> {
    let query = audience.sql(1);
    let run = NewSegmentRun { segment_id: id, run_id: campaign_run, size, duration_ms, at, query: &query };
    Ok(table::record_run(tx, ws, &run).await?)
}

/// Evaluations of a segment, newest first.
pub async fn runs(app: &App, ctx: &Ctx, id: Uuid, page: PageRequest) -> AppResult<Page<SegmentRun>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    if table::get(&mut tx, ctx.ws, id).await?.is_none() {
        return Err(AppError::NotFound("segment"));
    }
    let rows = table::runs(&mut tx, ctx.ws, id, page.page_size, page.offset()).await?;
    let count = table::count_runs(&mut tx, ctx.ws, id).await?;
    Ok(Page::new(rows.into_iter().map(Into::into).collect(), page, count))
}
