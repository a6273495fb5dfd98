//! In which encoding a text file is, and reading it as UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// The encodings that customer files come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without byte-order mark.
    Utf8,
    /// UTF-16, least significant byte first ("Unicode text" of spreadsheets).
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
    /// Windows-1252, which takes in Latin-1.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// What one pass over the bytes of a file has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextScan {
    /// The encoding; every byte of the file is valid in it.
    pub encoding: Encoding,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Line feeds, for an estimate of the number of rows.
    pub line_feeds: u64,
}

const CHUNK: usize = 64 * 1024;

/// Reads the whole input once, in bounded memory, and tells its encoding.
///
/// The whole, because one accented letter at the end decides between UTF-8 and Windows-1252.
pub fn scan<R: Read>(mut input: R) -> io::Result<TextScan> {
    let mut buffer = vec![0_u8; CHUNK];
    let mut head: Vec<u8> = Vec::with_capacity(4096);
    let (mut bytes, mut line_feeds) = (0_u64, 0_u64);
    let mut utf8 = Utf8Check::default();
    loop {
        let count = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let chunk = &buffer[..count];
        let room = (4096 - head.len()).min(count);
        head.extend_from_slice(&chunk[..room]);
        bytes += count as u64;
        line_feeds += chunk.iter().filter(|b| **b == b'\n').count() as u64;
        utf8.feed(chunk);
    }
    let encoding = mark(&head).or_else(|| utf16_without_mark(&head)).unwrap_or(match utf8.valid() {
        true => Encoding::Utf8,
        false => Encoding::Windows1252,
    });
    Ok(TextScan { encoding, bytes, line_feeds })
}

fn mark(head: &[u8]) -> Option<Encoding> {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Some(Encoding::Utf8),
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Delimiters, digits and Latin letters have a zero byte on one side only in UTF-16.
fn utf16_without_mark(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 3 > pairs && even * 20 < pairs {
        Some(Encoding::Utf16Le)
    } else if even * 3 > pairs && odd * 20 < pairs {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// Whether a stream of chunks is UTF-8; a character may be cut between two chunks.
#[derive(Default)]
struct Utf8Check {
    cut: Vec<u8>,
    broken: bool,
}

impl Utf8Check {
    fn feed(&mut self, chunk: &[u8]) {
        if self.broken {
            return;
        }
        self.cut.extend_from_slice(chunk);
        match std::str::from_utf8(&self.cut) {
            Ok(_) => self.cut.clear(),
            Err(error) if error.error_len().is_none() => {
                self.cut.drain(..error.valid_up_to());
            }
            Err(_) => self.broken = true,
        }
    }

    fn valid(&self) -> bool {
        !self.broken && self.cut.is_empty()
    }
}

/// Gives the text of `input` as UTF-8, without its byte-order mark.
pub(super) struct Utf8Reader<R> {
    input: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_used: usize,
    text: Vec<u8>,
    text_used: usize,
    input_ended: bool,
    decoder_finished: bool,
}

impl<R: Read> Utf8Reader<R> {
    pub(super) fn new(input: R, encoding: Encoding) -> Self {
        let decoder = match encoding {
            Encoding::Utf8 => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Windows1252 => WINDOWS_1252,
        }
        .new_decoder_with_bom_removal();
        Self {
            input,
            decoder,
            raw: Vec::new(),
            raw_used: 0,
            text: Vec::new(),
            text_used: 0,
            input_ended: false,
            decoder_finished: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        if self.raw_used == self.raw.len() && !self.input_ended {
            let mut raw = std::mem::take(&mut self.raw);
            raw.resize(CHUNK, 0);
            let count = self.input.read(&mut raw)?;
            raw.truncate(count);
            self.raw = raw;
            self.raw_used = 0;
            self.input_ended = count == 0;
        }
        self.text.resize(CHUNK, 0);
        let raw = &self.raw[self.raw_used..];
        let (result, read, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.input_ended);
        self.raw_used += read;
        self.text.truncate(written);
        self.text_used = 0;
        // A decoder may not be asked again after its end.
        self.decoder_finished = self.input_ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.text_used == self.text.len() {
            if self.decoder_finished {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = out.len().min(self.text.len() - self.text_used);
        out[..count].copy_from_slice(&self.text[self.text_used..self.text_used + count]);
        self.text_used += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn read_back(bytes: &[u8]) -> (Encoding, String) {
        let encoding = scan(bytes).unwrap().encoding;
        let mut text = String::new();
        Utf8Reader::new(bytes, encoding).read_to_string(&mut text).unwrap();
        (encoding, text)
    }

    #[test]
    fn every_encoding_is_told_and_read() {
        let text = "Name;Town\nZoë;Zürich\n";
        let with_mark = ["\u{feff}", text].concat();
        let latin: Vec<u8> = text.chars().map(|c| u32::from(c) as u8).collect();
        for (bytes, wanted) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (with_mark.into_bytes(), Encoding::Utf8),
            (utf16(text, false, true), Encoding::Utf16Le),
            (utf16(text, true, true), Encoding::Utf16Be),
            (utf16(text, false, false), Encoding::Utf16Le),
            (utf16(text, true, false), Encoding::Utf16Be),
            (latin, Encoding::Windows1252),
        ] {
            assert_eq!(read_back(&bytes), (wanted, text.to_owned()));
        }
    }

    #[test]
    fn one_late_letter_decides() {
        let mut bytes = b"Name,Town\n".repeat(20_000);
        bytes.extend_from_slice(b"Z\xFCrich,x\n");
        let found = scan(bytes.as_slice()).unwrap();
        assert_eq!(found, TextScan { encoding: Encoding::Windows1252, bytes: bytes.len() as u64, line_feeds: 20_001 });
        assert!(read_back(&bytes).1.ends_with("Zürich,x\n"));
    }

    #[test]
    fn a_character_cut_between_chunks_is_whole() {
        let text = ["a".repeat(CHUNK - 1), "é".repeat(CHUNK)].concat();
        assert_eq!(read_back(text.as_bytes()), (Encoding::Utf8, text));
    }
}
