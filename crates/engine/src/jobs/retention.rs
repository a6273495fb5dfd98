//! How long executions are kept.

use muster_db::{DbError, job_retention};
use muster_domain::time::DAY;

use super::desk::Desk;

/// Put away after this long: lists do not show it unless they are asked to, and its lines are forgotten.
const ARCHIVED_AFTER: i64 = 30 * DAY;
/// Forgotten after this long.
const FORGOTTEN_AFTER: i64 = 400 * DAY;
/// Executions of each built-in job that are kept: some run every minute.
const BUILT_IN_KEPT: i64 = 100;
/// Rows of one transaction: well under a second in which nobody else writes.
const AT_ONCE: i64 = 2_000;

/// Puts away and forgets a batch of each kind; gives whether there may be more.
pub(super) async fn tidy(desk: &Desk) -> Result<bool, DbError> {
    let now = desk.now();
    let mut tx = desk.db.write_all().await?;
    let changed = [
        job_retention::thin_out(&mut tx, BUILT_IN_KEPT, AT_ONCE).await?,
        job_retention::archive(&mut tx, now - ARCHIVED_AFTER, AT_ONCE).await?,
        job_retention::forget_logs(&mut tx, now - ARCHIVED_AFTER, AT_ONCE).await?,
        job_retention::forget(&mut tx, now - FORGOTTEN_AFTER, AT_ONCE).await?,
    ];
    tx.commit().await?;
    Ok(changed.iter().any(|rows| *rows >= AT_ONCE.unsigned_abs()))
}
