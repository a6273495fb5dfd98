//! The bodies of an email, encoded for the wire. What the HTML of many messages has in common is encoded once.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use mail_builder::{encoders::quoted_printable::QuotedPrintableEncoder, mime::MimePart};
use muster_domain::template::{Piece, RenderedText};

/// Shared pieces that are remembered: more than the templates of a batch have, unless they are very odd.
const REMEMBERED: usize = 64;
/// A soft line break: the line goes on (RFC 2045 §6.7, rule 5).
const SOFT_BREAK: &[u8] = b"=\r\n";

/// Writes plain text as a part: headers, empty line, body.
pub fn text(text: &str, out: &mut Vec<u8>) {
    leaf("text/plain", text, out);
}

/// Writes HTML as a part: headers, empty line, body.
pub fn html(html: &RenderedText, shared: &SharedParts, out: &mut Vec<u8>) {
    let begin = out.len();
    if shared.write(html, out).is_none() {
        out.truncate(begin);
        leaf("text/html", &html.to_string(), out);
    }
}

/// In the encoding that is shortest.
fn leaf(content_type: &'static str, text: &str, out: &mut Vec<u8>) {
    MimePart::new(content_type, lines(text)).write_part(out);
}

/// A shared piece on the wire; none where it had better be written together with what stands beside it.
type Encoded = Option<Arc<[u8]>>;

/// The shared pieces of texts, encoded. A piece is told by its address: whoever shares it has the same one.
#[derive(Debug, Default)]
pub struct SharedParts(RwLock<Vec<(Arc<str>, Encoded)>>);

impl SharedParts {
    /// Writes the part in quoted-printable. None, whatever has been written: nothing is shared, or a shared piece had
    /// better be written otherwise.
    fn write(&self, html: &RenderedText, out: &mut Vec<u8>) -> Option<()> {
        let is_shared = |piece: &Piece| matches!(piece, Piece::Shared(_));
        if !html.pieces().iter().any(is_shared) {
            return None;
        }
        out.extend_from_slice(
            b"Content-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
        );
        let mut is_open = false;
        for piece in html.pieces().iter().filter(|piece| !piece.as_str().is_empty()) {
            // Every piece begins a line, so that it does not matter what stands before it.
            if is_open {
                out.extend_from_slice(SOFT_BREAK);
            }
            match piece {
                Piece::Shared(text) => out.extend_from_slice(&self.encoded(text)?),
                Piece::Own(text) => quoted_printable(&lines(text), out),
            }
            is_open = !out.ends_with(b"\n");
        }
        Some(())
    }

    fn encoded(&self, text: &Arc<str>) -> Encoded {
        let found = |known: &[(Arc<str>, Encoded)]| {
            known.iter().find(|(of, _)| Arc::ptr_eq(of, text)).map(|(_, encoded)| encoded.clone())
        };
        if let Some(encoded) = found(&self.0.read().unwrap_or_else(PoisonError::into_inner)) {
            return encoded;
        }
        let encoded = encode(text);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED && found(&known).is_none() {
            known.push((Arc::clone(text), encoded.clone()));
        }
        encoded
    }
}

/// A piece that begins and ends a line; none where base64 is shorter (text that is hardly ASCII), or where something
/// has to be replaced that could reach into the next piece.
fn encode(text: &str) -> Encoded {
    if matches!(lines(text), Cow::Owned(_)) {
        return None;
    }
    let mut encoded = Vec::with_capacity(text.len() + text.len() / 8);
    quoted_printable(text, &mut encoded);
    // Three bytes are four digits of base64, and 76 of them a line.
    let in_base64 = text.len() / 3 * 4 * 78 / 76;
    (encoded.len() <= in_base64).then(|| encoded.into())
}

fn quoted_printable(text: &str, out: &mut Vec<u8>) {
    QuotedPrintableEncoder::new().preserve_line_breaks().encode_into(text.as_bytes(), out);
}

/// A carriage return of its own is forbidden on the wire (RFC 5321 §2.3.8), and receivers that
/// take one for a line end are how mail is smuggled. So is NUL.
fn lines(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let stands_alone = |at: usize| bytes.get(at) == Some(&0) || bytes.get(at + 1) != Some(&b'\n');
    if memchr::memchr2_iter(b'\r', b'\0', bytes).any(stands_alone) {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', ""))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::*;

    fn read_back(part: &[u8]) -> String {
        let mail = MessageParser::default().parse(part).unwrap();
        mail.body_html(0).unwrap().replace("\r\n", "\n")
    }

    fn text_of(pieces: &[(String, bool)]) -> RenderedText {
        let mut text = RenderedText::default();
        for (piece, is_shared) in pieces {
            if *is_shared { text.push_shared(piece.as_str().into()) } else { text.push(piece) }
        }
        text
    }

    #[test]
    fn a_shared_piece_is_encoded_once_and_joined_by_soft_line_ends() {
        let shared = SharedParts::default();
        let terms: Arc<str> = format!("<p style=\"a\">{}</p>", "Terms – for all. ".repeat(50)).into();
        let write = |name: &str| {
            let mut text = RenderedText::from("Hi ");
            text.push(name);
            text.push_shared(Arc::clone(&terms));
            text.push(" ");
            text.push_shared(Arc::clone(&terms));
            let mut out = Vec::new();
            html(&text, &shared, &mut out);
            assert_eq!(read_back(&out), text.to_string());
            String::from_utf8(out).unwrap()
        };
        let (eve, zuri) = (write("Eve"), write("Zuri=\u{1F600}"));
        assert_eq!(shared.0.read().unwrap().len(), 1);
        assert!(eve.contains("\r\n\r\nHi Eve=\r\n<p style=3D\"a\">Terms =E2=80=93 for"), "{eve}");
        assert!(zuri.contains("Hi Zuri=3D=F0=9F=98=80=\r\n<p"), "{zuri}");
        assert!(eve.lines().skip(3).all(|line| line.len() <= 76), "{eve}");
    }

    #[test]
    fn what_is_hardly_ascii_or_has_to_be_mended_is_written_as_a_whole() {
        for piece in ["ለሁሉም ደንበኞቻችን ".repeat(60), "one\rtwo\0".repeat(80)] {
            let mut out = Vec::new();
            html(&text_of(&[("Hi".into(), false), (piece.clone(), true)]), &SharedParts::default(), &mut out);
            assert_eq!(read_back(&out), format!("Hi{piece}").replace('\r', "\n").replace('\0', ""));
        }
    }

    #[test]
    fn no_more_pieces_are_remembered_than_a_batch_has() {
        let shared = SharedParts::default();
        for number in 0..=REMEMBERED {
            let text = text_of(&[(format!("{number} {}", "word ".repeat(200)), true)]);
            let mut out = Vec::new();
            html(&text, &shared, &mut out);
            assert_eq!(read_back(&out), text.to_string());
        }
        assert_eq!(shared.0.read().unwrap().len(), REMEMBERED);
    }

    proptest! {
        #[test]
        fn whatever_the_pieces_are_a_reader_gets_the_text(
            pieces in prop::collection::vec(("[ -~=.\té\n]{0,120}|[\u{4e00}-\u{4fff}\n]{0,40}", any::<bool>()), 0..8)
        ) {
            let text = text_of(&pieces);
            let mut out = Vec::new();
            html(&text, &SharedParts::default(), &mut out);
            let wire = String::from_utf8(out.clone()).unwrap();
            prop_assert!(wire.is_ascii());
            prop_assert!(!wire.replace("\r\n", "").contains(['\r', '\n']));
            prop_assert!(wire.split("\r\n").all(|line| line.len() <= 78));
            prop_assert_eq!(read_back(&out), text.to_string());
        }
    }
}
