//! One spelling for words that people write in many ways.

/// Longest text that is looked at, in characters. A reply says what it means at its beginning.
pub const MAX_CHARS: usize = 8_000;

/// Lower case, accents of en/sw/fr folded, typographic quotes made plain, runs of white space one
/// space. Digits and punctuation stay.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_CHARS));
    let mut gap = false;
    for c in text.chars().take(MAX_CHARS).flat_map(char::to_lowercase) {
        if c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}' {
            gap = !out.is_empty();
            continue;
        }
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue; // a combining accent that came apart from its letter
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        push_folded(&mut out, c);
    }
    out
}

fn push_folded(out: &mut String, c: char) {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => out.push('a'),
        'è' | 'é' | 'ê' | 'ë' => out.push('e'),
        'ì' | 'í' | 'î' | 'ï' => out.push('i'),
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => out.push('o'),
        'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
        'ç' => out.push('c'),
        'ñ' => out.push('n'),
        'œ' => out.push_str("oe"),
        'æ' => out.push_str("ae"),
        '’' | '‘' | 'ʼ' | '`' | '´' => out.push('\''),
        '“' | '”' | '«' | '»' => out.push('"'),
        '–' | '—' | '−' => out.push('-'),
        other => out.push(other),
    }
}

/// The words of a normalised text: letters, digits and inner apostrophes.
pub fn words(normalised: &str) -> impl Iterator<Item = &str> {
    normalised
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .map(|w| w.trim_matches('\''))
        .filter(|w| !w.is_empty())
}

/// The words joined by single spaces and with a space at both ends, so that `" stop "` finds the
/// word and not a part of another.
pub fn padded_words(normalised: &str) -> String {
    let mut out = String::with_capacity(normalised.len() + 2);
    out.push(' ');
    for word in words(normalised) {
        out.push_str(word);
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_is_folded() {
        assert_eq!(normalise("  Désabonnez-MOI,\n\ns’il\u{a0}vous plaît "), "desabonnez-moi, s'il vous plait");
        assert_eq!(normalise("de\u{301}sabonner"), "desabonner");
        assert_eq!(padded_words("don't stop-now!"), " don't stop now ");
    }
}
