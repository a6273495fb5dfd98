//! Why a message is in the queue of dead letters: what messages are grouped by there.

use std::fmt;
use std::str::FromStr;

use crate::channel::Channel;

crate::text_enum! {
    /// What went wrong, as far as deciding about it needs to know.
    pub enum Why {
        /// The address does not exist or takes no messages.
        BadAddress = "bad_address",
        /// The message itself was refused: too large, malformed, judged to be spam.
        Content = "content",
        /// The recipient or the provider does not want messages from this sender.
        Blocked = "blocked",
        /// Refused for good for another reason.
        Refused = "refused",
        /// Put off at every try.
        OutOfTries = "out_of_tries",
        /// Handed over, and the answer was lost: perhaps sent.
        NoAnswer = "no_answer",
        /// In flight when Muster stopped: perhaps sent.
        InFlight = "in_flight",
    }
}

impl Why {
    /// Whether the message may have arrived. Sending it again takes somebody who knows that.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::NoAnswer | Self::InFlight)
    }
}

/// A cause, written `why:channel:provider kind:code`. It holds no words of a provider, which repeat addresses and names:
/// those stay with the recipient.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cause {
    pub why: Why,
    /// None where nobody knows it any more.
    pub channel: Option<Channel>,
    /// What the provider speaks: `smtp`, `twilio` … Empty where nobody knows it any more.
    pub provider: String,
    /// Enhanced status code (RFC 3463), else SMTP reply code or HTTP status; empty where there was none.
    pub code: String,
}

impl Cause {
    /// Longest kind of a provider and longest code that are kept.
    const MAX_PART: usize = 20;

    /// A cause; what is no provider kind and no code is left out of it.
    pub fn new(why: Why, channel: Channel, provider: &str, code: &str) -> Self {
        let keep = |text: &str, allowed: fn(char) -> bool| -> String {
            if text.len() <= Self::MAX_PART && text.chars().all(allowed) { text.to_owned() } else { String::new() }
        };
        Self {
            why,
            channel: Some(channel),
            provider: keep(provider, |c| c.is_ascii_lowercase() || c == '_'),
            code: keep(code, |c| c.is_ascii_digit() || c == '.'),
        }
    }

    /// Of messages that were in flight when a node stopped; their channel, where its notes say so.
    pub fn in_flight(channel: Option<Channel>) -> Self {
        Self { why: Why::InFlight, channel, provider: String::new(), code: String::new() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channel = self.channel.map_or("", Channel::as_str);
        write!(f, "{}:{channel}:{}:{}", self.why, self.provider, self.code)
    }
}

/// The text is no cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no cause of dead letters")]
pub struct NoCause;

impl FromStr for Cause {
    type Err = NoCause;

    fn from_str(text: &str) -> Result<Self, NoCause> {
        let mut parts = text.split(':');
        let mut part = || parts.next().ok_or(NoCause);
        let (why, channel, provider, code) = (part()?, part()?, part()?, part()?);
        let why = why.parse().map_err(|_| NoCause)?;
        let channel = if channel.is_empty() { None } else { Some(channel.parse().map_err(|_| NoCause)?) };
        let cause = Self { why, channel, provider: provider.to_owned(), code: code.to_owned() };
        if parts.next().is_some() { Err(NoCause) } else { Ok(cause) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cause_reads_back_as_it_was_written() {
        let cause = Cause::new(Why::BadAddress, Channel::Email, "smtp", "5.1.1");
        assert_eq!(cause.to_string(), "bad_address:email:smtp:5.1.1");
        assert_eq!(cause.to_string().parse(), Ok(cause));
        assert_eq!(Cause::in_flight(None).to_string().parse(), Ok(Cause::in_flight(None)));
        for bad in ["", "bad_address", "gone:email:smtp:", "blocked:fax:smtp:", "blocked:email:smtp:5:5"] {
            assert_eq!(bad.parse::<Cause>(), Err(NoCause), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_words_of_a_provider_get_into_a_cause(kind in ".*", code in ".*") {
            let cause = Cause::new(Why::Blocked, Channel::Sms, &kind, &code);
            let text = cause.to_string();
            prop_assert!(text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | ':')));
            prop_assert!(text.len() <= "blocked:sms::".len() + 2 * Cause::MAX_PART);
            prop_assert_eq!(text.parse(), Ok(cause));
        }
    }
}
