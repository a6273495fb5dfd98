//! A campaign's messages as one real customer would get them, and one of them sent to oneself (CAM-11).

use std::sync::Arc;

use muster_channels::OutboundMessage;
use muster_db::segment_sql;
use muster_db::{Tx, people, templates};
use muster_domain::channel::Channel;
use muster_domain::creative::{ChoiceReason, DEFAULT_LOCALE};
use muster_domain::reference::MessageReference;
use muster_domain::template::RecipientValues;
use muster_engine::registry::SenderRegistry;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::view::{self, CampaignView};
use crate::ctx::AuditObject;
use crate::offers::preview::OfferPreviewRequest;
use crate::permissions::Operation;
use crate::providers::trial::{self, TestResult};
use crate::templates::preview::{Preview, render, values};
use crate::templates::text::MessageText;
use crate::{App, AppError, AppResult, Ctx, idempotency, offers, segments};

/// For whom.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewInput {
    #[serde(alias = "customerId")]
    pub contact_id: i64,
    /// Instead of the campaign's own, or of the customer's preferred one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub channel: Option<Channel>,
}

/// What a customer would get.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CampaignPreview {
    pub contact_id: i64,
    /// The segment in which the customer counts; none: the customer is in no segment of the campaign.
    pub segment_id: Option<Uuid>,
    /// One for each offer that the segment gets, in order; one for a template or a text of the campaign's own.
    pub messages: Vec<PreviewMessage>,
}

/// One message.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewMessage {
    pub offer_id: Option<Uuid>,
    pub offer_name: Option<String>,
    /// Why this text of the offer.
    #[schema(value_type = Option<String>)]
    pub reason: Option<ChoiceReason>,
    /// None: no active text reaches the customer.
    pub message: Option<Preview>,
}

/// A message of the campaign to oneself.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TestSendInput {
    /// The customer whose values are filled in; none: an unknown customer.
    #[serde(alias = "customerId")]
    pub contact_id: Option<i64>,
    #[schema(value_type = Option<String>)]
    pub channel: Option<Channel>,
    /// Your phone number or device token. Email always goes to the address you sign in with.
    pub to: Option<String>,
}

/// Renders a campaign for a customer.
pub async fn preview(app: &App, ctx: &Ctx, id: Uuid, input: PreviewInput) -> AppResult<CampaignPreview> {
    ctx.require(Operation::Read)?;
    let campaign = {
        let mut tx = app.db.read(ctx.ws).await?;
        view::load(&mut tx, ctx, id).await?
    };
    of_customer(app, ctx, &campaign, Some(input.contact_id), input.channel).await
}

/// The same for a campaign that was read already; without a customer with what missing values look like.
pub(crate) async fn of_customer(
    app: &App,
    ctx: &Ctx,
    campaign: &CampaignView,
    customer: Option<i64>,
    channel: Option<Channel>,
) -> AppResult<CampaignPreview> {
    let mut tx = app.db.read(ctx.ws).await?;
    let values = values(&mut tx, ctx, customer, None).await?;
    let segment_id = match customer {
        Some(customer) => segment_of(&mut tx, ctx, campaign, customer, app.now()).await?,
        None => None,
    };
    let contact_id = customer.unwrap_or(0);
    if campaign.offers.is_empty() {
        let message = own_message(&mut tx, ctx, campaign, customer, &values).await?;
        let messages = vec![PreviewMessage { offer_id: None, offer_name: None, reason: None, message }];
        return Ok(CampaignPreview { contact_id, segment_id, messages });
    }
    drop(tx);
    // Somebody outside the audience sees what the first segment gets.
    let wanted = segment_id.or(campaign
        .segment_ids
        .iter()
        .find(|s| campaign.offers.iter().any(|o| o.segment_id == **s))
        .copied());
    let mut messages = Vec::new();
    for offer in campaign.offers.iter().filter(|o| Some(o.segment_id) == wanted) {
        let request = OfferPreviewRequest {
            customer_id: customer,
            channel: channel.or(campaign.channel.single()),
            creative_id: None,
        };
        let shown = offers::preview::preview(app, ctx, offer.offer_id, request).await?;
        messages.push(PreviewMessage {
            offer_id: Some(offer.offer_id),
            offer_name: Some(offer.name.clone()),
            reason: shown.reason,
            message: shown.message,
        });
    }
    Ok(CampaignPreview { contact_id, segment_id, messages })
}

/// Customers whose messages are shown at once.
const SAMPLES: i64 = 3;

/// The messages of three real customers of the audience, those after `after_customer`.
pub async fn samples(app: &App, ctx: &Ctx, id: Uuid, after_customer: i64) -> AppResult<Vec<CampaignPreview>> {
    ctx.require(Operation::Read)?;
    let campaign = {
        let mut tx = app.db.read(ctx.ws).await?;
        view::load(&mut tx, ctx, id).await?
    };
    samples_of(app, ctx, &campaign, after_customer).await
}

/// The same for a campaign that was read already. Without segments: what missing values look like.
pub(crate) async fn samples_of(
    app: &App,
    ctx: &Ctx,
    campaign: &CampaignView,
    after_customer: i64,
) -> AppResult<Vec<CampaignPreview>> {
    if campaign.segment_ids.is_empty() {
        return Ok(vec![of_customer(app, ctx, campaign, None, None).await?]);
    }
    let members = {
        let mut tx = app.db.read(ctx.ws).await?;
        let audience = super::audience::compiled(&mut tx, ctx, campaign, app.now()).await?;
        segment_sql::sample(&mut tx, ctx.ws, &audience, after_customer, SAMPLES).await?
    };
    let mut all = Vec::with_capacity(members.len());
    for member in members {
        all.push(of_customer(app, ctx, campaign, Some(member.id), None).await?);
    }
    Ok(all)
}

/// The first included segment that the customer is in.
async fn segment_of(
    tx: &mut Tx,
    ctx: &Ctx,
    campaign: &CampaignView,
    customer: i64,
    now: i64,
) -> AppResult<Option<Uuid>> {
    for id in &campaign.segment_ids {
        let audience = segments::compile(tx, ctx.ws, *id, now).await?;
        if segment_sql::contains(tx, &audience, customer).await? {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

/// The template or the campaign's own text.
async fn own_message(
    tx: &mut Tx,
    ctx: &Ctx,
    campaign: &CampaignView,
    customer: Option<i64>,
    values: &Arc<RecipientValues>,
) -> AppResult<Option<Preview>> {
    let Some(channel) = campaign.channel.single() else { return Ok(None) };
    let text = if let Some(id) = campaign.template_id {
        let t = templates::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("template"))?;
        MessageText {
            channel: t.channel,
            locale: t.locale,
            title: t.subject,
            preheader: t.preheader,
            text_body: t.text_body,
            html_body: t.html_body,
            variables: t.variables,
            sms_route: t.sms_route,
        }
    } else if let Some(c) = campaign.content.clone() {
        MessageText {
            channel,
            locale: DEFAULT_LOCALE.to_owned(),
            title: c.subject,
            preheader: c.preheader,
            text_body: c.text_body,
            html_body: c.html_body,
            variables: serde_json::json!({}),
            sms_route: None,
        }
    } else {
        return Ok(None);
    };
    render(&text, customer, values).map(Some)
}

/// Sends the campaign's first message to oneself, through the provider that would carry the campaign.
///
/// # Errors
/// 422 when nothing is written yet, or nothing carries the channel.
pub async fn test_send(app: &App, ctx: &Ctx, id: Uuid, input: TestSendInput) -> AppResult<TestResult> {
    ctx.require(Operation::EditContent)?;
    let (campaign, user) = {
        let mut tx = app.db.read(ctx.ws).await?;
        let user = people::get(&mut tx, ctx.ws, ctx.user()?).await?.ok_or(AppError::NotFound("person"))?;
        (view::load(&mut tx, ctx, id).await?, user)
    };
    let shown = of_customer(app, ctx, &campaign, input.contact_id, input.channel).await?;
    let message = shown
        .messages
        .into_iter()
        .find_map(|m| m.message)
        .ok_or_else(|| AppError::invalid("no_content", "There is nothing to send yet: write the message first."))?;
    let to = match message.channel {
        Channel::Email => user.email,
        _ => input
            .to
            .filter(|to| !to.trim().is_empty())
            .ok_or_else(|| AppError::invalid("bad_receiver", "Say to which number or device the test goes."))?,
    };
    let to = trial::receiver(message.channel, &to)?;
    let active = app
        .senders
        .pick(ctx.ws, message.channel, None)
        .await
        .map_err(|reason| AppError::invalid("no_provider", reason))?;
    let domain = active.from.split_once('@').map_or("muster.invalid", |(_, domain)| domain);
    let outbound = OutboundMessage {
        from: campaign.settings.from_email.clone().filter(|a| !a.is_empty()).unwrap_or_else(|| active.from.clone()),
        from_name: campaign.settings.from_name.clone().filter(|a| !a.is_empty()).or_else(|| active.from_name.clone()),
        reply_to: campaign.settings.reply_to.clone().filter(|a| !a.is_empty()),
        subject: message.rendered.subject.clone().map(|s| format!("[Test] {s}")),
        html: message.rendered.html.clone(),
        message_id: format!("test.{}@{domain}", app.new_id().simple()),
        sender_id: message
            .sender
            .clone()
            .filter(|s| !s.is_empty())
            .or_else(|| (message.channel != Channel::Email).then(|| active.from.clone())),
        date_ms: app.now(),
        ..OutboundMessage::new(
            message.channel,
            MessageReference::default().to_string(),
            to,
            message.rendered.text.clone().unwrap_or_default(),
        )
    };
    idempotency::acts(app, ctx).await?;
    let result = trial::send_one(&active, outbound).await;
    let mut tx = app.db.write(ctx.ws).await?;
    ctx.audit(
        &mut tx,
        app.now(),
        "campaign.test_sent",
        AuditObject::new("campaign", id, &campaign.name).after(&result),
    )
    .await?;
    tx.commit().await?;
    Ok(result)
}
