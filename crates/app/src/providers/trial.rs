//! Trying a provider out: reaching it, and sending one real message through it.

use std::time::Duration;

use muster_channels::{Channel, Line, OutboundMessage, Outcome, ProbeError, Speaker};
use muster_domain::reference::MessageReference;
use muster_engine::registry::ActiveSender;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::manage::find;
use crate::auth::normal_email;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx, idempotency};

/// The person waits for the answer: longer than this nobody does.
const PATIENCE: Duration = Duration::from_secs(45);

/// Where the test message goes.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestRequest {
    /// Email address, phone number with country code, or device token.
    pub to: String,
    /// What to send; a usual text when not said.
    #[serde(default)]
    pub text: Option<String>,
}

/// What the provider said.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// `accepted`, `retry`, `rejected` or `unknown`.
    pub outcome: String,
    /// The server's answer, or what happened instead of one.
    pub answer: String,
    /// SMTP reply code or HTTP status.
    pub code: Option<u16>,
    /// Enhanced status code (RFC 3463).
    pub enhanced_code: Option<String>,
    /// The provider's own id of the message.
    pub provider_message_id: Option<String>,
    /// What was said with the server; nothing where providers hold no dialogue.
    pub dialogue: Vec<DialogueLine>,
    pub took_ms: u64,
}

/// A line of the dialogue with a server.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DialogueLine {
    /// `muster`, `server`, or `event` for what happened without words.
    pub by: String,
    /// Without password and without message.
    pub text: String,
}

impl From<Line> for DialogueLine {
    fn from(Line { by, text }: Line) -> Self {
        let by = match by {
            Speaker::Client => "muster",
            Speaker::Server => "server",
            Speaker::Event => "event",
        };
        Self { by: by.to_owned(), text }
    }
}

/// Sends one real message, whether the provider is in use or not, and says what it answered.
///
/// # Errors
/// 422 for a receiver that the channel cannot reach.
pub async fn test(app: &App, ctx: &Ctx, id: Uuid, request: TestRequest) -> AppResult<TestResult> {
    ctx.require(Operation::ManageSettings)?;
    let row = {
        let mut tx = app.db.read(ctx.ws).await?;
        find(&mut tx, ctx, id).await?
    };
    let to = receiver(row.channel, &request.to)?;
    let active =
        app.senders.of_row(ctx.ws, &row).await?.map_err(|problem| AppError::invalid("unusable_provider", problem))?;
    let text = request
        .text
        .filter(|text| !text.trim().is_empty())
        .unwrap_or_else(|| format!("This is a test message from Muster through \"{}\". It arrived.", row.name));
    let domain = active.from.split_once('@').map_or("muster.invalid", |(_, domain)| domain);
    let message = OutboundMessage {
        from: active.from.clone(),
        from_name: active.from_name.clone(),
        subject: matches!(row.channel, Channel::Email | Channel::Push)
            .then(|| String::from("Test message from Muster")),
        message_id: format!("test.{}@{domain}", app.new_id().simple()),
        sender_id: (row.channel != Channel::Email).then(|| active.from.clone()),
        date_ms: app.now(),
        ..OutboundMessage::new(row.channel, MessageReference::default().to_string(), to, text)
    };
    idempotency::acts(app, ctx).await?;
    let result = rehearse(&active, message).await;
    let mut tx = app.db.write(ctx.ws).await?;
    ctx.audit(&mut tx, app.now(), "provider.tested", AuditObject::new("provider", id, &row.name).after(&result))
        .await?;
    tx.commit().await?;
    Ok(result)
}

/// Sends one message and tells what was said about it.
async fn rehearse(active: &ActiveSender, message: OutboundMessage) -> TestResult {
    let begun = Instant::now();
    let sent = timeout(PATIENCE, active.sender.rehearse(message)).await;
    let (outcome, lines) = sent.map_or_else(|_| (None, Vec::new()), |(outcome, lines)| (Some(outcome), lines));
    let dialogue = lines.into_iter().map(DialogueLine::from).collect();
    TestResult { dialogue, ..result(outcome, begun.elapsed()) }
}

/// Sends one message and says what became of it.
pub(crate) async fn send_one(active: &ActiveSender, message: OutboundMessage) -> TestResult {
    let begun = Instant::now();
    let sent = timeout(PATIENCE, active.sender.send(vec![message])).await;
    result(sent.ok().and_then(|mut outcomes| outcomes.pop()), begun.elapsed())
}

/// Reaches a provider and signs in, without sending anything.
///
/// # Errors
/// 422 `provider_failed` with what went wrong.
pub async fn probe(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::ManageSettings)?;
    let row = {
        let mut tx = app.db.read(ctx.ws).await?;
        find(&mut tx, ctx, id).await?
    };
    let active =
        app.senders.of_row(ctx.ws, &row).await?.map_err(|problem| AppError::invalid("unusable_provider", problem))?;
    match timeout(PATIENCE, active.sender.probe()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(AppError::invalid("provider_failed", sentence(&error))),
        Err(_) => Err(AppError::invalid("provider_failed", "The provider did not answer within 45 seconds.")),
    }
}

fn sentence(error: &ProbeError) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

/// The address of a test, as the channel takes it.
pub(crate) fn receiver(channel: Channel, to: &str) -> AppResult<String> {
    let to = to.trim();
    match channel {
        Channel::Email => {
            normal_email(to).ok_or_else(|| AppError::invalid("bad_receiver", "This is not an e-mail address."))
        }
        Channel::Sms | Channel::Whatsapp => {
            let number: String = to.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
            let digits = number.strip_prefix('+').unwrap_or_default();
            let good = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            if good {
                Ok(number)
            } else {
                Err(AppError::invalid(
                    "bad_receiver",
                    "Write the number with + and the country code, like +254711000001.",
                ))
            }
        }
        Channel::Push if !to.is_empty() && to.len() <= 4_096 => Ok(to.to_owned()),
        Channel::Push => Err(AppError::invalid("bad_receiver", "Give the token of the device.")),
    }
}

fn result(outcome: Option<Outcome>, took: Duration) -> TestResult {
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let word = match &outcome {
        Some(Outcome::Accepted { .. }) => "accepted",
        Some(Outcome::Retry { .. }) => "retry",
        Some(Outcome::Reject { .. }) => "rejected",
        Some(Outcome::Unknown { .. }) | None => "unknown",
    };
    let reason = outcome.as_ref().and_then(Outcome::reason).cloned();
    let (answer, provider_message_id) = match outcome {
        Some(Outcome::Accepted { provider_message_id, answer }) => (answer, provider_message_id),
        Some(_) => (reason.as_ref().map(ToString::to_string).unwrap_or_default(), None),
        None => (String::from("no answer within 45 seconds"), None),
    };
    TestResult {
        outcome: word.to_owned(),
        answer,
        code: reason.as_ref().and_then(|reason| reason.code),
        enhanced_code: reason.and_then(|reason| reason.enhanced).map(|enhanced| enhanced.to_string()),
        provider_message_id,
        dialogue: Vec::new(),
        took_ms,
    }
}
