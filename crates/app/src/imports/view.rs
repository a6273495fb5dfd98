//! An import as the API shows it.

use std::collections::BTreeMap;

use muster_db::imports::ImportRow;
use muster_domain::clock::Millis;
use muster_domain::time;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::options::ImportOptions;

/// A file and how far it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    pub id: Uuid,
    pub file_name: String,
    pub file_bytes: i64,
    /// staged | running | completed | cancelled | failed
    pub status: String,
    /// Nothing was or is written: a rehearsal.
    pub dry_run: bool,
    /// Data lines read so far.
    pub rows: i64,
    /// Data lines in the file, about.
    pub estimated_rows: u64,
    /// New customers.
    pub imported: i64,
    /// Lines whose customer was there already.
    pub duplicates: i64,
    /// Lines refused whole.
    pub rejected: i64,
    /// Refused lines by reason.
    pub reasons: BTreeMap<String, i64>,
    pub rows_per_second: Option<i64>,
    pub seconds_left: Option<i64>,
    /// Why it failed, and what to do.
    pub error: Option<String>,
    pub options: Option<ImportOptions>,
    pub created_at: String,
    pub started_at: Option<String>,
    pub completed_at: Option<String>,
}

impl ImportView {
    /// The view of a row at a moment.
    pub fn new(row: ImportRow, now: Millis) -> Self {
        let options: Option<ImportOptions> = serde_json::from_value(row.options).ok();
        let estimated_rows = options.as_ref().map_or(0, |o| o.estimated_rows);
        let elapsed_ms = row.started_at.map(|start| row.completed_at.unwrap_or(now) - start).filter(|ms| *ms > 0);
        let rows_per_second = elapsed_ms.map(|ms| row.rows_read.saturating_mul(1_000) / ms);
        let left = i64::try_from(estimated_rows).unwrap_or(i64::MAX).saturating_sub(row.rows_read).max(0);
        let seconds_left = rows_per_second.filter(|rate| *rate > 0 && row.status == "running").map(|rate| left / rate);
        Self {
            id: row.id,
            file_name: row.file_name,
            file_bytes: row.file_bytes,
            status: row.status,
            dry_run: row.is_dry_run,
            rows: row.rows_read,
            estimated_rows,
            imported: row.imported,
            duplicates: row.duplicates,
            rejected: row.rejected,
            reasons: serde_json::from_value(row.reasons).unwrap_or_default(),
            rows_per_second,
            seconds_left,
            error: row.error,
            options,
            created_at: time::rfc3339(row.created_at),
            started_at: row.started_at.map(time::rfc3339),
            completed_at: row.completed_at.map(time::rfc3339),
        }
    }
}
