//! Queries, procedures and scripts: a text, or an object where there is more to say.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::job::fields::{Fields, Found, join};
use crate::job::limits::{MAX_LINE, MAX_NAME, MAX_SCRIPT};

/// A query: `"SELECT …"`, or `{ "sql": "UPDATE …", "writes": true }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub sql: String,
    /// Whether it may change rows of the workspace; otherwise it runs in a read-only transaction.
    pub writes: bool,
}

impl Query {
    pub(super) fn read(value: &Value, path: &str, found: &Found) -> Option<Self> {
        if let Value::String(_) = value {
            return Some(Self { sql: script_text(value, path, found)?, writes: false });
        }
        let mut fields = Fields::of(value, path, found)?;
        let sql = fields.required_text("sql", MAX_SCRIPT, "Write the query.");
        let writes = fields.flag("writes").unwrap_or(false);
        fields.finish();
        Some(Self { sql: sql?, writes })
    }

    pub(super) fn to_json(&self) -> Value {
        if self.writes { json!({ "sql": self.sql, "writes": true }) } else { Value::String(self.sql.clone()) }
    }
}

/// A procedure or function of PostgreSQL, or a SQL script that is saved in the workspace; the step's parameters are its
/// arguments. `"name"`, or `{ "name": "…", "writes": true }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// `name` or `schema.name`.
    pub name: String,
    /// Whether a procedure may change rows; of a saved script, the script says it.
    pub writes: bool,
}

impl Procedure {
    pub(super) fn read(value: &Value, path: &str, found: &Found) -> Option<Self> {
        if let Value::Object(_) = value {
            let mut fields = Fields::of(value, path, found)?;
            let name = fields.value("name").cloned().unwrap_or(Value::Null);
            let name = procedure_name(&name, &join(path, "name"), found);
            let writes = fields.flag("writes").unwrap_or(false);
            fields.finish();
            return Some(Self { name: name?, writes });
        }
        Some(Self { name: procedure_name(value, path, found)?, writes: false })
    }

    pub(super) fn to_json(&self) -> Value {
        if self.writes { json!({ "name": self.name, "writes": true }) } else { Value::String(self.name.clone()) }
    }
}

fn procedure_name(value: &Value, path: &str, found: &Found) -> Option<String> {
    let is_identifier = |part: &str| {
        part.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    match value.as_str().map(str::trim) {
        Some(name) if name.len() <= MAX_NAME && name.split('.').count() <= 2 && name.split('.').all(is_identifier) => {
            Some(name.to_owned())
        }
        // The name goes into a statement, where nothing can be bound: hence an identifier and nothing else.
        _ => found.refuse(path, "bad_name", "Write the name of a procedure or a saved script, such as store_members."),
    }
}

/// A script: its text, or `{ "script": "…", "environment": { … }, "secrets": { … } }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    pub script: String,
    /// Variables that it sees beside the step's parameters; values may be `:name` or hold `{{ name }}`.
    pub environment: BTreeMap<String, String>,
    /// Variables filled from secrets: name of the variable → name of the secret.
    pub secrets: BTreeMap<String, String>,
}

impl Script {
    pub(super) fn read(value: &Value, path: &str, found: &Found) -> Option<Self> {
        if let Value::String(_) = value {
            let script = script_text(value, path, found)?;
            return Some(Self { script, environment: BTreeMap::new(), secrets: BTreeMap::new() });
        }
        let mut fields = Fields::of(value, path, found)?;
        let script = fields.required_text("script", MAX_SCRIPT, "Write the script.");
        let environment = fields.text_entries("environment", 50);
        let secrets = fields.text_entries("secrets", 50);
        for (group, names) in [("environment", &environment), ("secrets", &secrets)] {
            for (name, value) in names {
                if !is_variable(name) {
                    fields.refuse::<()>(
                        &format!("{group}.{name}"),
                        "bad_name",
                        "A variable's name is capitals, digits and _, such as API_URL.",
                    );
                } else if value.chars().count() > MAX_LINE {
                    fields.refuse::<()>(&format!("{group}.{name}"), "too_long", "This is too long for a variable.");
                }
            }
        }
        for name in secrets.keys().filter(|name| environment.contains_key(*name)) {
            fields.refuse::<()>(
                &format!("secrets.{name}"),
                "contradiction",
                format!("{name} is set in environment, too."),
            );
        }
        fields.finish();
        Some(Self { script: script?, environment, secrets })
    }

    pub(super) fn to_json(&self) -> Value {
        if self.environment.is_empty() && self.secrets.is_empty() {
            return Value::String(self.script.clone());
        }
        json!({ "script": self.script, "environment": self.environment, "secrets": self.secrets })
    }
}

/// Variables that decide which program runs are not for job files.
fn is_variable(name: &str) -> bool {
    let is_plain = name.chars().next().is_some_and(|c| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    is_plain && name.len() <= 100 && name != "PATH" && !name.starts_with("LD_")
}

fn script_text(value: &Value, path: &str, found: &Found) -> Option<String> {
    match value.as_str() {
        Some(text) if text.trim().is_empty() => found.refuse(path, "required", "This is empty."),
        Some(text) if text.chars().count() > MAX_SCRIPT => {
            found.refuse(path, "too_long", format!("This is longer than {MAX_SCRIPT} characters."))
        }
        Some(text) => Some(text.to_owned()),
        None => found.refuse(path, "wrong_type", "Write a text in quotes."),
    }
}
