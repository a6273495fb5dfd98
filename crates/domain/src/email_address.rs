//! An e-mail address that can be sent to.

use std::fmt;

use thiserror::Error;

/// Longest address, RFC 5321 section 4.5.3.1.3 (the path minus its brackets).
const MAX_ADDRESS: usize = 254;
/// Longest local part, RFC 5321 section 4.5.3.1.1.
const MAX_LOCAL: usize = 64;

/// A syntactically usable e-mail address, in lower case, with its domain in ASCII (punycode).
///
/// The local part is lower-cased too: no mail system in use tells `Ann@` from `ann@`, and people
/// are found and de-duplicated by this value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress(String);

/// Why a text is not an e-mail address; the message says what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmailError {
    /// Nothing but white space.
    #[error("the e-mail address is empty")]
    Empty,
    /// Not exactly one `@` with something on both sides.
    #[error("an e-mail address looks like name@example.com")]
    NoAt,
    /// Characters that a mail server would refuse before the `@`.
    #[error("the part before the @ has characters that mail servers refuse; correct the spelling")]
    BadLocal,
    /// Not a public domain name after the `@`.
    #[error("the part after the @ is not a domain such as example.com; correct the spelling")]
    BadDomain,
    /// Longer than RFC 5321 allows.
    #[error("the e-mail address is longer than 254 characters; shorten it")]
    TooLong,
}

impl EmailAddress {
    /// Reads an address as people and address books write it: spaces around it, `<…>`, `Name <…>`
    /// and `mailto:` are taken off.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = bare(text);
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::NoAt)?;
        if local.is_empty() || domain.is_empty() || local.contains('@') {
            return Err(EmailError::NoAt);
        }
        if !local_is_usable(local) {
            return Err(EmailError::BadLocal);
        }
        let domain = ascii_domain(domain).ok_or(EmailError::BadDomain)?;
        let address = format!("{}@{domain}", local.to_ascii_lowercase());
        if address.len() > MAX_ADDRESS || local.len() > MAX_LOCAL {
            return Err(EmailError::TooLong);
        }
        Ok(Self(address))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`; per-domain limits and reports are keyed by it.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn bare(text: &str) -> &str {
    let text = text.trim();
    let text = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(open), Some(cut)) => &cut[open + 1..],
        _ => text,
    };
    let text = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &text[7..],
        _ => text,
    };
    text.trim()
}

/// An unquoted local part (RFC 5321 `Dot-string`). Quoted ones are legal and refused on purpose:
/// in customer files they are damage, not addresses.
fn local_is_usable(local: &str) -> bool {
    !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
}

fn ascii_domain(domain: &str) -> Option<String> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let url::Host::Domain(ascii) = url::Host::parse(domain).ok()? else {
        return None;
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let top = labels.last()?;
    let labels_ok = labels.iter().all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let top_ok = top.len() >= 2 && !top.bytes().all(|b| b.is_ascii_digit());
    (labels.len() >= 2 && labels_ok && top_ok).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        for (text, wanted) in [
            ("  USER20.1@EXAMPLE.CO.KE ", "user20.1@example.co.ke"),
            ("Ann Lee <Ann+news@Example.org>", "ann+news@example.org"),
            ("mailto:ann@example.org", "ann@example.org"),
            ("ann@zürich.ch", "ann@xn--zrich-kva.ch"),
        ] {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), wanted);
        }
        assert_eq!(EmailAddress::parse("a@b.example.com").unwrap().domain(), "b.example.com");
    }

    #[test]
    fn what_cannot_be_sent_to_is_refused() {
        for (text, wanted) in [
            (" ", EmailError::Empty),
            ("not-an-address", EmailError::NoAt),
            ("@example.com", EmailError::NoAt),
            ("a@b@example.com", EmailError::NoAt),
            ("a b@example.com", EmailError::BadLocal),
            (".ann@example.com", EmailError::BadLocal),
            ("a\u{0}b@example.com", EmailError::BadLocal),
            ("ann@localhost", EmailError::BadDomain),
            ("ann@127.0.0.1", EmailError::BadDomain),
            ("ann@[::1]", EmailError::BadDomain),
            ("ann@exa_mple.com", EmailError::BadDomain),
            ("ann@-a.com", EmailError::BadDomain),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(wanted), "{text}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        assert_eq!(EmailAddress::parse(&long), Err(EmailError::TooLong));
    }
}
