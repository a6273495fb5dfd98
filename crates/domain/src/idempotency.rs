//! Idempotency keys: a program names a call, so that repeating it over a bad network does not do it twice.
//!
//! Follows draft-ietf-httpapi-idempotency-key-header-07.

use uuid::Uuid;

use crate::clock::Millis;
use crate::time::{DAY, MINUTE};

/// Longest key, in characters.
pub const MAX_KEY: usize = 255;
/// A key is remembered for this long after its call began; then it is as if it had never been used.
pub const KEPT_MS: Millis = DAY;
/// Nobody else takes up a call that began less than this long ago, as long as its process may be alive. Longer than what is
/// usual for the longest transaction; a slower worker is safe, too: once it was taken over, it can commit nothing.
pub const LEASE_MS: Millis = 5 * MINUTE;

/// A key: 1 to 255 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key is 1 to {MAX_KEY} printable ASCII characters; make one of a random UUID")]
pub struct NoKey;

impl Key {
    /// Reads the value of an `Idempotency-Key` header. The draft wants a string of RFC 9651 §3.3.3, in quotation marks; most
    /// programs leave these out. Both ways to write it are the same key.
    ///
    /// # Errors
    /// When it is empty, too long, or has other characters.
    pub fn parse(value: &[u8]) -> Result<Self, NoKey> {
        let key = match value {
            [b'"', quoted @ .., b'"'] => unquote(quoted)?,
            [b'"', ..] => return Err(NoKey),
            bare => bare.to_vec(),
        };
        let good = (1..=MAX_KEY).contains(&key.len()) && key.iter().all(|c| (b' '..=b'~').contains(c));
        if good { String::from_utf8(key).map(Self).map_err(|_| NoKey) } else { Err(NoKey) }
    }

    /// The key as it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands between quotation marks: `\` only before `"` and `\`, and `"` only behind it.
fn unquote(quoted: &[u8]) -> Result<Vec<u8>, NoKey> {
    let mut bytes = quoted.iter();
    let mut key = Vec::with_capacity(quoted.len());
    while let Some(byte) = bytes.next() {
        key.push(match byte {
            b'\\' => *bytes.next().filter(|next| matches!(next, b'"' | b'\\')).ok_or(NoKey)?,
            b'"' => return Err(NoKey),
            other => *other,
        });
    }
    Ok(key)
}

crate::text_enum! {
    /// How far the call of a key is.
    pub enum Progress {
        /// Begun; nothing of it is committed.
        Running = "running",
        /// A transaction of it is committed; its answer is not known yet.
        Applied = "applied",
        /// Answered.
        Done = "done",
    }
}

/// Which process works at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worker {
    /// The node, which outlives its processes.
    pub node: Uuid,
    /// The process. Of the processes of one node, all but the newest are dead.
    pub process: Uuid,
}

/// What is remembered of a key's call.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    pub progress: Progress,
    /// What tells this call from another one.
    pub fingerprint: &'a [u8],
    pub begun_at: Millis,
    /// Until when its worker is taken to be at work.
    pub lease_until: Millis,
    pub worker: Worker,
}

/// What a call meets whose key was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// The same call, answered: the answer again.
    Answered,
    /// Another call: the key may not be used for it.
    OtherCall,
    /// The same call, under way.
    UnderWay,
    /// The same call, which had effect, and nobody will answer it any more. It is not done again.
    AnswerLost,
    /// The key is free: what it named is forgotten, or its worker died before anything was committed.
    Free,
}

impl Record<'_> {
    /// What a call with this key and `fingerprint` meets at `me`, now.
    pub fn meets(&self, fingerprint: &[u8], me: Worker, now: Millis) -> Meeting {
        let is_dead = self.worker.node == me.node && self.worker.process != me.process;
        if self.begun_at + KEPT_MS <= now {
            Meeting::Free
        } else if self.fingerprint != fingerprint {
            Meeting::OtherCall
        } else if self.progress == Progress::Done {
            Meeting::Answered
        } else if self.lease_until > now && !is_dead {
            Meeting::UnderWay
        } else if self.progress == Progress::Applied {
            Meeting::AnswerLost
        } else {
            Meeting::Free
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ME: Worker = Worker { node: Uuid::from_u128(1), process: Uuid::from_u128(11) };
    const ANOTHER: Worker = Worker { node: Uuid::from_u128(2), process: Uuid::from_u128(12) };
    const BEFORE_ME: Worker = Worker { node: ME.node, process: Uuid::from_u128(10) };

    #[test]
    fn a_key_is_taken_bare_and_in_quotation_marks() {
        let key = Key::parse(b"8e03978e-40d5-43e8-bc93-6894a57f9324").unwrap();
        assert_eq!(Key::parse(br#""8e03978e-40d5-43e8-bc93-6894a57f9324""#), Ok(key));
        assert_eq!(Key::parse(br#""say \"a\\b\"""#).unwrap().as_str(), r#"say "a\b""#);
        assert_eq!(Key::parse(br#"a"b"#).unwrap().as_str(), r#"a"b"#);
        assert_eq!(Key::parse(&[b'k'; MAX_KEY]).unwrap().as_str().len(), MAX_KEY);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let long = [b'k'; MAX_KEY + 1];
        let bad: [&[u8]; 9] =
            [b"", b"\"", b"\"\"", b"\"a", b"\"a\"b\"", br#""a\b""#, b"tab\there", "süß".as_bytes(), &long];
        for bad in bad {
            assert_eq!(Key::parse(bad), Err(NoKey), "{:?}", String::from_utf8_lossy(bad));
        }
    }

    proptest! {
        #[test]
        fn quoting_a_key_does_not_change_it(key in "[ -~]{1,255}") {
            let quoted = format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""));
            let parsed = Key::parse(quoted.as_bytes()).unwrap();
            prop_assert_eq!(parsed.as_str(), &key);
        }
    }

    fn record(progress: Progress, worker: Worker) -> Record<'static> {
        Record { progress, fingerprint: b"f", begun_at: 1_000, lease_until: 1_000 + LEASE_MS, worker }
    }

    #[test]
    fn the_same_call_is_answered_again_and_another_one_refused() {
        let done = record(Progress::Done, ANOTHER);
        assert_eq!(done.meets(b"f", ME, 1_000), Meeting::Answered);
        assert_eq!(done.meets(b"g", ME, 1_000), Meeting::OtherCall);
        assert_eq!(done.meets(b"g", ME, 999 + KEPT_MS), Meeting::OtherCall);
        assert_eq!(done.meets(b"g", ME, 1_000 + KEPT_MS), Meeting::Free);
    }

    #[test]
    fn what_nobody_works_at_is_free_only_if_it_had_no_effect() {
        let end = 1_000 + LEASE_MS;
        for (progress, then) in [(Progress::Running, Meeting::Free), (Progress::Applied, Meeting::AnswerLost)] {
            for alive in [ME, ANOTHER] {
                assert_eq!(record(progress, alive).meets(b"f", ME, end - 1), Meeting::UnderWay);
                assert_eq!(record(progress, alive).meets(b"f", ME, end), then);
            }
            assert_eq!(record(progress, BEFORE_ME).meets(b"f", ME, 1_000), then, "its process is known to be dead");
            assert_eq!(record(progress, BEFORE_ME).meets(b"g", ME, end), Meeting::OtherCall);
        }
    }
}
