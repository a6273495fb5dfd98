//! The file of messy customers, imported in memory, leaves exactly what is expected of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use muster_domain::customer::CustomerDraft;
use muster_domain::import::{ParseOptions, RowParser, Target, rows, sniff};
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn data(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(name)
}

#[test]
fn the_messy_file_leaves_what_is_expected() {
    let mut file = File::open(data("customers-messy.csv")).unwrap();
    let sniffed = sniff(&mut file, None).unwrap();
    let targets: Vec<String> = sniffed.mapping.0.iter().map(Target::to_string).collect();
    assert!(targets.iter().all(|t| t != "ignore" && !t.starts_with("attr:")), "{targets:?}");

    let options = ParseOptions {
        region: "KE".parse().unwrap(),
        decimal_mark: sniffed.decimal_mark,
        date_order: sniffed.date_order,
        timezone: chrono_tz::UTC,
    };
    let parser = RowParser::new(sniffed.shape.columns.clone(), sniffed.mapping.clone(), options);
    let mut customers: BTreeMap<String, CustomerDraft> = BTreeMap::new();
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut rows_seen, mut duplicates, mut rejected) = (0_u64, 0_u64, 0_u64);
    let file = File::open(data("customers-messy.csv")).unwrap();
    rows::visit(file, &sniffed.shape, &mut |row| {
        rows_seen += 1;
        match parser.parse(&row) {
            Ok(draft) => {
                if let Some(before) = customers.insert(draft.external_id.clone().unwrap(), draft.clone()) {
                    assert_eq!(before, draft, "a duplicate changes nothing");
                    duplicates += 1;
                }
            }
            Err(rejection) => {
                rejected += 1;
                *reasons.entry(rejection.problems[0].reason.code()).or_default() += 1;
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();

    let count = |fits: &dyn Fn(&CustomerDraft) -> bool| customers.values().filter(|c| fits(c)).count();
    let cents: Decimal = customers.values().filter_map(|c| c.account_balance).sum::<Decimal>() * Decimal::ONE_HUNDRED;
    let found = json!({
        "balance_sum_cents": i64::try_from(cents).unwrap(),
        "brokers": count(&|c| c.client_type.as_deref() == Some("Broker")),
        "duplicates": duplicates,
        "formula_names": count(&|c| c.first_name.as_deref().is_some_and(|n| n.starts_with(['=', '+', '-', '@']))),
        "imported": customers.len(),
        "opted_out": count(&|c| c.opted_out == Some(true)),
        "reasons": reasons,
        "rejected": rejected,
        "rows": rows_seen,
        "swahili": count(&|c| c.preferred_language.as_deref() == Some("sw")),
        "vip_nairobi": count(&|c| c.tier.as_deref() == Some("VIP") && c.city.as_deref() == Some("Nairobi")),
    });
    let expected: Value = serde_json::from_reader(File::open(data("customers-messy.expected.json")).unwrap()).unwrap();
    assert_eq!(found, expected);
}
