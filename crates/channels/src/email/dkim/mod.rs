//! DKIM signatures (RFC 6376): RSA and Ed25519 (RFC 8463), relaxed in header and body.

mod canonical;
mod key;

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use canonical::Field;
use key::Key;

pub use key::DkimKey;

/// Fields that are signed where they occur. A field that occurs fewer times than it is named here is signed as absent
/// (RFC 6376 §8.15): nobody can add a second `From` or another `List-Unsubscribe` on the way. RFC 8058 §4 demands that
/// both `List-Unsubscribe` fields are covered.
const OVERSIGNED: [&str; 11] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// Fields that are signed where they occur.
const SIGNED: [&str; 3] = ["content-transfer-encoding", "in-reply-to", "references"];

/// Longest line of the signature's own field.
const LINE: usize = 72;

/// Why a key cannot sign.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// Not PEM, or another kind of key.
    #[error("the private key is no RSA key of at least 2048 bits and no Ed25519 key in PEM")]
    Key,
    /// A domain or selector that no DNS record could have.
    #[error("{0:?} is no domain name")]
    Name(String),
}

/// Signs the mail of one domain.
pub struct DkimSigner {
    domain: String,
    selector: String,
    key: Key,
}

impl fmt::Debug for DkimSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DkimSigner({} for {})", self.key.algorithm(), self.record_name())
    }
}

impl DkimSigner {
    /// `private_key` is PEM: PKCS #8 (`BEGIN PRIVATE KEY`), or PKCS #1 (`BEGIN RSA PRIVATE KEY`).
    ///
    /// # Errors
    /// [`DkimError`] for the person who configures it.
    pub fn new(domain: &str, selector: &str, private_key: &str) -> Result<Self, DkimError> {
        for name in [domain, selector] {
            let clean = name.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            });
            if !clean {
                return Err(DkimError::Name(name.to_owned()));
            }
        }
        let key = Key::read(private_key).ok_or(DkimError::Key)?;
        Ok(DkimSigner { domain: domain.to_ascii_lowercase(), selector: selector.to_ascii_lowercase(), key })
    }

    /// The domain that answers for the mail.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The name of the key below the domain.
    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// How it signs: `rsa-sha256` or `ed25519-sha256`.
    pub fn algorithm(&self) -> &'static str {
        self.key.algorithm()
    }

    /// Where receivers look for the public key.
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The TXT record that has to stand there, as one text.
    pub fn record(&self) -> String {
        format!("v=DKIM1; k={}; p={}", self.key.kind(), BASE64.encode(self.key.public()))
    }

    /// The `DKIM-Signature` field of a message, or `None` when the signature cannot be made.
    fn field(&self, fields: &[Field<'_>], body_hash: &str, at_s: i64) -> Option<String> {
        let chosen = chosen(fields);
        let mut value = format!(
            "v=1; a={}; c=relaxed/relaxed; d={};\r\n\ts={}; t={at_s};\r\n\th=",
            self.key.algorithm(),
            self.domain,
            self.selector
        );
        let names: Vec<&str> = chosen.iter().map(|(name, _)| *name).collect();
        push_folded(&mut value, names.join(":").as_str(), 3, Some(':'));
        value.push_str(";\r\n\tbh=");
        value.push_str(body_hash);
        value.push_str(";\r\n\tb=");
        let mut signed = Vec::with_capacity(2048);
        for field in chosen.iter().filter_map(|(_, field)| *field) {
            canonical::header(field, &mut signed);
            signed.extend_from_slice(b"\r\n");
        }
        let own = Field { name: "DKIM-Signature", value: value.as_bytes() };
        canonical::header(&own, &mut signed);
        push_folded(&mut value, &BASE64.encode(self.key.sign(&signed)?), 3, None);
        Some(format!("DKIM-Signature: {value}\r\n"))
    }
}

/// A record as the strings of one TXT record: each has at most 255 octets (RFC 1035 §3.3), and receivers join them.
pub fn record_strings(record: &str) -> Vec<&str> {
    let mut rest = record;
    let mut strings = Vec::new();
    while !rest.is_empty() {
        let end = (0..=rest.len().min(255)).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
        let (string, after) = rest.split_at(end);
        strings.push(string);
        rest = after;
    }
    strings
}

/// The fields to put before a message so that it carries a signature by each signer. The same message signed at the same
/// moment gives the same bytes. `at_s`: UTC seconds since 1970.
pub fn signatures(signers: &[impl AsRef<DkimSigner>], message: &[u8], at_s: i64) -> String {
    if signers.is_empty() {
        return String::new();
    }
    let (fields, body) = canonical::split(message);
    let body_hash = BASE64.encode(digest(&SHA256, &canonical::body(body)));
    signers.iter().filter_map(|signer| signer.as_ref().field(&fields, &body_hash, at_s)).collect()
}

/// Which fields are signed, in the order of `h=`: those that occur, the last occurrence of a name first (RFC 6376
/// §5.4.2), then the absent ones.
fn chosen<'f, 'm>(fields: &'f [Field<'m>]) -> Vec<(&'static str, Option<&'f Field<'m>>)> {
    let mut chosen = Vec::with_capacity(24);
    for (name, is_oversigned) in OVERSIGNED.map(|name| (name, true)).into_iter().chain(SIGNED.map(|name| (name, false)))
    {
        let occurring = fields.iter().rev().filter(|field| field.name.eq_ignore_ascii_case(name));
        chosen.extend(occurring.map(|field| (name, Some(field))));
        if is_oversigned {
            chosen.push((name, None));
        }
    }
    chosen
}

/// Adds text in lines that are short enough, broken after `after` or anywhere. `column` is where it begins.
fn push_folded(out: &mut String, text: &str, mut column: usize, after: Option<char>) {
    let pieces: Vec<&str> = match after {
        Some(after) => text.split_inclusive(after).collect(),
        // base64: ASCII, so that every place is between two characters.
        None => text.as_bytes().chunks(LINE - 4).map(|piece| std::str::from_utf8(piece).unwrap_or_default()).collect(),
    };
    for piece in pieces {
        if column + piece.len() > LINE && column > 3 {
            out.push_str("\r\n\t");
            column = 1;
        }
        out.push_str(piece);
        column += piece.len();
    }
}
