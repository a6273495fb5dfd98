//! `jobs logs`.

use std::time::Duration;

use clap::Args;
use muster_app::jobs::{self, LogLineView, LogQuery};
use muster_app::{App, Ctx};
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::time::rfc3339;
use uuid::Uuid;

/// How often a log that is followed is looked at.
const LOOK: Duration = Duration::from_millis(300);
/// Lines that are read at once.
const AT_ONCE: i64 = 2_000;

/// The log of a run.
#[derive(Args)]
pub struct Logs {
    /// Id of the run.
    execution: Uuid,
    /// Only of this step.
    #[arg(long)]
    step: Option<String>,
    /// info, warning or error.
    #[arg(long)]
    level: Option<String>,
    /// Part of the line.
    #[arg(long)]
    search: Option<String>,
    /// Go on printing until the run has ended.
    #[arg(long, short)]
    follow: bool,
}

impl Logs {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        let mut after = 0;
        loop {
            // Looked at before the lines: what it said last is read once more.
            let execution = jobs::execution(app, ctx, self.execution).await?.execution;
            let has_ended = execution.execution_status.parse::<ExecutionStatus>().is_ok_and(ExecutionStatus::is_final);
            loop {
                let query = LogQuery {
                    after: Some(after),
                    step: self.step.clone(),
                    level: self.level.clone(),
                    search: self.search.clone(),
                    limit: Some(AT_ONCE),
                    ..LogQuery::default()
                };
                let log = jobs::log(app, ctx, self.execution, &query).await?;
                for line in &log.lines {
                    after = line.id;
                    print(line, json)?;
                }
                if !log.is_more {
                    break;
                }
            }
            if has_ended || !self.follow {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// As JSON, an object a line.
fn print(line: &LogLineView, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(line)?);
    } else {
        let step = line.step_code.as_deref().unwrap_or("-");
        println!("{} {:<7} {step:<20} {}", rfc3339(line.at), line.level, line.message);
    }
    Ok(())
}
