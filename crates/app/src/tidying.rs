//! What is kept for a time only, forgotten a batch at a time: nobody who writes waits for more than one of them.

use muster_db::{
    Tx, budgets, dead_letters, deliveries, idempotency_keys, mailbox_messages, notes, sending_nodes, sessions,
};
use muster_domain::idempotency;
use muster_domain::time::{DAY, HOUR, MINUTE};

use crate::dead_letters::KEPT_MS;
use crate::{App, AppResult, mailboxes};

/// Rows of one kind that one tidying removes: well under a second in which nobody else writes.
pub const AT_ONCE: i64 = 50_000;

/// Forgets the oldest of each kind, `at_once` at most, each kind in a transaction of its own; gives whether there may be
/// more.
pub async fn forget_old(app: &App, at_once: i64) -> AppResult<bool> {
    let now = app.now();
    let forgotten = [
        with(app, async |tx| budgets::forget(tx, now - DAY - MINUTE, at_once).await).await?,
        with(app, async |tx| sessions::delete_expired(tx, now, at_once).await).await?,
        with(app, async |tx| dead_letters::forget(tx, now - KEPT_MS, at_once).await).await?,
        with(app, async |tx| deliveries::forget_attempts(tx, now - KEPT_MS, at_once).await).await?,
        with(app, async |tx| idempotency_keys::forget(tx, now - idempotency::KEPT_MS, at_once).await).await?,
        with(app, async |tx| mailbox_messages::forget(tx, now - mailboxes::KNOWN_MS, at_once).await).await?,
        with(app, async |tx| sending_nodes::forget(tx, now - DAY, at_once).await).await?,
        notes::forget(&app.db, now - HOUR, at_once).await?,
    ];
    Ok(forgotten.iter().any(|rows| *rows >= at_once.unsigned_abs()))
}

async fn with(app: &App, forget: impl AsyncFnOnce(&mut Tx) -> muster_db::Result<u64>) -> AppResult<u64> {
    let mut tx = app.db.write_all().await?.patiently();
    let rows = forget(&mut tx).await?;
    tx.commit().await?;
    Ok(rows)
}
