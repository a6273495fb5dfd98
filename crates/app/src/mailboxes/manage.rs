//! Adding, changing, trying and removing mailboxes.

use std::time::Duration;

use muster_channels::email::Tls;
use muster_channels::email::imap::{self, ImapConfig};
use muster_channels::http::Reach;
use muster_db::mailboxes::{self, MailboxRow};
use muster_db::{Tx, secrets};
use muster_domain::problem::Problem;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{MailboxView, ProbeView};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx, idempotency, vault};

/// Mailboxes of one workspace: they are read one after the other.
const MOST: usize = 20;
/// Longest wait for a server, and for what one command brings.
const PATIENCE: Duration = Duration::from_secs(30);
const USUAL_FOLDER: &str = "INBOX";

/// A mailbox to add. What arrives from now on is read.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewMailbox {
    pub name: String,
    pub host: String,
    pub port: i64,
    /// `tls`, `starttls` or `none`.
    pub security: String,
    pub username: String,
    /// Kept sealed and never given out.
    #[schema(value_type = String)]
    pub password: SecretString,
    /// `INBOX` when not said.
    #[serde(default)]
    pub folder: Option<String>,
    /// PEM of a private authority to trust beside the system's.
    #[serde(default)]
    pub root_certificate: String,
    /// Whether the server may be in a private network or on this machine.
    #[serde(default)]
    pub may_be_private: bool,
    /// Read at once when not said.
    #[serde(default)]
    pub is_active: Option<bool>,
}

/// What to change; what is not said stays.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailboxChange {
    pub name: Option<String>,
    pub host: Option<String>,
    pub port: Option<i64>,
    pub security: Option<String>,
    pub username: Option<String>,
    /// A new password; an empty one changes nothing.
    #[schema(value_type = Option<String>)]
    pub password: Option<SecretString>,
    pub folder: Option<String>,
    pub root_certificate: Option<String>,
    pub may_be_private: Option<bool>,
    pub is_active: Option<bool>,
}

/// The mailboxes of the workspace, the oldest first.
pub async fn list(app: &App, ctx: &Ctx) -> AppResult<Vec<MailboxView>> {
    ctx.require(Operation::ManageSettings)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(mailboxes::list(&mut tx, ctx.ws).await?.into_iter().map(MailboxView::from).collect())
}

/// One mailbox.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<MailboxView> {
    ctx.require(Operation::ManageSettings)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(find(&mut tx, ctx, id).await?.into())
}

/// Adds a mailbox; what arrives from now on is read.
///
/// # Errors
/// 422 with every problem.
pub async fn create(app: &App, ctx: &Ctx, new: NewMailbox) -> AppResult<MailboxView> {
    ctx.require(Operation::ManageSettings)?;
    let now = app.now();
    let row = MailboxRow {
        id: app.new_id(),
        name: new.name.trim().to_owned(),
        host: new.host.trim().to_owned(),
        port: new.port,
        security: new.security,
        username: new.username.trim().to_owned(),
        folder: new.folder.as_deref().map_or(USUAL_FOLDER, str::trim).to_owned(),
        root_certificate: new.root_certificate.trim().to_owned(),
        may_be_private: new.may_be_private,
        is_active: new.is_active.unwrap_or(true),
        reads_since: now,
        uid_validity: None,
        last_uid: 0,
        tries: 0,
        read_at: None,
        error: None,
        failing_since: None,
        failures: 0,
        rests_until: 0,
        replies: 0,
        bounces: 0,
        complaints: 0,
        others: 0,
        created_at: now,
        updated_at: now,
    };
    let mut problems = problems(&row);
    if new.password.expose_secret().is_empty() {
        problems.push(Problem::new("password", "required", "Give the password of the mailbox."));
    }
    refuse(problems)?;
    let mut tx = app.db.write(ctx.ws).await?;
    if mailboxes::list(&mut tx, ctx.ws).await?.len() >= MOST {
        return Err(AppError::conflict("too_many", format!("A workspace has at most {MOST} mailboxes.")));
    }
    mailboxes::insert(&mut tx, ctx.ws, &row).await?;
    vault::put(app, &mut tx, ctx.ws, &secret_name(row.id), &new.password).await?;
    let view = MailboxView::from(row);
    ctx.audit(&mut tx, now, "mailbox.created", AuditObject::new("mailbox", view.id, &view.name).after(&view)).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "mailboxes", json!({}));
    Ok(view)
}

/// Changes a mailbox; its faults are forgotten, so that it is read at once. Where another folder is named, that is read for
/// what arrived since the mailbox was added.
///
/// # Errors
/// 422 with every problem; 409 when somebody else changed it at the same time.
pub async fn update(app: &App, ctx: &Ctx, id: Uuid, change: MailboxChange) -> AppResult<MailboxView> {
    ctx.require(Operation::ManageSettings)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    let password = change.password.clone().filter(|password| !password.expose_secret().is_empty());
    let mut row = apply(before.clone(), change);
    refuse(problems(&row))?;
    row.updated_at = now.max(before.updated_at + 1);
    mailboxes::update(&mut tx, ctx.ws, &row, before.updated_at).await?;
    if let Some(password) = password {
        vault::put(app, &mut tx, ctx.ws, &secret_name(id), &password).await?;
    }
    let after = MailboxView::from(find(&mut tx, ctx, id).await?);
    let before = MailboxView::from(before);
    let object = AuditObject::new("mailbox", id, &after.name).before(&before).after(&after);
    ctx.audit(&mut tx, now, "mailbox.changed", object).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "mailboxes", json!({}));
    Ok(after)
}

/// Removes a mailbox with its password; what was read of it stays.
pub async fn remove(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::ManageSettings)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let view = MailboxView::from(find(&mut tx, ctx, id).await?);
    mailboxes::delete(&mut tx, ctx.ws, id).await?;
    secrets::delete(&mut tx, ctx.ws, &secret_name(id)).await?;
    let object = AuditObject::new("mailbox", id, &view.name).before(&view);
    ctx.audit(&mut tx, app.now(), "mailbox.removed", object).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "mailboxes", json!({}));
    Ok(())
}

/// Signs in to a mailbox and looks into its folder, without reading or changing anything.
///
/// # Errors
/// 422 `mailbox_failed` with what went wrong.
pub async fn probe(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ProbeView> {
    ctx.require(Operation::ManageSettings)?;
    let config = {
        let mut tx = app.db.read(ctx.ws).await?;
        let row = find(&mut tx, ctx, id).await?;
        config(app, &mut tx, ctx, &row).await?
    };
    idempotency::acts(app, ctx).await?;
    let folder = imap::open(&config).await.map_err(|error| AppError::invalid("mailbox_failed", sentence(&error)))?;
    let mails = folder.mails;
    folder.close().await;
    Ok(ProbeView { mails })
}

/// How a mailbox is reached, with its password.
pub(super) async fn config(app: &App, tx: &mut Tx, ctx: &Ctx, row: &MailboxRow) -> AppResult<ImapConfig> {
    let password = vault::find(tx, &app.key, ctx.ws, &secret_name(row.id)).await?;
    Ok(ImapConfig {
        host: row.host.clone(),
        port: u16::try_from(row.port).unwrap_or_default(),
        tls: match row.security.as_str() {
            "none" => Tls::None,
            "starttls" => Tls::StartTls,
            _ => Tls::Implicit,
        },
        root_certificate: Some(row.root_certificate.clone()).filter(|pem| !pem.is_empty()),
        user: row.username.clone(),
        password: password.unwrap_or_else(|| SecretString::from("")),
        folder: row.folder.clone(),
        reach: if row.may_be_private { Reach::Everywhere } else { Reach::Public },
        wait: PATIENCE,
    })
}

/// What a mailbox could not be read for, as a sentence.
pub(super) fn sentence(error: &str) -> String {
    let mut chars = error.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

async fn find(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<MailboxRow> {
    mailboxes::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("mailbox"))
}

fn secret_name(id: Uuid) -> String {
    format!("mailbox:{id}")
}

fn apply(before: MailboxRow, change: MailboxChange) -> MailboxRow {
    let text = |new: Option<String>, old: String| new.map_or(old, |new| new.trim().to_owned());
    let row = MailboxRow {
        name: text(change.name, before.name),
        host: text(change.host, before.host.clone()),
        port: change.port.unwrap_or(before.port),
        security: text(change.security, before.security),
        username: text(change.username, before.username.clone()),
        folder: text(change.folder, before.folder.clone()),
        root_certificate: text(change.root_certificate, before.root_certificate),
        may_be_private: change.may_be_private.unwrap_or(before.may_be_private),
        is_active: change.is_active.unwrap_or(before.is_active),
        ..before
    };
    let is_same = row.host == before.host && row.username == before.username && row.folder == before.folder;
    // Numbers of another folder say nothing of this one.
    if is_same { row } else { MailboxRow { uid_validity: None, last_uid: 0, ..row } }
}

/// Everything that is wrong with a mailbox, before it is kept.
fn problems(row: &MailboxRow) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut needs = |good: bool, path: &str, text: &str| {
        if !good {
            problems.push(Problem::new(path, "required", text));
        }
    };
    let line = |text: &str, most: usize| !text.is_empty() && text.len() <= most && !text.contains(char::is_control);
    let is_host = |host: &str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.[]:_".contains(&b));
    needs(line(&row.name, 100), "name", "Give the mailbox a name of at most 100 characters.");
    needs(line(&row.host, 255) && is_host(&row.host), "host", "Say the name of the mail server.");
    needs((1..=65_535).contains(&row.port), "port", "Say the port: usually 993, or 143.");
    let securities = ["tls", "starttls", "none"];
    needs(securities.contains(&row.security.as_str()), "security", "The security is tls, starttls or none.");
    needs(line(&row.username, 320), "username", "Say the user name of the mailbox.");
    needs(line(&row.folder, 200), "folder", "Say the folder that is read: usually INBOX.");
    needs(row.root_certificate.len() <= 100_000, "rootCertificate", "The certificate is too long.");
    let pem = Some(row.root_certificate.as_str()).filter(|pem| !pem.is_empty());
    if let (true, Some(Err(text))) = (problems.is_empty(), pem.map(|pem| imap::check(&row.host, pem))) {
        problems.push(Problem::new("rootCertificate", "bad_certificate", sentence(&text)));
    }
    problems
}

fn refuse(problems: Vec<Problem>) -> AppResult<()> {
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}
