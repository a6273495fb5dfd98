//! The template engine as Muster uses it: empty, then only what is allowed.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, tests};

use super::filters::{self, Language};
use super::problem::Part;
use super::{FUEL, number};

/// The filters of templates, in the order in which menus list them.
pub const FILTERS: [&str; 20] = [
    "default",
    "d",
    "money",
    "number",
    "date",
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "truncate",
    "replace",
    "first_word",
    "length",
    "round",
    "int",
    "abs",
    "urlencode",
    "escape",
    "e",
];

/// The tests of templates (`is defined` …).
pub(crate) const TESTS: [&str; 8] =
    ["defined", "undefined", "none", "number", "string", "empty", "startingwith", "endingwith"];

/// Name of the only template in an environment. The ending decides about escaping.
pub(crate) fn template_name(part: Part) -> &'static str {
    match part {
        Part::Html => "html",
        Part::Subject | Part::Preheader | Part::Text => "text",
    }
}

/// How the source of a part is read.
pub(crate) fn syntax(part: Part) -> SyntaxConfig {
    let mut builder = SyntaxConfig::builder();
    builder.keep_trailing_newline(true);
    if part == Part::Html {
        // `@media(…){#main{…}}` is common in minified style sheets, so a comment needs its blank.
        builder.comment_delimiters("{# ", "#}");
    }
    builder.build().unwrap_or_default()
}

/// An environment for one template.
pub(crate) fn environment(part: Part, language: Language) -> Environment<'static> {
    let mut env = Environment::empty();
    env.set_debug(false);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(40);
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    env.set_auto_escape_callback(|name| if name == "html" { AutoEscape::Html } else { AutoEscape::None });
    env.set_formatter(format_value);
    env.set_syntax(syntax(part));
    filters::add_to(&mut env, language);
    env.add_test("defined", tests::is_defined);
    env.add_test("undefined", tests::is_undefined);
    env.add_test("none", tests::is_none);
    env.add_test("number", tests::is_number);
    env.add_test("string", tests::is_string);
    env.add_test("startingwith", tests::is_startingwith);
    env.add_test("endingwith", tests::is_endingwith);
    env.add_test("empty", |value: &Value| is_missing(value));
    env
}

/// Missing and empty are the same for a person who writes a message.
pub(crate) fn is_missing(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => true,
        ValueKind::String => value.as_str().is_none_or(|text| text.trim().is_empty()),
        _ => false,
    }
}

/// Prints a value: nothing for a missing one, decimals as money looks, HTML escaped where the part is HTML.
fn format_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let html = !matches!(state.auto_escape(), AutoEscape::None) && !value.is_safe();
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(()),
        ValueKind::Number => out.write_str(&number_text(value)).map_err(Error::from),
        ValueKind::Bool => out.write_str(if value.is_true() { "yes" } else { "no" }).map_err(Error::from),
        _ => match value.as_str() {
            Some(text) if html => escape(out, text),
            Some(text) => out.write_str(text).map_err(Error::from),
            None if html => escape(out, &value.to_string()),
            None => write!(out, "{value}").map_err(Error::from),
        },
    }
}

/// A number as messages print it.
pub(crate) fn number_text(value: &Value) -> String {
    if value.is_integer() {
        return value.to_string();
    }
    f64::try_from(value.clone()).map_or_else(|_| String::new(), number::plain)
}

/// Escapes what has a meaning in HTML. Slashes stay, so that links keep their look for the rewriting of links.
fn escape(out: &mut Output, text: &str) -> Result<(), Error> {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.write_str(&text[from..at])?;
        out.write_str(entity)?;
        from = at + 1;
    }
    out.write_str(&text[from..]).map_err(Error::from)
}
