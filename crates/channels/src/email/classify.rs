//! From what an SMTP server said to an [`Outcome`].

use lettre::transport::smtp;

use crate::{EnhancedCode, Outcome, Reason, RejectKind, RetryScope};

/// Where in the dialogue an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Greeting, `EHLO`, `STARTTLS` or `AUTH`.
    Session,
    /// `MAIL FROM`: about us.
    Sender,
    /// `RCPT TO`: about the recipient.
    Recipient,
    /// `DATA`, before the message was written.
    Data,
    /// The final dot: about the message.
    Message,
}

/// Whether the answer is from the server, and then which.
pub(super) fn reply(error: &smtp::Error) -> Option<Reason> {
    let code = u16::from(error.status()?);
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let mut reason = Reason::code(code, &text);
    if let Some((enhanced, rest)) = EnhancedCode::split(&text) {
        reason = Reason::code(code, rest);
        reason.enhanced = Some(enhanced);
    }
    Some(reason)
}

/// What a negative reply means for the message.
pub(super) fn negative(stage: Stage, reason: Reason) -> Outcome {
    let code = reason.code.unwrap_or(0);
    if stage == Stage::Session || provider_wide(code, reason.enhanced) {
        return Outcome::Retry { after: None, scope: RetryScope::Provider, reason };
    }
    if code < 500 {
        return Outcome::Retry { after: None, scope: RetryScope::Message, reason };
    }
    let kind = reason
        .enhanced
        .filter(|enhanced| enhanced.class == 5)
        .and_then(|enhanced| kind_by_enhanced(stage, enhanced))
        .unwrap_or_else(|| kind_by_code(stage, code));
    Outcome::Reject { kind, reason }
}

/// Answers that have nothing to do with this message. Permanent ones are among them on purpose: a
/// wrong password must stop the relay, not turn a whole audience into failures.
fn provider_wide(code: u16, enhanced: Option<EnhancedCode>) -> bool {
    // 421 closing, 454 TLS or AUTH not available now, 500–504 does not speak our dialect,
    // 521/556 takes no mail at all, 530/534/535/538 wants (better) authentication.
    if matches!(code, 421 | 454 | 500..=504 | 521 | 530 | 534 | 535 | 538) {
        return true;
    }
    // 4.3.x: the mail system itself is in trouble (full disk, shutting down).
    enhanced.is_some_and(|enhanced| enhanced.class == 4 && enhanced.subject == 3)
}

/// RFC 3463 §3 and the registry of RFC 5248.
fn kind_by_enhanced(stage: Stage, enhanced: EnhancedCode) -> Option<RejectKind> {
    match (enhanced.subject, enhanced.detail) {
        (1, 7 | 8) => Some(RejectKind::Blocked), // our own sender address is what is refused
        (1, 1..=4 | 6 | 10) | (2, 1) | (4, 4) => Some(RejectKind::BadAddress),
        (2, 3) | (3, 4) | (6, _) => Some(RejectKind::Content),
        (7, _) if stage == Stage::Message => Some(RejectKind::Content),
        (7, _) => Some(RejectKind::Blocked),
        (1, _) => None,
        _ => Some(RejectKind::Other),
    }
}

/// For servers without enhanced codes: the stage says what the refusal is about.
fn kind_by_code(stage: Stage, code: u16) -> RejectKind {
    match (stage, code) {
        (_, 552) => RejectKind::Content,
        (Stage::Recipient, 550 | 551 | 553 | 556) => RejectKind::BadAddress,
        (Stage::Sender | Stage::Recipient, _) => RejectKind::Blocked,
        (Stage::Data | Stage::Message, 550 | 554) => RejectKind::Content,
        _ => RejectKind::Other,
    }
}

/// The queue id in an acceptance, where the server names one: postfix and OpenSMTPD say
/// `queued as X`, Exim says `id=X`.
pub(super) fn queue_id(answer: &str) -> Option<String> {
    let lower = answer.to_ascii_lowercase();
    ["queued as ", "id="].into_iter().find_map(|mark| {
        let start = lower.find(mark)? + mark.len();
        let id: String = answer[start..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'))
            .take(200)
            .collect();
        let id = id.trim_end_matches('.');
        (!id.is_empty()).then(|| id.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(stage: Stage, code: u16, text: &str) -> String {
        let mut reason = Reason::code(code, text);
        reason.enhanced = EnhancedCode::split(text).map(|(enhanced, _)| enhanced);
        match negative(stage, reason) {
            Outcome::Retry { scope, .. } => format!("retry {scope:?}"),
            Outcome::Reject { kind, .. } => format!("reject {kind:?}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn answers_seen_in_the_field() {
        let table = [
            (
                Stage::Recipient,
                550,
                "5.1.1 The email account that you tried to reach does not exist",
                "reject BadAddress",
            ),
            (Stage::Recipient, 550, "No such user here", "reject BadAddress"),
            (Stage::Recipient, 550, "5.7.1 Service unavailable; client blocked using Spamhaus", "reject Blocked"),
            (Stage::Recipient, 554, "rejected due to spam", "reject Blocked"),
            (Stage::Recipient, 550, "5.2.1 The email account is disabled", "reject BadAddress"),
            (Stage::Recipient, 552, "5.2.2 The email account is over quota", "reject Other"),
            (Stage::Recipient, 450, "4.2.0 Greylisted, see http://postgrey", "retry Message"),
            (Stage::Recipient, 452, "4.2.2 The email account is over quota", "retry Message"),
            (Stage::Recipient, 452, "4.3.1 Insufficient system storage", "retry Provider"),
            (Stage::Recipient, 421, "4.7.28 rate limited", "retry Provider"),
            (Stage::Sender, 530, "5.7.0 Authentication required", "retry Provider"),
            (Stage::Sender, 553, "5.1.8 Sender address rejected: Domain not found", "reject Blocked"),
            (Stage::Sender, 503, "5.5.1 EHLO first", "retry Provider"),
            (Stage::Data, 554, "5.5.1 Error: no valid recipients", "reject Other"),
            (Stage::Message, 552, "5.3.4 Message too big", "reject Content"),
            (Stage::Message, 550, "5.7.1 Message looks like spam", "reject Content"),
            (Stage::Message, 554, "Transaction failed", "reject Content"),
            (Stage::Message, 451, "4.7.1 Try again later", "retry Message"),
            (Stage::Session, 535, "5.7.8 Username and Password not accepted", "retry Provider"),
            (Stage::Session, 554, "No SMTP service here", "retry Provider"),
        ];
        for (stage, code, text, expected) in table {
            assert_eq!(outcome(stage, code, text), expected, "{stage:?} {code} {text}");
        }
    }

    #[test]
    fn the_queue_id_is_taken_from_what_servers_say() {
        assert_eq!(queue_id("2.0.0 Ok: queued as 4F1A2B3C").as_deref(), Some("4F1A2B3C"));
        assert_eq!(queue_id("OK id=1qXyZa-0003Ab-Cd").as_deref(), Some("1qXyZa-0003Ab-Cd"));
        assert_eq!(queue_id("2.0.0 Ok"), None);
    }
}
