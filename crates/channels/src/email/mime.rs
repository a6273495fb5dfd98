//! The bytes of an email. The same message always makes the same bytes, so that what was sent can
//! be shown again.

use std::borrow::Cow;

use mail_builder::{
    MessageBuilder,
    headers::{
        HeaderType, address::Address, content_type::ContentType, date::Date, message_id::MessageId, raw::Raw,
        text::Text,
    },
    mime::MimePart,
};
use sha2::{Digest, Sha256};

use crate::OutboundMessage;

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

/// Writes a message with CRLF line ends: a text part, an HTML part, both as alternatives, and the
/// attachments around them.
pub fn build(message: &OutboundMessage) -> Result<Vec<u8>, MimeError> {
    let mut builder = MessageBuilder::new()
        .from(address(message.from_name.as_deref(), &message.from))
        .to(address(message.to_name.as_deref(), &message.to))
        .date(Date::new(message.date_ms.div_euclid(1000)))
        .message_id(MessageId::new(one_line(&message.message_id)));
    if let Some(subject) = &message.subject {
        builder = builder.subject(one_line(subject));
    }
    if let Some(reply_to) = &message.reply_to {
        builder = builder.reply_to(address(None, reply_to));
    }
    for (name, value) in &message.headers {
        builder = builder.header(name.as_str(), extra_header(name, value)?);
    }
    let mut output = Vec::with_capacity(message.text.len() + message.html.as_ref().map_or(0, String::len) + 1024);
    builder.body(body(message)).serialize(&mut output);
    Ok(output)
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

fn body(message: &OutboundMessage) -> MimePart<'_> {
    let text = || MimePart::new("text/plain", lines(&message.text));
    let content = match &message.html {
        None => text(),
        Some(html) if message.text.is_empty() => MimePart::new("text/html", lines(html)),
        Some(html) => {
            let parts = vec![text(), MimePart::new("text/html", lines(html))];
            MimePart::new(multipart(message, "alternative"), parts)
        }
    };
    if message.attachments.is_empty() {
        return content;
    }
    let mut parts = vec![content];
    parts.extend(message.attachments.iter().map(|file| {
        let content_type = ContentType::new(one_line(&file.content_type));
        MimePart::new(content_type, &*file.bytes).attachment(one_line(&file.file_name))
    }));
    MimePart::new(multipart(message, "mixed"), parts)
}

/// A carriage return of its own is forbidden on the wire (RFC 5321 §2.3.8), and receivers that
/// take one for a line end are how mail is smuggled. So is NUL.
fn lines(text: &str) -> Cow<'_, str> {
    if text.contains('\0') || lone_return(text) {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn lone_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
}

/// `=_` never occurs in quoted-printable or base64; the digest keeps plain parts from colliding.
fn multipart<'x>(message: &OutboundMessage, kind: &str) -> ContentType<'x> {
    let digest = Sha256::digest(message.message_id.as_bytes());
    let boundary = format!("=_{kind}_{}", hex::encode(&digest[..12]));
    ContentType::new(format!("multipart/{kind}")).attribute("boundary", boundary)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mail_parser::{MessageParser, MimeHeaders};

    use super::*;
    use crate::{Attachment, Channel};

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
        assert_eq!(mail.body_html(0).unwrap().replace("\r\n", "\n"), message.html.unwrap());
        let file = mail.attachment(0).unwrap();
        assert_eq!((file.attachment_name(), file.contents()), (Some("Bei ya mwezi – Juni.pdf"), &b"%PDF\0\xff"[..]));
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
        message.html = Some(format!("<p>{}</p>\r\nend\rlone\0\nend", "y".repeat(3000)));
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
