//! Messages: checking and previewing them, and the templates that campaigns without an offer send (OFF-5, OFF-9).

pub mod preview;
pub mod store;
pub mod text;

use muster_db::{Tx, recipient_values};
use muster_domain::template::{CUSTOMER_FIELDS, FieldKind, KnownNames, MESSAGE_FIELDS};
use serde::Serialize;

use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};
use text::{MessageCheck, MessageText};

/// A name that can be inserted into a message.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InsertableField {
    pub name: String,
    pub label: String,
    /// `customer`, `attribute` or `message`.
    pub group: &'static str,
    pub kind: FieldKind,
}

/// Every name that messages of this workspace may use, in the order of menus.
pub async fn fields(app: &App, ctx: &Ctx) -> AppResult<Vec<InsertableField>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let attributes = recipient_values::attribute_names(&mut tx, ctx.ws).await?;
    let known = |field: &muster_domain::template::FieldInfo, group| InsertableField {
        name: field.name.to_owned(),
        label: field.label.to_owned(),
        group,
        kind: field.kind,
    };
    let mut all: Vec<_> = CUSTOMER_FIELDS.iter().map(|field| known(field, "customer")).collect();
    all.extend(attributes.into_iter().map(|(name, label)| InsertableField {
        name,
        label,
        group: "attribute",
        kind: FieldKind::Text,
    }));
    all.extend(MESSAGE_FIELDS.iter().map(|field| known(field, "message")));
    Ok(all)
}

/// The names that exist in this workspace besides a message's own variables.
pub(crate) async fn known_names(tx: &mut Tx, ctx: &Ctx, has_code: bool) -> AppResult<KnownNames> {
    let attributes = recipient_values::attribute_names(tx, ctx.ws).await?;
    let message = if has_code { vec![String::from("code")] } else { Vec::new() };
    Ok(KnownNames {
        attributes: attributes.into_iter().map(|(name, _)| name).collect(),
        message,
        ..KnownNames::default()
    })
}

/// Checks a message while it is typed. `has_code`: the offer gives each customer a code.
pub async fn check(app: &App, ctx: &Ctx, text: &MessageText, has_code: bool) -> AppResult<MessageCheck> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let known = known_names(&mut tx, ctx, has_code).await?;
    Ok(text.check(&known))
}
