//! A provider as the settings show it: never with its secret.

use muster_db::providers::ProviderRow;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use uuid::Uuid;

use super::{ProviderUse, SigningView};

/// A relay or route.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderView {
    pub id: Uuid,
    pub channel: Channel,
    /// `smtp`, `twilio`, `africas_talking`, `http` or `sandbox`.
    pub kind: String,
    pub name: String,
    /// Settings of the kind.
    #[schema(value_type = Object)]
    pub config: serde_json::Value,
    /// Whether a password or key is kept; it is never given out.
    pub has_secret: bool,
    /// Share relative to the channel's other providers; 0: only when the others fail.
    pub weight: i64,
    pub is_active: bool,
    pub messages_per_minute: Option<i64>,
    pub messages_per_hour: Option<i64>,
    pub messages_per_day: Option<i64>,
    /// Open at the same time, by all nodes together.
    pub max_connections: Option<i64>,
    /// Messages a day that hold now: `messagesPerDay`, or fewer while it warms up.
    pub todays_limit: Option<i64>,
    /// What went through it lately, counted where it has limits. None in the audit log.
    pub used: Option<ProviderUse>,
    /// How it signs its mail; none where it does not.
    pub signing: Option<SigningView>,
    /// `ok`; `resting` for a while after it failed everything; `trying` after that, until something went through it again;
    /// `paused` when too many messages failed.
    pub state: String,
    pub state_reason: Option<String>,
    /// Since when it is paused, until when it rests or rested.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub state_at: Option<Millis>,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: Millis,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub updated_at: Millis,
}

impl ProviderView {
    pub(super) fn new(row: ProviderRow, has_secret: bool) -> Self {
        let signing = SigningView::of(&row);
        Self {
            id: row.id,
            channel: row.channel,
            kind: row.kind,
            name: row.name,
            config: row.config,
            has_secret,
            weight: row.weight,
            is_active: row.is_active,
            messages_per_minute: row.messages_per_minute,
            messages_per_hour: row.messages_per_hour,
            messages_per_day: row.messages_per_day,
            todays_limit: None,
            used: None,
            signing,
            max_connections: row.max_connections,
            state: row.state,
            state_reason: row.state_reason,
            state_at: row.state_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
