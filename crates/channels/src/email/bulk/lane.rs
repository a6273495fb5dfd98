//! One connection's worth of sending, kept up for as long as there are letters.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::{Stream, StreamExt, stream};

use super::{
    letter::Letter,
    open::open,
    session::{End, Lost, Session},
};
use crate::{
    Outcome, ProbeError, Reason, RetryScope,
    email::{config::SmtpConfig, tls::TlsSetup},
};

/// Sessions in a row, none of which the server said anything useful on, after which a lane stops.
const FRUITLESS_SESSIONS: u32 = 2;

/// Connections that one letter may cost.
const LOSSES_PER_LETTER: u32 = 2;

/// A relay that bulk mail goes through. Clones share it.
#[derive(Clone)]
pub struct Relay {
    shared: Arc<Shared>,
}

struct Shared {
    config: SmtpConfig,
    tls: TlsSetup,
}

impl Relay {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// [`ProbeError::Configuration`] when the certificate or a name cannot be used.
    pub fn new(config: SmtpConfig) -> Result<Self, ProbeError> {
        config.check()?;
        let tls = TlsSetup::new(&config).map_err(ProbeError::Configuration)?;
        Ok(Relay { shared: Arc::new(Shared { config, tls }) })
    }

    /// How the relay is reached.
    pub fn config(&self) -> &SmtpConfig {
        &self.shared.config
    }

    /// A lane of its own, without a connection as yet.
    pub fn lane<T>(&self) -> Lane<T> {
        Lane { relay: self.clone(), session: None, held: VecDeque::new(), fruitless: 0, stepwise: false }
    }

    /// Opens a session and closes it again.
    ///
    /// # Errors
    /// Why the relay cannot be used.
    pub async fn probe(&self) -> Result<(), ProbeError> {
        let (wire, _) = open(&self.shared.config, &self.shared.tls).await?;
        super::open::quit(wire, self.shared.config.command_timeout).await;
        Ok(())
    }
}

/// A lane of a relay: at most one connection, opened when there is a letter and again when it breaks.
///
/// One task runs one lane, fed from a bounded queue:
///
/// ```no_run
/// # async fn f(relay: muster_channels::email::bulk::Relay) {
/// use futures::stream;
/// use muster_channels::email::bulk::Letter;
/// use tokio::sync::mpsc;
///
/// let (letters, mut queue) = mpsc::channel::<Letter<u64>>(16);
/// let (outcomes, mut settled) = mpsc::unbounded_channel();
/// let mut lane = relay.lane();
/// tokio::spawn(async move {
///     let mut queue = stream::poll_fn(move |cx| queue.poll_recv(cx));
///     let end = lane.run(&mut queue, &mut |seq, outcome| drop(outcomes.send((seq, outcome)))).await;
///     lane.close().await;
///     end
/// });
/// # }
/// ```
///
/// Of the letters taken from the queue at most one is in doubt when the connection breaks, or
/// [`SmtpConfig::chunks_in_flight`] where the relay takes chunks.
pub struct Lane<T> {
    relay: Relay,
    session: Option<Session<T>>,
    /// Letters that came back from a connection that broke, oldest first.
    held: VecDeque<Letter<T>>,
    /// Sessions in a row without an answer about a letter.
    fruitless: u32,
    /// The last session broke over an envelope and had brought nothing before: the next goes step by step, in case the
    /// relay announces PIPELINING and stumbles over it.
    stepwise: bool,
}

impl<T> Lane<T> {
    /// Sends letters until there are no more. `report` is called once for every letter that was taken, in the order in
    /// which they were taken; nothing is taken that is not reported before this returns.
    ///
    /// May be dropped: what is in flight is carried on with by the next call on the same lane. Dropping the lane leaves
    /// the letters in flight unreported; they may have been sent.
    ///
    /// # Errors
    /// The relay cannot be reached, or refuses every session: letters that had been taken are reported, what is still
    /// in the queue has not been touched. Whoever calls decides when to try again.
    pub async fn run(
        &mut self,
        letters: &mut (impl Stream<Item = Letter<T>> + Unpin),
        report: &mut impl FnMut(T, Outcome),
    ) -> Result<(), Reason> {
        loop {
            let session = match &mut self.session {
                Some(session) => session,
                None => {
                    // No connection without a letter: it would only grow cold.
                    if self.held.is_empty() {
                        match letters.next().await {
                            Some(letter) => self.held.push_back(letter),
                            None => return Ok(()),
                        }
                    }
                    let Shared { config, tls } = &*self.relay.shared;
                    match open(config, tls).await {
                        Ok((wire, server)) => self.session.insert(Session::new(wire, server, config, self.stepwise)),
                        Err(error) => return Err(self.give_up(error.reason().clone(), report)),
                    }
                }
            };
            let mut queue = stream::poll_fn(|cx| next(&mut self.held, letters, cx));
            match session.run(&mut queue, report).await {
                End::Finished => return Ok(()),
                End::WornOut => self.close_session().await,
                End::Lost(lost) => {
                    self.session = None;
                    self.after(lost, report)?;
                }
            }
        }
    }

    /// Says goodbye to the server. A lane that is dropped just closes its connection.
    pub async fn close(mut self) {
        self.close_session().await;
    }

    async fn close_session(&mut self) {
        if let Some(session) = self.session.take() {
            session.quit().await;
        }
    }

    /// Decides what the loss of a connection means for the letters that were on it.
    fn after(&mut self, lost: Lost<T>, report: &mut impl FnMut(T, Outcome)) -> Result<(), Reason> {
        self.fruitless = if lost.fruitful { 0 } else { self.fruitless + 1 };
        self.stepwise = lost.first_was_at_work && !lost.fruitful;
        let mut letters = VecDeque::from(lost.letters);
        if lost.first_was_at_work
            && let Some(mut first) = letters.pop_front()
        {
            first.losses += 1;
            if lost.fruitful && first.losses < LOSSES_PER_LETTER {
                // The server may close a session between two letters; that says nothing about this one.
                letters.push_front(first);
            } else {
                // Others got through where it did not twice: then it is the letter, otherwise the relay.
                let scope = if first.losses >= LOSSES_PER_LETTER { RetryScope::Message } else { RetryScope::Provider };
                report(first.tag, Outcome::Retry { after: None, scope, reason: lost.reason.clone() });
            }
        }
        // These had been taken before anything that is still held.
        letters.append(&mut self.held);
        self.held = letters;
        if self.fruitless >= FRUITLESS_SESSIONS { Err(self.give_up(lost.reason, report)) } else { Ok(()) }
    }

    fn give_up(&mut self, reason: Reason, report: &mut impl FnMut(T, Outcome)) -> Reason {
        for letter in self.held.drain(..) {
            let outcome = Outcome::Retry { after: None, scope: RetryScope::Provider, reason: reason.clone() };
            report(letter.tag, outcome);
        }
        self.fruitless = 0;
        reason
    }
}

/// What was held goes first.
fn next<T>(
    held: &mut VecDeque<Letter<T>>,
    letters: &mut (impl Stream<Item = Letter<T>> + Unpin),
    cx: &mut Context<'_>,
) -> Poll<Option<Letter<T>>> {
    match held.pop_front() {
        Some(letter) => Poll::Ready(Some(letter)),
        None => Pin::new(letters).poll_next(cx),
    }
}
