//! The machine: moves the contacts of plans. Everything that it does is a row of `scheduled_actions` that is due: the action
//! of a node, a timeout, or that something happened. A turn takes some of one run, under the run's lock, and writes all of it
//! in one transaction: what is undone was never done, and nobody does it twice.

mod act;
mod turn;
mod walk;

use muster_db::plan_machine;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use super::draft::unreadable;
use crate::{App, AppResult, Ctx, runs};

/// Turns of one run before others have theirs.
const TURNS: usize = 200;
/// Windows are told about a plan this often at most, milliseconds.
const TELL_EVERY: Millis = 100;

/// Does what is due in all plans that run.
pub async fn advance_due(app: &App) -> AppResult<()> {
    advance_due_of(app, None).await.map(drop)
}

/// Does what is due in one workspace (`only`), or in all; gives how many actions, timeouts and events that were.
pub(crate) async fn advance_due_of(app: &App, only: Option<WorkspaceId>) -> AppResult<i64> {
    let due = {
        let mut tx = app.db.read_all().await?;
        plan_machine::due_runs(&mut tx, app.now()).await?
    };
    let (mut done, mut failed) = (0, None);
    // One that fails is in no other's way.
    for (ws, run) in due.into_iter().filter(|(ws, _)| only.is_none_or(|only| only == *ws)) {
        match advance(app, ws, run).await {
            Ok(some) => done += some,
            Err(error) => {
                tracing::error!(tenantId = ws.0, runId = run, %error, "a plan could not go on; it is tried again");
                failed.get_or_insert(error);
            }
        }
    }
    failed.filter(|_| only.is_some()).map_or(Ok(done), Err)
}

/// When something is due next; in the past when it is due already.
pub(crate) async fn next_due(app: &App) -> AppResult<Option<Millis>> {
    let mut tx = app.db.read_all().await?;
    Ok(plan_machine::next_due(&mut tx).await?)
}

async fn advance(app: &App, ws: WorkspaceId, run: i64) -> AppResult<i64> {
    let ctx = Ctx::system(ws, app.new_id().to_string());
    let (mut done, mut told_at, mut campaign) = (0, 0, None);
    for _ in 0..TURNS {
        let turn = match turn::take(app, &ctx, run).await? {
            Some(Ok(turn)) => turn,
            Some(Err(stuck)) => {
                pause(app, &ctx, &stuck).await;
                campaign = Some(stuck.campaign);
                break;
            }
            None => break,
        };
        done += turn.done;
        campaign = Some(turn.campaign);
        if turn.is_for_the_sender {
            app.nudges.add(run);
            app.wake.notify_one();
        }
        if app.now() - told_at >= TELL_EVERY {
            told_at = app.now();
            app.plan_changed(ws, turn.campaign);
        }
    }
    if let Some(campaign) = campaign {
        app.plan_changed(ws, campaign);
    }
    Ok(done)
}

/// A plan of which a version cannot be read pauses itself, and says so.
async fn pause(app: &App, ctx: &Ctx, stuck: &turn::Stuck) {
    tracing::error!(campaignId = %stuck.campaign, version = stuck.version, "a plan that runs cannot be read: it is paused");
    let why = unreadable(stuck.version);
    if let Err(error) = runs::pause_with(app, ctx, stuck.campaign, Some(&why)).await {
        tracing::error!(campaignId = %stuck.campaign, %error, "the plan could not be paused");
    }
}

impl App {
    /// Tells windows that contacts of a plan moved.
    pub(crate) fn plan_changed(&self, ws: WorkspaceId, campaign: Uuid) {
        self.live.publish(ws, format!("plan:{campaign}"), json!({}));
    }
}
