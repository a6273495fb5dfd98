//! What is handed to a provider: one message to one person, fully rendered.

use std::sync::Arc;

use muster_domain::channel::Channel;
use muster_domain::template::RenderedText;

/// One rendered message to one person.
///
/// Built by the sending path at the moment of sending; nothing in it is looked up again.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboundMessage {
    /// What the caller finds its recipient by. Opaque here; the sandbox keeps it with the message.
    pub reference: String,
    /// How it travels.
    pub channel: Channel,
    /// Email address, E.164 phone number, or device token.
    pub to: String,
    /// The person's name, for the `To` header.
    pub to_name: Option<String>,
    /// Address in the `From` header; unused by SMS, WhatsApp and push.
    pub from: String,
    /// Name in the `From` header.
    pub from_name: Option<String>,
    /// Where answers should go, if not to `from`.
    pub reply_to: Option<String>,
    /// Subject of an email, title of a notification.
    pub subject: Option<String>,
    /// The text; for email the plain alternative, which may be empty when there is HTML.
    pub text: String,
    /// The HTML body of an email.
    pub html: Option<RenderedText>,
    /// `Message-ID` without angle brackets, the same on every attempt so that receivers can tell a
    /// repetition (RFC 5322 §3.6.4). Also the idempotency key of providers that take one.
    pub message_id: String,
    /// Envelope sender (`Return-Path`, RFC 5321 §4.4) to which bounces go; when absent, what the relay makes of
    /// `bounce_token`, or `from`.
    pub return_path: Option<String>,
    /// The message's sign in the return path, by which a bounce is known again (see `muster_domain::tracking::bounce`).
    pub bounce_token: Option<String>,
    /// Further header fields of an email as they stand: `List-Unsubscribe`, `List-Unsubscribe-Post`
    /// (RFC 8058), `In-Reply-To` and the like. Values are one line; line breaks are refused.
    pub headers: Vec<(String, String)>,
    /// Files that go with an email.
    pub attachments: Vec<Attachment>,
    /// Route by which an SMS goes, such as `Route 1`; the default route when absent.
    pub sms_route: Option<String>,
    /// Name or number that an SMS comes from.
    pub sender_id: Option<String>,
    /// Value of the `Date` header, UTC milliseconds.
    pub date_ms: i64,
}

impl OutboundMessage {
    /// A message with only what every channel needs; the rest is filled in by field.
    pub fn new(channel: Channel, reference: impl Into<String>, to: impl Into<String>, text: impl Into<String>) -> Self {
        OutboundMessage {
            reference: reference.into(),
            channel,
            to: to.into(),
            to_name: None,
            from: String::new(),
            from_name: None,
            reply_to: None,
            subject: None,
            text: text.into(),
            html: None,
            message_id: String::new(),
            return_path: None,
            bounce_token: None,
            headers: Vec::new(),
            attachments: Vec::new(),
            sms_route: None,
            sender_id: None,
            date_ms: 0,
        }
    }
}

/// A file that goes with an email. The bytes are shared by all messages of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Name shown to the reader.
    pub file_name: String,
    /// Media type, such as `application/pdf`.
    pub content_type: String,
    /// The file.
    pub bytes: Arc<[u8]>,
}
