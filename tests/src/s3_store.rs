//! An object store in memory that takes requests signed in the query as AWS describes it (Signature Version 4), and can
//! misbehave.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

pub const ACCESS_KEY: &str = "AKIATEST";
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const REGION: &str = "us-east-1";

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It promises more bytes than it gives.
    CutsAnswers,
    /// It says 500 to whatever is put.
    RefusesPuts,
}

#[derive(Default)]
struct Kept {
    objects: BTreeMap<String, Bytes>,
    fault: Option<Fault>,
}

/// A running store; it ends with the test's runtime.
pub struct Store {
    pub endpoint: String,
    kept: Arc<Mutex<Kept>>,
}

impl Store {
    pub async fn start() -> Self {
        let kept = Arc::<Mutex<Kept>>::default();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&kept));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, kept }
    }

    /// What is kept at `/bucket/key`.
    pub fn object(&self, path: &str) -> Option<Bytes> {
        self.kept.lock().expect("a lock").objects.get(path).cloned()
    }

    pub fn keep(&self, path: &str, bytes: &'static [u8]) {
        self.kept.lock().expect("a lock").objects.insert(path.to_owned(), Bytes::from_static(bytes));
    }

    pub fn misbehave(&self, fault: Option<Fault>) {
        self.kept.lock().expect("a lock").fault = fault;
    }
}

async fn answer(State(kept): State<Arc<Mutex<Kept>>>, request: Request) -> Response {
    if !is_signed(&request) {
        return (StatusCode::FORBIDDEN, "<Error><Code>SignatureDoesNotMatch</Code></Error>").into_response();
    }
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let body = axum::body::to_bytes(request.into_body(), 64 << 20).await.unwrap_or_default();
    let mut kept = kept.lock().expect("a lock");
    match (method, kept.objects.get(&path).cloned()) {
        (Method::PUT, _) if kept.fault == Some(Fault::RefusesPuts) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        (Method::PUT, _) => {
            kept.objects.insert(path, body);
            StatusCode::OK.into_response()
        }
        (Method::GET | Method::HEAD, None) => StatusCode::NOT_FOUND.into_response(),
        (Method::HEAD, Some(_)) => StatusCode::OK.into_response(),
        (Method::GET, Some(bytes)) if kept.fault == Some(Fault::CutsAnswers) => {
            let part = futures::stream::iter([Ok(bytes.slice(..bytes.len() / 2)), Err(std::io::Error::other("gone"))]);
            ([("content-length", bytes.len().to_string())], Body::from_stream(part)).into_response()
        }
        (Method::GET, Some(bytes)) => bytes.into_response(),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// Whether the query is signed with the secret key (AWS, "Authenticating Requests: Using Query Parameters").
fn is_signed(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    pairs.sort_unstable();
    let value = |name: &str| pairs.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
    let date = value("X-Amz-Date");
    let Some(day) = date.get(..8) else { return false };
    if value("X-Amz-Credential") != format!("{ACCESS_KEY}%2F{day}%2F{REGION}%2Fs3%2Faws4_request") {
        return false;
    }
    let unsigned: Vec<String> = pairs
        .iter()
        .filter(|(key, _)| *key != "X-Amz-Signature")
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let canonical = format!(
        "{}\n{}\n{}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD",
        request.method(),
        request.uri().path(),
        unsigned.join("&")
    );
    let hash: String = Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{day}/{REGION}/s3/aws4_request\n{hash}");
    let key = [day, REGION, "s3", "aws4_request", &text]
        .iter()
        .fold(format!("AWS4{SECRET_KEY}").into_bytes(), |key, part| mac(&key, part));
    let signature: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    value("X-Amz-Signature") == signature
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
