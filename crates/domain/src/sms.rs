//! How many parts an SMS takes: the GSM 7-bit alphabet of 3GPP TS 23.038 and UCS-2 with its surrogate pairs.

use serde::Serialize;

/// Longest sender id that is accepted.
pub const MAX_SENDER_ID: usize = 12;
/// Longest alphanumeric sender id that networks promise to carry.
pub const SAFE_SENDER_ID: usize = 11;

/// The basic table: one septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table: an escape and a septet each.
const EXTENSION: &str = "^{}\\[~]|€\u{c}";

/// How the text is written on the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub enum SmsEncoding {
    /// Seven bits a character: 160 in one part, 153 in each of several.
    #[serde(rename = "GSM-7")]
    Gsm7,
    /// Sixteen bits a character: 70 in one part, 67 in each of several.
    #[serde(rename = "UCS-2")]
    Ucs2,
}

impl SmsEncoding {
    /// Units in a message of a single part.
    pub fn single(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units in each part of a longer message, whose header takes the rest.
    pub fn concatenated(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// Units that one character takes.
    fn units(self, char: char) -> usize {
        match self {
            Self::Gsm7 if EXTENSION.contains(char) => 2,
            Self::Gsm7 => 1,
            Self::Ucs2 => char.len_utf16(),
        }
    }
}

/// A character that made the text leave the GSM alphabet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForeignCharacter {
    /// The character.
    pub character: String,
    /// Where it first is, in characters from 0.
    pub position: usize,
    /// What could stand there instead, in the GSM alphabet.
    pub replacement: Option<&'static str>,
}

/// The counts that the editor of an SMS shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsCount {
    /// The alphabet that the text needs.
    pub encoding: SmsEncoding,
    /// Characters of the text alone.
    pub characters: usize,
    /// Characters of sender id, colon, blank and text.
    pub total_chars: usize,
    /// Units on the air: septets, or UTF-16 units.
    pub units: usize,
    /// Parts on the air; 0 for an empty text.
    pub parts: usize,
    /// Units that fit into each part at this length.
    pub units_per_part: usize,
    /// Units that are free in the last part.
    pub remaining: usize,
    /// What is not in the GSM alphabet, each character once, at most 20.
    pub foreign: Vec<ForeignCharacter>,
}

/// What is wrong with a sender id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SenderIdProblem {
    /// Longer than [`MAX_SENDER_ID`]: refused.
    TooLong,
    /// Longer than [`SAFE_SENDER_ID`]: some networks cut it. A warning.
    MayBeCut,
    /// Has characters that networks do not carry: refused.
    BadCharacter,
}

/// Judges a sender id: letters, digits, blanks and a few signs, or a number.
pub fn check_sender_id(sender: &str) -> Option<SenderIdProblem> {
    let length = sender.chars().count();
    let digits = sender.strip_prefix('+').unwrap_or(sender);
    let number = (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !sender.chars().all(|char| char.is_ascii_alphanumeric() || " .-_&+".contains(char)) {
        return Some(SenderIdProblem::BadCharacter);
    }
    match length {
        _ if number => None,
        ..=SAFE_SENDER_ID => None,
        MAX_SENDER_ID => Some(SenderIdProblem::MayBeCut),
        _ => Some(SenderIdProblem::TooLong),
    }
}

/// Counts a text. `sender_prefixed` says that the route writes the sender id before the text, so that it is part of what
/// goes on the air; the parts are those of what goes on the air.
pub fn count_sms(sender: &str, text: &str, sender_prefixed: bool) -> SmsCount {
    let characters = text.chars().count();
    let prefix = if sender.is_empty() { String::new() } else { format!("{sender}: ") };
    let total_chars = prefix.chars().count() + characters;
    let on_air = if sender_prefixed && !text.is_empty() { format!("{prefix}{text}") } else { text.to_owned() };
    let encoding = if on_air.chars().all(is_gsm) { SmsEncoding::Gsm7 } else { SmsEncoding::Ucs2 };
    let units = on_air.chars().map(|char| encoding.units(char)).sum();
    let (parts, units_per_part, remaining) = split(&on_air, encoding, units);
    SmsCount { encoding, characters, total_chars, units, parts, units_per_part, remaining, foreign: foreign(text) }
}

fn is_gsm(char: char) -> bool {
    BASIC.contains(char) || EXTENSION.contains(char)
}

/// Parts, units in each, and what is free in the last. A character of two units is never cut in two.
fn split(text: &str, encoding: SmsEncoding, units: usize) -> (usize, usize, usize) {
    if units <= encoding.single() {
        return (usize::from(units > 0), encoding.single(), encoding.single() - units);
    }
    let room = encoding.concatenated();
    let (mut parts, mut used) = (1, 0);
    for char in text.chars() {
        let units = encoding.units(char);
        if used + units > room {
            parts += 1;
            used = 0;
        }
        used += units;
    }
    (parts, room, room - used)
}

/// The characters that are not in the GSM alphabet, each once.
fn foreign(text: &str) -> Vec<ForeignCharacter> {
    let mut found: Vec<ForeignCharacter> = Vec::new();
    for (position, char) in text.chars().enumerate() {
        let mut buffer = [0; 4];
        let character: &str = char.encode_utf8(&mut buffer);
        if !is_gsm(char) && found.len() < 20 && found.iter().all(|one| one.character != character) {
            found.push(ForeignCharacter { character: character.to_owned(), position, replacement: replacement(char) });
        }
    }
    found
}

/// What word processors put where the GSM alphabet has a plain sign.
fn replacement(char: char) -> Option<&'static str> {
    match char {
        '…' => Some("..."),
        '‘' | '’' | '‚' | '`' | '´' => Some("'"),
        '“' | '”' | '„' | '«' | '»' => Some("\""),
        '–' | '—' | '‐' | '‑' | '−' => Some("-"),
        '\u{a0}' | '\u{2009}' | '\u{202f}' | '\t' => Some(" "),
        '\u{200b}' | '\u{feff}' => Some(""),
        '•' => Some("-"),
        'ç' => Some("Ç"),
        'á' | 'â' | 'ã' => Some("a"),
        'ê' | 'ë' => Some("e"),
        'í' | 'î' | 'ï' => Some("i"),
        'ó' | 'ô' | 'õ' => Some("o"),
        'ú' | 'û' => Some("u"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (SmsEncoding, usize, usize) {
        let count = count_sms("", text, false);
        (count.encoding, count.units, count.parts)
    }

    #[test]
    fn gsm_parts_are_160_then_153() {
        assert_eq!(parts(""), (SmsEncoding::Gsm7, 0, 0));
        assert_eq!(parts(&"a".repeat(160)), (SmsEncoding::Gsm7, 160, 1));
        assert_eq!(parts(&"a".repeat(161)), (SmsEncoding::Gsm7, 161, 2));
        assert_eq!(parts(&"a".repeat(306)), (SmsEncoding::Gsm7, 306, 2));
        assert_eq!(parts(&"a".repeat(307)), (SmsEncoding::Gsm7, 307, 3));
    }

    #[test]
    fn the_extension_table_takes_two_and_is_not_cut() {
        assert_eq!(parts("€"), (SmsEncoding::Gsm7, 2, 1));
        assert_eq!(parts(&"€".repeat(80)), (SmsEncoding::Gsm7, 160, 1));
        // 152 units fill the first part: the last euro sign does not fit and moves on.
        assert_eq!(parts(&"€".repeat(153)), (SmsEncoding::Gsm7, 306, 3));
    }

    #[test]
    fn ucs2_parts_are_70_then_67_and_emoji_are_not_cut() {
        assert_eq!(parts(&"č".repeat(70)), (SmsEncoding::Ucs2, 70, 1));
        assert_eq!(parts(&"č".repeat(71)), (SmsEncoding::Ucs2, 71, 2));
        assert_eq!(parts(&"😀".repeat(35)), (SmsEncoding::Ucs2, 70, 1));
        assert_eq!(parts(&"😀".repeat(67)), (SmsEncoding::Ucs2, 134, 3), "33 pairs a part");
    }

    #[test]
    fn total_is_sender_colon_blank_text_and_parts_are_what_goes_on_the_air() {
        let text = "a".repeat(155);
        let apart = count_sms("Equitel", &text, false);
        assert_eq!((apart.characters, apart.total_chars, apart.parts, apart.remaining), (155, 164, 1, 5));
        let prefixed = count_sms("Equitel", &text, true);
        assert_eq!((prefixed.total_chars, prefixed.units, prefixed.parts), (164, 164, 2));
    }

    #[test]
    fn foreign_characters_are_named_with_a_way_out() {
        let count = count_sms("JAMII", "tu… wiki… “sasa”", false);
        assert_eq!(count.encoding, SmsEncoding::Ucs2);
        assert_eq!(
            count.foreign.iter().map(|one| (one.character.as_str(), one.position, one.replacement)).collect::<Vec<_>>(),
            [("…", 2, Some("...")), ("“", 10, Some("\"")), ("”", 15, Some("\""))]
        );
    }

    #[test]
    fn sender_ids() {
        assert_eq!(check_sender_id("Equitel"), None);
        assert_eq!(check_sender_id("ELEVENCHARS"), None);
        assert_eq!(check_sender_id("TWELVE CHARS"), Some(SenderIdProblem::MayBeCut));
        assert_eq!(check_sender_id("THIRTEEN CHAR"), Some(SenderIdProblem::TooLong));
        assert_eq!(check_sender_id("Café"), Some(SenderIdProblem::BadCharacter));
        assert_eq!(check_sender_id("+254700000000"), None, "a number may be longer");
    }

    proptest::proptest! {
        #[test]
        fn parts_hold_the_text_and_none_is_superfluous(text in "[a-z€č😀]{0,500}") {
            let count = count_sms("", &text, false);
            if count.parts > 1 {
                proptest::prop_assert!(count.units > count.encoding.single());
                proptest::prop_assert!(count.parts * count.units_per_part >= count.units);
                // At most one unit of each full part is left free by a character of two.
                proptest::prop_assert!((count.parts - 1) * (count.units_per_part - 1) < count.units);
            } else {
                proptest::prop_assert!(count.units <= count.encoding.single());
            }
        }
    }
}
