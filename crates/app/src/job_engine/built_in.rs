//! Built-in jobs: what Muster does by itself, shown beside the jobs of a team (JOB-8). They are safety sweeps: what is due to
//! the moment has timers of its own (`scheduler`). Their schedule may be changed, and they may be paused.

use async_trait::async_trait;
use muster_db::{admin, job_built_in, workspaces};
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::words::FailureCode;
use muster_domain::job::workflow::{Failure, Outcome};
use muster_domain::workspace::WorkspaceId;
use muster_engine::jobs::book;
use muster_engine::jobs::step::{LogSender, Measured, StepOrder, StepReport, StepRunner};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::runs::launch_due_of;
use crate::{App, AppError, AppResult, tidying};

const CAMPAIGN_SCHEDULER: &str = "campaign-scheduler";
const RETENTION: &str = "retention";
const DATABASE_MAINTENANCE: &str = "database-maintenance";

/// The jobs as a new workspace has them.
fn all() -> [Value; 3] {
    [
        json!({
            "code": CAMPAIGN_SCHEDULER, "name": "Start scheduled campaigns", "schedule_type": "interval", "interval_seconds": 60,
            "description": "Starts campaigns whose time has come, should the exact timer have missed one.",
        }),
        json!({
            "code": RETENTION, "name": "Forget old records", "schedule_type": "interval", "interval_seconds": 3_600,
            "description": "Removes expired sessions, old dead letters, delivery attempts and repeated calls.",
        }),
        json!({
            "code": DATABASE_MAINTENANCE, "name": "Keep the database fast", "schedule_type": "cron", "cron_expression": "30 3 * * *",
            "description": "Has the database count its customers anew, so that segments stay fast.",
        }),
    ]
}

/// Makes the built-in jobs that a workspace does not have yet.
pub async fn ensure(app: &App) -> AppResult<()> {
    let workspaces = {
        let mut tx = app.db.read_all().await?;
        workspaces::list(&mut tx).await?
    };
    for workspace in workspaces {
        ensure_in(app, WorkspaceId(workspace.id), &workspace.timezone).await?;
    }
    Ok(())
}

async fn ensure_in(app: &App, ws: WorkspaceId, timezone: &str) -> AppResult<()> {
    let known = {
        let mut tx = app.db.read(ws).await?;
        job_built_in::codes(&mut tx, ws).await?
    };
    for mut job in all() {
        if known.iter().any(|code| job["code"] == *code) {
            continue;
        }
        job["timezone"] = json!(timezone);
        job["job_type_id"] = json!("built-in");
        job["overlap_policy"] = json!("skip");
        let definition = JobDefinition::read(&job).map_err(AppError::problems)?;
        let now = app.now();
        let mut tx = app.db.write(ws).await?;
        let ids = (app.new_id(), app.new_id());
        if job_built_in::insert(&mut tx, ws, ids, &definition, now).await? {
            book::plan(&mut tx, ws, ids.0, &definition, true, now).await.map_err(AppError::internal)?;
            tx.commit().await?;
            app.jobs.wake();
        }
    }
    Ok(())
}

/// Does the bodies of built-in jobs.
pub(super) struct Sweeps(pub App);

#[async_trait]
impl StepRunner for Sweeps {
    async fn run(&self, order: StepOrder, _log: LogSender, _stop: CancellationToken) -> StepReport {
        let result = match self.sweep(order.ws, &order.job.code).await {
            Ok(()) => Ok(Outcome::default()),
            Err(error) => Err(Failure::new(FailureCode::Action, error.to_string())),
        };
        StepReport { result, measured: Measured::default() }
    }
}

impl Sweeps {
    async fn sweep(&self, ws: WorkspaceId, code: &str) -> AppResult<()> {
        let app = &self.0;
        match code {
            CAMPAIGN_SCHEDULER => launch_due_of(app, Some(ws), app.now()).await,
            RETENTION => tidying::forget_old(app, tidying::AT_ONCE).await.map(drop),
            DATABASE_MAINTENANCE => {
                let mut tx = app.db.write_all().await?.patiently();
                admin::count_customers_anew(&mut tx).await?;
                Ok(tx.commit().await?)
            }
            _ => Err(AppError::conflict("unknown_job", "This version of Muster has no such built-in job.")),
        }
    }
}
