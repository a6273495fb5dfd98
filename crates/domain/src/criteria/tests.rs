//! What criteria are taken, what is refused, and where.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::customer::AttributeKind;
use crate::time::{DAY, parse_moment};

fn attributes() -> Vec<AttributeField> {
    let field = |id, name: &str, kind| AttributeField { id, name: name.into(), label: name.into(), kind };
    vec![
        field(1, "churn_score", AttributeKind::Decimal),
        field(2, "contract_end", AttributeKind::Date),
        field(3, "tier", AttributeKind::Text),
    ]
}

fn read(criteria: Value) -> Criteria {
    parse(&criteria, &attributes()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn refused(criteria: Value) -> Vec<(String, String)> {
    parse(&criteria, &attributes()).unwrap_err().into_iter().map(|p| (p.path, p.code)).collect()
}

fn only_test(criteria: Value) -> Test {
    match read(criteria).root.nodes.remove(0) {
        Node::Condition(condition) => condition.test,
        other => panic!("{other:?}"),
    }
}

#[test]
fn vip_in_nairobi_bought_within_30_days() {
    let criteria = read(json!({ "conditions": [
        { "field": "tier", "operator": "equals", "value": "VIP" },
        { "field": "city", "operator": "equals", "value": "Nairobi" },
        { "field": "last_purchase_date", "operator": "less_than", "value": "30 days ago" },
    ] }));
    assert_eq!((criteria.root.logic, criteria.len()), (Logic::All, 3));
    let Node::Condition(Condition {
        test: Test::Moments { from: Some(from), until: Some(until), is_negated: false },
        ..
    }) = &criteria.root.nodes[2]
    else {
        panic!()
    };
    let now = parse_moment("2026-11-24T08:00:00Z").unwrap();
    // An age below 30 days: later than 30 days ago, and not in the future (but today may have begun elsewhere).
    assert_eq!(from.resolve(now), now - 30 * DAY + 1);
    assert!(until.resolve(now) > now && until.resolve(now) < now + DAY);
}

#[test]
fn ages_and_moments_compare_the_right_way() {
    let now = parse_moment("2026-11-24T08:00:00Z").unwrap();
    let ends = |operator: &str, value: &str| {
        let Test::Moments { from, until, .. } =
            only_test(json!({"field": "last_order_at", "operator": operator, "value": value}))
        else {
            panic!()
        };
        (from.map(|w| (w.resolve(now) - now) / DAY), until.map(|w| (w.resolve(now) - now) / DAY))
    };
    assert_eq!(ends("greater_than", "30 days ago"), (None, Some(-30)));
    assert_eq!(ends("before", "30 days ago"), (None, Some(-30)));
    assert_eq!(ends("less_or_equal", "30 days ago"), (Some(-30), Some(0)));
    assert_eq!(ends("within_last", "30 days"), (Some(-30), Some(0)));
    assert_eq!(ends("less_than", "2026-11-20T08:00:00Z"), (None, Some(-4)));
    assert_eq!(ends("greater_or_equal", "2026-11-20T08:00:00Z"), (Some(-4), None));
    // The whole day is before its end and not after it.
    assert_eq!(ends("after", "2026-11-19T23:59:59.999Z"), ends("greater_or_equal", "2026-11-20"));
    assert_eq!(ends("before", "in 7 days"), (None, Some(7)));
}

#[test]
fn short_filters_become_criteria() {
    let criteria = read(
        json!({"client_types": ["Broker"], "last_order_max_days": 90, "accountBalanceMin": "100.50", "churn_score_max": 0.7}),
    );
    let conditions = criteria.canonical["conditions"].as_array().unwrap();
    assert!(conditions.contains(&json!({"field": "client_type", "operator": "in", "value": ["Broker"]})));
    assert!(conditions.contains(&json!({"field": "last_order_at", "operator": "within_last", "value": 90})));
    assert!(
        conditions.contains(&json!({"field": "account_balance", "operator": "greater_or_equal", "value": "100.50"}))
    );
    assert!(conditions.contains(&json!({"field": "churn_score", "operator": "less_or_equal", "value": 0.7})));
    assert_eq!(refused(json!({"client_typos": ["Broker"]})), [("client_typos".into(), "unknown_field".into())]);
    assert_eq!(refused(json!({"client_types": [5]})), [("client_types.value[0]".into(), "wrong_type".into())]);
    assert_eq!(only_test(json!({"account_age_max_days": 7})), Test::NumberRange { min: None, max: Some(7) });
}

#[test]
fn problems_name_the_path_of_the_condition() {
    let criteria = json!({ "logic": "AND", "conditions": [
        { "field": "tier", "operator": "equals", "value": "VIP" },
        { "field": "account_balance", "operator": "less_than", "value": "much" },
        { "logic": "or", "conditions": [
            { "field": "shoe_size", "operator": "equals", "value": 5 },
            { "field": "is_active", "operator": "contains", "value": true },
            { "logic": "NOT", "conditions": [] },
        ] },
        { "field": "clicked", "operator": "did", "value": { "campaign_id": "summer", "often": 3 } },
        { "field": "city", "operator": "in", "value": "Nairobi" },
        { "field": "city", "operator": "equals" },
        7,
    ] });
    let at = |path: &str, code: &str| (path.to_owned(), code.to_owned());
    assert_eq!(
        refused(criteria),
        [
            at("conditions[1].value", "wrong_type"),
            at("conditions[2].conditions[0].field", "unknown_field"),
            at("conditions[2].conditions[1].operator", "wrong_operator"),
            at("conditions[2].conditions[2]", "empty_group"),
            at("conditions[3].value.campaign_id", "wrong_type"),
            at("conditions[3].value.often", "unknown_key"),
            at("conditions[4].value", "wrong_type"),
            at("conditions[5].value", "missing_value"),
            at("conditions[6]", "wrong_type"),
        ]
    );
}

#[test]
fn numbers_are_exact_in_the_unit_of_their_column() {
    let test = |field: &str, operator: &str, value: Value| {
        only_test(json!({"field": field, "operator": operator, "value": value}))
    };
    assert_eq!(test("account_balance", "less_than", json!(0.1)), Test::NumberRange { min: None, max: Some(999) });
    assert_eq!(
        test("account_balance", "equals", json!("1500.5")),
        Test::NumberIn { values: vec![15_005_000], is_negated: false }
    );
    assert_eq!(test("account_age", "less_than", json!("7 days")), Test::NumberRange { min: None, max: Some(6) });
    assert_eq!(test("purchase_count", "between", json!([2, 5])), Test::NumberRange { min: Some(2), max: Some(5) });
    assert_eq!(
        refused(json!({"field": "purchase_count", "operator": "equals", "value": 1.5})),
        [("value".into(), "wrong_type".into())]
    );
    assert_eq!(
        refused(json!({"field": "account_balance", "operator": "equals", "value": 0.00001})),
        [("value".into(), "bad_value".into())]
    );
    assert_eq!(
        refused(json!({"field": "account_balance", "operator": "equals", "value": 1e300})),
        [("value".into(), "wrong_type".into())]
    );
}

#[test]
fn what_customers_did() {
    let id = "0190163d-8694-739b-aea5-966c26f8ad91";
    let criteria = read(
        json!({"conditions": [{"field": "clicked", "operator": "did_not", "value": {"campaignId": id, "withinLast": "7 days", "atLeast": 2}}]}),
    );
    let Node::Behaviour(behaviour) = &criteria.root.nodes[0] else { panic!() };
    assert_eq!(
        (behaviour.kind, behaviour.is_negated, behaviour.at_least, behaviour.campaigns.len()),
        (BehaviourKind::Clicked, true, 2, 1)
    );
    assert!(criteria.has_behaviour());
    let again = parse(&criteria.canonical, &[]).unwrap();
    assert_eq!(again, criteria);
    read(json!({"field": "purchased", "operator": "not_within_last", "value": "30 days"}));
}

#[test]
fn a_field_of_ones_own_does_not_hide_a_built_in_one() {
    let field =
        |name: &str| match read(json!({"field": name, "operator": "equals", "value": "VIP"})).root.nodes.remove(0) {
            Node::Condition(c) => c.field,
            other => panic!("{other:?}"),
        };
    assert_eq!(field("tier"), Field::Customer(CustomerField::Tier));
    assert!(matches!(field("attributes.tier"), Field::Attribute { id: 3, .. }));
}

#[test]
fn size_is_bounded() {
    let mut deep = json!({"field": "tier", "operator": "is_set"});
    for _ in 0..MAX_DEPTH {
        deep = json!({"conditions": [deep]});
    }
    assert_eq!(refused(deep)[0].1, "too_deep");
    let many: Vec<Value> = (0..=MAX_CONDITIONS).map(|_| json!({"field": "tier", "operator": "is_set"})).collect();
    assert_eq!(refused(json!({ "conditions": many })).last().unwrap().1, "too_many");
    let list: Vec<String> = (0..=MAX_LIST).map(|i| i.to_string()).collect();
    assert_eq!(refused(json!({"field": "tier", "operator": "in", "value": list}))[0].1, "too_many");
    assert!(read(json!({})).is_empty());
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "tier",
        "city",
        "last_purchase_date",
        "account_balance",
        "is_active",
        "clicked",
        "purchased",
        "churn_score",
        "account_age",
        "equals",
        "in",
        "between",
        "did",
        "did_not",
        "within_last",
        "less_than",
        "30 days ago",
        "30 days",
        "99999 years",
        "AND",
        "OR",
        "NOT",
        "2026-01-28",
        "é",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from)
    ];
    leaf.prop_recursive(6, 64, 5, |inner| {
        let key = prop::sample::select(vec![
            "field",
            "operator",
            "value",
            "logic",
            "conditions",
            "not",
            "campaign_id",
            "within_last",
            "at_least",
            "tiers",
            "x_max_days",
            "min_x",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn parsing_never_panics_and_refusals_say_something(value in any_json(), now in -1_000_000_000_000_i64..4_000_000_000_000) {
        match parse(&value, &attributes()) {
            Ok(criteria) => {
                // What was taken is taken again in its canonical form, and means the same.
                let again = parse(&criteria.canonical, &attributes()).unwrap();
                prop_assert_eq!(&again.canonical, &criteria.canonical);
                for node in &criteria.root.nodes {
                    if let Node::Condition(Condition { test: Test::Moments { from: Some(from), .. }, .. }) = node {
                        let _ = from.resolve(now);
                    }
                }
            }
            Err(problems) => prop_assert!(!problems.is_empty() && problems.iter().all(|p| !p.message.is_empty())),
        }
    }
}
