//! Job files: in, out, and the examples that come with Muster.

use std::collections::{BTreeSet, HashMap};

use muster_db::job_definitions::{self as rows, DefinedRow};
use muster_db::sql_scripts::{self, ScriptText};
use muster_db::{Tx, job_lists, job_views};
use muster_domain::job::action::Action;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::dependency::JobDependency;
use muster_domain::job::examples::EXAMPLES;
use muster_domain::job::file::{JobFile, SavedScript};
use muster_domain::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::check::{ALL_JOBS, beside_others, refuse};
use super::details::{dependency, read_kept};
use super::guard;
use super::save::{Written, add, begin, changed, write};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

muster_domain::text_enum! {
    /// What an import does with something.
    pub enum ImportOutcome {
        Created = "created",
        Changed = "changed",
        /// It is there already, just so.
        Unchanged = "unchanged",
    }
}

/// A job, or a script, of an import.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportedJob {
    /// None where it would be made.
    pub id: Option<Uuid>,
    pub code: String,
    pub name: String,
    pub outcome: ImportOutcome,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobImportView {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// In the order of the file.
    pub jobs: Vec<ImportedJob>,
    /// Scripts that the file brings along.
    pub scripts: Vec<ImportedJob>,
    /// Why it cannot be imported; always empty unless it is a dry run.
    pub problems: Vec<Problem>,
}

/// A job file that comes with Muster.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ExampleView {
    /// What programs call it.
    pub name: String,
    pub title: String,
    pub description: String,
    /// To be imported as it is.
    #[schema(value_type = JobFile)]
    pub file: Value,
}

/// The job files that come with Muster.
pub fn examples(ctx: &Ctx) -> AppResult<Vec<ExampleView>> {
    ctx.require(Operation::Read)?;
    let view = |example: &muster_domain::job::examples::Example| {
        Ok(ExampleView {
            name: example.code.to_owned(),
            title: example.name.to_owned(),
            description: example.description.to_owned(),
            file: serde_json::from_str(example.text).map_err(AppError::internal)?,
        })
    };
    EXAMPLES.iter().map(view).collect()
}

/// Imports a job file: jobs that are there by their code are changed, the others are made. All or nothing.
///
/// # Errors
/// 422 with everything that is wrong, unless it is a dry run.
pub async fn import(app: &App, ctx: &Ctx, file: &Value, dry_run: bool) -> AppResult<JobImportView> {
    ctx.require(Operation::ManageJobs)?;
    let mut value = file.clone();
    // The API says dependencies where job files say job_dependencies.
    if let Value::Object(map) = &mut value
        && let Some(dependencies) = map.remove("dependencies")
    {
        map.insert(String::from("job_dependencies"), dependencies);
    }
    let read = match JobFile::from_json(&value) {
        Ok(read) => read,
        Err(problems) if dry_run => {
            return Ok(JobImportView { dry_run, jobs: Vec::new(), scripts: Vec::new(), problems });
        }
        Err(problems) => return Err(AppError::problems(problems)),
    };
    let mut tx = begin(app, ctx).await?;
    let plan = Plan::make(&mut tx, ctx, read, &value).await?;
    if dry_run || !plan.problems.is_empty() {
        let view = plan.view(dry_run);
        if !dry_run {
            refuse(plan.problems)?;
        }
        return Ok(view);
    }
    let view = plan.carry_out(app, ctx, &mut tx).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(view)
}

/// What an import is going to do.
struct Plan {
    file: JobFile,
    /// For each job of the file what is there already.
    old: Vec<Option<(DefinedRow, JobDefinition)>>,
    jobs: Vec<ImportedJob>,
    scripts: Vec<ImportedJob>,
    problems: Vec<Problem>,
}

impl Plan {
    async fn make(tx: &mut Tx, ctx: &Ctx, mut file: JobFile, raw: &Value) -> AppResult<Self> {
        let mut problems = beside_others(tx, ctx, &file).await?;
        let mut known: HashMap<String, DefinedRow> =
            rows::defined(tx, ctx.ws, ALL_JOBS).await?.into_iter().map(|row| (row.code.clone(), row)).collect();
        let mut dependencies: HashMap<String, Vec<JobDependency>> = HashMap::new();
        for edge in job_views::edges(tx, ctx.ws).await? {
            dependencies.entry(edge.job_code.clone()).or_default().push(dependency(edge)?);
        }
        problems.extend(waiters_outside(&file));
        let (mut old, mut jobs) = (Vec::new(), Vec::new());
        for (at, job) in file.jobs.iter_mut().enumerate() {
            let found = known.remove(&job.code);
            let found = match found {
                Some(row) => {
                    let definition = read_kept(&row.body.0, &row.status, row.is_active)?;
                    keep_status(job, &definition, raw_job(raw, at));
                    Some((row, definition))
                }
                None => None,
            };
            if found.is_none() && job_lists::by_code(tx, ctx.ws, &job.code).await?.is_some() {
                problems.push(Problem::new(format!("jobs[{at}].code"), "duplicate", "A campaign has this code."));
            }
            if found.as_ref().is_some_and(|(row, _)| row.is_built_in) {
                let words = "This job comes with Muster: change its schedule where it stands.";
                problems.push(Problem::new(format!("jobs[{at}].code"), "built_in", words));
            }
            let before = found.as_ref().map(|(_, definition)| definition);
            problems.extend(guard::check(ctx, job, before).into_iter().map(|mut problem| {
                problem.path = format!("jobs[{at}].{}", problem.path);
                problem
            }));
            let new: Vec<&JobDependency> = file.job_dependencies.iter().filter(|d| d.job_id == job.code).collect();
            let same = dependencies.get(&job.code).map_or(new.is_empty(), |old| is_same(old, &new));
            let outcome = match before {
                None => ImportOutcome::Created,
                Some(before) if before == job && same => ImportOutcome::Unchanged,
                Some(_) => ImportOutcome::Changed,
            };
            let id = found.as_ref().map(|(row, _)| row.id);
            jobs.push(ImportedJob { id, code: job.code.clone(), name: job.name.clone(), outcome });
            old.push(found);
        }
        let scripts = scripts(tx, ctx, &file, &mut problems).await?;
        Ok(Self { file, old, jobs, scripts, problems })
    }

    fn view(&self, dry_run: bool) -> JobImportView {
        let (jobs, scripts, problems) = (self.jobs.clone(), self.scripts.clone(), self.problems.clone());
        JobImportView { dry_run, jobs, scripts, problems }
    }

    async fn carry_out(mut self, app: &App, ctx: &Ctx, tx: &mut Tx) -> AppResult<JobImportView> {
        for (script, done) in self.file.saved_scripts.iter().zip(&mut self.scripts) {
            let text =
                ScriptText { name: &script.name, description: &script.description, body: &script.sql, writes: true };
            match (done.outcome, sql_scripts::by_name(tx, ctx.ws, &script.name).await?) {
                (ImportOutcome::Unchanged, _) => {}
                (_, Some(row)) => sql_scripts::change(tx, ctx.ws, (row.id, row.version), text, app.now()).await?,
                (_, None) => {
                    let id = app.new_id();
                    sql_scripts::insert(tx, ctx.ws, id, text, ctx.user_id, app.now()).await?;
                    done.id = Some(id);
                }
            }
        }
        // All are there before one waits for another.
        for (job, done) in self.file.jobs.iter().zip(&mut self.jobs) {
            if done.id.is_none() {
                done.id = Some(add(app, ctx, tx, job).await?);
            }
        }
        for ((job, done), old) in self.file.jobs.iter().zip(&self.jobs).zip(&self.old) {
            let (ImportOutcome::Created | ImportOutcome::Changed, Some(id)) = (done.outcome, done.id) else { continue };
            let dependencies: Vec<&JobDependency> =
                self.file.job_dependencies.iter().filter(|d| d.job_id == job.code).collect();
            let written = Written {
                job: id,
                version: old.as_ref().map_or(0, |(row, _)| row.version),
                new: job,
                old: old.as_ref().map(|(_, definition)| definition),
                dependencies: &dependencies,
            };
            write(app, ctx, tx, written).await?;
        }
        Ok(self.view(false))
    }
}

/// A file says what its own jobs wait for.
fn waiters_outside(file: &JobFile) -> Vec<Problem> {
    let strange = file.job_dependencies.iter().enumerate();
    let strange = strange.filter(|(_, d)| !file.jobs.iter().any(|job| job.code == d.job_id));
    strange
        .map(|(at, d)| {
            let words = format!("The job that waits, {}, is not in this file: put it in.", d.job_id);
            Problem::new(format!("job_dependencies[{at}].job_id"), "unknown_job", words)
        })
        .collect()
}

fn raw_job(raw: &Value, at: usize) -> &Value {
    raw.get("jobs").map_or(raw, |jobs| &jobs[at])
}

/// A file that says nothing about it leaves a job paused, or switched off, as it is.
fn keep_status(job: &mut JobDefinition, old: &JobDefinition, raw: &Value) {
    if raw.get("status").is_none_or(Value::is_null) {
        job.status = old.status;
    }
    if raw.get("is_active").is_none_or(Value::is_null) {
        job.is_active = old.is_active;
    }
}

fn is_same(old: &[JobDependency], new: &[&JobDependency]) -> bool {
    old.len() == new.len() && new.iter().all(|dependency| old.contains(dependency))
}

async fn scripts(tx: &mut Tx, ctx: &Ctx, file: &JobFile, problems: &mut Vec<Problem>) -> AppResult<Vec<ImportedJob>> {
    let mut scripts = Vec::new();
    for (at, script) in file.saved_scripts.iter().enumerate() {
        let row = sql_scripts::by_name(tx, ctx.ws, &script.name).await?;
        let outcome = match &row {
            None => ImportOutcome::Created,
            Some(row) if row.body == script.sql && row.description == script.description => ImportOutcome::Unchanged,
            Some(_) => ImportOutcome::Changed,
        };
        if outcome != ImportOutcome::Unchanged && ctx.require(Operation::WriteScripts).is_err() {
            let words = "Only an administrator may bring scripts along.";
            problems.push(Problem::new(format!("saved_scripts[{at}]"), "admins_only", words));
        }
        let (code, name) = (script.name.clone(), script.name.clone());
        scripts.push(ImportedJob { id: row.map(|row| row.id), code, name, outcome });
    }
    Ok(scripts)
}

/// Jobs as a job file, with what they wait for and the scripts that they call. Without ids: all but those that come with
/// Muster.
pub async fn export(app: &App, ctx: &Ctx, ids: &[Uuid]) -> AppResult<JobFile> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let mut all = rows::defined(&mut tx, ctx.ws, ALL_JOBS).await?;
    all.retain(|row| if ids.is_empty() { !row.is_built_in } else { ids.contains(&row.id) });
    if ids.iter().any(|id| !all.iter().any(|row| row.id == *id)) {
        return Err(AppError::NotFound("job"));
    }
    let jobs: Vec<JobDefinition> =
        all.iter().map(|row| read_kept(&row.body.0, &row.status, row.is_active)).collect::<AppResult<_>>()?;
    let edges = job_views::edges(&mut tx, ctx.ws).await?;
    let edges = edges.into_iter().filter(|edge| all.iter().any(|row| row.id == edge.job_id));
    let job_dependencies = edges.map(dependency).collect::<AppResult<_>>()?;
    let called: BTreeSet<&str> = jobs
        .iter()
        .flat_map(|job| &job.steps)
        .filter_map(|step| match &step.step_action {
            Action::StoredProc(procedure) => Some(procedure.name.as_str()),
            _ => None,
        })
        .collect();
    let kept = sql_scripts::list(&mut tx, ctx.ws).await?.into_iter();
    let saved_scripts = kept
        .filter(|script| called.contains(script.name.as_str()))
        .map(|s| SavedScript { name: s.name, description: s.description, sql: s.body })
        .collect();
    Ok(JobFile { jobs, job_dependencies, saved_scripts })
}
