//! `event_readers`: how far each reader of `event_outbox` has come.

use super::audit::EventRow;
use crate::{Result, Tx, sql};

sql! {
    // event_outbox_unplaced. What was kept since, in the order of its ids, goes behind everything that has a place.
    PLACE = "UPDATE event_outbox SET place = n.place FROM
             (SELECT u.id, (SELECT COALESCE(MAX(p.place), 0) FROM event_outbox p) + ROW_NUMBER() OVER (ORDER BY u.id) AS place
              FROM (SELECT id FROM event_outbox WHERE place IS NULL ORDER BY id LIMIT $1) AS u) AS n WHERE event_outbox.id = n.id";
    LOCK = "SELECT last_id FROM event_readers WHERE name = $1 {for_update}";
    // event_outbox_place
    AFTER = "SELECT id, place, tenant_id, name, correlation_id, at, data FROM event_outbox WHERE place > $1 ORDER BY place LIMIT $2";
    MOVE = "UPDATE event_readers SET last_id = $3 WHERE name = $1 AND last_id = $2";
}

/// An event with its place.
#[derive(Debug, Clone, sqlx::FromRow)]
struct PlacedRow {
    place: i64,
    #[sqlx(flatten)]
    event: EventRow,
}

/// The next events for a reader; it has read them when the transaction is kept. One node at a time gets any.
pub async fn next(tx: &mut Tx, reader: &str, limit: i64) -> Result<Vec<EventRow>> {
    tx.lock_name("muster:event_outbox").await?;
    let last = scalar!(i64; tx, LOCK, reader)?;
    exec!(tx, PLACE, limit)?;
    let rows = fetch_all!(PlacedRow; tx, AFTER, last, limit)?;
    if let Some(row) = rows.last() {
        exec_one!("reader"; tx, MOVE, reader, last, row.place)?;
    }
    Ok(rows.into_iter().map(|row| row.event).collect())
}
