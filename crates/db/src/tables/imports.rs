//! `imports` and `import_errors`: files that came in, how far they are, and the rows that were refused.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

macro_rules! columns {
    () => {
        "id, kind, file_name, file_path, file_bytes, options, is_dry_run, status, rows_read, imported, duplicates, rejected, reasons, error, \
         created_by, created_at, started_at, completed_at"
    };
}

sql! {
    INSERT = "INSERT INTO imports (id, tenant_id, kind, file_name, file_path, file_bytes, options, status, reasons, created_by, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, 'staged', $8, $9, $10)";
    GET = concat!("SELECT ", columns!(), " FROM imports WHERE tenant_id = $1 AND id = $2");
    // imports_tenant
    PAGE = concat!("SELECT ", columns!(), " FROM imports WHERE tenant_id = $1 AND kind = $2 ORDER BY created_at DESC, id DESC LIMIT $3");
    SET_OPTIONS = "UPDATE imports SET options = $3 WHERE tenant_id = $1 AND id = $2 AND status <> 'running'";
    // A dry run can be run again, and then for good; what is running or done for good cannot.
    START = "UPDATE imports SET status = 'running', is_dry_run = $3, options = $4, rows_read = 0, imported = 0, duplicates = 0, rejected = 0,
                reasons = $5, error = NULL, started_at = $6, completed_at = NULL
             WHERE tenant_id = $1 AND id = $2 AND (status = 'staged' OR (status <> 'running' AND (is_dry_run OR imported = 0)))";
    PROGRESS = "UPDATE imports SET rows_read = $3, imported = $4, duplicates = $5, rejected = $6, reasons = $7
                WHERE tenant_id = $1 AND id = $2 AND status = 'running'";
    FINISH = "UPDATE imports SET status = $3, error = $4, completed_at = $5 WHERE tenant_id = $1 AND id = $2 AND status = 'running'";
    FORGET_FILE = "UPDATE imports SET file_path = NULL WHERE tenant_id = $1 AND id = $2";
    RUNNING = "SELECT id, tenant_id FROM imports WHERE status = 'running'";
    CLEAR_ERRORS = "DELETE FROM import_errors WHERE tenant_id = $1 AND import_id = $2";
    ADD_ERRORS = "INSERT INTO import_errors (import_id, line, tenant_id, column_name, reason, message, raw_row)
                  SELECT $2, line, $1, column_name, reason, message, raw_row
                  FROM {rows $3: line bigint, column_name text, reason text, message text, raw_row json} AS r WHERE TRUE
                  ON CONFLICT (import_id, line) DO NOTHING";
    // key of import_errors
    ERRORS_AFTER = "SELECT line, column_name, reason, message, raw_row FROM import_errors WHERE tenant_id = $1 AND import_id = $2 AND line > $3 ORDER BY line LIMIT $4";
}

/// A file and how far it is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ImportRow {
    pub id: Uuid,
    /// customers | suppressions
    pub kind: String,
    pub file_name: String,
    /// Where the file waits, below the data directory; none once it is done with.
    pub file_path: Option<String>,
    pub file_bytes: i64,
    #[sqlx(json)]
    pub options: Value,
    pub is_dry_run: bool,
    /// staged | running | completed | cancelled | failed
    pub status: String,
    pub rows_read: i64,
    pub imported: i64,
    pub duplicates: i64,
    pub rejected: i64,
    /// Rejected rows by reason.
    #[sqlx(json)]
    pub reasons: Value,
    pub error: Option<String>,
    pub created_by: Option<Uuid>,
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub completed_at: Option<Millis>,
}

/// A file that was handed in.
#[derive(Debug, Clone)]
pub struct NewImport<'a> {
    pub id: Uuid,
    pub kind: &'a str,
    pub file_name: &'a str,
    /// None: the file is not ours to keep.
    pub file_path: Option<&'a str>,
    pub file_bytes: i64,
    pub options: &'a Value,
    pub created_by: Option<Uuid>,
    pub now: Millis,
}

/// What has been counted so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportCounts {
    pub rows_read: i64,
    pub imported: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub reasons: Value,
}

/// A refused row to keep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewError {
    pub line: i64,
    pub column_name: String,
    pub reason: &'static str,
    pub message: String,
    /// The cells as the file has them.
    pub raw_row: Vec<String>,
}

/// A refused row.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ErrorRow {
    pub line: i64,
    pub column_name: String,
    pub reason: String,
    pub message: String,
    #[sqlx(json)]
    pub raw_row: Vec<String>,
}

/// Notes a file.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, new: &NewImport<'_>) -> Result<()> {
    let none = serde_json::json!({});
    exec!(
        tx,
        INSERT,
        new.id,
        ws.0,
        new.kind,
        new.file_name,
        new.file_path,
        new.file_bytes,
        Json(new.options),
        Json(&none),
        new.created_by,
        new.now
    )?;
    Ok(())
}

/// One import.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<ImportRow>> {
    fetch_optional!(ImportRow; tx, GET, ws.0, id)
}

/// The newest imports of a kind.
pub async fn newest(tx: &mut Tx, ws: WorkspaceId, kind: &str, limit: i64) -> Result<Vec<ImportRow>> {
    fetch_all!(ImportRow; tx, PAGE, ws.0, kind, limit)
}

/// Keeps how the file is to be read, while it is not being read.
pub async fn set_options(tx: &mut Tx, ws: WorkspaceId, id: Uuid, options: &Value) -> Result<()> {
    exec_one!("import"; tx, SET_OPTIONS, ws.0, id, Json(options))
}

/// Begins to read: staged, or dry run before.
pub async fn start(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    is_dry_run: bool,
    options: &Value,
    now: Millis,
) -> Result<()> {
    let none = serde_json::json!({});
    exec_one!("import"; tx, START, ws.0, id, is_dry_run, Json(options), Json(&none), now)?;
    exec!(tx, CLEAR_ERRORS, ws.0, id)?;
    Ok(())
}

/// Writes the counters in the transaction of the rows. [`crate::DbError::Stale`] when it was cancelled.
pub async fn progress(tx: &mut Tx, ws: WorkspaceId, id: Uuid, c: &ImportCounts) -> Result<()> {
    exec_one!("import"; tx, PROGRESS, ws.0, id, c.rows_read, c.imported, c.duplicates, c.rejected, Json(&c.reasons))
}

/// Ends a running import as `completed`, `cancelled` or `failed`.
pub async fn finish(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    status: &str,
    error: Option<&str>,
    now: Millis,
) -> Result<()> {
    exec_one!("import"; tx, FINISH, ws.0, id, status, error, now)
}

/// The file is gone.
pub async fn forget_file(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<()> {
    exec!(tx, FORGET_FILE, ws.0, id)?;
    Ok(())
}

/// What a program that ended in the middle has left running, in all workspaces.
pub async fn running(tx: &mut Tx) -> Result<Vec<(Uuid, i64)>> {
    fetch_all!((Uuid, i64); tx, RUNNING)
}

/// Keeps refused rows.
pub async fn add_errors(tx: &mut Tx, ws: WorkspaceId, id: Uuid, errors: &[NewError]) -> Result<()> {
    exec!(tx, ADD_ERRORS, ws.0, id, json_rows(errors))?;
    Ok(())
}

/// Refused rows after a line, in the file's order.
pub async fn errors_after(tx: &mut Tx, ws: WorkspaceId, id: Uuid, line: i64, limit: i64) -> Result<Vec<ErrorRow>> {
    fetch_all!(ErrorRow; tx, ERRORS_AFTER, ws.0, id, line, limit)
}
