//! Which provider carries a message.

use std::sync::Arc;

use async_trait::async_trait;
use muster_channels::Sender;
use muster_domain::channel::Channel;
use muster_domain::workspace::WorkspaceId;

/// A provider that is ready to be used, and what the engine needs to know of it.
#[derive(Clone)]
pub struct ActiveSender {
    /// The provider.
    pub sender: Arc<dyn Sender>,
    /// Budget key of the provider: `provider:<id>`.
    pub budget: String,
    /// Messages per day, hour and minute that the provider may be given.
    pub per_day: Option<i64>,
    pub per_hour: Option<i64>,
    pub per_minute: Option<i64>,
    /// Whether delivery is reported later (receipts). Where it is not, acceptance counts as delivery.
    pub reports_delivery: bool,
    /// Default sender address (or sender id) and name.
    pub from: String,
    pub from_name: Option<String>,
}

/// Knows the providers of every workspace.
#[async_trait]
pub trait SenderRegistry: Send + Sync {
    /// The providers that may carry a channel and, for SMS, a route: first the one whose turn it is by weight, then those
    /// that stand in for it when its limit is reached or it fails. The error says why there is none; an empty list, that
    /// other nodes use them now.
    async fn candidates(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        route: Option<&str>,
    ) -> Result<Vec<ActiveSender>, String>;

    /// One sender for a single message: the first candidate, with the others behind it.
    async fn pick(&self, ws: WorkspaceId, channel: Channel, route: Option<&str>) -> Result<ActiveSender, String>;

    /// Tells what became of what a provider was given, so that one that fails as a whole can rest: none: it works; otherwise
    /// what it said.
    fn report(&self, budget: &str, failure: Option<&str>);
}
