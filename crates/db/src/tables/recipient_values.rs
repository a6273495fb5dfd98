//! What templates may say about customers: their fields and custom attributes, read in batches.

use std::collections::HashMap;

use muster_domain::clock::Millis;
use muster_domain::money::{E4, from_e4};
use muster_domain::template::{FieldValue, RecipientValues};
use muster_domain::workspace::WorkspaceId;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    // the primary key of customers
    FIELDS = "SELECT id, first_name, last_name, email, phone, city, tier, client_type, preferred_language, preferred_channel, preferred_product, timezone, account_balance_e4, currency, registration_date, first_purchase_date, last_purchase_date, last_order_at
              FROM customers WHERE tenant_id = $1 AND id IN (SELECT id FROM {ids $2} AS wanted)";
    // the primary key of customer_attributes
    ATTRIBUTES = "SELECT a.customer_id, d.name, d.value_type, a.text_value, a.int_value FROM customer_attributes a
                  JOIN attribute_definitions d ON d.id = a.attribute_id
                  WHERE a.tenant_id = $1 AND a.customer_id IN (SELECT id FROM {ids $2} AS wanted)";
    ATTRIBUTE_NAMES = "SELECT name, label FROM attribute_definitions WHERE tenant_id = $1 ORDER BY name LIMIT 1000";
}

#[derive(Debug, sqlx::FromRow)]
struct FieldsRow {
    id: i64,
    first_name: String,
    last_name: String,
    email: Option<String>,
    phone: Option<String>,
    city: Option<String>,
    tier: Option<String>,
    client_type: Option<String>,
    preferred_language: Option<String>,
    preferred_channel: Option<String>,
    preferred_product: Option<String>,
    timezone: Option<String>,
    account_balance_e4: E4,
    currency: Option<String>,
    registration_date: Option<Millis>,
    first_purchase_date: Option<Millis>,
    last_purchase_date: Option<Millis>,
    last_order_at: Option<Millis>,
}

#[derive(Debug, sqlx::FromRow)]
struct AttributeRow {
    customer_id: i64,
    name: String,
    value_type: String,
    text_value: Option<String>,
    int_value: Option<i64>,
}

/// The values of those of the customers that exist. At most a few thousand at once.
pub async fn load(tx: &mut Tx, ws: WorkspaceId, customers: &[i64]) -> Result<HashMap<i64, RecipientValues>> {
    let rows = fetch_all!(FieldsRow; tx, FIELDS, ws.0, json_rows(customers))?;
    let mut all: HashMap<i64, RecipientValues> = rows.into_iter().map(|row| (row.id, values_of(row))).collect();
    for row in fetch_all!(AttributeRow; tx, ATTRIBUTES, ws.0, json_rows(customers))? {
        if let (Some(values), Some(value)) = (all.get_mut(&row.customer_id), attribute_value(&row)) {
            values.set_attribute(row.name, value);
        }
    }
    Ok(all)
}

/// Names and labels of the workspace's custom attributes.
pub async fn attribute_names(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<(String, String)>> {
    fetch_all!((String, String); tx, ATTRIBUTE_NAMES, ws.0)
}

fn values_of(row: FieldsRow) -> RecipientValues {
    let mut values = RecipientValues::new();
    let texts = [
        ("first_name", Some(row.first_name)),
        ("last_name", Some(row.last_name)),
        ("email", row.email),
        ("phone", row.phone),
        ("city", row.city),
        ("tier", row.tier),
        ("client_type", row.client_type),
        ("preferred_language", row.preferred_language),
        ("preferred_channel", row.preferred_channel),
        ("preferred_product", row.preferred_product),
        ("timezone", row.timezone),
        ("currency", row.currency),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            values.set(name, FieldValue::Text(text));
        }
    }
    values.set("account_balance", FieldValue::Money(from_e4(row.account_balance_e4)));
    let days = [
        ("registration_date", row.registration_date),
        ("first_purchase_date", row.first_purchase_date),
        ("last_purchase_date", row.last_purchase_date),
        ("last_order_at", row.last_order_at),
    ];
    for (name, at) in days {
        if let Some(day) = at.and_then(FieldValue::day_of) {
            values.set(name, day);
        }
    }
    values
}

fn attribute_value(row: &AttributeRow) -> Option<FieldValue> {
    match row.value_type.as_str() {
        "number" | "decimal" => row.int_value.map(|e4| match e4 % 10_000 {
            0 if row.value_type == "number" => FieldValue::Integer(e4 / 10_000),
            _ => FieldValue::Decimal(from_e4(e4)),
        }),
        "bool" => row.int_value.map(|value| FieldValue::Bool(value != 0)),
        "date" => row.int_value.and_then(FieldValue::day_of),
        _ => row.text_value.clone().map(FieldValue::Text),
    }
}
