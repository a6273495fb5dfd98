//! What a run may say: the contents of its offers, its template or its own text, fixed at launch.

use std::collections::BTreeMap;

use muster_db::Tx;
use muster_db::campaign_state::{self, CampaignState, InlineContent, VariantRow};
use muster_db::runs::NewContent;
use muster_domain::channel::Channel;
use serde_json::Value;
use uuid::Uuid;

use crate::{App, AppError, AppResult, Ctx};

/// Why a test cannot be run as it says: the code and what to do.
pub(crate) const TEMPLATE_BESIDE_OFFERS: (&str, &str) = (
    "template_beside_offers",
    "This campaign sends offers, which have their own texts: give the variants of its A/B test subjects, and no templates.",
);

/// The contents of a run, and which offers each segment gets.
pub struct Contents {
    pub contents: Vec<NewContent>,
    /// Offer numbers per segment in their order; `[0]` where there are no offers.
    pub offers: BTreeMap<Uuid, Vec<i64>>,
    pub variants: Vec<VariantRow>,
}

impl Contents {
    /// The offer numbers of a segment. Segments without an offer of their own get nothing, unless no segment has one.
    pub fn of_segment(&self, segment: Uuid) -> Vec<i64> {
        if self.offers.is_empty() { vec![0] } else { self.offers.get(&segment).cloned().unwrap_or_default() }
    }
}

/// Fixes what a campaign says now. 422 `no_content` when it says nothing.
pub async fn fix(app: &App, ctx: &Ctx, tx: &mut Tx, campaign: &CampaignState) -> AppResult<Contents> {
    let mappings = campaign_state::offers(tx, ctx.ws, campaign.id).await?;
    let variants = campaign_state::variants(tx, ctx.ws, campaign.id).await?;
    let mut out = Contents { contents: Vec::new(), offers: BTreeMap::new(), variants };
    if mappings.is_empty() {
        own_content(app, ctx, tx, campaign, &mut out).await?;
    } else {
        if out.variants.iter().any(|v| v.template_id.is_some()) {
            return Err(AppError::invalid(TEMPLATE_BESIDE_OFFERS.0, TEMPLATE_BESIDE_OFFERS.1));
        }
        let mut numbers: Vec<Uuid> = Vec::new();
        for m in &mappings {
            let at = numbers.iter().position(|o| *o == m.offer_id).unwrap_or_else(|| {
                numbers.push(m.offer_id);
                numbers.len() - 1
            });
            out.offers.entry(m.segment_id).or_default().push(number(at + 1));
        }
        for creative in campaign_state::creatives(tx, ctx.ws, &numbers).await? {
            let Some(at) = numbers.iter().position(|o| *o == creative.offer_id) else { continue };
            for (variant_no, subject) in subjects(&out.variants) {
                let content_no = number(out.contents.len() + 1);
                out.contents.push(NewContent {
                    content_no,
                    offer_no: number(at + 1),
                    offer_id: Some(creative.offer_id),
                    variant_no,
                    channel: creative.channel,
                    locale: creative.locale.clone(),
                    subject_override: subject,
                    creative_version_id: creative.creative_version_id,
                });
            }
        }
    }
    if out.contents.is_empty() {
        return Err(AppError::invalid(
            "no_content",
            "This campaign has nothing to say yet: map an offer with an active creative, choose a template, or write a text.",
        ));
    }
    Ok(out)
}

/// The numbers of the variants and their subjects, instead of those of an offer's creatives; of no test, number 0.
fn subjects(variants: &[VariantRow]) -> Vec<(i64, Option<String>)> {
    if variants.is_empty() {
        return vec![(0, None)];
    }
    variants.iter().map(|v| (v.variant_no, v.subject.clone())).collect()
}

async fn own_content(app: &App, ctx: &Ctx, tx: &mut Tx, campaign: &CampaignState, out: &mut Contents) -> AppResult<()> {
    let base = match (campaign.template_id, &campaign.content) {
        (Some(template), _) => {
            let row = campaign_state::template(tx, ctx.ws, template)
                .await?
                .ok_or_else(|| AppError::invalid("no_content", "The template of this campaign has no text."))?;
            Some((row.channel, row.locale, row.creative_version_id))
        }
        (None, Some(content)) => inline(app, ctx, tx, campaign, &content.0).await?,
        (None, None) => None,
    };
    let Some((channel, locale, version)) = base else { return Ok(()) };
    let content = |content_no, variant_no, channel, locale: &str, subject: Option<String>, version| NewContent {
        content_no,
        offer_no: 0,
        offer_id: None,
        variant_no,
        channel,
        locale: locale.to_owned(),
        subject_override: subject,
        creative_version_id: version,
    };
    if out.variants.is_empty() {
        out.contents.push(content(1, 0, channel, &locale, None, version));
    }
    for v in out.variants.clone() {
        let (channel, locale, version) = match v.template_id {
            Some(template) => match campaign_state::template(tx, ctx.ws, template).await? {
                Some(row) => (row.channel, row.locale, row.creative_version_id),
                None => (channel, locale.clone(), version),
            },
            None => (channel, locale.clone(), version),
        };
        out.contents.push(content(v.variant_no, v.variant_no, channel, &locale, v.subject.clone(), version));
    }
    Ok(())
}

async fn inline(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    campaign: &CampaignState,
    content: &Value,
) -> AppResult<Option<(Channel, String, i64)>> {
    let text = |key: &str| content.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("textBody").is_empty() && text("htmlBody").is_empty() {
        return Ok(None);
    }
    let channel = campaign.channel.single().ok_or_else(|| {
        AppError::invalid(
            "channel_needed",
            "A campaign over each customer's preferred channel needs offers: a text of its own has one channel.",
        )
    })?;
    let row = InlineContent {
        campaign_id: campaign.id,
        channel: channel.as_str(),
        subject: text("subject"),
        preheader: text("preheader"),
        text_body: text("textBody"),
        html_body: text("htmlBody"),
        now: app.now(),
    };
    let version = campaign_state::insert_inline(tx, ctx.ws, &row).await?;
    Ok(Some((channel, String::from("en"), version)))
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
