//! A customer as a form or a program gives one: read by the same rules as a file.

use std::collections::BTreeMap;

use muster_db::attributes::DefinitionRow;
use muster_db::customers::CustomerRow;
use muster_db::workspaces::WorkspaceRow;
use muster_domain::customer::{AttributeKind, AttributeValue, CustomerDraft, first_moment};
use muster_domain::import::{DateOrder, DecimalMark, Field, Mapping, ParseOptions, Row, RowParser, Target};
use muster_domain::money;
use muster_domain::phone::Region;
use muster_domain::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{AppError, AppResult};

/// What can be said of a customer. In a change, what is left out stays and null takes a value away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerInput {
    pub external_id: Option<String>,
    /// Whole name, instead of first and last name.
    pub name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    /// National spelling is read in the workspace's country.
    pub phone: Option<String>,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub client_type: Option<String>,
    pub preferred_language: Option<String>,
    pub preferred_channel: Option<String>,
    pub preferred_product: Option<String>,
    pub timezone: Option<String>,
    /// Decimal as text or number.
    pub account_balance: Option<String>,
    pub currency: Option<String>,
    pub registration_date: Option<String>,
    pub first_purchase_date: Option<String>,
    pub last_purchase_date: Option<String>,
    pub last_order_at: Option<String>,
    pub push_tokens: Option<Vec<String>>,
    pub is_active: Option<bool>,
    pub opted_out: Option<bool>,
    /// Fields that the workspace has invented, by name.
    #[schema(value_type = Object)]
    pub attributes: Option<Map<String, Value>>,
}

/// What a request says, read.
#[derive(Debug)]
pub(super) struct Given {
    pub draft: CustomerDraft,
    /// Fields to empty.
    pub cleared: Vec<Field>,
    /// Attributes to take away.
    pub cleared_attributes: Vec<String>,
}

/// Reads the body of a request. Keys that are no field are refused (400), values that do not fit too (422).
pub(super) fn read(
    body: &Map<String, Value>,
    definitions: &[DefinitionRow],
    workspace: &WorkspaceRow,
) -> AppResult<Given> {
    let mut cells: Vec<(String, Target, String)> = Vec::new();
    let (mut cleared, mut cleared_attributes) = (Vec::new(), Vec::new());
    for (key, value) in body {
        if key == "attributes" {
            let Value::Object(attributes) = value else {
                return Err(AppError::malformed("wrong_type", "attributes is an object of names and values"));
            };
            for (name, value) in attributes {
                let target = Target::Attribute { name: name.clone(), kind: kind_of(name, definitions)? };
                match text_of(value) {
                    Some(text) => cells.push((format!("attributes.{name}"), target, text)),
                    None => cleared_attributes.push(name.clone()),
                }
            }
            continue;
        }
        let field = field_of(key).ok_or_else(|| AppError::Malformed {
            code: "unknown_field",
            message: format!("A customer has no field `{key}`; fields of your own go into `attributes`."),
            details: vec![Problem::new(key, "unknown_field", "no such field")],
        })?;
        match text_of(value) {
            Some(text) => cells.push((key.clone(), Target::Field(field), text)),
            None => cleared.push(field),
        }
    }
    let columns = cells.iter().map(|(path, _, _)| path.clone()).collect();
    let mapping = Mapping(cells.iter().map(|(_, target, _)| target.clone()).collect());
    let row = Row { line: 0, lines: 1, cells: cells.into_iter().map(|(_, _, text)| text).collect() };
    match RowParser::new(columns, mapping, options(workspace)).parse(&row) {
        Ok(draft) => Ok(Given { draft, cleared, cleared_attributes }),
        Err(rejection) => Err(AppError::problems(
            rejection.problems.into_iter().map(|p| Problem::new(p.column, p.reason.code(), p.message)).collect(),
        )),
    }
}

/// Values of a workspace's own fields, by their types.
///
/// # Errors
/// 422 with each that does not fit, by its path `attributes.<name>`.
pub(crate) fn attribute_values(
    given: &BTreeMap<String, Value>,
    definitions: &[DefinitionRow],
    workspace: &WorkspaceRow,
) -> AppResult<Vec<(String, AttributeValue)>> {
    let body = Map::from_iter([(String::from("attributes"), given.clone().into_iter().collect())]);
    Ok(read(&body, definitions, workspace)?.draft.attributes.into_iter().collect())
}

/// How values are understood where nobody says otherwise.
pub(crate) fn options(workspace: &WorkspaceRow) -> ParseOptions {
    ParseOptions {
        region: Region::of_currency(&workspace.currency),
        decimal_mark: DecimalMark::Point,
        date_order: DateOrder::DayFirst,
        timezone: muster_domain::import::zone(&workspace.timezone).unwrap_or_default(),
    }
}

fn field_of(key: &str) -> Option<Field> {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    match key {
        "location" => Some(Field::City),
        key => Field::all().find(|field| plain(field.name()) == plain(key)),
    }
}

fn kind_of(name: &str, definitions: &[DefinitionRow]) -> AppResult<AttributeKind> {
    let definition = definitions.iter().find(|d| d.name == name);
    definition.map(DefinitionRow::kind).ok_or_else(|| {
        let message = format!("There is no field `{name}` in this workspace; add it first or correct its name.");
        AppError::problems(vec![Problem::new(format!("attributes.{name}"), "unknown_attribute", message)])
    })
}

/// The text of a JSON value; `None` for null, the empty text and the empty list.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    (!text.trim().is_empty()).then_some(text)
}

/// Writes what was given into a row.
pub(super) fn apply(row: &mut CustomerRow, given: &Given) -> AppResult<()> {
    for field in &given.cleared {
        clear(row, *field);
    }
    let d = &given.draft;
    fn put<T: Clone>(field: &mut Option<T>, value: &Option<T>) {
        if value.is_some() {
            field.clone_from(value);
        }
    }
    put(&mut row.external_id, &d.external_id);
    row.first_name = d.first_name.clone().unwrap_or(std::mem::take(&mut row.first_name));
    row.last_name = d.last_name.clone().unwrap_or(std::mem::take(&mut row.last_name));
    put(&mut row.email, &d.email.as_ref().map(ToString::to_string));
    put(&mut row.phone, &d.phone.as_ref().map(ToString::to_string));
    put(&mut row.city, &d.city);
    put(&mut row.tier, &d.tier);
    put(&mut row.client_type, &d.client_type);
    put(&mut row.preferred_language, &d.preferred_language);
    put(&mut row.preferred_channel, &d.preferred_channel.map(|c| c.to_string()));
    put(&mut row.preferred_product, &d.preferred_product);
    put(&mut row.timezone, &d.timezone.map(|zone| zone.name().to_owned()));
    if let Some(balance) = d.account_balance {
        row.account_balance_e4 =
            money::to_e4(balance).ok_or_else(|| AppError::invalid("bad_decimal", "The balance does not fit."))?;
    }
    put(&mut row.currency, &d.currency);
    put(&mut row.registration_date, &d.registration_date.map(first_moment));
    put(&mut row.first_purchase_date, &d.first_purchase_date.map(first_moment));
    put(&mut row.last_purchase_date, &d.last_purchase_date.map(first_moment));
    put(&mut row.last_order_at, &d.last_order_at);
    row.is_active = d.is_active.unwrap_or(row.is_active);
    row.opted_out = d.opted_out.unwrap_or(row.opted_out);
    Ok(())
}

fn clear(row: &mut CustomerRow, field: Field) {
    match field {
        Field::ExternalId => row.external_id = None,
        Field::Name => (row.first_name, row.last_name) = Default::default(),
        Field::FirstName => row.first_name.clear(),
        Field::LastName => row.last_name.clear(),
        Field::Email => row.email = None,
        Field::Phone => row.phone = None,
        Field::City => row.city = None,
        Field::Tier => row.tier = None,
        Field::ClientType => row.client_type = None,
        Field::PreferredLanguage => row.preferred_language = None,
        Field::PreferredChannel => row.preferred_channel = None,
        Field::PreferredProduct => row.preferred_product = None,
        Field::Timezone => row.timezone = None,
        Field::AccountBalance => row.account_balance_e4 = 0,
        Field::Currency => row.currency = None,
        Field::RegistrationDate => row.registration_date = None,
        Field::FirstPurchaseDate => row.first_purchase_date = None,
        Field::LastPurchaseDate => row.last_purchase_date = None,
        Field::LastOrderAt => row.last_order_at = None,
        // Neither known nor unknown: a question of yes or no keeps its answer.
        Field::PushTokens | Field::IsActive | Field::OptedOut | Field::OptedIn => {}
    }
}
