//! Products of the catalogue.

use muster_db::products::{self, ProductRow};
use muster_db::{Tx, workspaces};
use muster_domain::money::from_e4;
use muster_domain::problem::Problem;
use muster_domain::time::rfc3339;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{MAX_DESCRIPTION, MAX_NAME, is_currency};
use crate::ctx::AuditObject;
use crate::input::{amount_option, column_amount, like};
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A product.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub id: Uuid,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// What one gets: `10GB`.
    pub value: String,
    #[schema(value_type = String)]
    pub price: Decimal,
    pub currency: String,
    pub description: String,
    pub created_at: String,
    pub updated_at: String,
    pub archived_at: Option<String>,
}

/// A product to add, or what to change of one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductInput {
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub value: Option<String>,
    #[serde(deserialize_with = "amount_option", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub price: Option<Decimal>,
    /// The workspace's when not said.
    pub currency: Option<String>,
    pub description: Option<String>,
}

impl From<ProductRow> for Product {
    fn from(row: ProductRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            value: row.value,
            price: from_e4(row.price_e4),
            currency: row.currency,
            description: row.description,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
            archived_at: row.archived_at.map(rfc3339),
        }
    }
}

/// A page of products.
pub async fn list(app: &App, ctx: &Ctx, page: PageRequest, archived: bool, search: &str) -> AppResult<Page<Product>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, count) = products::page(&mut tx, ctx.ws, archived, &like(search), page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(Product::from).collect(), page, count))
}

/// One product.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<Product> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(find(&mut tx, ctx, id).await?.into())
}

/// Adds a product.
pub async fn create(app: &App, ctx: &Ctx, input: ProductInput) -> AppResult<Product> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = create_in(app, ctx, &mut tx, input, "").await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Adds a product inside of a transaction. `path` goes before the fields in problems.
pub(crate) async fn create_in(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    input: ProductInput,
    path: &str,
) -> AppResult<ProductRow> {
    if input.name.is_none() {
        return Err(AppError::problems(vec![Problem::new(
            format!("{path}name"),
            "missing_field",
            "Give the product a name.",
        )]));
    }
    let now = app.now();
    let mut row = ProductRow {
        id: app.new_id(),
        name: String::new(),
        kind: String::new(),
        value: String::new(),
        price_e4: 0,
        currency: default_currency(ctx, tx).await?,
        description: String::new(),
        created_at: now,
        updated_at: now,
        archived_at: None,
    };
    apply(&mut row, input, path)?;
    products::insert(tx, ctx.ws, &row).await?;
    let object = AuditObject::new("product", row.id, &row.name).after(&Product::from(row.clone()));
    ctx.audit(tx, now, "product.created", object).await?;
    Ok(row)
}

/// Changes a product.
pub async fn change(app: &App, ctx: &Ctx, id: Uuid, input: ProductInput) -> AppResult<Product> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    let mut row = before.clone();
    apply(&mut row, input, "")?;
    save(app, ctx, &mut tx, before, &mut row, "product.changed").await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Puts a product away or takes it back.
pub async fn archive(app: &App, ctx: &Ctx, id: Uuid, away: bool) -> AppResult<Product> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    let mut row = before.clone();
    row.archived_at = away.then(|| app.now());
    let action = if away { "product.archived" } else { "product.restored" };
    save(app, ctx, &mut tx, before, &mut row, action).await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Deletes a product that no offer uses.
///
/// # Errors
/// 409 `in_use` when an offer uses it: archive it instead.
pub async fn delete(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    if products::uses(&mut tx, ctx.ws, id).await? > 0 {
        return Err(AppError::conflict(
            "in_use",
            "Offers use this product. Archive it instead: it leaves the lists and the offers keep it.",
        ));
    }
    products::delete(&mut tx, ctx.ws, id).await?;
    let object = AuditObject::new("product", id, &row.name).before(&Product::from(row.clone()));
    ctx.audit(&mut tx, app.now(), "product.deleted", object).await?;
    Ok(tx.commit().await?)
}

async fn save(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    before: ProductRow,
    row: &mut ProductRow,
    action: &str,
) -> AppResult<()> {
    // Later than what was read, so that two changes in one millisecond do not pass for one.
    row.updated_at = app.now().max(before.updated_at + 1);
    products::update(tx, ctx.ws, row, before.updated_at).await?;
    let object = AuditObject::new("product", row.id, &row.name)
        .before(&Product::from(before))
        .after(&Product::from(row.clone()));
    ctx.audit(tx, row.updated_at, action, object).await
}

async fn find(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<ProductRow> {
    products::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("product"))
}

/// The currency of the workspace.
pub(crate) async fn default_currency(ctx: &Ctx, tx: &mut Tx) -> AppResult<String> {
    Ok(workspaces::get(tx, ctx.ws).await?.currency)
}

fn apply(row: &mut ProductRow, input: ProductInput, path: &str) -> AppResult<()> {
    let mut problems = Vec::new();
    let mut wrong =
        |field: &str, code: &str, message: String| problems.push(Problem::new(format!("{path}{field}"), code, message));
    if let Some(name) = input.name {
        row.name = name.trim().to_owned();
        if row.name.is_empty() || row.name.chars().count() > MAX_NAME {
            wrong("name", "bad_length", format!("A name has 1 to {MAX_NAME} characters."));
        }
    }
    if let Some(price) = input.price {
        match column_amount(price) {
            Some(e4) => row.price_e4 = e4,
            None => wrong("price", "bad_amount", "A price is not negative and has at most four decimals.".into()),
        }
    }
    if let Some(currency) = input.currency {
        row.currency = currency.trim().to_uppercase();
        if !is_currency(&row.currency) {
            wrong("currency", "bad_currency", format!("“{currency}” is no currency. Write three letters such as KES."));
        }
    }
    row.kind = input.kind.map_or(std::mem::take(&mut row.kind), |kind| kind.trim().to_owned());
    row.value = input.value.map_or(std::mem::take(&mut row.value), |value| value.trim().to_owned());
    row.description = input.description.map_or(std::mem::take(&mut row.description), |text| text.trim().to_owned());
    for (field, text, most) in [
        ("type", &row.kind, MAX_NAME),
        ("value", &row.value, MAX_NAME),
        ("description", &row.description, MAX_DESCRIPTION),
    ] {
        if text.chars().count() > most {
            wrong(field, "too_long", format!("At most {most} characters fit here."));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}
