//! The bytes of an email. The same message always makes the same bytes, so that what was sent can
//! be shown again.

use std::borrow::Cow;

use aws_lc_rs::digest;
use mail_builder::{
    headers::{
        Header, HeaderType, address::Address, content_type::ContentType, date::Date, message_id::MessageId, raw::Raw,
        text::Text,
    },
    mime::MimePart,
};
use muster_domain::template::RenderedText;

use super::body::{self, SharedParts};
use crate::{Attachment, OutboundMessage};

/// Why a message cannot be written as an email.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MimeError {
    /// A header name or value that would break out of the header.
    #[error("the header {0:?} is not one line of text")]
    Header(String),
    /// A header that is built from the message's own fields.
    #[error("the header {0} is set by the message itself")]
    Reserved(String),
}

/// Headers that are made from the fields of the message, and so may not be given again.
const OWN_HEADERS: [&str; 12] = [
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];

/// What the messages of one creative have in common, encoded once: who it is from, the attachments, and what their HTML
/// says to everybody.
#[derive(Debug)]
pub struct Skeleton {
    /// `From`, `Reply-To` and `MIME-Version`.
    head: Vec<u8>,
    /// Each attachment as a part, without the boundary around it.
    attachments: Vec<Vec<u8>>,
    html: SharedParts,
}

impl Skeleton {
    /// What this message has in common with those beside it: `from`, `from_name`, `reply_to` and `attachments`.
    pub fn of(message: &OutboundMessage) -> Self {
        let mut head = Vec::with_capacity(128);
        field("From", &address(message.from_name.as_deref(), &message.from), &mut head);
        if let Some(reply_to) = &message.reply_to {
            field("Reply-To", &address(None, reply_to), &mut head);
        }
        head.extend_from_slice(b"MIME-Version: 1.0\r\n");
        let encode = |file: &Attachment| {
            let mut part = Vec::with_capacity(file.bytes.len() / 2 * 3 + 256);
            let content_type = ContentType::new(one_line(&file.content_type));
            MimePart::new(content_type, &*file.bytes).attachment(one_line(&file.file_name)).write_part(&mut part);
            part
        };
        Skeleton { head, attachments: message.attachments.iter().map(encode).collect(), html: SharedParts::default() }
    }

    /// Writes one message with CRLF line ends: a text part, an HTML part, both as alternatives, and the attachments
    /// around them. Of what the skeleton has nothing is read from the message.
    ///
    /// # Errors
    /// A header that cannot be written.
    pub fn write(&self, message: &OutboundMessage) -> Result<Vec<u8>, MimeError> {
        let attached: usize = self.attachments.iter().map(Vec::len).sum();
        let texts = message.text.len() + message.html.as_ref().map_or(0, RenderedText::len);
        let mut out = Vec::with_capacity(texts + texts / 16 + attached + self.head.len() + 1024);
        out.extend_from_slice(&self.head);
        field("To", &address(message.to_name.as_deref(), &message.to), &mut out);
        field("Date", &Date::new(message.date_ms.div_euclid(1000)), &mut out);
        field("Message-ID", &MessageId::new(one_line(&message.message_id)), &mut out);
        if let Some(subject) = &message.subject {
            field("Subject", &Text::new(one_line(subject)), &mut out);
        }
        for (name, value) in &message.headers {
            field(name, &extra_header(name, value)?, &mut out);
        }
        if self.attachments.is_empty() {
            self.content(message, &mut out);
        } else {
            let boundary = begin_multipart(message, "mixed", &mut out);
            next_part(&boundary, &mut out);
            self.content(message, &mut out);
            for attachment in &self.attachments {
                next_part(&boundary, &mut out);
                out.extend_from_slice(attachment);
            }
            end_multipart(&boundary, &mut out);
        }
        Ok(out)
    }

    /// The text, the HTML, or the choice between them.
    fn content(&self, message: &OutboundMessage, out: &mut Vec<u8>) {
        match &message.html {
            None => body::text(&message.text, out),
            Some(html) if message.text.is_empty() => body::html(html, &self.html, out),
            Some(html) => {
                let boundary = begin_multipart(message, "alternative", out);
                next_part(&boundary, out);
                body::text(&message.text, out);
                next_part(&boundary, out);
                body::html(html, &self.html, out);
                end_multipart(&boundary, out);
            }
        }
    }
}

/// Writes a message that has nothing in common with others.
///
/// # Errors
/// A header that cannot be written.
pub fn build(message: &OutboundMessage) -> Result<Vec<u8>, MimeError> {
    Skeleton::of(message).write(message)
}

fn field(name: &str, value: &impl Header, out: &mut Vec<u8>) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    value.write_header(out, name.len() + 2);
}

fn extra_header<'x>(name: &str, value: &'x str) -> Result<HeaderType<'x>, MimeError> {
    let name_ok = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    if !name_ok || value.chars().any(char::is_control) {
        return Err(MimeError::Header(name.to_owned()));
    }
    if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(MimeError::Reserved(name.to_owned()));
    }
    // Structured values such as <https://…> must stay as they are; only text needs encoding.
    Ok(if value.is_ascii() { Raw::new(value).into() } else { Text::new(value).into() })
}

fn address<'x>(name: Option<&'x str>, email: &'x str) -> Address<'x> {
    let name = name.map(one_line).filter(|name| !name.trim().is_empty());
    Address::new_address(name, one_line(email))
}

/// Line breaks and other control characters become spaces: a customer's name must not be able to
/// add headers.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        Cow::Owned(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn next_part(boundary: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn end_multipart(boundary: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(b"--\r\n");
}

/// Begins a multipart and gives its boundary. `=_` never occurs in quoted-printable or base64; the digest keeps plain parts
/// from colliding, and those who wrote a template or a name from guessing it.
fn begin_multipart(message: &OutboundMessage, kind: &str, out: &mut Vec<u8>) -> String {
    let digest = digest::digest(&digest::SHA256, message.message_id.as_bytes());
    let boundary = format!("=_{kind}_{}", hex::encode(&digest.as_ref()[..12]));
    out.extend_from_slice(format!("Content-Type: multipart/{kind};\r\n\tboundary=\"{boundary}\"\r\n").as_bytes());
    boundary
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mail_parser::{MessageParser, MimeHeaders};

    use super::*;
    use crate::Channel;

    fn message() -> OutboundMessage {
        OutboundMessage {
            to_name: Some("Wanjikũ Mwangi".into()),
            from: "offers@telco.example".into(),
            from_name: Some("Telco, Ltd".into()),
            subject: Some(
                "Karibu – 20 % off, just for you and for the whole of your family, until the end of next week".into(),
            ),
            html: Some("<p>Habari <b>Wanjikũ</b></p>\n.\n<p>kwaheri</p>".into()),
            message_id: "c1.7@telco.example".into(),
            headers: vec![
                ("List-Unsubscribe".into(), "<https://t.example/u/abc>, <mailto:u@t.example?subject=u-abc>".into()),
                ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
            ],
            date_ms: 1_700_000_000_123,
            ..OutboundMessage::new(Channel::Email, "c1/7", "w@customer.example", "Habari Wanjikũ\n.\nkwaheri")
        }
    }

    #[test]
    fn an_independent_parser_reads_back_what_was_meant() {
        let mut message = message();
        message.attachments = vec![Attachment {
            file_name: "Bei ya mwezi – Juni.pdf".into(),
            content_type: "application/pdf".into(),
            bytes: Arc::from(&b"%PDF\0\xff"[..]),
        }];
        let bytes = build(&message).unwrap();
        let mail = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(mail.subject(), message.subject.as_deref());
        assert_eq!(mail.from().unwrap().first().unwrap().name(), Some("Telco, Ltd"));
        assert_eq!(mail.to().unwrap().first().unwrap().name(), Some("Wanjikũ Mwangi"));
        assert_eq!(mail.message_id(), Some("c1.7@telco.example"));
        assert_eq!(mail.date().unwrap().to_timestamp(), 1_700_000_000);
        assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), message.text);
        assert_eq!(mail.body_html(0).unwrap().replace("\r\n", "\n"), message.html.as_ref().unwrap().to_string());
        let file = mail.attachment(0).unwrap();
        assert_eq!((file.attachment_name(), file.contents()), (Some("Bei ya mwezi – Juni.pdf"), &b"%PDF\0\xff"[..]));
        let skeleton = Skeleton::of(&message);
        assert_eq!(skeleton.write(&message).unwrap(), bytes);
        let text = String::from_utf8(bytes).unwrap();
        let header = text.split("\r\n\r\n").next().unwrap();
        assert!(header.is_ascii() && header.lines().all(|line| line.len() <= 78), "{header}");
        let unfolded = header.replace("\r\n ", " ").replace("\r\n\t", " ");
        assert!(
            unfolded.contains("List-Unsubscribe: <https://t.example/u/abc>, <mailto:u@t.example?subject=u-abc>"),
            "{unfolded}"
        );
        assert!(unfolded.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    }

    #[test]
    fn every_line_fits_and_ends_with_crlf() {
        let mut message = message();
        message.text = "x".repeat(5000);
        message.html = Some(format!("<p>{}</p>\r\nend\rlone\0\nend", "y".repeat(3000)).into());
        let text = String::from_utf8(build(&message).unwrap()).unwrap();
        assert!(text.is_ascii());
        for line in text.split("\r\n") {
            assert!(line.len() <= 998 && !line.contains(['\r', '\n']), "{line:?}");
        }
    }

    #[test]
    fn the_same_message_makes_the_same_bytes() {
        assert_eq!(build(&message()).unwrap(), build(&message()).unwrap());
    }

    #[test]
    fn a_name_cannot_add_headers_and_a_header_cannot_break_out() {
        let mut message = message();
        message.to_name = Some("Eve\r\nBcc: all@customers.example".into());
        message.subject = Some("Hi\nX-Evil: 1".into());
        let text = String::from_utf8(build(&message).unwrap()).unwrap();
        assert!(!text.contains("\nBcc:") && !text.contains("\nX-Evil"), "{text}");
        message.headers = vec![("X-A".into(), "1\r\nX-B: 2".into())];
        assert_eq!(build(&message), Err(MimeError::Header("X-A".into())));
        message.headers = vec![("Subject".into(), "again".into())];
        assert_eq!(build(&message), Err(MimeError::Reserved("Subject".into())));
    }
}
