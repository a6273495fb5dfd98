//! Messages rendered a second, on one core: `make bench`.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use muster_domain::template::{CompiledContent, ContentSource, FieldValue, RecipientValues, StaticVariables};

/// Enough for a second or two.
const ROUNDS: u32 = 100_000;

fn main() {
    let body = "Hi {{ name }}! Get {{ amount }} OFF on {{ product }}. Code: {{ code }}. ".repeat(12);
    let source = ContentSource { text: Some(body), ..ContentSource::default() };
    let variables: StaticVariables = [("amount", "KES 500"), ("product", "10GB Data Bundle"), ("code", "SUMMER2024")]
        .map(|(name, value)| (name.to_owned(), FieldValue::from(value)))
        .into_iter()
        .collect();
    let content = CompiledContent::compile(&source, "en", variables).expect("the template is valid");
    let mut values = RecipientValues::new();
    for (name, value) in [("first_name", "John"), ("last_name", "Doe"), ("city", "Nairobi"), ("tier", "VIP")] {
        values.set(name, value);
    }
    let values = Arc::new(values);
    let start = Instant::now();
    for _ in 0..ROUNDS {
        black_box(content.render(&values).expect("it renders"));
    }
    let rate = f64::from(ROUNDS) / start.elapsed().as_secs_f64();
    println!("{rate:.0} renders of 1 KB a second");
}
