//! Notes: how far a node has come with the messages of a lease. Written before each window of messages leaves.
//!
//! On PostgreSQL they stand in the lease's row, and are written over connections of their own ([`crate::notes_line`]).
//! SQLite has one writer at a time, and a note would wait for whoever writes a whole chunk; so there they are kept in a file of their own, beside the database, with a writer of its own. That file says
//! nothing without the leases in the database. Who ends the lease of another ends its notes first: then nothing of it leaves
//! any more. When the file is not there, all that is leased counts as noted.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use super::leases::{Abandoned, Lease, NOTED_IN_FULL, Progress};
use crate::notes_line::NotesLine;
use crate::tx::{HASTY, within};
use crate::{Db, Result, Tx, sql};

sql! {
    NOTE = "UPDATE send_leases SET noted_seq = $5, done_seq = $6, noted_at = $7, expires_at = $8
            WHERE tenant_id = $1 AND id = $2 AND token = $3 AND noted_seq = $4 AND EXISTS
            (SELECT 1 FROM campaign_runs n JOIN campaigns c ON c.id = n.campaign_id WHERE n.id = send_leases.run_id AND n.status = 'running' AND c.status = 'running')";
    NOTED = "SELECT noted_seq FROM send_leases WHERE tenant_id = $1 AND id = $2 AND token = $3";
    ALL_NOTED = "UPDATE send_leases SET noted_seq = $1 WHERE noted_seq < $1";
    // a row for each chunk that is at work
    TOKENS = "SELECT token FROM send_leases ORDER BY id";
}

/// What became of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    Now,
    /// By an earlier try whose answer was lost.
    Before,
    /// The lease is gone, or, on PostgreSQL, the run does not send any more: nothing may leave.
    Refused,
}

/// Notes how far a node has come since `before`. On PostgreSQL that prolongs the lease to `expires_at`.
pub async fn note(
    db: &Db,
    ws: WorkspaceId,
    lease: &Lease,
    before: i64,
    progress: Progress,
    expires_at: Millis,
) -> Result<Noted> {
    match db {
        Db::Sqlite { notes, .. } => notes.note(lease.token, before, progress).await,
        Db::Pg { notes, .. } => note_on(notes, ws, lease, before, progress, expires_at).await,
    }
}

/// One statement, which is a transaction of its own: in one round trip.
async fn note_on(
    notes: &NotesLine,
    ws: WorkspaceId,
    lease: &Lease,
    before: i64,
    progress: Progress,
    expires_at: Millis,
) -> Result<Noted> {
    let mut line = notes.open(ws).await?;
    let Progress { noted, done, at } = progress;
    let note = sqlx::query(NOTE.postgres()).bind(ws.0).bind(lease.id).bind(lease.token).bind(before);
    let note = note.bind(noted).bind(done).bind(at).bind(expires_at);
    let is_noted = within(HASTY, note.execute(&mut line.connection)).await?.rows_affected() == 1;
    let answer = if is_noted {
        Noted::Now
    } else {
        let kept = sqlx::query_scalar(NOTED.postgres()).bind(ws.0).bind(lease.id).bind(lease.token);
        let kept: Option<i64> = within(HASTY, kept.fetch_optional(&mut line.connection)).await?;
        if kept == Some(noted) { Noted::Before } else { Noted::Refused }
    };
    notes.keep(line);
    Ok(answer)
}

/// Ends the notes of leases whose nodes are gone, and adds to each what was noted.
pub async fn end(db: &Db, leases: &mut [Abandoned], now: Millis) -> Result<()> {
    let Db::Sqlite { notes, .. } = db else { return Ok(()) };
    for abandoned in leases {
        let noted = notes.end(abandoned.lease.token, now).await?;
        if noted.noted > abandoned.progress.noted {
            abandoned.progress = noted;
        }
    }
    Ok(())
}

/// Forgets notes from before a moment, but for those of leases that are alive: those of leases that ended in order are of no
/// use any more. At most `limit`; gives how many.
pub async fn forget(db: &Db, before: Millis, limit: i64) -> Result<u64> {
    let Db::Sqlite { notes, .. } = db else { return Ok(0) };
    let alive: Vec<(Uuid,)> = {
        let mut tx = db.read_all().await?;
        fetch_all!((Uuid,); tx, TOKENS)?
    };
    notes.forget(before, &alive.into_iter().map(|one| one.0).collect::<Vec<_>>(), limit).await
}

/// The notes of what is leased now are gone, and it may have left.
pub(crate) async fn all_noted(tx: &mut Tx) -> Result<()> {
    exec!(tx, ALL_NOTED, NOTED_IN_FULL).map(drop)
}
