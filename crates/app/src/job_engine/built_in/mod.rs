//! Built-in jobs: what Muster does by itself, shown beside the jobs of a team (JOB-8). They are safety sweeps: what is due to
//! the moment has timers of its own (`scheduler`). Their schedule may be changed, and they may be paused.

mod statistics;
mod sweeps;

use muster_db::{Tx, job_built_in, workspaces};
use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::workspace::WorkspaceId;
use muster_engine::jobs::book;
use serde_json::{Value, json};

pub(super) use self::sweeps::Sweeps;
use crate::{App, AppError, AppResult};

const CAMPAIGN_SCHEDULER: &str = "campaign-scheduler";
const CAMPAIGN_STATS_REFRESH: &str = "campaign-stats-refresh";
const CAMPAIGN_RECURRING_TRIGGER: &str = "campaign-recurring-trigger";
const CAMPAIGN_AB_TEST_EVALUATOR: &str = "campaign-ab-test-evaluator";
const PLAN_TIMEOUTS: &str = "plan-timeouts";
const REPLY_INGESTION: &str = "reply-ingestion";
const RETENTION: &str = "retention";
const DATABASE_MAINTENANCE: &str = "database-maintenance";
const DATABASE_BACKUP: &str = "database-backup";

/// The jobs as a new workspace has them.
fn of_every_workspace() -> Vec<Value> {
    vec![
        json!({
            "code": CAMPAIGN_SCHEDULER, "name": "Start and end campaigns", "schedule_type": "interval", "interval_seconds": 60,
            "description": "Starts campaigns whose time has come, and ends those whose end has, should the exact timer have missed one.",
        }),
        json!({
            "code": CAMPAIGN_RECURRING_TRIGGER, "name": "Start recurring campaigns", "schedule_type": "interval", "interval_seconds": 3_600,
            "description": "Starts occurrences of recurring campaigns, and plans their next ones, should the exact timer have missed one.",
        }),
        json!({
            "code": CAMPAIGN_AB_TEST_EVALUATOR, "name": "Decide A/B tests", "schedule_type": "interval", "interval_seconds": 900,
            "description": "Declares the winners of A/B tests whose time is over, should the exact timer have missed one.",
        }),
        json!({
            "code": PLAN_TIMEOUTS, "name": "Go on with plans", "schedule_type": "interval", "interval_seconds": 60,
            "description": "Does what is due in campaign plans: actions, timeouts and events, should the exact timer have missed one.",
        }),
        json!({
            "code": REPLY_INGESTION, "name": "Read mailboxes", "schedule_type": "interval", "interval_seconds": 60,
            "description": "Reads the mailboxes of the settings: answers become cards, bounces and complaints stop further messages.",
        }),
        json!({
            "code": CAMPAIGN_STATS_REFRESH, "name": "Recount campaigns", "schedule_type": "interval", "interval_seconds": 300,
            "description": "Counts the messages of running and lately ended campaigns, and corrects a number that does not agree with them.",
        }),
    ]
}

/// The jobs that look after the database as a whole: the first workspace has them, so that they run once.
fn of_the_first_workspace() -> Vec<Value> {
    vec![
        json!({
            "code": RETENTION, "name": "Forget old records", "schedule_type": "interval", "interval_seconds": 3_600,
            "description": "Removes expired sessions, old dead letters, delivery attempts and repeated calls.",
        }),
        json!({
            "code": DATABASE_MAINTENANCE, "name": "Keep the database fast", "schedule_type": "cron", "cron_expression": "30 3 * * *",
            "description": "Has the database count its customers anew, so that segments stay fast.",
        }),
        json!({
            "code": DATABASE_BACKUP, "name": "Back up the database", "schedule_type": "cron", "cron_expression": "30 2 * * *",
            "description": "Makes a copy of the whole database in the data folder, checks it, and keeps the newest ones.",
        }),
    ]
}

/// Makes the built-in jobs that workspaces do not have yet: those of an earlier version lack what this one added.
pub async fn ensure(app: &App) -> AppResult<()> {
    let workspaces = {
        let mut tx = app.db.read_all().await?;
        workspaces::list(&mut tx).await?
    };
    for workspace in workspaces {
        let ws = WorkspaceId(workspace.id);
        let mut tx = app.db.write(ws).await?;
        if add_to(app, &mut tx, ws, &workspace.timezone, app.now()).await? {
            tx.commit().await?;
            app.jobs.wake();
        }
    }
    Ok(())
}

/// Makes what a workspace lacks of them, in the transaction that made the workspace; whether anything was made.
pub(crate) async fn add_to(app: &App, tx: &mut Tx, ws: WorkspaceId, timezone: &str, now: Millis) -> AppResult<bool> {
    let known = job_built_in::codes(tx, ws).await?;
    let mut jobs = of_every_workspace();
    if workspaces::is_first(tx, ws).await? {
        jobs.extend(of_the_first_workspace());
    }
    let mut made = false;
    for mut job in jobs {
        if known.iter().any(|code| job["code"] == *code) {
            continue;
        }
        job["timezone"] = json!(timezone);
        job["job_type_id"] = json!("built-in");
        job["overlap_policy"] = json!("skip");
        let definition = JobDefinition::read(&job).map_err(AppError::problems)?;
        let ids = (app.new_id(), app.new_id());
        if job_built_in::insert(tx, ws, ids, &definition, now).await? {
            book::plan(tx, ws, ids.0, &definition, true, now).await.map_err(AppError::internal)?;
            made = true;
        }
    }
    Ok(made)
}
