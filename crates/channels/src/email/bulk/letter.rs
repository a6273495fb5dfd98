//! An email as it goes over the wire.

use std::{io::Write, sync::Arc};

use lettre::Address;

use crate::{
    Channel, EnhancedCode, OutboundMessage, Outcome, Reason, RejectKind,
    email::{
        address,
        dkim::{self, DkimSigner},
        mime::Skeleton,
        refuse,
    },
};

use super::capabilities::Capabilities;

/// One email to one recipient, ready for the wire.
#[derive(Clone, Debug)]
pub struct Letter<T> {
    /// What the caller knows it by; comes back with its outcome.
    pub tag: T,
    from: Option<Address>,
    to: Address,
    /// Headers and body, every line ended by CRLF.
    data: Vec<u8>,
    /// A line begins with a dot.
    dotted: bool,
    /// Not all of it is ASCII.
    eight_bit: bool,
    /// Connections that broke while it was the one at work.
    pub(super) losses: u32,
}

/// A letter that cannot be sent, and why.
pub type Refused<T> = (T, Outcome);

impl<T> Letter<T> {
    /// From an envelope and a finished message. `from` is the return path; none is the empty one (`<>`).
    ///
    /// Line ends are made CRLF: what stands alone is forbidden on the wire (RFC 5321 §2.3.8), and servers that take
    /// it for a line end are how mail is smuggled.
    ///
    /// # Errors
    /// An address that is none, with the outcome to report for it.
    pub fn new(tag: T, from: Option<&str>, to: &str, mut data: Vec<u8>) -> Result<Self, Box<Refused<T>>> {
        let Some(recipient) = address::parse(to) else {
            return Err(Box::new((tag, refuse(RejectKind::BadAddress, format!("{to:?} is no email address")))));
        };
        let sender = from.map(address::parse);
        if matches!(sender, Some(None)) {
            let said = format!("the sender {:?} is no email address", from.unwrap_or_default());
            return Err(Box::new((tag, refuse(RejectKind::Content, said))));
        }
        let mut look = Look::at(&data);
        if look.bare {
            data = with_crlf(&data);
            look = Look::at(&data);
        }
        if !data.ends_with(b"\r\n") {
            data.extend_from_slice(b"\r\n");
        }
        let (dotted, eight_bit) = (look.dotted, look.eight_bit);
        Ok(Letter { tag, from: sender.flatten(), to: recipient, data, dotted, eight_bit, losses: 0 })
    }

    /// From a message that is still to be written, with the skeleton of its creative and the signatures of its sender.
    ///
    /// # Errors
    /// A message that cannot be written as email, with the outcome to report for it.
    pub fn write(
        tag: T,
        message: &OutboundMessage,
        skeleton: &Skeleton,
        signers: &[impl AsRef<DkimSigner>],
    ) -> Result<Self, Box<Refused<T>>> {
        let refused = |tag, kind, why: String| Err(Box::new((tag, refuse(kind, why))));
        if message.channel != Channel::Email {
            return refused(tag, RejectKind::Other, format!("a mail relay takes no {} messages", message.channel));
        }
        if address::parse(&message.from).is_none() {
            let why = format!("the sender {:?} is no email address", message.from);
            return refused(tag, RejectKind::Content, why);
        }
        let mut data = match skeleton.write(message) {
            Ok(data) => data,
            Err(error) => return refused(tag, RejectKind::Content, error.to_string()),
        };
        if !signers.is_empty() {
            let mut signed = dkim::signatures(signers, &data, message.date_ms.div_euclid(1000)).into_bytes();
            signed.append(&mut data);
            data = signed;
        }
        Self::new(tag, Some(message.return_path.as_deref().unwrap_or(&message.from)), &message.to, data)
    }

    /// From a message that has nothing in common with others, without signatures.
    ///
    /// # Errors
    /// As [`Letter::write`].
    pub fn of(tag: T, message: &OutboundMessage) -> Result<Self, Box<Refused<T>>> {
        Self::write(tag, message, &Skeleton::of(message), &[] as &[Arc<DkimSigner>])
    }

    /// The message as it arrives: headers, empty line, body.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Why a server with these capabilities cannot be given this letter.
    pub(super) fn unfit(&self, server: &Capabilities) -> Option<Outcome> {
        if self.needs_utf8() && !server.smtp_utf8 {
            let said = "the relay does not take addresses outside ASCII (SMTPUTF8)";
            return Some(refuse(RejectKind::Other, said.to_owned()));
        }
        if self.eight_bit && !server.eight_bit_mime {
            let said = "the relay does not take text outside ASCII (8BITMIME)";
            return Some(refuse(RejectKind::Content, said.to_owned()));
        }
        let limit = server.max_size.filter(|limit| self.data.len() as u64 > *limit)?;
        let mut reason = Reason::text(format!("{} octets, and the relay takes {limit} at most", self.data.len()));
        reason.enhanced = Some(EnhancedCode { class: 5, subject: 3, detail: 4 });
        Some(Outcome::Reject { kind: RejectKind::Content, reason })
    }

    fn needs_utf8(&self) -> bool {
        let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        !ascii(&self.to) || self.from.as_ref().is_some_and(|from| !ascii(from))
    }

    pub(super) fn write_mail(&self, server: &Capabilities, out: &mut Vec<u8>) {
        out.extend_from_slice(b"MAIL FROM:<");
        out.extend_from_slice(self.from.as_ref().map_or("", |from| from.as_ref()).as_bytes());
        out.push(b'>');
        if server.size {
            // Writing to a Vec cannot fail.
            let _ = write!(out, " SIZE={}", self.data.len());
        }
        if self.eight_bit {
            out.extend_from_slice(b" BODY=8BITMIME");
        }
        if self.needs_utf8() {
            out.extend_from_slice(b" SMTPUTF8");
        }
        out.extend_from_slice(b"\r\n");
    }

    pub(super) fn write_rcpt(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"RCPT TO:<");
        out.extend_from_slice(AsRef::<str>::as_ref(&self.to).as_bytes());
        out.extend_from_slice(b">\r\n");
    }

    /// The message as `DATA` wants it, without the final dot: a dot that begins a line is doubled (RFC 5321 §4.5.2).
    pub(super) fn write_stuffed(&self, out: &mut Vec<u8>) {
        if !self.dotted {
            out.extend_from_slice(&self.data);
            return;
        }
        let mut rest = &self.data[..];
        if rest.starts_with(b".") {
            out.push(b'.');
        }
        while let Some(at) = memchr::memmem::find(rest, b"\n.") {
            out.extend_from_slice(&rest[..=at]);
            out.push(b'.');
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
    }

    /// The message in one chunk, the last (RFC 3030 §2); needs no dots.
    pub(super) fn write_chunk(&self, out: &mut Vec<u8>) {
        let _ = write!(out, "BDAT {} LAST\r\n", self.data.len());
        out.extend_from_slice(&self.data);
    }
}

/// What one pass over a message finds.
struct Look {
    /// A carriage return or a line feed without the other.
    bare: bool,
    dotted: bool,
    eight_bit: bool,
}

impl Look {
    fn at(data: &[u8]) -> Look {
        // Without branches, so that the compiler takes many octets at a time.
        let (mut bare, mut dotted, mut high) = (0_u8, 0_u8, 0_u8);
        for (one, next) in data.iter().zip(data.get(1..).unwrap_or_default()) {
            bare |= u8::from(*one == b'\r') ^ u8::from(*next == b'\n');
            dotted |= u8::from(*one == b'\n') & u8::from(*next == b'.');
            high |= one;
        }
        let (first, last) = (data.first().copied().unwrap_or_default(), data.last().copied().unwrap_or_default());
        Look {
            bare: bare != 0 || first == b'\n' || last == b'\r',
            dotted: dotted != 0 || first == b'.',
            eight_bit: (high | last) & 0x80 != 0,
        }
    }
}

fn with_crlf(data: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(data.len() + data.len() / 32 + 2);
    let mut rest = data;
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        lines.extend_from_slice(&rest[..at]);
        lines.extend_from_slice(b"\r\n");
        rest = rest[at..].strip_prefix(b"\r\n").unwrap_or(&rest[at + 1..]);
    }
    lines.extend_from_slice(rest);
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letter(data: &[u8]) -> Letter<()> {
        Letter::new((), Some("bounces@a.example"), "b@c.example", data.to_vec()).unwrap()
    }

    fn stuffed(letter: &Letter<()>) -> Vec<u8> {
        let mut out = Vec::new();
        letter.write_stuffed(&mut out);
        out
    }

    #[test]
    fn dots_at_the_start_of_lines_are_doubled_and_no_others() {
        assert_eq!(stuffed(&letter(b".a\r\n..b\r\nc.d\r\n.\r\n")), b"..a\r\n...b\r\nc.d\r\n..\r\n");
        assert_eq!(stuffed(&letter(b"")), b"\r\n");
    }

    #[test]
    fn an_envelope_says_what_the_message_needs() {
        let server = Capabilities { size: true, eight_bit_mime: true, smtp_utf8: true, ..Capabilities::default() };
        let letter = Letter::new((), None, "jürgen@müller.example", "ü\r\n".into()).unwrap();
        let mut out = Vec::new();
        letter.write_mail(&server, &mut out);
        letter.write_rcpt(&mut out);
        letter.write_chunk(&mut out);
        let expected = "MAIL FROM:<> SIZE=4 BODY=8BITMIME SMTPUTF8\r\n\
            RCPT TO:<jürgen@xn--mller-kva.example>\r\nBDAT 4 LAST\r\nü\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn what_a_server_cannot_take_is_not_offered_to_it() {
        let all = Capabilities { eight_bit_mime: true, smtp_utf8: true, max_size: Some(5), ..Capabilities::default() };
        let unfit = |to: &str, data: &str, server: &Capabilities| {
            Letter::new((), None, to, data.into()).unwrap().unfit(server).map(|outcome| match outcome {
                Outcome::Reject { kind, .. } => kind,
                other => panic!("{other:?}"),
            })
        };
        assert_eq!(unfit("a@b.example", "abc\r\n", &Capabilities::default()), None);
        assert_eq!(unfit("ä@b.example", "ä\r\n", &all), None);
        assert_eq!(unfit("ä@b.example", "a", &Capabilities::default()), Some(RejectKind::Other));
        assert_eq!(unfit("a@b.example", "ä", &Capabilities::default()), Some(RejectKind::Content));
        assert_eq!(unfit("a@b.example", "abcd\r\n", &all), Some(RejectKind::Content));
    }

    proptest! {
        #[test]
        fn a_server_gets_back_what_was_meant_and_nothing_ends_it_early(text in "[ab.\r\n]{0,40}") {
            let letter = letter(text.as_bytes());
            let wire = stuffed(&letter);
            let lines: Vec<&[u8]> = wire.strip_suffix(b"\r\n").unwrap().split(|byte| *byte == b'\n').collect();
            prop_assert!(lines.iter().all(|line| *line != b".\r" && *line != b"."));
            let bare = |at: usize| wire[at] == b'\n' && (at == 0 || wire[at - 1] != b'\r')
                || wire[at] == b'\r' && wire.get(at + 1) != Some(&b'\n');
            prop_assert!(!(0..wire.len()).any(bare));
            let meant = text.replace("\r\n", "\n").replace('\r', "\n");
            let read = String::from_utf8(wire.clone()).unwrap().replace("\r\n", "\n");
            let read: String =
                read.split_inclusive('\n').map(|line| line.strip_prefix('.').unwrap_or(line)).collect();
            prop_assert_eq!(read.strip_suffix('\n').unwrap(), meant.strip_suffix('\n').unwrap_or(&meant));
        }
    }
}
