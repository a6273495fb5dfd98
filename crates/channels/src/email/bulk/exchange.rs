//! One letter on its way over a connection.

use super::{dialogue::Fate, letter::Letter};
use crate::{Outcome, Reason};

pub(super) struct Exchange<T> {
    pub(super) letter: Letter<T>,
    /// The recipient was accepted.
    pub(super) to_someone: bool,
    /// The recipient was refused.
    pub(super) to_nobody: bool,
    /// What became of it, as far as is known.
    pub(super) verdict: Option<Outcome>,
    /// Where in the bytes of the connection the server has all of the message. Absent until its body is on its way.
    pub(super) end: Option<u64>,
    /// No further answer belongs to it.
    pub(super) done: bool,
    /// Settled on our side: the server never heard of it.
    never_sent: bool,
}

impl<T> Exchange<T> {
    /// `unfit` is why the server cannot be given it at all.
    pub(super) fn new(letter: Letter<T>, unfit: Option<Outcome>) -> Self {
        let never_sent = unfit.is_some();
        Exchange {
            letter,
            to_someone: false,
            to_nobody: false,
            verdict: unfit,
            end: None,
            done: never_sent,
            never_sent,
        }
    }

    /// What becomes of it when the connection ends after `written` bytes. What comes after a letter that is given back
    /// is given back as well when that costs nothing: outcomes keep their order.
    pub(super) fn fate(self, written: u64, given_back: bool, why: &Reason) -> Fate<T> {
        if self.never_sent && given_back {
            return Fate::Unsent(self.letter);
        }
        let taken_perhaps = !self.done && self.end.is_some_and(|end| written >= end);
        match self.verdict {
            // A chunk can have been taken even by a server that had refused its sender.
            Some(outcome) if !taken_perhaps || self.to_nobody => Fate::Settled(self.letter.tag, outcome),
            _ if taken_perhaps => {
                let reason = Reason::text(format!("handed over, but the answer was lost: {}", why.text));
                Fate::Settled(self.letter.tag, Outcome::Unknown { reason })
            }
            _ => Fate::Unsent(self.letter),
        }
    }
}
