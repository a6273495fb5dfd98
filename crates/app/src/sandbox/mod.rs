//! The test inbox: what the sandbox kept instead of sending.

use muster_db::sandbox::{self, SandboxFilter, SandboxRow};
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::time::moment;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ctx::AuditObject;
use crate::input::like;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::replies::{self, ProcessRequest, Processed};
use crate::{App, AppError, AppResult, Ctx};

/// A message that would have been sent.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxMessage {
    pub id: i64,
    pub channel: Channel,
    pub to: String,
    /// Address with name, number or sender id.
    pub from: String,
    pub subject: String,
    pub text_body: String,
    pub html_body: String,
    /// Pairs of name and value.
    #[schema(value_type = Vec<Vec<String>>)]
    pub headers: Value,
    pub message_id: Option<String>,
    pub customer_id: Option<i64>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub received_at: Millis,
}

/// What to list; what is not said is any.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct SandboxQuery {
    /// `email`, `sms`, `whatsapp` or `push`.
    pub channel: Option<String>,
    /// Part of the receiver, the subject or the text.
    pub search: Option<String>,
}

/// How many messages each channel has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxCounts {
    pub email: i64,
    pub sms: i64,
    pub whatsapp: i64,
    pub push: i64,
}

impl From<SandboxRow> for SandboxMessage {
    fn from(row: SandboxRow) -> Self {
        Self {
            id: row.id,
            channel: row.channel,
            to: row.recipient,
            from: row.sender,
            subject: row.subject,
            text_body: row.text_body,
            html_body: row.html_body,
            headers: row.headers,
            message_id: row.message_id,
            customer_id: row.customer_id,
            received_at: row.received_at,
        }
    }
}

/// One page of the inbox, newest first.
pub async fn list(app: &App, ctx: &Ctx, query: SandboxQuery, page: PageRequest) -> AppResult<Page<SandboxMessage>> {
    ctx.require(Operation::Read)?;
    let channel = channel_word(query.channel.as_deref())?;
    let pattern = like(query.search.as_deref().unwrap_or_default());
    let filter = SandboxFilter { channel, pattern: &pattern };
    let mut tx = app.db.read(ctx.ws).await?;
    let total = sandbox::count(&mut tx, ctx.ws, &filter).await?;
    let rows = sandbox::page(&mut tx, ctx.ws, &filter, page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(SandboxMessage::from).collect(), page, total))
}

/// How many messages each channel has.
pub async fn counts(app: &App, ctx: &Ctx) -> AppResult<SandboxCounts> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let mut counts = SandboxCounts::default();
    for (channel, count) in sandbox::counts(&mut tx, ctx.ws).await? {
        match channel.parse() {
            Ok(Channel::Email) => counts.email = count,
            Ok(Channel::Sms) => counts.sms = count,
            Ok(Channel::Whatsapp) => counts.whatsapp = count,
            Ok(Channel::Push) => counts.push = count,
            Err(_) => {}
        }
    }
    Ok(counts)
}

/// One message.
pub async fn get(app: &App, ctx: &Ctx, id: i64) -> AppResult<SandboxMessage> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(sandbox::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("message"))?.into())
}

/// Empties the inbox, or one channel of it; how many messages there were.
pub async fn clear(app: &App, ctx: &Ctx, query: SandboxQuery) -> AppResult<u64> {
    ctx.require(Operation::RunCampaigns)?;
    let channel = channel_word(query.channel.as_deref())?;
    let mut tx = app.db.write(ctx.ws).await?;
    let removed = sandbox::clear(&mut tx, ctx.ws, channel).await?;
    let what = AuditObject::new("sandbox", if channel.is_empty() { "all" } else { channel }, "Test inbox");
    ctx.audit(&mut tx, app.now(), "sandbox.cleared", what.after(&json!({ "removed": removed }))).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "sandbox", json!({}));
    Ok(removed)
}

/// An answer typed into the inbox.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxReply {
    /// `Re:` and the message's subject when not said.
    #[serde(default)]
    pub subject: Option<String>,
    pub body: String,
}

/// Answers a message as the person who got it: the answer goes the way of every reply.
///
/// # Errors
/// 404 for a message that was deleted; 422 without a text.
pub async fn reply(app: &App, ctx: &Ctx, id: i64, reply: SandboxReply) -> AppResult<Processed> {
    ctx.require(Operation::WorkBoard)?;
    let row = {
        let mut tx = app.db.read(ctx.ws).await?;
        sandbox::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("message"))?
    };
    let usual = || if row.subject.is_empty() { String::new() } else { format!("Re: {}", row.subject) };
    let request = ProcessRequest {
        campaign_id: None,
        message_id: row.message_id.clone(),
        in_reply_to: None,
        subject: reply.subject.filter(|subject| !subject.trim().is_empty()).unwrap_or_else(usual),
        from: row.recipient,
        body: reply.body,
        received_at: None,
        auto_submitted: None,
    };
    replies::process(app, ctx, request).await
}

fn channel_word(channel: Option<&str>) -> AppResult<&'static str> {
    match channel.filter(|channel| !channel.is_empty()) {
        None => Ok(""),
        Some(word) => word
            .parse::<Channel>()
            .map(Channel::as_str)
            .map_err(|error| AppError::malformed("bad_query", format!("channel: {error}."))),
    }
}
