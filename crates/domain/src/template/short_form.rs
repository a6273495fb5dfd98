//! The short form `{first_name}` of plain text, translated to the long form.

/// A source in the long form, with the way back to the offsets of what was typed.
pub(crate) struct LongForm {
    /// The source as the template engine reads it.
    pub source: String,
    /// For each short placeholder: where it begins in `source`, and where it began and ended in what was typed.
    replaced: Vec<Replaced>,
}

struct Replaced {
    long_start: usize,
    long_end: usize,
    typed_start: usize,
    typed_end: usize,
}

/// Braces that the long form adds on each side of a name.
const ADDED: usize = 1;

impl LongForm {
    /// A source that has no short form: HTML, whose style sheets are full of braces.
    pub fn verbatim(typed: &str) -> Self {
        Self { source: typed.to_owned(), replaced: Vec::new() }
    }

    /// Translates `{name}` to `{{name}}`, leaving everything inside `{{ }}`, `{% %}` and `{# #}` as it is.
    pub fn translate(typed: &str) -> Self {
        let mut long = Self { source: String::with_capacity(typed.len() + 16), replaced: Vec::new() };
        let mut at = 0;
        while let Some(found) = typed[at..].find('{') {
            let open = at + found;
            long.source.push_str(&typed[at..open]);
            let rest = &typed[open..];
            let skipped = tag_length(rest);
            if skipped > 0 {
                long.source.push_str(&rest[..skipped]);
                at = open + skipped;
            } else if let Some(length) = placeholder_length(rest) {
                let long_start = long.source.len();
                long.source.push('{');
                long.source.push_str(&rest[..length]);
                long.source.push('}');
                long.replaced.push(Replaced {
                    long_start,
                    long_end: long.source.len(),
                    typed_start: open,
                    typed_end: open + length,
                });
                at = open + length;
            } else {
                long.source.push('{');
                at = open + 1;
            }
        }
        long.source.push_str(&typed[at..]);
        long
    }

    /// The offset in what was typed that an offset in the long form came from.
    pub fn typed_offset(&self, offset: usize) -> usize {
        let before = self.replaced.partition_point(|one| one.long_start <= offset);
        let Some(last) = before.checked_sub(1).and_then(|index| self.replaced.get(index)) else {
            return offset;
        };
        if offset >= last.long_end {
            return last.typed_end + (offset - last.long_end);
        }
        let inside = (offset - last.long_start).saturating_sub(ADDED);
        (last.typed_start + inside).min(last.typed_end)
    }
}

/// Length of the tag that `text` begins with, 0 when it begins with none. A tag that is not closed reaches to the end.
fn tag_length(text: &str) -> usize {
    let close = match text.as_bytes().get(1) {
        Some(b'{') => "}}",
        Some(b'%') => "%}",
        Some(b'#') => return text.find("#}").map_or(text.len(), |end| end + 2),
        _ => return 0,
    };
    if close == "%}" && opens_raw(text) {
        return raw_length(text);
    }
    end_of_expression(text, close).unwrap_or(text.len())
}

/// Where the expression ends, closing braces included; braces inside of strings do not end it.
pub(crate) fn end_of_expression(text: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(2) {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if char == '\\' => escaped = true,
            Some(open) if char == open => quote = None,
            Some(_) => {}
            None if char == '"' || char == '\'' => quote = Some(char),
            None if text[at..].starts_with(close) => return Some(at + close.len()),
            None => {}
        }
    }
    None
}

fn opens_raw(text: &str) -> bool {
    let inside = text[2..].trim_start_matches(['-', '+']).trim_start();
    inside.strip_prefix("raw").is_some_and(|rest| rest.trim_start().trim_start_matches(['-', '+']).starts_with("%}"))
}

fn raw_length(text: &str) -> usize {
    let Some(end) = text.find("endraw") else {
        return text.len();
    };
    text[end..].find("%}").map_or(text.len(), |close| end + close + 2)
}

/// Length of `{name}` with a name of `[a-z_]+` at the beginning of `text`.
fn placeholder_length(text: &str) -> Option<usize> {
    let name = text[1..].bytes().take_while(|byte| byte.is_ascii_lowercase() || *byte == b'_').count();
    (name > 0 && text.as_bytes().get(1 + name) == Some(&b'}')).then_some(name + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(typed: &str) -> String {
        LongForm::translate(typed).source
    }

    #[test]
    fn short_placeholders_become_long_ones() {
        assert_eq!(long("Hi {first_name}, {preferred_product}!"), "Hi {{first_name}}, {{preferred_product}}!");
        assert_eq!(long("{a}{b}"), "{{a}}{{b}}");
    }

    #[test]
    fn what_is_no_short_placeholder_stays() {
        for text in [
            "{{ first_name }}",
            "{{first_name}}",
            "{% if tier == '{x}' %}a{% endif %}",
            "{{ '{name}' }}",
            "{{ \"}} {name}\" }}",
            "{# {name} #}",
            "{% raw %}{name}{% endraw %}",
            "{Name} { name } {name1} {} {",
            "{{ unclosed {name}",
        ] {
            assert_eq!(long(text), text);
        }
    }

    #[test]
    fn offsets_lead_back_to_what_was_typed() {
        let form = LongForm::translate("Hi {a} {b}!");
        assert_eq!(form.source, "Hi {{a}} {{b}}!");
        assert_eq!(form.typed_offset(0), 0);
        assert_eq!(form.typed_offset(5), 4, "the name a");
        assert_eq!(form.typed_offset(8), 6, "the blank after {{{{a}}}}");
        assert_eq!(form.typed_offset(11), 8, "the name b");
        assert_eq!(form.typed_offset(14), 10, "the exclamation mark");
    }

    proptest::proptest! {
        #[test]
        fn every_untouched_character_keeps_its_place(typed in "[a-z{} %#'_]{0,40}") {
            let form = LongForm::translate(&typed);
            proptest::prop_assert_eq!(form.typed_offset(form.source.len()), typed.len());
            let mut last = 0;
            for offset in 0..=form.source.len() {
                let back = form.typed_offset(offset);
                proptest::prop_assert!(back >= last && back <= typed.len());
                last = back;
            }
        }
    }
}
