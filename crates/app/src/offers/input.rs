//! What comes in for an offer: everything may be left out but the name of a new one; a list replaces the whole list.

use muster_domain::channel::Channel;
use muster_domain::offer::{CodeMode, OfferStatus, RewardTrigger, StrangerRedemption};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::catalogue::products::ProductInput;
use crate::catalogue::rewards::RewardInput;
use crate::input::given;

/// An offer to add, or what to change of one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
// Campaigns have an `OfferInput` of their own in the document.
#[schema(as = OfferBody)]
pub struct OfferInput {
    pub name: Option<String>,
    pub description: Option<String>,
    /// `active` puts the offer to use, `draft` takes it back, `archived` puts it away.
    #[schema(value_type = Option<String>)]
    pub status: Option<OfferStatus>,
    /// RFC 3339 or a date; null for no limit.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub valid_from: Option<Option<String>>,
    /// RFC 3339 or a date; null for no limit.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub valid_until: Option<Option<String>>,
    /// Whether somebody who got no message of the offer may redeem its code.
    #[schema(value_type = Option<String>)]
    pub stranger_redemption: Option<StrangerRedemption>,
    #[schema(value_type = Option<String>)]
    pub code_mode: Option<CodeMode>,
    /// The shared code, or what unique codes begin with.
    #[serde(alias = "codePrefix")]
    pub code: Option<String>,
    pub products: Option<Vec<ProductPart>>,
    pub creatives: Option<Vec<CreativeInput>>,
    pub rewards: Option<Vec<RewardPart>>,
    pub tracking_sources: Option<Vec<TrackingSourceInput>>,
    /// The version that was read: 409 when there is a newer one.
    pub version: Option<i64>,
}

/// A product of an offer: one of the catalogue, or a new one for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductPart {
    /// A product of the catalogue.
    #[serde(alias = "productId")]
    pub id: Option<Uuid>,
    /// A product that is not in the catalogue yet.
    #[serde(flatten)]
    pub new: ProductInput,
}

/// A reward of an offer: one of the catalogue, or a new one for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RewardPart {
    /// A reward of the catalogue.
    #[serde(alias = "rewardId")]
    pub id: Option<Uuid>,
    /// What the customer does for it; `redeemed` when not said.
    #[serde(alias = "trigger")]
    #[schema(value_type = Option<String>)]
    pub granted_on: Option<RewardTrigger>,
    /// A reward that is not in the catalogue yet.
    #[serde(flatten)]
    pub new: RewardInput,
}

/// A text of an offer.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreativeInput {
    /// Of a creative that is there already; else it is found by channel and language.
    #[serde(default)]
    pub id: Option<Uuid>,
    #[schema(value_type = String)]
    pub channel: Channel,
    #[serde(default = "english")]
    pub locale: String,
    #[serde(default, alias = "subject", alias = "senderId")]
    pub title: String,
    #[serde(default)]
    pub preheader: String,
    #[serde(default)]
    pub text_body: String,
    #[serde(default)]
    pub html_body: String,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub variables: Option<Value>,
    #[serde(default)]
    pub sms_route: Option<String>,
    #[serde(default = "yes")]
    pub is_active: bool,
}

fn english() -> String {
    String::from("en")
}

fn yes() -> bool {
    true
}

/// A tracking source of an offer.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrackingSourceInput {
    /// `campaign_code`, `utm_source`, `utm_medium`, `utm_campaign`, `utm_term`, `utm_content` or `analytics_tag`.
    pub source: String,
    #[serde(default)]
    pub value: String,
    #[serde(default)]
    pub description: String,
}
