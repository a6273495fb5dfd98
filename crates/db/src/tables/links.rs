//! `tracked_links`: the only addresses that a click may lead to.

use muster_domain::workspace::WorkspaceId;
use serde::Serialize;

use crate::{Result, Tx, sql};

sql! {
    ADD = "INSERT INTO tracked_links (tenant_id, creative_version_id, position, url)
           SELECT $1, $2, m.position, m.url FROM {rows $3: position bigint, url text} AS m WHERE true ON CONFLICT (creative_version_id, position) DO NOTHING";
    OF_VERSION = "SELECT id, position, url FROM tracked_links WHERE tenant_id = $1 AND creative_version_id = $2 ORDER BY position";
}

/// A link of an immutable text.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LinkRow {
    pub id: i64,
    pub position: i64,
    pub url: String,
}

#[derive(Serialize)]
struct NewLink<'a> {
    position: usize,
    url: &'a str,
}

/// The links of an immutable text, written the first time that it is sent.
pub async fn ensure(tx: &mut Tx, ws: WorkspaceId, version: i64, urls: &[String]) -> Result<Vec<LinkRow>> {
    let rows: Vec<_> = urls.iter().enumerate().map(|(position, url)| NewLink { position, url }).collect();
    if !rows.is_empty() {
        exec!(tx, ADD, ws.0, version, crate::sql::json_rows(&rows))?;
    }
    fetch_all!(LinkRow; tx, OF_VERSION, ws.0, version)
}
