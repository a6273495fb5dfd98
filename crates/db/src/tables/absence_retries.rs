//! `absence_retries`: messages that go again after their readers are back. One row for each message that was answered.

use muster_domain::clock::Millis;
use muster_domain::reply::absence::{MAX_ROUNDS, RetryDropped};
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    // absence_retries_again: the words went already in the message that is answered now
    ROUND = "SELECT COALESCE(MAX(round), 0) + 1 FROM absence_retries WHERE tenant_id = $1 AND run_id = $2 AND again_seq = $3";
    PLAN = "INSERT INTO absence_retries (run_id, seq, tenant_id, customer_id, response_id, due_at, round, status) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting')
            ON CONFLICT (run_id, seq) DO UPDATE SET response_id = excluded.response_id, due_at = excluded.due_at, status = 'waiting', reason = NULL, decided_at = NULL
            WHERE absence_retries.status = 'waiting' OR absence_retries.status = 'dropped' AND absence_retries.reason = $8";
    // absence_retries_due
    DUE_RUNS = "SELECT DISTINCT tenant_id, run_id FROM absence_retries WHERE status = 'waiting' AND due_at <= $1 LIMIT 100";
    NEXT_DUE = "SELECT MIN(due_at) FROM absence_retries WHERE status = 'waiting' AND due_at > $1";
    // Of a locked run.
    DUE = "SELECT a.seq, CAST(r.variant_no AS BIGINT) AS variant_no, (r.clicked_at IS NOT NULL OR r.replied_at IS NOT NULL) AS has_answered, k.erased_at IS NOT NULL AS is_erased
           FROM absence_retries a JOIN run_recipients r ON r.run_id = a.run_id AND r.seq = a.seq JOIN customers k ON k.id = r.customer_id
           WHERE a.tenant_id = $1 AND a.run_id = $2 AND a.status = 'waiting' AND a.due_at <= $3 ORDER BY a.seq LIMIT $4";
    POSTPONE = "UPDATE absence_retries SET due_at = $4 WHERE tenant_id = $1 AND run_id = $2 AND status = 'waiting' AND due_at <= $3";
    DROP = "UPDATE absence_retries SET status = 'dropped', reason = $4, decided_at = $5
            WHERE tenant_id = $1 AND run_id = $2 AND seq IN (SELECT id FROM {ids $3} AS i) AND status = 'waiting'";
    // absence_retries_customer
    ANSWERED = "UPDATE absence_retries SET status = 'dropped', reason = $4, decided_at = $5 WHERE tenant_id = $1 AND customer_id = $2 AND run_id = $3 AND status = 'waiting'";
    OF_RESPONSE = "UPDATE absence_retries SET status = 'dropped', reason = $5, decided_at = $6 WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND response_id = $4 AND status = 'waiting'";
    AGAIN = "INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, offer_no, variant_no)
             SELECT r.run_id, m.again, r.tenant_id, r.customer_id, r.segment_no, r.offer_no, r.variant_no
             FROM {rows $3: seq bigint, again bigint} AS m JOIN run_recipients r ON r.run_id = $2 AND r.seq = m.seq WHERE r.tenant_id = $1";
    SENT = "UPDATE absence_retries SET status = 'sent', again_seq = m.again, decided_at = $4 FROM {rows $3: seq bigint, again bigint} AS m
            WHERE absence_retries.tenant_id = $1 AND absence_retries.run_id = $2 AND absence_retries.seq = m.seq AND absence_retries.status = 'waiting'";
}

/// A message to send again.
#[derive(Debug, Clone)]
pub struct NewRetry {
    pub run_id: i64,
    pub seq: i64,
    pub customer_id: i64,
    pub response_id: Uuid,
    pub due_at: Millis,
}

/// A message that is due to go again.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DueRow {
    pub seq: i64,
    pub variant_no: i64,
    /// Followed a link of it or replied.
    pub has_answered: bool,
    pub is_erased: bool,
}

/// A message and the number under which it goes again.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Again {
    pub seq: i64,
    pub again: i64,
}

/// Plans to send a message again; a later absence moves what waits. Gives whether it will: not when it went
/// [`MAX_ROUNDS`] times already, nor when somebody said no.
pub async fn plan(tx: &mut Tx, ws: WorkspaceId, new: &NewRetry) -> Result<bool> {
    let round = scalar!(i64; tx, ROUND, ws.0, new.run_id, new.seq)?;
    if round > MAX_ROUNDS {
        return Ok(false);
    }
    let corrected = RetryDropped::Corrected.as_str();
    let rows =
        exec!(tx, PLAN, new.run_id, new.seq, ws.0, new.customer_id, new.response_id, new.due_at, round, corrected)?;
    Ok(rows == 1)
}

/// Runs of all workspaces with messages that are due.
pub async fn due_runs(tx: &mut Tx, now: Millis) -> Result<Vec<(WorkspaceId, i64)>> {
    Ok(fetch_all!((i64, i64); tx, DUE_RUNS, now)?.into_iter().map(|(ws, run)| (WorkspaceId(ws), run)).collect())
}

/// When the next one is due, after now.
pub async fn next_due(tx: &mut Tx, now: Millis) -> Result<Option<Millis>> {
    scalar!(Option<i64>; tx, NEXT_DUE, now)
}

/// What is due of a locked run, in its order.
pub async fn due(tx: &mut Tx, ws: WorkspaceId, run: i64, now: Millis, limit: i64) -> Result<Vec<DueRow>> {
    fetch_all!(DueRow; tx, DUE, ws.0, run, now, limit)
}

/// Looks at what is due of a run later.
pub async fn postpone(tx: &mut Tx, ws: WorkspaceId, run: i64, now: Millis, to: Millis) -> Result<()> {
    exec!(tx, POSTPONE, ws.0, run, now, to).map(drop)
}

/// Gives up messages of a run that wait.
pub async fn drop_these(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    seqs: &[i64],
    why: RetryDropped,
    now: Millis,
) -> Result<()> {
    exec!(tx, DROP, ws.0, run, json_rows(seqs), why.as_str(), now).map(drop)
}

/// Gives up what waits for a customer of a run, who answered.
pub async fn answered(tx: &mut Tx, ws: WorkspaceId, run: i64, customer: i64, now: Millis) -> Result<()> {
    exec!(tx, ANSWERED, ws.0, customer, run, RetryDropped::Answered.as_str(), now).map(drop)
}

/// Gives up what waits for a reply; whether there was something.
pub async fn drop_of_response(
    tx: &mut Tx,
    ws: WorkspaceId,
    (run, seq): (i64, i64),
    response: Uuid,
    why: RetryDropped,
    now: Millis,
) -> Result<bool> {
    Ok(exec!(tx, OF_RESPONSE, ws.0, run, seq, response, why.as_str(), now)? == 1)
}

/// Writes the further recipients. [`crate::DbError::Stale`] unless all of them waited.
pub async fn insert_again(tx: &mut Tx, ws: WorkspaceId, run: i64, again: &[Again], now: Millis) -> Result<()> {
    let inserted = exec!(tx, AGAIN, ws.0, run, json_rows(again))?;
    let marked = exec!(tx, SENT, ws.0, run, json_rows(again), now)?;
    let all = u64::try_from(again.len()).unwrap_or(u64::MAX);
    if inserted == all && marked == all { Ok(()) } else { Err(crate::DbError::Stale { what: "message" }) }
}
