//! The address to which a message's bounce comes back (VERP): it says which message the bounce is about, whatever else
//! the bounce says, and cannot be made up.
//!
//! `bounce+<token>@bounces.example.com`. The token names workspace, run and recipient and carries an HMAC-SHA256 of
//! 96 bits (RFC 2104, section 5), in base32 without padding: relays on the way may write an address in either case.

use data_encoding::BASE32_NOPAD;
use hmac::Mac;

use super::token::{MessageRef, TokenKey, push_number, take_number};
use crate::workspace::WorkspaceId;

/// Most octets before the `@` (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Most octets of a whole path (RFC 5321 §4.5.3.1.3), without its brackets.
const MAX_PATH: usize = 254;
const MAC_BYTES: usize = 12;
/// Characters kept for a token: 13 octets of numbers, which is a billion messages in each of a billion runs, and the MAC.
const TOKEN_CHARS: usize = 40;
/// Where an address names only its domain.
const USUAL_LOCAL: &str = "bounce";
/// Stands for the token in a template.
const PLACE: &str = "{token}";
/// Parts this signature from any other use of the same key.
const DOMAIN: &[u8] = b"muster bounce v1";

/// What cannot be a return path, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReturnPathError {
    #[error("Write a domain such as bounces.example.com, or an address such as bounce@example.com.")]
    Address,
    #[error("The part before the @ has room for 24 characters beside the message's own sign.")]
    TooLong,
    #[error("The message's own sign {{token}} stands once, and apart: bounce+{{token}}@example.com.")]
    Place,
}

/// The addresses of one relay to which bounces go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath {
    before: String,
    after: String,
    domain: String,
}

impl ReturnPath {
    /// From a domain (`bounces.example.com`), an address (`bounce@example.com`), or an address that says where the token
    /// stands (`b-{token}@example.com`).
    ///
    /// # Errors
    /// What to change, for the person.
    pub fn parse(text: &str) -> Result<Self, ReturnPathError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').unwrap_or((USUAL_LOCAL, text));
        let (before, after) = match local.split_once(PLACE) {
            Some((before, after)) => (before.to_owned(), after.to_owned()),
            None => (format!("{local}+"), String::new()),
        };
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // The token is found again by what parts it from the rest.
        let apart = |neighbour: Option<char>| neighbour.is_none_or(|c| !c.is_ascii_alphanumeric());
        let clean = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`|~.".contains(c);
        let path = Self { before, after, domain: domain.to_ascii_lowercase() };
        let local = path.local("t");
        if !path.domain.contains('.') || !path.domain.split('.').all(label) {
            return Err(ReturnPathError::Address);
        }
        if path.after.contains(PLACE) || !apart(path.before.chars().last()) || !apart(path.after.chars().next()) {
            return Err(ReturnPathError::Place);
        }
        if !local.chars().all(clean) || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(ReturnPathError::Address);
        }
        let room = path.before.len() + path.after.len() + TOKEN_CHARS <= MAX_LOCAL;
        if !room || MAX_LOCAL + 1 + path.domain.len() > MAX_PATH {
            return Err(ReturnPathError::TooLong);
        }
        Ok(path)
    }

    /// The address of a message with this token. Numbers beyond all reason make a token for which there is no room: then
    /// it is the plain one, and the bounce is still taken, only not attributed.
    pub fn of(&self, token: &str) -> String {
        let local = self.local(token);
        if local.len() > MAX_LOCAL { self.plain() } else { format!("{local}@{}", self.domain) }
    }

    /// The address of mail that is no campaign's.
    pub fn plain(&self) -> String {
        let parting = |c: char| !c.is_ascii_alphanumeric();
        let kept = [self.before.trim_end_matches(parting), self.after.trim_start_matches(parting)];
        let local = kept.iter().copied().find(|part| !part.is_empty()).unwrap_or(USUAL_LOCAL);
        format!("{local}@{}", self.domain)
    }

    fn local(&self, token: &str) -> String {
        format!("{}{token}{}", self.before, self.after)
    }
}

impl TokenKey {
    /// The sign of a message in its return path: small letters and digits.
    pub fn bounce_token(&self, message: &MessageRef) -> String {
        let mut bytes = Vec::with_capacity(32);
        for number in [message.workspace.0, message.run_id, message.seq] {
            push_number(&mut bytes, number as u64);
        }
        let mac = self.mac(DOMAIN, &bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac[..MAC_BYTES]);
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    }

    /// The message that a bounce to this address is about; none when the address carries no sign of this key.
    pub fn bounced(&self, address: &str) -> Option<MessageRef> {
        candidates(address).find_map(|token| self.read(&token))
    }

    fn read(&self, token: &Token) -> Option<MessageRef> {
        self.mac(DOMAIN, &token.body).verify_truncated_left(&token.mac).ok().map(|()| token.message)
    }
}

/// The workspaces that an address claims to be of: says whose keys to check it with, and nothing else.
pub fn claimed_workspaces(address: &str) -> impl Iterator<Item = WorkspaceId> {
    candidates(address).map(|token| token.message.workspace)
}

/// What could be a token.
struct Token {
    message: MessageRef,
    body: Vec<u8>,
    mac: Vec<u8>,
}

fn candidates(address: &str) -> impl Iterator<Item = Token> {
    let local = address.trim().trim_start_matches('<').rsplit_once('@').map_or("", |(local, _)| local);
    // An address of ours is no longer; whatever is looked at stays small.
    let local = if local.len() <= MAX_LOCAL { local } else { "" };
    local.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|piece| {
        let bytes = BASE32_NOPAD.decode(piece.to_ascii_uppercase().as_bytes()).ok()?;
        let (body, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        let mut rest = body;
        let message = MessageRef {
            workspace: WorkspaceId(take_number(&mut rest)?),
            run_id: take_number(&mut rest)?,
            seq: take_number(&mut rest)?,
        };
        rest.is_empty().then(|| Token { message, body: body.to_vec(), mac: mac.to_vec() })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(byte: u8) -> TokenKey {
        TokenKey::new([byte; 32])
    }

    fn message() -> impl Strategy<Value = MessageRef> {
        (0_i64..1 << 28, 0_i64..1 << 28, 0_i64..1 << 35).prop_map(|(tenant, run_id, seq)| MessageRef {
            workspace: WorkspaceId(tenant),
            run_id,
            seq,
        })
    }

    #[test]
    fn a_path_is_written_as_people_write_it() {
        let message = MessageRef { workspace: WorkspaceId(1), run_id: 12, seq: 7_000_000 };
        let token = key(7).bounce_token(&message);
        assert_eq!(token.len(), 29);
        for (written, address, plain) in [
            ("Bounces.example.com", format!("bounce+{token}@bounces.example.com"), "bounce@bounces.example.com"),
            (" eu+news@b.example ", format!("eu+news+{token}@b.example"), "eu+news@b.example"),
            ("b-{token}@b.example", format!("b-{token}@b.example"), "b@b.example"),
            ("{token}=in@b.example", format!("{token}=in@b.example"), "in@b.example"),
            ("{token}@b.example", format!("{token}@b.example"), "bounce@b.example"),
        ] {
            let path = ReturnPath::parse(written).unwrap();
            assert_eq!((path.of(&token), path.plain()), (address.clone(), plain.to_owned()));
            assert_eq!(key(7).bounced(&address), Some(message));
            assert_eq!(claimed_workspaces(&address).collect::<Vec<_>>(), [WorkspaceId(1)]);
        }
    }

    #[test]
    fn what_cannot_work_is_refused_with_its_reason() {
        use ReturnPathError::{Address, Place, TooLong};
        for (written, why) in [
            ("", Address),
            ("localhost", Address),
            ("b@-x.example", Address),
            ("a b@c.example", Address),
            ("a@b@c.example", Address),
            ("<b@c.example>", Address),
            ("b@c.example\r\nRCPT TO:<x@y.z>", Address),
            (".b@c.example", Address),
            ("b{token}@c.example", Place),
            ("{token}+{token}@c.example", Place),
            ("{token}x@c.example", Place),
            ("bounces-of-the-newsletters@c.example", TooLong),
        ] {
            assert_eq!(ReturnPath::parse(written), Err(why), "{written:?}");
        }
    }

    proptest! {
        #[test]
        fn a_bounce_names_its_message_and_fits(message in message(), local in "[a-z]{1,22}", upper: bool) {
            let path = ReturnPath::parse(&format!("{local}@bounces.example.com")).unwrap();
            let mut address = path.of(&key(3).bounce_token(&message));
            let (before, _) = address.split_once('@').unwrap();
            let is_ours = before.starts_with(&format!("{local}+"));
            prop_assert!(before.len() <= 64 && is_ours);
            if upper {
                address = address.to_ascii_uppercase();
            }
            prop_assert_eq!(key(3).bounced(&address), Some(message));
            prop_assert_eq!(key(4).bounced(&address), None, "another key");
        }

        #[test]
        fn one_changed_character_is_refused(message in message(), at in any::<prop::sample::Index>(), to in "[a-z2-7]") {
            let token = key(3).bounce_token(&message);
            let at = at.index(token.len());
            let mut changed = token.clone();
            changed.replace_range(at..=at, &to);
            prop_assume!(changed != token);
            prop_assert_eq!(key(3).bounced(&format!("bounce+{changed}@b.example")), None);
        }

        #[test]
        fn numbers_beyond_reason_lose_their_sign_and_nothing_else(run_id: i64, seq: i64, tenant: i64) {
            let message = MessageRef { workspace: WorkspaceId(tenant), run_id, seq };
            let path = ReturnPath::parse("bounces.example.com").unwrap();
            let address = path.of(&key(3).bounce_token(&message));
            prop_assert!(address.split_once('@').unwrap().0.len() <= 64);
            prop_assert!(key(3).bounced(&address) == Some(message) || address == path.plain());
        }

        #[test]
        fn any_text_is_no_bounce(text in "\\PC{0,120}", garbled in "[A-Za-z2-7+@.<>-]{0,120}") {
            prop_assert_eq!(key(3).bounced(&text), None);
            prop_assert_eq!(key(3).bounced(&garbled), None);
            let _ = ReturnPath::parse(&text);
        }

        #[test]
        fn no_template_makes_two_addresses_of_one(text in "[a-z+{}token@.-]{0,40}", message in message()) {
            if let Ok(path) = ReturnPath::parse(&text) {
                let address = path.of(&key(3).bounce_token(&message));
                prop_assert!(address.is_ascii() && !address.contains(['\r', '\n', ' ', '<', '>']));
                prop_assert_eq!(address.matches('@').count(), 1);
                prop_assert_eq!(key(3).bounced(&address), Some(message));
            }
        }
    }
}
