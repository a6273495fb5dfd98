//! Finding named things by a part of their name, for the window's palette.

use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // Named things are few: a scan of the workspace's is fine. An escape sign keeps % and _ what they are.
    NAMED = "SELECT kind, id, name, state FROM (
        SELECT 1 AS place, 'campaign' AS kind, id, name, status AS state FROM campaigns WHERE tenant_id = $1 AND deleted_at IS NULL AND lower(name) LIKE $2 ESCAPE '!'
        UNION ALL SELECT 2, 'offer', id, name, status FROM offers WHERE tenant_id = $1 AND archived_at IS NULL AND lower(name) LIKE $2 ESCAPE '!'
        UNION ALL SELECT 3, 'segment', id, name, type FROM segments WHERE tenant_id = $1 AND archived_at IS NULL AND lower(name) LIKE $2 ESCAPE '!'
        ) AS found ORDER BY place, name, id LIMIT $3";
}

/// A campaign, an offer or a segment that was found.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FoundNamed {
    /// `campaign`, `offer`, `segment`.
    pub kind: String,
    pub id: Uuid,
    pub name: String,
    pub state: String,
}

/// Campaigns, offers and segments with a text somewhere in their name; the text is in lower case.
pub async fn named(tx: &mut Tx, ws: WorkspaceId, text: &str, limit: i64) -> Result<Vec<FoundNamed>> {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    fetch_all!(FoundNamed; tx, NAMED, ws.0, &pattern, limit)
}
