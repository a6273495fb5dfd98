//! Offers as they are shown.

use std::collections::HashMap;

use muster_db::creatives::{self, CreativeRow};
use muster_db::offer_parts::{OfferProductRow, OfferRewardRow, TrackingSourceRow};
use muster_db::offers::OfferRow;
use muster_db::{Tx, offer_parts, offers, people, products, rewards};
use muster_domain::campaign::ApprovalStatus;
use muster_domain::channel::Channel;
use muster_domain::offer::{CodeMode, OfferStatus, RewardTrigger, StrangerRedemption};
use muster_domain::time::rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::find;
use super::problems::{OfferProblem, find_problems};
use crate::catalogue::products::Product;
use crate::catalogue::rewards::Reward;
use crate::input::like;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::templates::text::MessageText;
use crate::{App, AppResult, Ctx};

/// The base of an offer.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferBase {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[schema(value_type = String)]
    pub status: OfferStatus,
    #[schema(value_type = String)]
    pub approval_status: ApprovalStatus,
    /// The version that was put to use last.
    pub approved_version: Option<i64>,
    pub valid_from: Option<String>,
    pub valid_until: Option<String>,
    #[schema(value_type = String)]
    pub stranger_redemption: StrangerRedemption,
    #[schema(value_type = String)]
    pub code_mode: CodeMode,
    /// The shared code, or what unique codes begin with.
    pub code: String,
    pub version: i64,
    pub created_by: Option<Uuid>,
    pub created_at: String,
    pub updated_at: String,
    pub archived_at: Option<String>,
}

/// An offer in a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferSummary {
    #[serde(flatten)]
    pub base: OfferBase,
    /// Channels with an active creative, in the order of the creatives.
    #[schema(value_type = Vec<String>)]
    pub channels: Vec<Channel>,
    /// Languages with an active creative.
    pub locales: Vec<String>,
    pub products: Vec<Product>,
    pub rewards: Vec<OfferReward>,
}

/// An offer with everything in it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferDetail {
    #[serde(flatten)]
    pub base: OfferBase,
    pub created_by_name: Option<String>,
    pub products: Vec<Product>,
    pub creatives: Vec<Creative>,
    pub rewards: Vec<OfferReward>,
    pub tracking_sources: Vec<TrackingSource>,
    /// What keeps it from being put to use, and what is worth a look.
    pub problems: Vec<OfferProblem>,
    /// Campaigns that send it.
    pub campaigns: i64,
}

/// A text of an offer.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Creative {
    pub id: Uuid,
    #[serde(flatten)]
    pub text: MessageText,
    pub is_active: bool,
    /// The immutable text that campaigns send.
    pub creative_version_id: Option<i64>,
    pub updated_at: String,
}

/// A reward of an offer.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferReward {
    #[serde(flatten)]
    pub reward: Reward,
    /// What the customer does for it.
    #[schema(value_type = String)]
    pub granted_on: RewardTrigger,
}

/// A tracking source of an offer.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrackingSource {
    pub id: Uuid,
    pub source: String,
    pub value: String,
    pub description: String,
}

/// A version that was put to use.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferVersion {
    pub version: i64,
    pub created_by: Option<Uuid>,
    pub created_at: String,
}

/// Everything that belongs to some offers.
pub(crate) struct Parts {
    pub products: Vec<OfferProductRow>,
    pub rewards: Vec<OfferRewardRow>,
    pub sources: Vec<TrackingSourceRow>,
    pub creatives: Vec<CreativeRow>,
    product_rows: HashMap<Uuid, Product>,
    reward_rows: HashMap<Uuid, Reward>,
}

impl Parts {
    /// Reads the parts of some offers.
    pub async fn load(tx: &mut Tx, ctx: &Ctx, ids: &[Uuid]) -> AppResult<Self> {
        let product_parts = offer_parts::products(tx, ctx.ws, ids).await?;
        let reward_parts = offer_parts::rewards(tx, ctx.ws, ids).await?;
        let wanted: Vec<Uuid> = product_parts.iter().map(|part| part.product_id).collect();
        let product_rows = products::by_ids(tx, ctx.ws, &wanted).await?;
        let wanted: Vec<Uuid> = reward_parts.iter().map(|part| part.reward_id).collect();
        let reward_rows = rewards::by_ids(tx, ctx.ws, &wanted).await?;
        Ok(Self {
            sources: offer_parts::sources(tx, ctx.ws, ids).await?,
            creatives: creatives::of_offers(tx, ctx.ws, ids).await?,
            products: product_parts,
            rewards: reward_parts,
            product_rows: product_rows.into_iter().map(|row| (row.id, row.into())).collect(),
            reward_rows: reward_rows.into_iter().map(|row| (row.id, row.into())).collect(),
        })
    }

    fn products_of(&self, offer: Uuid) -> Vec<Product> {
        let of_offer = self.products.iter().filter(|part| part.offer_id == offer);
        of_offer.filter_map(|part| self.product_rows.get(&part.product_id).cloned()).collect()
    }

    fn rewards_of(&self, offer: Uuid) -> Vec<OfferReward> {
        let of_offer = self.rewards.iter().filter(|part| part.offer_id == offer);
        of_offer
            .filter_map(|part| {
                let reward = self.reward_rows.get(&part.reward_id)?.clone();
                Some(OfferReward { reward, granted_on: part.granted_on })
            })
            .collect()
    }
}

impl From<&OfferRow> for OfferBase {
    fn from(row: &OfferRow) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            description: row.description.clone(),
            status: row.status,
            approval_status: row.approval_status,
            approved_version: row.approved_version,
            valid_from: row.valid_from.map(rfc3339),
            valid_until: row.valid_until.map(rfc3339),
            stranger_redemption: row.stranger_redemption,
            code_mode: row.code_mode,
            code: row.code_prefix.clone(),
            version: row.version,
            created_by: row.created_by,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
            archived_at: row.archived_at.map(rfc3339),
        }
    }
}

/// The text of a creative.
pub(crate) fn text_of(row: &CreativeRow) -> MessageText {
    MessageText {
        channel: row.channel,
        locale: row.locale.clone(),
        title: row.title.clone(),
        preheader: row.preheader.clone(),
        text_body: row.text_body.clone(),
        html_body: row.html_body.clone(),
        variables: row.variables.clone(),
        sms_route: row.sms_route.clone(),
    }
}

fn creative(row: &CreativeRow) -> Creative {
    Creative {
        id: row.id,
        text: text_of(row),
        is_active: row.is_active,
        creative_version_id: row.creative_version_id,
        updated_at: rfc3339(row.updated_at),
    }
}

fn source(row: &TrackingSourceRow) -> TrackingSource {
    TrackingSource {
        id: row.id,
        source: row.source.clone(),
        value: row.value.clone(),
        description: row.description.clone(),
    }
}

/// What to list. Words, or empty for any.
#[derive(Debug, Clone, Default)]
pub struct OfferQuery {
    pub status: String,
    pub channel: String,
    pub search: String,
}

/// A page of offers, newest first. Archived ones only when asked for.
pub async fn list(app: &App, ctx: &Ctx, page: PageRequest, query: &OfferQuery) -> AppResult<Page<OfferSummary>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let (status, channel) = (query.status.to_ascii_lowercase(), query.channel.to_ascii_lowercase());
    let filter = offers::OfferFilter { status: &status, pattern: &like(&query.search), channel: &channel };
    let (rows, count) = offers::page(&mut tx, ctx.ws, &filter, page.page_size, page.offset()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let parts = Parts::load(&mut tx, ctx, &ids).await?;
    let summary = |row: &OfferRow| {
        let (mut channels, mut locales) = (Vec::new(), Vec::new());
        for creative in parts.creatives.iter().filter(|creative| creative.offer_id == row.id && creative.is_active) {
            if !channels.contains(&creative.channel) {
                channels.push(creative.channel);
            }
            if !locales.contains(&creative.locale) {
                locales.push(creative.locale.clone());
            }
        }
        let (products, rewards) = (parts.products_of(row.id), parts.rewards_of(row.id));
        OfferSummary { base: row.into(), channels, locales, products, rewards }
    };
    Ok(Page::new(rows.iter().map(summary).collect(), page, count))
}

/// One offer with everything in it.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<OfferDetail> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    detail(app, ctx, &mut tx, &row).await
}

/// An offer with everything in it, inside of a transaction.
pub(crate) async fn detail(app: &App, ctx: &Ctx, tx: &mut Tx, row: &OfferRow) -> AppResult<OfferDetail> {
    let parts = Parts::load(tx, ctx, &[row.id]).await?;
    let problems = find_problems(app.now(), ctx, tx, row, &parts).await?;
    let author = match row.created_by {
        Some(id) => people::get(tx, ctx.ws, id).await?,
        None => None,
    };
    Ok(OfferDetail {
        base: row.into(),
        created_by_name: author.map(|author| author.name),
        products: parts.products_of(row.id),
        creatives: parts.creatives.iter().map(creative).collect(),
        rewards: parts.rewards_of(row.id),
        tracking_sources: parts.sources.iter().map(source).collect(),
        problems,
        campaigns: offers::campaigns(tx, ctx.ws, row.id).await?,
    })
}

/// The versions that were put to use, newest first.
pub async fn versions(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<Vec<OfferVersion>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    find(&mut tx, ctx, id).await?;
    let rows = offers::versions(&mut tx, ctx.ws, id).await?;
    let view = |row: offers::OfferVersionRow| OfferVersion {
        version: row.version,
        created_by: row.created_by,
        created_at: rfc3339(row.created_at),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// What an offer was at a version: an [`OfferDetail`] as it was then.
pub async fn version(app: &App, ctx: &Ctx, id: Uuid, version: i64) -> AppResult<Value> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    find(&mut tx, ctx, id).await?;
    offers::version(&mut tx, ctx.ws, id, version).await?.ok_or(crate::AppError::NotFound("version"))
}
