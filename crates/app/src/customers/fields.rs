//! The fields that a workspace invents for its customers.

use muster_db::attributes;
use muster_domain::customer::{AttributeKind, attribute_name_is_valid};
use muster_domain::problem::Problem;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::view::AttributeView;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A field to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewField {
    /// `churn_score`: as segments and templates write it.
    pub name: String,
    /// What people call it; the name when not said.
    pub label: Option<String>,
    #[serde(rename = "type")]
    pub kind: AttributeKind,
}

/// The fields of the workspace, by name.
pub async fn fields(app: &App, ctx: &Ctx) -> AppResult<Vec<AttributeView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(attributes::definitions(&mut tx, ctx.ws).await?.into_iter().map(Into::into).collect())
}

/// Adds a field. 409 when there is one of that name.
pub async fn add_field(app: &App, ctx: &Ctx, new: NewField) -> AppResult<Vec<AttributeView>> {
    ctx.require(Operation::EditCustomers)?;
    if !attribute_name_is_valid(&new.name) {
        let message =
            "A field's name has small letters a–z, digits and _, begins with a letter and has at most 64 characters.";
        return Err(AppError::problems(vec![Problem::new("name", "bad_name", message)]));
    }
    let now = app.now();
    let label = new.label.as_deref().map(str::trim).filter(|l| !l.is_empty()).unwrap_or(&new.name);
    let mut tx = app.db.write(ctx.ws).await?;
    if attributes::definitions(&mut tx, ctx.ws).await?.iter().any(|d| d.name == new.name) {
        return Err(AppError::conflict("name_taken", "There is a field of this name already."));
    }
    attributes::define(&mut tx, ctx.ws, &new.name, label, new.kind, now).await?;
    let after = json!({ "label": label, "type": new.kind });
    ctx.audit(
        &mut tx,
        now,
        "customer_field.added",
        AuditObject::new("customer_field", &new.name, &new.name).after(&after),
    )
    .await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "customers", json!({}));
    fields(app, ctx).await
}
