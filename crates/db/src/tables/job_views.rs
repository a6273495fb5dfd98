//! Jobs and executions in depth: what an execution did, its log, the graph of all jobs, the runs of a span of time.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

/// The columns of [`EdgeRow`], and which rows.
macro_rules! edges {
    ($which:literal) => {
        concat!(
            "SELECT d.job_id, d.depends_on_job_id, d.dependency_type, d.wait_for_status, d.max_wait_minutes, d.lookback_days, d.execution_condition, d.is_active,
                    j.code AS job_code, o.code AS on_code, j.name AS job_name, o.name AS on_name
             FROM job_dependencies d JOIN jobs j ON j.id = d.job_id JOIN jobs o ON o.id = d.depends_on_job_id WHERE d.tenant_id = $1",
            $which
        )
    };
}

sql! {
    EXECUTION = "SELECT e.definition_id, e.workflow, e.waiting_on, e.execution_context, e.rerun_of, e.rerun_from, e.peak_memory_mb, e.peak_cpu_percent, e.data_quality_score_e4, e.created_at,
                        d.body AS definition
                 FROM job_executions e LEFT JOIN job_definitions d ON d.id = e.definition_id WHERE e.tenant_id = $1 AND e.id = $2";
    // job_step_executions_execution
    TRIES = "SELECT step_code, attempt, status, started_at, completed_at, rows_processed, input, output, error_code, error_message, peak_memory_mb, peak_cpu_percent, progress_e4, worker_node_id
             FROM job_step_executions WHERE tenant_id = $1 AND execution_id = $2 ORDER BY step_order, attempt LIMIT 5000";
    // execution_logs_execution; from the end unless somebody reads on
    LOG_BEFORE = "SELECT id, at, step_code, level, message FROM execution_logs
                  WHERE tenant_id = $1 AND execution_id = $2 AND id < $3 AND ($4 = '' OR step_code = $4) AND ($5 = '' OR level = $5) AND ($6 = '' OR lower(message) LIKE $6 ESCAPE '\\')
                  ORDER BY id DESC LIMIT $7";
    LOG_AFTER = "SELECT id, at, step_code, level, message FROM execution_logs
                 WHERE tenant_id = $1 AND execution_id = $2 AND id > $3 AND ($4 = '' OR step_code = $4) AND ($5 = '' OR level = $5) AND ($6 = '' OR lower(message) LIKE $6 ESCAPE '\\')
                 ORDER BY id LIMIT $7";
    LAST_LINE = "SELECT COALESCE(MAX(id), 0) FROM execution_logs WHERE tenant_id = $1 AND execution_id = $2";
    NODES = "SELECT j.id, j.code, j.name, j.schedule_type, j.status, j.is_active, j.is_built_in, j.next_run_at, j.depends_on_jobs, j.dependency_mode,
                    (SELECT e.execution_status FROM job_executions e WHERE e.job_id = j.id ORDER BY e.id DESC LIMIT 1) AS last_status
             FROM jobs j WHERE j.tenant_id = $1 AND j.campaign_id IS NULL ORDER BY j.code LIMIT $2";
    // jobs_code
    NAMED = "SELECT j.code, j.id, j.name FROM {rows $2: code text} AS c CROSS JOIN jobs j WHERE j.tenant_id = $1 AND j.code = c.code";
    EDGES = edges!(" ORDER BY o.code, j.code");
    EDGES_OF = edges!(" AND (d.job_id = $2 OR d.depends_on_job_id = $2) ORDER BY o.code, j.code");
    // job_executions_status
    RUNNING = "SELECT e.job_id, e.id FROM job_executions e JOIN jobs j ON j.id = e.job_id
               WHERE e.tenant_id = $1 AND e.execution_status = 'running' AND j.campaign_id IS NULL ORDER BY e.id";
    // job_executions_ended, and what has not ended; $5: executions of built-in jobs and of campaigns, too
    TIMELINE = "SELECT e.id, e.job_id, j.code AS job_code, CASE WHEN e.run_id IS NULL THEN '' ELSE e.job_type_code END AS stage, j.name AS job_name, e.execution_status, e.due_at, e.started_at, e.completed_at, e.created_at, e.sla_breached
                FROM job_executions e JOIN jobs j ON j.id = e.job_id
                WHERE e.tenant_id = $1 AND e.created_at < $3 AND (e.completed_at IS NULL OR e.completed_at >= $2)
                  AND ($4 = '' OR $4 = CASE WHEN j.campaign_id IS NOT NULL THEN 'campaign' WHEN j.is_built_in THEN 'built_in' ELSE 'own' END)
                ORDER BY e.id DESC LIMIT $5";
    SCHEDULED = "SELECT id, code, name, cron_expression, interval_seconds, timezone, next_run_at FROM jobs
                 WHERE tenant_id = $1 AND campaign_id IS NULL AND is_active AND status = 'active' AND schedule_type IN ('cron', 'interval')
                   AND ($2 = '' OR $2 = CASE WHEN is_built_in THEN 'built_in' ELSE 'own' END)
                 ORDER BY code LIMIT 1000";
}

/// What an execution did, beside what lists show.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DepthRow {
    pub definition_id: Option<Uuid>,
    pub workflow: Option<Json<Value>>,
    pub waiting_on: Option<Json<Value>>,
    pub execution_context: Option<Json<Value>>,
    pub rerun_of: Option<Uuid>,
    pub rerun_from: Option<String>,
    pub peak_memory_mb: Option<i64>,
    pub peak_cpu_percent: Option<i64>,
    pub data_quality_score_e4: Option<i64>,
    pub created_at: Millis,
    /// The definition that it began with.
    pub definition: Option<Json<Value>>,
}

/// A try of a step.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TryRow {
    pub step_code: String,
    pub attempt: i64,
    pub status: String,
    pub started_at: Option<Millis>,
    pub completed_at: Option<Millis>,
    pub rows_processed: Option<i64>,
    pub input: Option<Json<Value>>,
    pub output: Option<Json<Value>>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub peak_memory_mb: Option<i64>,
    pub peak_cpu_percent: Option<i64>,
    pub progress_e4: Option<i64>,
    pub worker_node_id: Option<String>,
}

/// A line of an execution's log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LineRow {
    pub id: i64,
    pub at: Millis,
    pub step_code: Option<String>,
    pub level: String,
    pub message: String,
}

/// A job of the graph.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NodeRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub schedule_type: String,
    pub status: String,
    pub is_active: bool,
    pub is_built_in: bool,
    pub next_run_at: Option<Millis>,
    pub depends_on_jobs: Option<Json<Vec<String>>>,
    pub dependency_mode: Option<String>,
    pub last_status: Option<String>,
}

/// A dependency with the codes and names of its jobs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EdgeRow {
    pub job_id: Uuid,
    pub depends_on_job_id: Uuid,
    pub dependency_type: String,
    pub wait_for_status: String,
    pub max_wait_minutes: Option<i64>,
    pub lookback_days: i64,
    pub execution_condition: Option<String>,
    pub is_active: bool,
    pub job_code: String,
    pub on_code: String,
    pub job_name: String,
    pub on_name: String,
}

/// A code that is looked up.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct CodeRow<'a> {
    pub code: &'a str,
}

/// A run of a span of time.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TimelineRow {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_code: String,
    /// Its type, where it is a stage of a campaign; else empty.
    pub stage: String,
    pub job_name: String,
    pub execution_status: String,
    pub due_at: Option<Millis>,
    pub started_at: Option<Millis>,
    pub completed_at: Option<Millis>,
    pub created_at: Millis,
    pub sla_breached: bool,
}

/// A job with a clock.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ScheduledRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub cron_expression: Option<String>,
    pub interval_seconds: Option<i64>,
    pub timezone: String,
    pub next_run_at: Option<Millis>,
}

/// Which lines of a log; empty strings mean any.
#[derive(Debug, Clone, Copy)]
pub struct LineFilter<'a> {
    pub step: &'a str,
    pub level: &'a str,
    /// A LIKE pattern in lower case.
    pub search: &'a str,
}

/// What an execution did.
pub async fn execution(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<DepthRow>> {
    fetch_optional!(DepthRow; tx, EXECUTION, ws.0, id)
}

/// The tries of its steps, in their order.
pub async fn tries(tx: &mut Tx, ws: WorkspaceId, execution: Uuid) -> Result<Vec<TryRow>> {
    fetch_all!(TryRow; tx, TRIES, ws.0, execution)
}

/// Lines after an id, oldest first.
pub async fn lines_after(
    tx: &mut Tx,
    ws: WorkspaceId,
    execution: Uuid,
    f: LineFilter<'_>,
    after: i64,
    limit: i64,
) -> Result<Vec<LineRow>> {
    fetch_all!(LineRow; tx, LOG_AFTER, ws.0, execution, after, f.step, f.level, f.search, limit)
}

/// Lines before an id, newest first.
pub async fn lines_before(
    tx: &mut Tx,
    ws: WorkspaceId,
    execution: Uuid,
    f: LineFilter<'_>,
    before: i64,
    limit: i64,
) -> Result<Vec<LineRow>> {
    fetch_all!(LineRow; tx, LOG_BEFORE, ws.0, execution, before, f.step, f.level, f.search, limit)
}

/// The id of the last line of a log; 0 for an empty one.
pub async fn last_line(tx: &mut Tx, ws: WorkspaceId, execution: Uuid) -> Result<i64> {
    scalar!(i64; tx, LAST_LINE, ws.0, execution)
}

/// All jobs but those of campaigns.
pub async fn nodes(tx: &mut Tx, ws: WorkspaceId, limit: i64) -> Result<Vec<NodeRow>> {
    fetch_all!(NodeRow; tx, NODES, ws.0, limit)
}

/// The jobs of some codes: code, id, name.
pub async fn named(tx: &mut Tx, ws: WorkspaceId, codes: &[CodeRow<'_>]) -> Result<Vec<(String, Uuid, String)>> {
    fetch_all!((String, Uuid, String); tx, NAMED, ws.0, json_rows(codes))
}

/// All dependencies.
pub async fn edges(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<EdgeRow>> {
    fetch_all!(EdgeRow; tx, EDGES, ws.0)
}

/// The dependencies of a job, both those that it has and those that others have on it.
pub async fn edges_of(tx: &mut Tx, ws: WorkspaceId, job: Uuid) -> Result<Vec<EdgeRow>> {
    fetch_all!(EdgeRow; tx, EDGES_OF, ws.0, job)
}

/// Executions that run, with their jobs, oldest first.
pub async fn running(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<(Uuid, Uuid)>> {
    fetch_all!((Uuid, Uuid); tx, RUNNING, ws.0)
}

/// Runs that were at work or waited in a span of time, newest first; an empty kind means any.
pub async fn timeline(
    tx: &mut Tx,
    ws: WorkspaceId,
    (from, to): (Millis, Millis),
    kind: &str,
    limit: i64,
) -> Result<Vec<TimelineRow>> {
    fetch_all!(TimelineRow; tx, TIMELINE, ws.0, from, to, kind, limit)
}

/// Jobs that a clock starts; an empty kind means any.
pub async fn scheduled(tx: &mut Tx, ws: WorkspaceId, kind: &str) -> Result<Vec<ScheduledRow>> {
    fetch_all!(ScheduledRow; tx, SCHEDULED, ws.0, kind)
}
