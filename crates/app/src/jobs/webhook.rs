//! The webhook of an event-driven job: another program starts it with a token and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_db::{job_definitions as rows, job_lists};
use muster_domain::job::trigger::Trigger;
use muster_domain::job::words::{TriggerEventType, TriggeredBy};
use muster_domain::workspace::WorkspaceId;
use muster_engine::jobs::book::{self, Ask, Asked};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::control;
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

/// A webhook as a list has it: its token is not known any more.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookView {
    pub job_id: Uuid,
    pub job_code: String,
    pub url: String,
    /// Without one nobody gets in.
    pub has_token: bool,
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
    rows::set_webhook(&mut tx, ctx.ws, id, Some(&hash(&token)), now).await?;
    ctx.audit(&mut tx, now, "job.webhook_made", AuditObject::new("job", id, &row.name)).await?;
    let base = muster_db::workspaces::get(&mut tx, ctx.ws).await?.public_base_url;
    tx.commit().await?;
    changed(app, ctx);
    Ok(JobWebhook { url: address(base.as_deref(), id), token })
}

/// The webhooks of a workspace, by the codes of their jobs.
pub async fn webhooks(app: &App, ctx: &Ctx) -> AppResult<Vec<WebhookView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let base = muster_db::workspaces::get(&mut tx, ctx.ws).await?.public_base_url;
    let view = |(job_id, job_code, has_token)| {
        let url = address(base.as_deref(), job_id);
        WebhookView { job_id, job_code, url, has_token }
    };
    Ok(rows::webhooks(&mut tx, ctx.ws).await?.into_iter().map(view).collect())
}

/// Takes the token of a job's webhook away: nobody gets in until there is a new one.
pub async fn remove_webhook(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::ManageJobs)?;
    let now = app.now();
    let mut tx = begin(app, ctx).await?;
    let (_, row) = locked(&mut tx, ctx, id).await?;
    if !rows::has_webhook_token(&mut tx, ctx.ws, id).await? {
        return Err(AppError::NotFound("webhook"));
    }
    rows::set_webhook(&mut tx, ctx.ws, id, None, now).await?;
    ctx.audit(&mut tx, now, "job.webhook_removed", AuditObject::new("job", id, &row.name)).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(())
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Starts a job for another program.
///
/// # Errors
/// 401 for a wrong token, and for a job that is not there or has no webhook: a caller learns nothing about jobs. 429 for more
/// calls than [`super::hook_gate`] lets pass.
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
    let Some(job) = found else { return Err(refused()) };
    app.hooks.pass(call.job, app.now())?;
    let Value::Object(payload) = call.payload else {
        return Err(AppError::malformed("bad_payload", "The body of a call is a JSON object."));
    };
    let ctx = Ctx::system(WorkspaceId(job.tenant_id), call.correlation_id);
    start(app, &ctx, call.job, payload).await
}

/// Starts the job, where its trigger takes the call.
async fn start(app: &App, ctx: &Ctx, id: Uuid, payload: Map<String, Value>) -> AppResult<HookAnswer> {
    let now = app.now();
    let left_out = |why: String| HookAnswer { execution_id: None, why: Some(why) };
    let mut tx = app.db.write(ctx.ws).await?;
    let row = job_lists::job(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("job"))?;
    let definition = definition_of(&mut tx, ctx, &row).await?.ok_or_else(of_campaign)?;
    if definition.trigger_event_type != Some(TriggerEventType::Webhook) {
        return Ok(left_out(String::from("the job is not started by a webhook any more")));
    }
    let trigger = definition.trigger_condition.as_ref().and_then(Trigger::of);
    // An event says what it is called; a call that does not is the one that the job waits for.
    let named = payload.get("event").and_then(Value::as_str);
    let name = named.or(trigger.as_ref().and_then(Trigger::event)).unwrap_or("webhook").to_owned();
    match trigger.map(|trigger| trigger.matches(&name, &payload)) {
        None | Some(Ok(true)) => {}
        Some(Ok(false)) => return Ok(left_out(String::from("its condition does not hold for this call"))),
        Some(Err(error)) => return Ok(left_out(format!("its condition has no answer for this call: {error}"))),
    }
    let ask = Ask {
        ws: ctx.ws,
        job: id,
        by: TriggeredBy::Webhook,
        user: None,
        parameters: Map::new(),
        event: Some(Value::Object(payload)),
        due_at: now,
        correlation_id: &ctx.correlation_id,
    };
    let asked = book::ask(&mut tx, &*app.ids, now, &ask).await.map_err(control::refused)?;
    // What was left out is an alert, which is kept, too.
    tx.commit().await?;
    changed(app, ctx);
    Ok(match asked {
        Asked::Made { execution, .. } => HookAnswer { execution_id: Some(execution), why: None },
        Asked::LeftOut { why } => left_out(why),
    })
}
