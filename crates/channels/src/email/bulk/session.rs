//! One connection at work: bytes and time for a [`Dialogue`].

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::{Stream, StreamExt};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{
    capabilities::Capabilities,
    dialogue::{Dialogue, Fate, Mode},
    letter::Letter,
    wire::Wire,
};
use crate::{Outcome, Reason, email::config::SmtpConfig};

/// An open session.
pub(super) struct Session<T> {
    wire: Wire,
    dialogue: Dialogue<T>,
    command_timeout: Duration,
    data_timeout: Duration,
    idle_timeout: Duration,
    /// When something last moved: bytes were handed over, an answer came, a letter was begun.
    since: Instant,
    /// Wakes up no later than the deadline. It is moved only when it is too late, since a deadline that moves with
    /// every answer would cost more than the answer.
    alarm: Pin<Box<Sleep>>,
    /// Writing has failed. What the server said before that is still read.
    deaf: Option<Reason>,
}

/// Why a session stopped.
pub(super) enum End<T> {
    /// There are no more letters; the session is still good.
    Finished,
    /// It has carried as many letters as it may, or has been silent for long.
    WornOut,
    /// It must not be used again.
    Lost(Lost<T>),
}

/// What is left of a session that broke.
pub(super) struct Lost<T> {
    pub(super) reason: Reason,
    /// Letters that were certainly not taken, in their order.
    pub(super) letters: Vec<Letter<T>>,
    /// The first of them was the oldest on the connection: nothing else can have been at fault.
    pub(super) first_was_at_work: bool,
    /// The server had said something about at least one letter.
    pub(super) fruitful: bool,
}

impl<T> Session<T> {
    pub(super) fn new(wire: Wire, server: Capabilities, config: &SmtpConfig, stepwise: bool) -> Self {
        let mode = match config.chunks_in_flight {
            _ if stepwise || !server.pipelining => Mode::Stepwise,
            depth if depth > 0 && server.chunking => Mode::Chunked(depth),
            _ => Mode::Pipelined,
        };
        let now = Instant::now();
        Session {
            wire,
            dialogue: Dialogue::new(server, mode, config.messages_per_connection),
            command_timeout: config.command_timeout,
            data_timeout: config.data_timeout,
            idle_timeout: config.idle_timeout,
            since: now,
            alarm: Box::pin(sleep_until(now + config.idle_timeout)),
            deaf: None,
        }
    }

    /// Sends letters until there are no more or the session ends, and reports each in the order in which it was taken.
    /// May be dropped and called again: what was in flight is then carried on with.
    pub(super) async fn run(
        &mut self,
        letters: &mut (impl Stream<Item = Letter<T>> + Unpin),
        report: &mut impl FnMut(T, Outcome),
    ) -> End<T> {
        let mut exhausted = false;
        poll_fn(|cx| self.poll(cx, letters, &mut exhausted, report)).await
    }

    /// Says goodbye.
    pub(super) async fn quit(self) {
        super::open::quit(self.wire, self.command_timeout.min(Duration::from_secs(2))).await;
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        letters: &mut (impl Stream<Item = Letter<T>> + Unpin),
        exhausted: &mut bool,
        report: &mut impl FnMut(T, Outcome),
    ) -> Poll<End<T>> {
        loop {
            // Reading comes first: it notices a connection that was closed while it was idle before a letter is begun.
            let mut moved = match self.poll_read(cx) {
                Ok(moved) => moved,
                Err(reason) => return Poll::Ready(self.lose(&reason, report)),
            };
            self.report(report);
            if let Some(reason) = self.dialogue.over().cloned() {
                return Poll::Ready(self.lose(&reason, report));
            }
            while !*exhausted && self.dialogue.wants_letter() {
                match letters.poll_next_unpin(cx) {
                    Poll::Ready(Some(letter)) => {
                        self.dialogue.take(letter);
                        moved = true;
                    }
                    Poll::Ready(None) => *exhausted = true,
                    Poll::Pending => break,
                }
            }
            self.report(report);
            moved |= self.poll_write(cx);
            if self.dialogue.is_idle() {
                if *exhausted {
                    return Poll::Ready(End::Finished);
                }
                if self.dialogue.is_worn_out() {
                    return Poll::Ready(End::WornOut);
                }
            }
            if !moved {
                return self.poll_alarm(cx, report);
            }
            self.since = Instant::now();
        }
    }

    /// Reads and understands what there is.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Result<bool, Reason> {
        let mut moved = false;
        loop {
            let Some((reply, length)) = self.wire.reply().map_err(|error| Reason::text(error.to_string()))? else {
                match self.wire.poll_fill(cx) {
                    Poll::Ready(Ok(0)) => return Err(self.deaf.take().unwrap_or_else(closed)),
                    Poll::Ready(Ok(_)) => continue,
                    Poll::Ready(Err(error)) => return Err(Reason::text(error.to_string())),
                    Poll::Pending => return self.deaf.take().map_or(Ok(moved), Err),
                }
            };
            let ahead = self.wire.holds_more_than(length);
            self.dialogue.answer(&reply, ahead)?;
            self.wire.consume(length);
            moved = true;
        }
    }

    /// Writes what there is. A failure is kept until everything that arrived has been read: a server that closes says
    /// why before.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        while self.deaf.is_none() && !self.dialogue.unsent().is_empty() {
            match self.wire.poll_write(cx, self.dialogue.unsent()) {
                Poll::Ready(Ok(0)) => self.deaf = Some(closed()),
                Poll::Ready(Ok(count)) => self.dialogue.wrote(count),
                Poll::Ready(Err(error)) => {
                    self.deaf = Some(Reason::text(error.to_string()));
                    if self.wire.fails_late() {
                        self.dialogue.wrote(self.dialogue.unsent().len());
                    }
                }
                Poll::Pending => return moved,
            }
            moved = true;
        }
        if self.deaf.is_none()
            && let Poll::Ready(Err(error)) = self.wire.poll_flush(cx)
        {
            self.deaf = Some(Reason::text(error.to_string()));
            moved = true;
        }
        moved
    }

    fn report(&mut self, report: &mut impl FnMut(T, Outcome)) {
        while let Some((tag, outcome)) = self.dialogue.settled() {
            report(tag, outcome);
        }
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>, report: &mut impl FnMut(T, Outcome)) -> Poll<End<T>> {
        let idle = self.dialogue.is_idle();
        let patience = match self.dialogue.awaits_verdict() {
            _ if idle => self.idle_timeout,
            true => self.data_timeout,
            false => self.command_timeout,
        };
        let deadline = self.since + patience;
        if self.alarm.deadline() > deadline {
            self.alarm.as_mut().reset(deadline);
        }
        while self.alarm.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(if idle {
                    End::WornOut
                } else {
                    self.lose(&Reason::text(format!("no answer within {patience:?}")), report)
                });
            }
            self.alarm.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    fn lose(&mut self, reason: &Reason, report: &mut impl FnMut(T, Outcome)) -> End<T> {
        self.report(report);
        let fates = self.dialogue.end(reason);
        // Otherwise it broke over a letter that has its outcome.
        let may_be_at_fault = self.dialogue.fruitful || !self.dialogue.has_settled();
        let first_was_at_work = may_be_at_fault && matches!(fates.first(), Some(Fate::Unsent(_)));
        let mut letters = Vec::new();
        for fate in fates {
            match fate {
                Fate::Settled(tag, outcome) => report(tag, outcome),
                Fate::Unsent(letter) => letters.push(letter),
            }
        }
        let fruitful = self.dialogue.fruitful;
        End::Lost(Lost { reason: reason.clone(), letters, first_was_at_work, fruitful })
    }
}

fn closed() -> Reason {
    Reason::text("the server closed the connection")
}
