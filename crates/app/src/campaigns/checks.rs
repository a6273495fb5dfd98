//! What is wrong with a campaign as a person describes it: refused with 422 when it is saved. What merely is not finished
//! yet is a matter of the readiness check.

use std::collections::HashSet;
use std::hash::Hash;

use muster_db::campaign_parts::{self, NewOfferMapping, NewSegmentMapping};
use muster_db::campaigns::CampaignRow;
use muster_db::{Tx, campaign_parts::NewVariant};
use muster_domain::channel::CampaignChannel;
use muster_domain::clock::Millis;
use muster_domain::email_address::EmailAddress;
use muster_domain::pace::Pace;
use muster_domain::problem::Problem;
use muster_domain::recurrence::Recurrence;
use muster_domain::template::{ContentSource, KnownNames, Severity, check_content};
use uuid::Uuid;

use super::input::{CampaignSettings, InlineContent, RecurringInput};
use crate::{AppResult, Ctx};

/// A campaign in the making: its row and its parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub row: CampaignRow,
    pub segments: Vec<NewSegmentMapping>,
    pub offers: Vec<NewOfferMapping>,
    pub variants: Vec<NewVariant>,
}

impl Draft {
    /// Whether it is the same but for the channel, which a plan brings along.
    pub fn is_but_for_channel(&self, other: &Self) -> bool {
        let mut alike = other.clone();
        alike.row.channel = self.row.channel;
        *self == alike
    }
}

const MAX_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 4_000;
/// Segments and offers of one campaign: more than anybody maps by hand.
const MAX_PARTS: usize = 200;
const MAX_CONTROL: i64 = 90;

/// Everything that is wrong with a draft.
pub(crate) async fn problems(tx: &mut Tx, ctx: &Ctx, draft: &Draft, now: Millis) -> AppResult<Vec<Problem>> {
    let mut found = Vec::new();
    basics(&draft.row, now, &mut found);
    found.extend(
        Pace {
            mode: draft.row.delivery_mode,
            per_hour: draft.row.messages_per_hour,
            per_day: draft.row.messages_per_day,
            batch: draft.row.batch_size,
        }
        .problems(),
    );
    settings(&draft.row, &mut found);
    one_content(draft, &mut found);
    parts(tx, ctx, draft, &mut found).await?;
    if let Some(content) = InlineContent::of(&draft.row) {
        let attributes = campaign_parts::attribute_names(tx, ctx.ws).await?;
        placeholders(&content, draft.row.channel, attributes, &mut found);
    }
    Ok(found)
}

fn basics(row: &CampaignRow, now: Millis, found: &mut Vec<Problem>) {
    let mut say = |path: &str, code: &str, message: String| found.push(Problem::new(path, code, message));
    if row.name.trim().is_empty() {
        say("name", "required", "Give the campaign a name.".into());
    }
    if row.name.chars().count() > MAX_NAME {
        say("name", "too_long", format!("A name has at most {MAX_NAME} characters."));
    }
    if row.description.chars().count() > MAX_DESCRIPTION {
        say("description", "too_long", format!("A description has at most {MAX_DESCRIPTION} characters."));
    }
    if !(0..=MAX_CONTROL).contains(&row.control_percent) {
        say(
            "controlPercent",
            "bad_percent",
            format!("A control group is between 0 and {MAX_CONTROL} percent of the audience."),
        );
    }
    if !muster_domain::zone::is_known(&row.timezone) {
        say(
            "timezone",
            "bad_timezone",
            format!("The timezone {} is not known: use a name like Africa/Nairobi.", row.timezone),
        );
    } else if let Some(recurring) = &row.recurring_schedule {
        let recurring: Option<RecurringInput> = serde_json::from_value(recurring.0.clone()).ok();
        let checked = recurring.map(|r| Recurrence::parse(&r.cron, &row.timezone).and_then(|r| r.check(now)));
        if let Some(Err(e)) = checked {
            say("recurringSchedule", "bad_recurrence", format!("The recurrence cannot be used: {e}."));
        }
    }
    if !matches!(row.misfire_rule.as_str(), "run" | "skip") {
        say(
            "misfireRule",
            "bad_word",
            "What was due while Muster was closed is run or skipped: write run or skip.".into(),
        );
    }
    if matches!((row.scheduled_at, row.end_at), (Some(start), Some(end)) if end <= start) {
        say("endAt", "ends_before_start", "The end lies before the start.".into());
    }
}

fn settings(row: &CampaignRow, found: &mut Vec<Problem>) {
    let settings: CampaignSettings = serde_json::from_value(row.settings.clone()).unwrap_or_default();
    for (path, address) in [("settings.fromEmail", settings.from_email), ("settings.replyTo", settings.reply_to)] {
        if address.is_some_and(|a| !a.is_empty() && EmailAddress::parse(&a).is_err()) {
            found.push(Problem::new(path, "bad_email", "This is not an e-mail address."));
        }
    }
}

/// Offers, a template or inline content: one of them.
fn one_content(draft: &Draft, found: &mut Vec<Problem>) {
    let ways = [!draft.offers.is_empty(), draft.row.template_id.is_some(), draft.row.content.is_some()];
    if ways.iter().filter(|w| **w).count() > 1 {
        found.push(Problem::new(
            "content",
            "several_contents",
            "A campaign sends offers, a template or its own text: choose one of them.",
        ));
    }
    if draft.row.channel == CampaignChannel::Multi && (ways[1] || ways[2]) {
        found.push(Problem::new(
            "channel",
            "multi_needs_offers",
            "Only offers have a text for every channel: choose one channel, or map offers.",
        ));
    }
}

async fn parts(tx: &mut Tx, ctx: &Ctx, draft: &Draft, found: &mut Vec<Problem>) -> AppResult<()> {
    if draft.segments.len() > MAX_PARTS || draft.offers.len() > MAX_PARTS {
        found.push(Problem::new(
            "segmentIds",
            "too_many",
            format!("A campaign has at most {MAX_PARTS} segments and {MAX_PARTS} offers."),
        ));
        return Ok(());
    }
    let ids: Vec<Uuid> = draft.segments.iter().map(|s| s.segment_id).collect();
    let known: HashSet<Uuid> =
        campaign_parts::known_segments(tx, ctx.ws, &ids).await?.into_iter().map(|s| s.id).collect();
    if draft.segments.iter().any(|s| !known.contains(&s.segment_id)) {
        found.push(Problem::new("segmentIds", "unknown_segment", "One of the segments is not there, or is archived."));
    }
    if has_twice(&ids) {
        found.push(Problem::new(
            "segmentIds",
            "duplicate_segment",
            "A segment is named twice, or both included and excluded.",
        ));
    }
    let ids: Vec<Uuid> = draft.offers.iter().map(|o| o.offer_id).collect();
    let known: HashSet<Uuid> = campaign_parts::known_offers(tx, ctx.ws, &ids).await?.into_iter().collect();
    for (i, offer) in draft.offers.iter().enumerate() {
        if !known.contains(&offer.offer_id) {
            found.push(Problem::new(
                format!("offers[{i}].offerId"),
                "unknown_offer",
                "This offer is not there, or is archived.",
            ));
        }
        if !draft.segments.iter().any(|s| s.role == "include" && s.segment_id == offer.segment_id) {
            found.push(Problem::new(
                format!("offers[{i}].segmentId"),
                "not_targeted",
                "This offer is mapped to a segment that the campaign does not include.",
            ));
        }
    }
    let pairs: Vec<_> = draft.offers.iter().map(|o| (o.segment_id, o.offer_id)).collect();
    if has_twice(&pairs) {
        found.push(Problem::new("offers", "duplicate_offer", "An offer is mapped to the same segment twice."));
    }
    templates(tx, ctx, draft, found).await
}

async fn templates(tx: &mut Tx, ctx: &Ctx, draft: &Draft, found: &mut Vec<Problem>) -> AppResult<()> {
    let of_variants = draft
        .variants
        .iter()
        .zip(0..)
        .filter_map(|(v, i)| Some((format!("abTestConfig.variants[{i}].templateId"), v.template_id?)));
    let wanted: Vec<(String, Uuid)> =
        draft.row.template_id.map(|id| (String::from("templateId"), id)).into_iter().chain(of_variants).collect();
    let ids: Vec<Uuid> = wanted.iter().map(|(_, id)| *id).collect();
    let known = campaign_parts::known_templates(tx, ctx.ws, &ids).await?;
    for (path, id) in wanted {
        match known.iter().find(|(known, _)| *known == id) {
            None => found.push(Problem::new(path, "unknown_template", "This template is not there, or is archived.")),
            Some((_, channel)) if channel != draft.row.channel.as_str() => {
                found.push(Problem::new(
                    path,
                    "wrong_channel",
                    format!("This template is for {channel}; the campaign goes by {}.", draft.row.channel),
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn has_twice<T: Eq + Hash>(all: &[T]) -> bool {
    let mut seen = HashSet::new();
    !all.iter().all(|one| seen.insert(one))
}

/// The templates of inline content: a subject is none on an SMS, where it is the sender id.
pub(crate) fn source_of(content: &InlineContent, channel: CampaignChannel) -> ContentSource {
    let part = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    let titled = matches!(channel, CampaignChannel::Email | CampaignChannel::Push);
    let mail = channel == CampaignChannel::Email;
    ContentSource {
        subject: part(&content.subject).filter(|_| titled),
        preheader: part(&content.preheader).filter(|_| mail),
        text: part(&content.text_body),
        html: part(&content.html_body).filter(|_| mail),
    }
}

fn placeholders(content: &InlineContent, channel: CampaignChannel, attributes: Vec<String>, found: &mut Vec<Problem>) {
    let known = KnownNames { attributes, ..KnownNames::default() };
    let checked = check_content(&source_of(content, channel), &known);
    for problem in checked.problems.into_iter().filter(|p| p.severity == Severity::Error) {
        let field = match problem.part {
            muster_domain::template::Part::Subject => "subject",
            muster_domain::template::Part::Preheader => "preheader",
            muster_domain::template::Part::Text => "textBody",
            muster_domain::template::Part::Html => "htmlBody",
        };
        let message = format!("Line {}, column {}: {}", problem.line, problem.column, problem.message);
        found.push(Problem::new(format!("content.{field}"), problem.code, message));
    }
}
