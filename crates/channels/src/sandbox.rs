//! The sandbox: takes messages for every channel, keeps them on this machine, and can be told to
//! be slow and to fail.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use rand::{Rng, SeedableRng, rngs::SmallRng};

use crate::{
    Channel, EnhancedCode, OutboundMessage, Outcome, ProbeError, ProviderInfo, Reason, RejectKind, RetryScope, Sender,
    order::concurrently,
};

/// Where the sandbox puts what it accepted: the inbox screen's store.
#[async_trait]
pub trait SandboxInbox: Send + Sync {
    /// Keeps the messages, all or none, and gives an id for each in the same order.
    ///
    /// # Errors
    /// A text for the log; the messages are then tried again.
    async fn keep(&self, messages: Vec<OutboundMessage>) -> Result<Vec<String>, String>;
}

/// How the sandbox behaves. By default it accepts everything at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Behaviour {
    /// Shortest time a message takes.
    pub min_delay: Duration,
    /// Longest time a message takes.
    pub max_delay: Duration,
    /// Share of messages refused for good, 0 to 1.
    pub reject_rate: f64,
    /// Share of messages put off, 0 to 1.
    pub defer_rate: f64,
    /// Seed of the randomness; the same seed plays the same game.
    pub seed: u64,
    /// Messages worked on at the same time, when they take time.
    pub concurrency: usize,
}

impl Default for Behaviour {
    fn default() -> Self {
        Behaviour {
            min_delay: Duration::ZERO,
            max_delay: Duration::ZERO,
            reject_rate: 0.0,
            defer_rate: 0.0,
            seed: 0,
            concurrency: 20,
        }
    }
}

/// What is going to happen to one message.
struct Fate {
    delay: Duration,
    refusal: Option<Outcome>,
}

/// A provider that never leaves the machine.
pub struct SandboxSender {
    inbox: Arc<dyn SandboxInbox>,
    behaviour: Behaviour,
    random: Mutex<SmallRng>,
}

impl SandboxSender {
    /// A sandbox that delivers to `inbox`.
    pub fn new(inbox: Arc<dyn SandboxInbox>, behaviour: Behaviour) -> Self {
        let random = Mutex::new(SmallRng::seed_from_u64(behaviour.seed));
        SandboxSender { inbox, behaviour, random }
    }

    /// Draws all fates of a batch in order, before anything waits, so that they do not depend on
    /// how the waits interleave.
    fn fates(&self, count: usize) -> Vec<Fate> {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let Behaviour { min_delay, max_delay, reject_rate, defer_rate, .. } = self.behaviour;
        let draw = |_| {
            let delay = min_delay + max_delay.saturating_sub(min_delay).mul_f64(random.random::<f64>());
            let lot = random.random::<f64>();
            let refusal = if lot < reject_rate {
                Some(rejected())
            } else if lot < reject_rate + defer_rate {
                Some(deferred())
            } else {
                None
            };
            Fate { delay, refusal }
        };
        (0..count).map(draw).collect()
    }

    /// Keeps messages and answers for each.
    async fn keep(&self, messages: Vec<OutboundMessage>) -> Vec<Outcome> {
        let count = messages.len();
        if count == 0 {
            return Vec::new();
        }
        match self.inbox.keep(messages).await {
            Ok(ids) => ids
                .into_iter()
                .map(|id| Outcome::Accepted {
                    answer: format!("kept in the sandbox as {id}"),
                    provider_message_id: Some(id),
                })
                .collect(),
            Err(error) => {
                let reason = Reason::text(error);
                vec![Outcome::Retry { after: None, scope: RetryScope::Provider, reason }; count]
            }
        }
    }

    async fn one(&self, message: OutboundMessage, fate: Fate) -> Outcome {
        tokio::time::sleep(fate.delay).await;
        match fate.refusal {
            Some(outcome) => outcome,
            None => self.keep(vec![message]).await.pop().unwrap_or_else(deferred),
        }
    }

    /// Without delays a batch is kept in one go.
    async fn at_once(&self, batch: Vec<OutboundMessage>, fates: Vec<Fate>) -> Vec<Outcome> {
        let mut taken = Vec::with_capacity(batch.len());
        let mut refusals = Vec::with_capacity(batch.len());
        for (message, fate) in batch.into_iter().zip(fates) {
            if fate.refusal.is_none() {
                taken.push(message);
            }
            refusals.push(fate.refusal);
        }
        let mut kept = self.keep(taken).await.into_iter();
        refusals.into_iter().map(|refusal| refusal.or_else(|| kept.next()).unwrap_or_else(deferred)).collect()
    }
}

fn rejected() -> Outcome {
    let enhanced = Some(EnhancedCode { class: 5, subject: 1, detail: 1 });
    let reason = Reason { code: Some(550), enhanced, text: "the sandbox was told to refuse some messages".into() };
    Outcome::Reject { kind: RejectKind::BadAddress, reason }
}

fn deferred() -> Outcome {
    let enhanced = Some(EnhancedCode { class: 4, subject: 2, detail: 0 });
    let reason = Reason { code: Some(450), enhanced, text: "the sandbox was told to put off some messages".into() };
    Outcome::Retry { after: None, scope: RetryScope::Message, reason }
}

#[async_trait]
impl Sender for SandboxSender {
    fn describe(&self) -> ProviderInfo {
        ProviderInfo {
            id: "sandbox".into(),
            name: "Sandbox".into(),
            kind: "sandbox",
            channels: Channel::ALL.to_vec(),
            concurrency: self.behaviour.concurrency.max(1),
            max_batch: 1000,
        }
    }

    async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        let fates = self.fates(batch.len());
        if self.behaviour.max_delay.is_zero() {
            return self.at_once(batch, fates).await;
        }
        let work = |(message, fate)| self.one(message, fate);
        concurrently(batch.into_iter().zip(fates), self.behaviour.concurrency, work).await
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Kept(Mutex<Vec<String>>);

    #[async_trait]
    impl SandboxInbox for Kept {
        async fn keep(&self, messages: Vec<OutboundMessage>) -> Result<Vec<String>, String> {
            let mut kept = self.0.lock().unwrap();
            Ok(messages
                .into_iter()
                .map(|message| {
                    kept.push(message.reference.clone());
                    format!("sb-{}", message.reference)
                })
                .collect())
        }
    }

    struct Full;

    #[async_trait]
    impl SandboxInbox for Full {
        async fn keep(&self, _: Vec<OutboundMessage>) -> Result<Vec<String>, String> {
            Err("disk full".into())
        }
    }

    fn batch(count: usize) -> Vec<OutboundMessage> {
        let channel = |number: usize| Channel::ALL[number % 4];
        (0..count)
            .map(|number| OutboundMessage::new(channel(number), number.to_string(), "+254700000000", "hi"))
            .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn by_default_everything_is_kept_at_once_and_in_order() {
        let inbox = Arc::new(Kept::default());
        let outcomes = SandboxSender::new(inbox.clone(), Behaviour::default()).send(batch(50)).await;
        for (number, outcome) in outcomes.iter().enumerate() {
            let Outcome::Accepted { provider_message_id, .. } = outcome else { panic!("{outcome:?}") };
            assert_eq!(provider_message_id.as_deref(), Some(format!("sb-{number}").as_str()));
        }
        assert_eq!(inbox.0.lock().unwrap().len(), 50);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_as_slow_and_fails_as_often_as_it_was_told() {
        let told = Behaviour {
            min_delay: Duration::from_millis(50),
            max_delay: Duration::from_millis(200),
            reject_rate: 0.08,
            seed: 7,
            ..Behaviour::default()
        };
        let play = async || {
            let inbox = Arc::new(Kept::default());
            let begun = tokio::time::Instant::now();
            let outcomes = SandboxSender::new(inbox.clone(), told).send(batch(2000)).await;
            let refused = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Reject { .. })).count();
            assert_eq!(inbox.0.lock().unwrap().len() + refused, 2000);
            (begun.elapsed(), refused, outcomes)
        };
        let (took, refused, outcomes) = play().await;
        // 2000 messages of 125 ms on average, 20 at a time.
        assert!((11_000..16_000).contains(&took.as_millis()), "{took:?}");
        assert!((120..200).contains(&refused), "{refused}");
        assert_eq!(play().await.2, outcomes);
    }

    #[tokio::test]
    async fn an_inbox_that_cannot_keep_puts_the_messages_off() {
        let outcomes = SandboxSender::new(Arc::new(Full), Behaviour::default()).send(batch(3)).await;
        assert_eq!(outcomes.len(), 3);
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Retry { scope: RetryScope::Provider, .. })));
    }
}
