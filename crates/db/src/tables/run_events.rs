//! `message_events` of one run, newest first: the feed of the live screen.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    // message_events_run
    NEWEST = "SELECT e.id, e.at, e.kind, e.is_bot, e.seq, e.customer_id, k.first_name, k.last_name, l.url
              FROM message_events e LEFT JOIN customers k ON k.id = e.customer_id LEFT JOIN tracked_links l ON l.id = e.link_id
              WHERE e.tenant_id = $1 AND e.run_id = $2 AND e.id < $3 ORDER BY e.id DESC LIMIT $4";
}

/// Something that happened to a message of a run.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunEventRow {
    pub id: i64,
    pub at: Millis,
    pub kind: String,
    pub is_bot: bool,
    pub seq: i64,
    pub customer_id: i64,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// Where a click led.
    pub url: Option<String>,
}

/// What happened before the event `before`, newest first.
pub async fn newest(tx: &mut Tx, ws: WorkspaceId, run: i64, before: i64, limit: i64) -> Result<Vec<RunEventRow>> {
    fetch_all!(RunEventRow; tx, NEWEST, ws.0, run, before, limit)
}
