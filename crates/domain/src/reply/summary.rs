//! One line that says what a reply says.

const LONGEST: usize = 140;

/// The first sentence that says something (a greeting alone does not), at most 140 characters.
pub fn one_line(own_text: &str) -> String {
    let flat = own_text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentences = sentences(&flat);
    let chosen = sentences.iter().position(|s| !is_greeting(s)).unwrap_or(0);
    let mut line = String::new();
    // A very short first sentence ("Yes.") needs the next one to say something.
    for sentence in sentences.iter().skip(chosen) {
        if !line.is_empty() {
            if line.chars().count() >= 20 || line.chars().count() + sentence.chars().count() >= LONGEST {
                break;
            }
            line.push(' ');
        }
        line.push_str(sentence);
    }
    shorten(&line)
}

fn sentences(flat: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let bytes = flat.as_bytes();
    for (i, c) in flat.char_indices() {
        let ends = matches!(c, '.' | '!' | '?') && bytes.get(i + 1).is_none_or(|b| *b == b' ');
        if ends {
            parts.push(flat[start..=i].trim());
            start = i + 1;
        }
    }
    parts.push(flat[start..].trim());
    parts.retain(|p| !p.is_empty());
    parts
}

fn is_greeting(sentence: &str) -> bool {
    const HELLO: [&str; 12] = [
        "hi",
        "hello",
        "dear",
        "hey",
        "good morning",
        "good afternoon",
        "habari",
        "jambo",
        "mambo",
        "bonjour",
        "salut",
        "shikamoo",
    ];
    let lower = sentence.to_lowercase();
    HELLO.iter().any(|h| lower.starts_with(h)) && sentence.split(' ').count() <= 3
}

fn shorten(line: &str) -> String {
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    let cut: String = line.chars().take(LONGEST - 1).collect();
    let whole = cut.rfind(' ').filter(|at| *at > LONGEST / 2).map_or(cut.as_str(), |at| &cut[..at]);
    format!("{}…", whole.trim_end_matches([',', ';', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_line_says_what_matters() {
        assert_eq!(one_line("Hello.\nTell me more\nabout pricing"), "Tell me more about pricing");
        assert_eq!(one_line("Yes. Please call me at 3 pm. My number is the same."), "Yes. Please call me at 3 pm.");
        assert_eq!(one_line(""), "");
    }

    proptest! {
        #[test]
        fn it_is_one_short_line(text in "(?s).{0,600}") {
            let line = one_line(&text);
            prop_assert!(line.chars().count() <= LONGEST && !line.contains('\n'));
        }
    }
}
