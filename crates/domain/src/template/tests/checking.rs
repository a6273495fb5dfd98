//! What a person who writes is told.

use super::*;

#[test]
fn mistakes_are_at_the_line_and_column_that_were_typed() {
    assert_eq!(
        problems("Habari {first_name}!\n{frist_name} é {{ citi | uper }}", Part::Text),
        [
            (2, 2, "unknown_variable", "Nobody knows “frist_name”. Did you mean “first_name”?".to_owned()),
            (2, 19, "unknown_variable", "Nobody knows “citi”. Did you mean “city”?".to_owned()),
            (2, 26, "unknown_filter", "There is no filter “uper”. Did you mean “upper”?".to_owned()),
        ]
    );
    assert_eq!(
        problems("Habari {first_name}!\n{first_name} {frist_name} é {{ citi }}", Part::Text),
        [
            (2, 15, "unknown_variable", "Nobody knows “frist_name”. Did you mean “first_name”?".to_owned()),
            (2, 32, "unknown_variable", "Nobody knows “citi”. Did you mean “city”?".to_owned()),
        ]
    );
    let check = check_template("{first_name} {frist_name}", Part::Text, &KnownNames::default());
    assert_eq!((check.problems[0].column, check.problems[0].end_column), (15, 25));
    assert_eq!(check.problems[0].suggestion.as_deref(), Some("first_name"));
}

#[test]
fn syntax_errors_say_where_and_what() {
    for (source, line, column, message) in [
        ("Hi {first_name}\n{{ name ", 2, 1, "This “{{” is never closed with “}}”."),
        ("{a}{% if tier == 'VIP' %}x", 1, 4, "This {% if %} is never closed with {% endif %}."),
        ("line\n {% endif %}", 2, 5, "{% endif %} has no {% if %} before it."),
        ("{% include 'secret' %}", 1, 4, "There is no tag {% include %} in messages."),
        ("{{ name name }}", 1, 9, "Unexpected identifier, expected “}}”."),
    ] {
        let found = problems(source, Part::Text);
        assert_eq!(found.len(), 1, "{source}: {found:?}");
        assert_eq!(
            (found[0].0, found[0].1, found[0].2, found[0].3.as_str()),
            (line, column, "syntax_error", message),
            "{source}"
        );
    }
}

#[test]
fn what_a_message_uses_is_listed_with_its_source() {
    let known = KnownNames {
        attributes: vec!["plan".into()],
        statics: statics(&[("amount", "KES 500"), ("city", "Anywhere"), ("note", " ")]),
        message: vec!["code".into()],
    };
    let check = check_template(
        "{first_name}{{ last_name | default('x') }}{plan}{amount}{city}{code}{note}{{ last_name }}",
        Part::Text,
        &known,
    );
    let listed: Vec<_> =
        check.variables.iter().map(|used| (used.name.as_str(), used.source, used.has_default)).collect();
    assert_eq!(
        listed,
        [
            ("amount", VariableSource::Static, false),
            ("city", VariableSource::Customer, false),
            ("code", VariableSource::Message, false),
            ("first_name", VariableSource::Customer, false),
            ("last_name", VariableSource::Customer, false),
            ("note", VariableSource::Static, false),
            ("plan", VariableSource::Attribute, false),
        ]
    );
    let codes: Vec<_> = check.problems.iter().map(|problem| (problem.code, problem.severity)).collect();
    assert_eq!(codes, [("shadowed_variable", Severity::Warning), ("empty_variable", Severity::Warning)]);
    assert!(check.is_usable());
}

#[test]
fn html_without_a_way_out_is_warned_about() {
    let bare = problems("<p>{{ first_name }}</p>", Part::Html);
    assert_eq!((bare[0].2, bare.len()), ("missing_unsubscribe_link", 1));
    assert!(problems("<a href='{{ unsubscribe_url }}'>Out</a>", Part::Html).is_empty());
    assert!(problems("<a class=x href=\"https://example.org/Unsubscribe?u=1\">Out</a>", Part::Html).is_empty());
    assert!(problems("no links at all {first_name}", Part::Text).is_empty());
}
