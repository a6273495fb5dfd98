//! `jobs import`, `export`, `check` and `examples`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use muster_app::jobs::{self, ImportedJob, JobImportView};
use muster_app::{App, Ctx};
use muster_domain::job::examples::EXAMPLES;
use muster_domain::job::file::JobFile;
use muster_domain::problem::Problem;
use serde_json::{Value, json};

use super::run::told;
use super::show;

/// Bring the jobs of a file in.
#[derive(Args)]
pub struct Import {
    /// Job file; `-` for standard input.
    file: PathBuf,
    /// Say what would be made and changed; write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Write jobs as a job file.
#[derive(Args)]
pub struct Export {
    /// Codes or ids; all that people made when none is named.
    jobs: Vec<String>,
    /// Where to; standard output when not said.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Import {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        let text = read(&self.file)?;
        let file: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", self.file.display()))?;
        let view = jobs::import(app, ctx, &file, self.dry_run).await.map_err(told)?;
        show::print(&view, json, words)?;
        if !view.problems.is_empty() {
            bail!("the file cannot be imported");
        }
        Ok(())
    }
}

fn words(view: &JobImportView) -> String {
    let would = if view.dry_run { "would be " } else { "" };
    let line = |what: &str, done: &ImportedJob| format!("{what:<7} {:<32} {would}{}\n", done.code, done.outcome);
    let jobs: String = view.jobs.iter().map(|job| line("job", job)).collect();
    let scripts: String = view.scripts.iter().map(|script| line("script", script)).collect();
    jobs + &scripts + &problems(&view.problems)
}

fn problems(problems: &[Problem]) -> String {
    let place = |problem: &Problem| if problem.path.is_empty() { "file".to_owned() } else { problem.path.clone() };
    problems.iter().map(|problem| format!("{}: {}\n", place(problem), problem.message)).collect()
}

/// The text of a file; `-` is standard input.
pub fn read(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        return std::io::read_to_string(std::io::stdin()).context("cannot read standard input");
    }
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

impl Export {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx) -> anyhow::Result<()> {
        let mut ids = Vec::new();
        for name in &self.jobs {
            ids.push(jobs::job_named(app, ctx, name).await.with_context(|| name.clone())?);
        }
        let text = jobs::export(app, ctx, &ids).await?.write();
        match &self.out {
            Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display())),
            None => {
                print!("{text}");
                Ok(())
            }
        }
    }
}

/// Says what is wrong with a file.
pub fn check(path: &Path, json: bool) -> anyhow::Result<()> {
    let found = JobFile::read(&read(path)?);
    let (jobs, wrong) = match &found {
        Ok(file) => (file.jobs.len(), &[][..]),
        Err(problems) => (0, problems.as_slice()),
    };
    show::print(&json!({ "problems": wrong }), json, |_| {
        if wrong.is_empty() { format!("{jobs} jobs, nothing is wrong\n") } else { problems(wrong) }
    })?;
    if !wrong.is_empty() {
        bail!("{} has {} problems", path.display(), wrong.len());
    }
    Ok(())
}

/// Lists the examples, or prints one.
pub fn examples(name: Option<&str>, json: bool) -> anyhow::Result<()> {
    if let Some(name) = name {
        let found = EXAMPLES.iter().find(|example| example.code == name);
        print!("{}", found.with_context(|| format!("there is no example {name}"))?.text);
        return Ok(());
    }
    let all: Vec<Value> =
        EXAMPLES.iter().map(|e| json!({ "name": e.code, "title": e.name, "description": e.description })).collect();
    show::print(&all, json, |_| EXAMPLES.iter().map(|e| format!("{:<20} {}\n", e.code, e.description)).collect())
}
