//! The one interface that every provider implements.

use async_trait::async_trait;

use crate::{Channel, OutboundMessage, Outcome, Reason};

/// A provider that messages can be handed to.
///
/// A sender owns its connections and its concurrency: the caller hands over a batch and awaits it,
/// and may hand over several at once. A batch is answered as a whole, so that a sender may
/// pipeline it; callers bound their batches by [`ProviderInfo::max_batch`].
#[async_trait]
pub trait Sender: Send + Sync {
    /// What this sender is and how much it likes to be given.
    fn describe(&self) -> ProviderInfo;

    /// From now on at most so many connections, of those that it was made with; at least one. Those above it end as they
    /// become idle. Where there are no connections nothing changes.
    fn allow(&self, _connections: usize) {}

    /// Sends every message and says what became of each: as many outcomes as messages, in the same
    /// order. Never fails as a whole and never panics over a message; trouble is an outcome.
    /// Bounded in time by the sender's own timeouts.
    ///
    /// Dropping the future abandons the batch: what was in flight is then unknown to the caller.
    async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome>;

    /// Sends one message over a connection of its own and tells what was said on it; nothing is told by providers that
    /// hold no dialogue.
    async fn rehearse(&self, message: OutboundMessage) -> (Outcome, Vec<Line>) {
        let outcome = self.send(vec![message]).await.pop();
        (outcome.unwrap_or_else(|| Outcome::Unknown { reason: Reason::text("no outcome") }), Vec::new())
    }

    /// Checks that the provider can be reached and takes our credentials, without sending anything.
    async fn probe(&self) -> Result<(), ProbeError>;
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// We, to the server.
    Client,
    /// The server.
    Server,
    /// Nobody: what happened instead of words, such as a connection that was not answered.
    Event,
}

/// Something that was said in a dialogue with a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub by: Speaker,
    /// One line, without password and without message.
    pub text: String,
}

/// What a sender is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderInfo {
    /// The provider row's id, or a fixed name for a built-in one.
    pub id: String,
    /// Name given by a person.
    pub name: String,
    /// What it speaks: `smtp`, `twilio`, `africas_talking`, `http`, `sandbox`.
    pub kind: &'static str,
    /// Channels it takes messages for.
    pub channels: Vec<Channel>,
    /// Messages it works on at the same time; more batches than this only queue inside.
    pub concurrency: usize,
    /// Largest batch worth handing over in one call.
    pub max_batch: usize,
}

/// Why a provider cannot be used as it is configured.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// The configuration cannot work; a person has to change it.
    #[error("{0}")]
    Configuration(String),
    /// The provider could not be reached.
    #[error("could not reach the provider: {0}")]
    Unreachable(String),
    /// The provider answered, and refused our credentials or our request.
    #[error("the provider refused: {0}")]
    Refused(String),
}
