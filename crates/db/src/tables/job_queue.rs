//! `job_executions` before they run: made, waiting for what they depend on, waiting for room.

use muster_domain::clock::Millis;
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // A cause starts a job once: the second time nothing is added.
    INSERT = "INSERT INTO job_executions (id, tenant_id, job_id, job_type_code, execution_status, execution_date, triggered_by, triggered_by_user_id, trace_id, correlation_id, steps_total,
                     execution_context, definition_id, due_at, priority, workflow, rerun_of, rerun_from, wake_at, start_key, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21)
              ON CONFLICT (job_id, start_key) DO NOTHING";
    // job_executions_open
    COUNTS = "SELECT CAST(COALESCE(SUM(CASE WHEN execution_status = 'running' THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN execution_status <> 'running' THEN 1 ELSE 0 END), 0) AS BIGINT)
              FROM job_executions {indexed job_executions_open} WHERE tenant_id = $1 AND job_id = $2 AND execution_status IN ('pending', 'queued', 'running')";
    HAS_STARTED = "SELECT COUNT(*) FROM job_executions {indexed job_executions_start} WHERE tenant_id = $1 AND job_id = $2 AND start_key = $3";
    // job_executions_queue, and for each job_executions_open: those whose job has room
    NEXT = "SELECT e.id, e.tenant_id, e.job_id FROM job_executions e {indexed job_executions_queue} JOIN jobs j ON j.id = e.job_id
            WHERE e.execution_status = 'queued' AND e.id NOT IN (SELECT id FROM {uuids $2} AS resting) AND (SELECT COUNT(*) FROM job_executions r {indexed job_executions_open}
                  WHERE r.job_id = e.job_id AND r.execution_status IN ('pending', 'queued', 'running') AND r.execution_status = 'running')
                  < CASE WHEN j.overlap_policy = 'allow' THEN j.max_concurrent_executions ELSE 1 END
            ORDER BY e.priority DESC, e.due_at, e.id LIMIT $1";
    // job_executions_waiting
    TO_JUDGE = "SELECT id, tenant_id, job_id FROM job_executions {indexed job_executions_waiting} WHERE execution_status = 'pending' AND wake_at <= $1 AND id NOT IN (SELECT id FROM {uuids $3} AS resting)
                ORDER BY wake_at LIMIT $2";
    WAITER = "SELECT id, job_id, definition_id, execution_date, created_at, triggered_by, execution_context FROM job_executions
              WHERE tenant_id = $1 AND id = $2 AND execution_status = 'pending' {for_update}";
    QUEUE = "UPDATE job_executions SET execution_status = 'queued', waiting_on = NULL, wake_at = NULL, updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND execution_status = 'pending'";
    SET_CONTEXT = "UPDATE job_executions SET execution_context = $3 WHERE tenant_id = $1 AND id = $2 AND execution_status = 'pending'";
    WAIT = "UPDATE job_executions SET waiting_on = $3, wake_at = $4, updated_at = $5 WHERE tenant_id = $1 AND id = $2 AND execution_status = 'pending'";
    CANCEL = "UPDATE job_executions SET execution_status = 'cancelled', completed_at = $3, error_code = $4, error_message = $5, wake_at = NULL, waiting_on = NULL, updated_at = $3
              WHERE tenant_id = $1 AND id = $2 AND execution_status IN ('pending', 'queued')";
    REQUEST_ABORT = "UPDATE job_executions SET abort_requested = TRUE, updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND execution_status = 'running' AND lease_token IS NOT NULL";
    STATUS = "SELECT execution_status FROM job_executions WHERE tenant_id = $1 AND id = $2 {for_update}";
    // job_dependencies_upstream, job_executions_open
    STIR = "UPDATE job_executions {indexed job_executions_open} SET wake_at = $4
            WHERE tenant_id = $1 AND execution_status IN ('pending', 'queued', 'running') AND execution_status = 'pending' AND wake_at > $4
              AND job_id IN (SELECT d.job_id FROM job_dependencies d WHERE d.depends_on_job_id = $2 AND d.tenant_id = $1 UNION SELECT u.id FROM {uuids $3} AS u)";
    // job_executions_day
    FOLLOWERS = "SELECT created_at, execution_status, execution_context FROM job_executions {indexed job_executions_day} WHERE tenant_id = $1 AND job_id = $2 AND execution_date = $3 AND triggered_by = 'dependency' ORDER BY id DESC LIMIT 100";
    EARLIER = "SELECT id, job_id, job_type_code, execution_status, execution_date, correlation_id, definition_id, priority, execution_context, workflow FROM job_executions
               WHERE tenant_id = $1 AND id = $2";
}

/// An execution to add.
#[derive(Debug, Clone)]
pub struct NewExecution<'a> {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_type_code: &'a str,
    /// `pending` or `queued`.
    pub status: ExecutionStatus,
    /// The job's day, as the UTC midnight of the same date.
    pub execution_date: Millis,
    pub triggered_by: &'a str,
    pub triggered_by_user_id: Option<Uuid>,
    pub correlation_id: &'a str,
    pub steps_total: i64,
    /// `{parameters, event}`.
    pub context: &'a Value,
    pub definition_id: Uuid,
    pub due_at: Millis,
    pub priority: i64,
    /// What it takes over from the one that it runs again.
    pub workflow: Option<&'a Value>,
    pub rerun_of: Option<Uuid>,
    pub rerun_from: Option<&'a str>,
    /// Its cause, where that may start the job only once.
    pub start_key: Option<&'a str>,
    pub now: Millis,
}

/// An execution of some workspace.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Which {
    pub id: Uuid,
    pub tenant_id: i64,
    pub job_id: Uuid,
}

impl Which {
    /// Its workspace.
    pub fn ws(&self) -> WorkspaceId {
        WorkspaceId(self.tenant_id)
    }
}

/// An execution that waits for others, held until the transaction ends.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WaiterRow {
    pub id: Uuid,
    pub job_id: Uuid,
    pub definition_id: Uuid,
    pub execution_date: Millis,
    pub created_at: Millis,
    pub triggered_by: String,
    pub execution_context: Option<Json<Value>>,
}

/// An execution that is to be run again.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EarlierRow {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_type_code: String,
    #[sqlx(try_from = "String")]
    pub execution_status: ExecutionStatus,
    pub execution_date: Millis,
    pub correlation_id: Option<String>,
    pub definition_id: Option<Uuid>,
    pub priority: i64,
    pub execution_context: Option<Json<Value>>,
    pub workflow: Option<Json<Value>>,
}

/// Adds an execution; false when its cause has started the job already.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, e: &NewExecution<'_>) -> Result<bool> {
    let wake_at = (e.status == ExecutionStatus::Pending).then_some(e.now);
    let trace = e.id.simple().to_string();
    let added = exec!(
        tx,
        INSERT,
        e.id,
        ws.0,
        e.job_id,
        e.job_type_code,
        e.status.as_str(),
        e.execution_date,
        e.triggered_by,
        e.triggered_by_user_id,
        trace,
        e.correlation_id,
        e.steps_total,
        Json(e.context),
        e.definition_id,
        e.due_at,
        e.priority,
        e.workflow.map(Json),
        e.rerun_of,
        e.rerun_from,
        wake_at,
        e.start_key,
        e.now
    )?;
    Ok(added == 1)
}

/// How many executions of a job run, and how many wait.
pub async fn counts(tx: &mut Tx, ws: WorkspaceId, job: Uuid) -> Result<(i64, i64)> {
    fetch_one!((i64, i64); tx, COUNTS, ws.0, job)
}

/// Whether a cause has started a job already.
pub async fn has_started(tx: &mut Tx, ws: WorkspaceId, job: Uuid, key: &str) -> Result<bool> {
    Ok(scalar!(i64; tx, HAS_STARTED, ws.0, job, key)? > 0)
}

/// Who may start next, of all workspaces, in their order, but those that rest after a fault. Count again with the job locked
/// before one is taken.
pub async fn next(tx: &mut Tx, limit: i64, resting: &[Uuid]) -> Result<Vec<Which>> {
    fetch_all!(Which; tx, NEXT, limit, Json(resting))
}

/// Who waits for others and is to be judged (again), of all workspaces.
pub async fn to_judge(tx: &mut Tx, now: Millis, limit: i64, resting: &[Uuid]) -> Result<Vec<Which>> {
    fetch_all!(Which; tx, TO_JUDGE, now, limit, Json(resting))
}

/// One that waits; none when it does not any more.
pub async fn waiter(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<WaiterRow>> {
    fetch_optional!(WaiterRow; tx, WAITER, ws.0, id)
}

/// What it depends on is there.
pub async fn queue(tx: &mut Tx, ws: WorkspaceId, id: Uuid, now: Millis) -> Result<()> {
    exec_one!("execution"; tx, QUEUE, ws.0, id, now)
}

/// Notes in its context what it follows.
pub async fn set_follows(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    context: Option<Json<Value>>,
    follows: &[Uuid],
) -> Result<()> {
    let mut context = context.map_or_else(|| serde_json::json!({}), |context| context.0);
    context["follows"] = serde_json::json!(follows);
    exec_one!("execution"; tx, SET_CONTEXT, ws.0, id, Json(context))
}

/// It goes on waiting, and is judged again at a moment.
pub async fn wait(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    waiting_on: &Value,
    wake_at: Millis,
    now: Millis,
) -> Result<()> {
    exec_one!("execution"; tx, WAIT, ws.0, id, Json(waiting_on), wake_at, now)
}

/// Gives up what has not started; false when it has.
pub async fn cancel(tx: &mut Tx, ws: WorkspaceId, id: Uuid, now: Millis, code: &str, why: &str) -> Result<bool> {
    Ok(exec!(tx, CANCEL, ws.0, id, now, code, why)? == 1)
}

/// Asks the node that runs it to stop it; false when none does.
pub async fn request_abort(tx: &mut Tx, ws: WorkspaceId, id: Uuid, now: Millis) -> Result<bool> {
    Ok(exec!(tx, REQUEST_ABORT, ws.0, id, now)? == 1)
}

/// Where an execution is, held until the transaction ends.
pub async fn status(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<ExecutionStatus>> {
    let word = fetch_optional!((String,); tx, STATUS, ws.0, id)?;
    Ok(word.and_then(|(word,)| word.parse().ok()))
}

/// Has those judged again that wait for a job: by a dependency, or because they are of one of the jobs that name it.
pub async fn stir(tx: &mut Tx, ws: WorkspaceId, upstream: Uuid, named_by: &[Uuid], now: Millis) -> Result<u64> {
    exec!(tx, STIR, ws.0, upstream, Json(named_by), now)
}

/// The executions of a job and day that were started by other jobs, newest first: when they were made, where they are, and
/// what they were started with.
pub async fn followers(
    tx: &mut Tx,
    ws: WorkspaceId,
    job: Uuid,
    day: Millis,
) -> Result<Vec<(Millis, String, Option<Value>)>> {
    let rows = fetch_all!((i64, String, Option<Json<Value>>); tx, FOLLOWERS, ws.0, job, day)?;
    Ok(rows.into_iter().map(|(at, status, context)| (at, status, context.map(|context| context.0))).collect())
}

/// An execution that is to be run again.
pub async fn earlier(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<EarlierRow>> {
    fetch_optional!(EarlierRow; tx, EARLIER, ws.0, id)
}
