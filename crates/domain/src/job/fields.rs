//! Reads JSON field by field and collects everything that is wrong with it, each with its path.
//!
//! Not serde's derive: that stops at the first mistake, and a person who writes a job file wants to hear of all of them.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::limits::MAX_CODE;
use crate::UnknownWord;
use crate::problem::Problem;
use crate::template::suggest::nearest;

/// Problems kept at most; more would help nobody.
const MAX_PROBLEMS: usize = 100;

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Found(RefCell<Vec<Problem>>);

impl Found {
    /// Notes a problem; gives `None`, so that reading goes on.
    pub fn refuse<T>(&self, path: impl Into<String>, code: &str, message: impl Into<String>) -> Option<T> {
        let mut problems = self.0.borrow_mut();
        if problems.len() < MAX_PROBLEMS {
            problems.push(Problem::new(path, code, message));
        }
        None
    }

    /// Everything, in the order in which it was found.
    pub fn into_problems(self) -> Vec<Problem> {
        self.0.into_inner()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

/// `steps[0].url` out of a path and a name.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Whether a name may stand after `:`: a small letter or `_`, then also digits.
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    text.len() <= MAX_CODE
        && chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a code is one: letters, digits, `-` and `_`, not empty.
pub(crate) fn is_code(text: &str) -> bool {
    (1..=MAX_CODE).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// One JSON object that is being read.
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    pub path: String,
    known: Vec<&'static str>,
    pub found: &'a Found,
}

impl<'a> Fields<'a> {
    /// An object at a path.
    pub fn of(value: &'a Value, path: impl Into<String>, found: &'a Found) -> Option<Self> {
        let path = path.into();
        match value.as_object() {
            Some(map) => Some(Self { map, path, known: Vec::new(), found }),
            None => found.refuse(path, "wrong_type", "Write an object: { … }."),
        }
    }

    /// The path of one of its fields.
    pub fn at(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// Refuses a field.
    pub fn refuse<T>(&self, name: &str, code: &str, message: impl Into<String>) -> Option<T> {
        self.found.refuse(self.at(name), code, message)
    }

    /// A field as it is; `null` is as if it were not there.
    pub fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Text of at most `max` characters; empty text is as if it were not there.
    pub fn text(&mut self, name: &'static str, max: usize) -> Option<String> {
        match self.value(name)? {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) if text.chars().count() > max => {
                self.refuse(name, "too_long", format!("This is longer than {max} characters."))
            }
            Value::String(text) => Some(text.clone()),
            _ => self.refuse(name, "wrong_type", "Write a text in quotes."),
        }
    }

    /// Text that has to be there.
    pub fn required_text(&mut self, name: &'static str, max: usize, what: &str) -> Option<String> {
        let before = self.found.len();
        let text = self.text(name, max);
        if text.is_none() && self.found.len() == before {
            return self.refuse(name, "required", what);
        }
        text
    }

    /// A whole number in a range.
    pub fn integer(&mut self, name: &'static str, range: &RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(name)?;
        match value.as_i64() {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) => {
                let (from, to) = (range.start(), range.end());
                let words = if *to == i64::MAX {
                    format!("Write a number of at least {from}.")
                } else {
                    format!("Write a number from {from} to {to}.")
                };
                self.refuse(name, "out_of_range", words)
            }
            None => self.refuse(name, "wrong_type", "Write a whole number without quotes."),
        }
    }

    /// A number of any kind.
    pub fn number(&mut self, name: &'static str) -> Option<f64> {
        let value = self.value(name)?;
        value.as_f64().or_else(|| self.refuse(name, "wrong_type", "Write a number without quotes."))
    }

    /// Yes or no.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        let value = self.value(name)?;
        value.as_bool().or_else(|| self.refuse(name, "wrong_type", "Write true or false."))
    }

    /// One of the words of an enumeration.
    pub fn word<W: FromStr<Err = UnknownWord>>(&mut self, name: &'static str) -> Option<W> {
        let Value::String(word) = self.value(name)? else {
            return self.refuse(name, "wrong_type", "Write a word in quotes.");
        };
        match word.parse() {
            Ok(word) => Some(word),
            Err(unknown) => self.refuse(
                name,
                "unknown_word",
                format!("“{word}” is not known here. Write one of: {}.", unknown.allowed),
            ),
        }
    }

    /// A list of at most `max` things.
    pub fn list(&mut self, name: &'static str, max: usize) -> Option<&'a Vec<Value>> {
        match self.value(name)? {
            Value::Array(list) if list.len() > max => {
                self.refuse(name, "too_many", format!("There can be at most {max} of these."))
            }
            Value::Array(list) => Some(list),
            _ => self.refuse(name, "wrong_type", "Write a list: [ … ]."),
        }
    }

    /// A list of texts.
    pub fn texts(&mut self, name: &'static str, max: usize, longest: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for (index, value) in self.list(name, max).into_iter().flatten().enumerate() {
            match value.as_str().map(str::trim) {
                Some(text) if !text.is_empty() && text.chars().count() <= longest => texts.push(text.to_owned()),
                _ => {
                    let path = format!("{}[{index}]", self.at(name));
                    self.found.refuse::<()>(path, "wrong_type", "Write a text in quotes.");
                }
            }
        }
        texts
    }

    /// The entries of an object inside.
    pub fn entries(&mut self, name: &'static str, max: usize) -> Option<&'a Map<String, Value>> {
        match self.value(name)? {
            Value::Object(map) if map.len() > max => {
                self.refuse(name, "too_many", format!("There can be at most {max} of these."))
            }
            Value::Object(map) => Some(map),
            _ => self.refuse(name, "wrong_type", "Write an object: { … }."),
        }
    }

    /// An object inside whose values are texts.
    pub fn text_entries(&mut self, name: &'static str, max: usize) -> std::collections::BTreeMap<String, String> {
        let mut texts = std::collections::BTreeMap::new();
        for (key, value) in self.entries(name, max).into_iter().flatten() {
            match value.as_str() {
                Some(text) => drop(texts.insert(key.clone(), text.to_owned())),
                None => drop(self.refuse::<()>(&format!("{name}.{key}"), "wrong_type", "Write a text in quotes.")),
            }
        }
        texts
    }

    /// Refuses what was not asked for: a field with a slip of the pen would silently do nothing.
    pub fn finish(self) {
        for key in self.map.keys().filter(|key| !self.known.contains(&key.as_str())) {
            let alike = nearest(key, self.known.iter().copied());
            let hint = alike.map_or_else(
                || format!("The fields here are: {}.", self.known.join(", ")),
                |name| format!("Did you mean {name}?"),
            );
            self.refuse::<()>(key, "unknown_field", format!("Muster does not know the field {key}. {hint}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn everything_wrong_is_found_at_once_with_its_path() {
        let found = Found::default();
        let value = json!({ "code": 5, "count": 11, "lists": ["a", ""], "flga": true, "Flag": null, "other": 1 });
        let mut fields = Fields::of(&value, "jobs[2]", &found).unwrap();
        assert_eq!(fields.text("code", 10), None);
        assert_eq!(fields.integer("count", &(1..=10)), None);
        assert_eq!(fields.texts("lists", 5, 5), ["a"]);
        assert_eq!(fields.required_text("name", 5, "Give it a name."), None);
        assert_eq!(fields.flag("flag"), None);
        fields.finish();
        let told: Vec<_> = found.into_problems().into_iter().map(|p| format!("{} {}", p.path, p.message)).collect();
        assert_eq!(
            told,
            [
                "jobs[2].code Write a text in quotes.",
                "jobs[2].count Write a number from 1 to 10.",
                "jobs[2].lists[1] Write a text in quotes.",
                "jobs[2].name Give it a name.",
                "jobs[2].flga Muster does not know the field flga. Did you mean flag?",
                "jobs[2].Flag Muster does not know the field Flag. Did you mean flag?",
                "jobs[2].other Muster does not know the field other. The fields here are: code, count, lists, name, flag.",
            ]
        );
    }
}
