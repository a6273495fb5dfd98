//! `send_leases`, `deferred_messages`: which messages a node is sending now, and which wait for a moment.
//!
//! A lease covers a chunk of messages and is committed before the first of them leaves; of a large one, each window of
//! messages is noted ([`super::notes`]) before it leaves. Everything that a dead node may have sent stands in its leases; everything
//! else is provably unsent. A mark deletes its lease by id and token, a note names both: a node that was presumed dead
//! and wakes up late finds its lease gone and learns that it was.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    LOCK_RUN = "SELECT n.next_seq, n.total_recipients, n.held_from, n.status AS run_status, c.status AS campaign_status, c.version,
                       (SELECT w.updated_at FROM workspaces w WHERE w.id = n.tenant_id) AS workspace_at,
                       (SELECT MAX(p.updated_at) FROM communication_policies p WHERE p.tenant_id = n.tenant_id AND p.campaign_id IS NULL) AS policy_at,
                       (SELECT p.updated_at FROM communication_policies p WHERE p.tenant_id = n.tenant_id AND p.campaign_id = n.campaign_id) AS own_policy_at
                FROM campaign_runs n JOIN campaigns c ON c.id = n.campaign_id WHERE n.tenant_id = $1 AND n.id = $2 {for_update}";
    ADVANCE = "UPDATE campaign_runs SET next_seq = $4 WHERE tenant_id = $1 AND id = $2 AND next_seq = $3 AND status = 'running'";
    INSERT = "INSERT INTO send_leases (tenant_id, run_id, kind, first_seq, last_seq, token, node_id, expires_at, noted_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    PLAN = "UPDATE send_leases SET contents = $4 WHERE tenant_id = $1 AND id = $2 AND token = $3";
    // deferred_messages_due
    DUE_COUNT = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 AND due_at <= $3 AND lease_id IS NULL LIMIT $4) AS d";
    // The rows are chosen apart: in the condition, PostgreSQL may choose anew for every row that it looks at, and take them all.
    TAKE_DUE = "WITH due AS MATERIALIZED (SELECT d.seq FROM deferred_messages d WHERE d.tenant_id = $1 AND d.run_id = $2 AND d.due_at <= $3 AND d.lease_id IS NULL ORDER BY d.due_at, d.seq LIMIT $5 {skip_locked})
                UPDATE deferred_messages SET lease_id = $4 WHERE tenant_id = $1 AND run_id = $2 AND lease_id IS NULL AND seq IN (SELECT seq FROM due)";
    NEXT_DUE = "SELECT MIN(due_at) FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 AND lease_id IS NULL";
    RELEASE = "DELETE FROM send_leases WHERE tenant_id = $1 AND id = $2 AND token = $3";
    RENEW = "UPDATE send_leases SET expires_at = $4 WHERE tenant_id = $1 AND id = $2 AND token = $3";
    DEFER = "INSERT INTO deferred_messages (run_id, seq, tenant_id, due_at, cause, last_error)
             SELECT $1, m.seq, $2, m.due_at, m.cause, m.last_error FROM {rows $3: seq bigint, due_at bigint, cause text, last_error text} AS m WHERE true
             ON CONFLICT (run_id, seq) DO UPDATE SET due_at = excluded.due_at, cause = excluded.cause, last_error = excluded.last_error, lease_id = NULL";
    DROP_DUE = "DELETE FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 AND lease_id = $3";
    TAKE_BACK = "DELETE FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 AND cause = $3 AND lease_id IS NULL AND seq BETWEEN $5 AND $6
                 AND (seq IN (SELECT id FROM {ids $4} AS i)) IS TRUE RETURNING seq";
    // all runs of the workspace that are not over
    LOSE_SLOTS = "UPDATE deferred_messages SET due_at = $2 WHERE tenant_id = $1 AND cause = 'domain_limit' AND lease_id IS NULL AND due_at > $2";
    // What waits for quiet hours that are others by now: one stretch of the run's messages.
    LOOK_AGAIN = "UPDATE deferred_messages SET due_at = $3 WHERE tenant_id = $1 AND run_id = $2 AND lease_id IS NULL AND seq IN
                  (SELECT seq FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 AND lease_id IS NULL AND due_at > $3 AND seq > $4
                    AND cause = 'quiet_hours' ORDER BY seq LIMIT $5) RETURNING seq";
    // at most one row per run and node; all workspaces
    EXPIRED = "SELECT id, tenant_id, run_id, kind, first_seq, last_seq, token, noted_seq, done_seq, noted_at, contents FROM send_leases WHERE expires_at <= $1 OR node_id = $2 ORDER BY id LIMIT 100 {skip_locked}";
    // of a fresh lease: what was put back to wait meanwhile
    WAITING = "SELECT seq FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 AND seq BETWEEN $3 AND $4";
    // Open work of a run: nothing left means that it is finished.
    OPEN_WORK = "SELECT (SELECT COUNT(*) FROM (SELECT 1 AS one FROM send_leases WHERE tenant_id = $1 AND run_id = $2 LIMIT 1) AS a)
                      + (SELECT COUNT(*) FROM (SELECT 1 AS one FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 LIMIT 1) AS b)";
    // cancel, and the end of a campaign: what no lease holds; what a node put back to wait is not its any more, wherever its number lies
    CANCEL_PENDING = "UPDATE run_recipients SET status = 9, failed_at = $3, reason = $4 WHERE tenant_id = $1 AND run_id = $2 AND status = 0
                      AND (EXISTS (SELECT 1 FROM deferred_messages w WHERE w.run_id = run_recipients.run_id AND w.seq = run_recipients.seq AND w.lease_id IS NULL)
                           OR (NOT EXISTS (SELECT 1 FROM send_leases l WHERE l.run_id = run_recipients.run_id AND l.kind = 'fresh' AND run_recipients.seq BETWEEN l.first_seq AND l.last_seq)
                               AND NOT EXISTS (SELECT 1 FROM deferred_messages d WHERE d.run_id = run_recipients.run_id AND d.seq = run_recipients.seq AND d.lease_id IS NOT NULL)))
                      RETURNING CAST(variant_no AS BIGINT)";
    CANCEL_DEFERRED = "DELETE FROM deferred_messages WHERE tenant_id = $1 AND run_id = $2 AND lease_id IS NULL";
}

/// Where a run stands, locked until the transaction ends.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunPosition {
    pub next_seq: i64,
    pub total_recipients: i64,
    /// From this number on recipients wait for the winner of the A/B test.
    pub held_from: Option<i64>,
    pub run_status: String,
    pub campaign_status: String,
    /// Of the campaign: moves with every edit.
    pub version: i64,
    /// When the workspace's settings were written last.
    pub workspace_at: Millis,
    /// When the workspace's quiet hours and frequency caps were written last, and the campaign's own.
    pub policy_at: Option<Millis>,
    pub own_policy_at: Option<Millis>,
}

impl RunPosition {
    /// How many recipients that no lease has taken yet may be taken.
    pub fn untouched(&self) -> i64 {
        let last = self.held_from.map_or(self.total_recipients, |from| self.total_recipients.min(from - 1));
        last - self.next_seq + 1
    }
}

/// Which rows a lease covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseKind {
    /// Recipients `first..=last`, never tried before.
    Fresh { first: i64, last: i64 },
    /// The deferred messages that carry the lease's id.
    Due,
}

/// A lease as it is held.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    pub id: i64,
    pub run_id: i64,
    pub kind: LeaseKind,
    pub token: Uuid,
}

/// How far a node has come with a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Messages up to this one may have left.
    pub noted: i64,
    /// Messages up to this one have; what of them is still pending was taken by its provider.
    pub done: i64,
    /// When that was noted.
    pub at: Millis,
}

/// Of a lease that is noted in full from its beginning: all of it may leave at once.
pub const NOTED_IN_FULL: i64 = i64::MAX;

/// A message that is to be sent: its number, its content's, and why that one.
pub type Planned = (i64, i64, i16);

/// A lease whose node stopped, with all that it noted.
#[derive(Debug, Clone)]
pub struct Abandoned {
    pub ws: WorkspaceId,
    pub lease: Lease,
    pub progress: Progress,
    /// None: it was not noted by windows.
    pub planned: Option<Vec<Planned>>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
struct LeaseRow {
    id: i64,
    tenant_id: i64,
    run_id: i64,
    kind: String,
    first_seq: i64,
    last_seq: i64,
    token: Uuid,
    noted_seq: i64,
    done_seq: i64,
    noted_at: Millis,
    #[sqlx(json(nullable))]
    contents: Option<Vec<Stretch>>,
}

/// Messages of a lease one after the other that get one content for one reason. A chunk in one language is one stretch; its
/// row is written anew with each note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Stretch {
    /// First, last, content, reason.
    Many(i64, i64, i64, i16),
    /// As leases of older nodes have it.
    One(i64, i64, i16),
}

impl Stretch {
    fn all(planned: &[Planned]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for &(seq, content, reason) in planned {
            match all.last_mut() {
                Some(Self::Many(_, last, c, r)) if *last + 1 == seq && *c == content && *r == reason => *last = seq,
                _ => all.push(Self::Many(seq, seq, content, reason)),
            }
        }
        all
    }

    fn planned(self) -> impl Iterator<Item = Planned> {
        let (first, last, content, reason) = match self {
            Self::Many(first, last, content, reason) => (first, last, content, reason),
            Self::One(seq, content, reason) => (seq, seq, content, reason),
        };
        (first..=last).map(move |seq| (seq, content, reason))
    }
}

/// A message that goes back to wait.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Deferral {
    pub seq: i64,
    pub due_at: Millis,
    /// `retry`, `quiet_hours`, `domain_limit`, `in_doubt`, or `returned`: leased and given back unsent; `requeued` is written
    /// by [`super::dead_letters::revive`].
    pub cause: &'static str,
    pub last_error: Option<String>,
}

/// Reads and locks a run's position.
pub async fn lock_run(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Option<RunPosition>> {
    fetch_optional!(RunPosition; tx, LOCK_RUN, ws.0, run)
}

/// Takes the recipients `first..=last` of a locked run. `noted`: [`NOTED_IN_FULL`], or 0 when windows are noted.
pub async fn take_fresh(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    first: i64,
    last: i64,
    token: Uuid,
    node: Uuid,
    expires_at: Millis,
    noted: i64,
) -> Result<Lease> {
    exec_one!("run"; tx, ADVANCE, ws.0, run, first, last + 1)?;
    let id = scalar!(i64; tx, INSERT, ws.0, run, "fresh", first, last, token, node, expires_at, noted)?;
    Ok(Lease { id, run_id: run, kind: LeaseKind::Fresh { first, last }, token })
}

/// How many deferred messages are due, counted up to a limit.
pub async fn due_count(tx: &mut Tx, ws: WorkspaceId, run: i64, now: Millis, limit: i64) -> Result<i64> {
    scalar!(i64; tx, DUE_COUNT, ws.0, run, now, limit)
}

/// Takes up to `limit` deferred messages that are due. `noted` as in [`take_fresh`].
pub async fn take_due(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    now: Millis,
    limit: i64,
    token: Uuid,
    node: Uuid,
    expires_at: Millis,
    noted: i64,
) -> Result<Lease> {
    let id = scalar!(i64; tx, INSERT, ws.0, run, "due", 0_i64, 0_i64, token, node, expires_at, noted)?;
    exec!(tx, TAKE_DUE, ws.0, run, now, id, limit)?;
    Ok(Lease { id, run_id: run, kind: LeaseKind::Due, token })
}

/// When the next deferred message is due.
pub async fn next_due(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Option<Millis>> {
    scalar!(Option<Millis>; tx, NEXT_DUE, ws.0, run)
}

/// Ends a lease. False: it is gone, this node was presumed dead.
pub async fn release(tx: &mut Tx, ws: WorkspaceId, lease: &Lease) -> Result<bool> {
    Ok(exec!(tx, RELEASE, ws.0, lease.id, lease.token)? == 1)
}

/// Prolongs a lease. False: it is gone.
pub async fn renew(tx: &mut Tx, ws: WorkspaceId, lease: &Lease, expires_at: Millis) -> Result<bool> {
    Ok(exec!(tx, RENEW, ws.0, lease.id, lease.token, expires_at)? == 1)
}

/// Keeps what a lease that is noted by windows is about to send: what a rescue needs to know beside the notes.
pub async fn plan(tx: &mut Tx, ws: WorkspaceId, lease: &Lease, planned: &[Planned]) -> Result<()> {
    exec!(tx, PLAN, ws.0, lease.id, lease.token, crate::sql::json_rows(&Stretch::all(planned))).map(drop)
}

/// Puts messages back to wait.
pub async fn defer(tx: &mut Tx, ws: WorkspaceId, run: i64, rows: &[Deferral]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    exec!(tx, DEFER, run, ws.0, crate::sql::json_rows(rows)).map(drop)
}

/// Takes messages out of the queue that wait there for one cause and are not on their way; gives which they are.
pub async fn take_back(tx: &mut Tx, ws: WorkspaceId, run: i64, cause: &str, seqs: &[i64]) -> Result<Vec<i64>> {
    let (Some(first), Some(last)) = (seqs.iter().min(), seqs.iter().max()) else { return Ok(Vec::new()) };
    let rows = fetch_all!((i64,); tx, TAKE_BACK, ws.0, run, cause, crate::sql::json_rows(seqs), first, last)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Takes their slots from all messages of a workspace that wait for one of their domain: each gets another when it is looked
/// at next, which is at once. `lost_at`: so long ago that a slot of then does not hold any more.
pub async fn lose_slots(tx: &mut Tx, ws: WorkspaceId, lost_at: Millis) -> Result<()> {
    exec!(tx, LOSE_SLOTS, ws.0, lost_at).map(drop)
}

/// Makes what waits for the end of quiet hours due now: the first `limit` messages after number `after`. Gives the last of
/// them; none: there are no more.
pub async fn look_again(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    now: Millis,
    after: i64,
    limit: i64,
) -> Result<Option<i64>> {
    let rows = fetch_all!((i64,); tx, LOOK_AGAIN, ws.0, run, now, after, limit)?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= limit);
    Ok(rows.into_iter().map(|row| row.0).max().filter(|_| is_full))
}

/// Removes the deferred rows that a lease still holds: they are done.
pub async fn drop_due(tx: &mut Tx, ws: WorkspaceId, lease: &Lease) -> Result<()> {
    exec!(tx, DROP_DUE, ws.0, lease.run_id, lease.id).map(drop)
}

/// Leases of nodes that did not renew them, and all of a node that is known to be dead (nil: none is), in all workspaces,
/// at most 100.
pub async fn expired(tx: &mut Tx, now: Millis, dead: Uuid) -> Result<Vec<Abandoned>> {
    let rows = fetch_all!(LeaseRow; tx, EXPIRED, now, dead)?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let kind = if r.kind == "due" {
                LeaseKind::Due
            } else {
                LeaseKind::Fresh { first: r.first_seq, last: r.last_seq }
            };
            Abandoned {
                ws: WorkspaceId(r.tenant_id),
                lease: Lease { id: r.id, run_id: r.run_id, kind, token: r.token },
                progress: Progress { noted: r.noted_seq, done: r.done_seq, at: r.noted_at },
                planned: r.contents.map(|all| all.into_iter().flat_map(Stretch::planned).collect()),
            }
        })
        .collect())
}

/// Which messages of a lease its node put back to wait: they are not its any more.
pub async fn waiting(tx: &mut Tx, ws: WorkspaceId, lease: &Lease) -> Result<Vec<i64>> {
    let LeaseKind::Fresh { first, last } = lease.kind else { return Ok(Vec::new()) };
    let rows = fetch_all!((i64,); tx, WAITING, ws.0, lease.run_id, first, last)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Whether leases or deferred messages are left.
pub async fn has_open_work(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<bool> {
    Ok(scalar!(i64; tx, OPEN_WORK, ws.0, run)? > 0)
}

/// Cancels what no node is sending now, and says why; gives the variant of each such message.
pub async fn cancel_pending(tx: &mut Tx, ws: WorkspaceId, run: i64, why: &str, now: Millis) -> Result<Vec<i64>> {
    let rows = fetch_all!((i64,); tx, CANCEL_PENDING, ws.0, run, now, why)?;
    exec!(tx, CANCEL_DEFERRED, ws.0, run)?;
    Ok(rows.into_iter().map(|r| r.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planned_comes_back_and_a_chunk_in_one_language_is_one_stretch() {
        let planned: Vec<Planned> = vec![(1, 1, 0), (2, 1, 0), (3, 1, 1), (4, 2, 0), (6, 2, 0)];
        let kept = serde_json::to_string(&Stretch::all(&planned)).unwrap();
        assert_eq!(kept, "[[1,2,1,0],[3,3,1,1],[4,4,2,0],[6,6,2,0]]");
        let read: Vec<Stretch> = serde_json::from_str(&kept).unwrap();
        assert_eq!(read.into_iter().flat_map(Stretch::planned).collect::<Vec<_>>(), planned);
        let chunk: Vec<Planned> = (1..=500).map(|seq| (seq, 1, 0)).collect();
        assert_eq!(Stretch::all(&chunk), [Stretch::Many(1, 500, 1, 0)]);
    }

    #[test]
    fn a_lease_of_an_older_node_is_understood() {
        let read: Vec<Stretch> = serde_json::from_str("[[5,1,0],[6,1,0]]").unwrap();
        assert_eq!(read.into_iter().flat_map(Stretch::planned).collect::<Vec<_>>(), [(5, 1, 0), (6, 1, 0)]);
        assert!(serde_json::from_str::<Vec<Stretch>>("[[5,1]]").is_err());
    }
}
