//! `jobs`, `job_definitions` as the engine sees them: when a job is due and what it does.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // Whoever starts an execution, or takes one from the queue, holds its job: what is counted stays true.
    LOCK = "SELECT id, tenant_id, code, name, job_type_code, status, is_active, is_built_in, definition_id, timezone, COALESCE(interval_from, created_at) AS interval_from,
                   COALESCE(decided_at, created_at) AS decided_at, next_run_at
            FROM jobs WHERE tenant_id = $1 AND id = $2 {for_update}";
    GET = "SELECT id, tenant_id, code, name, job_type_code, status, is_active, is_built_in, definition_id, timezone, COALESCE(interval_from, created_at) AS interval_from,
                  COALESCE(decided_at, created_at) AS decided_at, next_run_at
           FROM jobs WHERE tenant_id = $1 AND id = $2";
    // jobs_due
    DUE = "SELECT tenant_id, id FROM jobs WHERE is_active AND next_run_at <= $1 AND status = 'active' AND definition_id IS NOT NULL
             AND id NOT IN (SELECT id FROM {uuids $3} AS resting) ORDER BY next_run_at, id LIMIT $2";
    DECIDE = "UPDATE jobs SET decided_at = $4, next_run_at = $5 WHERE tenant_id = $1 AND id = $2 AND next_run_at = $3";
    PLAN = "UPDATE jobs SET decided_at = $3, next_run_at = $4, interval_from = COALESCE($5, interval_from) WHERE tenant_id = $1 AND id = $2";
    DEFINITION = "SELECT body FROM job_definitions WHERE tenant_id = $1 AND id = $2";
    // jobs_triggered
    TRIGGERED = "SELECT id, definition_id, trigger_condition FROM jobs
                 WHERE tenant_id = $1 AND schedule_type = 'event_driven' AND trigger_event_type = 'event_bus' AND is_active AND status = 'active' AND definition_id IS NOT NULL ORDER BY id";
    // jobs_named
    NAMING = "SELECT id, definition_id, schedule_type, is_active AND status = 'active' AS is_active, depends_on_jobs FROM jobs
              WHERE tenant_id = $1 AND depends_on_jobs IS NOT NULL AND definition_id IS NOT NULL ORDER BY id";
}

/// A job as the engine sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlanRow {
    pub id: Uuid,
    pub tenant_id: i64,
    pub code: String,
    pub name: String,
    pub job_type_code: String,
    /// `active`, `paused`.
    pub status: String,
    pub is_active: bool,
    pub is_built_in: bool,
    /// None for the jobs of campaigns.
    pub definition_id: Option<Uuid>,
    pub timezone: String,
    /// What an interval is counted from.
    pub interval_from: Millis,
    /// The last moment that was decided about.
    pub decided_at: Millis,
    pub next_run_at: Option<Millis>,
}

/// A job that events may start.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TriggeredRow {
    pub id: Uuid,
    pub definition_id: Uuid,
    pub trigger_condition: Option<Json<Value>>,
}

/// A job that names others in `depends_on_jobs`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct NamingRow {
    pub id: Uuid,
    pub definition_id: Uuid,
    pub schedule_type: String,
    /// Whether anything but a person starts it.
    pub is_active: bool,
    /// Codes.
    #[sqlx(json)]
    pub depends_on_jobs: Vec<String>,
}

/// A job, held until the transaction ends.
pub async fn lock(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<PlanRow>> {
    fetch_optional!(PlanRow; tx, LOCK, ws.0, id)
}

/// A job.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<PlanRow>> {
    fetch_optional!(PlanRow; tx, GET, ws.0, id)
}

/// Jobs of all workspaces whose moment has come, but those that rest after a fault.
pub async fn due(tx: &mut Tx, now: Millis, limit: i64, resting: &[Uuid]) -> Result<Vec<(WorkspaceId, Uuid)>> {
    Ok(fetch_all!((i64, Uuid); tx, DUE, now, limit, Json(resting))?
        .into_iter()
        .map(|(ws, id)| (WorkspaceId(ws), id))
        .collect())
}

/// Everything up to `decided_at` is decided about; `expected` is the moment that was due.
pub async fn decide(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    expected: Millis,
    decided_at: Millis,
    next: Option<Millis>,
) -> Result<()> {
    exec_one!("job"; tx, DECIDE, ws.0, id, expected, decided_at, next)
}

/// A job that was made or changed: what came before does not count, and it is due at `next`.
pub async fn plan(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    decided_at: Millis,
    next: Option<Millis>,
    interval_from: Option<Millis>,
) -> Result<()> {
    exec_one!("job"; tx, PLAN, ws.0, id, decided_at, next, interval_from)
}

/// A definition as job files have it.
pub async fn definition(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<Value>> {
    Ok(fetch_optional!((Json<Value>,); tx, DEFINITION, ws.0, id)?.map(|(body,)| body.0))
}

/// The jobs that events may start.
pub async fn triggered(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<TriggeredRow>> {
    fetch_all!(TriggeredRow; tx, TRIGGERED, ws.0)
}

/// The jobs that name others.
pub async fn naming(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<NamingRow>> {
    fetch_all!(NamingRow; tx, NAMING, ws.0)
}
