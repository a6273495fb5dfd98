//! A provider that is described rather than programmed: its request is a template, its success an
//! expression.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{
    client::{HttpAnswer, HttpRequest},
    provider::{Dialect, Probe},
    verdict,
};
use crate::{OutboundMessage, Outcome, Reason, RejectKind};

/// The names that may stand between `{{` and `}}`.
const PLACEHOLDERS: [&str; 8] = ["to", "to_digits", "from", "subject", "text", "message_id", "reference", "secret"];

/// How a provider is asked and how its answer is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpTemplate {
    /// URL with placeholders, whose values are percent-encoded.
    pub url: String,
    /// `GET`, `POST` or `PUT`.
    #[serde(default = "post")]
    pub method: String,
    /// Headers with placeholders; `{{secret}}` stands for the provider's secret.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Media type of the body; it also decides how values are escaped: JSON, form, XML or not.
    #[serde(default = "json_type")]
    pub content_type: String,
    /// Body with placeholders; inside JSON they stand within quotes.
    #[serde(default)]
    pub body: String,
    /// When a message counts as accepted.
    #[serde(default)]
    pub success: Success,
    /// JSON pointer (RFC 6901) to the provider's message id in the answer.
    #[serde(default)]
    pub message_id_pointer: Option<String>,
    /// JSON pointer to what the provider says went wrong.
    #[serde(default)]
    pub error_pointer: Option<String>,
}

/// When an answer means that the message was accepted: both parts must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Success {
    /// Statuses; any 2xx when empty.
    #[serde(default)]
    pub status: Vec<u16>,
    /// JSON pointer to a value in the answer.
    #[serde(default)]
    pub pointer: Option<String>,
    /// What that value must be, as text; that it exists is enough when empty.
    #[serde(default)]
    pub equals: Vec<String>,
}

fn post() -> String {
    "POST".into()
}

fn json_type() -> String {
    "application/json".into()
}

/// What is wrong with a template, and in which field.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct TemplateError {
    /// Field of [`HttpTemplate`].
    pub field: &'static str,
    /// The problem, for the person who writes it.
    pub problem: String,
}

/// A provider made from a template.
pub struct TemplateSender {
    template: HttpTemplate,
    method: Method,
    secret: SecretString,
    default_from: String,
    /// The URL for some message; every message goes to the same host.
    sample_url: Url,
}

#[derive(Clone, Copy)]
enum Escape {
    Url,
    Form,
    Json,
    Xml,
    Header,
    Plain,
}

impl TemplateSender {
    /// Checks a template: placeholders, method, URL, pointers.
    ///
    /// # Errors
    /// The first problem with its field.
    pub fn new(template: HttpTemplate, secret: SecretString, default_from: String) -> Result<Self, TemplateError> {
        let wrong = |field, problem: String| TemplateError { field, problem };
        let method = match template.method.to_ascii_uppercase().as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            other => return Err(wrong("method", format!("{other} is not GET, POST or PUT"))),
        };
        let fields = [("url", &template.url), ("body", &template.body)];
        let headers = template.headers.iter().map(|(_, value)| ("headers", value));
        for (field, text) in fields.into_iter().chain(headers) {
            check(text).map_err(|problem| wrong(field, problem))?;
        }
        let pointers = [
            ("success", &template.success.pointer),
            ("messageIdPointer", &template.message_id_pointer),
            ("errorPointer", &template.error_pointer),
        ];
        for (field, pointer) in pointers {
            if pointer.as_deref().is_some_and(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
                return Err(wrong(field, "a JSON pointer begins with /".into()));
            }
        }
        // The host must not depend on the message: a customer's data would choose where to send.
        let authority =
            template.url.split("//").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains("{{") {
            return Err(wrong("url", "the host may not contain placeholders".into()));
        }
        if !template.url.starts_with("http://") && !template.url.starts_with("https://") {
            return Err(wrong("url", "the URL begins with https:// or http://".into()));
        }
        let sample = template.url.replace("{{", "").replace("}}", "");
        let sample_url = Url::parse(&sample).map_err(|error| wrong("url", error.to_string()))?;
        Ok(TemplateSender { template, method, secret, default_from, sample_url })
    }

    fn url(&self, message: &OutboundMessage) -> Result<Url, String> {
        Url::parse(&self.fill(&self.template.url, message, Escape::Url)).map_err(|error| error.to_string())
    }

    fn body_escape(&self) -> Escape {
        let content_type = self.template.content_type.to_ascii_lowercase();
        match content_type.as_str() {
            form if form.contains("x-www-form-urlencoded") => Escape::Form,
            json if json.contains("json") => Escape::Json,
            xml if xml.contains("xml") => Escape::Xml,
            _ => Escape::Plain,
        }
    }

    /// Puts the values in. Placeholders were checked when the template was taken, so what is not
    /// one is text.
    fn fill(&self, template: &str, message: &OutboundMessage, escape: Escape) -> String {
        let mut filled = String::with_capacity(template.len() + message.text.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let Some((name, after)) = after.split_once("}}") else {
                break;
            };
            filled.push_str(&escaped(&self.value(name.trim(), message), escape));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, name: &str, message: &OutboundMessage) -> String {
        match name {
            "to" => message.to.clone(),
            "to_digits" => message.to.chars().filter(char::is_ascii_digit).collect(),
            "from" => {
                message.sender_id.clone().filter(|id| !id.is_empty()).unwrap_or_else(|| self.default_from.clone())
            }
            "subject" => message.subject.clone().unwrap_or_default(),
            "text" => message.text.clone(),
            "message_id" => message.message_id.clone(),
            "reference" => message.reference.clone(),
            "secret" => self.secret.expose_secret().to_owned(),
            _ => String::new(),
        }
    }
}

fn check(text: &str) -> Result<(), String> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or("a {{ without }}")?;
        if !PLACEHOLDERS.contains(&name.trim()) {
            return Err(format!("{{{{{}}}}} is unknown; there are {}", name.trim(), PLACEHOLDERS.join(", ")));
        }
        rest = after;
    }
    Ok(())
}

fn escaped(value: &str, escape: Escape) -> String {
    match escape {
        Escape::Plain => value.to_owned(),
        Escape::Header => value.chars().filter(|c| !c.is_control()).collect(),
        Escape::Form => form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        // The form encoding writes a space as +, which is only right in a query.
        Escape::Url => form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20"),
        Escape::Json => {
            let quoted = Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Escape::Xml => value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&apos;"),
    }
}

impl Dialect for TemplateSender {
    fn request(&self, message: &OutboundMessage) -> Result<HttpRequest, Outcome> {
        let url = self
            .url(message)
            .map_err(|problem| Outcome::Reject { kind: RejectKind::Other, reason: Reason::text(problem) })?;
        let mut headers: Vec<_> = self
            .template
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), self.fill(value, message, Escape::Header)))
            .collect();
        let body = self.fill(&self.template.body, message, self.body_escape());
        if !body.is_empty() {
            headers.push(("Content-Type".into(), self.template.content_type.clone()));
        }
        Ok(HttpRequest { method: self.method.clone(), url, headers, body })
    }

    fn read(&self, answer: &HttpAnswer) -> Outcome {
        let body = verdict::json(answer);
        let at = |pointer: &Option<String>| pointer.as_deref().and_then(|pointer| body.pointer(pointer)).map(plain);
        let said = at(&self.template.error_pointer).unwrap_or_else(|| answer.body.clone());
        let expected = &self.template.success;
        let status = answer.status.as_u16();
        let status_good =
            if expected.status.is_empty() { answer.status.is_success() } else { expected.status.contains(&status) };
        if !status_good {
            return verdict::by_status(answer, &said);
        }
        if expected.pointer.is_some() {
            match at(&expected.pointer) {
                None if body.is_null() => return verdict::unreadable(answer),
                Some(value) if expected.equals.is_empty() || expected.equals.contains(&value) => {}
                _ => {
                    return Outcome::Reject { kind: RejectKind::Other, reason: Reason::code(status, said) };
                }
            }
        }
        Outcome::Accepted {
            provider_message_id: at(&self.template.message_id_pointer),
            answer: Reason::code(status, &answer.body).to_string(),
        }
    }

    fn probe(&self) -> Probe {
        Probe::Connect(self.sample_url.clone())
    }
}

/// A JSON value as a person would write it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
