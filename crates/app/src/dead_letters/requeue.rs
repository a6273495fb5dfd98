//! Sending letters again: their messages are pending once more, due now, with all their tries.
//!
//! Consent, suppression, quiet hours, caps and budgets are looked at when they are sent, as always. A large group goes in
//! transactions of [`STEP`] messages: each moves rows, counters, stages and queue together, so that whatever stops the
//! work in between leaves a ledger that balances and a queue that holds the rest.

use std::collections::BTreeMap;

use muster_db::dead_letters::{self, Choice, ChosenRow};
use muster_db::deliveries::{self, DomainCount};
use muster_db::executions::{self, StageRows};
use muster_db::runs::{self, RunStats};
use muster_db::{Tx, campaign_state, leases};
use muster_domain::campaign::CampaignStatus;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::dead_letter::{Cause, Why};
use muster_domain::recipient::RecipientStatus;
use muster_engine::delivery::domain_of;
use muster_engine::stages::Stage;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{LetterChoice, noted};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::runs::go_on;
use crate::{App, AppError, AppResult, Ctx};

/// Messages of one transaction: some tenths of a second in which nobody else writes.
const STEP: i64 = 10_000;

/// Which letters to send again.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequeueRequest {
    #[serde(flatten)]
    pub choice: LetterChoice,
    /// Said by somebody who knows that messages in doubt may arrive a second time.
    #[serde(default)]
    pub may_arrive_twice: bool,
}

/// What is sent again.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequeuedView {
    pub messages: i64,
    pub campaign_id: Uuid,
    /// `running`: they go now; `paused`: they go when it is resumed.
    pub campaign_status: CampaignStatus,
}

/// Sends letters again. 409 for a campaign that was cancelled or whose end has passed, and for messages in doubt unless `mayArriveTwice` is said; 422 when
/// too many campaigns are under way for a finished one to go on.
pub async fn requeue(app: &App, ctx: &Ctx, request: &RequeueRequest) -> AppResult<RequeuedView> {
    ctx.require(Operation::RunCampaigns)?;
    let chosen = request.choice.checked()?;
    let mut total = 0;
    // The letters of a run are at most its recipients, and each round takes some away or is the last.
    loop {
        let step = step(app, ctx, request, chosen).await?;
        total += step.messages;
        if step.messages < STEP {
            return Ok(RequeuedView { messages: total, ..step });
        }
    }
}

async fn step(app: &App, ctx: &Ctx, request: &RequeueRequest, chosen: Choice<'_>) -> AppResult<RequeuedView> {
    let (run, now) = (chosen.run_id, app.now());
    let mut tx = app.db.write(ctx.ws).await?;
    leases::lock_run(&mut tx, ctx.ws, run).await?.ok_or(AppError::NotFound("run"))?;
    let facts = runs::facts(&mut tx, ctx.ws, run).await?.ok_or(AppError::NotFound("run"))?;
    let id = facts.campaign_id;
    let campaign = campaign_state::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    if campaign.status == CampaignStatus::Cancelled {
        return Err(AppError::conflict(
            "campaign_cancelled",
            "This campaign was cancelled: nothing of it is sent any more. Duplicate it to write to these people again.",
        ));
    }
    let letters = dead_letters::chosen(&mut tx, ctx.ws, chosen, STEP).await?;
    if letters.iter().any(|l| cause(l).is_none_or(|c| c.why.is_unknown())) && !request.may_arrive_twice {
        return Err(AppError::conflict(
            "may_arrive_twice",
            "These messages may have arrived already. Send them again only if getting one twice does no harm, and say so.",
        ));
    }
    let messages = i64::try_from(letters.len()).unwrap_or(i64::MAX);
    if messages == 0 {
        return Ok(RequeuedView { messages, campaign_id: id, campaign_status: campaign.status });
    }
    let run_state = (run, facts.run_status.as_str());
    let to = go_on(&mut tx, ctx, &campaign, run_state, Stage::Rendering, "messages are sent again", now).await?;
    let seqs: Vec<i64> = letters.iter().map(|l| l.seq).collect();
    dead_letters::revive(&mut tx, ctx.ws, run, &seqs, now).await?;
    take_back(&mut tx, ctx, run, &letters, now).await?;
    let mut state = noted(&request.choice, messages, facts.number);
    state["status"] = json!(to);
    let object =
        AuditObject::new("campaign", id, &campaign.name).before(&json!({"status": campaign.status})).after(&state);
    ctx.audit(&mut tx, now, "campaign.messages_requeued", object).await?;
    tx.commit().await?;
    tracing::info!(tenantId = ctx.ws.0, correlationId = %ctx.correlation_id, campaignId = %id, messages, "[SEND] messages are sent again");
    app.nudges.add(run);
    app.campaign_changed(ctx, id);
    Ok(RequeuedView { messages, campaign_id: id, campaign_status: to })
}

/// Counters, domains and stages as if the messages had not been tried.
async fn take_back(tx: &mut Tx, ctx: &Ctx, run: i64, letters: &[ChosenRow], now: Millis) -> AppResult<()> {
    let mut variants: BTreeMap<i64, RunStats> = BTreeMap::new();
    let mut domains: BTreeMap<String, i64> = BTreeMap::new();
    let (mut rendered, mut delivered) = (0, 0);
    for letter in letters {
        let zero = RunStats { variant_no: letter.variant_no, ..RunStats::default() };
        let stats = variants.entry(letter.variant_no).or_insert(zero);
        if letter.status == i64::from(RecipientStatus::Failed.code()) {
            stats.failed -= 1;
            *domains.entry(domain(letter)).or_default() += 1;
        } else {
            stats.unknown -= 1;
        }
        delivered += 1;
        // What was in flight counted as rendered where its node's notes said what it was.
        let counted = cause(letter).is_none_or(|c| c.why != Why::InFlight || c.channel.is_some());
        rendered += i64::from(letter.was_rendered && counted);
    }
    for stats in variants.values() {
        runs::add_stats(tx, ctx.ws, run, stats).await?;
    }
    let domains: Vec<DomainCount> =
        domains.into_iter().map(|(domain, n)| DomainCount { domain, sent: 0, failed: -n }).collect();
    deliveries::count(tx, ctx.ws, run, now, 0, 0, &domains).await?;
    let stages = [
        StageRows { stage: Stage::Rendering.as_str(), processed: -rendered, updated: 0 },
        StageRows { stage: Stage::Delivery.as_str(), processed: -delivered, updated: -delivered },
    ];
    Ok(executions::advance(tx, ctx.ws, run, &stages, now).await?)
}

fn cause(letter: &ChosenRow) -> Option<Cause> {
    letter.cause.parse().ok()
}

/// Under which name its failure was counted.
fn domain(letter: &ChosenRow) -> String {
    let channel = letter.channel.as_deref().and_then(|c| c.parse::<Channel>().ok());
    channel.map(|c| domain_of(c, letter.address.as_deref().unwrap_or_default())).unwrap_or_default()
}
