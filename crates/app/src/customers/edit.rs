//! Adding, changing and retiring single customers.

use muster_db::attributes::{self, DefinitionRow, NewToken, NewValue};
use muster_db::customers::{self, CustomerRow};
use muster_db::{DbError, Tx, workspaces};
use muster_domain::problem::Problem;
use serde_json::{Map, Value, json};

use super::input::{self, Given};
use super::view::{self, CustomerDetail};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Adds a customer; at least one of e-mail and phone.
pub async fn create(app: &App, ctx: &Ctx, body: &Map<String, Value>) -> AppResult<CustomerDetail> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let workspace = workspaces::get(&mut tx, ctx.ws).await?;
    let definitions = attributes::definitions(&mut tx, ctx.ws).await?;
    let given = input::read(body, &definitions, &workspace)?;
    let mut row = empty();
    row.currency = Some(workspace.currency.clone());
    input::apply(&mut row, &given)?;
    check_address(&row)?;
    row.id = customers::insert(&mut tx, ctx.ws, &row, now).await.map_err(taken)?;
    write_rest(&mut tx, ctx, row.id, &given, &definitions, now).await?;
    // The log says what was done, not who the person is: an erased person must not live on in it.
    ctx.audit(
        &mut tx,
        now,
        "customer.created",
        AuditObject::new("customer", row.id, "").after(&json!({ "fields": body.keys().collect::<Vec<_>>() })),
    )
    .await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "customers", json!({}));
    view::get(app, ctx, row.id).await
}

/// Changes a customer: what is left out stays, null takes away.
pub async fn update(app: &App, ctx: &Ctx, id: i64, body: &Map<String, Value>) -> AppResult<CustomerDetail> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let mut row = alive(&mut tx, ctx, id).await?;
    let workspace = workspaces::get(&mut tx, ctx.ws).await?;
    let definitions = attributes::definitions(&mut tx, ctx.ws).await?;
    let given = input::read(body, &definitions, &workspace)?;
    let seen_at = row.updated_at;
    input::apply(&mut row, &given)?;
    check_address(&row)?;
    customers::update(&mut tx, ctx.ws, &row, seen_at, now).await.map_err(taken)?;
    write_rest(&mut tx, ctx, id, &given, &definitions, now).await?;
    ctx.audit(
        &mut tx,
        now,
        "customer.changed",
        AuditObject::new("customer", id, "").after(&json!({ "fields": body.keys().collect::<Vec<_>>() })),
    )
    .await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "customers", json!({}));
    app.live.publish(ctx.ws, format!("customer:{id}"), json!({}));
    view::get(app, ctx, id).await
}

/// The person is no customer any more: never a target again, while the history stays.
pub async fn deactivate(app: &App, ctx: &Ctx, id: i64) -> AppResult<CustomerDetail> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    alive(&mut tx, ctx, id).await?;
    customers::deactivate(&mut tx, ctx.ws, id, now).await?;
    ctx.audit(&mut tx, now, "customer.deactivated", AuditObject::new("customer", id, "")).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "customers", json!({}));
    view::get(app, ctx, id).await
}

/// A customer who was not erased.
pub(super) async fn alive(tx: &mut Tx, ctx: &Ctx, id: i64) -> AppResult<CustomerRow> {
    customers::get(tx, ctx.ws, id).await?.filter(|c| c.erased_at.is_none()).ok_or(AppError::NotFound("customer"))
}

fn check_address(row: &CustomerRow) -> AppResult<()> {
    if row.email.is_some() || row.phone.is_some() {
        return Ok(());
    }
    Err(AppError::problems(vec![Problem::new(
        "email",
        "no_usable_address",
        "Give an e-mail address or a phone number: without one nothing can be sent.",
    )]))
}

fn taken(error: DbError) -> AppError {
    match error {
        DbError::Duplicate { .. } => AppError::conflict(
            "external_id_taken",
            "Another customer has this customer number already. Open that one, or use another number.",
        ),
        other => other.into(),
    }
}

async fn write_rest(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    given: &Given,
    definitions: &[DefinitionRow],
    now: i64,
) -> AppResult<()> {
    let definition = |name: &str| definitions.iter().find(|d| d.name == name).map(|d| d.id);
    let mut values = Vec::new();
    for (name, value) in &given.draft.attributes {
        if let Some(attribute) = definition(name) {
            let value = NewValue::new(attribute, id, value);
            values.push(value.ok_or_else(|| {
                AppError::problems(vec![Problem::new(
                    format!("attributes.{name}"),
                    "too_large",
                    "The number does not fit.",
                )])
            })?);
        }
    }
    attributes::put(tx, ctx.ws, &values).await?;
    for name in &given.cleared_attributes {
        if let Some(attribute) = definition(name) {
            attributes::remove(tx, ctx.ws, id, attribute).await?;
        }
    }
    let token = |token: &String| NewToken { customer_id: id, token: token.clone(), platform: String::from("fcm") };
    let tokens: Vec<NewToken> = given.draft.push_tokens.iter().map(token).collect();
    attributes::put_tokens(tx, ctx.ws, &tokens, now).await?;
    Ok(())
}

fn empty() -> CustomerRow {
    CustomerRow {
        id: 0,
        external_id: None,
        first_name: String::new(),
        last_name: String::new(),
        email: None,
        phone: None,
        city: None,
        tier: None,
        client_type: None,
        preferred_language: None,
        preferred_channel: None,
        preferred_product: None,
        timezone: None,
        account_balance_e4: 0,
        currency: None,
        registration_date: None,
        first_purchase_date: None,
        last_purchase_date: None,
        last_order_at: None,
        purchase_count: 0,
        is_active: true,
        opted_out: false,
        erased_at: None,
        created_at: 0,
        updated_at: 0,
    }
}
