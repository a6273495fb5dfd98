//! The log of an execution, read from its end or from where somebody was.

use muster_db::executions;
use muster_db::job_views::{self, LineFilter, LineRow};
use muster_domain::time::moment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::input::like;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Lines of one answer, when not said and at most.
const LINES: i64 = 200;
const MAX_LINES: i64 = 2_000;

/// Which lines; what is not said is any.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Lines after this id, the oldest of them first: to read on.
    pub after: Option<i64>,
    /// Lines before this id, the newest of them: to read back. With neither: the end of the log.
    pub before: Option<i64>,
    /// Code of a step.
    pub step: Option<String>,
    /// `info`, `warning`, `error`.
    pub level: Option<String>,
    /// Part of the line.
    pub search: Option<String>,
    /// 200 when not said, at most 2,000.
    pub limit: Option<i64>,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogLineView {
    pub id: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub at: i64,
    /// None: of the execution itself.
    pub step_code: Option<String>,
    /// `info`, `warning`, `error`.
    pub level: String,
    pub message: String,
}

/// A stretch of a log.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogView {
    /// Oldest first.
    pub lines: Vec<LogLineView>,
    /// The id of the log's last line, asked for or not: what `after` goes on from. 0 for an empty log.
    pub last_id: i64,
    /// Whether there are more lines in the direction that was asked for.
    pub is_more: bool,
}

/// A stretch of an execution's log.
pub async fn log(app: &App, ctx: &Ctx, execution: Uuid, query: &LogQuery) -> AppResult<LogView> {
    ctx.require(Operation::Read)?;
    let search = like(query.search.as_deref().unwrap_or_default());
    let filter = LineFilter {
        step: query.step.as_deref().unwrap_or_default(),
        level: query.level.as_deref().unwrap_or_default(),
        search: &search,
    };
    let limit = query.limit.unwrap_or(LINES).clamp(1, MAX_LINES);
    let mut tx = app.db.read(ctx.ws).await?;
    executions::get(&mut tx, ctx.ws, execution).await?.ok_or(AppError::NotFound("execution"))?;
    // Before the lines: one that comes between the two is read next time, not lost.
    let last_id = job_views::last_line(&mut tx, ctx.ws, execution).await?;
    let mut rows = match query.after {
        Some(after) => job_views::lines_after(&mut tx, ctx.ws, execution, filter, after, limit + 1).await?,
        None => {
            let before = query.before.unwrap_or(i64::MAX);
            job_views::lines_before(&mut tx, ctx.ws, execution, filter, before, limit + 1).await?
        }
    };
    let is_more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    if query.after.is_none() {
        rows.reverse();
    }
    Ok(LogView { lines: rows.into_iter().map(line).collect(), last_id, is_more })
}

fn line(row: LineRow) -> LogLineView {
    LogLineView { id: row.id, at: row.at, step_code: row.step_code, level: row.level, message: row.message }
}
