//! Several providers behind one [`Sender`]: by route, or by weight with fail-over.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use futures::future::join_all;

use crate::{Channel, OutboundMessage, Outcome, ProbeError, ProviderInfo, Reason, RetryScope, Sender};

/// A provider and its share of the messages.
pub struct Weighted {
    /// The provider.
    pub sender: Arc<dyn Sender>,
    /// Share relative to the others; 0 means only when the others fail.
    pub weight: u32,
}

/// Providers that share the messages of a channel by weight and stand in for each other.
///
/// A message is handed to another provider only when the first certainly did not take it and the
/// trouble was with the provider. What is unknown stays with the provider that may have taken it.
pub struct Pool {
    members: Vec<Weighted>,
    /// Counts messages; the weights divide its range. Not random, so that small batches are shared
    /// out evenly too.
    turn: AtomicU64,
}

impl Pool {
    /// A pool, in order of preference among equals. It must have a member to send anything.
    pub fn new(members: Vec<Weighted>) -> Self {
        Pool { members, turn: AtomicU64::new(0) }
    }

    /// Which member the next message goes to: a smooth sequence over the sum of the weights.
    fn next(&self) -> usize {
        let total: u64 = self.members.iter().map(|member| u64::from(member.weight)).sum();
        if total == 0 {
            return 0;
        }
        // A stride coprime to the total visits every point of the range once per round, spread out.
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut point = (turn % total) * stride(total) % total;
        for (index, member) in self.members.iter().enumerate() {
            match point.checked_sub(u64::from(member.weight)) {
                Some(rest) => point = rest,
                None => return index,
            }
        }
        0
    }

    /// Sends messages through the member at `first`, and what it could not take through the next.
    async fn send_from(&self, first: usize, batch: Vec<(usize, OutboundMessage)>) -> Vec<(usize, Outcome)> {
        let mut settled = Vec::with_capacity(batch.len());
        let mut waiting = batch;
        for step in 0..self.members.len() {
            let member = &self.members[(first + step) % self.members.len()];
            let last = step + 1 == self.members.len();
            // Kept only while there is somebody else to give them to.
            let copies = if last { Vec::new() } else { waiting.clone() };
            let (places, messages): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
            let outcomes = member.sender.send(messages).await;
            waiting = Vec::new();
            let mut copies = copies.into_iter();
            for (place, outcome) in places.into_iter().zip(outcomes) {
                let copy = copies.next();
                match (&outcome, copy) {
                    (Outcome::Retry { scope: RetryScope::Provider, .. }, Some(copy)) => waiting.push(copy),
                    _ => settled.push((place, outcome)),
                }
            }
            if waiting.is_empty() {
                break;
            }
        }
        settled
    }
}

/// A number near the golden ratio of `total` that shares no factor with it.
fn stride(total: u64) -> u64 {
    let start = (total * 618 / 1000).max(1);
    (start..=total).find(|candidate| gcd(*candidate, total) == 1).unwrap_or(1)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Puts outcomes back into the order of the batch.
fn in_order(count: usize, settled: impl IntoIterator<Item = (usize, Outcome)>) -> Vec<Outcome> {
    let mut outcomes = vec![None; count];
    for (place, outcome) in settled {
        if let Some(slot) = outcomes.get_mut(place) {
            *slot = Some(outcome);
        }
    }
    outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(no_provider)).collect()
}

fn no_provider() -> Outcome {
    let reason = Reason::text("no provider is set up for this message");
    Outcome::Retry { after: None, scope: RetryScope::Provider, reason }
}

/// Splits a batch by a key, sends the parts at the same time, and answers in order.
async fn split<F, Fut>(batch: Vec<OutboundMessage>, key: impl Fn(&OutboundMessage) -> usize, send: F) -> Vec<Outcome>
where
    F: Fn(usize, Vec<(usize, OutboundMessage)>) -> Fut,
    Fut: Future<Output = Vec<(usize, Outcome)>>,
{
    let count = batch.len();
    let mut parts: BTreeMap<usize, Vec<(usize, OutboundMessage)>> = BTreeMap::new();
    for (place, message) in batch.into_iter().enumerate() {
        parts.entry(key(&message)).or_default().push((place, message));
    }
    let settled = join_all(parts.into_iter().map(|(key, part)| send(key, part))).await;
    in_order(count, settled.into_iter().flatten())
}

fn describe_all<'s>(kind: &'static str, senders: impl Iterator<Item = &'s Arc<dyn Sender>>) -> ProviderInfo {
    let parts: Vec<_> = senders.map(|sender| sender.describe()).collect();
    if let [only] = parts.as_slice() {
        return only.clone();
    }
    let channels =
        Channel::ALL.iter().copied().filter(|channel| parts.iter().any(|part| part.channels.contains(channel)));
    ProviderInfo {
        id: parts.iter().map(|part| part.id.as_str()).collect::<Vec<_>>().join("+"),
        name: parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join(", "),
        kind,
        channels: channels.collect(),
        concurrency: parts.iter().map(|part| part.concurrency).sum::<usize>().max(1),
        max_batch: parts.iter().map(|part| part.max_batch).sum::<usize>().max(1),
    }
}

async fn probe_all(senders: impl Iterator<Item = &Arc<dyn Sender>>) -> Result<(), ProbeError> {
    for sender in senders {
        sender.probe().await?;
    }
    Ok(())
}

#[async_trait]
impl Sender for Pool {
    fn describe(&self) -> ProviderInfo {
        describe_all("pool", self.members.iter().map(|member| &member.sender))
    }

    async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        if self.members.is_empty() {
            return vec![no_provider(); batch.len()];
        }
        split(batch, |_| self.next(), |first, part| self.send_from(first, part)).await
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        probe_all(self.members.iter().map(|member| &member.sender)).await
    }
}

/// Providers chosen by the route that a message names (`Route 1`, `Route 2`).
pub struct Routes {
    /// Names and providers; the first is the default.
    routes: Vec<(String, Arc<dyn Sender>)>,
}

impl Routes {
    /// Routes by name, compared without case. The first takes messages that name none, or one that
    /// does not exist any more.
    pub fn new(routes: Vec<(String, Arc<dyn Sender>)>) -> Self {
        Routes { routes }
    }

    fn pick(&self, message: &OutboundMessage) -> usize {
        let Some(wanted) = &message.sms_route else {
            return 0;
        };
        let same = |(name, _): &(String, Arc<dyn Sender>)| name.trim().eq_ignore_ascii_case(wanted.trim());
        self.routes.iter().position(same).unwrap_or(0)
    }

    async fn send_by(&self, route: usize, part: Vec<(usize, OutboundMessage)>) -> Vec<(usize, Outcome)> {
        let (places, messages): (Vec<_>, Vec<_>) = part.into_iter().unzip();
        let outcomes = self.routes[route].1.send(messages).await;
        places.into_iter().zip(outcomes).collect()
    }
}

#[async_trait]
impl Sender for Routes {
    fn describe(&self) -> ProviderInfo {
        describe_all("routes", self.routes.iter().map(|(_, sender)| sender))
    }

    async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        if self.routes.is_empty() {
            return vec![no_provider(); batch.len()];
        }
        split(batch, |message| self.pick(message), |route, part| self.send_by(route, part)).await
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        probe_all(self.routes.iter().map(|(_, sender)| sender)).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Answers every message the same way and remembers whom it was for.
    struct Fixed {
        answer: Outcome,
        got: Mutex<Vec<String>>,
    }

    fn fixed(answer: Outcome) -> Arc<Fixed> {
        Arc::new(Fixed { answer, got: Mutex::default() })
    }

    #[async_trait]
    impl Sender for Fixed {
        fn describe(&self) -> ProviderInfo {
            ProviderInfo {
                id: "f".into(),
                name: "F".into(),
                kind: "fixed",
                channels: vec![Channel::Sms],
                concurrency: 1,
                max_batch: 10,
            }
        }

        async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
            let mut got = self.got.lock().unwrap();
            batch
                .into_iter()
                .map(|message| {
                    got.push(message.reference.clone());
                    match &self.answer {
                        Outcome::Accepted { .. } => accepted(&message.reference),
                        other => other.clone(),
                    }
                })
                .collect()
        }

        async fn probe(&self) -> Result<(), ProbeError> {
            Ok(())
        }
    }

    fn accepted(id: &str) -> Outcome {
        Outcome::Accepted { provider_message_id: Some(id.into()), answer: String::new() }
    }

    fn retry(scope: RetryScope) -> Outcome {
        Outcome::Retry { after: None, scope, reason: Reason::text("later") }
    }

    fn batch(count: usize) -> Vec<OutboundMessage> {
        (0..count).map(|number| OutboundMessage::new(Channel::Sms, number.to_string(), "+1", "hi")).collect()
    }

    fn pool(members: &[(&Arc<Fixed>, u32)]) -> Pool {
        let weighted = |(sender, weight): &(&Arc<Fixed>, u32)| Weighted { sender: (*sender).clone(), weight: *weight };
        Pool::new(members.iter().map(weighted).collect())
    }

    #[tokio::test]
    async fn messages_are_shared_by_weight_and_answered_in_order() {
        let (large, small, spare) = (fixed(accepted("")), fixed(accepted("")), fixed(accepted("")));
        let outcomes = pool(&[(&large, 3), (&small, 1), (&spare, 0)]).send(batch(400)).await;
        for (number, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome, &accepted(&number.to_string()));
        }
        let counts = [&large, &small, &spare].map(|sender| sender.got.lock().unwrap().len());
        assert_eq!(counts, [300, 100, 0]);
    }

    #[tokio::test]
    async fn another_provider_stands_in_only_for_trouble_of_the_provider() {
        let stand_in = fixed(accepted(""));
        let unknown = Outcome::Unknown { reason: Reason::text("lost") };
        for (first, expected_elsewhere) in
            [(retry(RetryScope::Provider), 5), (retry(RetryScope::Message), 0), (unknown, 0)]
        {
            stand_in.got.lock().unwrap().clear();
            let outcomes = pool(&[(&fixed(first.clone()), 1), (&stand_in, 0)]).send(batch(5)).await;
            assert_eq!(stand_in.got.lock().unwrap().len(), expected_elsewhere, "{first:?}");
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_accepted()).count(), expected_elsewhere);
        }
        let down = fixed(retry(RetryScope::Provider));
        let outcomes = pool(&[(&down, 1), (&down, 1)]).send(batch(3)).await;
        assert_eq!(outcomes, vec![retry(RetryScope::Provider); 3]);
    }

    #[tokio::test]
    async fn a_message_goes_by_the_route_that_it_names() {
        let (one, two) = (fixed(accepted("")), fixed(accepted("")));
        let routes = Routes::new(vec![("Route 1".into(), one.clone()), ("Route 2".into(), two.clone())]);
        let mut messages = batch(4);
        messages[1].sms_route = Some("route 2".into());
        messages[2].sms_route = Some("Route 9".into());
        messages[3].sms_route = Some("Route 1".into());
        let outcomes = routes.send(messages).await;
        assert_eq!(outcomes, ["0", "1", "2", "3"].map(accepted).to_vec());
        assert_eq!(*one.got.lock().unwrap(), ["0", "2", "3"]);
        assert_eq!(*two.got.lock().unwrap(), ["1"]);
    }

    #[tokio::test]
    async fn without_providers_messages_wait() {
        let waits = Pool::new(Vec::new()).send(batch(2)).await;
        assert!(waits.iter().all(|outcome| matches!(outcome, Outcome::Retry { scope: RetryScope::Provider, .. })));
        assert_eq!(Routes::new(Vec::new()).send(batch(2)).await, waits);
    }
}
