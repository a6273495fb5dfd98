//! The names that a template may use without anybody having defined them.

use serde::Serialize;

/// How the value of a field looks, which decides the filters that make sense for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// Any text.
    Text,
    /// An amount with two decimals.
    Money,
    /// A day as `2024-05-15`.
    Date,
}

/// A field that can be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldInfo {
    /// The name in templates.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// How its value looks.
    pub kind: FieldKind,
}

const fn field(name: &'static str, label: &'static str, kind: FieldKind) -> FieldInfo {
    FieldInfo { name, label, kind }
}

/// What every customer carries, in the order in which menus list it. Custom attributes come on top.
pub const CUSTOMER_FIELDS: [FieldInfo; 18] = [
    field("first_name", "First name", FieldKind::Text),
    field("last_name", "Last name", FieldKind::Text),
    field("name", "Full name", FieldKind::Text),
    field("email", "Email address", FieldKind::Text),
    field("phone", "Phone number", FieldKind::Text),
    field("city", "City", FieldKind::Text),
    field("tier", "Tier", FieldKind::Text),
    field("client_type", "Client type", FieldKind::Text),
    field("preferred_product", "Preferred product", FieldKind::Text),
    field("preferred_language", "Preferred language", FieldKind::Text),
    field("preferred_channel", "Preferred channel", FieldKind::Text),
    field("timezone", "Time zone", FieldKind::Text),
    field("account_balance", "Account balance", FieldKind::Money),
    field("currency", "Currency", FieldKind::Text),
    field("registration_date", "Registration date", FieldKind::Date),
    field("first_purchase_date", "First purchase date", FieldKind::Date),
    field("last_purchase_date", "Last purchase date", FieldKind::Date),
    field("last_order_at", "Last order", FieldKind::Date),
];

/// What the sending of a message adds for each recipient.
pub const MESSAGE_FIELDS: [FieldInfo; 4] = [
    field("unsubscribe_url", "Unsubscribe link", FieldKind::Text),
    field("preferences_url", "Preference centre link", FieldKind::Text),
    field("redemption_code", "Redemption code", FieldKind::Text),
    field("campaign_name", "Campaign name", FieldKind::Text),
];

/// Other names under which a field is known.
pub(crate) fn canonical(name: &str) -> &str {
    match name {
        "last_purchase" => "last_purchase_date",
        "location" => "city",
        "balance" => "account_balance",
        other => other,
    }
}

/// Whether every customer has a field of this name (or alias).
pub fn is_customer_field(name: &str) -> bool {
    let name = canonical(name);
    CUSTOMER_FIELDS.iter().any(|field| field.name == name)
}
