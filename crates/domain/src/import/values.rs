//! The values of single cells, and what is said about those that do not fit.

use chrono_tz::Tz;

use super::rejection::Reason;
use super::words;

/// A value that does not fit: the reason and the message.
pub(super) type Misfit = (Reason, String);

/// Most characters of a name, town or other short text.
const MAX_TEXT: usize = 200;
/// Most characters of a text attribute.
pub(super) const MAX_ATTRIBUTE: usize = 2_000;
/// Most device tokens of one customer, and most characters of one.
const MAX_TOKENS: usize = 20;
const MAX_TOKEN: usize = 512;

/// Our exports put an apostrophe before what a spreadsheet would take for a formula; it is not part
/// of the value.
pub(super) fn without_guard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    }
}

pub(super) fn bounded(text: &str, most: usize) -> Result<String, Misfit> {
    let length = text.chars().count();
    if length > most {
        return Err((
            Reason::TooLong,
            format!("{length} characters are more than the {most} that fit; shorten the text"),
        ));
    }
    Ok(text.to_owned())
}

pub(super) fn short(text: &str) -> Result<String, Misfit> {
    bounded(text, MAX_TEXT)
}

/// A value as messages show it: never longer than a line.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

pub(super) fn yes_no(text: &str) -> Result<bool, Misfit> {
    words::yes_no(text)
        .ok_or_else(|| (Reason::BadBool, format!("`{}` is neither yes nor no; write yes or no", quoted(text))))
}

pub(super) fn language(text: &str) -> Result<String, Misfit> {
    words::language(text).ok_or_else(|| {
        (Reason::BadLanguage, format!("`{}` is no language; write a code such as en, sw or fr", quoted(text)))
    })
}

pub(super) fn currency(text: &str) -> Result<String, Misfit> {
    words::currency(text).ok_or_else(|| {
        (Reason::BadCurrency, format!("`{}` is no currency; write a code such as KES or USD", quoted(text)))
    })
}

pub(super) fn tokens(text: &str) -> Result<Vec<String>, Misfit> {
    let tokens: Vec<&str> = text.split([' ', ',', ';', '|']).filter(|t| !t.is_empty()).collect();
    if tokens.len() > MAX_TOKENS {
        return Err((Reason::TooLong, format!("more than {MAX_TOKENS} device tokens; keep the newest")));
    }
    tokens.into_iter().map(|token| bounded(token, MAX_TOKEN)).collect()
}

/// A zone of the IANA list, in any case.
pub fn timezone(text: &str) -> Option<Tz> {
    text.parse().ok().or_else(|| chrono_tz::TZ_VARIANTS.into_iter().find(|zone| zone.name().eq_ignore_ascii_case(text)))
}

pub(super) fn bad_timezone(text: &str) -> Misfit {
    (Reason::BadTimezone, format!("`{}` is no time zone; write a name such as Africa/Nairobi", quoted(text)))
}

pub(super) fn bad_channel(text: &str) -> Misfit {
    (Reason::BadChannel, format!("`{}` is no channel; write sms, email, whatsapp or push", quoted(text)))
}

pub(super) fn bad_date(text: &str) -> Misfit {
    (Reason::BadDate, format!("`{}` is no day of the calendar; write it like 2026-10-22", quoted(text)))
}
