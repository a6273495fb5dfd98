//! Starts that a fault stood in the way of, while the event or the end that caused them was done with.

use muster_db::job_late_starts::{self, LateRow};
use muster_db::{Tx, audit, job_alerts, job_plans};
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use super::book::BookError;
use super::desk::Desk;
use super::rests::rest;
use super::{events, follow};

/// After so many tries, which take some hours, a start is left out, and somebody is told.
const MOST_TRIES: i64 = 60;

/// What was to start a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    Event(i64),
    /// The end of an execution.
    After(Uuid),
}

impl Cause {
    fn read(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("event", id) => id.parse().ok().map(Self::Event),
            ("after", id) => id.parse().ok().map(Self::After),
            _ => None,
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Event(id) => write!(f, "event:{id}"),
            Self::After(id) => write!(f, "after:{id}"),
        }
    }
}

/// Goes on after the start of a job in a transaction of others, which began with a savepoint: one that failed is undone and
/// tried again later.
///
/// # Errors
/// When the transaction as a whole is lost.
pub(super) async fn settle(
    tx: &mut Tx,
    ws: WorkspaceId,
    job: Uuid,
    cause: Cause,
    started: Result<(), BookError>,
    now: Millis,
) -> Result<(), BookError> {
    let Err(error) = started else { return Ok(tx.release().await?) };
    tx.back().await?;
    tracing::error!(%job, %cause, %error, "a job could not be started; it is tried again");
    Ok(job_late_starts::put(tx, ws, job, &cause.to_string(), now + rest(1)).await?)
}

/// Tries those again whose moment has come.
pub(super) async fn start(desk: &Desk, due: &[LateRow]) -> Result<(), BookError> {
    for row in due {
        if let Err(error) = start_one(desk, row).await {
            tracing::error!(job = %row.job_id, cause = %row.cause, %error, "a job could not be started; it is tried again");
            put_off(desk, row, &error).await?;
        }
    }
    Ok(())
}

async fn start_one(desk: &Desk, row: &LateRow) -> Result<(), BookError> {
    let (ws, now) = (WorkspaceId(row.tenant_id), desk.now());
    let mut tx = desk.db.write(ws).await?.hastily();
    if !job_late_starts::take(&mut tx, row).await? {
        return Ok(());
    }
    match Cause::read(&row.cause) {
        Some(Cause::Event(id)) => {
            if let Some(event) = audit::event(&mut tx, ws, id).await? {
                events::start_by(&mut tx, desk, &event, row.job_id, now).await?;
            }
        }
        Some(Cause::After(execution)) => {
            let end = follow::end_of(&mut tx, ws, execution).await?;
            follow::start_after(&mut tx, desk.ids.as_ref(), ws, &end, row.job_id, now).await?;
        }
        None => tracing::error!(cause = %row.cause, "nobody knows this cause: it starts nothing"),
    }
    tx.commit().await?;
    desk.announce(ws);
    Ok(())
}

async fn put_off(desk: &Desk, row: &LateRow, why: &BookError) -> Result<(), BookError> {
    let (ws, now) = (WorkspaceId(row.tenant_id), desk.now());
    let mut tx = desk.db.write(ws).await?.hastily();
    if row.tries < MOST_TRIES {
        let failures = u32::try_from(row.tries + 1).unwrap_or(u32::MAX);
        job_late_starts::postpone(&mut tx, row, now + rest(failures)).await?;
    } else if job_late_starts::take(&mut tx, row).await? && job_plans::get(&mut tx, ws, row.job_id).await?.is_some() {
        let words = format!("A start was left out: {why}.");
        job_alerts::insert(&mut tx, ws, "left_out", row.job_id, None, &words, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_read_as_it_was_written() {
        for cause in [Cause::Event(7), Cause::After(Uuid::from_u128(9))] {
            assert_eq!(Cause::read(&cause.to_string()), Some(cause));
        }
        assert_eq!(Cause::read("moon:full"), None);
    }
}
