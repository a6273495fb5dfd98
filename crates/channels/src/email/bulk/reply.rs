//! What a server answers (RFC 5321 §4.2), read from whatever bytes arrived so far.

use memchr::memchr;

use crate::{EnhancedCode, Reason};

/// Longest line that is read. RFC 5321 §4.5.3.1.5 allows 512 octets; servers put web addresses in.
pub const MAX_LINE: usize = 2048;

/// Longest answer that is read, all its lines together.
pub const MAX_REPLY: usize = 16 * 1024;

/// One complete answer, borrowed from the bytes that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'b> {
    /// The three digits, 200 to 599.
    pub code: u16,
    lines: &'b [u8],
}

/// Bytes that are no answer. After them nobody knows which answer belongs to which command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A line, or the answer as a whole, goes on for too long.
    #[error("the server's answer does not end")]
    TooLong,
    /// No three digits followed by a space, a hyphen or the end of the line.
    #[error("the server's answer is not SMTP: {0:?}")]
    NotSmtp(String),
    /// The lines of one answer have different codes.
    #[error("the server's answer contradicts itself: {0} and {1}")]
    MixedCodes(u16, u16),
}

/// Reads the first answer in `bytes` and says how many bytes it takes; `None` when its end has not arrived.
///
/// A bare line feed ends a line as well: with the one who answers there is nothing to be gained by it.
///
/// # Errors
/// [`Malformed`] as soon as the bytes cannot become an answer.
pub fn read(bytes: &[u8]) -> Result<Option<(Reply<'_>, usize)>, Malformed> {
    let mut code = None;
    let mut at = 0;
    loop {
        // Looked at no further than a line and an answer may go, so that the verdict is the same however the bytes arrive.
        let rest = &bytes[at..bytes.len().min(MAX_REPLY)];
        let line = &rest[..rest.len().min(MAX_LINE + 1)];
        let Some(end) = memchr(b'\n', line) else {
            // What has come of this line must be able to become one.
            if line.len() >= 4 {
                code_of(line)?;
            }
            let is_too_long = bytes.len() - at > MAX_LINE || bytes.len() > MAX_REPLY;
            return if is_too_long { Err(Malformed::TooLong) } else { Ok(None) };
        };
        let (this, goes_on) = code_of(&line[..end])?;
        let first = *code.get_or_insert(this);
        if first != this {
            return Err(Malformed::MixedCodes(first, this));
        }
        at += end + 1;
        if !goes_on {
            return Ok(Some((Reply { code: first, lines: &bytes[..at] }, at)));
        }
    }
}

/// Code of a line, and whether another line follows it.
fn code_of(line: &[u8]) -> Result<(u16, bool), Malformed> {
    let not_smtp = || Malformed::NotSmtp(printable(&line[..line.len().min(80)]));
    let [a @ b'2'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', ref after @ ..] = *line else {
        return Err(not_smtp());
    };
    let code = u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0');
    match after {
        [] | [b' ' | b'\r', ..] => Ok((code, false)),
        [b'-', ..] => Ok((code, true)),
        _ => Err(not_smtp()),
    }
}

impl<'b> Reply<'b> {
    /// 2xx: done.
    pub fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// 4xx or 5xx: not done.
    pub fn is_negative(&self) -> bool {
        self.code >= 400
    }

    /// The lines without codes and line ends.
    pub fn lines(&self) -> impl Iterator<Item = &'b [u8]> {
        self.lines.split_inclusive(|byte| *byte == b'\n').map(|line| {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            line.get(4..).unwrap_or_default()
        })
    }

    /// The whole answer for people, on one line: `250 2.0.0 Ok: queued as 4F1A`.
    pub fn spoken(&self) -> String {
        let mut text = self.code.to_string();
        for line in self.lines() {
            text.push(' ');
            text.push_str(&printable(line));
        }
        text
    }

    /// Code, enhanced code and text of a refusal. The enhanced code, which servers repeat on every line, is taken
    /// out of the text.
    pub fn reason(&self) -> Reason {
        let mut enhanced = None;
        let mut text = String::new();
        for line in self.lines() {
            let line = printable(line);
            let words = match EnhancedCode::split(&line) {
                Some((found, rest)) if *enhanced.get_or_insert(found) == found => rest,
                _ => &line,
            };
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(words);
        }
        let mut reason = Reason::code(self.code, text);
        reason.enhanced = enhanced;
        reason
    }
}

/// Control characters become spaces: answers are shown on screens and written into logs.
fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.chars().any(char::is_control) {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(bytes: &[u8]) -> (u16, Vec<String>, usize) {
        let (reply, used) = read(bytes).unwrap().unwrap();
        (reply.code, reply.lines().map(|line| String::from_utf8_lossy(line).into_owned()).collect(), used)
    }

    #[test]
    fn answers_of_one_and_of_many_lines_are_read() {
        assert_eq!(one(b"250 Ok\r\nrest"), (250, vec!["Ok".into()], 8));
        assert_eq!(one(b"354\r\n"), (354, vec![String::new()], 5));
        assert_eq!(one(b"250\n"), (250, vec![String::new()], 4));
        assert_eq!(one(b"250-a\r\n250-\r\n250 c\n"), (250, vec!["a".into(), String::new(), "c".into()], 19));
    }

    #[test]
    fn what_is_no_answer_is_refused_at_once() {
        for bad in ["HTTP/1.1 400 Bad", "\u{0}\u{1}garbage\r\n", "25 Ok\r\n", "199 no\r\n", "650 no\r\n", "250_Ok\r\n"]
        {
            assert!(matches!(read(bad.as_bytes()), Err(Malformed::NotSmtp(_))), "{bad:?}");
        }
        assert_eq!(read(b"250-Ok\r\n550 no\r\n"), Err(Malformed::MixedCodes(250, 550)));
        assert_eq!(read(&[b"250 ".as_slice(), &[b'x'; MAX_LINE]].concat()), Err(Malformed::TooLong));
        assert_eq!(read(&b"250-more of it\r\n".repeat(MAX_REPLY / 16 + 1)), Err(Malformed::TooLong));
    }

    #[test]
    fn a_refusal_gives_its_codes_and_its_words() {
        let bytes = b"550-5.1.1 The account does not exist.\r\n550 5.1.1 Check the \x1b[31mspelling.\r\n";
        let reason = read(bytes).unwrap().unwrap().0.reason();
        assert_eq!(reason.code, Some(550));
        assert_eq!(reason.enhanced.unwrap().to_string(), "5.1.1");
        assert_eq!(reason.text, "The account does not exist.\nCheck the  [31mspelling.");
    }

    /// What the fuzz target starts from.
    fn seeds() -> Vec<Vec<u8>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/smtp_reply");
        let files = std::fs::read_dir(folder).unwrap();
        files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    #[test]
    fn the_longest_line_and_the_longest_answer_are_read_and_nothing_beyond() {
        let line = |length: usize| [b"250 ".as_slice(), &b"x".repeat(length - 4), b"\n"].concat();
        assert!(matches!(read(&line(MAX_LINE)), Ok(Some(_))));
        assert_eq!(read(&line(MAX_LINE + 1)), Err(Malformed::TooLong));
        let answer = |last: &[u8]| [b"250-more of it\r\n".repeat(MAX_REPLY / 16 - 1), last.to_vec()].concat();
        assert!(matches!(read(&answer(b"250 the end... \n")), Ok(Some(_))));
        assert_eq!(read(&answer(b"250 the very end\n")), Err(Malformed::TooLong));
    }

    #[test]
    fn the_seeds_of_the_fuzz_target_hold() {
        assert!(seeds().len() > 10);
        seeds().iter().for_each(|seed| check(seed));
    }

    proptest! {
        #[test]
        fn seeds_with_mistakes_cannot_break_the_reader(
            seed in proptest::sample::select(seeds()),
            mistakes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
            more in proptest::sample::select(seeds()),
        ) {
            let mut bytes = [seed, more].concat();
            for (place, byte) in mistakes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            check(&bytes);
        }

        #[test]
        fn nothing_that_arrives_can_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
        }

        #[test]
        fn nearly_answers_cannot_break_it(text in "([0-9]{2,4}[ \\-a]?[a-z0-9. ]{0,9}\r?\n?){0,6}") {
            check(text.as_bytes());
        }
    }

    /// An answer is the same however its bytes arrive, and none is found before its end is there.
    fn check(bytes: &[u8]) {
        let whole = read(bytes);
        // Every beginning of what is short; of what is long the first ones, and some of the others.
        for cut in (0..bytes.len()).filter(|cut| *cut < 600 || cut % 61 == 0) {
            match (read(&bytes[..cut]), &whole) {
                (Ok(None), _) => {}
                (Ok(Some(early)), Ok(Some(late))) => assert_eq!(&early, late),
                (Err(early), Err(late)) => {
                    assert_eq!(std::mem::discriminant(&early), std::mem::discriminant(late));
                }
                (early, late) => panic!("{early:?} after {cut} bytes, {late:?} after all of {bytes:?}"),
            }
        }
        if let Ok(Some((reply, used))) = whole {
            assert!(used <= bytes.len() && bytes[used - 1] == b'\n' && (200..600).contains(&reply.code));
            assert!(!reply.spoken().chars().any(char::is_control));
            let _ = reply.reason();
        }
    }
}
