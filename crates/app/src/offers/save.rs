//! Creating and changing offers.

use muster_db::creatives::{self, CreativeRow, CreativeVersionRow};
use muster_db::offer_parts::{self, OfferProductRow, OfferRewardRow, TrackingSourceRow};
use muster_db::offers::{self, OfferRow};
use muster_db::{Tx, offer_approvals, products, rewards};
use muster_domain::campaign::ApprovalStatus;
use muster_domain::clock::Millis;
use muster_domain::offer::{CodeMode, OfferStatus, RewardTrigger, StrangerRedemption, normal_code};
use muster_domain::problem::Problem;
use muster_domain::template::{KnownNames, MAX_SOURCE_BYTES, Severity};
use muster_domain::time::{DAY, SECOND, parse_moment};
use serde_json::{Value, json};
use uuid::Uuid;

use super::input::{CreativeInput, OfferInput, ProductPart, RewardPart, TrackingSourceInput};
use super::problems::errors;
use super::view::{OfferDetail, detail, text_of};
use super::{TOPIC, codes, find, lifecycle};
use crate::catalogue::{MAX_DESCRIPTION, MAX_NAME};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::templates::known_names;
use crate::{App, AppError, AppResult, Ctx, catalogue};

/// Most creatives, products, rewards or tracking sources of one offer.
const MAX_PARTS: usize = 50;

/// Adds an offer, as a draft, or put to use at once when `status` is `active`.
pub async fn create(app: &App, ctx: &Ctx, input: OfferInput) -> AppResult<OfferDetail> {
    ctx.require(Operation::EditContent)?;
    if input.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
        return Err(AppError::malformed("missing_field", "Give the offer a name."));
    }
    let now = app.now();
    let mut row = OfferRow {
        id: app.new_id(),
        name: String::new(),
        description: String::new(),
        status: OfferStatus::Draft,
        approval_status: ApprovalStatus::NotSubmitted,
        approved_version: None,
        valid_from: None,
        valid_until: None,
        stranger_redemption: StrangerRedemption::Refuse,
        code_mode: CodeMode::None,
        code_prefix: String::new(),
        version: 1,
        created_by: ctx.user_id,
        created_at: now,
        updated_at: now,
        archived_at: None,
    };
    let status = input.status;
    let mut tx = app.db.write(ctx.ws).await?;
    base(&mut row, &input)?;
    offers::insert(&mut tx, ctx.ws, &row).await?;
    parts(app, ctx, &mut tx, &row, input).await?;
    let made = detail(app, ctx, &mut tx, &row).await?;
    ctx.audit(&mut tx, now, "offer.created", AuditObject::new("offer", row.id, &row.name).after(&made)).await?;
    let made = match status {
        Some(OfferStatus::Active) => lifecycle::put_to_use(app, ctx, &mut tx, row).await?,
        _ => made,
    };
    tx.commit().await?;
    app.live.publish(ctx.ws, TOPIC, json!({}));
    Ok(made)
}

/// Changes an offer. A list that is given replaces the whole list. A change of an active offer is its next version.
///
/// # Errors
/// 409 `stale` when `version` is not the newest, `archived`; 422 when an active offer would not be fit for use.
pub async fn change(app: &App, ctx: &Ctx, id: Uuid, input: OfferInput) -> AppResult<OfferDetail> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    if input.version.is_some_and(|seen| seen != before.version) {
        let text = format!("This offer is at version {} by now. Load it again and repeat your change.", before.version);
        return Err(AppError::conflict("stale", text));
    }
    if before.status == OfferStatus::Archived && input.status != Some(OfferStatus::Draft) {
        return Err(AppError::conflict("archived", "This offer is archived. Restore it before changing it."));
    }
    let earlier = detail(app, ctx, &mut tx, &before).await?;
    let mut row = before.clone();
    let status = input.status;
    base(&mut row, &input)?;
    if row.status == OfferStatus::Archived {
        row.status = OfferStatus::Draft;
        row.archived_at = None;
    }
    row.updated_at = app.now().max(before.updated_at + 1);
    next_version(ctx, &mut tx, &mut row).await?;
    parts(app, ctx, &mut tx, &row, input).await?;
    offers::update(&mut tx, ctx.ws, &row, before.updated_at).await?;
    let mut after = detail(app, ctx, &mut tx, &row).await?;
    let object = AuditObject::new("offer", id, &row.name).before(&earlier).after(&after);
    ctx.audit(&mut tx, row.updated_at, "offer.changed", object).await?;
    after = match (row.status, status) {
        (_, Some(OfferStatus::Archived)) => lifecycle::put_away(app, ctx, &mut tx, row).await?,
        (OfferStatus::Active, Some(OfferStatus::Draft)) => lifecycle::take_back(app, ctx, &mut tx, row).await?,
        (OfferStatus::Active, _) | (_, Some(OfferStatus::Active)) => {
            lifecycle::put_to_use(app, ctx, &mut tx, row).await?
        }
        _ => after,
    };
    tx.commit().await?;
    app.live.publish(ctx.ws, TOPIC, json!({}));
    Ok(after)
}

/// A version that was put to use, submitted or approved is never changed: the change makes the next one, which nobody has
/// approved yet.
async fn next_version(ctx: &Ctx, tx: &mut Tx, row: &mut OfferRow) -> AppResult<()> {
    if let Some(pending) = offer_approvals::pending(tx, ctx.ws, row.id).await? {
        offer_approvals::withdraw(tx, ctx.ws, pending.id, row.updated_at).await?;
    }
    if row.approved_version == Some(row.version) || row.approval_status != ApprovalStatus::NotSubmitted {
        row.version += 1;
    }
    row.approval_status = ApprovalStatus::NotSubmitted;
    Ok(())
}

/// Takes over the base.
fn base(row: &mut OfferRow, input: &OfferInput) -> AppResult<()> {
    let mut wrong = Vec::new();
    if let Some(name) = &input.name {
        row.name = name.trim().to_owned();
        if row.name.is_empty() || row.name.chars().count() > MAX_NAME {
            wrong.push(Problem::new("name", "bad_length", format!("A name has 1 to {MAX_NAME} characters.")));
        }
    }
    if let Some(description) = &input.description {
        row.description = description.trim().to_owned();
        if row.description.chars().count() > MAX_DESCRIPTION {
            wrong.push(Problem::new(
                "description",
                "too_long",
                format!("At most {MAX_DESCRIPTION} characters fit here."),
            ));
        }
    }
    for (field, given, kept) in [
        ("validFrom", &input.valid_from, &mut row.valid_from),
        ("validUntil", &input.valid_until, &mut row.valid_until),
    ] {
        match moment(given, field == "validUntil") {
            Ok(Some(at)) => *kept = at,
            Ok(None) => {}
            Err(text) => wrong.push(Problem::new(field, "bad_date", format!("“{text}” is no date. Write 2026-01-31."))),
        }
    }
    row.stranger_redemption = input.stranger_redemption.unwrap_or(row.stranger_redemption);
    row.code_mode = input.code_mode.unwrap_or(row.code_mode);
    if let Some(code) = &input.code {
        row.code_prefix = normal_code(code);
        if row.code_prefix.chars().count() > 40 {
            wrong.push(Problem::new("code", "too_long", "A code has at most 40 characters."));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(AppError::problems(wrong)) }
}

/// What a date field asks for: leave it, clear it, or set it. The last day counts to its end.
fn moment(given: &Option<Option<String>>, is_end: bool) -> Result<Option<Option<Millis>>, String> {
    match given {
        None => Ok(None),
        Some(None) => Ok(Some(None)),
        Some(Some(text)) if text.trim().is_empty() => Ok(Some(None)),
        Some(Some(text)) => {
            let at = parse_moment(text).ok_or_else(|| text.clone())?;
            let is_day = text.trim().len() == 10;
            Ok(Some(Some(if is_end && is_day { at + DAY - SECOND } else { at })))
        }
    }
}

/// Replaces the lists that were given.
async fn parts(app: &App, ctx: &Ctx, tx: &mut Tx, row: &OfferRow, input: OfferInput) -> AppResult<()> {
    if let Some(list) = input.products {
        let rows = product_rows(app, ctx, tx, row.id, bounded(list, "products")?).await?;
        offer_parts::set_products(tx, ctx.ws, row.id, &rows).await?;
    }
    if let Some(list) = input.rewards {
        let rows = reward_rows(app, ctx, tx, row.id, bounded(list, "rewards")?).await?;
        offer_parts::set_rewards(tx, ctx.ws, row.id, &rows).await?;
    }
    if let Some(list) = input.tracking_sources {
        let rows = source_rows(app, row.id, bounded(list, "trackingSources")?)?;
        offer_parts::set_sources(tx, ctx.ws, row.id, &rows).await?;
    }
    if let Some(list) = input.creatives {
        let rows = creative_rows(app, ctx, tx, row, bounded(list, "creatives")?).await?;
        creatives::set(tx, ctx.ws, row.id, &rows).await?;
    }
    let sources = offer_parts::sources(tx, ctx.ws, &[row.id]).await?;
    codes::keep_shared(tx, ctx, row, &sources).await
}

fn bounded<T>(list: Vec<T>, path: &str) -> AppResult<Vec<T>> {
    if list.len() > MAX_PARTS {
        let problem = Problem::new(path, "too_many", format!("An offer has at most {MAX_PARTS} of these."));
        return Err(AppError::problems(vec![problem]));
    }
    Ok(list)
}

async fn product_rows(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    offer: Uuid,
    list: Vec<ProductPart>,
) -> AppResult<Vec<OfferProductRow>> {
    let wanted: Vec<Uuid> = list.iter().filter_map(|part| part.id).collect();
    let known = products::by_ids(tx, ctx.ws, &wanted).await?;
    let mut rows: Vec<OfferProductRow> = Vec::with_capacity(list.len());
    for (index, part) in list.into_iter().enumerate() {
        let product_id = match part.id {
            Some(id) if known.iter().any(|product| product.id == id) => id,
            Some(_) => {
                return Err(unknown(format!("products[{index}].id"), "unknown_product", "There is no such product."));
            }
            None => catalogue::products::create_in(app, ctx, tx, part.new, &format!("products[{index}].")).await?.id,
        };
        if rows.iter().all(|row| row.product_id != product_id) {
            rows.push(OfferProductRow { offer_id: offer, product_id, position: position(index) });
        }
    }
    Ok(rows)
}

async fn reward_rows(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    offer: Uuid,
    list: Vec<RewardPart>,
) -> AppResult<Vec<OfferRewardRow>> {
    let wanted: Vec<Uuid> = list.iter().filter_map(|part| part.id).collect();
    let known = rewards::by_ids(tx, ctx.ws, &wanted).await?;
    let mut rows: Vec<OfferRewardRow> = Vec::with_capacity(list.len());
    for (index, part) in list.into_iter().enumerate() {
        let reward_id = match part.id {
            Some(id) if known.iter().any(|reward| reward.id == id) => id,
            Some(_) => {
                return Err(unknown(format!("rewards[{index}].id"), "unknown_reward", "There is no such reward."));
            }
            None => catalogue::rewards::create_in(app, ctx, tx, part.new, &format!("rewards[{index}].")).await?.id,
        };
        let granted_on = part.granted_on.unwrap_or(RewardTrigger::Redeemed);
        if rows.iter().all(|row| row.reward_id != reward_id) {
            rows.push(OfferRewardRow { offer_id: offer, reward_id, granted_on, position: position(index) });
        }
    }
    Ok(rows)
}

fn source_rows(app: &App, offer: Uuid, list: Vec<TrackingSourceInput>) -> AppResult<Vec<TrackingSourceRow>> {
    let mut rows = Vec::with_capacity(list.len());
    for (index, part) in list.into_iter().enumerate() {
        let source = part.source.trim().to_ascii_lowercase();
        let is_word =
            !source.is_empty() && source.len() <= 60 && source.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_word || part.value.chars().count() > 500 || part.description.chars().count() > 500 {
            let text = "A source is a word such as utm_source, with a value of at most 500 characters.";
            return Err(unknown(format!("trackingSources[{index}]"), "bad_source", text));
        }
        let (value, description) = (part.value.trim().to_owned(), part.description.trim().to_owned());
        rows.push(TrackingSourceRow {
            id: app.new_id(),
            offer_id: offer,
            source,
            value,
            description,
            position: position(index),
        });
    }
    Ok(rows)
}

/// The creatives as they will be kept: ids and pinned texts of those that stay, new versions of those that changed.
async fn creative_rows(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    row: &OfferRow,
    list: Vec<CreativeInput>,
) -> AppResult<Vec<CreativeRow>> {
    let old = creatives::of_offers(tx, ctx.ws, &[row.id]).await?;
    let known = known_names(tx, ctx, row.code_mode != CodeMode::None).await?;
    let mut rows: Vec<CreativeRow> = Vec::with_capacity(list.len());
    for (index, input) in list.into_iter().enumerate() {
        let path = format!("creatives[{index}]");
        let locale = input.locale.trim().to_owned();
        if rows.iter().any(|other| other.channel == input.channel && other.locale.eq_ignore_ascii_case(&locale)) {
            let text = format!("There are two texts for {} in “{locale}”.", input.channel);
            return Err(unknown(format!("{path}.locale"), "duplicate_creative", &text));
        }
        if [&input.title, &input.preheader, &input.text_body, &input.html_body]
            .iter()
            .any(|text| text.len() > MAX_SOURCE_BYTES)
        {
            return Err(unknown(path, "too_long", "A text has at most 512 KB."));
        }
        let same = old.iter().find(|old| match input.id {
            Some(id) => old.id == id,
            None => old.channel == input.channel && old.locale.eq_ignore_ascii_case(&locale),
        });
        let fresh = CreativeRow {
            id: same.map_or_else(|| app.new_id(), |same| same.id),
            offer_id: row.id,
            channel: input.channel,
            locale,
            title: input.title.trim().to_owned(),
            preheader: input.preheader.trim().to_owned(),
            text_body: input.text_body,
            html_body: input.html_body,
            variables: input.variables.filter(Value::is_object).unwrap_or_else(|| json!({})),
            sms_route: input.sms_route.map(|route| route.trim().to_owned()).filter(|route| !route.is_empty()),
            is_active: input.is_active,
            position: position(index),
            creative_version_id: same.and_then(|same| same.creative_version_id),
            updated_at: row.updated_at,
        };
        rows.push(pinned(ctx, tx, same, fresh, &known).await?);
    }
    Ok(rows)
}

/// Keeps the text for ever when it changed and can be sent; else the creative goes on with the last one that could.
async fn pinned(
    ctx: &Ctx,
    tx: &mut Tx,
    old: Option<&CreativeRow>,
    mut row: CreativeRow,
    known: &KnownNames,
) -> AppResult<CreativeRow> {
    let text = text_of(&row);
    if let Some(old) = old
        && text_of(old) == text
    {
        row.updated_at = old.updated_at;
        if old.creative_version_id.is_some() {
            return Ok(row);
        }
    }
    let usable = text.check(known).problems.iter().all(|problem| problem.severity == Severity::Warning);
    if usable {
        let version = text.to_version("offer_creative", Some(row.id), known, row.updated_at);
        row.creative_version_id = Some(creatives::insert_version(tx, ctx.ws, &version).await?);
    }
    Ok(row)
}

/// Keeps every text as it is now. A text may have become fit after it was saved, by a code or a field that came later.
pub(crate) async fn pin_texts(ctx: &Ctx, tx: &mut Tx, row: &OfferRow, now: Millis) -> AppResult<()> {
    let known = known_names(tx, ctx, row.code_mode != CodeMode::None).await?;
    let texts = creatives::of_offers(tx, ctx.ws, &[row.id]).await?;
    let kept: Vec<i64> = texts.iter().filter_map(|text| text.creative_version_id).collect();
    let kept = creatives::versions(tx, ctx.ws, &kept).await?;
    for creative in texts {
        let text = text_of(&creative);
        if text.check(&known).problems.iter().any(|problem| problem.severity != Severity::Warning) {
            continue;
        }
        let now_is = text.to_version("offer_creative", Some(row.id), &known, now);
        let is_kept = kept
            .iter()
            .find(|old| Some(old.id) == creative.creative_version_id)
            .is_some_and(|old| *old == CreativeVersionRow { id: old.id, created_at: old.created_at, ..now_is.clone() });
        if !is_kept {
            let version = creatives::insert_version(tx, ctx.ws, &now_is).await?;
            creatives::pin(tx, ctx.ws, creative.id, version).await?;
        }
    }
    Ok(())
}

/// Refuses an offer that is not fit for use.
pub(crate) fn require_usable(offer: &OfferDetail) -> AppResult<()> {
    let errors = errors(&offer.problems);
    if errors.is_empty() { Ok(()) } else { Err(AppError::problems(errors)) }
}

fn unknown(path: String, code: &str, message: &str) -> AppError {
    AppError::problems(vec![Problem::new(path, code, message)])
}

fn position(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}
