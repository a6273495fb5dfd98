//! The built-in rows of `jobs`: made where they are missing, never changed by Muster again.

use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::workspace::WorkspaceId;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // A job of a team with the same code stays what it is.
    INSERT = "INSERT INTO jobs (id, tenant_id, code, name, description, job_type_code, schedule_type, cron_expression, interval_seconds, timezone, overlap_policy, catch_up_policy, notify_on_failure, is_built_in,
                     definition_id, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, TRUE, $14, $15, $15) ON CONFLICT (tenant_id, code) DO NOTHING";
    INSERT_DEFINITION = "INSERT INTO job_definitions (id, tenant_id, job_id, version, body, created_at) VALUES ($1, $2, $3, 1, $4, $5)";
    CODES = "SELECT code FROM jobs WHERE tenant_id = $1 AND is_built_in";
}

/// Adds a built-in job; false where there is a job with its code.
pub async fn insert(
    tx: &mut Tx,
    ws: WorkspaceId,
    (id, definition_id): (Uuid, Uuid),
    job: &JobDefinition,
    now: Millis,
) -> Result<bool> {
    let added = exec!(
        tx,
        INSERT,
        id,
        ws.0,
        &job.code,
        &job.name,
        &job.description,
        &job.job_type_id,
        job.schedule_type.as_str(),
        &job.cron_expression,
        job.interval_seconds,
        &job.timezone,
        job.overlap_policy.as_str(),
        job.catch_up_policy.as_str(),
        job.notify_on_failure,
        definition_id,
        now
    )?;
    if added == 1 {
        exec!(tx, INSERT_DEFINITION, definition_id, ws.0, id, Json(job.to_json()), now)?;
    }
    Ok(added == 1)
}

/// The codes of a workspace's built-in jobs.
pub async fn codes(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<String>> {
    Ok(fetch_all!((String,); tx, CODES, ws.0)?.into_iter().map(|(code,)| code).collect())
}
