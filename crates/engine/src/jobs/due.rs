//! Jobs whose moment has come.

use muster_db::job_plans;
use muster_domain::job::catch_up;
use muster_domain::job::schedule::Schedule;
use muster_domain::job::words::TriggeredBy;
use muster_domain::workspace::WorkspaceId;
use serde_json::Map;
use uuid::Uuid;

use super::book::{Ask, BookError, Cause, definition_of, start};
use super::desk::Desk;

/// Jobs that one look starts at most; the next look follows at once.
const AT_ONCE: i64 = 100;

/// Starts what is due; gives whether there may be more.
pub(super) async fn start_due(desk: &Desk) -> Result<bool, BookError> {
    let due = {
        let mut tx = desk.db.read_all().await?;
        job_plans::due(&mut tx, desk.now(), AT_ONCE, &desk.rests().resting(desk.now())).await?
    };
    let is_more = due.len() == usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    for (ws, job) in due {
        match start_one(desk, ws, job).await {
            Ok(()) => desk.rests().well(job),
            Err(error) => {
                tracing::error!(%job, %error, "a job that is due could not be started; it is tried again");
                desk.rests().failed(job, desk.now());
            }
        }
    }
    Ok(is_more)
}

async fn start_one(desk: &Desk, ws: WorkspaceId, id: Uuid) -> Result<(), BookError> {
    let mut tx = desk.db.write(ws).await?.hastily();
    let Some(job) = job_plans::lock(&mut tx, ws, id).await? else { return Ok(()) };
    let now = desk.now();
    // Another node may have been faster, or somebody paused it.
    let Some(expected) = job.next_run_at.filter(|at| *at <= now && job.is_active && job.status == "active") else {
        return Ok(());
    };
    let planned = definition_of(&mut tx, ws, &job).await.and_then(|definition| {
        let schedule = Schedule::of(&definition, job.interval_from);
        schedule.map(|schedule| (definition, schedule)).map_err(|error| BookError::Refused(error.to_string()))
    });
    let (definition, schedule) = match planned {
        Ok(planned) => planned,
        Err(BookError::Db(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(job = %job.code, %error, "it is not due any more");
            job_plans::decide(&mut tx, ws, id, expected, now, None).await?;
            return Ok(tx.commit().await?);
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
        start(&mut tx, desk.ids.as_ref(), now, &ask, &cause, &job, &definition).await?;
    }
    job_plans::decide(&mut tx, ws, id, expected, now, due.next).await?;
    tx.commit().await?;
    desk.announce(ws);
    Ok(())
}
