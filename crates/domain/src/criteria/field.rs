//! What conditions may be about: fields of customers, derived ones, custom attributes. Nothing else reaches SQL.

use super::operator::Operator;
use crate::customer::AttributeKind;

crate::text_enum! {
    /// A field that every customer has. `account_age` and `first_purchase` are derived.
    pub enum CustomerField {
        Name = "name",
        FirstName = "first_name",
        LastName = "last_name",
        Email = "email",
        Phone = "phone",
        ExternalId = "external_id",
        City = "city" | "location",
        Tier = "tier",
        ClientType = "client_type",
        PreferredLanguage = "preferred_language" | "language",
        PreferredChannel = "preferred_channel",
        PreferredProduct = "preferred_product",
        Timezone = "timezone",
        AccountBalance = "account_balance" | "balance",
        Currency = "currency",
        RegistrationDate = "registration_date",
        FirstPurchaseDate = "first_purchase_date",
        LastPurchaseDate = "last_purchase_date" | "last_purchase",
        LastOrderAt = "last_order_at" | "last_order" | "last_order_date",
        PurchaseCount = "purchase_count",
        CreatedAt = "created_at",
        IsActive = "is_active",
        OptedOut = "opted_out",
        /// Whole days since registration.
        AccountAge = "account_age",
        /// Has bought exactly once.
        FirstPurchase = "first_purchase",
    }
}

crate::text_enum! {
    /// How the values of a field look and compare.
    pub enum FieldKind {
        Text = "text",
        /// One of the channels.
        Channel = "channel",
        /// Whole number.
        Number = "number",
        /// Exact, up to four decimals.
        Decimal = "decimal",
        Bool = "bool",
        /// Calendar day.
        Date = "date",
        /// Point in time.
        Moment = "moment",
        /// Something that customers do.
        Behaviour = "behaviour",
    }
}

/// A custom attribute of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeField {
    /// Row of its definition.
    pub id: i64,
    pub name: String,
    pub label: String,
    pub kind: AttributeKind,
}

/// What a condition is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    Customer(CustomerField),
    /// Id of the definition, its name and its type.
    Attribute {
        id: i64,
        name: String,
        kind: AttributeKind,
    },
}

impl CustomerField {
    /// How its values look.
    pub fn kind(self) -> FieldKind {
        match self {
            Self::PreferredChannel => FieldKind::Channel,
            Self::AccountBalance => FieldKind::Decimal,
            Self::PurchaseCount | Self::AccountAge => FieldKind::Number,
            Self::RegistrationDate | Self::FirstPurchaseDate | Self::LastPurchaseDate => FieldKind::Date,
            Self::LastOrderAt | Self::CreatedAt => FieldKind::Moment,
            Self::IsActive | Self::OptedOut | Self::FirstPurchase => FieldKind::Bool,
            _ => FieldKind::Text,
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Email => "Email address",
            Self::Phone => "Phone number",
            Self::ExternalId => "External ID",
            Self::City => "City",
            Self::Tier => "Tier",
            Self::ClientType => "Client type",
            Self::PreferredLanguage => "Preferred language",
            Self::PreferredChannel => "Preferred channel",
            Self::PreferredProduct => "Preferred product",
            Self::Timezone => "Time zone",
            Self::AccountBalance => "Account balance",
            Self::Currency => "Currency",
            Self::RegistrationDate => "Registration date",
            Self::FirstPurchaseDate => "First purchase",
            Self::LastPurchaseDate => "Last purchase",
            Self::LastOrderAt => "Last order",
            Self::PurchaseCount => "Number of purchases",
            Self::CreatedAt => "Added to Muster",
            Self::IsActive => "Active",
            Self::OptedOut => "Opted out",
            Self::AccountAge => "Account age in days",
            Self::FirstPurchase => "Bought exactly once",
        }
    }
}

impl Field {
    /// The canonical name in criteria.
    pub fn name(&self) -> &str {
        match self {
            Self::Customer(field) => field.as_str(),
            Self::Attribute { name, .. } => name,
        }
    }

    /// How its values look.
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Customer(field) => field.kind(),
            Self::Attribute { kind, .. } => (*kind).into(),
        }
    }

    /// Whether numbers are kept in ten-thousandths.
    pub fn is_scaled(&self) -> bool {
        match self {
            Self::Customer(field) => field.kind() == FieldKind::Decimal,
            Self::Attribute { kind, .. } => matches!(kind, AttributeKind::Number | AttributeKind::Decimal),
        }
    }

    /// The field of a name: camelCase or snake_case, `attributes.<name>` for a custom one that is called like a built-in one.
    pub fn find(name: &str, attributes: &[AttributeField]) -> Option<Self> {
        let custom = |name: &str| {
            let found = attributes.iter().find(|a| a.name == name)?;
            Some(Self::Attribute { id: found.id, name: found.name.clone(), kind: found.kind })
        };
        if let Some(name) = name.strip_prefix("attributes.") {
            return custom(name);
        }
        name.parse().ok().map(Self::Customer).or_else(|| custom(name)).or_else(|| {
            let snake = snake(name);
            snake.parse().ok().map(Self::Customer).or_else(|| custom(&snake))
        })
    }
}

impl From<AttributeKind> for FieldKind {
    fn from(kind: AttributeKind) -> Self {
        match kind {
            AttributeKind::Text => Self::Text,
            AttributeKind::Number => Self::Number,
            AttributeKind::Decimal => Self::Decimal,
            AttributeKind::Bool => Self::Bool,
            AttributeKind::Date => Self::Date,
        }
    }
}

impl FieldKind {
    /// What may be said about fields of this kind, the commonest first.
    pub fn operators(self) -> &'static [Operator] {
        use Operator as O;
        match self {
            Self::Text => &[
                O::Equals,
                O::NotEquals,
                O::In,
                O::NotIn,
                O::Contains,
                O::StartsWith,
                O::EndsWith,
                O::IsSet,
                O::IsNotSet,
            ],
            Self::Channel => &[O::Equals, O::NotEquals, O::In, O::NotIn, O::IsSet, O::IsNotSet],
            Self::Number | Self::Decimal => &[
                O::Equals,
                O::NotEquals,
                O::LessThan,
                O::LessOrEqual,
                O::GreaterThan,
                O::GreaterOrEqual,
                O::Between,
                O::In,
                O::NotIn,
                O::IsSet,
                O::IsNotSet,
            ],
            Self::Bool => &[O::Equals, O::NotEquals, O::IsSet, O::IsNotSet],
            Self::Date | Self::Moment => &[
                O::WithinLast,
                O::NotWithinLast,
                O::Before,
                O::After,
                O::Between,
                O::Equals,
                O::NotEquals,
                O::LessThan,
                O::LessOrEqual,
                O::GreaterThan,
                O::GreaterOrEqual,
                O::IsSet,
                O::IsNotSet,
            ],
            Self::Behaviour => &[O::Did, O::DidNot, O::WithinLast, O::NotWithinLast],
        }
    }
}

/// `lastPurchaseDate` → `last_purchase_date`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
