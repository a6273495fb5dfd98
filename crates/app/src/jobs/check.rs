//! Whether a job can be saved: everything that is wrong with it, in itself and beside the workspace's other jobs.

use std::collections::HashSet;

use muster_db::job_views::{EdgeRow, NodeRow};
use muster_db::{Tx, job_lists, job_views};
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::dependency::JobDependency;
use muster_domain::job::file::{JobFile, job_cycle};
use muster_domain::job::limits::MAX_JOBS;
use muster_domain::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::details::{definition_of, moments};
use super::guard;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Jobs of a workspace that its graph is checked over.
pub(super) const ALL_JOBS: i64 = 10_000;

/// A job to check or to save.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobInput {
    /// As in job files.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// What it waits for, as in job files; `job_id` is its own code.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub dependencies: Vec<Value>,
    /// To check a change: the job that is changed.
    #[serde(default)]
    pub id: Option<Uuid>,
}

/// What a check found.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobCheck {
    /// Paths are those of the definition, `steps[0].step_code`, or `dependencies[0].…`.
    pub problems: Vec<Problem>,
    /// When it would run next, RFC 3339.
    pub next_moments: Vec<String>,
}

/// A job that was understood.
pub(super) struct Draft {
    pub definition: JobDefinition,
    pub dependencies: Vec<JobDependency>,
}

impl Draft {
    /// Reads what came in.
    pub(super) fn read(definition: &Value, dependencies: &[Value]) -> Result<Self, Vec<Problem>> {
        let whole = json!({ "jobs": [definition], "job_dependencies": dependencies });
        let mut file =
            JobFile::from_json(&whole).map_err(|problems| problems.into_iter().map(of_one).collect::<Vec<_>>())?;
        let Some(definition) = file.jobs.pop() else { return Err(vec![empty()]) };
        let strange = file.job_dependencies.iter().enumerate().filter(|(_, d)| d.job_id != definition.code);
        let problems: Vec<Problem> = strange
            .map(|(at, _)| {
                let words = "Here stands what this job waits for. Change the other job to let that one wait.";
                Problem::new(format!("dependencies[{at}].job_id"), "other_job", words)
            })
            .collect();
        if problems.is_empty() { Ok(Self { definition, dependencies: file.job_dependencies }) } else { Err(problems) }
    }

    /// As a file of one job.
    pub(super) fn as_file(&self) -> JobFile {
        JobFile {
            jobs: vec![self.definition.clone()],
            job_dependencies: self.dependencies.clone(),
            saved_scripts: Vec::new(),
        }
    }
}

fn empty() -> Problem {
    Problem::new("", "required", "Write the job.")
}

/// The paths of a file of one job, as the job alone has them.
pub(super) fn of_one(mut problem: Problem) -> Problem {
    let path = problem.path;
    problem.path = match (path.strip_prefix("jobs[0]"), path.strip_prefix("job_dependencies")) {
        (Some(rest), _) => rest.trim_start_matches('.').to_owned(),
        (_, Some(rest)) => format!("dependencies{rest}"),
        _ => path,
    };
    problem
}

/// What is wrong with jobs beside the others of the workspace: names that nobody has, and cycles through all of them.
pub(super) async fn beside_others(tx: &mut Tx, ctx: &Ctx, file: &JobFile) -> AppResult<Vec<Problem>> {
    let nodes = job_views::nodes(tx, ctx.ws, ALL_JOBS).await?;
    let edges = job_views::edges(tx, ctx.ws).await?;
    let mut problems = unknown(file, &nodes);
    if let Some(problem) = job_cycle(&links(file, &nodes, &edges)) {
        problems.push(problem);
    }
    let new = file.jobs.iter().filter(|job| !nodes.iter().any(|node| node.code == job.code)).count();
    if nodes.len() + new > ALL_JOBS as usize {
        problems.push(Problem::new("", "too_many", format!("A workspace has at most {ALL_JOBS} jobs.")));
    }
    Ok(problems)
}

fn unknown(file: &JobFile, nodes: &[NodeRow]) -> Vec<Problem> {
    let known: HashSet<&str> =
        nodes.iter().map(|n| n.code.as_str()).chain(file.jobs.iter().map(|j| j.code.as_str())).collect();
    let refuse = |path: String, code: &str| {
        Problem::new(path, "unknown_job", format!("There is no job with the code {code} in this workspace."))
    };
    let mut problems = Vec::new();
    for (at, job) in file.jobs.iter().enumerate() {
        let strange = job.depends_on_jobs.iter().enumerate().filter(|(_, code)| !known.contains(code.as_str()));
        problems.extend(strange.map(|(on, code)| refuse(format!("jobs[{at}].depends_on_jobs[{on}]"), code)));
    }
    for (at, dependency) in file.job_dependencies.iter().enumerate() {
        if !known.contains(dependency.depends_on_job_id.as_str()) {
            let path = format!("job_dependencies[{at}].depends_on_job_id");
            problems.push(refuse(path, &dependency.depends_on_job_id));
        }
    }
    problems.truncate(MAX_JOBS);
    problems
}

/// Who waits for whom once the file's jobs are saved.
fn links<'a>(file: &'a JobFile, nodes: &'a [NodeRow], edges: &'a [EdgeRow]) -> Vec<(&'a str, &'a str)> {
    let is_replaced: HashSet<&str> = file.jobs.iter().map(|job| job.code.as_str()).collect();
    let mut links = file.links();
    let kept = nodes.iter().filter(|node| !is_replaced.contains(node.code.as_str()));
    links.extend(kept.flat_map(|node| {
        let on = node.depends_on_jobs.iter().flat_map(|codes| codes.0.iter());
        on.map(|on| (node.code.as_str(), on.as_str()))
    }));
    let kept = edges.iter().filter(|edge| !is_replaced.contains(edge.job_code.as_str()));
    links.extend(kept.map(|edge| (edge.job_code.as_str(), edge.on_code.as_str())));
    links
}

/// Refuses where anything is wrong.
pub(super) fn refuse(problems: Vec<Problem>) -> AppResult<()> {
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}

/// What would be wrong if a job was saved so, and when it would run.
pub async fn check(app: &App, ctx: &Ctx, input: &JobInput) -> AppResult<JobCheck> {
    ctx.require(Operation::Read)?;
    let draft = match Draft::read(&input.definition, &input.dependencies) {
        Ok(draft) => draft,
        Err(problems) => return Ok(JobCheck { problems, next_moments: Vec::new() }),
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let code = &draft.definition.code;
    let (mut problems, mut old) = (Vec::new(), None);
    if let Some(row) = job_lists::by_code(&mut tx, ctx.ws, code).await? {
        if input.id == Some(row.id) {
            old = definition_of(&mut tx, ctx, &row).await?;
        } else {
            problems.push(code_taken(code));
        }
    } else if input.id.is_some() {
        problems.push(code_is_fixed());
    }
    problems.extend(guard::check(ctx, &draft.definition, old.as_ref()));
    problems.extend(beside_others(&mut tx, ctx, &draft.as_file()).await?.into_iter().map(of_one));
    Ok(JobCheck { problems, next_moments: moments(&draft.definition, app.now(), app.now()) })
}

pub(super) fn code_taken(code: &str) -> Problem {
    Problem::new("code", "duplicate", format!("There is a job with the code {code} already: choose another one."))
}

pub(super) fn code_is_fixed() -> Problem {
    Problem::new("code", "fixed", "The code of a job stays: other jobs and programs know it by that.")
}
