//! `sql_scripts`, as a step reads them: by name.

use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    FIND = "SELECT body, writes FROM sql_scripts WHERE tenant_id = $1 AND name = $2";
}

/// A saved script.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SavedSql {
    pub body: String,
    /// Whether it may change rows.
    pub writes: bool,
}

/// The script of a name.
pub async fn find(tx: &mut Tx, ws: WorkspaceId, name: &str) -> Result<Option<SavedSql>> {
    fetch_optional!(SavedSql; tx, FIND, ws.0, name)
}
