//! `:name` and `{{ name }}`: where a job's text takes a value.
//!
//! - SQL binds `:name`; a value never becomes part of the text. `:name.part` reaches into an object.
//! - In parameters and typed actions a text that is `:name` and nothing else becomes the value with its type;
//!   `{{ name }}` inside a longer text is replaced by the value as text.
//! - A name is a parameter, one of [`super::parameter::BUILT_IN`], `event`, or an earlier step: its code with `_` for
//!   `-`, and then what it gave: `:evaluate_segment_vip.rows`.

use std::ops::Range;

use serde_json::{Map, Value};

use super::fields::is_name;

/// A value's name in a text, and the bytes that it takes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// `campaign_id`, or `evaluate_vip.rows`.
    pub name: String,
    /// With the colon.
    pub range: Range<usize>,
}

/// The name under which later steps see a step: `evaluate-vip` is `evaluate_vip`.
pub fn step_name(code: &str) -> String {
    code.replace('-', "_").to_ascii_lowercase()
}

/// Every `:name` of a query, in order. Not in quotes, comments or dollar quotes, and not `::type`.
pub fn in_sql(sql: &str) -> Vec<Reference> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = match (quoted(sql, at), bytes[at], bytes.get(at + 1)) {
            (Some(end), ..) => end,
            (None, b':', Some(b':')) => at + 2,
            (None, b':', _) => match name_at(&sql[at + 1..]) {
                "" => at + 1,
                name => {
                    let end = at + 1 + name.len();
                    found.push(Reference { name: name.to_owned(), range: at..end });
                    end
                }
            },
            _ => at + 1,
        };
    }
    found
}

/// The statements of a script, parted by `;` where that is not in quotes or comments. What holds nothing but space and
/// comments is none.
pub fn statements(sql: &str) -> Vec<&str> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let (mut from, mut at) = (0, 0);
    let mut says_something = false;
    while at <= bytes.len() {
        if at == bytes.len() || bytes[at] == b';' {
            let part = sql[from..at].trim();
            if says_something && !part.is_empty() {
                found.push(part);
            }
            (from, says_something) = (at + 1, false);
            at += 1;
        } else {
            let is_comment = sql[at..].starts_with("--") || sql[at..].starts_with("/*");
            let first = sql[at..].chars().next().unwrap_or(' ');
            // Space is what `trim` takes away.
            says_something |= !is_comment && !first.is_whitespace();
            at = quoted(sql, at).unwrap_or(at + first.len_utf8());
        }
    }
    found
}

/// The word that a statement begins with, in capitals, past comments and brackets: `SELECT`.
pub fn first_word(sql: &str) -> String {
    let mut at = 0;
    while let Some(c) = sql[at..].chars().next() {
        if sql[at..].starts_with("--") || sql[at..].starts_with("/*") {
            at = quoted(sql, at).unwrap_or(sql.len());
        } else if c.is_whitespace() || c == '(' {
            at += c.len_utf8();
        } else {
            break;
        }
    }
    sql[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>().to_ascii_uppercase()
}

/// The byte after what begins here, where a quote or a comment does.
fn quoted(sql: &str, at: usize) -> Option<usize> {
    let bytes = sql.as_bytes();
    match (bytes[at], bytes.get(at + 1)) {
        (quote @ (b'\'' | b'"' | b'`'), _) => Some(after(sql, at + 1, char::from(quote).encode_utf8(&mut [0; 4]))),
        (b'-', Some(b'-')) => Some(after(sql, at, "\n")),
        (b'/', Some(b'*')) => Some(after(sql, at + 2, "*/")),
        (b'$', _) => Some(after_dollar_quote(sql, at)),
        _ => None,
    }
}

/// The byte after the next `end`; the end of the text where there is none.
fn after(text: &str, from: usize, end: &str) -> usize {
    text[from..].find(end).map_or(text.len(), |found| from + found + end.len())
}

/// PostgreSQL's `$tag$ … $tag$`; past the dollar where it is none.
fn after_dollar_quote(sql: &str, at: usize) -> usize {
    let tag = sql[at + 1..].bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    let end = at + 1 + tag;
    let starts_with_digit = sql.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
    if sql.as_bytes().get(end) == Some(&b'$') && !starts_with_digit {
        after(sql, end + 1, &sql[at..=end])
    } else {
        at + 1
    }
}

/// The longest `name` or `name.part.part` that a text begins with.
fn name_at(text: &str) -> &str {
    let mut end = 0;
    for part in text.split('.') {
        let length = part.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let start = if end == 0 { 0 } else { end + 1 };
        if !is_name(&part[..length]) {
            break;
        }
        end = start + length;
        if length < part.len() {
            break;
        }
    }
    &text[..end]
}

/// The name where a text is one reference and nothing else.
fn whole(text: &str) -> Option<&str> {
    let name = text.strip_prefix(':')?;
    (!name.is_empty() && name_at(name) == name).then_some(name)
}

/// The names between `{{` and `}}`, with the bytes that they take with their braces.
fn placeholders(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("{{").map(|at| from + at) {
        let Some(end) = text[start..].find("}}").map(|at| start + at) else { break };
        let name = text[start + 2..end].trim();
        if !name.is_empty() && name_at(name) == name {
            found.push(Reference { name: name.to_owned(), range: start..end + 2 });
        }
        from = end + 2;
    }
    found
}

/// Every name that a JSON value refers to, in `:name` and `{{ name }}`.
pub fn in_value(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => match whole(text) {
            Some(name) => vec![name.to_owned()],
            None => placeholders(text).into_iter().map(|reference| reference.name).collect(),
        },
        Value::Array(list) => list.iter().flat_map(in_value).collect(),
        Value::Object(map) => map.values().flat_map(in_value).collect(),
        _ => Vec::new(),
    }
}

/// The value of a name: `a.b` is `b` of the object `a`. What is not there is `null`.
pub fn look_up<'a>(scope: &'a Map<String, Value>, name: &str) -> &'a Value {
    let mut parts = name.split('.');
    let first = parts.next().and_then(|part| scope.get(part)).unwrap_or(&Value::Null);
    parts.fold(first, |value, part| value.get(part).unwrap_or(&Value::Null))
}

/// A JSON value with its references replaced.
pub fn fill(value: &Value, scope: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => match whole(text) {
            Some(name) => look_up(scope, name).clone(),
            None => Value::String(fill_text(text, scope)),
        },
        Value::Array(list) => list.iter().map(|value| fill(value, scope)).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), fill(value, scope))).collect(),
        other => other.clone(),
    }
}

/// A text with its `{{ name }}` replaced. Values are not looked through again.
pub fn fill_text(text: &str, scope: &Map<String, Value>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut from = 0;
    for Reference { name, range } in placeholders(text) {
        filled.push_str(&text[from..range.start]);
        match look_up(scope, &name) {
            Value::Null => {}
            Value::String(value) => filled.push_str(value),
            value => filled.push_str(&value.to_string()),
        }
        from = range.end;
    }
    filled.push_str(&text[from..]);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn names(sql: &str) -> Vec<String> {
        in_sql(sql).into_iter().map(|r| r.name).collect()
    }

    #[test]
    fn a_query_names_its_values() {
        assert_eq!(
            names("SELECT status FROM campaigns WHERE id = :campaign_id AND n > :vip.rows."),
            ["campaign_id", "vip.rows"]
        );
        assert_eq!(names("SELECT a::text, ':no', \"x:no\", 'it''s :no' -- :no\n, /* :no */ :yes"), ["yes"]);
        assert_eq!(names("SELECT $$ :no $$, $f$ :no $$ :no $f$, $1, :yes WHERE t = '10:30' AND :Upper"), ["yes"]);
        assert_eq!(names("SELECT ':never closed"), Vec::<String>::new());
        let found = in_sql("ä = :a;");
        assert_eq!(&"ä = :a;"[found[0].range.clone()], ":a");
    }

    #[test]
    fn a_script_is_parted_into_its_statements() {
        assert_eq!(
            statements("SELECT ';' ; -- one;\n ;INSERT INTO a VALUES ('it''s', $$;$$)/* ; */;\n"),
            ["SELECT ';'", "INSERT INTO a VALUES ('it''s', $$;$$)/* ; */"]
        );
        assert_eq!(statements(" -- nothing\n; /* here */ ;\u{b}/* nor here"), Vec::<&str>::new());
        assert_eq!(statements("SELECT 1"), ["SELECT 1"]);
        assert_eq!(first_word("/* a */ -- b\n ((select 1)) "), "SELECT");
        assert_eq!((first_word(""), first_word("--")), (String::new(), String::new()));
    }

    #[test]
    fn a_whole_reference_keeps_its_type_and_a_placeholder_becomes_text() {
        let scope = json!({ "campaign_id": 789, "vip": { "rows": 12, "list": [1] }, "sly": "{{ campaign_id }}" });
        let scope = scope.as_object().unwrap();
        let value = json!({ "id": ":campaign_id", "text": "{{vip.rows}} of {{ campaign_id }}: {{ sly }}", "gone": [":nobody", "10:30"], "n": 1 });
        assert_eq!(
            fill(&value, scope),
            json!({ "id": 789, "text": "12 of 789: {{ campaign_id }}", "gone": [null, "10:30"], "n": 1 })
        );
        assert_eq!(in_value(&value), ["campaign_id", "vip.rows", "campaign_id", "sly", "nobody"]);
        assert_eq!(fill_text("{{ vip.list }}{{ no }}{{ open", scope), "[1]{{ open");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,60}|[:a-z.'\"$/*{} -]{0,60}") {
            for reference in in_sql(&text) {
                prop_assert_eq!(&text[reference.range.clone()], format!(":{}", reference.name));
            }
            for statement in statements(&text) {
                prop_assert!(!statement.is_empty() && text.contains(statement));
            }
            first_word(&text);
            let scope = Map::new();
            fill(&Value::String(text), &scope);
        }
    }
}
