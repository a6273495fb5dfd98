//! What there is to do: read in one transaction, because it is looked for after everything that happens.

use muster_db::job_late_starts::{self, LateRow};
use muster_db::job_leases::{self, LostRow};
use muster_db::job_moments::{self, Moments};
use muster_db::job_queue::{self, Which};
use muster_db::{DbError, Tx, job_plans};
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use super::desk::Desk;

/// Executions that one look takes over.
const LOST: i64 = 32;
/// Jobs that one look starts, and starts that it tries again.
const DUE: i64 = 100;
const LATE: i64 = 50;
/// Executions that it judges.
const WAITING: i64 = 200;

/// What there is to do, but what rests after a fault.
#[derive(Default)]
pub(super) struct Glance {
    pub has_events: bool,
    pub lost: Vec<LostRow>,
    pub late: Vec<LateRow>,
    pub due: Vec<(WorkspaceId, Uuid)>,
    pub waiting: Vec<Which>,
    /// As many as there is room for.
    pub queued: Vec<Which>,
    /// As many as were asked for: there may be more, of other jobs.
    is_full: bool,
    /// When there is something to do next by time alone.
    pub next: Option<Millis>,
}

impl Glance {
    /// Looks, and stops what somebody wants stopped.
    pub async fn take(desk: &Desk) -> Result<Self, DbError> {
        let now = desk.now();
        let resting = desk.rests().resting(now);
        let room = desk.room();
        let mut tx = desk.db.read_all().await?;
        let node = desk.node.id.to_string();
        let moments = job_moments::read(&mut tx, &resting, desk.node.process, &node).await?;
        if moments.has_unwanted {
            for execution in job_leases::to_abort(&mut tx, desk.node.process).await? {
                desk.abort(execution);
            }
        }
        let queued = match i64::try_from(room).unwrap_or(i64::MAX) {
            0 => Vec::new(),
            room => job_queue::next(&mut tx, room, &resting).await?,
        };
        // Most of the time there is nothing: it is not asked for what.
        let is_due = |at: Option<Millis>| at.is_some_and(|at| at <= now);
        let mut glance = Self {
            has_events: moments.has_events,
            lost: lost(desk, &mut tx, &moments, now, &resting).await?,
            is_full: room > 0 && queued.len() == room,
            queued,
            next: next(desk, &moments, now),
            ..Self::default()
        };
        if is_due(moments.late_at) {
            glance.late = job_late_starts::due(&mut tx, now, LATE).await?;
        }
        if is_due(moments.due_at) {
            glance.due = job_plans::due(&mut tx, now, DUE, &resting).await?;
        }
        if is_due(moments.judge_at) {
            glance.waiting = job_queue::to_judge(&mut tx, now, WAITING, &resting).await?;
        }
        Ok(glance)
    }

    /// Whether what is done now may be followed by more: executions that start, or wait, or were not all seen. `taken`: whether
    /// some of the queue were taken; those of them that were not wait for an end of their jobs, which rings.
    pub fn leads_on(&self, taken: bool) -> bool {
        self.has_events
            || (self.is_full && taken)
            || !(self.lost.is_empty() && self.late.is_empty() && self.due.is_empty() && self.waiting.is_empty())
    }
}

async fn lost(
    desk: &Desk,
    tx: &mut Tx,
    moments: &Moments,
    now: Millis,
    resting: &[Uuid],
) -> Result<Vec<LostRow>, DbError> {
    let mut lost = Vec::new();
    if moments.lease_ends_at.is_some_and(|at| at <= now) {
        lost = job_leases::expired(tx, now, LOST, resting).await?;
    }
    if moments.has_orphans && desk.node.is_of_folder {
        let node = desk.node.id.to_string();
        let orphaned = job_leases::orphaned(tx, &node, desk.node.process, LOST, resting).await?;
        let new = orphaned.into_iter().filter(|row| lost.iter().all(|other| other.id != row.id));
        lost.extend(new.collect::<Vec<_>>());
    }
    // One that is at work here is only late with a sign of life.
    lost.retain(|row| !desk.is_at_work(row.id));
    Ok(lost)
}

fn next(desk: &Desk, moments: &Moments, now: Millis) -> Option<Millis> {
    let all = [desk.rests().next(now), moments.due_at, moments.judge_at, moments.lease_ends_at, moments.late_at];
    all.into_iter().flatten().min()
}
