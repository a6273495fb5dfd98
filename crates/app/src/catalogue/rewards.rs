//! Rewards of the catalogue.

use muster_db::rewards::{self, RewardRow};
use muster_db::{Tx, products};
use muster_domain::money::from_e4;
use muster_domain::offer::RewardKind;
use muster_domain::problem::Problem;
use muster_domain::template::format_money;
use muster_domain::time::rfc3339;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::products::default_currency;
use super::{MAX_DESCRIPTION, MAX_NAME, is_currency};
use crate::ctx::AuditObject;
use crate::input::{amount_option, column_amount, given, like};
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A reward.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reward {
    pub id: Uuid,
    pub name: String,
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: RewardKind,
    /// An amount, a percentage or a number of points, as the type says.
    #[schema(value_type = String)]
    pub value: Decimal,
    pub currency: Option<String>,
    pub product_id: Option<Uuid>,
    pub description: String,
    pub created_at: String,
    pub updated_at: String,
    pub archived_at: Option<String>,
}

/// A reward to add, or what to change of one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RewardInput {
    /// Made from type and value when not given.
    pub name: Option<String>,
    #[serde(rename = "type")]
    #[schema(value_type = Option<String>)]
    pub kind: Option<RewardKind>,
    #[serde(deserialize_with = "amount_option", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub value: Option<Decimal>,
    pub currency: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub product_id: Option<Option<Uuid>>,
    pub description: Option<String>,
}

impl From<RewardRow> for Reward {
    fn from(row: RewardRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            value: from_e4(row.value_e4),
            currency: row.currency,
            product_id: row.product_id,
            description: row.description,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
            archived_at: row.archived_at.map(rfc3339),
        }
    }
}

/// A page of rewards.
pub async fn list(app: &App, ctx: &Ctx, page: PageRequest, archived: bool, search: &str) -> AppResult<Page<Reward>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, count) = rewards::page(&mut tx, ctx.ws, archived, &like(search), page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(Reward::from).collect(), page, count))
}

/// One reward.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<Reward> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(find(&mut tx, ctx, id).await?.into())
}

/// Adds a reward.
pub async fn create(app: &App, ctx: &Ctx, input: RewardInput) -> AppResult<Reward> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = create_in(app, ctx, &mut tx, input, "").await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Adds a reward inside of a transaction. `path` goes before the fields in problems.
pub(crate) async fn create_in(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    input: RewardInput,
    path: &str,
) -> AppResult<RewardRow> {
    let Some(kind) = input.kind else {
        let problem = Problem::new(format!("{path}type"), "missing_field", "Say what kind of reward this is.");
        return Err(AppError::problems(vec![problem]));
    };
    let now = app.now();
    let mut row = RewardRow {
        id: app.new_id(),
        name: String::new(),
        kind,
        value_e4: 0,
        currency: None,
        product_id: None,
        description: String::new(),
        created_at: now,
        updated_at: now,
        archived_at: None,
    };
    apply(ctx, tx, &mut row, input, path).await?;
    rewards::insert(tx, ctx.ws, &row).await?;
    let object = AuditObject::new("reward", row.id, &row.name).after(&Reward::from(row.clone()));
    ctx.audit(tx, now, "reward.created", object).await?;
    Ok(row)
}

/// Changes a reward. What was granted already stays as it was.
pub async fn change(app: &App, ctx: &Ctx, id: Uuid, input: RewardInput) -> AppResult<Reward> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    let mut row = before.clone();
    apply(ctx, &mut tx, &mut row, input, "").await?;
    save(app, ctx, &mut tx, before, &mut row, "reward.changed").await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Puts a reward away or takes it back.
pub async fn archive(app: &App, ctx: &Ctx, id: Uuid, away: bool) -> AppResult<Reward> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    let mut row = before.clone();
    row.archived_at = away.then(|| app.now());
    let action = if away { "reward.archived" } else { "reward.restored" };
    save(app, ctx, &mut tx, before, &mut row, action).await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Deletes a reward that no offer uses.
///
/// # Errors
/// 409 `in_use` when an offer uses it: archive it instead.
pub async fn delete(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    if rewards::uses(&mut tx, ctx.ws, id).await? > 0 {
        return Err(AppError::conflict(
            "in_use",
            "Offers use this reward. Archive it instead: it leaves the lists and the offers keep it.",
        ));
    }
    rewards::delete(&mut tx, ctx.ws, id).await?;
    let object = AuditObject::new("reward", id, &row.name).before(&Reward::from(row.clone()));
    ctx.audit(&mut tx, app.now(), "reward.deleted", object).await?;
    Ok(tx.commit().await?)
}

async fn save(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    before: RewardRow,
    row: &mut RewardRow,
    action: &str,
) -> AppResult<()> {
    row.updated_at = app.now().max(before.updated_at + 1);
    rewards::update(tx, ctx.ws, row, before.updated_at).await?;
    let object =
        AuditObject::new("reward", row.id, &row.name).before(&Reward::from(before)).after(&Reward::from(row.clone()));
    ctx.audit(tx, row.updated_at, action, object).await
}

async fn find(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<RewardRow> {
    rewards::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("reward"))
}

async fn apply(ctx: &Ctx, tx: &mut Tx, row: &mut RewardRow, input: RewardInput, path: &str) -> AppResult<()> {
    let mut problems = Vec::new();
    let mut wrong =
        |field: &str, code: &str, message: &str| problems.push(Problem::new(format!("{path}{field}"), code, message));
    row.kind = input.kind.unwrap_or(row.kind);
    if let Some(value) = input.value {
        match column_amount(value) {
            Some(e4) => row.value_e4 = e4,
            None => wrong("value", "bad_amount", "A value is not negative and has at most four decimals."),
        }
    }
    if let Some(product) = input.product_id {
        row.product_id = product;
    }
    if let Some(currency) = input.currency {
        row.currency = Some(currency.trim().to_uppercase()).filter(|code| !code.is_empty());
    }
    if row.kind.is_money() && row.currency.is_none() {
        row.currency = Some(default_currency(ctx, tx).await?);
    }
    if row.currency.as_deref().is_some_and(|code| !is_currency(code)) {
        wrong("currency", "bad_currency", "A currency has three letters, such as KES.");
    }
    if row.kind != RewardKind::BonusProduct && row.value_e4 == 0 {
        wrong("value", "bad_amount", "Say how much: the value is above zero.");
    }
    if row.kind == RewardKind::DiscountPercent && row.value_e4 > 1_000_000 {
        wrong("value", "bad_amount", "A discount is at most 100 percent.");
    }
    let product = match row.product_id {
        Some(id) => products::get(tx, ctx.ws, id).await?,
        None => None,
    };
    if row.kind == RewardKind::BonusProduct && product.is_none() {
        wrong("productId", "unknown_product", "Choose the product that is given on top.");
    }
    row.description = input.description.map_or(std::mem::take(&mut row.description), |text| text.trim().to_owned());
    if let Some(name) = input.name {
        row.name = name.trim().to_owned();
    }
    if row.name.is_empty() {
        row.name = describe(row, product.as_ref().map(|product| product.name.as_str()));
    }
    if row.name.chars().count() > MAX_NAME {
        wrong("name", "bad_length", "A name has at most 255 characters.");
    }
    if row.description.chars().count() > MAX_DESCRIPTION {
        wrong("description", "too_long", "At most 4000 characters fit here.");
    }
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}

/// What a reward is called when nobody named it: "KES 200.00 credit".
fn describe(row: &RewardRow, product: Option<&str>) -> String {
    let value = from_e4(row.value_e4);
    match row.kind {
        RewardKind::Credit => format!("{} credit", format_money(value, row.currency.as_deref())),
        RewardKind::DiscountAmount => format!("{} off", format_money(value, row.currency.as_deref())),
        RewardKind::DiscountPercent => format!("{}% off", value.normalize()),
        RewardKind::BonusProduct => format!("Bonus {}", product.unwrap_or("product")),
        RewardKind::Points => format!("{} points", value.normalize()),
    }
}
