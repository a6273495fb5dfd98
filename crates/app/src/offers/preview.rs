//! An offer as one real customer would get it: which of its texts, why, and how it reads.

use muster_db::creatives;
use muster_domain::channel::Channel;
use muster_domain::creative::{ChoiceReason, CreativeKey, Preferences, choose_creative};
use muster_domain::offer::{CodeMode, unique_code};
use muster_domain::template::{FieldValue, RecipientValues};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::find;
use super::view::text_of;
use crate::permissions::Operation;
use crate::templates::preview::{Preview, render, values};
use crate::{App, AppError, AppResult, Ctx};

/// For whom, and on which channel.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct OfferPreviewRequest {
    #[serde(alias = "contactId")]
    pub customer_id: Option<i64>,
    /// A campaign's channel; the customer's preferred one when left out.
    #[schema(value_type = Option<String>)]
    pub channel: Option<Channel>,
    /// This text instead of the one that would be chosen.
    pub creative_id: Option<Uuid>,
}

/// What the customer would get.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferPreview {
    /// None: no active text reaches the customer.
    pub creative_id: Option<Uuid>,
    /// Why this text: `exact_match`, `default_locale`, `first_active`, `none`; null when it was asked for.
    #[schema(value_type = Option<String>)]
    pub reason: Option<ChoiceReason>,
    pub message: Option<Preview>,
}

/// Chooses and renders.
pub async fn preview(app: &App, ctx: &Ctx, id: Uuid, request: OfferPreviewRequest) -> AppResult<OfferPreview> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    let texts = creatives::of_offers(&mut tx, ctx.ws, &[id]).await?;
    let code = match row.code_mode {
        CodeMode::None => None,
        CodeMode::Shared => Some(row.code_prefix.clone()),
        CodeMode::Unique => Some(unique_code(&row.code_prefix, &[3, 14, 15, 9, 26, 5, 30, 8])),
    };
    let values = values(&mut tx, ctx, request.customer_id, code.as_deref()).await?;
    let (index, reason) = match request.creative_id {
        Some(wanted) => {
            let index = texts.iter().position(|text| text.id == wanted).ok_or(AppError::NotFound("creative"))?;
            (Some(index), None)
        }
        None => {
            let keys: Vec<CreativeKey<'_>> = texts
                .iter()
                .map(|text| CreativeKey { channel: text.channel, locale: &text.locale, is_active: text.is_active })
                .collect();
            let preferences = Preferences {
                channel: word(&values, "preferred_channel").and_then(|word| word.parse().ok()),
                language: word(&values, "preferred_language"),
            };
            let choice = choose_creative(preferences, &reachable(&values, request.customer_id), request.channel, &keys);
            (choice.index, Some(choice.reason))
        }
    };
    let Some(text) = index.and_then(|index| texts.get(index)) else {
        return Ok(OfferPreview { creative_id: None, reason, message: None });
    };
    let message = render(&text_of(text), request.customer_id, &values)?;
    Ok(OfferPreview { creative_id: Some(text.id), reason, message: Some(message) })
}

fn word<'v>(values: &'v RecipientValues, name: &str) -> Option<&'v str> {
    match values.get(name) {
        Some(FieldValue::Text(text)) => Some(text),
        _ => None,
    }
}

/// Channels for which the customer has an address; nobody in particular is reached by all.
fn reachable(values: &RecipientValues, customer: Option<i64>) -> Vec<Channel> {
    if customer.is_none() {
        return Channel::ALL.to_vec();
    }
    let has = |name| word(values, name).is_some();
    Channel::ALL
        .iter()
        .copied()
        .filter(|channel| match channel {
            Channel::Email => has("email"),
            Channel::Sms | Channel::Whatsapp => has("phone"),
            Channel::Push => false,
        })
        .collect()
}
