//! Checks templates as they are typed: mistakes with line and column, and the names they use.

use std::collections::BTreeMap;
use std::ops::Range;

use minijinja::Error;
use minijinja::machinery::parse;
use serde::{Deserialize, Serialize};

use super::MAX_SOURCE_BYTES;
use super::environment::{syntax, template_name};
use super::fields::{CUSTOMER_FIELDS, MESSAGE_FIELDS, canonical, is_customer_field};
use super::grammar::{Findings, NameUse, inspect};
use super::html;
use super::position::LineIndex;
use super::problem::{Part, Severity, TemplateProblem};
use super::short_form::LongForm;
use super::suggest::nearest;
use super::unclosed::find_unclosed;
use super::values::{FieldValue, StaticVariables};

/// What a person typed for one message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ContentSource {
    /// Subject or title, when it is a template (the sender id of an SMS is none).
    pub subject: Option<String>,
    /// Preview line of a mail.
    pub preheader: Option<String>,
    /// Text body.
    pub text: Option<String>,
    /// HTML body.
    pub html: Option<String>,
}

/// Names that exist besides the fields of every customer.
#[derive(Debug, Clone, Default)]
pub struct KnownNames {
    /// Names of the workspace's custom attributes.
    pub attributes: Vec<String>,
    /// The creative's own variables.
    pub statics: StaticVariables,
    /// What the message brings besides [`MESSAGE_FIELDS`], such as `code`.
    pub message: Vec<String>,
}

/// Where the value of a name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum VariableSource {
    /// A field of the customer.
    Customer,
    /// A custom attribute of the customer.
    Attribute,
    /// A variable of the creative.
    Static,
    /// Made for each message: links and codes.
    Message,
    /// Nobody knows it.
    Unknown,
}

/// A name that the message uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariableUse {
    /// As it is written.
    pub name: String,
    /// Where its value comes from.
    pub source: VariableSource,
    /// Whether the template says everywhere what to write when it is missing.
    pub has_default: bool,
}

/// What is wrong with a message, and what it uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContentCheck {
    /// Mistakes by part and place.
    pub problems: Vec<TemplateProblem>,
    /// Names in alphabetical order.
    pub variables: Vec<VariableUse>,
}

impl ContentCheck {
    /// Whether the message can be used as it is.
    pub fn is_usable(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity == Severity::Warning)
    }
}

/// A part that parses, in the long form.
pub(crate) struct Parsed {
    pub source: String,
    pub names: Vec<(NameUse, Range<usize>)>,
    /// Where text stands in `source` that is written as it is.
    pub literals: Vec<Range<usize>>,
    /// What messages may not do. Such a part must not be compiled.
    pub refused: Vec<TemplateProblem>,
}

/// Parses one part and finds what it uses and what it must not do.
pub(crate) fn parse_part(typed: &str, part: Part) -> Result<Parsed, Vec<TemplateProblem>> {
    let places = Places { part, lines: LineIndex::new(typed) };
    if typed.len() > MAX_SOURCE_BYTES {
        let message = format!("The {part} is longer than {} KB.", MAX_SOURCE_BYTES / 1024);
        return Err(vec![places.problem(0..0, Severity::Error, "too_long", message, None)]);
    }
    let form = match part {
        Part::Html => LongForm::verbatim(typed),
        Part::Subject | Part::Preheader | Part::Text => LongForm::translate(typed),
    };
    let back = |range: Range<usize>| form.typed_offset(range.start)..form.typed_offset(range.end);
    let tree = parse(&form.source, template_name(part), syntax(part)).map_err(|error| {
        let found = error.range().unwrap_or(0..0);
        let (range, message) = find_unclosed(&form.source).unwrap_or_else(|| (found, explain(&error)));
        vec![places.problem(back(range), Severity::Error, "syntax_error", message, None)]
    })?;
    let Findings { names, literals, violations } = inspect(&form.source, &tree);
    let refused = violations
        .into_iter()
        .map(|found| places.problem(back(found.range), Severity::Error, found.code, found.message, found.suggestion))
        .collect();
    let names =
        names.into_iter().map(|used| (back(used.range.clone()), used)).map(|(range, used)| (used, range)).collect();
    drop(tree);
    Ok(Parsed { source: form.source, names, literals, refused })
}

/// A mistake that only the compiler of the engine found.
pub(crate) fn engine_problem(typed: &str, part: Part, error: &Error) -> TemplateProblem {
    let places = Places { part, lines: LineIndex::new(typed) };
    places.problem(error.range().unwrap_or(0..0), Severity::Error, "syntax_error", explain(error), None)
}

/// Checks one part. `known` are the names that exist besides the fields of every customer.
pub fn check_template(typed: &str, part: Part, known: &KnownNames) -> ContentCheck {
    let mut check = ContentCheck::default();
    let mut variables = BTreeMap::new();
    check_part(typed, part, known, &mut check.problems, &mut variables);
    check.variables = variables.into_values().collect();
    check
}

/// Checks every part of a message, in the order subject, preheader, text, HTML.
pub fn check_content(source: &ContentSource, known: &KnownNames) -> ContentCheck {
    let mut check = ContentCheck::default();
    let mut variables = BTreeMap::new();
    let parts = [
        (&source.subject, Part::Subject),
        (&source.preheader, Part::Preheader),
        (&source.text, Part::Text),
        (&source.html, Part::Html),
    ];
    for (typed, part) in parts {
        if let Some(typed) = typed.as_deref().filter(|typed| !typed.is_empty()) {
            check_part(typed, part, known, &mut check.problems, &mut variables);
        }
    }
    check.variables = variables.into_values().collect();
    check
}

fn check_part(
    typed: &str,
    part: Part,
    known: &KnownNames,
    problems: &mut Vec<TemplateProblem>,
    variables: &mut BTreeMap<String, VariableUse>,
) {
    let places = Places { part, lines: LineIndex::new(typed) };
    let parsed = match parse_part(typed, part) {
        Ok(parsed) => parsed,
        Err(found) => return problems.extend(found),
    };
    let first = problems.len();
    problems.extend(parsed.refused);
    for (used, range) in &parsed.names {
        let source = source_of(&used.name, known);
        if let Some((severity, code, message, suggestion)) = judge(used, source, known) {
            problems.push(places.problem(range.clone(), severity, code, message, suggestion));
        }
        variables
            .entry(used.name.clone())
            .and_modify(|seen| seen.has_default &= used.has_default)
            .or_insert_with(|| VariableUse { name: used.name.clone(), source, has_default: used.has_default });
    }
    problems[first..].sort_by_key(|problem| (problem.line, problem.column));
    if part == Part::Html && !html::has_unsubscribe(typed) {
        let message =
            "There is no unsubscribe link. Add one: <a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>.".to_owned();
        problems.push(places.problem(0..0, Severity::Warning, "missing_unsubscribe_link", message, None));
    }
}

type Judgement = (Severity, &'static str, String, Option<String>);

/// What is wrong with using a name, if anything.
fn judge(used: &NameUse, source: VariableSource, known: &KnownNames) -> Option<Judgement> {
    let name = &used.name;
    if source == VariableSource::Unknown {
        let suggestion = nearest(name, all_names(known)).map(str::to_owned);
        let message = match &suggestion {
            Some(near) => format!("Nobody knows “{name}”. Did you mean “{near}”?"),
            None if name == "code" => {
                "This offer gives no code. Choose one on the step Tracking, or add a variable “code”.".to_owned()
            }
            None => format!("Nobody knows “{name}”. Add it to the variables of this text, or choose a field."),
        };
        return Some((Severity::Error, "unknown_variable", message, suggestion));
    }
    let value = known.statics.get(name.as_str())?;
    if source != VariableSource::Static {
        let message = format!(
            "“{name}” is also a field of the customer, whose value goes first. Give your variable another name."
        );
        return Some((Severity::Warning, "shadowed_variable", message, None));
    }
    (is_blank(value) && !used.has_default).then(|| {
        let message = format!("Your variable “{name}” is empty, so nothing is written here.");
        (Severity::Warning, "empty_variable", message, None)
    })
}

fn is_blank(value: &FieldValue) -> bool {
    matches!(value, FieldValue::Text(text) if text.trim().is_empty())
}

fn source_of(name: &str, known: &KnownNames) -> VariableSource {
    if MESSAGE_FIELDS.iter().any(|field| field.name == name) || known.message.iter().any(|one| one == name) {
        return VariableSource::Message;
    }
    if is_customer_field(name) {
        return VariableSource::Customer;
    }
    let attribute = name.strip_prefix("attributes.").unwrap_or(name);
    if known.attributes.iter().any(|one| one == attribute) {
        return VariableSource::Attribute;
    }
    if known.statics.contains_key(name) {
        return VariableSource::Static;
    }
    VariableSource::Unknown
}

fn all_names(known: &KnownNames) -> impl Iterator<Item = &str> {
    CUSTOMER_FIELDS
        .iter()
        .chain(&MESSAGE_FIELDS)
        .map(|field| canonical(field.name))
        .chain(known.statics.keys().map(String::as_str))
        .chain(known.attributes.iter().map(String::as_str))
        .chain(known.message.iter().map(String::as_str))
}

/// Puts problems at their places in what was typed.
struct Places<'s> {
    part: Part,
    lines: LineIndex<'s>,
}

impl Places<'_> {
    fn problem(
        &self,
        range: Range<usize>,
        severity: Severity,
        code: &'static str,
        message: String,
        suggestion: Option<String>,
    ) -> TemplateProblem {
        let (line, column) = self.lines.position(range.start);
        let (end_line, end_column) = self.lines.position(range.end.max(range.start));
        TemplateProblem { part: self.part, severity, line, column, end_line, end_column, code, message, suggestion }
    }
}

/// The parser's words, made into a sentence for people who do not write programs.
fn explain(error: &Error) -> String {
    let detail = error.detail().unwrap_or("this cannot be read").to_owned();
    if let Some(tag) = detail.strip_prefix("unknown statement ") {
        return match tag {
            "endif" | "else" | "elif" => format!("{{% {tag} %}} has no {{% if %}} before it."),
            "endfor" => "{% endfor %} has no {% for %} before it.".to_owned(),
            _ => format!("There is no tag {{% {tag} %}} in messages."),
        };
    }
    let mut words = detail
        .replace("end of variable block", "“}}”")
        .replace("end of block", "“%}”")
        .replace("unexpected end of input", "The text ends too early");
    if let Some(first) = words.get(..1).map(str::to_uppercase) {
        words.replace_range(..1, &first);
    }
    if !words.ends_with('.') {
        words.push('.');
    }
    words
}
