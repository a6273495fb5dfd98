//! A call of another program over HTTP.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::job::fields::{Fields, is_name, join};
use crate::job::limits::{MAX_LINE, MAX_NAME};

crate::text_enum! {
    /// How it is called.
    pub enum Method {
        Get = "GET",
        Head = "HEAD",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
    }
}

crate::text_enum! {
    /// How the call says who asks.
    pub enum AuthKind {
        /// `Authorization: Bearer <secret>`.
        Bearer = "bearer",
        /// `Authorization: Basic`, the secret is the password (RFC 7617).
        Basic = "basic",
        /// The secret in a header of its own.
        Header = "header",
    }
}

/// Who asks. The secret itself is never in a job: only its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Auth {
    #[serde(rename = "type")]
    pub kind: AuthKind,
    /// The name of the secret.
    pub secret: String,
    /// For `basic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For `header`: its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
}

/// The call. Texts may hold `{{ name }}`, but not in the address's host: where a call goes is not decided by data.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ApiCall {
    pub method: Method,
    pub url: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A text is sent as it is, anything else as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// Statuses that mean success; empty: 200 to 299.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expected_status: Vec<u16>,
    /// What later steps get out of a JSON answer: name → JSON pointer (RFC 6901), `"/data/id"`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, String>,
}

impl ApiCall {
    pub(super) fn read(mut fields: Fields<'_>) -> Option<Self> {
        let method = fields.word("method").unwrap_or(Method::Get);
        let url =
            fields.required_text("url", MAX_LINE, "Write the address: https://…").filter(|url| check_url(&fields, url));
        let headers = fields.text_entries("headers", 50);
        let body = fields.value("body").cloned();
        let auth = auth(&mut fields);
        let expected_status = statuses(&mut fields);
        let outputs = fields.text_entries("outputs", 50);
        for (name, value) in &headers {
            let is_token =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            if !is_token || value.contains(['\r', '\n']) {
                fields.refuse::<()>(&format!("headers.{name}"), "bad_header", "This is not a header.");
            } else if name.eq_ignore_ascii_case("authorization") {
                fields.refuse::<()>(
                    &format!("headers.{name}"),
                    "secret_in_text",
                    "Use auth with the name of a secret instead.",
                );
            }
        }
        if body.is_some() && matches!(method, Method::Get | Method::Head) {
            fields.refuse::<()>("body", "contradiction", format!("A {method} call has no body."));
        }
        for (name, pointer) in &outputs {
            if !is_name(name) || !(pointer.is_empty() || pointer.starts_with('/')) {
                fields.refuse::<()>(
                    &format!("outputs.{name}"),
                    "bad_output",
                    "Write a name and where it is in the answer: \"order_id\": \"/data/id\".",
                );
            }
        }
        fields.finish();
        Some(Self { method, url: url?, headers, body, auth, expected_status, outputs })
    }

    /// Whether an answer's status means success.
    pub fn expects(&self, status: u16) -> bool {
        if self.expected_status.is_empty() {
            (200..300).contains(&status)
        } else {
            self.expected_status.contains(&status)
        }
    }
}

pub(crate) fn check_url(fields: &Fields<'_>, url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_right = host.is_some_and(|host| !host.is_empty() && !host.contains(['{', '}', '@', ':']) || is_host_and_port(host))
        // Placeholders stand for anything; the rest has to be an address.
        && url::Url::parse(&url.replace("{{", "").replace("}}", "").replace(' ', "")).is_ok();
    if !is_right {
        fields.refuse::<()>(
            "url",
            "bad_address",
            "Write an address that begins with https:// and names its host, without a user name in it.",
        );
    }
    is_right
}

fn is_host_and_port(host: &str) -> bool {
    host.rsplit_once(':')
        .is_some_and(|(name, port)| !name.is_empty() && !name.contains(['{', '}', '@']) && port.parse::<u16>().is_ok())
}

fn auth(fields: &mut Fields<'_>) -> Option<Auth> {
    let value = fields.value("auth")?;
    let path = join(&fields.path, "auth");
    let mut auth = Fields::of(value, path, fields.found)?;
    let kind = auth.word::<AuthKind>("type");
    let secret = auth.required_text("secret", MAX_NAME, "Write the name of the secret.");
    let username = auth.text("username", MAX_NAME);
    let header = auth.text("header", MAX_NAME);
    match kind {
        None if auth.value("type").is_none() => {
            auth.refuse::<()>("type", "required", "Write bearer, basic or header.");
        }
        Some(AuthKind::Basic) if username.is_none() => {
            auth.refuse::<()>("username", "required", "Write the user name.");
        }
        Some(AuthKind::Header) if header.is_none() => {
            auth.refuse::<()>("header", "required", "Write the name of the header.");
        }
        _ => {}
    }
    auth.finish();
    Some(Auth { kind: kind?, secret: secret?, username, header })
}

fn statuses(fields: &mut Fields<'_>) -> Vec<u16> {
    // One status may stand alone.
    let list = match fields.value("expected_status") {
        Some(value @ Value::Number(_)) => std::slice::from_ref(value),
        _ => fields.list("expected_status", 50).map_or(&[][..], Vec::as_slice),
    };
    let read = |value: &Value| value.as_u64().and_then(|s| u16::try_from(s).ok()).filter(|s| (100..600).contains(s));
    let statuses: Vec<u16> = list.iter().filter_map(read).collect();
    if statuses.len() < list.len() {
        fields.refuse::<()>("expected_status", "out_of_range", "A status is a number from 100 to 599.");
    }
    statuses
}
