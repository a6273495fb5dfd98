//! Which campaign sent a message to a recipient, how and when.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    GET = "SELECT n.campaign_id, p.name AS campaign_name, c.channel, r.sent_at
           FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id JOIN campaigns p ON p.id = n.campaign_id
           JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
           WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.seq = $3 AND r.sent_at IS NOT NULL";
}

/// A message that went out.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SentMessageRow {
    pub campaign_id: uuid::Uuid,
    pub campaign_name: String,
    pub channel: String,
    pub sent_at: Option<Millis>,
}

/// The message of a recipient, once it was sent.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, run_id: i64, seq: i64) -> Result<Option<SentMessageRow>> {
    fetch_optional!(SentMessageRow; tx, GET, ws.0, run_id, seq)
}
