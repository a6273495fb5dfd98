//! A statement with its values apart from its text.

use muster_domain::job::reference::{in_sql, look_up};
use serde_json::{Map, Value};

/// A statement with numbered places, and what goes there.
#[derive(Debug, PartialEq)]
pub(super) struct Bound<'a> {
    /// The text between the places.
    between: Vec<&'a str>,
    /// For each place its number, from 1: a name that comes twice has one.
    places: Vec<usize>,
    pub values: Vec<Value>,
}

impl<'a> Bound<'a> {
    /// Takes the values that a statement names.
    pub fn new(sql: &'a str, scope: &Map<String, Value>) -> Self {
        let (mut between, mut places, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut names: Vec<String> = Vec::new();
        let mut from = 0;
        for reference in in_sql(sql) {
            between.push(&sql[from..reference.range.start]);
            from = reference.range.end;
            let place = names.iter().position(|name| *name == reference.name).unwrap_or_else(|| {
                values.push(look_up(scope, &reference.name).clone());
                names.push(reference.name);
                names.len() - 1
            });
            places.push(place + 1);
        }
        between.push(&sql[from..]);
        Self { between, places, values }
    }

    /// The text, with each place written by `place`.
    pub fn text(&self, place: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        for (at, between) in self.between.iter().enumerate() {
            text.push_str(between);
            if let Some(number) = self.places.get(at) {
                text.push_str(&place(*number));
            }
        }
        text
    }
}

/// A value as PostgreSQL reads it from a text, for a type of this name; none is NULL.
pub(super) fn as_text(value: &Value, type_name: &str) -> Option<String> {
    let is_json = type_name.to_ascii_uppercase().starts_with("JSON") && !type_name.ends_with("[]");
    match value {
        Value::Null => None,
        Value::String(text) if !is_json => Some(text.clone()),
        Value::Array(list) if type_name.ends_with("[]") => {
            let element = |value: &Value| match as_text(value, "") {
                None => String::from("NULL"),
                Some(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            };
            Some(format!("{{{}}}", list.iter().map(element).collect::<Vec<_>>().join(",")))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_never_becomes_part_of_the_text() {
        let scope = json!({ "a": "'; DROP", "b": { "c": 2 } });
        let bound = Bound::new("SELECT :a, ':a', x::int WHERE y = :b.c AND z = :a", scope.as_object().unwrap());
        assert_eq!(bound.text(|n| format!("${n}")), "SELECT $1, ':a', x::int WHERE y = $2 AND z = $1");
        assert_eq!(bound.values, [json!("'; DROP"), json!(2)]);
    }

    #[test]
    fn values_are_written_as_the_server_reads_them() {
        assert_eq!(as_text(&json!(null), "UUID"), None);
        assert_eq!(as_text(&json!(true), "BOOL").unwrap(), "true");
        assert_eq!(as_text(&json!("a"), "JSONB").unwrap(), "\"a\"");
        assert_eq!(as_text(&json!("a"), "jsonb").unwrap(), "\"a\"");
        assert_eq!(as_text(&json!(["a\"b\\", null, 5]), "TEXT[]").unwrap(), r#"{"a\"b\\",NULL,"5"}"#);
    }
}
