//! `job_dependencies`, and what the jobs that others wait for have done.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    RULES = "SELECT u.code AS depends_on_code, d.dependency_type, d.wait_for_status, d.max_wait_minutes, d.lookback_days, d.execution_condition, d.is_active
             FROM job_dependencies d JOIN jobs u ON u.id = d.depends_on_job_id WHERE d.tenant_id = $1 AND d.job_id = $2 ORDER BY u.code";
    HAS_RULES = "SELECT COUNT(*) FROM job_dependencies WHERE tenant_id = $1 AND job_id = $2 AND is_active";
    // job_dependencies_upstream, jobs_named
    HAS_FOLLOWERS = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM job_dependencies WHERE depends_on_job_id = $2 AND tenant_id = $1
                     UNION ALL SELECT 1 AS one FROM jobs {indexed jobs_named} WHERE tenant_id = $1 AND depends_on_jobs IS NOT NULL LIMIT 1) AS followers";
    // job_executions_day: of each day the newest
    RUNS = "SELECT code, execution_status, execution_date, created_at, completed_at, duration_ms, rows_read, rows_processed, rows_inserted, rows_updated, rows_deleted, steps_total, steps_completed, steps_failed,
                   data_quality_score_e4, workflow, execution_context, id, correlation_id
            FROM (SELECT j.code, e.execution_status, e.execution_date, e.created_at, e.completed_at, e.duration_ms, e.rows_read, e.rows_processed, e.rows_inserted, e.rows_updated, e.rows_deleted,
                         e.steps_total, e.steps_completed, e.steps_failed, e.data_quality_score_e4, e.workflow, e.execution_context, e.id, e.correlation_id,
                         ROW_NUMBER() OVER (PARTITION BY e.job_id, e.execution_date ORDER BY e.created_at DESC, e.id DESC) AS n
                  FROM jobs j JOIN job_executions e ON e.job_id = j.id
                  WHERE j.tenant_id = $1 AND j.code IN (SELECT r.code FROM {rows $2: code text} AS r) AND e.execution_date BETWEEN $3 AND $4) AS runs WHERE n = 1";
}

/// A rule between two jobs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RuleRow {
    pub depends_on_code: String,
    pub dependency_type: String,
    pub wait_for_status: String,
    pub max_wait_minutes: Option<i64>,
    pub lookback_days: i64,
    pub execution_condition: Option<String>,
    pub is_active: bool,
}

/// What a job did on some day.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunRow {
    /// The job's.
    pub code: String,
    pub execution_status: String,
    /// The UTC midnight of its day.
    pub execution_date: Millis,
    pub created_at: Millis,
    pub completed_at: Option<Millis>,
    pub duration_ms: Option<i64>,
    pub rows_read: i64,
    pub rows_processed: i64,
    pub rows_inserted: i64,
    pub rows_updated: i64,
    pub rows_deleted: i64,
    pub steps_total: i64,
    pub steps_completed: i64,
    pub steps_failed: i64,
    pub data_quality_score_e4: Option<i64>,
    pub workflow: Option<Json<Value>>,
    pub execution_context: Option<Json<Value>>,
    pub id: Uuid,
    pub correlation_id: Option<String>,
}

#[derive(serde::Serialize)]
struct Code<'a> {
    code: &'a str,
}

/// The rules of a job about those that it waits for.
pub async fn rules(tx: &mut Tx, ws: WorkspaceId, job: Uuid) -> Result<Vec<RuleRow>> {
    fetch_all!(RuleRow; tx, RULES, ws.0, job)
}

/// Whether a job has any that counts.
pub async fn has_rules(tx: &mut Tx, ws: WorkspaceId, job: Uuid) -> Result<bool> {
    Ok(scalar!(i64; tx, HAS_RULES, ws.0, job)? > 0)
}

/// Whether the end of a job may mean something for others: some depend on it, or there are some that name jobs.
pub async fn has_followers(tx: &mut Tx, ws: WorkspaceId, job: Uuid) -> Result<bool> {
    Ok(scalar!(i64; tx, HAS_FOLLOWERS, ws.0, job)? > 0)
}

/// What the jobs with these codes did from one day to another, the newest of each day.
pub async fn runs(
    tx: &mut Tx,
    ws: WorkspaceId,
    codes: &[&str],
    (first, last): (Millis, Millis),
) -> Result<Vec<RunRow>> {
    let codes: Vec<_> = codes.iter().map(|code| Code { code }).collect();
    fetch_all!(RunRow; tx, RUNS, ws.0, Json(&codes), first, last)
}
