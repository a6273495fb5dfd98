//! One sender for every provider over HTTP; what differs is its [`Dialect`].

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use super::{
    client::{HttpAnswer, HttpClient, HttpRequest},
    guard::Reach,
    verdict,
};
use crate::{OutboundMessage, Outcome, ProbeError, ProviderInfo, Reason, RejectKind, Sender, order::concurrently};

/// How a provider wants to be asked and how it answers.
pub trait Dialect: Send + Sync {
    /// The request for one message.
    ///
    /// # Errors
    /// The outcome of a message that this provider cannot take.
    fn request(&self, message: &OutboundMessage) -> Result<HttpRequest, Outcome>;

    /// What an answer means.
    fn read(&self, answer: &HttpAnswer) -> Outcome;

    /// A request that sends nothing and shows whether the credentials are good; without one, only
    /// the connection is tried.
    fn probe(&self) -> Probe;
}

/// How a provider is tried out.
pub enum Probe {
    /// Ask for this, and expect 2xx.
    Ask(HttpRequest),
    /// Connect to the host of this URL.
    Connect(url::Url),
}

/// How a provider over HTTP may be used.
#[derive(Clone, Copy, Debug)]
pub struct HttpLimits {
    /// Requests at the same time, at least 1.
    pub concurrency: usize,
    /// Longest wait for an answer.
    pub timeout: Duration,
    /// How far its URL may reach.
    pub reach: Reach,
}

impl Default for HttpLimits {
    fn default() -> Self {
        HttpLimits { concurrency: 10, timeout: Duration::from_secs(30), reach: Reach::Public }
    }
}

/// Sends messages by HTTP requests, one each.
pub struct HttpProvider {
    info: ProviderInfo,
    client: HttpClient,
    dialect: Box<dyn Dialect>,
    /// Requests of one batch at the same time.
    allowed: AtomicUsize,
}

impl HttpProvider {
    /// A sender that speaks `dialect`. `info` names the provider; its numbers come from `limits`.
    ///
    /// # Errors
    /// [`ProbeError::Configuration`] when the HTTP client cannot be set up.
    pub fn new(info: ProviderInfo, limits: HttpLimits, dialect: Box<dyn Dialect>) -> Result<Self, ProbeError> {
        let client = HttpClient::new(limits.reach, limits.timeout).map_err(ProbeError::Configuration)?;
        let concurrency = limits.concurrency.max(1);
        let info = ProviderInfo { concurrency, max_batch: concurrency * 10, ..info };
        Ok(HttpProvider { info, client, dialect, allowed: AtomicUsize::new(concurrency) })
    }

    async fn send_one(&self, message: OutboundMessage) -> Outcome {
        if !self.info.channels.contains(&message.channel) {
            let text = format!("{} takes no {} messages", self.info.name, message.channel);
            return Outcome::Reject { kind: RejectKind::Other, reason: Reason::text(text) };
        }
        let request = match self.dialect.request(&message) {
            Ok(request) => request,
            Err(outcome) => return outcome,
        };
        match self.client.send(request).await {
            Ok(answer) => self.dialect.read(&answer),
            Err(error) => verdict::unanswered(error),
        }
    }
}

#[async_trait]
impl Sender for HttpProvider {
    fn describe(&self) -> ProviderInfo {
        self.info.clone()
    }

    fn allow(&self, connections: usize) {
        self.allowed.store(connections.clamp(1, self.info.concurrency), Ordering::Relaxed);
    }

    async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        concurrently(batch, self.allowed.load(Ordering::Relaxed), |message| self.send_one(message)).await
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        let answer = match self.dialect.probe() {
            Probe::Connect(url) => {
                return self.client.reachable(&url).await.map_err(|error| ProbeError::Unreachable(error.to_string()));
            }
            Probe::Ask(request) => self.client.send(request).await,
        };
        match answer {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(ProbeError::Refused(Reason::code(answer.status.as_u16(), answer.body).to_string())),
            Err(error) => Err(ProbeError::Unreachable(error.to_string())),
        }
    }
}
