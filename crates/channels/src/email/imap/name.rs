//! Names of folders as IMAP writes them: UTF-7 of its own (RFC 3501 §5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

/// `Réponses` as `R&AOk-ponses`.
pub(super) fn encode(name: &str) -> String {
    let is_plain = |c: char| matches!(c, ' '..='~');
    let mut written = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c| is_plain(c) != is_plain(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(length);
        if is_plain(first) {
            written.push_str(&run.replace('&', "&-"));
        } else {
            let bytes: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
            written.push('&');
            GeneralPurpose::new(&IMAP_MUTF7, NO_PAD).encode_string(bytes, &mut written);
            written.push('-');
        }
        rest = after;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_the_standard_shows() {
        for (name, written) in [
            ("INBOX", "INBOX"),
            ("Réponses", "R&AOk-ponses"),
            ("A & B", "A &- B"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("", ""),
        ] {
            assert_eq!(encode(name), written);
        }
    }
}
