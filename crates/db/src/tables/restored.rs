//! What a database is told once it was restored from a backup, over all workspaces: its campaigns, jobs and answers may have
//! gone on after the backup was made, and nobody here knows how far.

use muster_domain::clock::Millis;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    HOLD = "UPDATE campaigns SET status = 'paused', paused_reason = $1, updated_at = $2 WHERE status IN ('running', 'paused') AND deleted_at IS NULL RETURNING tenant_id, id, name";
    TAKE_OFF = "UPDATE campaigns SET status = 'draft', paused_reason = $1, updated_at = $2 WHERE status = 'scheduled' AND scheduled_at <= $2 AND deleted_at IS NULL RETURNING tenant_id, id, name";
    // whoever held them is gone
    END_LEASES = "UPDATE send_leases SET expires_at = 0";
    ANSWERS = "UPDATE direct_messages SET status = 'unknown', last_error = $1, lease_token = NULL WHERE status IN ('pending', 'sending')";
    ABSENCES = "UPDATE absence_retries SET status = 'dropped', reason = $1, decided_at = $2 WHERE status = 'waiting' AND due_at <= $2";
    TRIES = "UPDATE job_step_executions SET status = 'cancelled', completed_at = $1 WHERE status = 'running' AND execution_id IN
             (SELECT id FROM job_executions WHERE definition_id IS NOT NULL AND execution_status IN ('pending', 'queued', 'running'))";
    EXECUTIONS = "UPDATE job_executions SET execution_status = 'cancelled', completed_at = $2, error_code = 'restored', error_message = $1, wake_at = NULL, waiting_on = NULL, lease_token = NULL,
                         lease_expires_at = NULL, updated_at = $2 WHERE definition_id IS NOT NULL AND execution_status IN ('pending', 'queued', 'running')";
    JOBS = "UPDATE jobs SET decided_at = $1 WHERE definition_id IS NOT NULL";
    PLACED = "UPDATE event_outbox SET place = n.place FROM
              (SELECT u.id, (SELECT COALESCE(MAX(p.place), 0) FROM event_outbox p) + ROW_NUMBER() OVER (ORDER BY u.id) AS place FROM event_outbox u WHERE u.place IS NULL) AS n
              WHERE event_outbox.id = n.id";
    READ = "UPDATE event_readers SET last_id = (SELECT COALESCE(MAX(place), 0) FROM event_outbox) WHERE last_id < (SELECT COALESCE(MAX(place), 0) FROM event_outbox)";
    LATE_STARTS = "DELETE FROM job_late_starts";
    SESSIONS = "DELETE FROM sessions";
}

/// A campaign that does not go on by itself.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldCampaign {
    pub tenant_id: i64,
    pub id: Uuid,
    pub name: String,
}

/// Pauses what was being sent; all that is leased counts as on its way.
pub async fn hold_campaigns(tx: &mut Tx, why: &str, now: Millis) -> Result<Vec<HeldCampaign>> {
    super::notes::all_noted(tx).await?;
    exec!(tx, END_LEASES)?;
    fetch_all!(HeldCampaign; tx, HOLD, why, now)
}

/// Takes campaigns off the schedule whose start has passed.
pub async fn take_off_schedule(tx: &mut Tx, why: &str, now: Millis) -> Result<Vec<HeldCampaign>> {
    fetch_all!(HeldCampaign; tx, TAKE_OFF, why, now)
}

/// Ends what else was under way: answers of the board and other single mails, messages that were to go again, executions of jobs, events that jobs
/// had not seen. Moments of jobs that have passed are no longer due. Everybody signs in again.
pub async fn let_go(tx: &mut Tx, why: &str, dropped: &str, now: Millis) -> Result<()> {
    exec!(tx, ANSWERS, why)?;
    exec!(tx, ABSENCES, dropped, now)?;
    exec!(tx, TRIES, now)?;
    exec!(tx, EXECUTIONS, why, now)?;
    exec!(tx, JOBS, now)?;
    exec!(tx, LATE_STARTS)?;
    exec!(tx, PLACED)?;
    exec!(tx, READ)?;
    exec!(tx, SESSIONS).map(drop)
}
