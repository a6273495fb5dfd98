//! The SMTP sender: a batch spread over pooled connections.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use futures::future::join_all;
use lettre::Address;

use super::{
    address,
    config::SmtpConfig,
    connection::Delivery,
    dkim::{self, DkimSigner},
    mime,
    pool::{Lease, Pool},
    refuse,
    tls::TlsSetup,
};
use crate::{Channel, OutboundMessage, Outcome, ProbeError, ProviderInfo, Reason, RejectKind, RetryScope, Sender};

/// Losses in a row, without an answer between them, after which a worker gives its batch back.
const LOSSES_BEFORE_GIVING_UP: u32 = 2;

/// Sends email through one relay.
pub struct SmtpSender {
    pool: Pool,
}

/// An email ready for the wire.
struct Letter {
    place: usize,
    from: Option<Address>,
    to: Address,
    data: Vec<u8>,
}

/// A batch at work: what is still to send, and what has been answered.
struct Batch {
    waiting: Mutex<VecDeque<(usize, OutboundMessage)>>,
    outcomes: Mutex<Vec<Option<Outcome>>>,
    /// Why a worker stopped early; given as reason for what nobody could send.
    trouble: Mutex<Option<Reason>>,
}

impl SmtpSender {
    /// A sender for one relay; connects when there is something to send.
    ///
    /// # Errors
    /// [`ProbeError::Configuration`] when the certificate or a name cannot be used.
    pub fn new(config: SmtpConfig) -> Result<Self, ProbeError> {
        config.check()?;
        let tls = TlsSetup::new(&config).map_err(ProbeError::Configuration)?;
        Ok(SmtpSender { pool: Pool::new(config, tls) })
    }

    /// One connection's worth of work: takes messages until none is left or the relay fails.
    async fn work(&self, batch: &Batch) {
        let Some(mut lease) = self.pool.lease().await else {
            return;
        };
        let mut losses = 0;
        while losses < LOSSES_BEFORE_GIVING_UP && batch.has_more() {
            // The connection comes before the message, so that a relay that cannot be reached
            // leaves its messages to the workers that have one.
            if let Err(error) = lease.connection().await {
                batch.give_up(error.reason().clone());
                return;
            }
            let Some(letter) = batch.next(&self.pool.config().dkim) else { return };
            let (outcome, lost) = deliver(&mut lease, &letter).await;
            losses = if lost { losses + 1 } else { 0 };
            if lost && let Some(reason) = outcome.reason() {
                batch.give_up(reason.clone());
            }
            batch.settle(letter.place, outcome);
        }
    }
}

/// Sends one letter; `true` when the connection was lost over it or had to be given up.
async fn deliver(lease: &mut Lease<'_>, letter: &Letter) -> (Outcome, bool) {
    loop {
        let (connection, reused) = match lease.connection().await {
            Ok(found) => found,
            Err(error) => return (for_the_relay(error.reason().clone()), true),
        };
        let delivery = connection.deliver(letter.from.as_ref(), &letter.to, &letter.data).await;
        match delivery {
            Delivery::Answered(outcome) => return (outcome, false),
            Delivery::AnsweredLast(outcome) => {
                lease.discard();
                return (outcome, true);
            }
            // A server may close a session between two messages; that says nothing about this one.
            // A fresh connection is never `reused`, so this comes round once.
            Delivery::Lost(_) if reused => lease.discard(),
            Delivery::Lost(reason) => {
                lease.discard();
                return (for_the_relay(reason), true);
            }
            Delivery::InDoubt(reason) => {
                lease.discard();
                return (Outcome::Unknown { reason }, true);
            }
        }
    }
}

fn for_the_relay(reason: Reason) -> Outcome {
    Outcome::Retry { after: None, scope: RetryScope::Provider, reason }
}

impl Batch {
    fn new(messages: Vec<OutboundMessage>) -> Self {
        Batch {
            outcomes: Mutex::new(vec![None; messages.len()]),
            waiting: Mutex::new(messages.into_iter().enumerate().collect()),
            trouble: Mutex::new(None),
        }
    }

    /// The next message that can be written; those that cannot are settled on the way.
    fn next(&self, signers: &[Arc<DkimSigner>]) -> Option<Letter> {
        loop {
            let (place, message) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
            match write(place, &message, signers) {
                Ok(letter) => return Some(letter),
                Err(outcome) => self.settle(place, outcome),
            }
        }
    }

    fn has_more(&self) -> bool {
        !self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
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

    fn finish(self) -> Vec<Outcome> {
        let trouble = self.trouble.into_inner().unwrap_or_else(PoisonError::into_inner);
        let reason = trouble.unwrap_or_else(|| Reason::text("the relay is being closed"));
        let outcomes = self.outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| for_the_relay(reason.clone()))).collect()
    }
}

/// Addresses are checked and the bytes made before a connection is bothered with the message.
fn write(place: usize, message: &OutboundMessage, signers: &[Arc<DkimSigner>]) -> Result<Letter, Outcome> {
    if message.channel != Channel::Email {
        return Err(refuse(RejectKind::Other, format!("a mail relay takes no {} messages", message.channel)));
    }
    let to = address::parse(&message.to)
        .ok_or_else(|| refuse(RejectKind::BadAddress, format!("{:?} is no email address", message.to)))?;
    let sender = message.return_path.as_deref().unwrap_or(&message.from);
    let from = address::parse(sender)
        .ok_or_else(|| refuse(RejectKind::Content, format!("the sender {sender:?} is no email address")))?;
    if address::parse(&message.from).is_none() {
        return Err(refuse(RejectKind::Content, format!("the sender {:?} is no email address", message.from)));
    }
    let message_bytes = mime::build(message).map_err(|error| refuse(RejectKind::Content, error.to_string()))?;
    let mut data = dkim::signatures(signers, &message_bytes, message.date_ms.div_euclid(1000)).into_bytes();
    data.extend_from_slice(&message_bytes);
    Ok(Letter { place, from: Some(from), to, data })
}

#[async_trait]
impl Sender for SmtpSender {
    fn describe(&self) -> ProviderInfo {
        let config = self.pool.config();
        ProviderInfo {
            id: config.id.clone(),
            name: config.name.clone(),
            kind: "smtp",
            channels: vec![Channel::Email],
            concurrency: config.connections,
            max_batch: config.connections * 100,
        }
    }

    async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        let workers = self.pool.config().connections.max(1).min(batch.len());
        let batch = Batch::new(batch);
        join_all((0..workers).map(|_| self.work(&batch))).await;
        batch.finish()
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        Ok(self.pool.probe().await?)
    }
}
