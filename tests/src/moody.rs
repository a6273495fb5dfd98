//! A provider whose answers a test chooses, by the beginning of an address.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use muster_channels::{
    Channel, EnhancedCode, OutboundMessage, Outcome, ProbeError, ProviderInfo, Reason, RejectKind, RetryScope, Sender,
};
use muster_domain::workspace::WorkspaceId;
use muster_engine::registry::{ActiveSender, SenderRegistry};
use tokio::sync::Notify;

use crate::World;

/// What it does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// Takes it and says by which number it knows it: `q-` and the address.
    TakesByNumber,
    /// `550 5.7.1`, naming the address as real servers do.
    Blocks,
    /// `550 5.1.1`: no such address.
    KnowsNobody,
    /// `450 4.2.0`, for half an hour where it says so.
    PutsOff(Option<u64>),
    /// The connection is gone after the final dot.
    LosesTheAnswer,
    /// Answers only when it is woken: what a node was doing when it died.
    Hangs,
}

/// The provider.
#[derive(Default)]
pub struct Moody {
    moods: Mutex<Vec<(String, Mood)>>,
    /// How often each address was handed over.
    seen: Mutex<HashMap<String, u32>>,
    /// How many times more the program breaks down when it looks for who carries a message.
    pub breaks_down: AtomicU32,
    /// Told when it begins to hang.
    pub hanging: Notify,
    woken: Notify,
}

impl Moody {
    /// A world whose every message goes through it.
    pub fn carries(world: &mut World) -> Arc<Self> {
        let moody = Arc::new(Self::default());
        world.app = world.app.clone().with_registry(Arc::new(Only(Arc::clone(&moody))));
        world.router = muster_api::router(world.app.clone());
        moody
    }

    /// From now on it treats addresses with this beginning so; what was said last goes first.
    pub fn is(&self, beginning: &str, mood: Mood) {
        self.moods.lock().unwrap_or_else(PoisonError::into_inner).insert(0, (beginning.to_owned(), mood));
    }

    /// Takes the message that it hangs over.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// How often an address was handed over.
    pub fn seen(&self, address: &str) -> u32 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(address).copied().unwrap_or(0)
    }

    /// How many messages were handed over in all.
    pub fn handed_over(&self) -> u32 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    fn mood(&self, address: &str) -> Mood {
        let moods = self.moods.lock().unwrap_or_else(PoisonError::into_inner);
        moods.iter().find(|(beginning, _)| address.starts_with(beginning)).map_or(Mood::Takes, |(_, mood)| *mood)
    }

    async fn answer(&self, to: &str) -> Outcome {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(to.to_owned()).or_default() += 1;
        let said = |code, class, subject, detail, text: String| Reason {
            code: Some(code),
            enhanced: Some(EnhancedCode { class, subject, detail }),
            text,
        };
        match self.mood(to) {
            Mood::Takes => Outcome::Accepted { provider_message_id: None, answer: String::from("250 taken") },
            Mood::TakesByNumber => Outcome::Accepted {
                provider_message_id: Some(format!("q-{to}")),
                answer: format!("250 2.0.0 Ok: queued as q-{to}"),
            },
            Mood::Blocks => {
                let reason = said(550, 5, 7, 1, format!("<{to}>: recipient address rejected: policy"));
                Outcome::Reject { kind: RejectKind::Blocked, reason }
            }
            Mood::KnowsNobody => {
                let reason = said(550, 5, 1, 1, format!("<{to}>: user unknown"));
                Outcome::Reject { kind: RejectKind::BadAddress, reason }
            }
            Mood::PutsOff(seconds) => {
                let reason = said(450, 4, 2, 0, format!("<{to}>: try again later"));
                Outcome::Retry { after: seconds.map(Duration::from_secs), scope: RetryScope::Message, reason }
            }
            Mood::LosesTheAnswer => Outcome::Unknown { reason: Reason::text("connection lost after the final dot") },
            Mood::Hangs => {
                self.hanging.notify_one();
                self.woken.notified().await;
                Outcome::Accepted { provider_message_id: None, answer: String::from("250 taken") }
            }
        }
    }
}

struct Only(Arc<Moody>);

#[async_trait]
impl SenderRegistry for Only {
    async fn candidates(&self, _: WorkspaceId, _: Channel, _: Option<&str>) -> Result<Vec<ActiveSender>, String> {
        let broken = self.0.breaks_down.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |times| times.checked_sub(1));
        assert!(broken.is_err(), "the test breaks the program down here");
        Ok(vec![ActiveSender {
            sender: Arc::new(Only(Arc::clone(&self.0))),
            budget: String::from("provider:moody"),
            per_day: None,
            per_hour: None,
            per_minute: None,
            reports_delivery: false,
            from: String::from("offers@jamii.example"),
            from_name: None,
        }])
    }

    async fn pick(&self, ws: WorkspaceId, channel: Channel, route: Option<&str>) -> Result<ActiveSender, String> {
        Ok(self.candidates(ws, channel, route).await?.remove(0))
    }

    fn report(&self, _: &str, _: Option<&str>) {}
}

#[async_trait]
impl Sender for Only {
    fn describe(&self) -> ProviderInfo {
        ProviderInfo {
            id: String::from("moody"),
            name: String::from("Moody relay"),
            kind: "smtp",
            channels: Channel::ALL.to_vec(),
            concurrency: 1,
            max_batch: 1000,
        }
    }

    async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in &batch {
            outcomes.push(self.0.answer(&message.to).await);
        }
        outcomes
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        Ok(())
    }
}
