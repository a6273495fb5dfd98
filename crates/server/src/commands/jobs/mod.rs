//! `muster-server jobs`: jobs without a window. It works on the data folder, whether a server runs on it or not.

mod files;
mod logs;
mod look;
mod run;
mod scripts;
mod secrets;
mod show;
mod webhooks;

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use muster_app::jobs::{self, PausedJobs, ResumedJob};
use muster_app::{App, Ctx};
use uuid::Uuid;

use crate::home;

/// Look at jobs, run them, and bring them in and out as files.
#[derive(Args)]
pub struct Jobs {
    #[arg(long, global = true, default_value = ".")]
    data_dir: PathBuf,
    /// Name of the workspace, where there are several.
    #[arg(long, global = true)]
    workspace: Option<String>,
    /// Print JSON as the API gives it.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Jobs, newest first.
    List(look::List),
    /// One job: its schedule, its steps, what it waits for and its last runs.
    Show {
        /// Code or id.
        job: String,
    },
    /// Start a job now, paused or not.
    Run(run::Run),
    /// Let nothing but a person start a job. What runs goes on.
    Pause(Which),
    /// Let a paused job go on.
    Resume(Which),
    /// Stop a run; one that has not started is given up.
    Abort {
        /// Id of the run.
        execution: Uuid,
    },
    /// Do a run again, as a whole or from a step on.
    Rerun(run::Rerun),
    /// Runs, newest first.
    Runs(look::Runs),
    /// The log of a run.
    Logs(logs::Logs),
    /// Runs that failed or take too long, and starts that were left out.
    Alerts(look::Alerts),
    /// What steps may use without showing it: passwords, keys and tokens.
    #[command(subcommand)]
    Secrets(secrets::Secrets),
    /// SQL that `stored_proc` steps call by its name.
    #[command(subcommand)]
    Scripts(scripts::Scripts),
    /// Addresses by which other programs start jobs.
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// Bring the jobs of a file in: those that are there by their code are changed, the others are made.
    Import(files::Import),
    /// Write jobs as a job file.
    Export(files::Export),
    /// Say everything that is wrong with a job file. Needs no data folder.
    Check { file: PathBuf },
    /// The job files that come with Muster.
    Examples {
        /// Print this one.
        name: Option<String>,
    },
}

/// Which job, or all.
#[derive(Args)]
struct Which {
    /// Code or id.
    #[arg(required_unless_present = "all")]
    job: Option<String>,
    /// All but those that come with Muster.
    #[arg(long, conflicts_with = "job")]
    all: bool,
}

impl Jobs {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Check { file } => files::check(&file, self.json),
            Command::Examples { name } => files::examples(name.as_deref(), self.json),
            command => {
                let app = home::open(&self.data_dir).await?;
                let result = match home::asker(&app, self.workspace.as_deref()).await {
                    Ok(ctx) => carry_out(command, &app, &ctx, self.json).await,
                    Err(error) => Err(error),
                };
                app.db.close().await;
                result
            }
        }
    }
}

async fn carry_out(command: Command, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
    match command {
        Command::List(list) => list.run(app, ctx, json).await,
        Command::Show { job } => {
            let detail = jobs::job(app, ctx, jobs::job_named(app, ctx, &job).await?).await?;
            show::print(&detail, json, show::job)
        }
        Command::Run(run) => run.run(app, ctx, json).await,
        Command::Rerun(rerun) => rerun.run(app, ctx, json).await,
        Command::Abort { execution } => show::print(&jobs::abort(app, ctx, execution).await?, json, show::execution),
        Command::Pause(which) => which.set(app, ctx, json, true).await,
        Command::Resume(which) => which.set(app, ctx, json, false).await,
        Command::Runs(runs) => runs.run(app, ctx, json).await,
        Command::Logs(logs) => logs.run(app, ctx, json).await,
        Command::Alerts(alerts) => alerts.run(app, ctx, json).await,
        Command::Secrets(secrets) => secrets.run(app, ctx, json).await,
        Command::Scripts(scripts) => scripts.run(app, ctx, json).await,
        Command::Webhooks(webhooks) => webhooks.run(app, ctx, json).await,
        Command::Import(import) => import.run(app, ctx, json).await,
        Command::Export(export) => export.run(app, ctx).await,
        Command::Check { .. } | Command::Examples { .. } => bail!("this needs no data folder"),
    }
}

impl Which {
    async fn set(self, app: &App, ctx: &Ctx, json: bool, pauses: bool) -> anyhow::Result<()> {
        let Some(name) = self.job else {
            let done = if pauses { jobs::pause_all(app, ctx).await? } else { jobs::resume_all(app, ctx).await? };
            return show::print(&done, json, |done: &PausedJobs| format!("{} jobs\n", done.jobs));
        };
        let id = jobs::job_named(app, ctx, &name).await?;
        if pauses {
            let job = jobs::pause(app, ctx, id).await?;
            return show::print(&job, json, |job| format!("{} is {}\n", job.job.code, job.job.status));
        }
        let resumed = jobs::resume(app, ctx, id).await?;
        show::print(&resumed, json, |ResumedJob { job, missed }| {
            let missed = missed.filter(|missed| missed.passed > 0).map_or_else(String::new, |missed| {
                format!(": {} moments were missed, {} runs make up for them", missed.passed, missed.starting)
            });
            format!("{} is {}{missed}\n", job.job.code, job.job.status)
        })
    }
}
