//! One mail: what it does, that it was read, and how far its mailbox is read, kept together or not at all.

use muster_channels::email::imap::Letter;
use muster_db::mailbox_messages::{self, MailKey, NewMail};
use muster_db::mailboxes::{self, Taken};
use muster_db::reactions::{self, ReactingRow};
use muster_db::{Tx, contacts, workspaces};
use muster_domain::clock::Millis;
use muster_domain::incoming::{self, Incoming, Kind};
use muster_domain::reply::Classification;
use muster_domain::reply::rules::{self, BounceReport};
use muster_domain::workspace::WorkspaceId;
use sha2::{Digest, Sha256};

use super::read::Place;
use crate::replies::matching::{self, From};
use crate::replies::{self, Arrived};
use crate::tracking::token_key;
use crate::{App, AppResult, Ctx};

/// Whom a report is from that names nobody.
const NAMELESS_SERVER: &str = "mailer-daemon@unknown.invalid";

/// What became of a mail.
struct Done {
    outcome: &'static str,
    reason: Option<&'static str>,
    reply: Option<replies::Taken>,
}

impl Done {
    fn nothing(reason: &'static str) -> Self {
        Self { outcome: "nothing", reason: Some(reason), reply: None }
    }

    fn counts(&self) -> Taken {
        match self.outcome {
            "reply" => Taken { replies: 1, ..Taken::default() },
            "bounce" => Taken { bounces: 1, ..Taken::default() },
            "complaint" => Taken { complaints: 1, ..Taken::default() },
            _ => Taken { others: 1, ..Taken::default() },
        }
    }
}

/// Takes a mail, unless it was read before: in this mailbox or another, under this number or another.
pub(super) async fn take(app: &App, ctx: &Ctx, place: Place, letter: &Letter) -> AppResult<()> {
    let mail = incoming::read(&letter.bytes);
    let name = name(&mail, letter);
    let mut tx = app.db.write(ctx.ws).await?;
    let mut counts = Taken::default();
    let mut reply = None;
    if !mailbox_messages::is_known(&mut tx, ctx.ws, key(place, letter, &name)).await? {
        let done = act(app, ctx, &mut tx, &mail, letter, &name).await?;
        counts = done.counts();
        note(app, ctx, &mut tx, key(place, letter, &name), &done).await?;
        reply = done.reply;
    }
    move_on(ctx.ws, &mut tx, place, letter, counts).await?;
    tx.commit().await?;
    if let Some(reply) = reply {
        reply.announce(app, ctx.ws);
    }
    Ok(())
}

/// Leaves a mail behind that could not be taken.
pub(super) async fn pass_over(app: &App, ctx: &Ctx, place: Place, letter: &Letter, error: &str) -> AppResult<()> {
    tracing::error!(mailbox = %place.mailbox, uid = letter.uid, "a mail was passed over: {error}");
    let name = name(&incoming::read(&letter.bytes), letter);
    let done = Done { outcome: "failed", reason: Some("passed_over"), reply: None };
    let mut tx = app.db.write(ctx.ws).await?;
    note(app, ctx, &mut tx, key(place, letter, &name), &done).await?;
    move_on(ctx.ws, &mut tx, place, letter, done.counts()).await?;
    Ok(tx.commit().await?)
}

fn key<'a>(place: Place, letter: &Letter, name: &'a str) -> MailKey<'a> {
    MailKey { mailbox: place.mailbox, uid_validity: place.uid_validity, uid: i64::from(letter.uid), name }
}

async fn note(app: &App, ctx: &Ctx, tx: &mut Tx, key: MailKey<'_>, done: &Done) -> AppResult<()> {
    let response_id = done.reply.as_ref().map(|taken| taken.processed.response_id);
    let mail = NewMail { outcome: done.outcome, reason: done.reason, response_id, now: app.now() };
    Ok(mailbox_messages::insert(tx, ctx.ws, key, mail).await?)
}

async fn move_on(ws: WorkspaceId, tx: &mut Tx, place: Place, letter: &Letter, counts: Taken) -> AppResult<()> {
    let numbers = (place.last_uid, i64::from(letter.uid));
    Ok(mailboxes::advance(tx, ws, (place.mailbox, place.uid_validity), numbers, counts).await?)
}

/// What a mail is known by wherever it lies: a hash of its id, or of all of it.
fn name(mail: &Incoming, letter: &Letter) -> String {
    let hash = match &mail.message_id {
        Some(id) => Sha256::new().chain_update(b"id:").chain_update(id),
        None => Sha256::new().chain_update(b"mail:").chain_update(&letter.bytes),
    };
    hex::encode(&hash.finalize()[..16])
}

async fn act(app: &App, ctx: &Ctx, tx: &mut Tx, mail: &Incoming, letter: &Letter, name: &str) -> AppResult<Done> {
    let received_at = letter.arrived_at.unwrap_or(app.now()).min(app.now());
    let dedupe_key = format!("mail:{name}");
    let arrived = Arrived {
        from: &mail.from,
        subject: &mail.subject,
        body: "",
        auto_submitted: None,
        in_reply_to: mail.answers.first().map(String::as_str),
        message_id: mail.message_id.as_deref(),
        received_at,
        dedupe_key: Some(&dedupe_key),
    };
    match &mail.kind {
        Kind::Nothing(why) => Ok(Done::nothing(why.as_str())),
        Kind::Complaint => complained(app, ctx, tx, mail, received_at).await,
        Kind::Bounce { report, text } => {
            let arrived = Arrived { body: text, ..arrived };
            bounced(app, ctx, tx, mail, &arrived, report).await
        }
        Kind::Reply { body, auto_submitted, is_automatic } => {
            let arrived = Arrived { body, auto_submitted: auto_submitted.as_deref(), ..arrived };
            if let Some(report) = rules::bounce(&mail.from, &mail.subject, body) {
                return bounced(app, ctx, tx, mail, &arrived, &report).await;
            }
            replied(app, ctx, tx, mail, &arrived, *is_automatic).await
        }
    }
}

/// The message of ours that a mail names: by the signed sign in an address, or by the id that it answers or reports on.
async fn named(tx: &mut Tx, ctx: &Ctx, mail: &Incoming) -> AppResult<Option<ReactingRow>> {
    let key = token_key(&workspaces::get(tx, ctx.ws).await?)?;
    let signed = mail.recipients.iter().filter_map(|address| key.bounced(address));
    if let Some(message) = signed.into_iter().find(|message| message.workspace == ctx.ws) {
        return Ok(reactions::recipient(tx, ctx.ws, message.run_id, message.seq).await?);
    }
    for id in &mail.answers {
        if let Some(row) = matching::named(tx, ctx.ws, None, id).await? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

async fn replied(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    mail: &Incoming,
    arrived: &Arrived<'_>,
    is_automatic: bool,
) -> AppResult<Done> {
    let named = named(tx, ctx, mail).await?;
    let matched = matching::find(tx, ctx.ws, None, named, &From::parse(&mail.from), None).await?;
    if is_automatic && matched.message.is_none() {
        return Ok(Done::nothing("unrelated"));
    }
    let taken = replies::take(app, ctx, tx, arrived, matched, None).await?;
    Ok(Done { outcome: "reply", reason: None, reply: Some(taken) })
}

/// A report is believed about the message that it names, and about whom that went to; whatever else it says, anybody may have
/// written it.
async fn bounced(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    mail: &Incoming,
    arrived: &Arrived<'_>,
    report: &BounceReport,
) -> AppResult<Done> {
    let Some(row) = named(tx, ctx, mail).await? else { return Ok(Done::nothing("unrelated")) };
    let matched = matching::find(tx, ctx.ws, None, Some(row), &From::nobody(), None).await?;
    let report = BounceReport { recipient: None, ..report.clone() };
    let class = Classification::of_bounce(arrived.body, report);
    // Servers may leave their name out.
    let from = if mail.from.is_empty() { NAMELESS_SERVER } else { arrived.from };
    let arrived = &Arrived { from, ..*arrived };
    let taken = replies::take(app, ctx, tx, arrived, matched, Some(class)).await?;
    Ok(Done { outcome: "bounce", reason: None, reply: Some(taken) })
}

/// Whoever marks a message as spam gets no more.
async fn complained(app: &App, ctx: &Ctx, tx: &mut Tx, mail: &Incoming, at: Millis) -> AppResult<Done> {
    let Some(row) = named(tx, ctx, mail).await? else { return Ok(Done::nothing("unrelated")) };
    let contact = contacts::get(tx, ctx.ws, row.customer_id).await?;
    if let Some(address) = contact.as_ref().and_then(|contact| contact.email.as_deref()) {
        let suppression = contacts::NewSuppression {
            channel: "email",
            address,
            reason: "complaint",
            source: "complaint",
            customer_id: Some(row.customer_id),
            now: app.now(),
        };
        contacts::suppress(tx, ctx.ws, &suppression).await?;
    }
    let event = reactions::NewEvent {
        run_id: row.run_id,
        seq: row.seq,
        customer_id: row.customer_id,
        kind: "complained",
        at,
        link_id: None,
        is_bot: false,
        user_agent: None,
        data: None,
        dedupe_key: Some(format!("complained:{}:{}", row.run_id, row.seq)),
    };
    if reactions::event(tx, ctx.ws, &event).await? {
        let counts = reactions::Counts { complaints: 1, ..reactions::Counts::default() };
        reactions::count(tx, ctx.ws, row.run_id, row.variant_no, counts).await?;
    }
    Ok(Done { outcome: "complaint", reason: None, reply: None })
}
