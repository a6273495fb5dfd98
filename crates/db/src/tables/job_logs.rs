//! `execution_logs`: what steps said, line by line.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // In the order in which they were said.
    ADD = "INSERT INTO execution_logs (tenant_id, execution_id, step_code, at, level, message)
           SELECT $1, $2, m.step_code, m.at, m.level, m.message FROM {rows $3: n bigint, step_code text, at bigint, level text, message text} AS m ORDER BY m.n
           RETURNING id";
}

/// A line.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NewLine {
    /// Its place among those that are added with it.
    pub n: usize,
    /// None: of the execution itself.
    pub step_code: Option<String>,
    pub at: Millis,
    /// `info`, `warning`, `error`.
    pub level: &'static str,
    pub message: String,
}

/// Adds lines; gives the id of the last one.
pub async fn add(tx: &mut Tx, ws: WorkspaceId, execution: Uuid, lines: &[NewLine]) -> Result<Option<i64>> {
    if lines.is_empty() {
        return Ok(None);
    }
    let ids = fetch_all!((i64,); tx, ADD, ws.0, execution, crate::sql::json_rows(lines))?;
    Ok(ids.into_iter().map(|(id,)| id).max())
}
