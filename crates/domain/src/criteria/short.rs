//! Short filter objects: `{"client_types": ["Broker"], "last_order_max_days": 90}` → criteria.
//!
//! | key | means |
//! |---|---|
//! | `client_types`, `tiers`, `cities`, `languages`, `channels`, `products` | in |
//! | a field's name | in for a list, equals for one value |
//! | `last_order_max_days`, `last_purchase_max_days`, `first_purchase_max_days`, `registration_max_days` | at or after now − N days |
//! | the same with `_min_days` | before now − N days |
//! | `<number>_min`, `<number>_max` (also `min_…`, `max_…`) | at least, at most |
//! | `include_inactive`, `include_opted_out` | as in criteria |

use serde_json::{Map, Value, json};

use super::field::{AttributeField, Field, FieldKind, snake};
use super::refusal::Refusals;

/// Keys of the long form: an object with one of them is no short filter.
const LONG: [&str; 5] = ["conditions", "logic", "not", "field", "operator"];

/// Whether an object is a short filter.
pub(super) fn is_short(map: &Map<String, Value>) -> bool {
    !map.is_empty() && !map.keys().any(|key| LONG.contains(&key.as_str()))
}

/// The long form of a short filter. Values are checked when the long form is read; `keys[i]` is the key that condition i came from.
pub(super) fn expand(
    map: &Map<String, Value>,
    attributes: &[AttributeField],
    out: &mut Refusals,
) -> Option<(Map<String, Value>, Vec<String>)> {
    let mut long = Map::new();
    let mut conditions = Vec::new();
    let mut keys = Vec::new();
    for (key, value) in map {
        let name = snake(key);
        if name == "include_inactive" || name == "include_opted_out" {
            long.insert(name, value.clone());
            continue;
        }
        match condition(&name, value, attributes) {
            Some(condition) => {
                conditions.push(condition);
                keys.push(key.clone());
            }
            None => {
                out.refuse::<()>(
                    key,
                    "unknown_field",
                    format!("\"{key}\" is not a filter, and there is no field of this name."),
                );
            }
        }
    }
    if !out.is_empty() {
        return None;
    }
    long.insert("logic".into(), json!("AND"));
    long.insert("conditions".into(), Value::Array(conditions));
    Some((long, keys))
}

fn condition(name: &str, value: &Value, attributes: &[AttributeField]) -> Option<Value> {
    let plain = |field: &str| {
        let operator = if value.is_array() { "in" } else { "equals" };
        Some(json!({ "field": field, "operator": operator, "value": value }))
    };
    match name {
        "client_types" => return plain("client_type"),
        "tiers" => return plain("tier"),
        "cities" | "locations" => return plain("city"),
        "languages" | "preferred_languages" => return plain("preferred_language"),
        "channels" | "preferred_channels" => return plain("preferred_channel"),
        "products" | "preferred_products" => return plain("preferred_product"),
        _ => {}
    }
    if let Some(field) = Field::find(name, attributes) {
        return plain(field.name());
    }
    for (suffix, age, number) in
        [("_max_days", "within_last", "less_or_equal"), ("_min_days", "less_than", "greater_or_equal")]
    {
        let Some(stem) = name.strip_suffix(suffix) else { continue };
        let dated = [stem.to_owned(), format!("{stem}_date"), format!("{stem}_at")];
        let mut found = dated.iter().filter_map(|name| Field::find(name, attributes));
        let field = found.find(|f| matches!(f.kind(), FieldKind::Date | FieldKind::Moment | FieldKind::Number))?;
        return match field.kind() {
            FieldKind::Number => Some(json!({ "field": field.name(), "operator": number, "value": value })),
            // "At least N days ago": not within the last N days, but there is a date.
            _ if suffix == "_min_days" => {
                Some(json!({ "field": field.name(), "operator": "greater_than", "value": days_ago(value) }))
            }
            _ => Some(json!({ "field": field.name(), "operator": age, "value": value })),
        };
    }
    for (word, operator) in [("min", "greater_or_equal"), ("max", "less_or_equal")] {
        let stem = name.strip_suffix(&format!("_{word}")).or_else(|| name.strip_prefix(&format!("{word}_")));
        if let Some(field) = stem.and_then(|stem| Field::find(stem, attributes))
            && matches!(field.kind(), FieldKind::Number | FieldKind::Decimal)
        {
            return Some(json!({ "field": field.name(), "operator": operator, "value": value }));
        }
    }
    None
}

/// A number of days as criteria write it; anything else is left for the check of the long form.
fn days_ago(value: &Value) -> Value {
    value.as_u64().map_or_else(|| value.clone(), |days| json!(format!("{days} days ago")))
}
