//! Job files: one or several jobs and what they wait for, to be imported, exported and kept under version control.
//!
//! ```json
//! { "jobs": [ { "code": "segment-eval-789", … } ], "job_dependencies": [ { "job_id": …, "depends_on_job_id": …, … } ],
//!   "saved_scripts": [ { "name": "sp_store_segment_members", "sql": "…" } ] }
//! ```
//! A file with one job may be the job alone. Jobs are referred to by their code, or by the `id` that they have in the file.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::definition::JobDefinition;
use super::dependency::JobDependency;
use super::fields::{Fields, Found, is_code};
use super::graph::{Waiting, cycle, written};
use super::limits::{MAX_CODE, MAX_DEPENDENCIES, MAX_DESCRIPTION, MAX_JOBS, MAX_SCRIPT};
use crate::problem::Problem;

/// The jobs of a file.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct JobFile {
    pub jobs: Vec<JobDefinition>,
    pub job_dependencies: Vec<JobDependency>,
    /// Scripts that `stored_proc` steps name.
    pub saved_scripts: Vec<SavedScript>,
}

/// A SQL script that is kept in the workspace under a name: what a `stored_proc` step runs where the database has no
/// procedures. Its `:name`s are the step's parameters. Statements are separated by `;`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SavedScript {
    pub name: String,
    pub description: String,
    pub sql: String,
}

impl SavedScript {
    fn read(value: &Value, path: String, found: &Found) -> Option<Self> {
        let mut fields = Fields::of(value, path, found)?;
        let name = fields.required_text("name", MAX_CODE, "Name the script.");
        if name.as_deref().is_some_and(|name| !is_code(name)) {
            fields.refuse::<()>("name", "bad_name", "A script's name is letters, digits, - and _.");
        }
        let description = fields.text("description", MAX_DESCRIPTION).unwrap_or_default();
        let sql = fields.required_text("sql", MAX_SCRIPT, "Write the statements.");
        fields.finish();
        Some(Self { name: name?, description, sql: sql? })
    }
}

/// Everything that is wrong with a script that is to be saved.
pub fn check_script(name: &str, description: &str, sql: &str) -> Vec<Problem> {
    let found = Found::default();
    let value = json!({ "name": name, "description": description, "sql": sql });
    SavedScript::read(&value, String::new(), &found);
    found.into_problems()
}

impl JobFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its path and what to do.
    pub fn read(text: &str) -> Result<Self, Vec<Problem>> {
        match serde_json::from_str::<Value>(text) {
            Ok(value) => Self::from_json(&value),
            Err(error) => Err(vec![Problem::new(
                "",
                "bad_json",
                format!("This is not JSON: line {}, column {}.", error.line(), error.column()),
            )]),
        }
    }

    /// Reads what a file holds.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_json(value: &Value) -> Result<Self, Vec<Problem>> {
        let found = Found::default();
        let is_alone = ["jobs", "job_dependencies", "saved_scripts"].iter().all(|name| value.get(name).is_none());
        let file = if is_alone {
            let job = JobDefinition::read_at(value, "", &found, &|reference| reference.as_str().map(str::to_owned));
            job.map(|job| Self { jobs: vec![job], job_dependencies: Vec::new(), saved_scripts: Vec::new() })
        } else {
            Self::read_whole(value, &found)
        };
        match (file, found.into_problems()) {
            (Some(file), problems) if problems.is_empty() => Ok(file),
            (_, problems) => Err(problems),
        }
    }

    fn read_whole(value: &Value, found: &Found) -> Option<Self> {
        let mut fields = Fields::of(value, "", found)?;
        let jobs = fields.list("jobs", MAX_JOBS).map_or(&[][..], Vec::as_slice);
        let dependencies = fields.list("job_dependencies", MAX_DEPENDENCIES).map_or(&[][..], Vec::as_slice);
        let scripts = fields.list("saved_scripts", MAX_JOBS).map_or(&[][..], Vec::as_slice);
        fields.finish();
        let ids: HashMap<String, &str> =
            jobs.iter().filter_map(|job| Some((job.get("id")?.to_string(), job.get("code")?.as_str()?))).collect();
        let code_of = |reference: &Value| -> Option<String> {
            // An id is only an id where the file says so: a code may well be a number in quotes.
            ids.get(&reference.to_string())
                .map(|code| (*code).to_owned())
                .or_else(|| reference.as_str().map(str::to_owned))
        };
        let read = |(at, job)| JobDefinition::read_at(job, &format!("jobs[{at}]"), found, &code_of);
        let jobs: Vec<JobDefinition> = jobs.iter().enumerate().filter_map(read).collect();
        let job_dependencies: Vec<JobDependency> = dependencies
            .iter()
            .enumerate()
            .filter_map(|(at, value)| JobDependency::read_at(value, format!("job_dependencies[{at}]"), found, &code_of))
            .collect();
        let saved_scripts: Vec<SavedScript> = scripts
            .iter()
            .enumerate()
            .filter_map(|(at, value)| SavedScript::read(value, format!("saved_scripts[{at}]"), found))
            .collect();
        let file = Self { jobs, job_dependencies, saved_scripts };
        file.check(found);
        Some(file)
    }

    fn check(&self, found: &Found) {
        for (at, job) in self.jobs.iter().enumerate() {
            if self.jobs[..at].iter().any(|other| other.code == job.code) {
                let words = format!("There is a job with the code {} already.", job.code);
                found.refuse::<()>(format!("jobs[{at}].code"), "duplicate", words);
            }
        }
        for (at, dependency) in self.job_dependencies.iter().enumerate() {
            let same = |other: &JobDependency| {
                other.job_id == dependency.job_id && other.depends_on_job_id == dependency.depends_on_job_id
            };
            if self.job_dependencies[..at].iter().any(same) {
                found.refuse::<()>(
                    format!("job_dependencies[{at}]"),
                    "duplicate",
                    "These two jobs are named together already.",
                );
            }
        }
        for (at, script) in self.saved_scripts.iter().enumerate() {
            if self.saved_scripts[..at].iter().any(|other| other.name == script.name) {
                let words = format!("There is a script called {} already.", script.name);
                found.refuse::<()>(format!("saved_scripts[{at}].name"), "duplicate", words);
            }
        }
        if let Some(problem) = job_cycle(&self.links()) {
            found.refuse::<()>(problem.path, &problem.code, problem.message);
        }
    }

    /// Who waits for whom, by code. Inactive dependencies count: they may be switched on.
    pub fn links(&self) -> Vec<(&str, &str)> {
        let named = |job: &'_ JobDefinition| job.depends_on_jobs.len();
        let mut links = Vec::with_capacity(self.jobs.iter().map(named).sum::<usize>() + self.job_dependencies.len());
        for job in &self.jobs {
            links.extend(job.depends_on_jobs.iter().map(|on| (job.code.as_str(), on.as_str())));
        }
        links.extend(self.job_dependencies.iter().map(|d| (d.job_id.as_str(), d.depends_on_job_id.as_str())));
        links
    }

    /// The codes that it refers to and does not hold: those jobs have to be in the workspace.
    pub fn outside(&self) -> Vec<&str> {
        let links = self.links();
        let mut codes: Vec<&str> = links.into_iter().flat_map(|(job, on)| [job, on]).collect();
        codes.retain(|code| !self.jobs.iter().any(|job| job.code == *code));
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// The jobs' codes in an order in which each comes after those that it waits for.
    pub fn order(&self) -> Vec<&str> {
        let links = self.links();
        let mut left: Vec<&str> = self.jobs.iter().map(|job| job.code.as_str()).collect();
        let mut order = Vec::with_capacity(left.len());
        while let Some(free) =
            left.iter().position(|job| !links.iter().any(|(who, on)| who == job && left.contains(on)))
        {
            order.push(left.remove(free));
        }
        order
    }

    /// What the file holds.
    pub fn to_json(&self) -> Value {
        let jobs: Vec<Value> = self.jobs.iter().map(JobDefinition::to_json).collect();
        json!({
            "jobs": jobs,
            "job_dependencies": self.job_dependencies,
            "saved_scripts": self.saved_scripts,
        })
    }

    /// The file's text.
    pub fn write(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.to_json()).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The refusal of jobs that wait for each other, naming the way round; none where nobody waits for itself. For all jobs
/// of a workspace when one is saved: `links` are (who waits, for whom).
pub fn job_cycle(links: &[(&str, &str)]) -> Option<Problem> {
    let mut waiting: Vec<Waiting<'_>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (job, on) in links {
        let place = *places.entry(job).or_insert_with(|| {
            waiting.push(Waiting { name: job, waits_for: Vec::new() });
            waiting.len() - 1
        });
        waiting[place].waits_for.push(on);
    }
    let way = cycle(&waiting)?;
    let words = format!("These jobs wait for each other: {}. Take one of the dependencies away.", written(&way));
    Some(Problem::new("depends_on_jobs", "cycle", words))
}
