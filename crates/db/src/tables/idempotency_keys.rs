//! `idempotency_keys`: calls that programs have named, and what was answered.
//!
//! The primary key decides who does a call: two nodes that are asked at the same moment both insert, and one row appears.
//! From then on every statement names the token of the worker that it means.

use muster_domain::clock::Millis;
use muster_domain::idempotency::{Progress, Record, Worker};
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Claim, DbError, Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO idempotency_keys (tenant_id, asker_id, name, token, progress, method, target, fingerprint, begun_at, lease_until, node_id, process_id)
              VALUES ($1, $2, $3, $4, 'running', $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant_id, asker_id, name) DO NOTHING";
    FIND = "SELECT token, progress, method, target, fingerprint, status, answer, begun_at, lease_until, node_id, process_id
            FROM idempotency_keys WHERE tenant_id = $1 AND asker_id = $2 AND name = $3 {for_update}";
    REMOVE = "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND asker_id = $2 AND name = $3 AND token = $4";
    APPLY = "UPDATE idempotency_keys SET progress = 'applied' WHERE tenant_id = $1 AND asker_id = $2 AND name = $3 AND token = $4 AND progress IN ('running', 'applied')";
    FINISH = "UPDATE idempotency_keys SET progress = 'done', status = $5, answer = $6 WHERE tenant_id = $1 AND asker_id = $2 AND name = $3 AND token = $4 AND progress IN ('running', 'applied')";
    FREE = "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND asker_id = $2 AND name = $3 AND token = $4 AND progress = 'running'";
    LEAVE = "UPDATE idempotency_keys SET lease_until = $5 WHERE tenant_id = $1 AND asker_id = $2 AND name = $3 AND token = $4 AND progress = 'applied'";
    // idempotency_keys_alive; no further than the limit
    ALIVE = "SELECT COUNT(*) FROM (SELECT begun_at FROM idempotency_keys WHERE tenant_id = $1 AND asker_id = $2 AND begun_at > $3 LIMIT $4) AS alive";
    OLDEST = "SELECT MIN(begun_at) FROM idempotency_keys WHERE tenant_id = $1 AND asker_id = $2 AND begun_at > $3";
    // all workspaces; idempotency_keys_begun
    FORGET = "DELETE FROM idempotency_keys WHERE (tenant_id, asker_id, name) IN (SELECT tenant_id, asker_id, name FROM idempotency_keys WHERE begun_at <= $1 ORDER BY begun_at LIMIT $2)";
}

/// A call to begin.
#[derive(Debug, Clone)]
pub struct NewCall<'a> {
    pub method: &'a str,
    /// Path with query.
    pub target: &'a str,
    pub fingerprint: &'a [u8],
    pub now: Millis,
    pub lease_until: Millis,
    pub worker: Worker,
}

/// A call that began before.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CallRow {
    token: Uuid,
    #[sqlx(try_from = "String")]
    progress: Progress,
    pub method: String,
    pub target: String,
    fingerprint: Vec<u8>,
    pub status: Option<i64>,
    /// Sealed; none: it was too long to keep.
    pub answer: Option<Vec<u8>>,
    begun_at: Millis,
    lease_until: Millis,
    node_id: Uuid,
    process_id: Uuid,
}

impl CallRow {
    /// What the domain decides by.
    pub fn record(&self) -> Record<'_> {
        Record {
            progress: self.progress,
            fingerprint: &self.fingerprint,
            begun_at: self.begun_at,
            lease_until: self.lease_until,
            worker: Worker { node: self.node_id, process: self.process_id },
        }
    }
}

/// Begins a call; false when its key is in use.
pub async fn insert(tx: &mut Tx, claim: &Claim, new: &NewCall<'_>) -> Result<bool> {
    let rows = exec!(
        tx,
        INSERT,
        claim.ws.0,
        claim.asker,
        &*claim.name,
        claim.token,
        new.method,
        new.target,
        new.fingerprint,
        new.now,
        new.lease_until,
        new.worker.node,
        new.worker.process
    )?;
    Ok(rows == 1)
}

/// The call of a key, locked until the transaction ends.
pub async fn find(tx: &mut Tx, claim: &Claim) -> Result<Option<CallRow>> {
    fetch_optional!(CallRow; tx, FIND, claim.ws.0, claim.asker, &*claim.name)
}

/// Takes away the call of a key, however far it is: its worker can neither commit nor answer any more.
pub async fn remove(tx: &mut Tx, claim: &Claim, row: &CallRow) -> Result<()> {
    exec_one!("call"; tx, REMOVE, claim.ws.0, claim.asker, &*claim.name, row.token)
}

/// Marks that the call had effect, in the transaction of the effect.
pub(crate) async fn apply(tx: &mut Tx, claim: &Claim) -> Result<()> {
    match exec!(tx, APPLY, claim.ws.0, claim.asker, &*claim.name, claim.token)? {
        1 => Ok(()),
        _ => Err(DbError::ClaimLost),
    }
}

/// Keeps the answer; false when the call is no longer this worker's.
pub async fn finish(tx: &mut Tx, claim: &Claim, status: u16, answer: Option<&[u8]>) -> Result<bool> {
    let status = i64::from(status);
    Ok(exec!(tx, FINISH, claim.ws.0, claim.asker, &*claim.name, claim.token, status, answer)? == 1)
}

/// Gives up without an answer to keep: the key is free again unless something was committed.
pub async fn abandon(tx: &mut Tx, claim: &Claim, now: Millis) -> Result<()> {
    if exec!(tx, FREE, claim.ws.0, claim.asker, &*claim.name, claim.token)? == 0 {
        exec!(tx, LEAVE, claim.ws.0, claim.asker, &*claim.name, claim.token, now)?;
    }
    Ok(())
}

/// How many keys an asker has used after a moment; counted no further than `limit`.
pub async fn alive(tx: &mut Tx, ws: WorkspaceId, asker: Uuid, after: Millis, limit: i64) -> Result<i64> {
    scalar!(i64; tx, ALIVE, ws.0, asker, after, limit)
}

/// When an asker's oldest call after a moment began.
pub async fn oldest(tx: &mut Tx, ws: WorkspaceId, asker: Uuid, after: Millis) -> Result<Option<Millis>> {
    scalar!(Option<i64>; tx, OLDEST, ws.0, asker, after)
}

/// Forgets the oldest of the calls that began no later than a moment, in all workspaces, at most `limit`; gives how many.
pub async fn forget(tx: &mut Tx, until: Millis, limit: i64) -> Result<u64> {
    exec!(tx, FORGET, until, limit)
}
