//! Old `job_executions`: put away, then forgotten. The stages of campaigns stay with their campaigns.

use muster_domain::clock::Millis;

use crate::{Result, Tx, sql};

sql! {
    // job_executions_ended; all workspaces
    ARCHIVE = "UPDATE job_executions SET archived = TRUE WHERE id IN
               (SELECT id FROM job_executions WHERE definition_id IS NOT NULL AND completed_at < $1 AND NOT archived ORDER BY completed_at LIMIT $2)";
    FORGET_LOGS = "DELETE FROM execution_logs WHERE id IN
                   (SELECT l.id FROM job_executions e JOIN execution_logs l ON l.execution_id = e.id WHERE e.definition_id IS NOT NULL AND e.completed_at < $1 LIMIT $2)";
    FORGET = "DELETE FROM job_executions WHERE id IN
              (SELECT id FROM job_executions WHERE definition_id IS NOT NULL AND completed_at < $1 ORDER BY completed_at LIMIT $2)";
    // job_executions_job: of each built-in job the newest stay, and what failed as long as anybody's
    THIN_OUT = "DELETE FROM job_executions WHERE id IN
                (SELECT id FROM (SELECT e.id, ROW_NUMBER() OVER (PARTITION BY e.job_id ORDER BY e.id DESC) AS n FROM jobs j JOIN job_executions e ON e.job_id = j.id
                                 WHERE j.is_built_in AND e.execution_status IN ('success', 'cancelled')) AS old WHERE n > $1 LIMIT $2)";
}

/// Puts away what ended before a moment; gives how many.
pub async fn archive(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64> {
    exec!(tx, ARCHIVE, before, limit)
}

/// Forgets the log lines of what ended before a moment; gives how many.
pub async fn forget_logs(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64> {
    exec!(tx, FORGET_LOGS, before, limit)
}

/// Forgets what ended before a moment, with its tries and lines; gives how many.
pub async fn forget(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64> {
    exec!(tx, FORGET, before, limit)
}

/// Keeps the newest executions of each built-in job; gives how many are gone.
pub async fn thin_out(tx: &mut Tx, kept: i64, limit: i64) -> Result<u64> {
    exec!(tx, THIN_OUT, kept, limit)
}
