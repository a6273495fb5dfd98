//! Whether what an execution depends on is there: the rows behind [`muster_domain::job::readiness`].

use std::collections::HashMap;

use muster_db::job_upstream::{self, RuleRow, RunRow};
use muster_db::{DbError, Tx};
use muster_domain::clock::Millis;
use muster_domain::job::day::date;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::dependency::JobDependency;
use muster_domain::job::readiness::{Readiness, UpstreamRun, Waiter, readiness};
use muster_domain::job::words::DependencyMode;
use muster_domain::job::workflow::WorkflowState;
use muster_domain::time::DAY;
use muster_domain::workspace::WorkspaceId;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::follow::Used;

/// Who asks.
pub(super) struct Question<'a> {
    pub job: Uuid,
    pub definition: &'a JobDefinition,
    /// The day of the execution.
    pub day: Millis,
    /// Since when it waits.
    pub since: Millis,
    /// For a job that is started by others: what has started it already.
    pub used: Option<&'a Used>,
}

/// The answer, and the runs that it was found by.
pub(super) struct Judged {
    pub readiness: Readiness,
    pub runs: Vec<RunRow>,
}

/// Judges an execution by its job's rules as they are now.
pub(super) async fn judge(tx: &mut Tx, ws: WorkspaceId, q: &Question<'_>, now: Millis) -> Result<Judged, DbError> {
    let job = q.definition;
    let rules: Vec<JobDependency> =
        job_upstream::rules(tx, ws, q.job).await?.into_iter().filter_map(|row| rule(&job.code, row)).collect();
    let mut codes: Vec<&str> = job.depends_on_jobs.iter().map(String::as_str).collect();
    codes.extend(rules.iter().map(|rule| rule.depends_on_job_id.as_str()));
    codes.sort_unstable();
    codes.dedup();
    let days = rules.iter().map(|rule| rule.lookback_days).max().unwrap_or(1).max(1);
    let mut runs = job_upstream::runs(tx, ws, &codes, (q.day - days * DAY, q.day)).await?;
    if let Some(used) = q.used {
        runs.retain(|run| used.leaves(run));
    }
    let mut by_job: HashMap<&str, Vec<UpstreamRun>> = HashMap::new();
    for row in &runs {
        if let Some(run) = upstream_run(row) {
            by_job.entry(row.code.as_str()).or_default().push(run);
        }
    }
    let runs_of = |code: &str| by_job.get(code).map_or(&[][..], Vec::as_slice);
    let mode = job.dependency_mode.unwrap_or(DependencyMode::AllSuccess);
    let waiter = Waiter { execution_date: date(q.day), since: q.since };
    let readiness = readiness(&job.code, &job.depends_on_jobs, mode, &rules, waiter, &runs_of, now);
    Ok(Judged { readiness, runs })
}

/// A rule as it is judged; one with words that nobody knows is none.
fn rule(job: &str, row: RuleRow) -> Option<JobDependency> {
    Some(JobDependency {
        job_id: job.to_owned(),
        depends_on_job_id: row.depends_on_code,
        dependency_type: row.dependency_type.parse().ok()?,
        wait_for_status: row.wait_for_status.parse().ok()?,
        max_wait_minutes: row.max_wait_minutes,
        lookback_days: row.lookback_days,
        execution_condition: row.execution_condition,
        is_active: row.is_active,
    })
}

fn upstream_run(row: &RunRow) -> Option<UpstreamRun> {
    Some(UpstreamRun {
        status: row.execution_status.parse().ok()?,
        execution_date: date(row.execution_date),
        created_at: row.created_at,
        completed_at: row.completed_at,
        numbers: numbers(row),
    })
}

/// What conditions are about: what the steps gave, the later ones going before, and the execution's own counters.
fn numbers(row: &RunRow) -> Map<String, Value> {
    let mut numbers = Map::new();
    let state = row.workflow.as_ref().and_then(|state| serde_json::from_value::<WorkflowState>(state.0.clone()).ok());
    for step in state.into_iter().flat_map(|state| state.steps) {
        numbers.extend(step.output);
    }
    let mut put = |name: &str, value: Value| drop(numbers.insert(name.to_owned(), value));
    put("rows_read", row.rows_read.into());
    put("rows_processed", row.rows_processed.into());
    put("rows_inserted", row.rows_inserted.into());
    put("rows_updated", row.rows_updated.into());
    put("rows_deleted", row.rows_deleted.into());
    put("steps_total", row.steps_total.into());
    put("steps_completed", row.steps_completed.into());
    put("steps_failed", row.steps_failed.into());
    put("status", row.execution_status.clone().into());
    if let Some(ms) = row.duration_ms {
        put("duration_seconds", (ms as f64 / 1_000.0).into());
    }
    if let Some(score) = row.data_quality_score_e4 {
        put("data_quality_score", (score as f64 / 100.0).into());
    }
    numbers
}
