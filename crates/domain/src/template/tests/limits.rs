//! What no template can do, whatever is typed.

use super::*;

#[test]
fn what_could_run_away_is_refused() {
    for source in [
        "{{ 'a' * 100000000 }}",
        "{{ first_name * last_name }}",
        "{{ (first_name * 1000) * 1000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% set x = 'a' %}",
        "{% with x = 'a' %}{% endwith %}",
        "{% filter upper %}a{% endfilter %}",
        "{% set x %}{% endset %}",
        "{% do name() %}",
        "{{ range(10) }}",
        "{{ name.upper() }}",
        "{{ {'a': 1} }}",
        "{% macro x() %}{% endmacro %}",
        "{% import 'x' as y %}",
        "{% extends '/etc/passwd' %}",
        "{{ name | attr('x') }}",
        "{% if name is odd %}{% endif %}",
    ] {
        assert!(CompiledTemplate::compile(source, Part::Text, Language::English).is_err(), "{source}");
    }
}

#[test]
fn loops_run_out_of_fuel_and_output_is_capped() {
    let long = "x".repeat(2000);
    let values = Arc::new(recipient(&[("name", &long)]));
    let nested = "{% for a in name %}{% for b in name %}{% for c in name %}{% endfor %}{% endfor %}{% endfor %}";
    let compiled = CompiledTemplate::compile(nested, Part::Text, Language::English).unwrap();
    assert_eq!(compiled.render(&values, &Arc::default()), Err(RenderError::TooLong { part: Part::Text }));
    let large = format!("{{% for a in name %}}{}{{% endfor %}}", "y".repeat(1000));
    let compiled = CompiledTemplate::compile(&large, Part::Text, Language::English).unwrap();
    assert_eq!(compiled.render(&values, &Arc::default()), Err(RenderError::TooLarge { part: Part::Text }));
    let typed = "z".repeat(MAX_SOURCE_BYTES + 1);
    assert_eq!(problems(&typed, Part::Text)[0].2, "too_long");
}

proptest::proptest! {
    #[test]
    fn no_source_panics_and_every_problem_has_a_place(source in "[a-z {}%|'\"#\n().é*~_-]{0,60}") {
        for part in [Part::Text, Part::Html] {
            let lines = source.matches('\n').count() + 1;
            for problem in check_template(&source, part, &KnownNames::default()).problems {
                proptest::prop_assert!(problem.line >= 1 && problem.line as usize <= lines);
                proptest::prop_assert!(problem.column >= 1);
                proptest::prop_assert!((problem.end_line, problem.end_column) >= (problem.line, problem.column));
            }
            if let Ok(compiled) = CompiledTemplate::compile(&source, part, Language::English) {
                let _ = compiled.render(&Arc::default(), &Arc::default());
            }
        }
    }

    #[test]
    fn escaped_values_cannot_open_a_tag(value in "[ -~é]{0,40}") {
        let rendered = html("{{ first_name }}", &recipient(&[("first_name", &value)]));
        proptest::prop_assert!(!rendered.contains(['<', '>', '"', '\'']));
    }

    #[test]
    fn text_without_braces_is_sent_as_it_is(source in "[^{}]{0,80}") {
        proptest::prop_assert_eq!(text(&source, &RecipientValues::new()), source);
    }
}
