//! `jobs`, `job_executions`: what runs and ran. A campaign's run is one job whose executions are its stages.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

/// The columns of [`ExecutionRow`], and which rows.
macro_rules! rows {
    ($which:literal) => {
        concat!(
            "SELECT e.id, e.job_id, e.job_type_code, e.stage_order, e.campaign_id, e.run_id, e.execution_status, e.triggered_by, e.triggered_by_user_id,
                    e.due_at, e.started_at, e.completed_at, e.duration_ms, e.server_instance, e.worker_node_id, e.trace_id, e.correlation_id, e.error_message, e.error_code,
                    e.rows_expected, e.rows_read, e.rows_processed, e.rows_inserted, e.rows_updated, e.rows_deleted, e.steps_total, e.steps_completed, e.steps_failed,
                    e.sla_breached, e.archived, e.created_at, j.name AS job_name, j.code AS job_code
             FROM job_executions e JOIN jobs j ON j.id = e.job_id WHERE ",
            $which
        )
    };
}

/// The executions of a list: $2 status, $3 type, $4 and $5 job, $6 trigger, $7 search, $8 correlation or trace id, $9 to $10 moments, $11 archived.
macro_rules! listed {
    () => {
        "e.tenant_id = $1 AND ($2 = '' OR e.execution_status = $2) AND ($3 = '' OR e.job_type_code = $3) AND ($4 = 0 OR e.job_id IN (SELECT id FROM {uuids $5} AS u))
         AND ($6 = '' OR e.triggered_by = $6)
         AND ($7 = '' OR e.correlation_id = $8 OR e.trace_id = $8 OR lower(j.name) LIKE $7 ESCAPE '\\' OR lower(j.code) LIKE $7 ESCAPE '\\' OR lower(e.error_message) LIKE $7 ESCAPE '\\')
         AND e.created_at >= $9 AND e.created_at < $10 AND e.archived = $11"
    };
}

sql! {
    INSERT_JOB = "INSERT INTO jobs (id, tenant_id, code, name, job_type_code, campaign_id, run_id, schedule_type, notify_on_failure, created_by, created_at, updated_at)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, 'event_driven', TRUE, $8, $9, $9)";
    SET_JOB_RUN = "UPDATE jobs SET run_id = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2 AND run_id IS NULL";
    INSERT = "INSERT INTO job_executions (id, tenant_id, job_id, job_type_code, stage_order, campaign_id, run_id, execution_status, execution_date, triggered_by, triggered_by_user_id,
                     started_at, completed_at, duration_ms, server_instance, worker_node_id, trace_id, correlation_id, rows_expected, rows_read, rows_processed, rows_inserted, steps_total, steps_completed, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, 1, $23, $24, $24)";
    // job_executions_run
    ADVANCE = "UPDATE job_executions SET rows_processed = rows_processed + m.processed, rows_updated = rows_updated + m.updated, rows_read = rows_read + m.processed, updated_at = $4
               FROM {rows $3: stage text, processed bigint, updated bigint} AS m
               WHERE job_executions.tenant_id = $1 AND job_executions.run_id = $2 AND job_executions.job_type_code = m.stage AND job_executions.execution_status = 'running'";
    FINISH = "UPDATE job_executions SET execution_status = $4, completed_at = $5, duration_ms = $5 - started_at, steps_completed = 1, error_message = $6, updated_at = $5
              WHERE tenant_id = $1 AND run_id = $2 AND stage_order <= $3 AND execution_status = 'running'";
    REOPEN = "UPDATE job_executions SET execution_status = 'running', completed_at = NULL, duration_ms = NULL, steps_completed = 0, error_message = NULL, updated_at = $5
              WHERE tenant_id = $1 AND run_id = $2 AND stage_order BETWEEN $3 AND $4 AND execution_status IN ('success', 'failure')";
    EXPECT = "UPDATE job_executions SET rows_expected = rows_expected + $5, updated_at = $6
              WHERE tenant_id = $1 AND run_id = $2 AND stage_order BETWEEN $3 AND $4 AND execution_status = 'running'";
    STAGES = rows!("e.tenant_id = $1 AND e.run_id = $2 ORDER BY e.stage_order, e.id");
    GET = rows!("e.tenant_id = $1 AND e.id = $2");
    // job_executions_tenant
    LIST = concat!(rows!(""), listed!(), " ORDER BY e.id DESC LIMIT $12 OFFSET $13");
    COUNT = concat!("SELECT COUNT(*) FROM job_executions e JOIN jobs j ON j.id = e.job_id WHERE ", listed!());
}

/// A job of a campaign's run to add.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    pub id: Uuid,
    pub code: &'a str,
    pub name: &'a str,
    pub job_type_code: &'a str,
    pub campaign_id: Option<Uuid>,
    pub created_by: Option<Uuid>,
    pub now: Millis,
}

/// A stage to add.
#[derive(Debug, Clone)]
pub struct NewStage<'a> {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_type_code: &'a str,
    pub stage_order: i64,
    pub campaign_id: Uuid,
    pub run_id: i64,
    /// `running` or `success`.
    pub status: &'a str,
    pub triggered_by: &'a str,
    pub triggered_by_user_id: Option<Uuid>,
    pub started_at: Millis,
    pub completed_at: Option<Millis>,
    pub node: &'a str,
    pub correlation_id: &'a str,
    pub rows_expected: Option<i64>,
    pub rows_read: i64,
    pub rows_processed: i64,
    pub rows_inserted: i64,
}

/// An execution as it is shown.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ExecutionRow {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_type_code: String,
    pub stage_order: i64,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    pub execution_status: String,
    pub triggered_by: String,
    pub triggered_by_user_id: Option<Uuid>,
    pub due_at: Option<Millis>,
    pub started_at: Option<Millis>,
    pub completed_at: Option<Millis>,
    pub duration_ms: Option<i64>,
    pub server_instance: Option<String>,
    pub worker_node_id: Option<String>,
    pub trace_id: Option<String>,
    pub correlation_id: Option<String>,
    pub error_message: Option<String>,
    pub error_code: Option<String>,
    pub rows_expected: Option<i64>,
    pub rows_read: i64,
    pub rows_processed: i64,
    pub rows_inserted: i64,
    pub rows_updated: i64,
    pub rows_deleted: i64,
    pub steps_total: i64,
    pub steps_completed: i64,
    pub steps_failed: i64,
    pub sla_breached: bool,
    pub archived: bool,
    pub created_at: Millis,
    pub job_name: String,
    pub job_code: String,
}

/// Which executions to list; empty strings mean any.
#[derive(Debug, Clone)]
pub struct ExecutionFilter<'a> {
    pub status: &'a str,
    pub job_type_code: &'a str,
    pub job_id: Option<Uuid>,
    pub triggered_by: &'a str,
    /// A LIKE pattern in lower case.
    pub search: &'a str,
    /// What was searched for, as a correlation or trace id.
    pub reference: &'a str,
    /// When they were made: from this moment until before that one.
    pub from: Millis,
    pub to: Millis,
    pub archived: bool,
}

impl Default for ExecutionFilter<'_> {
    /// All that are not archived.
    fn default() -> Self {
        Self {
            status: "",
            job_type_code: "",
            job_id: None,
            triggered_by: "",
            search: "",
            reference: "",
            from: 0,
            to: Millis::MAX,
            archived: false,
        }
    }
}

/// Adds the job of a campaign's run.
pub async fn insert_job(tx: &mut Tx, ws: WorkspaceId, new: &NewJob<'_>) -> Result<()> {
    exec!(
        tx,
        INSERT_JOB,
        new.id,
        ws.0,
        new.code,
        new.name,
        new.job_type_code,
        new.campaign_id,
        None::<i64>,
        new.created_by,
        new.now
    )
    .map(drop)
}

/// Ties a job to its run.
pub async fn set_job_run(tx: &mut Tx, ws: WorkspaceId, job: Uuid, run: i64, now: Millis) -> Result<()> {
    exec_one!("job"; tx, SET_JOB_RUN, ws.0, job, run, now)
}

/// Adds a stage.
pub async fn insert_stage(tx: &mut Tx, ws: WorkspaceId, s: &NewStage<'_>) -> Result<()> {
    let duration = s.completed_at.map(|c| c - s.started_at);
    let done = i64::from(s.completed_at.is_some());
    exec!(
        tx,
        INSERT,
        s.id,
        ws.0,
        s.job_id,
        s.job_type_code,
        s.stage_order,
        s.campaign_id,
        s.run_id,
        s.status,
        s.started_at,
        s.triggered_by,
        s.triggered_by_user_id,
        s.started_at,
        s.completed_at,
        duration,
        s.node,
        s.node,
        s.correlation_id,
        s.correlation_id,
        s.rows_expected,
        s.rows_read,
        s.rows_processed,
        s.rows_inserted,
        done,
        s.started_at
    )
    .map(drop)
}

/// What a stage did besides what it has done already; below zero, what it has to do again.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct StageRows {
    /// Code of its job type.
    pub stage: &'static str,
    pub processed: i64,
    pub updated: i64,
}

/// Adds to the counters of a run's running stages.
pub async fn advance(tx: &mut Tx, ws: WorkspaceId, run: i64, rows: &[StageRows], now: Millis) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    exec!(tx, ADVANCE, ws.0, run, crate::sql::json_rows(rows), now).map(drop)
}

/// Ends the running stages up to an order.
pub async fn finish_stages(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    up_to: i64,
    status: &str,
    now: Millis,
    error: Option<&str>,
) -> Result<()> {
    exec!(tx, FINISH, ws.0, run, up_to, status, now, error).map(drop)
}

/// Goes on with stages that were finished, from one order to another.
pub async fn reopen_stages(tx: &mut Tx, ws: WorkspaceId, run: i64, from: i64, to: i64, now: Millis) -> Result<()> {
    exec!(tx, REOPEN, ws.0, run, from, to, now).map(drop)
}

/// More rows that the running stages from one order to another will see.
pub async fn expect(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    (from, to): (i64, i64),
    rows: i64,
    now: Millis,
) -> Result<()> {
    exec!(tx, EXPECT, ws.0, run, from, to, rows, now).map(drop)
}

/// The stages of a run in their order.
pub async fn stages(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Vec<ExecutionRow>> {
    fetch_all!(ExecutionRow; tx, STAGES, ws.0, run)
}

/// One execution.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<ExecutionRow>> {
    fetch_optional!(ExecutionRow; tx, GET, ws.0, id)
}

/// Executions, newest first, and how many there are in all.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    f: &ExecutionFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<ExecutionRow>, i64)> {
    let ids = Json(f.job_id.iter().collect::<Vec<_>>());
    let by_job = i64::from(f.job_id.is_some());
    let rows = fetch_all!(
        ExecutionRow; tx, LIST, ws.0, f.status, f.job_type_code, by_job, &ids, f.triggered_by, f.search, f.reference, f.from, f.to,
        f.archived, limit, offset
    )?;
    let count = scalar!(
        i64; tx, COUNT, ws.0, f.status, f.job_type_code, by_job, &ids, f.triggered_by, f.search, f.reference, f.from, f.to, f.archived
    )?;
    Ok((rows, count))
}
