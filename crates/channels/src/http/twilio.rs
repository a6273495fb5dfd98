//! SMS in Twilio's shape (Programmable Messaging, 2010-04-01).

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{
    client::{HttpAnswer, HttpRequest},
    provider::{Dialect, Probe},
    verdict,
};
use crate::{OutboundMessage, Outcome, Reason, RejectKind};

/// An account at Twilio, or at a provider that speaks its language.
pub struct Twilio {
    /// `https://api.twilio.com` or where the look-alike is.
    pub base_url: Url,
    /// Account SID.
    pub account_sid: String,
    /// Auth token.
    pub auth_token: SecretString,
    /// Number, sender name or messaging service (`MG…`) used when a message brings none.
    pub default_from: String,
    /// Where delivery receipts go, if they can reach us.
    pub status_callback: Option<Url>,
}

impl Twilio {
    fn request_to(&self, method: Method, rest: &str, body: String) -> HttpRequest {
        let mut url = self.base_url.clone();
        url.set_path(&format!("/2010-04-01/Accounts/{}{rest}", self.account_sid));
        let login = format!("{}:{}", self.account_sid, self.auth_token.expose_secret());
        let headers = vec![
            ("Authorization".into(), format!("Basic {}", BASE64_STANDARD.encode(login))),
            ("Content-Type".into(), "application/x-www-form-urlencoded".into()),
        ];
        HttpRequest { method, url, headers, body }
    }
}

impl Dialect for Twilio {
    fn request(&self, message: &OutboundMessage) -> Result<HttpRequest, Outcome> {
        let from = message.sender_id.as_deref().filter(|id| !id.is_empty()).unwrap_or(&self.default_from);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("To", &message.to);
        form.append_pair(if from.starts_with("MG") && from.len() == 34 { "MessagingServiceSid" } else { "From" }, from);
        form.append_pair("Body", &message.text);
        if let Some(callback) = &self.status_callback {
            form.append_pair("StatusCallback", callback.as_str());
        }
        Ok(self.request_to(Method::POST, "/Messages.json", form.finish()))
    }

    fn read(&self, answer: &HttpAnswer) -> Outcome {
        let body = verdict::json(answer);
        if answer.status.is_success() {
            return match body["sid"].as_str() {
                Some(sid) => Outcome::Accepted {
                    provider_message_id: Some(sid.to_owned()),
                    answer: format!("{} {}", answer.status.as_u16(), body["status"].as_str().unwrap_or("accepted")),
                },
                None => verdict::unreadable(answer),
            };
        }
        let text = match (body["code"].as_u64(), body["message"].as_str()) {
            (Some(code), Some(message)) => format!("{message} (error {code})"),
            _ => answer.body.clone(),
        };
        let reason = || Reason::code(answer.status.as_u16(), &text);
        match kind(&body) {
            Some(kind) => Outcome::Reject { kind, reason: reason() },
            None if about_the_account(&body) => verdict::for_the_provider(reason()),
            None => verdict::by_status(answer, &text),
        }
    }

    fn probe(&self) -> Probe {
        Probe::Ask(self.request_to(Method::GET, ".json", String::new()))
    }
}

/// Error codes that are about the message or its recipient
/// (https://www.twilio.com/docs/api/errors).
fn kind(body: &Value) -> Option<RejectKind> {
    match body["code"].as_u64()? {
        21211 | 21214 | 21217 | 21401 | 21407 | 21421 | 21604 | 21614 => Some(RejectKind::BadAddress),
        21408 | 21610 => Some(RejectKind::Blocked),
        21602 | 21617 | 21619 | 30007 => Some(RejectKind::Content),
        21612 => Some(RejectKind::Other),
        _ => None,
    }
}

/// Error codes that would meet every other message as well: authentication, the sender, the queue.
fn about_the_account(body: &Value) -> bool {
    matches!(body["code"].as_u64(), Some(14107 | 20003 | 20429 | 21212 | 21603 | 21606 | 21611 | 21659 | 30001 | 30002))
}
