//! The two most common mistakes, braces and conditions that are never closed: named where they open, not where the text ends.

use std::ops::Range;

use super::short_form::end_of_expression;

/// The first tag of `source` that nothing closes, and what to tell the person.
pub(crate) fn find_unclosed(source: &str) -> Option<(Range<usize>, String)> {
    let mut open: Vec<(Range<usize>, &str)> = Vec::new();
    let mut at = 0;
    while let Some(found) = source[at..].find('{') {
        let start = at + found;
        let rest = &source[start..];
        let close = match rest.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        // The end of the tag, unless the next one opens before it.
        let end =
            end_of_expression(rest, close).filter(|end| !rest[2..*end].contains("{{") && !rest[2..*end].contains("{%"));
        let Some(end) = end else {
            return Some((start..start + 2, format!("This “{}” is never closed with “{close}”.", &rest[..2])));
        };
        if close == "%}" {
            let word = rest[2..end].trim_start_matches(['-', '+']).split_whitespace().next().unwrap_or("");
            match word {
                "if" | "for" => open.push((start..start + end, word)),
                "endif" | "endfor" => {
                    open.pop();
                }
                _ => {}
            }
        }
        at = start + end;
    }
    let (range, word) = open.pop()?;
    Some((range, format!("This {{% {word} %}} is never closed with {{% end{word} %}}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Option<(usize, String)> {
        find_unclosed(source).map(|(range, message)| (range.start, message))
    }

    #[test]
    fn the_opening_is_named() {
        assert_eq!(found("a {{ name "), Some((2, "This “{{” is never closed with “}}”.".into())));
        assert_eq!(found("a {{ name } b {{ city }}"), Some((2, "This “{{” is never closed with “}}”.".into())));
        assert_eq!(
            found("{% if a %}{% if b %}{% endif %}"),
            Some((0, "This {% if %} is never closed with {% endif %}.".into()))
        );
        assert_eq!(found("{% if a %}{{ '}}' }}{% endif %} { {x}"), None);
    }
}
