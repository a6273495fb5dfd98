//! Whether a campaign can be sent: every problem with the step of the wizard that mends it (CAM-1, CAM-11).

use muster_db::creatives::CreativeRow;
use muster_db::{Tx, campaign_parts, campaigns, creatives, templates, workspaces};
use muster_domain::campaign::{CampaignStatus, CampaignType, MAX_RECIPIENTS, MAX_RUNNING_CAMPAIGNS};
use muster_domain::channel::{CampaignChannel, Channel};
use muster_domain::clock::Millis;
use muster_domain::creative::DEFAULT_LOCALE;
use muster_domain::money::from_e4;
use muster_domain::pace::Pace;
use muster_domain::recurrence::Recurrence;
use muster_domain::template::{KnownNames, Severity, check_content};
use muster_domain::time::{HOUR, SECOND};
use muster_engine::registry::SenderRegistry;
use serde::Serialize;
use uuid::Uuid;

use super::audience::{self, AudienceView};
use super::checks::source_of;
use super::view::{self, AbTestView, CampaignView};
use crate::permissions::Operation;
use crate::runs::{TEMPLATE_BESIDE_OFFERS, beyond_a_single_run};
use crate::{App, AppError, AppResult, Ctx, plans};

/// Whether a campaign can be sent, and what it would mean.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// Whether no problem stops it.
    pub is_ready: bool,
    /// Errors first.
    pub problems: Vec<ReadinessProblem>,
    /// What was looked at and found good.
    pub passed: Vec<String>,
    pub audience: AudienceView,
    /// At the chosen rate, and until the winner of an A/B test goes to the rest; none when only the providers limit it.
    pub duration_seconds: Option<i64>,
    /// A decimal; none when no price is set for the channel.
    pub cost: Option<String>,
    pub currency: String,
    pub approval_required: bool,
}

/// Something to mend, or to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadinessProblem {
    pub code: String,
    /// An error stops the campaign.
    pub severity: Severity,
    pub message: String,
    /// `details`, `audience`, `offers`, `content` or `schedule`.
    pub step: String,
    /// The segment, offer or template that it is about.
    pub object_id: Option<Uuid>,
}

/// Looks a campaign over.
pub async fn readiness(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<Readiness> {
    ctx.require(Operation::Read)?;
    let campaign = {
        let mut tx = app.db.read(ctx.ws).await?;
        view::load(&mut tx, ctx, id).await?
    };
    look_over(app, ctx, &campaign).await
}

/// The same for a campaign that was read already.
pub(crate) async fn look_over(app: &App, ctx: &Ctx, campaign: &CampaignView) -> AppResult<Readiness> {
    let now = app.now();
    let mut tx = app.db.read(ctx.ws).await?;
    let workspace = workspaces::get(&mut tx, ctx.ws).await?;
    let mut list = Findings::default();
    let audience = audience::count(&mut tx, ctx, campaign, now).await?;
    about_audience(campaign, &audience, &mut list);
    let channels = if campaign.kind == CampaignType::Plan {
        about_plan(&mut tx, ctx, campaign, &mut list).await?
    } else {
        let channels = about_offers(&mut tx, ctx, campaign, now, &mut list).await?;
        about_content(&mut tx, ctx, campaign, &mut list).await?;
        channels
    };
    if let Some((code, step, message)) = beyond_a_single_run(campaign.kind) {
        list.error(code, step, message, None);
    }
    let has_templates = campaign.ab_test_config.iter().flat_map(|test| &test.variants).any(|v| v.template_id.is_some());
    if has_templates && !campaign.offers.is_empty() {
        list.error(TEMPLATE_BESIDE_OFFERS.0, "content", TEMPLATE_BESIDE_OFFERS.1, None);
    }
    let running = campaigns::running(&mut tx, ctx.ws).await?;
    about_schedule(campaign, running, now, &mut list);
    if workspace.public_base_url.is_none() {
        list.warn(
            "not_tracked",
            "content",
            "Opens and clicks are not tracked: this workspace has no address that the outside can reach.",
            None,
        );
    }
    drop(tx);
    let mut all_carried = true;
    for channel in channels {
        if let Err(reason) = app.senders.pick(ctx.ws, channel, None).await {
            all_carried = false;
            list.error("no_provider", "content", format!("Nothing carries {} now: {reason}.", words(channel)), None);
        }
    }
    list.pass(all_carried, "a provider carries it");
    let pace = Pace {
        mode: campaign.delivery_mode,
        per_hour: campaign.send_rate_per_hour,
        per_day: campaign.throttle_config.and_then(|t| t.messages_per_day),
        batch: campaign.send_batch_size,
    };
    list.problems.sort_by_key(|p| p.severity != Severity::Error);
    Ok(Readiness {
        is_ready: list.problems.iter().all(|p| p.severity == Severity::Warning),
        duration_seconds: takes(&pace, campaign.ab_test_config.as_ref(), audience.messages).map(|ms| ms / SECOND),
        cost: audience::cost_e4(&workspace, campaign, audience.messages).map(|e4| from_e4(e4).to_string()),
        currency: workspace.currency,
        approval_required: workspace.approval_required,
        problems: list.problems,
        passed: list.passed,
        audience,
    })
}

/// How long a campaign takes at the least: its messages at their rate, and the hours for which most of them wait for the winner
/// of a test.
fn takes(pace: &Pace, test: Option<&AbTestView>, messages: i64) -> Option<Millis> {
    let sends = pace.duration(messages);
    match test.filter(|test| test.test_sample_percent < 100) {
        Some(test) => Some(sends.unwrap_or(0) + test.test_duration_hours * HOUR),
        None => sends,
    }
}

#[derive(Default)]
struct Findings {
    problems: Vec<ReadinessProblem>,
    passed: Vec<String>,
}

impl Findings {
    fn error(&mut self, code: &str, step: &str, message: impl Into<String>, object_id: Option<Uuid>) {
        self.problems.push(ReadinessProblem {
            code: code.into(),
            severity: Severity::Error,
            message: message.into(),
            step: step.into(),
            object_id,
        });
    }
    fn warn(&mut self, code: &str, step: &str, message: impl Into<String>, object_id: Option<Uuid>) {
        self.problems.push(ReadinessProblem {
            code: code.into(),
            severity: Severity::Warning,
            message: message.into(),
            step: step.into(),
            object_id,
        });
    }
    fn pass(&mut self, good: bool, what: &str) {
        if good {
            self.passed.push(what.to_owned());
        }
    }
}

fn words(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "text messages",
        Channel::Whatsapp => "WhatsApp messages",
        Channel::Push => "push notifications",
    }
}

fn about_audience(campaign: &CampaignView, audience: &AudienceView, list: &mut Findings) {
    if campaign.segment_ids.is_empty() {
        list.error("no_segments", "audience", "No segment is chosen yet.", None);
    } else if audience.people == 0 {
        list.error("empty_audience", "audience", "Nobody would get this: the audience is empty.", None);
    } else {
        list.pass(true, "audience not empty");
    }
    if audience.messages > MAX_RECIPIENTS {
        list.error(
            "too_many_recipients",
            "audience",
            format!("A campaign has at most 1,000,000 recipients; this one would have {}.", audience.messages),
            None,
        );
    }
    for segment in audience.segments.iter().filter(|s| s.members == 0) {
        list.warn(
            "empty_segment",
            "audience",
            format!("Nobody is in “{}” now.", segment.name),
            Some(segment.segment_id),
        );
    }
}

/// Gives the channels that have to be carried.
async fn about_offers(
    tx: &mut Tx,
    ctx: &Ctx,
    campaign: &CampaignView,
    now: Millis,
    list: &mut Findings,
) -> AppResult<Vec<Channel>> {
    if campaign.offers.is_empty() {
        if campaign.channel == CampaignChannel::Multi {
            list.error(
                "multi_needs_offers",
                "offers",
                "Everybody's preferred channel needs offers: map at least one to each segment.",
                None,
            );
        }
        return Ok(campaign.channel.single().into_iter().collect());
    }
    for segment in campaign.segments.iter().filter(|s| s.role == "include") {
        if !campaign.offers.iter().any(|o| o.segment_id == segment.segment_id) {
            let message = format!("“{}” has no offer: its people would be skipped.", segment.name);
            list.error("segment_without_offer", "offers", message, Some(segment.segment_id));
        }
    }
    let ids: Vec<Uuid> = campaign.offers.iter().map(|o| o.offer_id).collect();
    let texts = creatives::of_offers(tx, ctx.ws, &ids).await?;
    let start = campaign.scheduled_at.unwrap_or(now).max(now);
    let mut seen = Vec::new();
    for offer in &campaign.offers {
        if seen.contains(&offer.offer_id) {
            continue;
        }
        seen.push(offer.offer_id);
        if offer.status != "active" {
            list.error(
                "offer_not_active",
                "offers",
                format!("“{}” is not published yet.", offer.name),
                Some(offer.offer_id),
            );
        }
        if offer.valid_until.is_some_and(|until| until <= start) {
            list.error(
                "offer_expired",
                "offers",
                format!("“{}” is over before the campaign starts.", offer.name),
                Some(offer.offer_id),
            );
        }
        let own: Vec<&CreativeRow> = texts
            .iter()
            .filter(|t| {
                t.offer_id == offer.offer_id && t.is_active && campaign.channel.single().is_none_or(|c| c == t.channel)
            })
            .collect();
        if own.is_empty() {
            list.error(
                "no_creative",
                "offers",
                format!("“{}” has no text for {}.", offer.name, campaign.channel),
                Some(offer.offer_id),
            );
        } else if !own.iter().any(|t| t.locale.to_ascii_lowercase().starts_with(DEFAULT_LOCALE)) {
            list.warn(
                "no_default_locale",
                "offers",
                format!(
                    "“{}” has no English text: whoever speaks another language gets the first one there is.",
                    offer.name
                ),
                Some(offer.offer_id),
            );
        }
    }
    list.pass(
        !list.problems.iter().any(|p| p.step == "offers" && p.severity == Severity::Error),
        "every segment has an offer that can be sent",
    );
    audience::channels(tx, ctx, campaign).await
}

/// Gives the channels that have to be carried.
async fn about_plan(tx: &mut Tx, ctx: &Ctx, campaign: &CampaignView, list: &mut Findings) -> AppResult<Vec<Channel>> {
    match plans::ready(tx, ctx, campaign.id).await {
        Ok((_, plan)) => {
            list.pass(true, "the plan has no problems");
            return Ok(plan.channels());
        }
        Err(AppError::Invalid { code, message, details }) if details.is_empty() => {
            list.error(code, "content", message, None);
        }
        Err(AppError::Invalid { details, .. }) => {
            for problem in details {
                let message = format!("{} ({})", problem.message, problem.path);
                list.error(&problem.code, "content", message, None);
            }
        }
        Err(error) => return Err(error),
    }
    Ok(Vec::new())
}

async fn about_content(tx: &mut Tx, ctx: &Ctx, campaign: &CampaignView, list: &mut Findings) -> AppResult<()> {
    if !campaign.offers.is_empty() {
        return Ok(());
    }
    let source = if let Some(id) = campaign.template_id {
        let Some(template) = templates::get(tx, ctx.ws, id).await? else {
            list.error("unknown_template", "content", "The template is gone.", Some(id));
            return Ok(());
        };
        super::input::InlineContent {
            subject: template.subject,
            preheader: template.preheader,
            text_body: template.text_body,
            html_body: template.html_body,
        }
    } else if let Some(content) = campaign.content.clone().filter(|c| !c.is_empty()) {
        content
    } else {
        list.error(
            "no_content",
            "content",
            "There is nothing to send yet: map offers, choose a template or write a text.",
            None,
        );
        return Ok(());
    };
    if campaign.channel == CampaignChannel::Email && source.subject.trim().is_empty() {
        list.error("no_subject", "content", "The email has no subject.", None);
    }
    let attributes = campaign_parts::attribute_names(tx, ctx.ws).await?;
    let checked =
        check_content(&source_of(&source, campaign.channel), &KnownNames { attributes, ..KnownNames::default() });
    let good = checked.problems.is_empty();
    for problem in checked.problems {
        // A template's own variables are checked when the template is saved.
        if campaign.template_id.is_some() && problem.code == "unknown_variable" {
            continue;
        }
        let message =
            format!("{} (line {} of the {}).", problem.message.trim_end_matches('.'), problem.line, problem.part);
        match problem.severity {
            Severity::Error => list.error(problem.code, "content", message, None),
            Severity::Warning => list.warn(problem.code, "content", message, None),
        }
    }
    list.pass(good, "the text has no mistakes");
    Ok(())
}

fn about_schedule(campaign: &CampaignView, running: i64, now: Millis, list: &mut Findings) {
    if campaign.kind == CampaignType::Recurring && campaign.recurring_schedule.is_none() {
        list.error("no_recurrence", "schedule", "A recurring campaign needs to know when it recurs.", None);
    }
    let waits = matches!(campaign.status, CampaignStatus::Draft | CampaignStatus::Scheduled);
    let recurs = campaign.kind == CampaignType::Recurring;
    if recurs && waits && campaign.recurring_schedule.is_some() && !occurs_again(campaign, now) {
        list.error("never_occurs", "schedule", "The campaign ends before it would occur.", None);
    }
    if waits && !recurs && campaign.scheduled_at.is_some_and(|at| at < now) {
        list.error(
            "start_in_past",
            "schedule",
            "The start has passed: choose a later one, or none to start by hand.",
            None,
        );
    }
    if waits && running >= MAX_RUNNING_CAMPAIGNS {
        list.warn(
            "too_many_running",
            "schedule",
            format!("{running} campaigns are running now; more than {MAX_RUNNING_CAMPAIGNS} cannot run at once."),
            None,
        );
    }
}

fn occurs_again(campaign: &CampaignView, now: Millis) -> bool {
    let recurrence = campaign.recurring_schedule.as_ref().map(|r| Recurrence::parse(&r.cron, &campaign.timezone));
    match recurrence {
        Some(Ok(recurrence)) => recurrence.until(campaign.end_at).next_after(now).is_some(),
        _ => false,
    }
}
