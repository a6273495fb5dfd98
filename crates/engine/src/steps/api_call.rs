//! `api_call`: one call over HTTP, its redirects followed only where the guard lets it.

use std::time::Duration;

use base64::Engine;
use muster_channels::http::{HttpAnswer, HttpClient, HttpError, HttpRequest, Reach};
use muster_domain::job::action::{ApiCall, AuthKind, Method};
use muster_domain::job::reference::{fill, fill_text};
use muster_domain::job::workflow::Outcome;
use reqwest::Url;
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use super::{Done, Try, fault, trouble};

/// Longest answer that is read.
const MAX_ANSWER: usize = 1 << 20;
/// Characters of an answer that are shown when it was not what was expected.
const SHOWN: usize = 500;
const MAX_REDIRECTS: usize = 5;
/// No single answer is waited for longer.
const LONGEST: Duration = Duration::from_secs(600);

impl Try<'_> {
    pub(super) async fn api_call(&mut self, call: &ApiCall) -> Done<Outcome> {
        let values = &self.order.values;
        let url = address(&call.url, values)?;
        let mut headers: Vec<(String, String)> =
            call.headers.iter().map(|(name, value)| (name.clone(), one_line(&fill_text(value, values)))).collect();
        let body = match call.body.as_ref().map(|body| fill(body, values)) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text,
            Some(json) => {
                add_unless_said(&mut headers, "Content-Type", "application/json");
                json.to_string()
            }
        };
        let auth = self.authorization(call).await?;
        let reach = self.steps.ports.reach(self.order.ws).await.map_err(trouble)?;
        let client = HttpClient::new(reach, self.time_left().min(LONGEST)).map_err(trouble)?.keeping(MAX_ANSWER);
        // Queries may carry what is not for logs.
        self.talk.info(&format!("{} {}", call.method, without_query(&url))).await;
        let request = HttpRequest { method: method(call.method), url, headers, body };
        let answer = self.within(follow(&client, request, auth, call)).await?;
        self.talk.info(&format!("Answered {} with {} bytes.", answer.status, answer.body.len())).await;
        outcome(call, &answer)
    }

    /// The header that says who asks.
    async fn authorization(&mut self, call: &ApiCall) -> Done<Option<(String, String)>> {
        let Some(auth) = &call.auth else { return Ok(None) };
        let secret = self.secret(&auth.secret).await?;
        let plain = secret.expose_secret().trim();
        Ok(Some(match auth.kind {
            AuthKind::Bearer => (String::from("Authorization"), format!("Bearer {plain}")),
            AuthKind::Basic => {
                let pair = format!("{}:{plain}", auth.username.as_deref().unwrap_or_default());
                let coded = base64::engine::general_purpose::STANDARD.encode(pair);
                self.talk.hide(&coded.clone().into());
                (String::from("Authorization"), format!("Basic {coded}"))
            }
            AuthKind::Header => (auth.header.clone().unwrap_or_else(|| String::from("X-Api-Key")), plain.to_owned()),
        }))
    }

    /// A client for another kind of step, within the reach of the workspace.
    pub(super) async fn http(&self) -> Done<(HttpClient, Reach)> {
        let reach = self.steps.ports.reach(self.order.ws).await.map_err(trouble)?;
        Ok((HttpClient::new(reach, self.time_left()).map_err(trouble)?, reach))
    }
}

/// Sends it, and again where it is sent on to. Who asks is told to the first host only.
async fn follow(
    client: &HttpClient,
    mut request: HttpRequest,
    auth: Option<(String, String)>,
    call: &ApiCall,
) -> Done<HttpAnswer> {
    let home = origin(&request.url);
    for _ in 0..=MAX_REDIRECTS {
        let mut next = request.clone();
        if origin(&next.url) == home {
            next.headers.extend(auth.clone());
        }
        let answer = client.send(next).await.map_err(|error| match error {
            HttpError::NotSent(text) => fault(format!("The call was not made: {text}.")),
            HttpError::NoAnswer(text) => fault(format!("The call may have been made, but there is no answer: {text}.")),
        })?;
        let status = answer.status.as_u16();
        let is_redirect = matches!(status, 301 | 302 | 303 | 307 | 308) && !call.expected_status.contains(&status);
        let Some(location) = answer.location.as_ref().filter(|_| is_redirect) else { return Ok(answer) };
        request.url =
            request.url.join(location).map_err(|_| fault(format!("The answer leads to no address: {location}.")))?;
        if status == 303 || (matches!(status, 301 | 302) && request.method == reqwest::Method::POST) {
            // RFC 9110 §15.4: what was asked for is to be fetched from there.
            request.method = reqwest::Method::GET;
            request.body = String::new();
        }
    }
    Err(fault(format!("The address leads on more than {MAX_REDIRECTS} times.")))
}

fn outcome(call: &ApiCall, answer: &HttpAnswer) -> Done<Outcome> {
    let status = answer.status.as_u16();
    if !call.expects(status) {
        let said: String = answer.body.chars().take(SHOWN).collect();
        let said = if said.is_empty() { String::from("It said nothing more.") } else { format!("It said: {said}") };
        return Err(fault(format!("The answer was {}, which the step does not expect. {said}", answer.status)));
    }
    let mut output = Map::new();
    output.insert(String::from("http_status"), Value::from(status));
    if call.outputs.is_empty() {
        return Ok(Outcome { output, ..Outcome::default() });
    }
    if answer.is_cut {
        return Err(fault(format!("The answer is longer than {} KiB.", MAX_ANSWER >> 10)));
    }
    let json: Value = serde_json::from_str(&answer.body)
        .map_err(|_| fault("The answer is not JSON, so nothing can be taken out of it."))?;
    for (name, pointer) in &call.outputs {
        let found = json.pointer(pointer).ok_or_else(|| fault(format!("The answer has nothing at {pointer}.")))?;
        output.insert(name.clone(), found.clone());
    }
    Ok(Outcome { output, ..Outcome::default() })
}

/// An address with its values, each encoded so that it stays one part of the path or one value of the query (RFC 3986).
pub(super) fn address(template: &str, values: &Map<String, Value>) -> Done<Url> {
    let bad = || fault(format!("{template} is not an address once its values stand in it."));
    let filled = Url::parse(&fill_text(template, &encoded_map(values))).map_err(|_| bad())?;
    // The host is the author's; a value cannot have moved it, and if it did nothing is sent.
    let host = template.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let fixed = Url::parse(&format!("{}://{host}/", filled.scheme())).map_err(|_| bad())?;
    // A value of dots would climb.
    let path = template.split("://").nth(1).and_then(|rest| rest.split(['?', '#']).next()).unwrap_or_default();
    let parts = path.matches('/').count().max(1);
    let is_as_written = origin(&fixed) == origin(&filled) && filled.path().matches('/').count() == parts;
    if is_as_written && !host.contains("{{") { Ok(filled) } else { Err(bad()) }
}

fn encoded_map(values: &Map<String, Value>) -> Map<String, Value> {
    values.iter().map(|(name, value)| (name.clone(), encoded_value(value))).collect()
}

fn encoded_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(encoded(text)),
        Value::Object(map) => Value::Object(encoded_map(map)),
        Value::Array(_) => Value::String(encoded(&value.to_string())),
        other => other.clone(),
    }
}

/// Percent-encoded, all but what is unreserved.
pub(super) fn encoded(text: &str) -> String {
    let mut coded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => coded.push(char::from(byte)),
            _ => coded.push_str(&format!("%{byte:02X}")),
        }
    }
    coded
}

fn origin(url: &Url) -> (String, Option<String>, Option<u16>) {
    (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default())
}

fn without_query(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    shown.to_string()
}

/// A header is one line, whatever a value says.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n', '\0'], " ")
}

fn add_unless_said(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    if !headers.iter().any(|(said, _)| said.eq_ignore_ascii_case(name)) {
        headers.push((name.to_owned(), value.to_owned()));
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_value_stays_one_part_of_the_address() {
        let values = json!({ "id": "a/../b?x=1#é", "n": 5, "dots": ".." });
        let values = values.as_object().unwrap();
        let url = address("https://example.com/o/{{ id }}/{{ n }}?q={{ id }}", values).unwrap();
        assert_eq!(url.as_str(), "https://example.com/o/a%2F..%2Fb%3Fx%3D1%23%C3%A9/5?q=a%2F..%2Fb%3Fx%3D1%23%C3%A9");
        assert!(address("https://example.com{{ id }}/", values).is_err());
        assert!(address("https://example.com/orders/{{ dots }}/x", values).is_err());
    }

    proptest! {
        #[test]
        fn no_value_moves_the_host(text in "\\PC{0,30}|[@:/.?#%a-z0-9\\\\]{0,30}") {
            let values = json!({ "v": text });
            if let Ok(url) = address("https://example.com/{{ v }}/x?{{ v }}", values.as_object().unwrap()) {
                prop_assert_eq!(url.host_str(), Some("example.com"));
                prop_assert!(url.path().ends_with("/x"));
            }
        }
    }
}
