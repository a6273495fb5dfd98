//! The HTTP client for addresses that people give: guarded, bounded in time and size, without redirects.

use std::{error::Error, time::Duration};

use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, header, redirect};

use super::guard::{GuardedResolver, Reach, forbidden};

/// Longest answer that is read; the rest is left.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// One request.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// Body, empty for none.
    pub body: String,
}

/// What a server answered.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// Status.
    pub status: StatusCode,
    /// `Retry-After` in seconds form (RFC 9110 §10.2.3); dates are not used by these providers.
    pub retry_after: Option<Duration>,
    /// `Location` of a redirect, which is not followed here.
    pub location: Option<String>,
    /// The body, cut to 64 KiB unless the client keeps more.
    pub body: String,
    /// Whether the body went on.
    pub is_cut: bool,
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The request certainly was not carried out: it never reached the server.
    #[error("{0}")]
    NotSent(String),
    /// The request may have been carried out: the connection broke or the wait ended afterwards.
    #[error("{0}")]
    NoAnswer(String),
}

/// A client for URLs that people configure.
#[derive(Clone)]
pub struct HttpClient {
    client: Client,
    reach: Reach,
    most_bytes: usize,
}

impl HttpClient {
    /// A client whose requests end within `timeout`, the connection included.
    ///
    /// # Errors
    /// When the system's TLS set-up cannot be read.
    pub fn new(reach: Reach, timeout: Duration) -> Result<Self, String> {
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout.min(Duration::from_secs(10)))
            .redirect(redirect::Policy::none())
            // A proxy from the environment would do the resolving, past the guard.
            .no_proxy()
            .tcp_nodelay(true)
            .user_agent(concat!("Muster/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(GuardedResolver(reach))
            .build()
            .map_err(|error| chain(&error))?;
        Ok(HttpClient { client, reach, most_bytes: MAX_ANSWER_BYTES })
    }

    /// The same, reading answers of up to so many bytes.
    pub fn keeping(self, most_bytes: usize) -> Self {
        HttpClient { most_bytes, ..self }
    }

    /// A request to be filled in and sent by the caller, such as one whose body is a stream.
    ///
    /// # Errors
    /// [`HttpError::NotSent`] when it may not go there.
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, HttpError> {
        self.check(&url)?;
        Ok(self.client.request(method, url))
    }

    /// Sends one request.
    ///
    /// # Errors
    /// [`HttpError`] says whether the request may have been carried out.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, HttpError> {
        let mut builder = self.request(request.method, request.url)?;
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body);
        }
        let mut response = builder.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                HttpError::NotSent(chain(&error))
            } else {
                HttpError::NoAnswer(chain(&error))
            }
        })?;
        let status = response.status();
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let location = response.headers().get(header::LOCATION).and_then(|value| Some(value.to_str().ok()?.to_owned()));
        let (mut body, mut is_cut) = (Vec::new(), false);
        while let Some(chunk) = response.chunk().await.map_err(|error| HttpError::NoAnswer(chain(&error)))? {
            let room = self.most_bytes.saturating_sub(body.len());
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                is_cut = true;
                break;
            }
        }
        Ok(HttpAnswer { status, retry_after, location, is_cut, body: String::from_utf8_lossy(&body).into_owned() })
    }

    /// Checks a URL without asking for it: the scheme, and that its host may be reached and takes
    /// connections.
    ///
    /// # Errors
    /// [`HttpError::NotSent`] with the reason.
    pub async fn reachable(&self, url: &Url) -> Result<(), HttpError> {
        self.check(url)?;
        let unreachable = |error: &dyn std::fmt::Display| HttpError::NotSent(error.to_string());
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let port = url.port_or_known_default().unwrap_or(443);
        let found = tokio::net::lookup_host((host, port)).await.map_err(|error| unreachable(&error))?;
        let allowed: Vec<_> = found.filter(|address| self.reach.allows(address.ip())).collect();
        if allowed.is_empty() {
            return Err(unreachable(&forbidden(host)));
        }
        let connect = tokio::net::TcpStream::connect(allowed.as_slice());
        match tokio::time::timeout(Duration::from_secs(5), connect).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unreachable(&error)),
            Err(_) => Err(unreachable(&"no connection within 5 s")),
        }
    }

    /// The resolver never sees a host that is an address already, so those are checked here.
    fn check(&self, url: &Url) -> Result<(), HttpError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(HttpError::NotSent(format!("{}: URLs are not used", url.scheme())));
        }
        let address = match url.host() {
            Some(url::Host::Ipv4(v4)) => v4.into(),
            Some(url::Host::Ipv6(v6)) => v6.into(),
            Some(url::Host::Domain(_)) => return Ok(()),
            None => return Err(HttpError::NotSent("the URL names no host".into())),
        };
        if self.reach.allows(address) {
            Ok(())
        } else {
            Err(HttpError::NotSent(forbidden(&address.to_string()).to_string()))
        }
    }
}

/// An error with its causes but without the URL, which may carry a key.
pub fn chain(error: &reqwest::Error) -> String {
    let mut text = match (error.is_timeout(), error.is_connect()) {
        (true, _) => "no answer in time".to_owned(),
        (_, true) => "no connection".to_owned(),
        _ => "the connection failed".to_owned(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
