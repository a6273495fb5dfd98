//! `job_definitions`, and with them `jobs`, `job_steps` and `job_dependencies`: what jobs are, as people save them.

use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::dependency::JobDependency;
use muster_domain::job::step::Step;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{DbError, Result, Tx, sql};

sql! {
    // A definition comes after its job, because it names it.
    INSERT = "INSERT INTO jobs (id, tenant_id, code, name, job_type_code, is_built_in, version, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $8)
              ON CONFLICT (tenant_id, code) DO NOTHING";
    DEFINE = "INSERT INTO job_definitions (id, tenant_id, job_id, version, body, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    SET = "UPDATE jobs SET definition_id = $4, version = version + 1, name = $5, description = $31, job_type_code = $32,
                  updated_by = $6, updated_at = $7, schedule_type = $8, cron_expression = $9, interval_seconds = $10, timezone = $11, trigger_event_type = $12, trigger_condition = $13,
                  depends_on_jobs = $14, dependency_mode = $15, overlap_policy = $16, catch_up_policy = $17, max_concurrent_executions = $18, execution_timeout_minutes = $19, priority = $20,
                  max_memory_mb = $21, max_cpu_cores = $22, sla_duration_minutes = $23, sla_breach_action = $24, notify_on_success = $25, notify_on_failure = $26, notification_recipients = $27,
                  parameters = $28, status = $29, is_active = $30
           WHERE tenant_id = $1 AND id = $2 AND version = $3";
    CLEAR_STEPS = "DELETE FROM job_steps WHERE tenant_id = $1 AND job_id = $2";
    ADD_STEPS = "INSERT INTO job_steps (id, tenant_id, job_id, step_order, step_name, step_code, step_type, step_action, is_parallel, parallel_group_id, depends_on_step_codes, retry_count,
                        retry_delay_seconds, timeout_seconds, on_failure_action, is_critical, is_active, is_repeatable, parameters, pre_validation_query, post_validation_query,
                        expected_row_count_min, expected_row_count_max)
                 SELECT s.id, $1, $2, s.step_order, s.step_name, s.step_code, s.step_type, s.action, s.is_parallel, s.parallel_group_id, s.depends_on_step_codes, s.retry_count,
                        s.retry_delay_seconds, s.timeout_seconds, s.on_failure_action, s.is_critical, s.is_active, s.is_repeatable, s.parameters, s.pre_validation_query, s.post_validation_query,
                        s.expected_row_count_min, s.expected_row_count_max
                 FROM {rows $3: id uuid, step_order bigint, step_name text, step_code text, step_type text, action text, is_parallel boolean, parallel_group_id bigint, depends_on_step_codes json, retry_count bigint, retry_delay_seconds bigint, timeout_seconds bigint, on_failure_action text, is_critical boolean, is_active boolean, is_repeatable boolean, parameters json, pre_validation_query text, post_validation_query text, expected_row_count_min bigint, expected_row_count_max bigint} AS s";
    // What the job waits for; who waits for it is theirs to say.
    CLEAR_DEPENDENCIES = "DELETE FROM job_dependencies WHERE tenant_id = $1 AND job_id = $2";
    ADD_DEPENDENCIES = "INSERT INTO job_dependencies (job_id, depends_on_job_id, tenant_id, dependency_type, wait_for_status, max_wait_minutes, lookback_days, execution_condition, is_active)
                        SELECT $2, o.id, $1, d.dependency_type, d.wait_for_status, d.max_wait_minutes, d.lookback_days, d.execution_condition, d.is_active
                        FROM {rows $3: depends_on_job_id text, dependency_type text, wait_for_status text, max_wait_minutes bigint, lookback_days bigint, execution_condition text, is_active boolean} AS d
                        CROSS JOIN jobs o WHERE o.tenant_id = $1 AND o.code = d.depends_on_job_id AND o.campaign_id IS NULL";
    BODY = "SELECT body FROM job_definitions WHERE tenant_id = $1 AND id = $2";
    // job_definitions of all jobs, in one look
    BODIES = "SELECT j.id, j.code, j.version, j.status, j.is_active, j.is_built_in, j.created_at, d.body FROM jobs j JOIN job_definitions d ON d.id = j.definition_id
              WHERE j.tenant_id = $1 AND j.campaign_id IS NULL ORDER BY j.code LIMIT $2";
    LOCK = "SELECT id, version, is_built_in, campaign_id IS NOT NULL AS is_of_campaign FROM jobs WHERE tenant_id = $1 AND id = $2 {for_update}";
    STATUS = "UPDATE jobs SET status = $3, version = version + 1, updated_by = $4, updated_at = $5 WHERE tenant_id = $1 AND id = $2 AND campaign_id IS NULL AND status <> $3";
    STATUS_ALL = "UPDATE jobs SET status = $2, version = version + 1, updated_by = $3, updated_at = $4 WHERE tenant_id = $1 AND campaign_id IS NULL AND NOT is_built_in AND status <> $2";
    DELETE = "DELETE FROM jobs WHERE tenant_id = $1 AND id = $2 AND version = $3 AND campaign_id IS NULL AND NOT is_built_in";
    ALIVE = "SELECT COUNT(*) FROM job_executions WHERE tenant_id = $1 AND job_id = $2 AND execution_status IN ('pending', 'queued', 'running')";
    WEBHOOK = "UPDATE jobs SET webhook_token_hash = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2 AND campaign_id IS NULL";
    WEBHOOKS = "SELECT id, code, webhook_token_hash IS NOT NULL AS has_token FROM jobs WHERE tenant_id = $1 AND trigger_event_type = 'webhook' AND campaign_id IS NULL ORDER BY code LIMIT 1000";
    HAS_WEBHOOK = "SELECT COUNT(*) FROM jobs WHERE tenant_id = $1 AND id = $2 AND webhook_token_hash IS NOT NULL";
    // all workspaces: the token is the whole authority
    HOOK = "SELECT tenant_id, webhook_token_hash, definition_id, status, is_active FROM jobs WHERE id = $1 AND campaign_id IS NULL";
}

/// A job to add.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    pub id: Uuid,
    pub definition: &'a JobDefinition,
    pub is_built_in: bool,
    pub by: Option<Uuid>,
    pub now: Millis,
}

/// A new definition of a job.
#[derive(Debug, Clone, Copy)]
pub struct Redefined<'a> {
    pub job: Uuid,
    /// The version that it was made from.
    pub version: i64,
    /// Of the definition.
    pub id: Uuid,
    pub definition: &'a JobDefinition,
    /// An id for each step.
    pub step_ids: &'a [Uuid],
    pub by: Option<Uuid>,
    pub now: Millis,
}

/// A job as a change finds it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LockedJob {
    pub id: Uuid,
    pub version: i64,
    pub is_built_in: bool,
    pub is_of_campaign: bool,
}

/// A job with its definition.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DefinedRow {
    pub id: Uuid,
    pub code: String,
    pub version: i64,
    pub status: String,
    pub is_active: bool,
    pub is_built_in: bool,
    pub created_at: Millis,
    pub body: Json<Value>,
}

/// A job as its webhook knows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct HookRow {
    pub tenant_id: i64,
    pub webhook_token_hash: Option<Vec<u8>>,
    pub definition_id: Option<Uuid>,
    pub status: String,
    pub is_active: bool,
}

/// A step as its row takes it.
#[derive(Serialize)]
struct StepJson<'a> {
    id: Uuid,
    action: String,
    #[serde(flatten)]
    step: &'a Step,
}

/// A query or a script as it is, anything else as JSON.
fn action_text(step: &Step) -> String {
    match serde_json::to_value(&step.step_action) {
        Ok(Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Adds a job without a definition: [`define`] follows in the same transaction. [`DbError::Duplicate`] where its code is
/// taken.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, new: NewJob<'_>) -> Result<()> {
    let d = new.definition;
    match exec!(tx, INSERT, new.id, ws.0, &d.code, &d.name, &d.job_type_id, new.is_built_in, new.by, new.now)? {
        1 => Ok(()),
        _ => Err(DbError::Duplicate { constraint: String::from("jobs.code") }),
    }
}

/// Makes a definition the one that holds, with the columns and steps that follow from it. [`DbError::Stale`] when the job is of
/// another version by now.
pub async fn define(tx: &mut Tx, ws: WorkspaceId, new: Redefined<'_>) -> Result<()> {
    let d = new.definition;
    exec!(tx, DEFINE, new.id, ws.0, new.job, new.version + 1, Json(d.to_json()), new.by, new.now)?;
    exec_one!(
        "job"; tx, SET, ws.0, new.job, new.version, new.id, &d.name, new.by, new.now, d.schedule_type.as_str(), d.cron_expression.as_deref(), d.interval_seconds,
        &d.timezone, d.trigger_event_type.map(|t| t.as_str()), d.trigger_condition.as_ref().map(Json), (!d.depends_on_jobs.is_empty()).then_some(Json(&d.depends_on_jobs)),
        d.dependency_mode.map(|m| m.as_str()), d.overlap_policy.as_str(), d.catch_up_policy.as_str(), d.max_concurrent_executions,
        d.execution_timeout_minutes, d.priority, d.max_memory_mb, d.max_cpu_cores, d.sla_duration_minutes, d.sla_breach_action.as_str(),
        d.notify_on_success, d.notify_on_failure, Json(&d.notification_recipients), Json(&d.parameters), d.status.as_str(), d.is_active,
        &d.description, &d.job_type_id
    )?;
    exec!(tx, CLEAR_STEPS, ws.0, new.job)?;
    let steps: Vec<StepJson<'_>> = d
        .steps
        .iter()
        .zip(new.step_ids)
        .map(|(step, id)| StepJson { id: *id, action: action_text(step), step })
        .collect();
    if !steps.is_empty() {
        exec!(tx, ADD_STEPS, ws.0, new.job, crate::sql::json_rows(&steps))?;
    }
    Ok(())
}

/// Sets what a job waits for. The other jobs have to be there: [`DbError::Stale`] where one is not.
pub async fn set_dependencies(tx: &mut Tx, ws: WorkspaceId, job: Uuid, dependencies: &[&JobDependency]) -> Result<()> {
    exec!(tx, CLEAR_DEPENDENCIES, ws.0, job)?;
    if dependencies.is_empty() {
        return Ok(());
    }
    let added = exec!(tx, ADD_DEPENDENCIES, ws.0, job, crate::sql::json_rows(dependencies))?;
    if usize::try_from(added).unwrap_or(0) == dependencies.len() { Ok(()) } else { Err(DbError::Stale { what: "job" }) }
}

/// A definition as it was written.
pub async fn body(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<Value>> {
    Ok(fetch_optional!((Json<Value>,); tx, BODY, ws.0, id)?.map(|(body,)| body.0))
}

/// All jobs that have a definition, by code.
pub async fn defined(tx: &mut Tx, ws: WorkspaceId, limit: i64) -> Result<Vec<DefinedRow>> {
    fetch_all!(DefinedRow; tx, BODIES, ws.0, limit)
}

/// A job for a change, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<LockedJob>> {
    fetch_optional!(LockedJob; tx, LOCK, ws.0, id)
}

/// Pauses or resumes a job; false when it was so already.
pub async fn set_status(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    status: &str,
    by: Option<Uuid>,
    now: Millis,
) -> Result<bool> {
    Ok(exec!(tx, STATUS, ws.0, id, status, by, now)? == 1)
}

/// Pauses or resumes all jobs but built-in ones; gives how many were otherwise.
pub async fn set_all(tx: &mut Tx, ws: WorkspaceId, status: &str, by: Option<Uuid>, now: Millis) -> Result<u64> {
    exec!(tx, STATUS_ALL, ws.0, status, by, now)
}

/// Deletes a job of a version with all that it did.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: Uuid, version: i64) -> Result<()> {
    exec_one!("job"; tx, DELETE, ws.0, id, version)
}

/// How many executions of a job have not ended.
pub async fn alive(tx: &mut Tx, ws: WorkspaceId, job: Uuid) -> Result<i64> {
    scalar!(i64; tx, ALIVE, ws.0, job)
}

/// Sets the hash of the token of a job's webhook; none takes the token away.
pub async fn set_webhook(tx: &mut Tx, ws: WorkspaceId, job: Uuid, hash: Option<&[u8]>, now: Millis) -> Result<()> {
    exec_one!("job"; tx, WEBHOOK, ws.0, job, hash, now)
}

/// Jobs that webhooks start, by their codes: id, code, and whether there is a token.
pub async fn webhooks(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<(Uuid, String, bool)>> {
    fetch_all!((Uuid, String, bool); tx, WEBHOOKS, ws.0)
}

/// Whether a job's webhook has a token.
pub async fn has_webhook_token(tx: &mut Tx, ws: WorkspaceId, job: Uuid) -> Result<bool> {
    Ok(scalar!(i64; tx, HAS_WEBHOOK, ws.0, job)? > 0)
}

/// A job as its webhook knows it, of whatever workspace.
pub async fn hook(tx: &mut Tx, job: Uuid) -> Result<Option<HookRow>> {
    fetch_optional!(HookRow; tx, HOOK, job)
}
