//! The form of a message that is signed, which survives what relays do to white space: `relaxed` of RFC 6376 §3.4.

use memchr::{memchr, memmem};

/// One header field: its name, and what stands after the colon up to the end of its last line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'m> {
    pub(super) name: &'m str,
    pub(super) value: &'m [u8],
}

/// Takes a message with CRLF line ends apart. Lines that are no field are skipped.
pub(super) fn split(message: &[u8]) -> (Vec<Field<'_>>, &[u8]) {
    let mut fields = Vec::with_capacity(16);
    let mut rest = message;
    while !rest.is_empty() {
        if let Some(body) = rest.strip_prefix(b"\r\n") {
            return (fields, body);
        }
        let mut end = 0;
        // A line that begins with white space goes on with the field before.
        loop {
            end = memmem::find(&rest[end..], b"\r\n").map_or(rest.len(), |at| end + at + 2);
            if !matches!(rest.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let (field, after) = rest.split_at(end);
        if let Some(colon) = memchr(b':', field)
            && let Ok(name) = std::str::from_utf8(&field[..colon])
        {
            let value = &field[colon + 1..];
            fields.push(Field { name: name.trim_end(), value: value.strip_suffix(b"\r\n").unwrap_or(value) });
        }
        rest = after;
    }
    (fields, rest)
}

/// §3.4.2, without the line end that follows every field but the signature's own.
pub(super) fn header(field: &Field<'_>, out: &mut Vec<u8>) {
    out.extend(field.name.bytes().map(|byte| byte.to_ascii_lowercase()));
    out.push(b':');
    let begin = out.len();
    for byte in field.value {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                if out.len() > begin && out.last() != Some(&b' ') {
                    out.push(b' ');
                }
            }
            _ => out.push(*byte),
        }
    }
    if out.len() > begin && out.last() == Some(&b' ') {
        out.pop();
    }
}

/// §3.4.4.
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut rest = body;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        push_line(line.strip_suffix(b"\r").unwrap_or(line), &mut out);
        out.extend_from_slice(b"\r\n");
    }
    // Empty lines at the end do not count, and of an empty body nothing is left.
    while out.ends_with(b"\r\n\r\n") {
        out.truncate(out.len() - 2);
    }
    if out == b"\r\n" {
        out.clear();
    }
    out
}

fn push_line(line: &[u8], out: &mut Vec<u8>) {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let begin = out.len();
    let mut rest = line;
    while let Some(at) = memchr::memchr2(b' ', b'\t', rest) {
        out.extend_from_slice(&rest[..at]);
        let run = rest[at..].iter().take_while(|byte| blank(byte)).count();
        out.push(b' ');
        rest = &rest[at + run..];
    }
    out.extend_from_slice(rest);
    if out.len() > begin && out.last() == Some(&b' ') {
        out.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6376 §3.4.5.
    #[test]
    fn the_example_of_the_rfc_comes_out_as_it_says() {
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (fields, rest) = split(message);
        let mut out = Vec::new();
        for field in &fields {
            header(field, &mut out);
            out.extend_from_slice(b"\r\n");
        }
        assert_eq!(out, b"a:X\r\nb:Y Z\r\n");
        assert_eq!(body(rest), b" C\r\nD E\r\n");
    }

    #[test]
    fn empty_bodies_and_missing_line_ends_are_made_alike() {
        for empty in ["", "\r\n", "\r\n\r\n\r\n", " \r\n\t\r\n"] {
            assert_eq!(body(empty.as_bytes()), b"", "{empty:?}");
        }
        assert_eq!(body(b"a"), b"a\r\n");
        assert_eq!(split(b"A: 1\r\nno field\r\n\r\n"), (vec![Field { name: "A", value: b" 1" }], &b""[..]));
    }
}
