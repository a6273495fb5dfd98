//! A job and an execution as lists show them.

use muster_db::executions::ExecutionRow;
use muster_db::job_lists::{JobRow, LastRunRow};
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::job::words::{ScheduleType, TriggeredBy};
use muster_domain::time::{moment, moment_option};
use muster_engine::stages::Stage;
use serde::Serialize;
use uuid::Uuid;

muster_domain::text_enum! {
    /// Whose job it is.
    pub enum JobKind {
        /// A person made or imported it.
        Own = "own",
        /// It comes with Muster.
        BuiltIn = "built_in",
        /// A run of a campaign.
        Campaign = "campaign",
    }
}

/// A job.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub description: String,
    pub job_type_code: String,
    pub kind: JobKind,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    #[schema(value_type = ScheduleType)]
    pub schedule_type: String,
    pub cron_expression: Option<String>,
    pub interval_seconds: Option<i64>,
    /// IANA name.
    pub timezone: String,
    pub sla_duration_minutes: Option<i64>,
    /// `running`, `completed`, `failed`, `cancelled` for a campaign's job; `active` or `paused` otherwise.
    pub status: String,
    /// An inactive job is never started.
    pub is_active: bool,
    pub is_built_in: bool,
    /// A change names the version that it was made from.
    pub version: i64,
    /// None while it is paused, and for a job without a clock.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub next_run_at: Option<i64>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub updated_at: i64,
    /// The last ten, oldest first.
    pub last_runs: Vec<RunMark>,
    /// Executions that run.
    pub running_count: i64,
    /// Executions that wait: for other jobs, or for their turn.
    pub waiting_count: i64,
    /// The stages of a campaign's job in their order; empty in lists.
    pub executions: Vec<ExecutionView>,
}

/// One of a job's last executions.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunMark {
    pub id: Uuid,
    #[schema(value_type = ExecutionStatus)]
    pub status: String,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<i64>,
    pub duration_seconds: Option<f64>,
    pub sla_breached: bool,
}

/// One run of a job or of a stage; the names are those of the contract.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionView {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_name: String,
    pub job_code: String,
    pub job_type_code: String,
    /// What people call the stage; the job's name where there are no stages.
    pub name: String,
    pub stage_order: i64,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    #[schema(value_type = ExecutionStatus)]
    pub execution_status: String,
    #[schema(value_type = TriggeredBy)]
    pub triggered_by: String,
    pub triggered_by_user_id: Option<Uuid>,
    /// When it was due, or asked for.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub due_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub started_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub completed_at: Option<i64>,
    pub duration_seconds: Option<f64>,
    pub server_instance: Option<String>,
    pub worker_node_id: Option<String>,
    pub trace_id: Option<String>,
    pub correlation_id: Option<String>,
    /// Why it failed; of a success with the code `partial`, what it left undone.
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
    /// Out of the way: lists show it only when asked to.
    pub archived: bool,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: i64,
}

pub(super) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

impl From<ExecutionRow> for ExecutionView {
    fn from(e: ExecutionRow) -> Self {
        let stage = || e.job_type_code.parse::<Stage>().ok().filter(|_| e.run_id.is_some());
        Self {
            name: stage().map_or_else(|| e.job_name.clone(), |s| s.label().to_owned()),
            id: e.id,
            job_id: e.job_id,
            job_name: e.job_name,
            job_code: e.job_code,
            job_type_code: e.job_type_code,
            stage_order: e.stage_order,
            campaign_id: e.campaign_id,
            run_id: e.run_id,
            execution_status: e.execution_status,
            triggered_by: e.triggered_by,
            triggered_by_user_id: e.triggered_by_user_id,
            due_at: e.due_at,
            started_at: e.started_at,
            completed_at: e.completed_at,
            duration_seconds: e.duration_ms.map(seconds),
            server_instance: e.server_instance,
            worker_node_id: e.worker_node_id,
            trace_id: e.trace_id,
            correlation_id: e.correlation_id,
            error_message: e.error_message,
            error_code: e.error_code,
            rows_expected: e.rows_expected,
            rows_read: e.rows_read,
            rows_processed: e.rows_processed,
            rows_inserted: e.rows_inserted,
            rows_updated: e.rows_updated,
            rows_deleted: e.rows_deleted,
            steps_total: e.steps_total,
            steps_completed: e.steps_completed,
            steps_failed: e.steps_failed,
            sla_breached: e.sla_breached,
            archived: e.archived,
            created_at: e.created_at,
        }
    }
}

impl From<LastRunRow> for RunMark {
    fn from(r: LastRunRow) -> Self {
        Self {
            id: r.id,
            status: r.execution_status,
            started_at: r.started_at,
            duration_seconds: r.duration_ms.map(seconds),
            sla_breached: r.sla_breached,
        }
    }
}

/// A job as its row says, without its executions.
pub(super) fn job_view(j: JobRow) -> JobView {
    let kind = match (j.campaign_id, j.is_built_in) {
        (Some(_), _) => JobKind::Campaign,
        (None, true) => JobKind::BuiltIn,
        (None, false) => JobKind::Own,
    };
    let is_awake = j.status == "active" && j.is_active;
    JobView {
        id: j.id,
        code: j.code,
        name: j.name,
        description: j.description,
        job_type_code: j.job_type_code,
        kind,
        campaign_id: j.campaign_id,
        run_id: j.run_id,
        schedule_type: j.schedule_type,
        cron_expression: j.cron_expression,
        interval_seconds: j.interval_seconds,
        timezone: j.timezone,
        sla_duration_minutes: j.sla_duration_minutes,
        status: j.run_status.unwrap_or(j.status),
        is_active: j.is_active,
        is_built_in: j.is_built_in,
        version: j.version,
        next_run_at: j.next_run_at.filter(|_| is_awake),
        created_at: j.created_at,
        updated_at: j.updated_at,
        last_runs: Vec::new(),
        running_count: 0,
        waiting_count: 0,
        executions: Vec::new(),
    }
}
