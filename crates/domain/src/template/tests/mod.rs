//! What people may rely on when they write a message.

use std::sync::Arc;

use super::*;

mod checking;
mod limits;
mod rendering;

fn recipient(pairs: &[(&'static str, &str)]) -> RecipientValues {
    let mut values = RecipientValues::new();
    for (name, value) in pairs {
        values.set(*name, *value);
    }
    values
}

fn statics(pairs: &[(&str, &str)]) -> StaticVariables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), FieldValue::from(*value))).collect()
}

fn render_as(part: Part, source: &str, values: &RecipientValues, vars: &StaticVariables) -> String {
    CompiledTemplate::compile(source, part, Language::English)
        .unwrap_or_else(|problems| panic!("{source}: {problems:?}"))
        .render(&Arc::new(values.clone()), &Arc::new(vars.clone()))
        .unwrap_or_else(|error| panic!("{source}: {error}"))
}

fn text(source: &str, values: &RecipientValues) -> String {
    render_as(Part::Text, source, values, &StaticVariables::new())
}

fn html(source: &str, values: &RecipientValues) -> String {
    render_as(Part::Html, source, values, &StaticVariables::new())
}

fn problems(source: &str, part: Part) -> Vec<(u32, u32, &'static str, String)> {
    check_template(source, part, &KnownNames::default())
        .problems
        .into_iter()
        .map(|problem| (problem.line, problem.column, problem.code, problem.message))
        .collect()
}
