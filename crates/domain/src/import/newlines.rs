//! One kind of line end, so that lines can be counted.

use std::io::{self, Read};

/// Turns `\r\n` and `\r` into `\n` and puts one at the end of the input.
pub(super) struct Newlines<R> {
    input: R,
    after_return: bool,
    last: u8,
}

impl<R: Read> Newlines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, after_return: false, last: b'\n' }
    }

    /// Rewrites in place; the result is never longer.
    fn unify(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for index in 0..bytes.len() {
            let byte = bytes[index];
            let skip = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if !skip {
                bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        if kept > 0 {
            self.last = bytes[kept - 1];
        }
        kept
    }
}

impl<R: Read> Read for Newlines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            let count = self.input.read(out)?;
            if count == 0 {
                let missing = usize::from(self.last != b'\n');
                out[..missing].fill(b'\n');
                self.last = b'\n';
                return Ok(missing);
            }
            let kept = self.unify(&mut out[..count]);
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_one_kind() {
        for (text, wanted) in [("a\r\nb\rc\nd", "a\nb\nc\nd\n"), ("\r\n\r\n", "\n\n"), ("", ""), ("a\n", "a\n")] {
            let mut read = String::new();
            Newlines::new(text.as_bytes()).read_to_string(&mut read).unwrap();
            assert_eq!(read, wanted);
            let mut one_by_one = Newlines::new(text.as_bytes());
            let mut bytes = Vec::new();
            let mut byte = [0];
            while one_by_one.read(&mut byte).unwrap() == 1 {
                bytes.push(byte[0]);
            }
            assert_eq!(bytes, wanted.as_bytes());
        }
    }
}
