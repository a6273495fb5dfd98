//! Names by which a message is known again: the same on every attempt, and to be read from what comes back.

/// `Message-ID` of a message, without angle brackets. The same message has the same on every attempt, so that receivers
/// can tell a repetition (RFC 5322 §3.6.4). `campaign` is an id without spaces; `host` is that of the sender's address.
pub fn message_id(campaign: &str, run: i64, seq: i64, host: &str) -> String {
    format!("{campaign}.{run}.{seq}@{host}")
}

/// The return path of one message (VERP): a bounce says by its recipient which message it is about, whatever else it says.
/// `None` when `bounces` is no address with a host.
pub fn return_path(bounces: &str, run: i64, seq: i64) -> Option<String> {
    let (local, host) = bounces.rsplit_once('@')?;
    // RFC 5321 §4.5.3.1.1: 64 octets before the @.
    let path = format!("{local}+{run}.{seq}@{host}");
    (!local.is_empty() && !host.is_empty() && path.len() - host.len() <= 65).then_some(path)
}

/// Run and number of the message that a bounce to this address is about.
pub fn read_return_path(address: &str) -> Option<(i64, i64)> {
    let (local, _) = address.rsplit_once('@')?;
    let (_, detail) = local.rsplit_once('+')?;
    let (run, seq) = detail.split_once('.')?;
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    Some((number(run)?, number(seq)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounce_names_its_message() {
        let path = return_path("bounces+eu@news.example", 12, 7_000_000).unwrap();
        assert_eq!(path, "bounces+eu+12.7000000@news.example");
        assert_eq!(read_return_path(&path), Some((12, 7_000_000)));
        for other in ["bounces@news.example", "a+b.c@news.example", "a+-1.2@news.example", "a+1@b", "a+1.2", "a+.@b"] {
            assert_eq!(read_return_path(other), None, "{other}");
        }
        assert_eq!(return_path("nobody", 1, 2), None);
        assert_eq!(return_path(&format!("{}@a.example", "b".repeat(61)), 1, 2), None);
    }

    #[test]
    fn a_message_keeps_its_name() {
        assert_eq!(message_id("c1", 2, 3, "news.example"), "c1.2.3@news.example");
    }
}
