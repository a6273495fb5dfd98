//! `sql_scripts`: SQL that `stored_proc` steps call by name.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{DbError, Result, Tx, sql};

/// The columns of [`ScriptRow`], and which rows.
macro_rules! rows {
    ($which:literal) => {
        concat!(
            "SELECT id, name, description, body, writes, version, created_at, updated_at FROM sql_scripts WHERE tenant_id = $1",
            $which
        )
    };
}

sql! {
    INSERT = "INSERT INTO sql_scripts (id, tenant_id, name, description, body, writes, version, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $8)
              ON CONFLICT (tenant_id, name) DO NOTHING";
    CHANGE = "UPDATE sql_scripts SET name = $4, description = $5, body = $6, writes = $7, version = version + 1, updated_at = $8 WHERE tenant_id = $1 AND id = $2 AND version = $3";
    DELETE = "DELETE FROM sql_scripts WHERE tenant_id = $1 AND id = $2";
    GET = rows!(" AND id = $2");
    BY_NAME = rows!(" AND name = $2");
    LIST = rows!(" ORDER BY name LIMIT 1000");
}

/// A script.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ScriptRow {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    pub body: String,
    /// Whether it may change rows.
    pub writes: bool,
    /// From 1; a change names the version that it was made from.
    pub version: i64,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// What a script says.
#[derive(Debug, Clone, Copy)]
pub struct ScriptText<'a> {
    pub name: &'a str,
    pub description: &'a str,
    pub body: &'a str,
    pub writes: bool,
}

/// Adds a script. [`DbError::Duplicate`] where its name is taken.
pub async fn insert(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    text: ScriptText<'_>,
    by: Option<Uuid>,
    now: Millis,
) -> Result<()> {
    match exec!(tx, INSERT, id, ws.0, text.name, text.description, text.body, text.writes, by, now)? {
        1 => Ok(()),
        _ => Err(DbError::Duplicate { constraint: String::from("sql_scripts.name") }),
    }
}

/// Changes a script of a version. [`DbError::Stale`] when it is another version by now.
pub async fn change(
    tx: &mut Tx,
    ws: WorkspaceId,
    (id, version): (Uuid, i64),
    text: ScriptText<'_>,
    now: Millis,
) -> Result<()> {
    exec_one!("script"; tx, CHANGE, ws.0, id, version, text.name, text.description, text.body, text.writes, now)
}

/// Deletes a script.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<()> {
    exec_one!("script"; tx, DELETE, ws.0, id)
}

/// One script.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<ScriptRow>> {
    fetch_optional!(ScriptRow; tx, GET, ws.0, id)
}

/// The script of a name, as a step calls it.
pub async fn by_name(tx: &mut Tx, ws: WorkspaceId, name: &str) -> Result<Option<ScriptRow>> {
    fetch_optional!(ScriptRow; tx, BY_NAME, ws.0, name)
}

/// All scripts by name.
pub async fn list(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<ScriptRow>> {
    fetch_all!(ScriptRow; tx, LIST, ws.0)
}
