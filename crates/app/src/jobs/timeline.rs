//! The runs of a span of time, those that were and those to come.

use muster_db::job_views::{self, ScheduledRow};
use muster_domain::clock::Millis;
use muster_domain::job::schedule::{CronSchedule, Schedule};
use muster_domain::time::{DAY, SECOND, moment, moment_option, rfc3339};
use muster_engine::stages::Stage;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::view::JobKind;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Runs of one answer, and moments to come.
const MAX_RUNS: i64 = 2_000;
const MAX_UPCOMING: usize = 2_000;
/// The longest span that is asked for at once.
const MAX_SPAN: Millis = 62 * DAY;

/// Which span.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TimelineQuery {
    #[serde(with = "moment")]
    #[param(value_type = String)]
    pub from: Millis,
    /// At most 62 days after `from`.
    #[serde(with = "moment")]
    #[param(value_type = String)]
    pub to: Millis,
    /// Only jobs of this kind.
    pub kind: Option<JobKind>,
}

/// A run of the span.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineRun {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_code: String,
    /// With its stage, where it is a campaign's.
    pub job_name: String,
    pub status: String,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub due_at: i64,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub completed_at: Option<i64>,
    pub sla_breached: bool,
}

/// A run to come.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpcomingRun {
    pub job_id: Uuid,
    pub job_code: String,
    pub job_name: String,
    /// RFC 3339.
    pub at: String,
}

/// The runs of a span of time.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// Newest first.
    pub runs: Vec<TimelineRun>,
    /// In their order.
    pub upcoming: Vec<UpcomingRun>,
    /// Whether there are more of either than are given.
    pub is_more: bool,
}

/// The runs of a span of time.
pub async fn timeline(app: &App, ctx: &Ctx, query: &TimelineQuery) -> AppResult<Timeline> {
    ctx.require(Operation::Read)?;
    if query.to <= query.from || query.to - query.from > MAX_SPAN {
        return Err(AppError::malformed("bad_span", "Ask for a span that ends after it begins, of at most 62 days."));
    }
    let kind = query.kind.map_or("", JobKind::as_str);
    let mut tx = app.db.read(ctx.ws).await?;
    let mut rows = job_views::timeline(&mut tx, ctx.ws, (query.from, query.to), kind, MAX_RUNS + 1).await?;
    let jobs = job_views::scheduled(&mut tx, ctx.ws, kind).await?;
    drop(tx);
    let (mut upcoming, is_more) = to_come(&jobs, query.from.max(app.now()), query.to);
    upcoming.sort_by(|a, b| (&a.at, &a.job_code).cmp(&(&b.at, &b.job_code)));
    let is_more = is_more || rows.len() as i64 > MAX_RUNS;
    rows.truncate(MAX_RUNS as usize);
    let runs = rows
        .into_iter()
        .map(|row| TimelineRun {
            id: row.id,
            job_id: row.job_id,
            job_code: row.job_code,
            job_name: match row.stage.parse::<Stage>() {
                Ok(stage) => format!("{}: {}", row.job_name, stage.label()),
                Err(_) => row.job_name,
            },
            status: row.execution_status,
            due_at: row.due_at.unwrap_or(row.created_at),
            started_at: row.started_at,
            completed_at: row.completed_at,
            sla_breached: row.sla_breached,
        })
        .collect();
    Ok(Timeline { runs, upcoming, is_more })
}

/// The moments of a span, of all jobs; a fair share of each where there are too many.
fn to_come(jobs: &[ScheduledRow], from: Millis, to: Millis) -> (Vec<UpcomingRun>, bool) {
    let share = (MAX_UPCOMING / jobs.len().max(1)).max(1);
    let mut is_more = false;
    let mut runs = Vec::new();
    for job in jobs {
        let Some((schedule, first)) = clock(job, from) else { continue };
        let mut moments = std::iter::successors(first, |at| schedule.next_after(*at)).take_while(|at| *at < to);
        runs.extend(moments.by_ref().take(share).map(|at| UpcomingRun {
            job_id: job.id,
            job_code: job.code.clone(),
            job_name: job.name.clone(),
            at: rfc3339(at),
        }));
        is_more |= moments.next().is_some();
    }
    (runs, is_more)
}

/// A job's clock and its first moment at or after a moment.
fn clock(job: &ScheduledRow, from: Millis) -> Option<(Schedule, Option<Millis>)> {
    let schedule = match (&job.cron_expression, job.interval_seconds, job.next_run_at) {
        (Some(expression), _, _) => Schedule::Cron(Box::new(CronSchedule::parse(expression, &job.timezone).ok()?)),
        // Its next moment is one of its moments: the others are whole intervals away from it.
        (None, Some(seconds), Some(next)) => Schedule::Interval { seconds, anchor: next - seconds * SECOND },
        _ => return None,
    };
    let first = schedule.next_after(from - 1);
    Some((schedule, first))
}
