//! Carries answers to the provider. A claim is committed before the first byte leaves, so that after a crash an answer is
//! either certainly unsent or shown as unknown, never sent twice.

use muster_channels::{OutboundMessage, Outcome};
use muster_db::{cards, direct_messages, workspaces};
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::time::{MINUTE, SECOND};
use muster_domain::workspace::WorkspaceId;
use muster_engine::registry::SenderRegistry;
use uuid::Uuid;

use super::change::announce;
use crate::{App, AppResult};

const BATCH: i64 = 50;
const MAX_ATTEMPTS: i64 = 3;
/// Longer than any provider's time-out.
const LEASE: Millis = 5 * MINUTE;

/// Sends the answers that are due; gives how many were tried.
pub async fn send_due(app: &App, registry: &dyn SenderRegistry) -> AppResult<usize> {
    let due = {
        let mut tx = app.db.read_all().await?;
        direct_messages::due(&mut tx, app.now(), BATCH).await?
    };
    let mut tried = 0;
    for (ws, id) in due {
        tried += usize::from(send_one(app, registry, ws, id).await?);
    }
    Ok(tried)
}

/// When the next answer is due, or a snooze ends: what a scheduler sleeps until.
pub async fn next_due(app: &App) -> AppResult<Option<Millis>> {
    let mut tx = app.db.read_all().await?;
    let answer = direct_messages::next_due(&mut tx).await?;
    let snooze = cards::next_snooze(&mut tx).await?;
    Ok([answer, snooze].into_iter().flatten().min())
}

/// Marks as unknown what a node was sending when it died; gives how many.
pub async fn lost_answers(app: &App) -> AppResult<u64> {
    let mut tx = app.db.write_all().await?;
    let lost = direct_messages::lost(&mut tx, app.now()).await?;
    tx.commit().await?;
    Ok(lost)
}

async fn send_one(app: &App, registry: &dyn SenderRegistry, ws: WorkspaceId, id: i64) -> AppResult<bool> {
    let token = app.new_id();
    let now = app.now();
    let mut tx = app.db.write(ws).await?;
    let Some(row) = direct_messages::claim(&mut tx, ws, id, token, now + LEASE).await? else { return Ok(false) };
    let workspace = workspaces::get(&mut tx, ws).await?;
    tx.commit().await?;
    let result = hand_over(registry, ws, &row, &workspace.name).await;
    settle(app, ws, &row, token, result).await?;
    if let Some(card) = row.card_id {
        announce(app, ws, card);
    }
    Ok(true)
}

/// What became of the answer; a text when there is no provider.
async fn hand_over(
    registry: &dyn SenderRegistry,
    ws: WorkspaceId,
    row: &direct_messages::DirectMessageRow,
    name: &str,
) -> Result<Outcome, String> {
    let channel: Channel = row.channel.parse().map_err(|e| format!("{e}"))?;
    let active = registry.pick(ws, channel, None).await?;
    let mut message =
        OutboundMessage::new(channel, format!("answer:{}", row.id), row.recipient.clone(), row.text_body.clone());
    message.from = active.from.clone();
    message.from_name = active.from_name.clone().or_else(|| Some(name.to_owned()));
    message.subject = Some(row.subject.clone()).filter(|s| !s.is_empty());
    // The same answer has the same id, however often it is tried.
    let host = active.from.rsplit_once('@').map_or("muster.invalid", |(_, host)| host.trim_end_matches('>'));
    message.message_id = format!("a{}.{}@{host}", ws.0, row.id);
    message.date_ms = row.created_at;
    if let Some(parent) = &row.in_reply_to {
        let parent = format!("<{}>", parent.trim_matches(['<', '>']));
        message.headers.push((String::from("In-Reply-To"), parent.clone()));
        message.headers.push((String::from("References"), parent));
    }
    let outcome = active.sender.send(vec![message]).await.into_iter().next();
    outcome.ok_or_else(|| String::from("the provider gave no answer"))
}

async fn settle(
    app: &App,
    ws: WorkspaceId,
    row: &direct_messages::DirectMessageRow,
    token: Uuid,
    result: Result<Outcome, String>,
) -> AppResult<()> {
    let now = app.now();
    let mut tx = app.db.write(ws).await?;
    match result {
        Ok(Outcome::Accepted { provider_message_id, .. }) => {
            direct_messages::sent(&mut tx, ws, row.id, token, provider_message_id.as_deref(), now).await?;
        }
        Ok(Outcome::Retry { after, reason, .. }) if row.attempts < MAX_ATTEMPTS => {
            let wait = after.and_then(|d| Millis::try_from(d.as_millis()).ok()).unwrap_or(SECOND << (row.attempts - 1));
            direct_messages::retry(&mut tx, ws, row.id, token, &reason.to_string(), now + wait).await?;
        }
        Ok(Outcome::Retry { reason, .. }) => {
            let error = format!("max retries exceeded: {reason}");
            direct_messages::fail(&mut tx, ws, row.id, token, &error, "failed").await?;
        }
        Ok(Outcome::Reject { reason, .. }) => {
            direct_messages::fail(&mut tx, ws, row.id, token, &reason.to_string(), "failed").await?
        }
        Ok(Outcome::Unknown { reason }) => {
            direct_messages::fail(&mut tx, ws, row.id, token, &reason.to_string(), "unknown").await?
        }
        // Without a provider nothing was sent: it waits for one.
        Err(text) if row.attempts < MAX_ATTEMPTS => {
            direct_messages::retry(&mut tx, ws, row.id, token, &text, now + MINUTE).await?
        }
        Err(text) => direct_messages::fail(&mut tx, ws, row.id, token, &text, "failed").await?,
    }
    Ok(tx.commit().await?)
}
