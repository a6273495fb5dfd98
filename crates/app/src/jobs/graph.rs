//! All jobs and what they wait for, as one graph.

use std::collections::HashMap;

use muster_db::job_views;
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::job::words::{DependencyMode, DependencyType, JobStatus, ScheduleType, WaitForStatus};
use muster_domain::time::moment_option;
use serde::Serialize;
use uuid::Uuid;

use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Jobs of one graph.
const MAX_NODES: i64 = 2_000;

/// A job of the graph.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphNode {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    #[schema(value_type = ScheduleType)]
    pub schedule_type: String,
    #[schema(value_type = JobStatus)]
    pub status: String,
    pub is_active: bool,
    pub is_built_in: bool,
    /// How its last execution ended, or where it is.
    #[schema(value_type = Option<ExecutionStatus>)]
    pub last_status: Option<String>,
    /// The execution that began last of those that run.
    pub running_execution_id: Option<Uuid>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub next_run_at: Option<i64>,
}

/// One job waits for another.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphEdge {
    /// The job that is waited for.
    pub from: Uuid,
    /// The job that waits.
    pub to: Uuid,
    #[schema(value_type = DependencyType)]
    pub dependency_type: String,
    #[schema(value_type = WaitForStatus)]
    pub wait_for_status: String,
    pub is_active: bool,
    pub execution_condition: Option<String>,
    /// How the jobs that `to` depends on count together, where `from` is one of them.
    #[schema(value_type = Option<DependencyMode>)]
    pub mode: Option<String>,
}

/// All jobs but those of campaigns.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct JobGraph {
    pub nodes: Vec<GraphNode>,
    pub edges: Vec<GraphEdge>,
}

/// All jobs but those of campaigns, and what they wait for.
pub async fn graph(app: &App, ctx: &Ctx) -> AppResult<JobGraph> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let rows = job_views::nodes(&mut tx, ctx.ws, MAX_NODES).await?;
    let explicit = job_views::edges(&mut tx, ctx.ws).await?;
    let running: HashMap<Uuid, Uuid> = job_views::running(&mut tx, ctx.ws).await?.into_iter().collect();
    let ids: HashMap<&str, Uuid> = rows.iter().map(|row| (row.code.as_str(), row.id)).collect();
    let mode_of: HashMap<(Uuid, Uuid), &str> = rows
        .iter()
        .flat_map(|row| {
            let codes = row.depends_on_jobs.iter().flat_map(|codes| codes.0.iter());
            let mode = row.dependency_mode.as_deref().unwrap_or("all_success");
            codes.filter_map(|code| Some(((*ids.get(code.as_str())?, row.id), mode))).collect::<Vec<_>>()
        })
        .collect();
    let mut edges: Vec<GraphEdge> = explicit
        .into_iter()
        .map(|e| GraphEdge {
            mode: mode_of.get(&(e.depends_on_job_id, e.job_id)).map(|mode| (*mode).to_owned()),
            from: e.depends_on_job_id,
            to: e.job_id,
            dependency_type: e.dependency_type,
            wait_for_status: e.wait_for_status,
            is_active: e.is_active,
            execution_condition: e.execution_condition,
        })
        .collect();
    let is_said = |edges: &[GraphEdge], from, to| edges.iter().any(|e| e.from == from && e.to == to);
    let mut plain: Vec<GraphEdge> = mode_of
        .iter()
        .filter(|((from, to), _)| !is_said(&edges, *from, *to))
        .map(|((from, to), mode)| GraphEdge {
            from: *from,
            to: *to,
            dependency_type: String::from("blocking"),
            wait_for_status: wanted(mode).to_owned(),
            is_active: true,
            execution_condition: None,
            mode: Some((*mode).to_owned()),
        })
        .collect();
    plain.sort_by_key(|e| (e.to, e.from));
    edges.append(&mut plain);
    let nodes = rows
        .iter()
        .map(|row| GraphNode {
            id: row.id,
            code: row.code.clone(),
            name: row.name.clone(),
            schedule_type: row.schedule_type.clone(),
            status: row.status.clone(),
            is_active: row.is_active,
            is_built_in: row.is_built_in,
            last_status: row.last_status.clone(),
            running_execution_id: running.get(&row.id).copied(),
            next_run_at: row.next_run_at.filter(|_| row.status == "active" && row.is_active),
        })
        .collect();
    Ok(JobGraph { nodes, edges })
}

/// How a job that nothing more is said about has to have ended.
fn wanted(mode: &str) -> &'static str {
    match mode {
        "all_completed" => "completed",
        "any" => "any",
        _ => "success",
    }
}
