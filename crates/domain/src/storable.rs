//! Text that both engines can keep. PostgreSQL has no U+0000, neither in text nor in JSON, while programs, their answers and their
//! output may say anything: so it is replaced where text enters Muster, and nobody has to think of it behind that.

use serde_json::{Map, Value};

const NUL: char = '\0';
/// U+FFFD, as for everything else that cannot be shown.
const INSTEAD: &str = "\u{fffd}";

/// A text without U+0000.
pub fn text(text: &mut String) {
    if text.contains(NUL) {
        *text = text.replace(NUL, INSTEAD);
    }
}

/// A JSON value without U+0000, in names as well.
pub fn json(value: &mut Value) {
    match value {
        Value::String(string) => text(string),
        Value::Array(list) => list.iter_mut().for_each(json),
        Value::Object(map) => object(map),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The same, of an object.
pub fn object(map: &mut Map<String, Value>) {
    map.values_mut().for_each(json);
    if map.keys().any(|name| name.contains(NUL)) {
        let named = std::mem::take(map).into_iter().map(|(mut name, value)| {
            text(&mut name);
            (name, value)
        });
        *map = named.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value;

    #[test]
    fn only_the_character_that_cannot_be_kept_is_replaced() {
        let mut given = value!({ "a\u{0}b": ["x\u{0}", { "y": "\u{0}\u{1}é" }], "n": 1, "none": null });
        json(&mut given);
        assert_eq!(given, value!({ "a\u{fffd}b": ["x\u{fffd}", { "y": "\u{fffd}\u{1}é" }], "n": 1, "none": null }));
        let before = given.clone();
        json(&mut given);
        assert_eq!(given, before);
    }
}
