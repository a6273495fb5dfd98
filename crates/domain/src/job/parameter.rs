//! Parameters of a job: declared with their type, filled in when it starts.
//!
//! ```json
//! "parameters": { "campaign_id": { "type": "id", "required": true }, "limit": 100 }
//! ```
//! A bare value declares a parameter of its type with that default.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::fields::{Fields, Found, is_name, join};
use super::limits::{MAX_DESCRIPTION, MAX_PARAMETERS};
use crate::problem::Problem;

crate::text_enum! {
    /// What a parameter is.
    pub enum ParameterType {
        Text = "text",
        /// A whole number.
        Integer = "integer",
        Number = "number",
        Boolean = "boolean",
        /// A day: `2026-11-24`.
        Date = "date",
        /// `2026-11-24T10:41:00Z`.
        Moment = "moment",
        /// The id of something in Muster: a UUID or a number.
        Id = "id",
        List = "list",
        Object = "object",
    }
}

impl ParameterType {
    /// A value as somebody types it: `5`, `true`, `["a"]`, and any text where a text, a day or a moment is wanted. None for
    /// what cannot be one.
    pub fn parse(self, text: &str) -> Option<Value> {
        let value = match self {
            Self::Text | Self::Date | Self::Moment => Value::String(text.to_owned()),
            Self::Id => text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
            Self::Integer | Self::Number | Self::Boolean | Self::List | Self::Object => {
                serde_json::from_str(text).ok()?
            }
        };
        self.accepts(&value).then_some(value)
    }

    /// The type of a bare value.
    fn of(value: &Value) -> Self {
        match value {
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
            Value::String(_) | Value::Null => Self::Text,
        }
    }

    /// Whether a value is one of this type.
    pub fn accepts(self, value: &Value) -> bool {
        let text = |is_it: fn(&str) -> bool| value.as_str().is_some_and(is_it);
        match self {
            Self::Text => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Date => text(|t| t.len() == 10 && crate::time::parse_moment(t).is_some()),
            Self::Moment => text(|t| t.len() > 10 && crate::time::parse_moment(t).is_some()),
            Self::Id => value.is_i64() || text(|t| uuid::Uuid::try_parse(t).is_ok()),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    /// How to write one.
    pub fn how(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Date => "a day such as \"2026-11-24\"",
            Self::Moment => "a moment such as \"2026-11-24T10:41:00Z\"",
            Self::Id => "an id: a UUID in quotes or a number",
            Self::List => "a list: [ … ]",
            Self::Object => "an object: { … }",
        }
    }
}

/// A declared parameter.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Parameter {
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// Whether a start without it is refused; it has no default then.
    pub required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// Parameters by name.
pub type Parameters = BTreeMap<String, Parameter>;

impl Parameter {
    fn read(value: &Value, path: String, found: &Found) -> Option<Self> {
        if !value.as_object().is_some_and(|map| map.contains_key("type")) {
            return Some(Self {
                kind: ParameterType::of(value),
                required: false,
                default: (!value.is_null()).then(|| value.clone()),
                description: String::new(),
            });
        }
        let mut fields = Fields::of(value, path, found)?;
        let kind = fields.word::<ParameterType>("type");
        let required = fields.flag("required").unwrap_or(false);
        let default = fields.value("default").cloned();
        let description = fields.text("description", MAX_DESCRIPTION).unwrap_or_default();
        if let (Some(kind), Some(value)) = (kind, &default)
            && !kind.accepts(value)
        {
            fields.refuse::<()>("default", "wrong_type", format!("The default has to be {}.", kind.how()));
        }
        if required && default.is_some() {
            fields.refuse::<()>(
                "default",
                "contradiction",
                "A required parameter has no default: leave one of the two out.",
            );
        }
        fields.finish();
        Some(Self { kind: kind?, required, default, description })
    }
}

/// The declarations of a job.
pub(super) fn read(fields: &mut Fields<'_>) -> Parameters {
    let mut parameters = Parameters::new();
    let path = fields.at("parameters");
    for (name, value) in fields.entries("parameters", MAX_PARAMETERS).into_iter().flatten() {
        let path = join(&path, name);
        if !is_name(name) {
            fields.found.refuse::<()>(path, "bad_name", "A parameter's name is small letters, digits and _.");
        } else if BUILT_IN.contains(&name.as_str()) || name == EVENT {
            fields.found.refuse::<()>(path, "reserved_name", format!("{name} is always there: choose another name."));
        } else if let Some(parameter) = Parameter::read(value, path, fields.found) {
            parameters.insert(name.clone(), parameter);
        }
    }
    parameters
}

/// Parameters that every execution has: its id, its day in the job's timezone (`2026-11-24`), the moment it started as
/// RFC 3339 and in UTC milliseconds as columns have it, the job's code and the step's attempt, from 1.
pub const BUILT_IN: [&str; 6] =
    ["execution_id", "execution_date", "started_at", "started_at_ms", "job_code", "attempt"];
/// The payload of the event that started an event-driven job: `:event.campaign_id`.
pub const EVENT: &str = "event";

/// The values of an execution's parameters. The first source that has a name gives its value: what was asked for, the
/// event that started it, the parameters of the execution it follows. Then the default; else `null`.
///
/// # Errors
/// For the person who starts it: what is missing, of another type, or (in the first source only) not declared.
pub fn resolve(declared: &Parameters, sources: &[&Map<String, Value>]) -> Result<Map<String, Value>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut values = Map::new();
    for name in sources.first().into_iter().flat_map(|asked| asked.keys()) {
        if !declared.contains_key(name) {
            problems.push(Problem::new(
                format!("parameters.{name}"),
                "unknown_parameter",
                format!("This job has no parameter {name}."),
            ));
        }
    }
    for (name, parameter) in declared {
        let given = sources.iter().find_map(|source| source.get(name).filter(|value| !value.is_null()));
        let path = || format!("parameters.{name}");
        match given.or(parameter.default.as_ref()) {
            Some(value) if parameter.kind.accepts(value) => drop(values.insert(name.clone(), value.clone())),
            Some(_) => {
                problems.push(Problem::new(path(), "wrong_type", format!("{name} has to be {}.", parameter.kind.how())))
            }
            None if parameter.required => {
                problems.push(Problem::new(path(), "required", format!("This job does not start without {name}.")));
            }
            None => drop(values.insert(name.clone(), Value::Null)),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn declared(value: &Value) -> Result<Parameters, Vec<Problem>> {
        let found = Found::default();
        let value = json!({ "parameters": value });
        let parameters = read(&mut Fields::of(&value, "", &found).unwrap());
        let problems = found.into_problems();
        if problems.is_empty() { Ok(parameters) } else { Err(problems) }
    }

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn the_first_source_that_has_it_gives_the_value() {
        let declared = declared(
            &json!({ "campaign_id": { "type": "id", "required": true }, "limit": 100, "day": { "type": "date" } }),
        )
        .unwrap();
        let asked = map(json!({ "limit": 5 }));
        let event = map(json!({ "campaign_id": 789, "limit": 7, "other": true }));
        let values = resolve(&declared, &[&asked, &event]).unwrap();
        assert_eq!(Value::Object(values), json!({ "campaign_id": 789, "day": null, "limit": 5 }));
    }

    #[test]
    fn a_start_is_told_what_is_missing_wrong_or_unknown() {
        let declared =
            declared(&json!({ "campaign_id": { "type": "id", "required": true }, "day": { "type": "date" } })).unwrap();
        let asked = map(json!({ "dya": 1, "day": "tomorrow" }));
        let told: Vec<_> = resolve(&declared, &[&asked]).unwrap_err().into_iter().map(|p| (p.path, p.code)).collect();
        let expected = [("dya", "unknown_parameter"), ("campaign_id", "required"), ("day", "wrong_type")];
        assert_eq!(told, expected.map(|(path, code)| (format!("parameters.{path}"), code.to_owned())));
    }

    #[test]
    fn values_are_typed_as_they_are_declared() {
        use ParameterType as T;
        assert_eq!(T::Integer.parse("5"), Some(json!(5)));
        assert_eq!((T::Integer.parse("5.5"), T::Boolean.parse("yes"), T::Date.parse("soon")), (None, None, None));
        assert_eq!((T::Text.parse("5"), T::Id.parse("789")), (Some(json!("5")), Some(json!(789))));
        assert_eq!(T::List.parse(r#"["a"]"#), Some(json!(["a"])));
    }

    #[test]
    fn declarations_are_checked() {
        let refused = |value: Value| declared(&value).unwrap_err().remove(0).code;
        assert_eq!(refused(json!({ "Bad": 1 })), "bad_name");
        assert_eq!(refused(json!({ "attempt": 1 })), "reserved_name");
        assert_eq!(refused(json!({ "a": { "type": "integer", "default": "x" } })), "wrong_type");
        assert_eq!(refused(json!({ "a": { "type": "integer", "default": 1, "required": true } })), "contradiction");
        assert_eq!(refused(json!({ "a": { "type": "colour" } })), "unknown_word");
    }
}
