//! What may be said about a campaign when it is made or changed.

use muster_db::campaigns::CampaignRow;
use muster_domain::campaign::{CampaignType, DeliveryMode, Objective, TargetingType, UnknownPolicy};
use muster_domain::channel::CampaignChannel;
use muster_domain::clock::Millis;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::ab_test::AbTestInput;

/// A campaign as it is made or changed. What is left out stays as it is (or gets its default); null clears.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CampaignInput {
    /// At most 255 characters; needed when the campaign is made.
    pub name: Option<String>,
    pub description: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Objective>)]
    pub objective: Option<Option<Objective>>,
    /// Needed when the campaign is made.
    pub channel: Option<CampaignChannel>,
    #[serde(rename = "type")]
    pub kind: Option<CampaignType>,
    #[serde(alias = "campaignType")]
    pub targeting_type: Option<TargetingType>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub template_id: Option<Option<Uuid>>,
    /// In order of priority: a customer of several segments counts in the first.
    pub segment_ids: Option<Vec<Uuid>>,
    pub exclude_segment_ids: Option<Vec<Uuid>>,
    /// Which segment gets which offers.
    pub offers: Option<Vec<OfferInput>>,
    /// Percent of the audience that is kept back, 0 to 90.
    pub control_percent: Option<i64>,
    #[serde(deserialize_with = "given_moment")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub scheduled_at: Option<Option<Millis>>,
    #[serde(deserialize_with = "given_moment")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub end_at: Option<Option<Millis>>,
    /// IANA name.
    pub timezone: Option<String>,
    /// `run` or `skip`: what was due while Muster was closed.
    pub misfire_rule: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<RecurringInput>)]
    pub recurring_schedule: Option<Option<RecurringInput>>,
    pub settings: Option<CampaignSettings>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<AbTestInput>)]
    pub ab_test_config: Option<Option<AbTestInput>>,
    pub delivery_mode: Option<DeliveryMode>,
    /// What becomes of messages of which nobody knows whether they arrived.
    pub unknown_policy: Option<UnknownPolicy>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<ThrottleInput>)]
    pub throttle_config: Option<Option<ThrottleInput>>,
    /// The same as `throttleConfig.messagesPerHour`, for outreach.
    pub send_rate_per_hour: Option<i64>,
    /// The same as `throttleConfig.batchSize`, for outreach.
    pub send_batch_size: Option<i64>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<InlineContent>)]
    pub content: Option<Option<InlineContent>>,
    /// The same as `content.textBody`.
    pub base_template: Option<String>,
    /// The same as `content.subject`.
    pub email_subject: Option<String>,
    /// The same as `content.htmlBody`.
    pub email_body: Option<String>,
    /// The version that the change was made on: 409 when somebody else changed the campaign meanwhile.
    pub version: Option<i64>,
}

/// An offer that a segment gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferInput {
    pub segment_id: Uuid,
    pub offer_id: Uuid,
    /// 1 comes first; the order of the list when left out.
    #[serde(default)]
    pub priority: Option<i64>,
    /// Round robin: `{"days": 3}` between offers.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub interval_config: Option<Value>,
    /// By customer state: criteria of a segment.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub condition_config: Option<Value>,
}

/// When a recurring campaign occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringInput {
    /// Five fields: minute, hour, day, month, weekday.
    #[serde(alias = "cronExpression", alias = "expression")]
    pub cron: String,
}

/// Rates. What is left out is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ThrottleInput {
    pub messages_per_hour: Option<i64>,
    pub messages_per_day: Option<i64>,
    pub batch_size: Option<i64>,
}

/// Who it comes from, and what is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CampaignSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Yes when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_opens: Option<bool>,
    /// Yes when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_clicks: Option<bool>,
}

/// The message of a campaign that has no offer and no template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct InlineContent {
    /// Subject of a mail, title of a push message, sender id of an SMS.
    pub subject: String,
    pub preheader: String,
    pub text_body: String,
    pub html_body: String,
}

impl InlineContent {
    /// The content that is kept in a row.
    pub fn of(row: &CampaignRow) -> Option<Self> {
        row.content.as_ref().and_then(|json| serde_json::from_value(json.0.clone()).ok())
    }

    /// Whether nothing is written yet.
    pub fn is_empty(&self) -> bool {
        self.text_body.trim().is_empty() && self.html_body.trim().is_empty()
    }
}

/// A field that may be left out (keep), null (clear) or given (set).
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

fn given_moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Millis>>, D::Error> {
    muster_domain::time::moment_option::deserialize(deserializer).map(Some)
}
