//! Redeeming codes (OFF-7): the reward is granted once and only once, in exact decimals, and the ledger sums to the balance.

use muster_db::executions::{self, StageRows};
use muster_db::{Tx, contacts, reactions, redemptions};
use muster_domain::clock::Millis;
use muster_domain::money::{from_e4, to_e4};
use muster_domain::problem::Problem;
use muster_domain::workspace::WorkspaceId;
use muster_engine::stages::Stage;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ctx::AuditObject;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A code that a customer brought.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedeemRequest {
    /// In any case, with or without spaces around.
    pub code: String,
    pub customer_id: i64,
    /// What was bought with it, as text or number; counts as revenue.
    #[serde(default, deserialize_with = "crate::amount::optional")]
    #[schema(value_type = Option<String>)]
    pub value: Option<Decimal>,
    /// Now when not said; never later than now.
    #[serde(default, with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub occurred_at: Option<Millis>,
}

/// A redemption and what it brought.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedemptionView {
    pub id: i64,
    pub code: String,
    pub customer_id: i64,
    pub customer_name: String,
    pub offer_id: Uuid,
    pub offer_name: String,
    pub campaign_id: Option<Uuid>,
    #[schema(value_type = String)]
    pub value: Decimal,
    pub currency: Option<String>,
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub redeemed_at: Millis,
    pub rewards: Vec<GrantView>,
}

/// A reward that was granted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantView {
    pub reward_id: Uuid,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[schema(value_type = String)]
    pub amount: Decimal,
    pub currency: Option<String>,
    pub detail: String,
    /// The account's balance after a credit.
    #[schema(value_type = Option<String>)]
    pub balance_after: Option<Decimal>,
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub granted_at: Millis,
}

/// Why rewards are granted.
#[derive(Debug, Clone)]
pub(crate) struct GrantCause<'a> {
    /// `clicked`, `redeemed` or `purchased`.
    pub on: &'a str,
    pub customer_id: i64,
    pub offer_id: Uuid,
    pub campaign_id: Option<Uuid>,
    /// The run whose stage of rewards counts it.
    pub run_id: Option<i64>,
    pub redemption_id: Option<i64>,
    /// The same cause grants once.
    pub key: String,
}

/// Redeems a code. The same code by the same customer again changes nothing and answers 409 `already_redeemed`.
///
/// # Errors
/// 404 for an unknown code or customer; 409 when the offer is not running, the code is somebody else's, or the customer
/// got no message of the offer and the offer refuses strangers; 422 for an amount or moment that cannot be.
pub async fn redeem(app: &App, ctx: &Ctx, request: RedeemRequest) -> AppResult<RedemptionView> {
    ctx.require(Operation::Redeem)?;
    let now = app.now();
    let value_e4 = check(&request, now)?;
    let at = request.occurred_at.unwrap_or(now);
    let code = request.code.trim().to_uppercase();
    let mut tx = app.db.write(ctx.ws).await?;
    let found = redemptions::code(&mut tx, ctx.ws, &code).await?.ok_or(AppError::NotFound("code"))?;
    let contact = contacts::get(&mut tx, ctx.ws, request.customer_id).await?.ok_or(AppError::NotFound("customer"))?;
    let message = redemptions::message_of(&mut tx, ctx.ws, contact.id, found.offer_id).await?;
    allowed(&found, contact.id, message.is_some(), at)?;
    let new = redemptions::NewRedemption {
        customer_id: contact.id,
        offer_id: found.offer_id,
        message,
        code: &code,
        value_e4,
        currency: contact.currency.as_deref(),
        redeemed_at: at,
        created_at: now,
    };
    let id = redemptions::insert(&mut tx, ctx.ws, &new).await?.ok_or_else(|| {
        AppError::conflict(
            "already_redeemed",
            format!("{} has redeemed {code} already; the reward was granted then.", contact.name()),
        )
    })?;
    let cause = GrantCause {
        on: "redeemed",
        customer_id: contact.id,
        offer_id: found.offer_id,
        campaign_id: message.map(|m| m.campaign_id),
        run_id: message.map(|m| m.run_id),
        redemption_id: Some(id),
        key: format!("redeemed:{code}"),
    };
    grant_rewards(app, &mut tx, ctx.ws, &cause, now).await?;
    count(&mut tx, ctx.ws, id, &new).await?;
    let object =
        AuditObject::new("redemption", id, &found.offer_name).after(&json!({ "code": code, "customerId": contact.id }));
    ctx.audit(&mut tx, now, "offer.redeemed", object).await?;
    let row = redemptions::find(&mut tx, ctx.ws, &code, contact.id).await?.ok_or(AppError::NotFound("redemption"))?;
    let view = view(&mut tx, ctx.ws, row).await?;
    tx.commit().await?;
    if let Some(message) = message {
        crate::tracking::announce(app, ctx.ws, message.campaign_id);
    }
    app.live.publish(ctx.ws, "redemptions", json!({}));
    Ok(view)
}

fn check(request: &RedeemRequest, now: Millis) -> AppResult<i64> {
    let mut problems = Vec::new();
    if request.code.trim().is_empty() || request.code.len() > 100 {
        problems.push(Problem::new("code", "required", "Give the code, of at most 100 characters."));
    }
    if request.occurred_at.is_some_and(|at| at > now) {
        problems.push(Problem::new("occurredAt", "in_future", "A code cannot be redeemed in the future."));
    }
    let value = request.value.map_or(Some(0), |v| to_e4(v).filter(|e4| *e4 >= 0));
    if value.is_none() {
        problems.push(Problem::new("value", "bad_amount", "The value is an amount from 0 with at most four decimals."));
    }
    match value {
        Some(value) if problems.is_empty() => Ok(value),
        _ => Err(AppError::problems(problems)),
    }
}

fn allowed(code: &redemptions::CodeRow, customer_id: i64, is_recipient: bool, at: Millis) -> AppResult<()> {
    let offer = &code.offer_name;
    if code.customer_id.is_some_and(|owner| owner != customer_id) {
        return Err(AppError::conflict("not_your_code", "This code was given to another customer."));
    }
    if code.status != "active" {
        return Err(AppError::conflict("offer_not_active", format!("The offer \"{offer}\" is not active.")));
    }
    if code.valid_from.is_some_and(|from| at < from) {
        return Err(AppError::conflict("offer_not_started", format!("The offer \"{offer}\" has not begun yet.")));
    }
    if code.valid_until.is_some_and(|until| at > until) {
        return Err(AppError::conflict("offer_expired", format!("The offer \"{offer}\" has ended.")));
    }
    if !is_recipient && code.stranger_redemption != "accept" {
        return Err(AppError::conflict(
            "not_a_recipient",
            format!("This customer was not sent the offer \"{offer}\"."),
        ));
    }
    Ok(())
}

/// The redemption in the message's timeline and in the counters. A message counts once, however many codes came of it.
async fn count(tx: &mut Tx, ws: WorkspaceId, id: i64, new: &redemptions::NewRedemption<'_>) -> AppResult<()> {
    let conversion = redemptions::NewConversion {
        customer_id: new.customer_id,
        campaign_id: new.message.map(|m| m.campaign_id),
        run_id: new.message.map(|m| m.run_id),
        seq: new.message.map(|m| m.seq),
        kind: "redemption",
        value_e4: new.value_e4,
        currency: new.currency,
        occurred_at: new.redeemed_at,
        source: "redemption",
        dedupe_key: &format!("redemption:{id}"),
    };
    let converted = redemptions::convert(tx, ws, &conversion).await?;
    let Some(message) = new.message else { return Ok(()) };
    let event = reactions::NewEvent {
        run_id: message.run_id,
        seq: message.seq,
        customer_id: new.customer_id,
        kind: "redeemed",
        at: new.redeemed_at,
        link_id: None,
        is_bot: false,
        user_agent: None,
        data: Some(json!({ "code": new.code, "redemptionId": id, "value": from_e4(new.value_e4) })),
        dedupe_key: Some(format!("redemption:{id}")),
    };
    reactions::event(tx, ws, &event).await?;
    let first = redemptions::of_message(tx, ws, message.run_id, message.seq).await? == 1;
    let counts = reactions::Counts {
        redeemed: i64::from(first),
        conversions: i64::from(converted),
        revenue_e4: if converted { new.value_e4 } else { 0 },
        ..reactions::Counts::default()
    };
    Ok(reactions::count(tx, ws, message.run_id, message.variant_no, counts).await?)
}

/// Grants what the offer grants for a cause, each reward once; a credit goes to the customer's balance.
pub(crate) async fn grant_rewards(
    app: &App,
    tx: &mut Tx,
    ws: WorkspaceId,
    cause: &GrantCause<'_>,
    now: Millis,
) -> AppResult<()> {
    let mut granted = 0;
    for reward in redemptions::rewards(tx, ws, cause.offer_id, cause.on).await? {
        let detail = match reward.kind.as_str() {
            // A discount is a code of the customer's own, to be shown at the till.
            "discount_amount" | "discount_percent" => discount_code(&app.ids.random()),
            "bonus_product" => reward.product_name.clone().unwrap_or_default(),
            _ => String::new(),
        };
        let grant = redemptions::NewGrant {
            customer_id: cause.customer_id,
            reward_id: reward.id,
            offer_id: cause.offer_id,
            campaign_id: cause.campaign_id,
            redemption_id: cause.redemption_id,
            kind: &reward.kind,
            amount_e4: reward.value_e4,
            currency: reward.currency.as_deref(),
            detail: &detail,
            granted_at: now,
            grant_key: &format!("{}:{}:{}", reward.id, cause.customer_id, cause.key),
        };
        let Some(grant_id) = redemptions::grant(tx, ws, &grant).await? else { continue };
        granted += 1;
        if reward.kind == "credit" {
            let currency = reward.currency.as_deref().unwrap_or_default();
            let balance = contacts::credit(tx, ws, cause.customer_id, reward.value_e4, currency, now)
                .await?
                .ok_or_else(|| {
                    let message = format!(
                        "The customer's account is not in {currency}: the reward \"{}\" cannot be credited.",
                        reward.name
                    );
                    AppError::conflict("other_currency", message)
                })?;
            redemptions::set_balance(tx, ws, grant_id, balance).await?;
        }
    }
    if let Some(run) = cause.run_id.filter(|_| granted > 0) {
        let rows = [StageRows { stage: Stage::Rewards.as_str(), processed: granted, updated: granted }];
        executions::advance(tx, ws, run, &rows, now).await?;
    }
    Ok(())
}

/// Ten letters and digits that are not mistaken for each other.
fn discount_code(random: &[u8; 32]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    random.iter().take(10).map(|b| char::from(LETTERS[usize::from(b & 31)])).collect()
}

/// Redemptions, newest first; of one campaign or customer when they are given.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    campaign_id: Option<Uuid>,
    customer_id: Option<i64>,
    request: PageRequest,
) -> AppResult<Page<RedemptionView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, total) =
        redemptions::page(&mut tx, ctx.ws, campaign_id, customer_id, request.page_size, request.offset()).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        views.push(view(&mut tx, ctx.ws, row).await?);
    }
    Ok(Page::new(views, request, total))
}

async fn view(tx: &mut Tx, ws: WorkspaceId, row: redemptions::RedemptionRow) -> AppResult<RedemptionView> {
    let granted = redemptions::ledger(tx, ws, row.customer_id, Some(row.id)).await?;
    let name =
        format!("{} {}", row.first_name.as_deref().unwrap_or_default(), row.last_name.as_deref().unwrap_or_default());
    Ok(RedemptionView {
        id: row.id,
        code: row.code,
        customer_id: row.customer_id,
        customer_name: name.trim().to_owned(),
        offer_id: row.offer_id,
        offer_name: row.offer_name,
        campaign_id: row.campaign_id,
        value: from_e4(row.value_e4),
        currency: row.currency,
        redeemed_at: row.redeemed_at,
        rewards: granted.into_iter().map(grant_view).collect(),
    })
}

fn grant_view(row: redemptions::LedgerRow) -> GrantView {
    GrantView {
        reward_id: row.reward_id,
        name: row.reward_name,
        kind: row.kind,
        amount: from_e4(row.amount_e4),
        currency: row.currency,
        detail: row.detail,
        balance_after: row.balance_after_e4.map(from_e4),
        granted_at: row.granted_at,
    }
}
