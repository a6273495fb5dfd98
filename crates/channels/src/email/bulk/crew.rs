//! A batch spread over lanes, which are kept for the next one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use futures::future::join_all;
use futures::stream;
use tokio::sync::Semaphore;
use tokio::time::{Duration, Instant};

use super::{Lane, Letter, Relay};
use crate::email::mime::Skeleton;
use crate::{OutboundMessage, Outcome, Reason, RetryScope};

/// A lane that nobody used for longer opens a new connection: the server may have closed the old one.
const TRUSTED_FOR: Duration = Duration::from_secs(10);

/// The lanes of a relay: at most as many connections as it allows, whoever asks.
pub struct Crew {
    relay: Relay,
    places: Arc<Semaphore>,
    idle: Arc<Mutex<Idle>>,
}

/// Lanes that nobody uses, and since when.
type Idle = Vec<(Lane<usize>, Instant)>;

impl Crew {
    /// No connections yet. `places` are those of the relay, shared with whoever else connects to it.
    pub fn new(relay: Relay, places: Arc<Semaphore>) -> Self {
        Self { relay, places, idle: Arc::default() }
    }

    /// Closes idle lanes but for so many.
    pub fn keep(&self, lanes: usize) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).truncate(lanes);
    }

    /// Sends a batch and says what became of each message, in their order. Several batches may be under way at once: a
    /// lane that is done with one goes on with the next.
    pub async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        let lanes = self.relay.config().connections.max(1).min(batch.len());
        let batch = Arc::new(Batch::new(self.relay.clone(), batch));
        let work = (0..lanes).map(|_| {
            let (batch, relay) = (Arc::clone(&batch), self.relay.clone());
            let (places, idle) = (Arc::clone(&self.places), Arc::clone(&self.idle));
            tokio::spawn(async move {
                let Ok(_place) = places.acquire_owned().await else { return };
                if batch.is_empty() {
                    return;
                }
                let mut lane = reuse(&idle).unwrap_or_else(|| relay.lane());
                let mut letters = stream::poll_fn(|_| Poll::Ready(batch.next()));
                match lane.run(&mut letters, &mut |place, outcome| batch.settle(place, outcome)).await {
                    Ok(()) => idle.lock().unwrap_or_else(PoisonError::into_inner).push((lane, Instant::now())),
                    Err(reason) => batch.give_up(reason),
                }
            })
        });
        join_all(work).await;
        batch.finish()
    }
}

/// The lane that was used last; what has been idle too long is closed on the way.
fn reuse(idle: &Mutex<Idle>) -> Option<Lane<usize>> {
    let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
    idle.retain(|(_, since)| since.elapsed() < TRUSTED_FOR);
    idle.pop().map(|(lane, _)| lane)
}

/// A batch at work: what is still to send, and what has been answered.
struct Batch {
    relay: Relay,
    waiting: Mutex<VecDeque<(usize, OutboundMessage)>>,
    outcomes: Mutex<Vec<Option<Outcome>>>,
    /// What the messages seen last have in common.
    skeleton: Mutex<Option<(OutboundMessage, Arc<Skeleton>)>>,
    /// Why a lane stopped early; given as reason for what nobody could send.
    trouble: Mutex<Option<Reason>>,
}

impl Batch {
    fn new(relay: Relay, messages: Vec<OutboundMessage>) -> Self {
        Self {
            relay,
            outcomes: Mutex::new(vec![None; messages.len()]),
            waiting: Mutex::new(messages.into_iter().enumerate().collect()),
            skeleton: Mutex::default(),
            trouble: Mutex::default(),
        }
    }

    fn is_empty(&self) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The next message that can be written; those that cannot are settled on the way.
    fn next(&self) -> Option<Letter<usize>> {
        loop {
            let (place, message) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
            let skeleton = self.skeleton(&message);
            match Letter::write(place, &message, &skeleton, &self.relay.config().dkim) {
                Ok(letter) => return Some(letter),
                Err(refused) => self.settle(refused.0, refused.1),
            }
        }
    }

    /// Most batches are one creative from one sender: then it is written once.
    fn skeleton(&self, message: &OutboundMessage) -> Arc<Skeleton> {
        let mut known = self.skeleton.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, skeleton)) = known.as_ref()
            && of.from == message.from
            && of.from_name == message.from_name
            && of.reply_to == message.reply_to
            && of.attachments == message.attachments
        {
            return Arc::clone(skeleton);
        }
        let skeleton = Arc::new(Skeleton::of(message));
        let of = OutboundMessage { text: String::new(), html: None, headers: Vec::new(), ..message.clone() };
        *known = Some((of, Arc::clone(&skeleton)));
        skeleton
    }

    fn settle(&self, place: usize, outcome: Outcome) {
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = outcomes.get_mut(place) {
            *slot = Some(outcome);
        }
    }

    fn give_up(&self, reason: Reason) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    fn finish(&self) -> Vec<Outcome> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let unsent: Vec<usize> = waiting.iter().map(|(place, _)| *place).collect();
        let outcomes = std::mem::take(&mut *self.outcomes.lock().unwrap_or_else(PoisonError::into_inner));
        outcomes
            .into_iter()
            .enumerate()
            .map(|(place, outcome)| match outcome {
                Some(outcome) => outcome,
                None if unsent.contains(&place) => {
                    let reason = trouble.clone().unwrap_or_else(|| Reason::text("the relay is being closed"));
                    Outcome::Retry { after: None, scope: RetryScope::Provider, reason }
                }
                // Taken by a lane that ended without a word: it may have left.
                None => Outcome::Unknown { reason: Reason::text("sending stopped before the relay answered") },
            })
            .collect()
    }
}
