//! The name by which a message is known again: the same on every attempt.

/// `Message-ID` of a message, without angle brackets. The same message has the same on every attempt, so that receivers
/// can tell a repetition (RFC 5322 §3.6.4). `campaign` is an id without spaces; `host` is that of the sender's address.
pub fn message_id(campaign: &str, run: i64, seq: i64, host: &str) -> String {
    format!("{campaign}.{run}.{seq}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_name() {
        assert_eq!(message_id("c1", 2, 3, "news.example"), "c1.2.3@news.example");
    }
}
