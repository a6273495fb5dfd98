//! The runs of a span of time, those that were and those to come.

use muster_db::job_views::{self, ScheduledRow, TimelineRow};
use muster_domain::clock::Millis;
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::job::schedule::{CronSchedule, Schedule};
use muster_domain::time::{DAY, SECOND, moment, moment_option, rfc3339};
use muster_engine::stages::Stage;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::view::JobKind;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Runs of one answer, and moments to come.
const MAX_RUNS: usize = 2_000;
const MAX_UPCOMING: usize = 2_000;
/// Runs and moments that are read where near ones count as one: the job of every minute has ten thousand a week.
const MAX_READ: usize = 30_000;
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
    /// Runs of one job, and moments to come, no farther apart than this many milliseconds are given as one.
    #[serde(default)]
    pub near_ms: i64,
}

/// A run of the span, or several that are near each other.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineRun {
    /// Of several the one that most needs a look.
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_code: String,
    pub job_name: String,
    /// What it did, where the job is a campaign's.
    pub stage: Option<String>,
    /// As `id`.
    #[schema(value_type = ExecutionStatus)]
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
    /// How many runs these are, and how many of them have failed.
    pub count: i64,
    pub failed: i64,
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
    /// How many moments these are, from `at` on.
    pub count: i64,
}

/// The runs of a span of time.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// Newest first.
    pub runs: Vec<TimelineRun>,
    /// In their order.
    pub upcoming: Vec<UpcomingRun>,
    /// Whether there were more runs than are given.
    pub is_more: bool,
    /// Whether there are more moments to come than are given: of jobs that run often, only the next ones are.
    pub is_more_upcoming: bool,
}

/// The runs of a span of time.
pub async fn timeline(app: &App, ctx: &Ctx, query: &TimelineQuery) -> AppResult<Timeline> {
    ctx.require(Operation::Read)?;
    if query.to <= query.from || query.to - query.from > MAX_SPAN {
        return Err(AppError::malformed("bad_span", "Ask for a span that ends after it begins, of at most 62 days."));
    }
    let kind = query.kind.map_or("", JobKind::as_str);
    let mut tx = app.db.read(ctx.ws).await?;
    let near = query.near_ms.clamp(0, DAY);
    let most = if near > 0 { MAX_READ } else { MAX_RUNS };
    let mut rows = job_views::timeline(&mut tx, ctx.ws, (query.from, query.to), kind, most as i64 + 1).await?;
    let jobs = job_views::scheduled(&mut tx, ctx.ws, kind).await?;
    drop(tx);
    let (mut upcoming, is_more_upcoming) = to_come(&jobs, query.from.max(app.now()), query.to, near);
    upcoming.sort_by(|a, b| (&a.at, &a.job_code).cmp(&(&b.at, &b.job_code)));
    let is_more = rows.len() > most;
    rows.truncate(most);
    let runs: Vec<TimelineRun> = rows.into_iter().map(run).collect();
    let runs = if near > 0 { merged(runs, near, app.now()) } else { runs };
    Ok(Timeline { runs, upcoming, is_more, is_more_upcoming })
}

fn run(row: TimelineRow) -> TimelineRun {
    TimelineRun {
        id: row.id,
        job_id: row.job_id,
        job_code: row.job_code,
        job_name: row.job_name,
        stage: row.stage.parse::<Stage>().ok().map(|stage| stage.label().to_owned()),
        failed: i64::from(has_failed(&row.execution_status)),
        status: row.execution_status,
        due_at: row.due_at.unwrap_or(row.created_at),
        started_at: row.started_at,
        completed_at: row.completed_at,
        sla_breached: row.sla_breached,
        count: 1,
    }
}

fn has_failed(status: &str) -> bool {
    matches!(status, "failure" | "timeout")
}

/// What is seen first where several runs are one.
fn weight(status: &str) -> u8 {
    match status {
        "failure" | "timeout" => 4,
        "running" => 3,
        "aborted" => 2,
        "pending" | "queued" => 1,
        _ => 0,
    }
}

/// Runs of one job that are no farther apart than `near` as one, as bad as the worst of them; newest first.
fn merged(mut runs: Vec<TimelineRun>, near: Millis, now: Millis) -> Vec<TimelineRun> {
    let from = |run: &TimelineRun| run.started_at.unwrap_or(run.due_at);
    let to = |run: &TimelineRun| run.completed_at.unwrap_or(now);
    runs.sort_by_key(|run| (run.job_id, from(run)));
    let mut kept: Vec<TimelineRun> = Vec::new();
    for run in runs {
        match kept.last_mut().filter(|last| last.job_id == run.job_id && from(&run) - to(last) <= near) {
            Some(last) => absorb(last, run),
            None => kept.push(run),
        }
    }
    kept.sort_by_key(|run| std::cmp::Reverse(from(run)));
    kept
}

fn absorb(last: &mut TimelineRun, run: TimelineRun) {
    last.completed_at = last.completed_at.zip(run.completed_at).map(|(a, b)| a.max(b));
    last.sla_breached |= run.sla_breached;
    last.count += run.count;
    last.failed += run.failed;
    if weight(&run.status) >= weight(&last.status) {
        last.id = run.id;
        last.status = run.status;
        last.stage = run.stage;
    }
}

/// The moments of a span, of all jobs; a fair share of each where there are too many. Near ones count as one.
fn to_come(jobs: &[ScheduledRow], from: Millis, to: Millis, near: Millis) -> (Vec<UpcomingRun>, bool) {
    let most = if near > 0 { MAX_READ } else { MAX_UPCOMING };
    let share = (most / jobs.len().max(1)).max(1);
    let mut is_more = false;
    let mut runs = Vec::new();
    for job in jobs {
        let Some((schedule, first)) = clock(job, from) else { continue };
        let mut moments = std::iter::successors(first, |at| schedule.next_after(*at)).take_while(|at| *at < to);
        for group in near_ones(moments.by_ref().take(share), near) {
            runs.push(UpcomingRun {
                job_id: job.id,
                job_code: job.code.clone(),
                job_name: job.name.clone(),
                at: rfc3339(group.0),
                count: group.1,
            });
        }
        is_more |= moments.next().is_some();
    }
    (runs, is_more)
}

/// Moments in their order, each with how many there are before the next one that is farther away.
fn near_ones(moments: impl Iterator<Item = Millis>, near: Millis) -> Vec<(Millis, i64)> {
    let mut groups: Vec<(Millis, i64)> = Vec::new();
    for at in moments {
        match groups.last_mut().filter(|(first, _)| near > 0 && at - *first <= near) {
            Some((_, count)) => *count += 1,
            None => groups.push((at, 1)),
        }
    }
    groups
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(job: u128, from: Millis, to: Option<Millis>, status: &str) -> TimelineRun {
        TimelineRun {
            id: Uuid::from_u128(from.unsigned_abs().into()),
            job_id: Uuid::from_u128(job),
            job_code: String::new(),
            job_name: String::new(),
            stage: None,
            status: status.to_owned(),
            due_at: from,
            started_at: Some(from),
            completed_at: to,
            sla_breached: false,
            count: 1,
            failed: i64::from(has_failed(status)),
        }
    }

    #[test]
    fn near_runs_of_a_job_are_one_as_bad_as_the_worst() {
        let runs = vec![
            ran(1, 500, Some(510), "success"),
            ran(1, 60, Some(61), "success"),
            ran(1, 30, Some(31), "failure"),
            ran(2, 30, Some(31), "success"),
            ran(1, 0, Some(1), "success"),
        ];
        let merged = merged(runs, 50, 1_000);
        let said: Vec<_> = merged.iter().map(|r| (r.job_id.as_u128(), r.count, r.failed, r.status.as_str())).collect();
        assert_eq!(said, [(1, 1, 0, "success"), (2, 1, 0, "success"), (1, 3, 1, "failure")]);
        let worst = &merged[2];
        assert_eq!((worst.id.as_u128(), worst.started_at, worst.completed_at), (30, Some(0), Some(61)));
    }

    #[test]
    fn what_runs_reaches_to_now() {
        let merged = merged(vec![ran(1, 0, None, "running"), ran(1, 900, Some(950), "success")], 50, 1_000);
        assert_eq!((merged.len(), merged[0].completed_at, merged[0].status.as_str()), (1, None, "running"));
    }

    #[test]
    fn near_moments_are_counted() {
        assert_eq!(near_ones([0, 60, 120, 180, 240].into_iter(), 120), [(0, 3), (180, 2)]);
        assert_eq!(near_ones([0, 60].into_iter(), 0), [(0, 1), (60, 1)]);
    }
}
