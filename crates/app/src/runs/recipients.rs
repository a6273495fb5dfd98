//! The recipients of a campaign's run, and one message as it was sent.

use std::sync::Arc;

use muster_db::recipients::{self as rows, RecipientRow};
use muster_db::{campaign_state, runs};
use muster_domain::recipient::RecipientStatus;
use muster_domain::template::{CompiledContent, ContentSource, FieldValue, RecipientValues, Rendered};
use muster_domain::time::moment_option;
use serde::Serialize;
use uuid::Uuid;

use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Which recipients.
#[derive(Debug, Clone, Default)]
pub struct RecipientFilter {
    pub status: Option<RecipientStatus>,
    /// Number after which to go on (from `nextCursor`): a page that never repeats or loses a row.
    pub cursor: Option<i64>,
    /// The newest run when not said.
    pub run_id: Option<i64>,
}

/// One message to one customer.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecipientView {
    /// `run:number`.
    pub id: String,
    pub run_id: i64,
    pub seq: i64,
    pub contact_id: i64,
    pub customer_id: i64,
    pub name: String,
    pub address: Option<String>,
    pub status: RecipientStatus,
    /// The last thing that happened: sent, delivered, opened, clicked, replied, bounced, failed.
    pub last_event: Option<&'static str>,
    pub channel: Option<String>,
    pub locale: Option<String>,
    pub segment_id: Option<Uuid>,
    pub offer_id: Option<Uuid>,
    pub creative_version_id: Option<i64>,
    pub variant_no: i64,
    pub attempts: i64,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub sent_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub delivered_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub opened_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub clicked_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub replied_at: Option<i64>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub failed_at: Option<i64>,
    /// Why it failed, was skipped, suppressed, cancelled or is unknown.
    pub failure_reason: Option<String>,
    pub message_id: Option<String>,
    /// Waiting for this moment: a retry or the end of quiet hours.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub waits_until: Option<i64>,
    pub waits_for: Option<String>,
}

/// A message as it was sent, with what happened to it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SentMessageView {
    pub recipient: RecipientView,
    pub channel: Option<String>,
    pub subject: Option<String>,
    pub text: Option<String>,
    pub html: Option<String>,
    /// Sender id of an SMS.
    pub sender_id: Option<String>,
    /// Whether the text stands as it was or will be sent. False: what stands in its places is not known, and they are empty
    /// here. It was not rendered yet, or its node stopped before it had written down what it rendered.
    pub is_complete: bool,
    /// Tries that were not accepted, oldest first.
    pub attempts: Vec<AttemptView>,
    /// Opens, clicks, replies …, oldest first.
    pub events: Vec<EventView>,
}

/// A try that was not accepted.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptView {
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub at: i64,
    pub provider: String,
    pub outcome: String,
    pub error: String,
}

/// Something that happened to a message.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub at: i64,
    pub kind: String,
    /// A machine, not the person.
    pub is_bot: bool,
}

/// The recipients of a run.
pub async fn recipients(
    app: &App,
    ctx: &Ctx,
    id: Uuid,
    filter: &RecipientFilter,
    page: PageRequest,
) -> AppResult<Page<RecipientView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    if !campaign_state::exists(&mut tx, ctx.ws, id).await? {
        return Err(AppError::NotFound("campaign"));
    }
    let latest = runs::latest_of(&mut tx, ctx.ws, id).await?;
    let run = match filter.run_id {
        Some(run) => Some(
            runs::facts(&mut tx, ctx.ws, run)
                .await?
                .filter(|f| f.campaign_id == id)
                .ok_or(AppError::NotFound("run"))?
                .run_id,
        ),
        None => latest,
    };
    let Some(run) = run else { return Ok(Page::new(Vec::new(), page, 0)) };
    let status = filter.status.map_or(-1, |s| i64::from(s.code()));
    let (after, offset) = filter.cursor.map_or((0, page.offset()), |cursor| (cursor, 0));
    let found = rows::page(&mut tx, ctx.ws, run, after, status, page.page_size, offset).await?;
    let count = rows::count(&mut tx, ctx.ws, run, status).await?;
    Ok(Page::new(found.into_iter().map(view).collect(), page, count))
}

/// One message as it was sent: rendered again from the immutable text and the values it was rendered with.
pub async fn recipient(app: &App, ctx: &Ctx, id: Uuid, run: i64, seq: i64) -> AppResult<SentMessageView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    runs::facts(&mut tx, ctx.ws, run).await?.filter(|f| f.campaign_id == id).ok_or(AppError::NotFound("run"))?;
    let row = rows::page(&mut tx, ctx.ws, run, seq - 1, -1, 1, 0)
        .await?
        .into_iter()
        .find(|r| r.seq == seq)
        .ok_or(AppError::NotFound("message"))?;
    let content = rows::content(&mut tx, ctx.ws, run, seq).await?;
    let attempts = rows::attempts(&mut tx, ctx.ws, run, seq).await?;
    let events = rows::events(&mut tx, ctx.ws, run, seq).await?;
    let mut message = SentMessageView {
        recipient: view(row),
        channel: None,
        subject: None,
        text: None,
        html: None,
        sender_id: None,
        is_complete: true,
        attempts: attempts
            .into_iter()
            .map(|a| AttemptView { at: a.at, provider: a.provider, outcome: a.outcome, error: a.error })
            .collect(),
        events: events.into_iter().map(|e| EventView { at: e.at, kind: e.kind, is_bot: e.is_bot }).collect(),
    };
    if let Some(content) = content {
        let rendered = as_sent(&content);
        message.is_complete = content.snapshot.is_some() || !has_places(&content);
        message.subject = rendered.subject;
        message.text = rendered.text;
        message.html = rendered.html.map(String::from);
        message.sender_id = (content.channel == "sms").then_some(content.title);
        message.channel = Some(content.channel);
    }
    Ok(message)
}

fn view(r: RecipientRow) -> RecipientView {
    let status = RecipientStatus::from_code(i16::try_from(r.status).unwrap_or(i16::MAX));
    let last_event = match status {
        _ if r.replied_at.is_some() => Some("replied"),
        RecipientStatus::Sent
        | RecipientStatus::Delivered
        | RecipientStatus::Opened
        | RecipientStatus::Clicked
        | RecipientStatus::Bounced
        | RecipientStatus::Failed => Some(status.as_str()),
        _ => None,
    };
    let fallback = if r.channel.as_deref() == Some("email") { r.email.clone() } else { r.phone.clone() };
    RecipientView {
        id: format!("{}:{}", r.run_id, r.seq),
        run_id: r.run_id,
        seq: r.seq,
        contact_id: r.customer_id,
        customer_id: r.customer_id,
        name: format!("{} {}", r.first_name, r.last_name).trim().to_owned(),
        address: r.address.or(fallback).or(r.email).or(r.phone),
        status,
        last_event,
        channel: r.channel,
        locale: r.locale,
        segment_id: r.segment_id,
        offer_id: r.offer_id,
        creative_version_id: r.creative_version_id,
        variant_no: r.variant_no,
        attempts: r.attempts,
        sent_at: r.sent_at,
        delivered_at: r.delivered_at,
        opened_at: r.opened_at,
        clicked_at: r.clicked_at,
        replied_at: r.replied_at,
        failed_at: r.failed_at,
        failure_reason: r.reason.or(r.last_error),
        message_id: r.provider_message_id,
        waits_until: r.due_at,
        waits_for: r.wait_cause,
    }
}

/// Whether a text has places for values of the customer.
fn has_places(content: &rows::SentContentRow) -> bool {
    let own = [content.subject_override.as_deref().unwrap_or(&content.title), &content.text_body, &content.html_body];
    own.iter().any(|text| text.contains('{'))
}

/// A message as it was sent: its immutable text with the values that it was rendered with.
pub(crate) fn as_sent(content: &rows::SentContentRow) -> Rendered {
    let values: RecipientValues =
        content.snapshot.as_ref().and_then(|one| serde_json::from_str(&one.values_json).ok()).unwrap_or_default();
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let subject = content.subject_override.as_deref().unwrap_or(&content.title);
    let source = ContentSource {
        // The title of a text message is who it comes from.
        subject: if content.channel == "sms" { None } else { some(subject) },
        preheader: None,
        text: some(&content.text_body),
        html: some(&content.html_body),
    };
    let statics = content
        .variables
        .as_object()
        .map(|m| m.iter().filter_map(|(k, v)| Some((k.clone(), FieldValue::from_json(v)?))).collect())
        .unwrap_or_default();
    CompiledContent::compile(&source, &content.locale, statics)
        .map_err(drop)
        .and_then(|compiled| compiled.render(&Arc::new(values)).map_err(drop))
        .unwrap_or_default()
}
