//! Jobs whose moment has come.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use muster_db::{Tx, job_plans};
use muster_domain::job::catch_up;
use muster_domain::job::schedule::Schedule;
use muster_domain::job::words::TriggeredBy;
use muster_domain::workspace::WorkspaceId;
use serde_json::Map;
use uuid::Uuid;

use super::book::{Ask, BookError, Cause, start};
use super::desk::{Desk, SIDE_BY_SIDE};

/// Starts what is due.
pub(super) async fn start_due(desk: &Desk, due: &[(WorkspaceId, Uuid)]) {
    // In the order of their ids, as everybody holds jobs who holds several.
    let mut by_workspace: BTreeMap<i64, BTreeSet<Uuid>> = BTreeMap::new();
    for (ws, job) in due {
        by_workspace.entry(ws.0).or_default().insert(*job);
    }
    for (tenant, jobs) in by_workspace {
        let ws = WorkspaceId(tenant);
        let jobs: Vec<Uuid> = jobs.into_iter().collect();
        if desk.keeps_together() {
            match start_together(desk, ws, &jobs).await {
                Ok(()) => {
                    jobs.iter().for_each(|job| desk.rests().well(*job));
                    continue;
                }
                Err(error) => tracing::warn!(%error, "jobs that are due could not be started together: each alone"),
            }
        }
        let alone = futures::stream::iter(jobs).map(|job| start_alone(desk, ws, job));
        alone.buffered(SIDE_BY_SIDE).collect::<Vec<()>>().await;
    }
}

async fn start_alone(desk: &Desk, ws: WorkspaceId, job: Uuid) {
    match start_together(desk, ws, &[job]).await {
        Ok(()) => desk.rests().well(job),
        Err(error) => {
            tracing::error!(%job, %error, "a job that is due could not be started; it is tried again");
            desk.rests().failed(job, desk.now());
        }
    }
}

async fn start_together(desk: &Desk, ws: WorkspaceId, jobs: &[Uuid]) -> Result<(), BookError> {
    let mut tx = desk.db.write(ws).await?.hastily();
    for job in jobs {
        start_one(desk, &mut tx, ws, *job).await?;
    }
    tx.commit().await?;
    desk.announce(ws);
    Ok(())
}

async fn start_one(desk: &Desk, tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<(), BookError> {
    let Some(job) = job_plans::lock(tx, ws, id).await? else { return Ok(()) };
    let now = desk.now();
    // Another node may have been faster, or somebody paused it.
    let Some(expected) = job.next_run_at.filter(|at| *at <= now && job.is_active && job.status == "active") else {
        return Ok(());
    };
    let holds = job.definition_id.ok_or(BookError::NoJob)?;
    let planned = desk.definition(tx, &job, holds).await.and_then(|definition| {
        let schedule = Schedule::of(&definition, job.interval_from);
        schedule.map(|schedule| (definition, schedule)).map_err(|error| BookError::Refused(error.to_string()))
    });
    let (definition, schedule) = match planned {
        Ok(planned) => planned,
        Err(BookError::Db(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(job = %job.code, %error, "it is not due any more");
            return Ok(job_plans::decide(tx, ws, id, expected, now, None).await?);
        }
    };
    let due = catch_up::due(&schedule, definition.catch_up_policy, job.decided_at, now);
    if due.left_out > 0 {
        tracing::warn!(job = %job.code, moments = due.left_out, isMore = due.is_more, "moments were left out");
    }
    for at in &due.starts {
        let correlation_id = desk.ids.uuid(now).to_string();
        let ask = Ask {
            ws,
            job: id,
            by: TriggeredBy::Scheduler,
            user: None,
            parameters: Map::new(),
            event: None,
            due_at: *at,
            correlation_id: &correlation_id,
        };
        let key = format!("at:{at}");
        let cause = Cause { key: Some(&key), ..Cause::default() };
        start(tx, desk.ids.as_ref(), now, &ask, &cause, &job, &definition).await?;
    }
    Ok(job_plans::decide(tx, ws, id, expected, now, due.next).await?)
}
