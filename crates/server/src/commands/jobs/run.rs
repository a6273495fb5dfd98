//! `jobs run` and `jobs rerun`.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use muster_app::jobs::{self, ExecutionView, RerunRequest, RunRequest};
use muster_app::{App, Ctx, job_engine};
use muster_domain::job::execution::ExecutionStatus;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::show;

/// How often a run is looked at while somebody waits for it.
const LOOK: Duration = Duration::from_millis(200);

/// Start a job now, paused or not.
#[derive(Args)]
pub struct Run {
    /// Code or id.
    job: String,
    /// NAME=VALUE of a parameter; may be repeated.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Wait for its end, and fail when it does. Where no server runs on the data folder, the job is run here.
    #[arg(long)]
    wait: bool,
}

/// Do a run again.
#[derive(Args)]
pub struct Rerun {
    /// Id of the run.
    execution: Uuid,
    /// From this step on, with what the steps before it gave.
    #[arg(long)]
    from: Option<String>,
    /// As with `jobs run`.
    #[arg(long)]
    wait: bool,
}

impl Run {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        let id = jobs::job_named(app, ctx, &self.job).await?;
        let parameters = self.parameters(app, ctx, id).await?;
        let execution = jobs::run(app, ctx, id, &RunRequest { parameters }).await.map_err(told)?;
        finish(app, ctx, execution, self.wait, json).await
    }

    async fn parameters(&self, app: &App, ctx: &Ctx, id: Uuid) -> anyhow::Result<Map<String, Value>> {
        let declared = jobs::job(app, ctx, id).await?.definition.map(|d| d.parameters).unwrap_or_default();
        let mut values = Map::new();
        for pair in &self.params {
            let (name, text) = pair.split_once('=').with_context(|| format!("--param {pair}: write NAME=VALUE"))?;
            let value = match declared.get(name) {
                Some(parameter) => parameter
                    .kind
                    .parse(text)
                    .with_context(|| format!("--param {pair}: this has to be {}", parameter.kind.how()))?,
                // What is not declared is refused with the rest.
                None => Value::String(text.to_owned()),
            };
            values.insert(name.to_owned(), value);
        }
        Ok(values)
    }
}

impl Rerun {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        let request = RerunRequest { from_step: self.from };
        let execution = jobs::rerun(app, ctx, self.execution, &request).await.map_err(told)?;
        finish(app, ctx, execution, self.wait, json).await
    }
}

/// A refusal with all that is wrong.
pub fn told(error: muster_app::AppError) -> anyhow::Error {
    match &error {
        muster_app::AppError::Invalid { details, .. } if !details.is_empty() => {
            let lines: Vec<String> = details.iter().map(|p| format!("{}: {}", p.path, p.message)).collect();
            anyhow::anyhow!("{}", lines.join("\n"))
        }
        _ => error.into(),
    }
}

async fn finish(app: &App, ctx: &Ctx, execution: ExecutionView, waits: bool, json: bool) -> anyhow::Result<()> {
    let is_served = !app.node.is_of_folder();
    let ended = if waits { wait(app, ctx, execution.id, is_served).await? } else { execution };
    show::print(&ended, json, show::execution)?;
    if !waits && !is_served {
        eprintln!("No server runs on this data folder: the job runs when one does, or at once with --wait.");
    }
    if waits && ended.execution_status != "success" {
        bail!("the run ended with {}", ended.execution_status);
    }
    Ok(())
}

/// Waits for the end of a run, and has it run here where nobody else would. Interrupted, it leaves the run to go on.
async fn wait(app: &App, ctx: &Ctx, id: Uuid, is_served: bool) -> anyhow::Result<ExecutionView> {
    let stop = CancellationToken::new();
    let working = (!is_served).then(|| tokio::spawn(job_engine::dispatcher(app, stop.clone()).run()));
    let ended = tokio::select! {
        ended = until_ended(app, ctx, id) => ended,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted: the run {id} is not over")),
    };
    stop.cancel();
    if let Some(working) = working {
        working.await?;
    }
    ended
}

async fn until_ended(app: &App, ctx: &Ctx, id: Uuid) -> anyhow::Result<ExecutionView> {
    loop {
        let execution = jobs::execution(app, ctx, id).await?.execution;
        if execution.execution_status.parse::<ExecutionStatus>().is_ok_and(ExecutionStatus::is_final) {
            return Ok(execution);
        }
        tokio::time::sleep(LOOK).await;
    }
}
