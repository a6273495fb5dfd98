//! What is said on one connection, and what the answers mean: no bytes are moved here, and no time passes.
//!
//! With `PIPELINING` (RFC 2920) the envelope of a letter leaves together with the body of the one before it: one round
//! trip a letter. `DATA` must be the last command of its group, so at most one body is in flight. With `CHUNKING`
//! (RFC 3030) the body needs no leave of its own, and several whole letters are in flight.

use std::{collections::VecDeque, mem};

use super::{capabilities::Capabilities, exchange::Exchange, letter::Letter, reply::Reply};
use crate::{
    Outcome, Reason, RetryScope,
    email::classify::{self, Stage},
};

/// Letters held at most: those in flight, and those refused on our side that wait for their turn to be reported.
const MAX_HELD: usize = 64;

/// With this much waiting to be written, no further letter is taken.
const MAX_UNSENT: usize = 256 * 1024;

/// How far the client runs ahead of the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// One command, one answer.
    Stepwise,
    /// Envelopes ahead, bodies one by one.
    Pipelined,
    /// Whole letters ahead, so many at a time.
    Chunked(usize),
}

/// An answer that is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Reset,
    Mail,
    Recipient,
    Data,
    /// To the body, after its final dot.
    Body,
    /// To a lone dot: `DATA` was accepted though nobody is to get anything (RFC 2920 §3.1).
    Blank,
    Chunk,
}

/// The state of one connection. Letters go in by [`Dialogue::take`], come out settled by [`Dialogue::settled`].
pub(super) struct Dialogue<T> {
    server: Capabilities,
    mode: Mode,
    /// Letters that the connection may still be given.
    left: u32,
    /// Oldest first; settled ones leave from the front, so that outcomes keep the order of the letters.
    exchanges: VecDeque<Exchange<T>>,
    /// Number of the oldest exchange.
    first: u64,
    /// Answers that are to come, each with the number of its exchange and the end of its command in the bytes of the
    /// connection.
    due: VecDeque<(Due, u64, u64)>,
    /// Bytes to write; `out[..handed]` has been handed over.
    out: Vec<u8>,
    handed: usize,
    /// Bytes of this connection before `out`.
    before: u64,
    /// A transaction may be open on the other side: `RSET` comes before the next.
    unclean: bool,
    /// Nothing new is begun any more, for this reason.
    ending: Option<Reason>,
    /// The server has spoken about a letter, and not only about itself.
    pub(super) fruitful: bool,
}

/// What becomes of a letter when its connection ends.
pub(super) enum Fate<T> {
    Settled(T, Outcome),
    /// Certainly not taken.
    Unsent(Letter<T>),
}

impl<T> Dialogue<T> {
    pub(super) fn new(server: Capabilities, mode: Mode, letters: u32) -> Self {
        Dialogue {
            server,
            mode,
            left: letters.max(1),
            exchanges: VecDeque::new(),
            first: 0,
            due: VecDeque::new(),
            out: Vec::new(),
            handed: 0,
            before: 0,
            unclean: false,
            ending: None,
            fruitful: false,
        }
    }

    /// Whether a letter could be begun now.
    pub(super) fn wants_letter(&self) -> bool {
        if self.ending.is_some() || self.left == 0 || self.exchanges.len() >= MAX_HELD {
            return false;
        }
        match self.mode {
            Mode::Stepwise => self.due.is_empty(),
            Mode::Pipelined => self.exchanges.back().is_none_or(|last| last.done || last.end.is_some()),
            Mode::Chunked(depth) => {
                self.exchanges.back().is_none_or(|last| last.done || last.end.is_some())
                    && self.exchanges.iter().filter(|exchange| !exchange.done).count() < depth
                    && self.unsent().len() < MAX_UNSENT
            }
        }
    }

    /// Begins a letter.
    pub(super) fn take(&mut self, letter: Letter<T>) {
        let number = self.first + self.exchanges.len() as u64;
        let unfit = letter.unfit(&self.server);
        self.exchanges.push_back(Exchange::new(letter, unfit));
        if self.exchanges.back().is_some_and(|last| last.done) {
            return;
        }
        self.left -= 1;
        let alone = self.due.is_empty();
        // Ahead of the answers nobody knows whether the transaction before was closed.
        if self.unclean || matches!(self.mode, Mode::Chunked(_)) && !alone {
            self.say(Due::Reset, number);
            if self.mode == Mode::Stepwise {
                return;
            }
        }
        self.say(Due::Mail, number);
        match self.mode {
            Mode::Stepwise => {}
            Mode::Pipelined => {
                self.say(Due::Recipient, number);
                self.say(Due::Data, number);
            }
            Mode::Chunked(_) => {
                self.say(Due::Recipient, number);
                // A connection that was silent may be dead. Only one that is answering is trusted with a body, since
                // a body that is lost with it is in doubt for ever.
                if !alone {
                    self.say(Due::Chunk, number);
                }
            }
        }
    }

    fn say(&mut self, due: Due, number: u64) {
        let at = self.index(number);
        let exchange = &mut self.exchanges[at];
        match due {
            Due::Reset => self.out.extend_from_slice(b"RSET\r\n"),
            Due::Mail => exchange.letter.write_mail(&self.server, &mut self.out),
            Due::Recipient => exchange.letter.write_rcpt(&mut self.out),
            Due::Data => self.out.extend_from_slice(b"DATA\r\n"),
            Due::Blank => {
                self.unclean = false;
                self.out.extend_from_slice(b".\r\n");
            }
            Due::Body => {
                exchange.letter.write_stuffed(&mut self.out);
                // The dot closes the transaction, whatever the answer.
                self.unclean = false;
                // From the dot on the server may think that it has everything.
                self.out.push(b'.');
                exchange.end = Some(self.before + self.out.len() as u64);
                self.out.extend_from_slice(b"\r\n");
            }
            Due::Chunk => {
                exchange.letter.write_chunk(&mut self.out);
                exchange.end = Some(self.before + self.out.len() as u64);
            }
        }
        self.due.push_back((due, number, self.before + self.out.len() as u64));
    }

    /// Numbers are given to exchanges in order, and `first` is that of the front.
    fn index(&self, number: u64) -> usize {
        usize::try_from(number - self.first).unwrap_or(usize::MAX)
    }

    /// Deals with the next answer. `ahead`: more has arrived after it.
    ///
    /// # Errors
    /// The connection is of no use any more, and why: see [`Dialogue::end`].
    pub(super) fn answer(&mut self, reply: &Reply<'_>, ahead: bool) -> Result<(), Reason> {
        let Some((due, number, asked)) = self.due.pop_front() else {
            return Err(unexpected("that nobody asked for", reply));
        };
        if self.written() < asked && !matches!(due, Due::Body | Due::Chunk) {
            return Err(unexpected("before the command", reply));
        }
        if reply.code == 421 {
            self.ending.get_or_insert_with(|| reply.reason());
        }
        let at = self.index(number);
        match due {
            Due::Reset if reply.is_positive() => {
                self.unclean = false;
                self.step(Due::Mail, number);
            }
            Due::Reset => {
                self.ending.get_or_insert_with(|| reply.reason());
            }
            Due::Mail | Due::Recipient if reply.is_positive() => {
                self.unclean = true;
                self.exchanges[at].to_someone |= due == Due::Recipient;
                self.step(if due == Due::Mail { Due::Recipient } else { Due::Data }, number);
                let exchange = &self.exchanges[at];
                let is_free = matches!(self.mode, Mode::Chunked(_)) && due == Due::Recipient && exchange.end.is_none();
                if is_free && exchange.verdict.is_none() && self.ending.is_none() {
                    if ahead {
                        return Err(too_much());
                    }
                    self.say(Due::Chunk, number);
                } else if is_free {
                    self.exchanges[at].done = exchange.verdict.is_some();
                }
            }
            Due::Mail | Due::Recipient if reply.is_negative() => {
                self.refuse(at, if due == Due::Mail { Stage::Sender } else { Stage::Recipient }, reply);
                let alone = match self.mode {
                    Mode::Stepwise => true,
                    Mode::Pipelined => false,
                    Mode::Chunked(_) => due == Due::Recipient && self.exchanges[at].end.is_none(),
                };
                self.exchanges[at].done |= alone;
            }
            Due::Mail | Due::Recipient => return Err(unexpected("to the envelope", reply)),
            Due::Data => return self.leave(at, number, reply, ahead),
            Due::Body | Due::Chunk => return self.verdict(at, due, reply),
            Due::Blank => {
                self.exchanges[at].done = true;
            }
        }
        Ok(())
    }

    /// The next command, where commands go one at a time.
    fn step(&mut self, due: Due, number: u64) {
        if self.mode == Mode::Stepwise && self.ending.is_none() {
            self.say(due, number);
        }
    }

    /// The answer to `DATA`.
    fn leave(&mut self, at: usize, number: u64, reply: &Reply<'_>, ahead: bool) -> Result<(), Reason> {
        if reply.is_negative() {
            self.refuse(at, Stage::Data, reply);
            self.exchanges[at].done = true;
            return Ok(());
        }
        if reply.code != 354 {
            return Err(unexpected("to DATA", reply));
        }
        if ahead {
            return Err(too_much());
        }
        let exchange = &self.exchanges[at];
        match (&exchange.verdict, exchange.to_someone) {
            (None, _) if self.ending.is_some() => {}
            (None, _) => self.say(Due::Body, number),
            (Some(_), false) => self.say(Due::Blank, number),
            // A dot would send an empty mail to somebody. Only leaving ends this without one.
            (Some(_), true) => {
                self.ending.get_or_insert_with(|| Reason::text("the server goes on after it refused the sender"));
            }
        }
        Ok(())
    }

    /// The answer to a body.
    fn verdict(&mut self, at: usize, due: Due, reply: &Reply<'_>) -> Result<(), Reason> {
        let written = self.written();
        let exchange = &mut self.exchanges[at];
        let whole = exchange.end.is_some_and(|end| written >= end);
        let to_nobody = !exchange.to_someone;
        exchange.done = true;
        if due == Due::Chunk {
            // After a chunk that was refused only RSET is certain (RFC 3030 §2).
            self.unclean = reply.code != 250;
        }
        if reply.is_negative() {
            self.refuse(at, Stage::Message, reply);
        } else if to_nobody {
            // A chunk for nobody: what was said to the recipient stands.
        } else if reply.code == 250 && whole {
            self.fruitful = true;
            let answer = reply.spoken();
            let provider_message_id = classify::queue_id(&answer);
            exchange.verdict = Some(Outcome::Accepted { provider_message_id, answer });
        } else {
            let reason = unexpected("to the message", reply);
            exchange.verdict = Some(Outcome::Unknown { reason: reason.clone() });
            return Err(reason);
        }
        // The rest of a message that was answered too early would be read as commands.
        if whole { Ok(()) } else { Err(unexpected("before the message was complete", reply)) }
    }

    /// Notes a refusal. The first one counts: those after it only follow from it.
    fn refuse(&mut self, at: usize, stage: Stage, reply: &Reply<'_>) {
        if stage != Stage::Message {
            self.unclean = true;
        }
        let exchange = &mut self.exchanges[at];
        exchange.to_nobody |= stage == Stage::Recipient;
        if exchange.verdict.is_some() {
            return;
        }
        // The server closes a session that worked, as it may between two letters: this one goes over another.
        if reply.code == 421 && self.fruitful && exchange.end.is_none() {
            return;
        }
        let outcome = classify::negative(stage, reply.reason());
        match &outcome {
            // Not worth going on with: the server refuses whatever it is given.
            Outcome::Retry { scope: RetryScope::Provider, reason, .. } => {
                self.ending.get_or_insert_with(|| reason.clone());
            }
            _ => self.fruitful = true,
        }
        exchange.verdict = Some(outcome);
    }

    /// Takes the next settled letter, in the order in which they came.
    pub(super) fn settled(&mut self) -> Option<(T, Outcome)> {
        let front = self.exchanges.front_mut()?;
        let outcome = if front.done { front.verdict.take()? } else { return None };
        self.first += 1;
        self.exchanges.pop_front().map(|exchange| (exchange.letter.tag, outcome))
    }

    /// At least one letter has its outcome.
    pub(super) fn has_settled(&self) -> bool {
        self.first > 0
    }

    /// Why the connection is to be left now; never while a body is in flight, whose answer may still come.
    pub(super) fn over(&self) -> Option<&Reason> {
        let in_flight = self.exchanges.iter().any(|exchange| !exchange.done && exchange.end.is_some());
        self.ending.as_ref().filter(|_| !in_flight)
    }

    /// No letter is at work.
    pub(super) fn is_idle(&self) -> bool {
        self.exchanges.is_empty() && self.due.is_empty()
    }

    /// The connection has carried as many letters as it may.
    pub(super) fn is_worn_out(&self) -> bool {
        self.left == 0
    }

    /// Whether the answer that comes next is to a whole message, which takes longer than others.
    pub(super) fn awaits_verdict(&self) -> bool {
        matches!(self.due.front(), Some((Due::Body | Due::Blank | Due::Chunk, ..)))
    }

    /// Bytes that are still to be handed over.
    pub(super) fn unsent(&self) -> &[u8] {
        &self.out[self.handed..]
    }

    /// So many bytes of [`Dialogue::unsent`] have been handed over.
    pub(super) fn wrote(&mut self, count: usize) {
        self.handed += count;
        if self.handed == self.out.len() {
            self.before += self.out.len() as u64;
            self.handed = 0;
            self.out.clear();
            // One large message is no reason to hold its space for ever.
            self.out.shrink_to(MAX_UNSENT);
        }
    }

    fn written(&self) -> u64 {
        self.before + self.handed as u64
    }

    /// Ends the connection and says what becomes of every letter on it, in order.
    pub(super) fn end(&mut self, why: &Reason) -> Vec<Fate<T>> {
        let written = self.written();
        let mut given_back = false;
        let exchanges = mem::take(&mut self.exchanges).into_iter();
        let fates = exchanges.map(|exchange| {
            let fate = exchange.fate(written, given_back, why);
            given_back |= matches!(fate, Fate::Unsent(_));
            fate
        });
        fates.collect()
    }
}

/// Something came together with the leave to send a body. It would be taken for the answer to that body.
fn too_much() -> Reason {
    Reason::text("the server answered more than it was asked")
}

fn unexpected(place: &str, reply: &Reply<'_>) -> Reason {
    Reason::text(format!("unexpected answer {place}: {}", reply.spoken()))
}
