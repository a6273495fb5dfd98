//! Mail as programs and servers really write it, for tests; the fuzzer begins with it.

/// What the message calls itself that these answer or report on.
pub const OURS: &str = "01890000000070008000000000000000.12.150@jamii.co.ke";

/// With the line ends of the wire.
pub fn mail(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

pub const GMAIL: &str = include_str!("../../../../fuzz/seeds/mail/gmail.eml");
/// HTML alone, as Outlook in a browser writes it.
pub const OUTLOOK: &str = include_str!("../../../../fuzz/seeds/mail/outlook.eml");
pub const APPLE: &str = include_str!("../../../../fuzz/seeds/mail/apple.eml");
pub const VACATION: &str = include_str!("../../../../fuzz/seeds/mail/vacation.eml");
pub const NEWSLETTER: &str = include_str!("../../../../fuzz/seeds/mail/newsletter.eml");
pub const POSTFIX: &str = include_str!("../../../../fuzz/seeds/mail/postfix.eml");
/// A report of Exchange Online, which returns the whole message and says what it thinks only in the diagnostic code.
pub const EXCHANGE: &str = include_str!("../../../../fuzz/seeds/mail/exchange.eml");
/// As qmail says it: no report, but the message below a line.
pub const QMAIL: &str = include_str!("../../../../fuzz/seeds/mail/qmail.eml");
pub const ARF: &str = include_str!("../../../../fuzz/seeds/mail/arf.eml");
/// What was a complaint before its boundaries were cut off and its parts tangled; the fuzzer found it.
pub const TANGLED: &str = include_str!("../../../../fuzz/seeds/mail/tangled.eml");
