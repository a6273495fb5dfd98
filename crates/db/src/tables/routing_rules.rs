//! `routing_rules`: what a workspace changed in the routing table. A class without a row keeps its default.

use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    LIST = "SELECT disposition, queue, priority, title_template, draft_template, answer_within_minutes, retry FROM routing_rules WHERE tenant_id = $1";
    PUT = "INSERT INTO routing_rules (tenant_id, disposition, queue, priority, title_template, draft_template, answer_within_minutes, retry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (tenant_id, disposition) DO UPDATE SET queue = excluded.queue, priority = excluded.priority, title_template = excluded.title_template,
               draft_template = excluded.draft_template, answer_within_minutes = excluded.answer_within_minutes, retry = excluded.retry";
}

/// One changed route; without a queue the reply is logged only.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RoutingRow {
    pub disposition: String,
    pub queue: Option<String>,
    pub priority: Option<String>,
    pub title_template: Option<String>,
    pub draft_template: Option<String>,
    pub answer_within_minutes: Option<i64>,
    /// 1: the message goes again after the writer is back; 0: it does not; none: as the default says.
    pub retry: Option<i16>,
}

/// The changed routes.
pub async fn list(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<RoutingRow>> {
    fetch_all!(RoutingRow; tx, LIST, ws.0)
}

/// Writes a route.
pub async fn put(tx: &mut Tx, ws: WorkspaceId, r: &RoutingRow) -> Result<()> {
    exec!(
        tx,
        PUT,
        ws.0,
        &r.disposition,
        &r.queue,
        &r.priority,
        &r.title_template,
        &r.draft_template,
        r.answer_within_minutes,
        r.retry
    )?;
    Ok(())
}
