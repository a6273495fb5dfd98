//! A customer as the API shows one.

use muster_db::attributes::{self, AttributeRow, DefinitionRow};
use muster_db::customers::{self, CustomerRow};
use muster_domain::channel::Channel;
use muster_domain::customer::{AttributeKind, AttributeValue};
use muster_domain::{money, time};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::channels::{self, ChannelState};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A customer in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerView {
    pub id: i64,
    /// Number in the system that the data comes from.
    pub external_id: Option<String>,
    /// First and last name.
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub client_type: Option<String>,
    pub preferred_language: Option<String>,
    #[schema(value_type = Option<Channel>)]
    pub preferred_channel: Option<String>,
    pub preferred_product: Option<String>,
    /// IANA name.
    pub timezone: Option<String>,
    /// Exact decimal in `currency`.
    pub account_balance: String,
    pub currency: Option<String>,
    /// `2021-03-14`
    pub registration_date: Option<String>,
    pub first_purchase_date: Option<String>,
    pub last_purchase_date: Option<String>,
    /// RFC 3339.
    pub last_order_at: Option<String>,
    pub purchase_count: i64,
    pub is_active: bool,
    pub opted_out: bool,
    /// RFC 3339; the person was forgotten then.
    pub erased_at: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

impl From<CustomerRow> for CustomerView {
    fn from(c: CustomerRow) -> Self {
        let name = format!("{} {}", c.first_name, c.last_name).trim().to_owned();
        Self {
            id: c.id,
            external_id: c.external_id,
            name,
            first_name: c.first_name,
            last_name: c.last_name,
            email: c.email,
            phone: c.phone,
            city: c.city,
            tier: c.tier,
            client_type: c.client_type,
            preferred_language: c.preferred_language,
            preferred_channel: c.preferred_channel,
            preferred_product: c.preferred_product,
            timezone: c.timezone,
            account_balance: money::from_e4(c.account_balance_e4).to_string(),
            currency: c.currency,
            registration_date: c.registration_date.map(time::date),
            first_purchase_date: c.first_purchase_date.map(time::date),
            last_purchase_date: c.last_purchase_date.map(time::date),
            last_order_at: c.last_order_at.map(time::rfc3339),
            purchase_count: c.purchase_count,
            is_active: c.is_active,
            opted_out: c.opted_out,
            erased_at: c.erased_at.map(time::rfc3339),
            created_at: time::rfc3339(c.created_at),
            updated_at: time::rfc3339(c.updated_at),
        }
    }
}

/// A field that the workspace has invented, and its value.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttributeView {
    pub name: String,
    pub label: String,
    #[serde(rename = "type")]
    pub kind: AttributeKind,
    /// A text, a number, a decimal as text, a boolean or a day; null in a list of fields.
    #[schema(value_type = Object)]
    pub value: Value,
}

impl From<AttributeRow> for AttributeView {
    fn from(row: AttributeRow) -> Self {
        let value = row.value().map_or(Value::Null, |value| json_of(&value));
        let kind = AttributeKind::parse(&row.value_type).unwrap_or(AttributeKind::Text);
        Self { name: row.name, label: row.label, kind, value }
    }
}

impl From<DefinitionRow> for AttributeView {
    fn from(row: DefinitionRow) -> Self {
        let kind = row.kind();
        Self { name: row.name, label: row.label, kind, value: Value::Null }
    }
}

/// A value as JSON; decimals are text, so that no digit is lost.
pub(super) fn json_of(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Text(text) => Value::from(text.as_str()),
        AttributeValue::Number(number) => Value::from(*number),
        AttributeValue::Decimal(decimal) => Value::from(decimal.to_string()),
        AttributeValue::Bool(value) => Value::from(*value),
        AttributeValue::Date(day) => Value::from(day.to_string()),
    }
}

/// A customer with everything that the profile shows beside the timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerDetail {
    #[serde(flatten)]
    pub customer: CustomerView,
    pub attributes: Vec<AttributeView>,
    /// May we send? One entry for every channel.
    pub channels: Vec<ChannelState>,
}

/// One customer; 404 when it is of another workspace.
pub async fn get(app: &App, ctx: &Ctx, id: i64) -> AppResult<CustomerDetail> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = customers::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("customer"))?;
    let attributes = attributes::of_customers(&mut tx, ctx.ws, &[id]).await?;
    let channels = channels::of_customer(&mut tx, ctx.ws, &row).await?;
    Ok(CustomerDetail { customer: row.into(), attributes: attributes.into_iter().map(Into::into).collect(), channels })
}
