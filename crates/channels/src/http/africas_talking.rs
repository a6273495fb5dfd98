//! SMS in Africa's Talking's shape (bulk messaging, version1).

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use super::{
    client::{HttpAnswer, HttpRequest},
    provider::{Dialect, Probe},
    verdict,
};
use crate::{OutboundMessage, Outcome, Reason, RejectKind};

/// An application at Africa's Talking.
pub struct AfricasTalking {
    /// `https://api.africastalking.com`, or `https://api.sandbox.africastalking.com`.
    pub base_url: Url,
    /// User name of the application.
    pub username: String,
    /// API key.
    pub api_key: SecretString,
    /// Short code or sender name used when a message brings none; the shared one when empty.
    pub default_from: String,
}

impl AfricasTalking {
    fn headers(&self) -> Vec<(String, String)> {
        vec![
            ("apiKey".into(), self.api_key.expose_secret().to_owned()),
            ("Accept".into(), "application/json".into()),
            ("Content-Type".into(), "application/x-www-form-urlencoded".into()),
        ]
    }
}

impl Dialect for AfricasTalking {
    fn request(&self, message: &OutboundMessage) -> Result<HttpRequest, Outcome> {
        let from = message.sender_id.as_deref().filter(|id| !id.is_empty()).unwrap_or(&self.default_from);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("username", &self.username);
        form.append_pair("to", &message.to);
        form.append_pair("message", &message.text);
        if !from.is_empty() {
            form.append_pair("from", from);
        }
        // Let the provider queue rather than refuse when it is busy.
        form.append_pair("enqueue", "1");
        let mut url = self.base_url.clone();
        url.set_path("/version1/messaging");
        Ok(HttpRequest { method: Method::POST, url, headers: self.headers(), body: form.finish() })
    }

    fn read(&self, answer: &HttpAnswer) -> Outcome {
        if !answer.status.is_success() {
            return verdict::by_status(answer, &answer.body);
        }
        let body = verdict::json(answer);
        let data = &body["SMSMessageData"];
        let recipient = &data["Recipients"][0];
        let said = recipient["status"].as_str().or(data["Message"].as_str()).unwrap_or_default();
        let status = answer.status.as_u16();
        match recipient["statusCode"].as_u64() {
            Some(100..=102) => Outcome::Accepted {
                provider_message_id: recipient["messageId"].as_str().map(str::to_owned),
                answer: format!("{status} {said}"),
            },
            Some(code) => refused(code, Reason::code(status, format!("{said} (status {code})"))),
            // Without recipients the message says what is wrong with the request: InvalidSenderId.
            None if data["Message"].is_string() => verdict::for_the_provider(Reason::code(status, said)),
            None => verdict::unreadable(answer),
        }
    }

    fn probe(&self) -> Probe {
        let mut url = self.base_url.clone();
        url.set_path("/version1/user");
        url.query_pairs_mut().append_pair("username", &self.username);
        Probe::Ask(HttpRequest { method: Method::GET, url, headers: self.headers(), body: String::new() })
    }
}

/// https://developers.africastalking.com/docs/sms/sending/bulk: status codes of a recipient.
fn refused(code: u64, reason: Reason) -> Outcome {
    let kind = match code {
        403 | 404 => RejectKind::BadAddress,
        401 | 406 | 409 => RejectKind::Blocked,
        407 | 502 => RejectKind::Other,
        // 402 sender name, 405 balance, 500 and 501 their own trouble: the same for every message.
        _ => return verdict::for_the_provider(reason),
    };
    Outcome::Reject { kind, reason }
}
