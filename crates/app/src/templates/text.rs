//! One message as it is written: a creative of an offer, a template, or inline content. What it must have to be sent.

use muster_db::creatives::CreativeVersionRow;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::offer::content_of;
use muster_domain::sms::{SenderIdProblem, SmsCount, check_sender_id, count_sms};
use muster_domain::template::{
    ContentCheck, FieldValue, KnownNames, Part, Severity, StaticVariables, TemplateProblem, check_content, html_to_text,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// A message as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageText {
    #[schema(value_type = String)]
    pub channel: Channel,
    /// Language: `en`, `sw`, `fr-CD` …
    #[serde(default = "english")]
    pub locale: String,
    /// Sender id of an SMS, subject of a mail, title of a push notification.
    #[serde(default, alias = "subject")]
    pub title: String,
    #[serde(default)]
    pub preheader: String,
    #[serde(default)]
    pub text_body: String,
    #[serde(default)]
    pub html_body: String,
    /// Names and values that are the same for everybody.
    #[serde(default = "no_variables")]
    #[schema(value_type = Object)]
    pub variables: Value,
    #[serde(default)]
    pub sms_route: Option<String>,
}

fn english() -> String {
    String::from("en")
}

fn no_variables() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Something that is wrong with a message, by the field of the message it is in.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageProblem {
    /// `title`, `preheader`, `textBody`, `htmlBody`, `locale` or `variables`.
    pub field: &'static str,
    pub severity: Severity,
    pub code: &'static str,
    pub message: String,
    /// Line and columns (from 1, in characters), for mistakes in a template.
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub end_line: Option<u32>,
    pub end_column: Option<u32>,
    pub suggestion: Option<String>,
}

/// What is wrong with a message, what it uses, and how long it is.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageCheck {
    /// Whether it can be sent as it is.
    pub usable: bool,
    pub problems: Vec<MessageProblem>,
    pub variables: Vec<muster_domain::template::VariableUse>,
    /// Counts of an SMS before the variables are filled in.
    pub sms: Option<SmsCount>,
}

impl MessageText {
    /// The static variables as templates take them. What is neither text, number nor yes/no is left out.
    pub fn statics(&self) -> StaticVariables {
        let Some(map) = self.variables.as_object() else { return StaticVariables::new() };
        map.iter().filter_map(|(name, value)| Some((name.clone(), FieldValue::from_json(value)?))).collect()
    }

    /// The templates of the message.
    pub fn content(&self) -> muster_domain::template::ContentSource {
        content_of(self.channel, &self.title, &self.preheader, &self.text_body, &self.html_body)
    }

    /// Checks the message. `known` are the names besides its own variables.
    pub fn check(&self, known: &KnownNames) -> MessageCheck {
        let known = KnownNames { statics: self.statics(), ..known.clone() };
        let ContentCheck { problems, variables } = check_content(&self.content(), &known);
        let mut all = self.missing_parts();
        all.extend(problems.into_iter().map(from_template));
        let usable = all.iter().all(|problem| problem.severity == Severity::Warning);
        let sms = (self.channel == Channel::Sms).then(|| count_sms(&self.title, &self.text_body, false));
        MessageCheck { usable, problems: all, variables, sms }
    }

    /// What the channel needs and the message lacks.
    fn missing_parts(&self) -> Vec<MessageProblem> {
        let mut found = Vec::new();
        let blank = |text: &str| text.trim().is_empty();
        if !is_locale(&self.locale) {
            found.push(plain("locale", Severity::Error, "bad_locale", "A language is written as en, sw or fr-CD."));
        }
        if let Some(map) = self.variables.as_object() {
            let bad = map.iter().find(|(name, value)| !is_name(name) || FieldValue::from_json(value).is_none());
            if let Some((name, _)) = bad {
                let message =
                    format!("The variable “{name}” needs a name of letters, digits and _, and a text or a number.");
                found.push(plain("variables", Severity::Error, "bad_variable", &message));
            }
        } else {
            found.push(plain("variables", Severity::Error, "bad_variable", "Variables are names with values."));
        }
        match self.channel {
            Channel::Email => {
                if blank(&self.title) {
                    found.push(plain("title", Severity::Error, "missing_subject", "Write a subject."));
                }
                if blank(&self.html_body) && blank(&self.text_body) {
                    found.push(plain("htmlBody", Severity::Error, "missing_body", "Write the mail."));
                }
            }
            Channel::Sms => {
                found.extend(sender_problem(&self.title));
                if blank(&self.text_body) {
                    found.push(plain("textBody", Severity::Error, "missing_body", "Write the text."));
                }
            }
            Channel::Whatsapp | Channel::Push => {
                if blank(&self.text_body) {
                    found.push(plain("textBody", Severity::Error, "missing_body", "Write the text."));
                }
            }
        }
        found
    }

    /// The message as it is kept for ever. A mail without a text alternative gets one from its HTML.
    pub fn to_version(
        &self,
        source_kind: &str,
        source_id: Option<Uuid>,
        known: &KnownNames,
        now: Millis,
    ) -> CreativeVersionRow {
        CreativeVersionRow {
            id: 0,
            source_kind: source_kind.to_owned(),
            source_id,
            channel: self.channel,
            locale: self.locale.clone(),
            title: self.title.clone(),
            preheader: self.preheader.clone(),
            text_body: self.text_with_alternative(known),
            html_body: self.html_body.clone(),
            variables: self.variables.clone(),
            sms_route: self.sms_route.clone().or_else(|| self.variables.get("sms_route")?.as_str().map(str::to_owned)),
            created_at: now,
        }
    }

    fn text_with_alternative(&self, known: &KnownNames) -> String {
        if self.channel != Channel::Email || !self.text_body.trim().is_empty() || self.html_body.trim().is_empty() {
            return self.text_body.clone();
        }
        let text = html_to_text(&self.html_body);
        let known = KnownNames { statics: self.statics(), ..known.clone() };
        // The conversion moves words about; where that broke a tag, the text is made from the rendered mail instead.
        let check = muster_domain::template::check_template(&text, Part::Text, &known);
        if check.is_usable() { text } else { String::new() }
    }
}

impl From<&CreativeVersionRow> for MessageText {
    fn from(row: &CreativeVersionRow) -> Self {
        Self {
            channel: row.channel,
            locale: row.locale.clone(),
            title: row.title.clone(),
            preheader: row.preheader.clone(),
            text_body: row.text_body.clone(),
            html_body: row.html_body.clone(),
            variables: row.variables.clone(),
            sms_route: row.sms_route.clone(),
        }
    }
}

impl MessageProblem {
    /// The same for an error's details: place and words in one sentence.
    pub fn sentence(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!("Line {line}, column {column}: {}", self.message),
            _ => self.message.clone(),
        }
    }
}

fn plain(field: &'static str, severity: Severity, code: &'static str, message: &str) -> MessageProblem {
    MessageProblem {
        field,
        severity,
        code,
        message: message.to_owned(),
        line: None,
        column: None,
        end_line: None,
        end_column: None,
        suggestion: None,
    }
}

fn from_template(problem: TemplateProblem) -> MessageProblem {
    MessageProblem {
        field: match problem.part {
            Part::Subject => "title",
            Part::Preheader => "preheader",
            Part::Text => "textBody",
            Part::Html => "htmlBody",
        },
        severity: problem.severity,
        code: problem.code,
        message: problem.message,
        line: Some(problem.line),
        column: Some(problem.column),
        end_line: Some(problem.end_line),
        end_column: Some(problem.end_column),
        suggestion: problem.suggestion,
    }
}

fn sender_problem(sender: &str) -> Option<MessageProblem> {
    Some(match check_sender_id(sender)? {
        SenderIdProblem::TooLong => {
            plain("title", Severity::Error, "sender_too_long", "A sender id has at most 12 characters.")
        }
        SenderIdProblem::MayBeCut => {
            plain("title", Severity::Warning, "sender_may_be_cut", "Some networks cut a sender id after 11 characters.")
        }
        SenderIdProblem::BadCharacter => {
            plain("title", Severity::Error, "bad_sender", "A sender id has letters, digits and blanks without accents.")
        }
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && !name.as_bytes()[0].is_ascii_digit()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_locale(locale: &str) -> bool {
    let mut parts = locale.split(['-', '_']);
    let language =
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    language
        && locale.len() <= 12
        && parts.all(|part| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
