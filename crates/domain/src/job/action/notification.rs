//! Words to people or to another program.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::email_address::EmailAddress;
use crate::job::fields::{Fields, Found};
use crate::job::limits::{MAX_LINE, MAX_NAME, MAX_RECIPIENTS};

/// Characters of a message.
const MAX_MESSAGE: usize = 10_000;

crate::text_enum! {
    /// How the words travel.
    pub enum NotificationChannel {
        /// A note on the desktop and in the list of notifications.
        Desktop = "desktop",
        Email = "email",
        /// A POST of the subject and the message to an address.
        Webhook = "webhook",
    }
}

/// What is said to whom. Subject and message may hold `{{ name }}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Notification {
    pub channel: NotificationChannel,
    /// Email addresses; none on the desktop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// The address of a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The name of the secret that signs a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    pub subject: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl Notification {
    /// An object, or the channel alone: `"email"`; recipients, subject and message are then among the parameters.
    pub(super) fn read(value: &Value, parameters: &Map<String, Value>, path: &str, found: &Found) -> Option<Self> {
        let Value::String(channel) = value else { return Self::of(Fields::of(value, path, found)?) };
        let mut whole = Map::new();
        whole.insert("channel".into(), Value::String(channel.clone()));
        for name in ["recipients", "subject", "message", "url", "secret"] {
            if let Some(value) = parameters.get(name) {
                whole.insert(name.into(), value.clone());
            }
        }
        Self::of(Fields::of(&Value::Object(whole), path, found)?)
    }

    fn of(mut fields: Fields<'_>) -> Option<Self> {
        let channel = fields.word::<NotificationChannel>("channel");
        if channel.is_none() && fields.value("channel").is_none() {
            fields.refuse::<()>("channel", "required", "Write email, desktop or webhook.");
        }
        let recipients = fields.texts("recipients", MAX_RECIPIENTS, MAX_NAME);
        let url = fields.text("url", MAX_LINE);
        let secret = fields.text("secret", MAX_NAME);
        let subject = fields.required_text("subject", MAX_NAME, "Write a subject.");
        let message = fields.text("message", MAX_MESSAGE).unwrap_or_default();
        match channel {
            Some(NotificationChannel::Email) => email(&fields, &recipients),
            Some(NotificationChannel::Webhook) if !url.as_deref().is_some_and(is_web) => {
                fields.refuse::<()>("url", "bad_address", "Write the address of the webhook: https://…");
            }
            _ => {}
        }
        fields.finish();
        Some(Self { channel: channel?, recipients, url, secret, subject: subject?, message })
    }
}

fn is_web(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn email(fields: &Fields<'_>, recipients: &[String]) {
    if recipients.is_empty() {
        fields.refuse::<()>("recipients", "required", "Write whom to tell.");
    }
    for (at, text) in recipients.iter().enumerate() {
        // A parameter may name the person.
        if !text.starts_with(':') && EmailAddress::parse(text).is_err() {
            fields.refuse::<()>(
                &format!("recipients[{at}]"),
                "bad_address",
                format!("“{text}” is not an email address."),
            );
        }
    }
}
