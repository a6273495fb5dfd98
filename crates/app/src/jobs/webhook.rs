//! The webhook of an event-driven job: another program starts it with a token and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_db::job_definitions as rows;
use muster_domain::job::words::TriggerEventType;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::details::definition_of;
use super::save::{begin, changed, locked, of_campaign};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A webhook with its token, which is shown this once.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct JobWebhook {
    /// Where the call goes: POST with `Authorization: Bearer <token>`, or with `?token=<token>` where a program sends no headers.
    pub url: String,
    pub token: String,
}

/// What a call of a webhook came to.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HookAnswer {
    /// None: the job's own rules left this call out.
    pub execution_id: Option<Uuid>,
    /// Why it was left out.
    pub why: Option<String>,
}

/// A call of a webhook.
#[derive(Debug, Clone)]
pub struct HookCall<'a> {
    pub job: Uuid,
    /// None: it had none.
    pub token: Option<&'a str>,
    /// What it says.
    pub payload: Value,
    pub correlation_id: String,
}

/// Where a job's webhook is; a path where the workspace has no address of its own.
pub(super) fn address(base: Option<&str>, job: Uuid) -> String {
    format!("{}/api/v1/hooks/jobs/{job}", base.unwrap_or_default().trim_end_matches('/'))
}

/// Gives a job's webhook a token, in place of the one it had.
pub async fn make_webhook(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<JobWebhook> {
    ctx.require(Operation::ManageJobs)?;
    let now = app.now();
    let token = format!("mjh_{}", URL_SAFE_NO_PAD.encode(app.ids.random()));
    let mut tx = begin(app, ctx).await?;
    let (_, row) = locked(&mut tx, ctx, id).await?;
    let definition = definition_of(&mut tx, ctx, &row).await?.ok_or_else(of_campaign)?;
    if definition.trigger_event_type != Some(TriggerEventType::Webhook) {
        let words = "This job is not started by a webhook: choose that as its trigger first.";
        return Err(AppError::conflict("no_webhook", words));
    }
    rows::set_webhook(&mut tx, ctx.ws, id, &hash(&token), now).await?;
    ctx.audit(&mut tx, now, "job.webhook_made", AuditObject::new("job", id, &row.name)).await?;
    let base = muster_db::workspaces::get(&mut tx, ctx.ws).await?.public_base_url;
    tx.commit().await?;
    changed(app, ctx);
    Ok(JobWebhook { url: address(base.as_deref(), id), token })
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Starts a job for another program.
///
/// # Errors
/// 401 for a wrong token, and for a job that is not there or has no webhook: a caller learns nothing about jobs.
pub async fn hook(app: &App, call: HookCall<'_>) -> AppResult<HookAnswer> {
    let refused = || AppError::Unauthenticated(String::from("There is no webhook with this address and token."));
    let found = {
        let mut tx = app.db.read_all().await?;
        rows::hook(&mut tx, call.job).await?
    };
    let given = hash(call.token.unwrap_or_default());
    let kept = found.as_ref().and_then(|job| job.webhook_token_hash.clone()).unwrap_or_default();
    if !bool::from(kept.as_slice().ct_eq(given.as_slice())) {
        return Err(refused());
    }
    let _ = (call.payload, call.correlation_id);
    Err(AppError::conflict("not_yet", "Jobs cannot be run yet."))
}
