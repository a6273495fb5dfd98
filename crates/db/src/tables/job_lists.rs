//! `jobs` as people look at them: pages, the last runs of a page, what is at work.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

/// The columns of [`JobRow`], and which rows.
macro_rules! rows {
    ($which:literal) => {
        concat!(
            "SELECT j.id, j.code, j.name, j.description, j.job_type_code, j.campaign_id, j.run_id, j.schedule_type, j.cron_expression, j.interval_seconds, j.timezone,
                    j.sla_duration_minutes, j.status, j.is_active, j.is_built_in, j.version, j.definition_id, j.next_run_at, COALESCE(j.interval_from, j.created_at) AS interval_from, j.created_at, j.updated_at, n.status AS run_status
             FROM jobs j LEFT JOIN campaign_runs n ON n.id = j.run_id WHERE ",
            $which
        )
    };
}

/// The jobs of a list: $2 search, $3 status, $4 schedule, $5 type, $6 kind.
macro_rules! listed {
    () => {
        "j.tenant_id = $1 AND ($2 = '' OR lower(j.name) LIKE $2 ESCAPE '\\' OR lower(j.code) LIKE $2 ESCAPE '\\') AND ($3 = '' OR COALESCE(n.status, j.status) = $3)
         AND ($4 = '' OR j.schedule_type = $4) AND ($5 = '' OR j.job_type_code = $5)
         AND ($6 = '' OR $6 = CASE WHEN j.campaign_id IS NOT NULL THEN 'campaign' WHEN j.is_built_in THEN 'built_in' ELSE 'own' END)"
    };
}

sql! {
    // jobs_tenant
    LIST = concat!(rows!(""), listed!(), " ORDER BY j.id DESC LIMIT $7 OFFSET $8");
    COUNT = concat!("SELECT COUNT(*) FROM jobs j LEFT JOIN campaign_runs n ON n.id = j.run_id WHERE ", listed!());
    GET = rows!("j.tenant_id = $1 AND j.id = $2");
    BY_CODE = rows!("j.tenant_id = $1 AND j.code = $2");
    // Those with definitions; jobs_tenant
    OWN = rows!("j.tenant_id = $1 AND j.campaign_id IS NULL ORDER BY j.code LIMIT $2");
    // job_executions_job, of each job no further than its tenth from the end
    LAST_RUNS = "SELECT e.id, e.job_id, e.execution_status, e.started_at, e.duration_ms, e.sla_breached
                 FROM {uuids $2} AS u CROSS JOIN job_executions e
                 WHERE e.tenant_id = $1 AND e.job_id = u.id
                   AND e.id >= (SELECT x.id FROM (SELECT t.id FROM job_executions t WHERE t.job_id = u.id ORDER BY t.id DESC LIMIT 10) AS x ORDER BY x.id LIMIT 1)
                 ORDER BY e.job_id, e.id";
    // job_executions_status
    AT_WORK = "SELECT e.job_id, CAST(SUM(CASE WHEN e.execution_status = 'running' THEN 1 ELSE 0 END) AS BIGINT) AS running,
                      CAST(SUM(CASE WHEN e.execution_status = 'running' THEN 0 ELSE 1 END) AS BIGINT) AS waiting
               FROM job_executions e WHERE e.tenant_id = $1 AND e.execution_status IN ('pending', 'queued', 'running') AND e.job_id IN (SELECT id FROM {uuids $2} AS u)
               GROUP BY e.job_id";
}

/// A job as it is listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct JobRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub description: String,
    pub job_type_code: String,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    pub schedule_type: String,
    pub cron_expression: Option<String>,
    pub interval_seconds: Option<i64>,
    pub timezone: String,
    pub sla_duration_minutes: Option<i64>,
    pub status: String,
    pub is_active: bool,
    pub is_built_in: bool,
    pub version: i64,
    /// None: the job of a campaign.
    pub definition_id: Option<Uuid>,
    pub next_run_at: Option<Millis>,
    /// What an interval is counted from.
    pub interval_from: Millis,
    pub created_at: Millis,
    pub updated_at: Millis,
    /// Status of the campaign's run that this job is.
    pub run_status: Option<String>,
}

/// One of the last executions of a job.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LastRunRow {
    pub id: Uuid,
    pub job_id: Uuid,
    pub execution_status: String,
    pub started_at: Option<Millis>,
    pub duration_ms: Option<i64>,
    pub sla_breached: bool,
}

/// How many executions of a job run and wait.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct AtWorkRow {
    pub job_id: Uuid,
    pub running: i64,
    pub waiting: i64,
}

/// Which jobs to list; empty strings mean any.
#[derive(Debug, Clone, Default)]
pub struct JobFilter<'a> {
    /// A LIKE pattern in lower case.
    pub search: &'a str,
    pub status: &'a str,
    pub schedule_type: &'a str,
    pub job_type_code: &'a str,
    /// `own`, `built_in`, `campaign`.
    pub kind: &'a str,
}

/// Jobs, newest first, and how many there are in all.
pub async fn jobs(
    tx: &mut Tx,
    ws: WorkspaceId,
    f: &JobFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<JobRow>, i64)> {
    let rows = fetch_all!(
        JobRow; tx, LIST, ws.0, f.search, f.status, f.schedule_type, f.job_type_code, f.kind, limit, offset
    )?;
    let count = scalar!(i64; tx, COUNT, ws.0, f.search, f.status, f.schedule_type, f.job_type_code, f.kind)?;
    Ok((rows, count))
}

/// One job.
pub async fn job(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<JobRow>> {
    fetch_optional!(JobRow; tx, GET, ws.0, id)
}

/// The job of a code.
pub async fn by_code(tx: &mut Tx, ws: WorkspaceId, code: &str) -> Result<Option<JobRow>> {
    fetch_optional!(JobRow; tx, BY_CODE, ws.0, code)
}

/// All jobs but those of campaigns, by code.
pub async fn own(tx: &mut Tx, ws: WorkspaceId, limit: i64) -> Result<Vec<JobRow>> {
    fetch_all!(JobRow; tx, OWN, ws.0, limit)
}

/// The last ten executions of each job, oldest first.
pub async fn last_runs(tx: &mut Tx, ws: WorkspaceId, jobs: &[Uuid]) -> Result<Vec<LastRunRow>> {
    fetch_all!(LastRunRow; tx, LAST_RUNS, ws.0, Json(jobs))
}

/// How many executions run and wait, of the jobs that have any.
pub async fn at_work(tx: &mut Tx, ws: WorkspaceId, jobs: &[Uuid]) -> Result<Vec<AtWorkRow>> {
    fetch_all!(AtWorkRow; tx, AT_WORK, ws.0, Json(jobs))
}
