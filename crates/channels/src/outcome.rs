//! What became of a message. Retry is a type here, never a string match.

use std::{fmt, time::Duration};

/// What became of one message that was handed to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has taken responsibility for it.
    Accepted {
        /// The provider's own name for the message, by which delivery receipts refer to it.
        provider_message_id: Option<String>,
        /// What the provider answered, for people (`250 2.0.0 Ok: queued as 4F1…`).
        answer: String,
    },
    /// It was certainly not accepted; the same message may be tried again.
    Retry {
        /// How long the provider asked to wait; when absent the caller's back-off decides.
        after: Option<Duration>,
        /// Whether the trouble is with this message or with the provider as a whole.
        scope: RetryScope,
        /// Why.
        reason: Reason,
    },
    /// It was refused and will be refused again.
    Reject {
        /// What was wrong with it.
        kind: RejectKind,
        /// Why.
        reason: Reason,
    },
    /// The connection broke or the answer was lost after everything had been handed over: it may
    /// or may not have been accepted. Never tried again without somebody deciding so.
    Unknown {
        /// What happened.
        reason: Reason,
    },
}

impl Outcome {
    /// The reason, for everything but an accepted message.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Outcome::Accepted { .. } => None,
            Outcome::Retry { reason, .. } | Outcome::Reject { reason, .. } | Outcome::Unknown { reason } => {
                Some(reason)
            }
        }
    }

    /// Whether the provider accepted the message.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Outcome::Accepted { .. })
    }
}

/// How far a temporary failure reaches; circuit breakers and fail-over count only `Provider`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryScope {
    /// Something about this recipient or message: greylisting, a full mailbox.
    Message,
    /// The provider is down, unreachable, refuses our credentials or limits our rate.
    Provider,
}

/// What was wrong with a message that was refused for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectKind {
    /// The address does not exist or is malformed: a hard bounce.
    BadAddress,
    /// The message itself: too large, malformed, judged to be spam.
    Content,
    /// The recipient or the provider does not want mail from this sender.
    Blocked,
    /// Refused for another reason.
    Other,
}

impl RejectKind {
    /// The name used in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            RejectKind::BadAddress => "bad_address",
            RejectKind::Content => "content",
            RejectKind::Blocked => "blocked",
            RejectKind::Other => "other",
        }
    }
}

/// Why a message was not accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// SMTP reply code or HTTP status.
    pub code: Option<u16>,
    /// Enhanced status code (RFC 3463), where the server gave one.
    pub enhanced: Option<EnhancedCode>,
    /// What the provider or the connection said, cut to 500 characters.
    pub text: String,
}

impl Reason {
    /// Longest text kept, in characters: providers answer whole web pages.
    pub const MAX_TEXT: usize = 500;

    /// A reason without codes.
    pub fn text(text: impl AsRef<str>) -> Self {
        Reason { code: None, enhanced: None, text: clip(text.as_ref()) }
    }

    /// A reason with the reply code or HTTP status.
    pub fn code(code: u16, text: impl AsRef<str>) -> Self {
        Reason { code: Some(code), enhanced: None, text: clip(text.as_ref()) }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = self.code {
            write!(f, "{code} ")?;
        }
        if let Some(enhanced) = self.enhanced {
            write!(f, "{enhanced} ")?;
        }
        f.write_str(&self.text)
    }
}

fn clip(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(Reason::MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Enhanced mail system status code `class.subject.detail` (RFC 3463).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EnhancedCode {
    /// 2 success, 4 temporary, 5 permanent.
    pub class: u8,
    /// 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// Detail within the subject.
    pub detail: u16,
}

impl EnhancedCode {
    /// Reads the code at the start of a reply's text, and gives the rest of the text with it.
    pub fn split(text: &str) -> Option<(EnhancedCode, &str)> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut parts = word.split('.');
        let class = number(parts.next()?, 1)?;
        let subject = number(parts.next()?, 3)?;
        let detail = number(parts.next()?, 3)?;
        let class = u8::try_from(class).ok()?;
        let complete = parts.next().is_none() && matches!(class, 2 | 4 | 5);
        complete.then_some((EnhancedCode { class, subject, detail }, rest))
    }
}

/// Digits only, at most `max_digits`: `parse` alone would take a sign.
fn number(digits: &str, max_digits: usize) -> Option<u16> {
    let plain = digits.len() <= max_digits && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enhanced_code_is_read_from_the_start_of_a_reply() {
        let (code, rest) = EnhancedCode::split("5.1.1 No such user").unwrap();
        assert_eq!((code.to_string().as_str(), rest), ("5.1.1", "No such user"));
        assert_eq!(EnhancedCode::split("4.7.650").unwrap().1, "");
        for not_one in
            ["", "Ok", "5.1 short", "5.1.1.1 long", "3.1.1 class", "5.+1.1 sign", "5.1.1234 digits", "10.1.1.7 refused"]
        {
            assert_eq!(EnhancedCode::split(not_one), None, "{not_one}");
        }
    }

    #[test]
    fn a_reason_is_cut_on_a_character() {
        let reason = Reason::code(500, "ü".repeat(600));
        assert_eq!(reason.text.chars().count(), Reason::MAX_TEXT + 1);
        assert!(reason.to_string().starts_with("500 ü"));
    }
}
