//! What a server says it can do, in its answer to `EHLO`.

use super::reply::Reply;

/// The extensions that matter for sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Commands may follow each other without waiting (RFC 2920).
    pub pipelining: bool,
    /// `BDAT` instead of `DATA` (RFC 3030).
    pub chunking: bool,
    /// Text outside ASCII in messages (RFC 6152).
    pub eight_bit_mime: bool,
    /// Addresses outside ASCII (RFC 6531).
    pub smtp_utf8: bool,
    /// `SIZE` may be given with `MAIL` (RFC 1870).
    pub size: bool,
    /// Largest message in octets, where the server names one.
    pub max_size: Option<u64>,
    /// The connection can be upgraded (RFC 3207).
    pub start_tls: bool,
    /// `AUTH PLAIN` (RFC 4616).
    pub auth_plain: bool,
    /// `AUTH LOGIN`.
    pub auth_login: bool,
}

impl Capabilities {
    /// Reads the answer to `EHLO`. Unknown extensions are skipped.
    pub fn read(reply: &Reply<'_>) -> Self {
        let mut found = Capabilities::default();
        // The first line is a greeting.
        for line in reply.lines().skip(1) {
            let line = String::from_utf8_lossy(line).to_ascii_uppercase();
            let mut words = line.split_ascii_whitespace();
            match words.next().unwrap_or_default() {
                "PIPELINING" => found.pipelining = true,
                "CHUNKING" => found.chunking = true,
                "8BITMIME" => found.eight_bit_mime = true,
                "SMTPUTF8" => found.smtp_utf8 = true,
                "STARTTLS" => found.start_tls = true,
                "SIZE" => {
                    found.size = true;
                    // 0 is "no fixed limit".
                    found.max_size = words.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
                }
                // `AUTH=` is how servers of the last century wrote it, and relays still do.
                word if word == "AUTH" || word.starts_with("AUTH=") => {
                    for mechanism in words.chain(word.strip_prefix("AUTH=")) {
                        found.auth_plain |= mechanism == "PLAIN";
                        found.auth_login |= mechanism == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::bulk::reply;

    #[test]
    fn extensions_are_read_from_what_servers_announce() {
        let answer = b"250-mx.example at your service\r\n250-size 1000\r\n250-8bitmime\r\n250-AUTH=LOGIN\r\n250-AUTH GSSAPI PLAIN\r\n\
            250-PIPELINING\r\n250-XTRA\r\n250 CHUNKING\r\n";
        let (reply, _) = reply::read(answer).unwrap().unwrap();
        let expected = Capabilities {
            pipelining: true,
            chunking: true,
            eight_bit_mime: true,
            size: true,
            max_size: Some(1000),
            auth_plain: true,
            auth_login: true,
            ..Capabilities::default()
        };
        assert_eq!(Capabilities::read(&reply), expected);
        let (reply, _) = reply::read(b"250-PIPELINING\r\n250 SIZE 0\r\n").unwrap().unwrap();
        assert_eq!(Capabilities::read(&reply), Capabilities { size: true, ..Capabilities::default() });
    }
}
