//! `process-response`: one reply, from its text to its card.

use chrono::DateTime;
use muster_db::{Tx, absence_retries, contacts, reactions, responses};
use muster_domain::clock::Millis;
use muster_domain::problem::Problem;
use muster_domain::reply::rules::BounceKind;
use muster_domain::reply::{Classification, Disposition, ReplyInput, Sender, Sentiment, rules};
use muster_domain::workspace::WorkspaceId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::absence::{self, Absence};
use super::matching::{self, From, Matched};
use super::route::make_card;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Longest text of a reply that is taken, in bytes.
const MAX_BODY: usize = 256 * 1024;

/// A reply.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessRequest {
    /// The campaign it answers; found by the message or the sender when it is not said.
    #[serde(default)]
    pub campaign_id: Option<Uuid>,
    /// The id of the message that is answered.
    #[serde(default)]
    pub message_id: Option<String>,
    /// The same, as it stands in the reply's `In-Reply-To`.
    #[serde(default)]
    pub in_reply_to: Option<String>,
    /// `John Smith <john@example.com>` or a phone number.
    pub from: String,
    #[serde(default)]
    pub subject: String,
    /// Plain text, quotes and all.
    pub body: String,
    /// Now when it is not said. With it, the same reply twice is taken once.
    #[serde(default, with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub received_at: Option<Millis>,
    /// The `Auto-Submitted` header (RFC 3834).
    #[serde(default)]
    pub auto_submitted: Option<String>,
}

/// What became of a reply.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Processed {
    pub response_id: Uuid,
    pub disposition: Disposition,
    pub sentiment: Sentiment,
    /// Between 0 and 1.
    pub confidence: f64,
    pub summary: String,
    pub card_id: Option<Uuid>,
}

/// Takes a reply: classifies it, keeps it, suppresses and counts where its class says so, and makes its card.
///
/// # Errors
/// 404 for an unknown campaign; 422 when sender or text are missing; 413 above 256 KiB.
pub async fn process(app: &App, ctx: &Ctx, request: ProcessRequest) -> AppResult<Processed> {
    ctx.require(Operation::WorkBoard)?;
    check(&request)?;
    let now = app.now();
    let received_at = request.received_at.unwrap_or(now).min(now);
    let key = request.received_at.map(|at| dedupe_key(&request, at));
    let mut tx = app.db.write(ctx.ws).await?;
    if let Some(id) = known(&mut tx, ctx, key.as_deref()).await? {
        return Ok(id);
    }
    if let Some(id) = request.campaign_id {
        reactions::campaign_name(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    }
    let from = From::parse(&request.from);
    let bounced = rules::bounce(&request.from, &request.subject, &request.body).and_then(|b| b.recipient);
    let message_id = request.message_id.as_deref().or(request.in_reply_to.as_deref());
    let named = match message_id {
        Some(id) => matching::named(&mut tx, ctx.ws, request.campaign_id, id).await?,
        None => None,
    };
    let matched = matching::find(&mut tx, ctx.ws, request.campaign_id, named, &from, bounced.as_deref()).await?;
    let arrived = Arrived {
        from: &request.from,
        subject: &request.subject,
        body: &request.body,
        auto_submitted: request.auto_submitted.as_deref(),
        in_reply_to: message_id,
        message_id: None,
        received_at,
        dedupe_key: key.as_deref(),
    };
    let taken = take(app, ctx, &mut tx, &arrived, matched, None).await?;
    tx.commit().await?;
    taken.announce(app, ctx.ws);
    Ok(taken.processed)
}

/// A reply as it came, whichever way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrived<'a> {
    pub from: &'a str,
    pub subject: &'a str,
    pub body: &'a str,
    pub auto_submitted: Option<&'a str>,
    /// The id of the message that is answered.
    pub in_reply_to: Option<&'a str>,
    /// Its own id, where it is a mail.
    pub message_id: Option<&'a str>,
    pub received_at: Millis,
    /// The same key twice is refused.
    pub dedupe_key: Option<&'a str>,
}

/// A reply that was taken; people see it once its transaction is kept.
pub(crate) struct Taken {
    pub processed: Processed,
    campaign_id: Option<Uuid>,
}

impl Taken {
    /// Tells every window.
    pub fn announce(&self, app: &App, ws: WorkspaceId) {
        if let Some(campaign) = self.campaign_id {
            crate::tracking::announce(app, ws, campaign);
        }
        app.live.publish(ws, "responses", json!({}));
        if self.processed.card_id.is_some() {
            app.live.publish(ws, "board", json!({}));
        }
    }
}

/// Takes a reply within a transaction, classified already or not.
pub(crate) async fn take(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    arrived: &Arrived<'_>,
    matched: Matched,
    class: Option<Classification>,
) -> AppResult<Taken> {
    let now = app.now();
    let class = match class {
        Some(class) => class,
        None => classify(app, ctx, tx, arrived, &matched).await?,
    };
    let received_at = arrived.received_at;
    let reply = Reply { id: app.new_id(), from: From::parse(arrived.from), matched, class, received_at, now };
    insert(tx, ctx, arrived, &reply).await?;
    consequences(tx, ctx, &reply).await?;
    let card_id = make_card(app, ctx, tx, &reply).await?;
    let object = AuditObject::new("response", reply.id, &reply.class.summary)
        .after(&json!({ "disposition": reply.class.disposition }));
    ctx.audit(tx, now, "response.processed", object).await?;
    let processed = Processed {
        response_id: reply.id,
        disposition: reply.class.disposition,
        sentiment: reply.class.sentiment,
        confidence: reply.class.confidence,
        summary: reply.class.summary,
        card_id,
    };
    Ok(Taken { processed, campaign_id: reply.matched.campaign_id })
}

/// A reply with all that is known of it.
pub(super) struct Reply {
    pub id: Uuid,
    pub from: From,
    pub matched: Matched,
    pub class: Classification,
    pub received_at: Millis,
    pub now: Millis,
}

fn check(request: &ProcessRequest) -> AppResult<()> {
    if request.body.len() > MAX_BODY {
        return Err(AppError::TooLarge(String::from("A reply may have at most 256 KiB.")));
    }
    let mut problems = Vec::new();
    if request.from.trim().is_empty() || request.from.len() > 500 {
        problems.push(Problem::new("from", "required", "Say who sent the reply, in at most 500 characters."));
    }
    if request.body.trim().is_empty() && request.subject.trim().is_empty() {
        problems.push(Problem::new("body", "required", "The reply has no text."));
    }
    if request.subject.len() > 2_000 {
        problems.push(Problem::new("subject", "too_long", "A subject has at most 2,000 characters."));
    }
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}

fn dedupe_key(request: &ProcessRequest, at: Millis) -> String {
    let mut hash = Sha256::new();
    for part in [request.from.trim(), request.subject.trim(), request.body.trim()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(at.to_be_bytes());
    hash.update(request.campaign_id.unwrap_or_default().as_bytes());
    format!("reply:{}", hex::encode(&hash.finalize()[..16]))
}

/// The answer that was given when the same reply came before.
async fn known(tx: &mut Tx, ctx: &Ctx, key: Option<&str>) -> AppResult<Option<Processed>> {
    let Some(key) = key else { return Ok(None) };
    tx.lock_name(&format!("muster:{}:{key}", ctx.ws.0)).await?;
    let Some(id) = responses::by_key(tx, ctx.ws, key).await? else { return Ok(None) };
    let row = responses::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("reply"))?;
    Ok(Some(Processed {
        response_id: row.id,
        disposition: row.disposition,
        sentiment: row.sentiment,
        confidence: row.confidence as f64 / 100.0,
        summary: row.summary,
        card_id: row.card_id,
    }))
}

async fn classify(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    arrived: &Arrived<'_>,
    matched: &Matched,
) -> AppResult<Classification> {
    let classifier = app.classifiers.of(tx, ctx.ws).await?;
    let is_active = matched.contact.as_ref().is_some_and(|c| c.is_active);
    let received_on = DateTime::from_timestamp_millis(arrived.received_at).unwrap_or_default().date_naive();
    Ok(classifier.classify(&ReplyInput {
        from: arrived.from,
        subject: arrived.subject,
        body: arrived.body,
        auto_submitted: arrived.auto_submitted,
        sender: if is_active { Sender::Active } else { Sender::Unknown },
        received_on,
    }))
}

async fn insert(tx: &mut Tx, ctx: &Ctx, arrived: &Arrived<'_>, reply: &Reply) -> AppResult<()> {
    let (class, matched) = (&reply.class, &reply.matched);
    let by_mail = if reply.from.address.contains('@') { "email" } else { "sms" };
    let new = responses::NewResponse {
        id: reply.id,
        campaign_id: matched.campaign_id,
        run_id: matched.message.as_ref().map(|m| m.run_id),
        seq: matched.message.as_ref().map(|m| m.seq),
        customer_id: matched.contact.as_ref().map(|c| c.id),
        channel: matched
            .message
            .as_ref()
            .and_then(|m| m.channel.as_deref())
            .filter(|c| (*c == "email") == (by_mail == "email"))
            .unwrap_or(by_mail),
        from_address: &reply.from.address,
        subject: arrived.subject.trim(),
        raw_body: arrived.body,
        body: &class.own_text,
        in_reply_to: arrived.in_reply_to,
        message_id: arrived.message_id,
        disposition: class.disposition,
        sentiment: class.sentiment,
        confidence: (class.confidence * 100.0).round() as i64,
        summary: &class.summary,
        retry_after: None,
        received_at: reply.received_at,
        created_at: reply.now,
        dedupe_key: arrived.dedupe_key,
    };
    Ok(responses::insert(tx, ctx.ws, &new).await?)
}

/// What a class does beside its card: counters, timeline, suppression.
async fn consequences(tx: &mut Tx, ctx: &Ctx, reply: &Reply) -> AppResult<()> {
    match reply.class.disposition {
        Disposition::Bounce => bounced(tx, ctx, reply).await,
        // A machine answered.
        Disposition::OutOfOffice => {
            let absence = Absence {
                response_id: reply.id,
                message: reply.matched.message.as_ref().map(|m| (m.run_id, m.seq)),
                contact: reply.matched.contact.as_ref(),
                return_date: reply.class.return_date,
                received_at: reply.received_at,
            };
            absence::plan(tx, ctx, &absence).await
        }
        disposition => {
            replied(tx, ctx, reply).await?;
            if disposition == Disposition::Unsubscribe {
                unsubscribed(tx, ctx, reply).await?;
            }
            Ok(())
        }
    }
}

async fn replied(tx: &mut Tx, ctx: &Ctx, reply: &Reply) -> AppResult<()> {
    let Some(row) = &reply.matched.message else { return Ok(()) };
    absence_retries::answered(tx, ctx.ws, row.run_id, row.customer_id, reply.now).await?;
    let counts = reactions::replied(tx, ctx.ws, row.run_id, row.seq, reply.received_at).await?;
    reactions::count(tx, ctx.ws, row.run_id, row.variant_no, counts).await?;
    reactions::event(tx, ctx.ws, &event(row, "replied", reply)).await?;
    Ok(())
}

fn event<'a>(row: &reactions::ReactingRow, kind: &'a str, reply: &Reply) -> reactions::NewEvent<'a> {
    reactions::NewEvent {
        run_id: row.run_id,
        seq: row.seq,
        customer_id: row.customer_id,
        kind,
        at: reply.received_at,
        link_id: None,
        is_bot: false,
        user_agent: None,
        data: Some(
            json!({ "responseId": reply.id, "disposition": reply.class.disposition, "summary": reply.class.summary }),
        ),
        dedupe_key: Some(format!("{kind}:{}", reply.id)),
    }
}

/// Takes the sender off the channel, whoever it is.
async fn unsubscribed(tx: &mut Tx, ctx: &Ctx, reply: &Reply) -> AppResult<()> {
    let contact = reply.matched.contact.as_ref();
    super::route::suppress_sender(tx, ctx.ws, &reply.from.address, contact, "unsubscribed", reply.now).await?;
    if let Some(row) = &reply.matched.message {
        crate::tracking::note_opt_out(tx, ctx.ws, row, reply.now, "reply").await?;
    }
    Ok(())
}

/// A hard bounce suppresses the address; both kinds are in the timeline.
async fn bounced(tx: &mut Tx, ctx: &Ctx, reply: &Reply) -> AppResult<()> {
    let Some(report) = &reply.class.bounce else { return Ok(()) };
    let is_hard = report.kind == BounceKind::Hard;
    let contact = reply.matched.contact.as_ref();
    let address = report.recipient.as_deref().or(contact.and_then(|c| c.email.as_deref()));
    if let (true, Some(address)) = (is_hard, address) {
        let suppression = contacts::NewSuppression {
            channel: "email",
            address,
            reason: "hard_bounce",
            source: "bounce",
            customer_id: contact.map(|c| c.id),
            now: reply.now,
        };
        contacts::suppress(tx, ctx.ws, &suppression).await?;
    }
    let Some(row) = &reply.matched.message else { return Ok(()) };
    reactions::event(tx, ctx.ws, &event(row, "bounced", reply)).await?;
    if is_hard {
        let counts =
            reactions::bounced(tx, ctx.ws, row.run_id, row.seq, reply.received_at, &reply.class.summary).await?;
        reactions::count(tx, ctx.ws, row.run_id, row.variant_no, counts).await?;
        if counts.bounced > 0 {
            let data = json!({ "campaignId": row.campaign_id, "contactId": row.customer_id, "runId": row.run_id, "seq": row.seq, "reason": reply.class.summary });
            muster_db::audit::emit(tx, ctx.ws, "campaign.message.bounced", &ctx.correlation_id, reply.now, &data)
                .await?;
        }
    }
    Ok(())
}
