//! What a recipient reads.

use rust_decimal::Decimal;

use super::*;

#[test]
fn summer_sale_texts_are_exact() {
    let english = statics(&[
        ("amount", "KES 500"),
        ("product", "10GB Data Bundle"),
        ("code", "SUMMER2024"),
        ("expiry", "June 30, 2024"),
    ]);
    let swahili = statics(&[
        ("amount", "KES 500"),
        ("product", "Kifurushi cha Data 10GB"),
        ("code", "SUMMER2024"),
        ("expiry", "Juni 30, 2024"),
    ]);
    let en = "Hi {{name}}! Get {{amount}} OFF on {{product}}. Code: {{code}}.";
    let sw = "Hujambo {{name}}! Pata punguzo la {{amount}} kwenye {{product}}. Nambari: {{code}}.";
    let message = |source, name, vars| render_as(Part::Text, source, &recipient(&[("name", name)]), vars);
    assert_eq!(
        message(en, "John Doe", &english),
        "Hi John Doe! Get KES 500 OFF on 10GB Data Bundle. Code: SUMMER2024."
    );
    assert_eq!(
        message(sw, "Jane Smith", &swahili),
        "Hujambo Jane Smith! Pata punguzo la KES 500 kwenye Kifurushi cha Data 10GB. Nambari: SUMMER2024."
    );
    assert_eq!(
        message(en, "Bob Johnson", &english),
        "Hi Bob Johnson! Get KES 500 OFF on 10GB Data Bundle. Code: SUMMER2024."
    );
    let with_expiry = "Hi {{name}}! Get {{amount}} OFF on {{product}}. Code: {{code}}. Valid until {{expiry}}.";
    assert_eq!(
        message(with_expiry, "John Doe", &english),
        "Hi John Doe! Get KES 500 OFF on 10GB Data Bundle. Code: SUMMER2024. Valid until June 30, 2024."
    );
}

#[test]
fn balance_has_two_decimals() {
    let mut john = recipient(&[("name", "John Doe"), ("currency", "KES")]);
    john.set("account_balance", FieldValue::Money("1500".parse::<Decimal>().unwrap()));
    let source = "Hi {{name}}! Your balance is {{account_balance}}. Get {{amount}} OFF. Code: {{code}}";
    let vars = statics(&[("amount", "KES 500"), ("code", "SUMMER2024")]);
    assert_eq!(
        render_as(Part::Text, source, &john, &vars),
        "Hi John Doe! Your balance is 1500.00. Get KES 500 OFF. Code: SUMMER2024"
    );
    assert_eq!(
        text("{{ account_balance | money }} {{ account_balance|money('USD') }}", &john),
        "KES 1,500.00 USD 1,500.00"
    );
    assert_eq!(text("{% if account_balance > 1000 %}rich{% else %}poor{% endif %}", &john), "rich");
    john.set("account_balance", FieldValue::Money("0.005".parse::<Decimal>().unwrap()));
    assert_eq!(text("{account_balance}", &john), "0.01");
}

#[test]
fn missing_values_are_nothing_and_never_the_placeholder() {
    let alice = recipient(&[("first_name", "Alice"), ("last_name", "")]);
    assert_eq!(text("Hi {first_name} {last_name}", &alice), "Hi Alice ");
    assert_eq!(text("Hi {{ first_name }} {{ last_name }}", &alice), "Hi Alice ");
    assert_eq!(html("Hi {{ first_name }} {{ nobody.knows }}", &alice), "Hi Alice ");
    for filter in FILTERS.iter().filter(|filter| **filter != "replace" && **filter != "length") {
        assert_eq!(text(&format!("[{{{{ last_name | {filter} }}}}]"), &alice), "[]", "{filter}");
    }
}

#[test]
fn default_takes_over_for_missing_and_for_empty() {
    let source = "Hi {{ first_name | default(\"Customer\") }}";
    assert_eq!(text(source, &recipient(&[])), "Hi Customer");
    assert_eq!(text(source, &recipient(&[("first_name", "")])), "Hi Customer");
    assert_eq!(text(source, &recipient(&[("first_name", "  ")])), "Hi Customer");
    assert_eq!(text(source, &recipient(&[("first_name", "Bob")])), "Hi Bob");
}

#[test]
fn names_are_composed_and_aliases_resolve() {
    assert_eq!(text("{name}", &recipient(&[("first_name", "Alice"), ("last_name", "Mwangi")])), "Alice Mwangi");
    assert_eq!(text("{name}", &recipient(&[("last_name", "Mwangi")])), "Mwangi");
    assert_eq!(text("{name}", &recipient(&[("name", "A. Mwangi"), ("first_name", "Alice")])), "A. Mwangi");
    assert_eq!(text("{location}", &recipient(&[("city", "Thika")])), "Thika");
    assert_eq!(text("{location}", &recipient(&[("location", "Thika")])), "Thika");
    assert_eq!(text("{last_purchase}", &recipient(&[("last_purchase_date", "2024-05-15")])), "2024-05-15");
}

#[test]
fn the_message_goes_before_the_customer_and_the_customer_before_the_creative() {
    let vars = statics(&[("code", "STATIC"), ("city", "Anywhere")]);
    let mut values = recipient(&[("city", "Thika")]);
    assert_eq!(render_as(Part::Text, "{code} {city}", &values, &vars), "STATIC Thika");
    values.set_message("code", "UNIQUE-1");
    assert_eq!(render_as(Part::Text, "{code} {city}", &values, &vars), "UNIQUE-1 Thika");
    assert_eq!(render_as(Part::Text, "{city}", &recipient(&[]), &vars), "Anywhere");
}

#[test]
fn custom_attributes_are_there_under_both_names() {
    let mut values = RecipientValues::new();
    values.set_attribute("plan", "Gold").set_attribute("score", FieldValue::Decimal("4.5".parse().unwrap()));
    values.set_attribute("visits", FieldValue::Integer(12)).set_attribute("vip", FieldValue::Bool(true));
    assert_eq!(
        text("{plan} {{ attributes.plan }} {{ attributes['visits'] }} {score} {{ score | number }} {vip}", &values),
        "Gold Gold 12 4.50 4.5 yes"
    );
    assert_eq!(text("{{ attributes }}{{ attributes.other }}", &values), "");
}

#[test]
fn dates_speak_the_language_of_the_creative() {
    let values =
        Arc::new(recipient(&[("last_purchase_date", "2024-06-30"), ("last_order_at", "2024-06-30T08:00:00Z")]));
    let in_language = |source: &str, language| {
        CompiledTemplate::compile(source, Part::Text, language).unwrap().render(&values, &Arc::default()).unwrap()
    };
    assert_eq!(in_language("{{ last_purchase | date }}", Language::English), "30 June 2024");
    assert_eq!(in_language("{{ last_order_at | date }}", Language::of_locale("sw-KE")), "30 Juni 2024");
    assert_eq!(in_language("{{ last_purchase | date('short') }}", Language::French), "30/06/2024");
    assert_eq!(in_language("{{ last_purchase | date('%B %d, %Y') }}", Language::Swahili), "Juni 30, 2024");
    assert_eq!(in_language("{{ city | date }}", Language::English), "");
}

#[test]
fn values_are_escaped_in_html_and_nowhere_else() {
    let values = recipient(&[("first_name", "<b>O'Neil & \"Co\"</b>"), ("last_name", "https://x.example/?a=1&b=2")]);
    assert_eq!(html("<p>{{ first_name }}</p>", &values), "<p>&lt;b&gt;O&#39;Neil &amp; &quot;Co&quot;&lt;/b&gt;</p>");
    assert_eq!(html("<a href=\"{{ last_name }}\">", &values), "<a href=\"https://x.example/?a=1&amp;b=2\">");
    assert_eq!(
        html("{{ first_name | upper | escape }}", &values),
        "&lt;B&gt;O&#39;NEIL &amp; &quot;CO&quot;&lt;/B&gt;"
    );
    assert_eq!(text("{{ first_name }}", &values), "<b>O'Neil & \"Co\"</b>");
    assert!(CompiledTemplate::compile("{{ first_name | safe }}", Part::Html, Language::English).is_err());
    assert!(
        CompiledTemplate::compile("{% autoescape false %}{{ name }}{% endautoescape %}", Part::Html, Language::English)
            .is_err()
    );
}

#[test]
fn html_keeps_style_sheets_and_single_braces() {
    let source = "<style>@media(max-width:600px){#main{width:100%}}a{color:red}</style>{first_name}\n{# note #}<p>{{ first_name }}</p>\n";
    assert_eq!(
        html(source, &recipient(&[("first_name", "Eve")])),
        "<style>@media(max-width:600px){#main{width:100%}}a{color:red}</style>{first_name}\n<p>Eve</p>\n"
    );
}

#[test]
fn subjects_stay_on_one_line() {
    let values = recipient(&[("first_name", "Eve\r\nBcc: all@example.org")]);
    assert_eq!(
        render_as(Part::Subject, "Hi {first_name}", &values, &StaticVariables::new()),
        "Hi Eve Bcc: all@example.org"
    );
}

#[test]
fn a_content_renders_all_its_parts() {
    let source = ContentSource {
        subject: Some("{first_name}, {{ amount }} off".into()),
        preheader: Some("Until {expiry}".into()),
        text: None,
        html: Some("<h1>Hi {{name}}!</h1><p>Get {{amount}} OFF... <a href=\"https://x.example/\">Buy</a></p>".into()),
    };
    let content =
        CompiledContent::compile(&source, "en", statics(&[("amount", "KES 500"), ("expiry", "Sunday")])).unwrap();
    let rendered = content.render(&Arc::new(recipient(&[("first_name", "John"), ("last_name", "Doe")]))).unwrap();
    assert_eq!(rendered.subject.as_deref(), Some("John, KES 500 off"));
    assert_eq!(rendered.preheader.as_deref(), Some("Until Sunday"));
    assert_eq!(rendered.text, None);
    let html = String::from(rendered.html.unwrap());
    assert_eq!(html, "<h1>Hi John Doe!</h1><p>Get KES 500 OFF... <a href=\"https://x.example/\">Buy</a></p>");
    assert_eq!(html_to_text(&html), "# Hi John Doe!\n\nGet KES 500 OFF... [Buy][1]\n\n[1]: https://x.example/");
}

#[test]
fn snapshots_of_values_render_the_same() {
    let mut values = recipient(&[("first_name", "Alice")]);
    values
        .set("account_balance", FieldValue::Money("10.5".parse().unwrap()))
        .set_attribute("plan", "Gold")
        .set_message("code", "X1");
    let kept = serde_json::to_string(&values).unwrap();
    let again: RecipientValues = serde_json::from_str(&kept).unwrap();
    assert_eq!(again, values);
    assert_eq!(text("{first_name} {account_balance} {plan} {code}", &again), "Alice 10.50 Gold X1");
}

#[test]
fn what_everybody_reads_is_shared_and_what_is_personal_is_not() {
    let terms = "The same for everybody. ".repeat(40);
    let source =
        format!("{terms}{{% if tier == 'Gold' %}}<p>{{{{ first_name }}}}</p>\n{{%- endif %}} \n{terms}{{# note #}}!");
    let content =
        CompiledContent::compile(&ContentSource { html: Some(source), ..Default::default() }, "en", statics(&[]))
            .unwrap();
    let of = |name: &str, tier: &str| {
        let values = recipient(&[("first_name", name), ("tier", tier)]);
        content.render(&Arc::new(values)).unwrap().html.unwrap()
    };
    let (eve, ann, bob) = (of("Eve", "Gold"), of("Ann", "Gold"), of("Bob", ""));
    assert_eq!(eve.to_string(), format!("{terms}<p>Eve</p> \n{terms}!"));
    assert_eq!(bob.to_string(), format!("{terms} \n{terms}!"));
    assert_eq!((eve.len(), eve.is_empty()), (eve.to_string().len(), false));
    let shared = |text: &RenderedText| {
        let shared = |piece: &Piece| match piece {
            Piece::Shared(text) => Some(Arc::clone(text)),
            Piece::Own(_) => None,
        };
        text.pieces().iter().filter_map(shared).collect::<Vec<_>>()
    };
    let (eves, anns, bobs) = (shared(&eve), shared(&ann), shared(&bob));
    assert_eq!(eves.len(), 2);
    for (one, other) in eves.iter().zip(&anns).chain(eves.iter().zip(&bobs)) {
        assert!(Arc::ptr_eq(one, other));
    }
    assert_ne!(eve, ann);
    assert_eq!(eve, eve.to_string().into());
}
