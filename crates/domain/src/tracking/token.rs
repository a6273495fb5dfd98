//! Signed, compact tokens in the addresses of pixels, links, unsubscribe and preference pages.
//!
//! A token names rows (workspace, run, recipient, link); it never carries an address to go to, so a
//! redirect can only lead to a link that is stored. Signed with HMAC-SHA256, truncated to 128 bits
//! (RFC 2104, section 5), written in base64url without padding.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::workspace::WorkspaceId;

const MAC_BYTES: usize = 16;
/// Longest text that is looked at.
const MAX_CHARS: usize = 128;
/// Parts this signature from any other use of the same key.
const DOMAIN: &[u8] = b"muster tracking v1";

/// The secret with which an installation signs its tokens: taken in once, because every message has several.
#[derive(Clone)]
pub struct TokenKey(Hmac<Sha256>);

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// The recipient of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageRef {
    pub workspace: WorkspaceId,
    pub run_id: i64,
    /// Number of the recipient in the run.
    pub seq: i64,
}

/// What a tracked address stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackingToken {
    /// The pixel of a message.
    Open(MessageRef),
    /// A link of a message: `link` is the id of the stored link.
    Click { message: MessageRef, link: i64 },
    /// The unsubscribe address of a message.
    Unsubscribe(MessageRef),
    /// The preference centre of the recipient of a message.
    Preferences(MessageRef),
}

/// The token is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the link is not valid")]
pub struct InvalidToken;

/// The workspace that a token claims to be of: says whose key to check it with, and nothing else.
pub fn claimed_workspace(text: &str) -> Option<WorkspaceId> {
    let bytes = (text.len() <= MAX_CHARS).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten()?;
    let mut rest = bytes.get(1..)?;
    take_number(&mut rest).map(WorkspaceId)
}

impl TokenKey {
    /// A key of 32 random bytes.
    pub fn new(secret: [u8; 32]) -> Self {
        // HMAC takes a key of any length: this cannot fail, and a panic here would be a changed library.
        Self(Hmac::new_from_slice(&secret).expect("HMAC takes keys of any length"))
    }

    /// The token as it stands in an address: letters, digits, `-` and `_`.
    pub fn sign(&self, token: &TrackingToken) -> String {
        let mut bytes = encode(token);
        let mac = self.mac(DOMAIN, &bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a token stands for. The signature is compared in constant time.
    ///
    /// # Errors
    /// When it was not signed with this key or is not whole.
    pub fn verify(&self, text: &str) -> Result<TrackingToken, InvalidToken> {
        if text.len() > MAX_CHARS {
            return Err(InvalidToken);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidToken)?;
        let at = bytes.len().checked_sub(MAC_BYTES).ok_or(InvalidToken)?;
        let (body, mac) = bytes.split_at(at);
        self.mac(DOMAIN, body).verify_truncated_left(mac).map_err(|_| InvalidToken)?;
        decode(body).ok_or(InvalidToken)
    }

    /// `domain` parts one use of the key from the others.
    pub(super) fn mac(&self, domain: &[u8], body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(domain);
        mac.update(body);
        mac
    }
}

fn encode(token: &TrackingToken) -> Vec<u8> {
    let (kind, message, link) = match token {
        TrackingToken::Open(m) => (1, m, None),
        TrackingToken::Click { message, link } => (2, message, Some(*link)),
        TrackingToken::Unsubscribe(m) => (3, m, None),
        TrackingToken::Preferences(m) => (4, m, None),
    };
    let mut out = Vec::with_capacity(48);
    out.push(kind);
    for number in [message.workspace.0, message.run_id, message.seq].into_iter().chain(link) {
        push_number(&mut out, number as u64);
    }
    out
}

fn decode(body: &[u8]) -> Option<TrackingToken> {
    let (kind, mut rest) = body.split_first()?;
    let message = MessageRef {
        workspace: WorkspaceId(take_number(&mut rest)?),
        run_id: take_number(&mut rest)?,
        seq: take_number(&mut rest)?,
    };
    let token = match kind {
        1 => TrackingToken::Open(message),
        2 => TrackingToken::Click { message, link: take_number(&mut rest)? },
        3 => TrackingToken::Unsubscribe(message),
        4 => TrackingToken::Preferences(message),
        _ => return None,
    };
    rest.is_empty().then_some(token)
}

/// LEB128: small numbers take one byte.
pub(super) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn take_number(rest: &mut &[u8]) -> Option<i64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number as i64);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(byte: u8) -> TokenKey {
        TokenKey::new([byte; 32])
    }

    fn any_token() -> impl Strategy<Value = TrackingToken> {
        (any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>(), 0u8..4).prop_map(
            |(tenant, run_id, seq, link, kind)| {
                let message = MessageRef { workspace: WorkspaceId(tenant), run_id, seq };
                match kind {
                    0 => TrackingToken::Open(message),
                    1 => TrackingToken::Click { message, link },
                    2 => TrackingToken::Unsubscribe(message),
                    _ => TrackingToken::Preferences(message),
                }
            },
        )
    }

    proptest! {
        #[test]
        fn a_token_comes_back(token in any_token()) {
            let text = key(7).sign(&token);
            prop_assert!(text.len() <= MAX_CHARS);
            prop_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            prop_assert_eq!(key(7).verify(&text), Ok(token));
            prop_assert!(claimed_workspace(&text).is_some());
            prop_assert_eq!(key(8).verify(&text), Err(InvalidToken));
        }

        #[test]
        fn one_changed_character_is_refused(token in any_token(), at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
            let text = key(7).sign(&token);
            let at = at.index(text.len());
            let mut changed = text.clone();
            changed.replace_range(at..=at, &to);
            prop_assume!(changed != text);
            prop_assert_eq!(key(7).verify(&changed), Err(InvalidToken));
        }

        #[test]
        fn any_text_is_refused(text in ".{0,200}") {
            prop_assert_eq!(key(7).verify(&text), Err(InvalidToken));
        }
    }

    #[test]
    fn a_cut_or_swapped_token_is_refused() {
        let message = MessageRef { workspace: WorkspaceId(1), run_id: 12, seq: 3 };
        let text = key(1).sign(&TrackingToken::Open(message));
        assert_eq!(text.len(), 27, "short enough for a text message");
        for cut in 0..text.len() {
            assert_eq!(key(1).verify(&text[..cut]), Err(InvalidToken));
        }
    }
}
