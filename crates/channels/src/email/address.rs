//! Addresses as they go into the envelope.

use lettre::Address;

/// Reads an address and writes its domain in ASCII, so that only a local part outside ASCII needs
/// SMTPUTF8 (RFC 6531).
pub(super) fn parse(address: &str) -> Option<Address> {
    let address: Address = address.trim().parse().ok()?;
    if address.domain().is_ascii() {
        return Some(address);
    }
    match url::Host::parse(address.domain()).ok()? {
        url::Host::Domain(domain) => Address::new(address.user(), domain).ok(),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_international_domain_is_written_in_ascii() {
        assert_eq!(parse("jürgen@müller.example").unwrap().as_ref() as &str, "jürgen@xn--mller-kva.example");
    }

    #[test]
    fn what_could_break_out_of_the_envelope_is_no_address() {
        for bad in ["", "nobody", "a@b\r\nRCPT TO:<x@y>", "a b@c.example", "a@b@c", "<a@b.example>", "a@"] {
            assert!(parse(bad).is_none(), "{bad:?}");
        }
    }
}
