//! What a step says: log lines and values, with its secrets hidden.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::child::Masks;
use crate::jobs::step::{LogLevel, LogLine, MAX_LOG_LINE, Said, SaidSender};

/// Secrets shorter than this stand in any text by chance: hiding them would make it unreadable and give them away.
const SHORTEST_SECRET: usize = 4;

/// What a step says.
pub(super) struct Talk {
    said: SaidSender,
    secrets: Vec<SecretString>,
}

impl Talk {
    pub fn new(said: SaidSender) -> Self {
        Self { said, secrets: Vec::new() }
    }

    /// Hides this from now on, also as it stands in JSON and in an address, and without the blanks around it: it is used so.
    pub fn hide(&mut self, secret: &SecretString) {
        let whole = secret.expose_secret();
        for plain in [whole, whole.trim()] {
            let in_json = Value::String(plain.to_owned()).to_string();
            let in_address = super::api_call::encoded(plain);
            for form in [plain, in_json.trim_matches('"'), &in_address] {
                let is_known = self.secrets.iter().any(|secret| secret.expose_secret() == form);
                if form.len() >= SHORTEST_SECRET && !is_known {
                    self.secrets.push(SecretString::from(form));
                }
            }
        }
    }

    /// A text without secrets.
    pub fn hidden(&self, text: &str) -> String {
        if self.secrets.is_empty() {
            return text.to_owned();
        }
        String::from_utf8_lossy(&Masks::new(self.secrets.iter()).hide(text.as_bytes(), usize::MAX)).into_owned()
    }

    pub fn hide_in(&self, map: &mut Map<String, Value>) {
        map.values_mut().for_each(|value| self.hide_in_value(value));
    }

    pub fn hide_in_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.hidden(text),
            Value::Array(list) => list.iter_mut().for_each(|value| self.hide_in_value(value)),
            Value::Object(map) => self.hide_in(map),
            _ => {}
        }
    }

    pub async fn info(&self, text: &str) {
        self.say(LogLevel::Info, text).await;
    }

    pub async fn warn(&self, text: &str) {
        self.say(LogLevel::Warning, text).await;
    }

    pub async fn error(&self, text: &str) {
        self.say(LogLevel::Error, text).await;
    }

    /// How far it has come, 0 to 1.
    pub async fn progress(&self, share: f64) {
        let _ = self.said.send(Said::Progress(share)).await;
    }

    /// Says it on one line each.
    pub async fn say(&self, level: LogLevel, text: &str) {
        for line in self.hidden(text).lines() {
            let message = line.chars().take(MAX_LOG_LINE).collect();
            // Nobody reads it any more: the step goes on all the same.
            let _ = self.said.send(Said::Line(LogLine { level, message })).await;
        }
    }
}

/// A value in a sentence.
pub(super) fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| String::from("no row"), Value::to_string)
}
