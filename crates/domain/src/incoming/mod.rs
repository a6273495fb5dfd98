//! What comes into a mailbox that answers, bounces and complaints are sent to: from the bytes of a mail to what it is.
//!
//! Anybody may write anything into such a mailbox. Whatever is read is bounded, nothing is believed of it but what it says
//! about itself, and which message of ours it is about is found out elsewhere, by what it names: [`Incoming::answers`] and
//! [`Incoming::recipients`].

mod headers;
mod report;
#[cfg(test)]
mod samples;

use mail_parser::{Message, MessageParser, MimeHeaders};

use self::headers::Headers;
pub use self::report::Report;
use crate::reply::rules::BounceReport;
use crate::storable;
use crate::tracking::MessageName;
use crate::tracking::name::is_ours;

/// Bytes of a mail that are looked at. What a person wrote comes first; attachments may be cut off.
pub const MAX_BYTES: usize = 512 * 1024;
/// Longest text that is taken out of one, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;
/// Ids, and addresses, that are taken out of one.
const MAX_NAMED: usize = 20;
/// Parts of text that make up what somebody wrote.
const MAX_TEXTS: usize = 8;

/// A mail that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its own `Message-ID`, without brackets.
    pub message_id: Option<String>,
    /// `John Smith <john@example.com>`; empty when nobody is named.
    pub from: String,
    /// The sender's address alone, in lower case.
    pub from_address: String,
    pub subject: String,
    /// The ids of what it answers or reports on, the nearest first.
    pub answers: Vec<String>,
    /// Addresses that it was sent to, and that what it reports on was sent from: they may carry the sign of a message.
    pub recipients: Vec<String>,
    pub kind: Kind,
}

/// What a mail is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Somebody wrote, or the machine of somebody did.
    Reply {
        /// Plain text, quotes and all.
        body: String,
        /// The `Auto-Submitted` header (RFC 3834), where it says that a machine wrote.
        auto_submitted: Option<String>,
        /// A machine wrote it, or it went to many: without a message of ours that it is about, it is nobody's reply.
        is_automatic: bool,
    },
    /// A mail server could not deliver (RFC 3464). The text is what it says to people.
    Bounce { report: BounceReport, text: String },
    /// A reader marked a message as spam (RFC 5965).
    Complaint,
    /// Nothing to do with it.
    Nothing(Why),
}

crate::text_enum! {
    /// Why there is nothing to do with a mail.
    pub enum Why {
        /// Muster sent it itself: it came round.
        Own = "own",
        /// A server says that it delivered something, or a reader's program that it was opened.
        Receipt = "receipt",
        /// A reader says that something is no spam, or a report is about something else.
        OtherReport = "other_report",
        /// It has neither a sender nor words.
        Empty = "empty",
    }
}

/// Reads a mail, however broken; only its first [`MAX_BYTES`] are looked at.
pub fn read(raw: &[u8]) -> Incoming {
    let raw = &raw[..raw.len().min(MAX_BYTES)];
    match MessageParser::default().parse(raw) {
        Some(mail) if !mail.parts.is_empty() => of_mail(&mail),
        _ => Incoming {
            message_id: None,
            from: String::new(),
            from_address: String::new(),
            subject: String::new(),
            answers: Vec::new(),
            recipients: Vec::new(),
            kind: Kind::Nothing(Why::Empty),
        },
    }
}

fn of_mail(mail: &Message<'_>) -> Incoming {
    let headers = Headers::of(mail);
    let (from, from_address) = headers.sender();
    let mut answers = headers.ids("In-Reply-To");
    // The last of the references is the nearest.
    answers.extend(headers.ids("References").into_iter().rev());
    let mut recipients = headers.addresses(&["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"]);
    let message_id = headers.ids("Message-ID").into_iter().next();
    let subject = clean(mail.subject().unwrap_or_default(), 500);
    let kind = if message_id.as_deref().is_some_and(is_ours) {
        Kind::Nothing(Why::Own)
    } else if let Some(report) = Report::of(mail) {
        answers.splice(0..0, report.about);
        recipients.extend(report.addresses);
        report.kind
    } else {
        let reply = reply(mail, &headers, &from_address);
        if let Kind::Reply { body, is_automatic: true, .. } = &reply {
            // Servers that do not keep to RFC 3464 return the message, or its beginning, as text.
            answers.extend(MessageName::find_in(body, 3).into_iter().map(str::to_owned));
        }
        reply
    };
    let is_empty = matches!(&kind, Kind::Reply { body, .. } if body.trim().is_empty() && subject.trim().is_empty());
    let kind = if is_empty || from_address.is_empty() && matches!(kind, Kind::Reply { .. }) {
        Kind::Nothing(Why::Empty)
    } else {
        kind
    };
    let mut seen = Vec::new();
    answers.retain(|id| seen.len() < MAX_NAMED && !seen.contains(id) && (seen.push(id.clone()), true).1);
    recipients.truncate(2 * MAX_NAMED);
    Incoming { message_id, from, from_address, subject, answers, recipients, kind }
}

fn reply(mail: &Message<'_>, headers: &Headers<'_>, from_address: &str) -> Kind {
    let auto_submitted = headers.text("Auto-Submitted").filter(|said| !said.trim().eq_ignore_ascii_case("no"));
    let precedence = headers.text("Precedence").unwrap_or_default().to_ascii_lowercase();
    let to_many = ["bulk", "list", "junk", "auto_reply"].contains(&precedence.trim());
    let marked = ["List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond"].iter().any(|name| headers.has(name));
    let local = from_address.split('@').next().unwrap_or_default();
    let is_daemon = ["mailer-daemon", "mail-daemon", "postmaster"].contains(&local)
        || headers.text("Return-Path").is_some_and(|path| path.trim() == "<>");
    Kind::Reply {
        body: text_of(mail),
        is_automatic: auto_submitted.is_some() || to_many || marked || is_daemon,
        auto_submitted: auto_submitted.map(|said| clean(&said, 100)),
    }
}

/// What is to be read in it, as plain text.
fn text_of(mail: &Message<'_>) -> String {
    let mut text = String::new();
    for at in 0..mail.text_body_count().min(MAX_TEXTS) {
        let Some(part) = mail.body_text(at) else { continue };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(cut(&part, MAX_TEXT.saturating_sub(text.len())));
    }
    storable::text(&mut text);
    text = cut(&text, MAX_TEXT).to_owned();
    text
}

/// One line of at most so many bytes, which the database can keep.
fn clean(text: &str, most: usize) -> String {
    let line: String = cut(text, most).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The type of a part, such as `multipart/report`, in lower case.
fn type_of<'x>(part: &impl MimeHeaders<'x>) -> String {
    let Some(kind) = part.content_type() else { return String::new() };
    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
