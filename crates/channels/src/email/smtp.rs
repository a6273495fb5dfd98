//! The SMTP sender.

use std::sync::Arc;

use async_trait::async_trait;
use lettre::Address;

use super::{
    address,
    bulk::{Crew, Relay},
    config::SmtpConfig,
    connection::Delivery,
    dkim::{self, DkimSigner},
    mime,
    pool::{Lease, Pool},
    refuse,
    tls::TlsSetup,
    transcript::Transcript,
};
use crate::{
    Channel, Line, OutboundMessage, Outcome, ProbeError, ProviderInfo, Reason, RejectKind, RetryScope, Sender,
};

/// Sends email through one relay: a single message by the usual client, a batch over lanes that run ahead of the relay's
/// answers. Both share the relay's connections.
pub struct SmtpSender {
    pool: Pool,
    crew: Crew,
}

/// An email ready for the wire.
struct Letter {
    from: Option<Address>,
    to: Address,
    data: Vec<u8>,
}

impl SmtpSender {
    /// A sender for one relay; connects when there is something to send.
    ///
    /// # Errors
    /// [`ProbeError::Configuration`] when the certificate or a name cannot be used.
    pub fn new(config: SmtpConfig) -> Result<Self, ProbeError> {
        config.check()?;
        let tls = TlsSetup::new(&config).map_err(ProbeError::Configuration)?;
        let crew = Relay::new(config.clone())?;
        let pool = Pool::new(config, tls);
        let crew = Crew::new(crew, pool.places());
        Ok(SmtpSender { pool, crew })
    }

    /// Bounces come back to the relay's address, with the sign of the message where it has one.
    fn with_return_path(&self, message: &mut OutboundMessage) {
        if let (None, Some(path)) = (&message.return_path, &self.pool.config().return_path) {
            message.return_path =
                Some(message.bounce_token.as_deref().map_or_else(|| path.plain(), |token| path.of(token)));
        }
    }

    /// One message by itself.
    async fn one(&self, message: &OutboundMessage) -> Outcome {
        let letter = match write(message, &self.pool.config().dkim) {
            Ok(letter) => letter,
            Err(outcome) => return outcome,
        };
        match self.pool.lease().await {
            Some(mut lease) => deliver(&mut lease, &letter).await,
            None => for_the_relay(Reason::text("the relay is being closed")),
        }
    }
}

/// Sends one letter.
async fn deliver(lease: &mut Lease<'_>, letter: &Letter) -> Outcome {
    loop {
        let (connection, reused) = match lease.connection().await {
            Ok(found) => found,
            Err(error) => return for_the_relay(error.reason().clone()),
        };
        let delivery = connection.deliver(letter.from.as_ref(), &letter.to, &letter.data).await;
        if !matches!(delivery, Delivery::Answered(_)) {
            lease.discard();
        }
        match delivery {
            Delivery::Answered(outcome) | Delivery::AnsweredLast(outcome) => return outcome,
            // A server may close a session between two messages; that says nothing about this one.
            // A fresh connection is never `reused`, so this comes round once.
            Delivery::Lost(_) if reused => {}
            Delivery::Lost(reason) => return for_the_relay(reason),
            Delivery::InDoubt(reason) => return Outcome::Unknown { reason },
        }
    }
}

fn for_the_relay(reason: Reason) -> Outcome {
    Outcome::Retry { after: None, scope: RetryScope::Provider, reason }
}

/// Addresses are checked and the bytes made before a connection is bothered with the message.
fn write(message: &OutboundMessage, signers: &[Arc<DkimSigner>]) -> Result<Letter, Outcome> {
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
    Ok(Letter { from: Some(from), to, data })
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

    fn allow(&self, connections: usize) {
        let connections = connections.clamp(1, self.pool.config().connections.max(1));
        self.pool.allow(connections);
        self.crew.keep(connections);
    }

    async fn send(&self, mut batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        batch.iter_mut().for_each(|message| self.with_return_path(message));
        match batch.as_slice() {
            [message] => vec![self.one(message).await],
            _ => self.crew.send(batch).await,
        }
    }

    async fn rehearse(&self, mut message: OutboundMessage) -> (Outcome, Vec<Line>) {
        self.with_return_path(&mut message);
        let letter = match write(&message, &self.pool.config().dkim) {
            Ok(letter) => letter,
            Err(outcome) => return (outcome, Vec::new()),
        };
        let transcript = Transcript::kept();
        let outcome = match self.pool.aloud(transcript.clone()).await {
            Err(error) => for_the_relay(error.reason().clone()),
            Ok(mut connection) => match connection.deliver(letter.from.as_ref(), &letter.to, &letter.data).await {
                Delivery::Answered(outcome) => {
                    connection.quit().await;
                    outcome
                }
                Delivery::AnsweredLast(outcome) => outcome,
                Delivery::Lost(reason) => for_the_relay(reason),
                Delivery::InDoubt(reason) => Outcome::Unknown { reason },
            },
        };
        (outcome, transcript.lines())
    }

    async fn probe(&self) -> Result<(), ProbeError> {
        Ok(self.pool.probe().await?)
    }
}
