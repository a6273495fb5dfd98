//! What the API shows of cards.

use muster_db::cards::CardRow;
use muster_db::contacts::ContactRow;
use muster_domain::card::{CardStatus, Priority};
use muster_domain::clock::Millis;
use muster_domain::money::from_e4;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::thread::ThreadItem;
use crate::replies::ResponseView;

/// A card. `campaign_id`, `campaign_response_id` and `contact_id` are written as the contract names them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardView {
    pub id: Uuid,
    /// Counts up within the workspace; people say it aloud.
    pub number: i64,
    #[serde(rename = "campaign_id")]
    pub campaign_id: Option<Uuid>,
    #[serde(rename = "campaign_response_id")]
    pub campaign_response_id: Option<Uuid>,
    #[serde(rename = "contact_id")]
    pub contact_id: Option<i64>,
    pub title: String,
    pub description: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub queue: String,
    pub priority: Priority,
    pub status: CardStatus,
    pub position: i64,
    pub assignee_id: Option<Uuid>,
    pub assignee_name: Option<String>,
    pub contact_name: String,
    pub campaign_name: Option<String>,
    /// What the customer wrote, in one line.
    pub summary: Option<String>,
    pub disposition: Option<String>,
    pub channel: Option<String>,
    pub draft: String,
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub due_at: Option<Millis>,
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub snoozed_until: Option<Millis>,
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub first_answer_at: Option<Millis>,
    /// `won`, `lost`, `none`; null while it is open.
    pub outcome: Option<String>,
    #[schema(value_type = Option<String>)]
    pub outcome_amount: Option<Decimal>,
    pub outcome_currency: Option<String>,
    pub outcome_reason: Option<String>,
    /// A change names the version that it saw.
    pub version: i64,
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub created_at: Millis,
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub updated_at: Millis,
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub closed_at: Option<Millis>,
}

/// The person a card is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactCard {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub preferred_language: Option<String>,
    pub timezone: Option<String>,
    #[schema(value_type = String)]
    pub account_balance: Decimal,
    pub currency: Option<String>,
    pub is_active: bool,
    pub opted_out: bool,
}

/// A card with everything that is shown when it is open.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardDetail {
    pub card: CardView,
    pub contact: Option<ContactCard>,
    /// The reply that made it, or the last one.
    pub response: Option<ResponseView>,
    /// Message, replies, answers, notes and history, oldest first.
    pub thread: Vec<ThreadItem>,
    /// Channels on which the contact can be answered now.
    pub answer_channels: Vec<String>,
    /// Minutes within which its queue answers.
    pub first_answer_minutes: Option<i64>,
}

/// A lane of the board.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueView {
    pub queue: String,
    pub open_count: i64,
    pub late_count: i64,
    pub done_count: i64,
    /// Minutes within which the first answer is due.
    pub first_answer_minutes: Option<i64>,
}

/// The board.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoardView {
    pub queues: Vec<QueueView>,
    /// Open cards in the order of their lanes.
    pub cards: Vec<CardView>,
    /// The newest closed ones, when they were asked for.
    pub done: Vec<CardView>,
    /// Open cards of everybody and of the asker, whatever the filter says about owners.
    pub everyone_count: i64,
    pub mine_count: i64,
    /// There are more open cards than are given: filter.
    pub is_cut: bool,
}

/// A row for people.
pub(crate) fn card_view(row: CardRow) -> CardView {
    let name =
        format!("{} {}", row.first_name.as_deref().unwrap_or_default(), row.last_name.as_deref().unwrap_or_default());
    let name = name.trim().to_owned();
    let contact_name =
        if name.is_empty() { row.from_address.clone().unwrap_or_else(|| row.title.clone()) } else { name };
    CardView {
        id: row.id,
        number: row.number,
        campaign_id: row.campaign_id,
        campaign_response_id: row.campaign_response_id,
        contact_id: row.contact_id,
        title: row.title,
        description: row.description,
        kind: row.kind,
        queue: row.queue,
        priority: row.priority,
        status: row.status,
        position: row.position,
        assignee_id: row.assignee_id,
        assignee_name: row.assignee_name,
        contact_name,
        campaign_name: row.campaign_name,
        summary: row.summary,
        disposition: row.disposition,
        channel: row.channel,
        draft: row.draft,
        due_at: row.due_at,
        snoozed_until: row.snoozed_until,
        first_answer_at: row.first_answer_at,
        outcome: row.outcome,
        outcome_amount: row.outcome_value_e4.map(from_e4),
        outcome_currency: row.outcome_currency,
        outcome_reason: row.outcome_reason,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        closed_at: row.closed_at,
    }
}

/// A customer for the card.
pub(super) fn contact_card(row: &ContactRow) -> ContactCard {
    ContactCard {
        id: row.id,
        name: row.name(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        city: row.city.clone(),
        tier: row.tier.clone(),
        preferred_language: row.preferred_language.clone(),
        timezone: row.timezone.clone(),
        account_balance: from_e4(row.account_balance_e4),
        currency: row.currency.clone(),
        is_active: row.is_active,
        opted_out: row.opted_out,
    }
}
