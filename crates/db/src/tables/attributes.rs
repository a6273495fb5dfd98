//! `attribute_definitions` and `customer_attributes`: the fields that a workspace invents, with their types.

use muster_domain::clock::Millis;
use muster_domain::customer::{AttributeKind, AttributeValue};
use muster_domain::money;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    DEFINITIONS = "SELECT id, name, label, value_type FROM attribute_definitions WHERE tenant_id = $1 ORDER BY name LIMIT 1000";
    DEFINE = "INSERT INTO attribute_definitions (tenant_id, name, label, value_type, created_at) VALUES ($1, $2, $3, $4, $5)
              ON CONFLICT (tenant_id, name) DO NOTHING";
    // key of customer_attributes
    OF_CUSTOMERS = "SELECT a.customer_id, d.name, d.label, d.value_type, a.text_value, a.int_value FROM {ids $2} AS r
                    CROSS JOIN customer_attributes a JOIN attribute_definitions d ON d.id = a.attribute_id
                    WHERE a.customer_id = r.id AND a.tenant_id = $1 ORDER BY a.customer_id, d.name";
    PUT = "INSERT INTO customer_attributes (tenant_id, attribute_id, customer_id, text_value, int_value)
           SELECT $1, attribute_id, customer_id, text_value, int_value
           FROM {rows $2: attribute_id bigint, customer_id bigint, text_value text, int_value bigint} AS r WHERE TRUE
           ON CONFLICT (customer_id, attribute_id) DO UPDATE SET text_value = excluded.text_value, int_value = excluded.int_value";
    REMOVE = "DELETE FROM customer_attributes WHERE tenant_id = $1 AND customer_id = $2 AND attribute_id = $3";
    PUT_TOKENS = "INSERT INTO customer_push_tokens (tenant_id, customer_id, token, platform, created_at)
                  SELECT $1, customer_id, token, platform, $3 FROM {rows $2: customer_id bigint, token text, platform text} AS r WHERE TRUE
                  ON CONFLICT (tenant_id, token) DO UPDATE SET customer_id = excluded.customer_id";
    TOKENS = "SELECT token, platform, created_at FROM customer_push_tokens WHERE tenant_id = $1 AND customer_id = $2 ORDER BY created_at, token";
}

/// A field that the workspace has invented.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct DefinitionRow {
    pub id: i64,
    pub name: String,
    /// What people call it.
    pub label: String,
    /// text | number | decimal | bool | date
    pub value_type: String,
}

impl DefinitionRow {
    /// The type.
    pub fn kind(&self) -> AttributeKind {
        AttributeKind::parse(&self.value_type).unwrap_or(AttributeKind::Text)
    }
}

/// The value of a field for one customer.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AttributeRow {
    pub customer_id: i64,
    pub name: String,
    pub label: String,
    pub value_type: String,
    pub text_value: Option<String>,
    /// number and decimal in ten-thousandths, bool 0/1, date in ms
    pub int_value: Option<i64>,
}

impl AttributeRow {
    /// The typed value; `None` when the row holds none.
    pub fn value(&self) -> Option<AttributeValue> {
        let number = self.int_value;
        Some(match AttributeKind::parse(&self.value_type)? {
            AttributeKind::Text => AttributeValue::Text(self.text_value.clone()?),
            AttributeKind::Number => AttributeValue::Number(number? / 10_000),
            AttributeKind::Decimal => AttributeValue::Decimal(money::from_e4(number?).normalize()),
            AttributeKind::Bool => AttributeValue::Bool(number? != 0),
            AttributeKind::Date => AttributeValue::Date(muster_domain::customer::day_of(number?)?),
        })
    }
}

/// A value to write.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewValue {
    pub attribute_id: i64,
    pub customer_id: i64,
    pub text_value: Option<String>,
    pub int_value: Option<i64>,
}

impl NewValue {
    /// `None` when a number does not fit its column.
    pub fn new(attribute_id: i64, customer_id: i64, value: &AttributeValue) -> Option<Self> {
        let (text_value, int_value) = match value {
            AttributeValue::Text(text) => (Some(text.clone()), None),
            AttributeValue::Number(number) => (None, Some(number.checked_mul(10_000)?)),
            AttributeValue::Decimal(decimal) => (None, Some(money::to_e4(*decimal)?)),
            AttributeValue::Bool(value) => (None, Some(i64::from(*value))),
            AttributeValue::Date(day) => (None, Some(muster_domain::customer::first_moment(*day))),
        };
        Some(Self { attribute_id, customer_id, text_value, int_value })
    }
}

/// The fields of a workspace, by name.
pub async fn definitions(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<DefinitionRow>> {
    fetch_all!(DefinitionRow; tx, DEFINITIONS, ws.0)
}

/// Adds a field; one of that name stays as it is.
pub async fn define(
    tx: &mut Tx,
    ws: WorkspaceId,
    name: &str,
    label: &str,
    kind: AttributeKind,
    now: Millis,
) -> Result<()> {
    exec!(tx, DEFINE, ws.0, name, label, kind.as_str(), now)?;
    Ok(())
}

/// The values of some customers.
pub async fn of_customers(tx: &mut Tx, ws: WorkspaceId, ids: &[i64]) -> Result<Vec<AttributeRow>> {
    fetch_all!(AttributeRow; tx, OF_CUSTOMERS, ws.0, json_rows(ids))
}

/// Writes values over what is there.
pub async fn put(tx: &mut Tx, ws: WorkspaceId, values: &[NewValue]) -> Result<()> {
    exec!(tx, PUT, ws.0, json_rows(values))?;
    Ok(())
}

/// Takes a value away.
pub async fn remove(tx: &mut Tx, ws: WorkspaceId, customer: i64, attribute: i64) -> Result<()> {
    exec!(tx, REMOVE, ws.0, customer, attribute)?;
    Ok(())
}

/// A device to write.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewToken {
    pub customer_id: i64,
    pub token: String,
    /// fcm | apns | web
    pub platform: String,
}

/// A device of a customer.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct TokenRow {
    pub token: String,
    pub platform: String,
    pub created_at: Millis,
}

/// Adds devices; one that belonged to somebody else changes hands.
pub async fn put_tokens(tx: &mut Tx, ws: WorkspaceId, tokens: &[NewToken], now: Millis) -> Result<()> {
    exec!(tx, PUT_TOKENS, ws.0, json_rows(tokens), now)?;
    Ok(())
}

/// The devices of a customer.
pub async fn tokens(tx: &mut Tx, ws: WorkspaceId, customer: i64) -> Result<Vec<TokenRow>> {
    fetch_all!(TokenRow; tx, TOKENS, ws.0, customer)
}
