//! Messages that wait for a moment: their next try, the end of quiet hours, a limit.

use muster_db::deferred::{self as rows, DeferredRow, WaitingFilter};
use muster_db::{campaign_state, leases, runs};
use muster_domain::campaign::CampaignStatus;
use muster_domain::time::moment;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::ctx::AuditObject;
use crate::dead_letters::{GroupQuery, LetterChoice};
use crate::page::{Page, PageRequest, Stretch};
use crate::permissions::Operation;
use crate::runs::not_yet_ended;
use crate::{App, AppError, AppResult, Ctx};

/// The one cause that somebody may cut short: everything else keeps a promise to customers or receivers.
const RETRY: &str = "retry";

/// Messages of one run that wait for the same.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingGroup {
    pub run_id: i64,
    /// `retry`, `requeued`, `quiet_hours` …
    pub cause: String,
    /// Whether they may be sent now instead.
    pub can_be_hurried: bool,
    pub campaign_id: Uuid,
    pub campaign_name: String,
    pub campaign_status: CampaignStatus,
    pub run_number: i64,
    pub messages: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub earliest_at: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub latest_at: i64,
    /// Why one of them was not taken so far.
    pub last_error: Option<String>,
}

/// A message that waits.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingView {
    pub run_id: i64,
    pub seq: i64,
    pub customer_id: i64,
    pub name: String,
    pub address: Option<String>,
    pub channel: Option<String>,
    /// Tries so far.
    pub attempts: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub due_at: i64,
    pub last_error: Option<String>,
}

/// What was made due now.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HurriedView {
    /// Those that were not due yet.
    pub messages: u64,
    /// `paused`: they go when the campaign is resumed.
    pub campaign_status: CampaignStatus,
}

/// Where a list of waiting messages goes on: `due~number` of the last one seen.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct WaitingCursor(pub String);

impl WaitingCursor {
    fn parse(&self) -> AppResult<(i64, i64)> {
        if self.0.is_empty() {
            return Ok((i64::MIN, 0));
        }
        let parts = self.0.split_once('~').and_then(|(due, seq)| Some((due.parse().ok()?, seq.parse().ok()?)));
        parts.ok_or_else(|| AppError::malformed("bad_cursor", "The cursor is not one that was given out."))
    }
}

/// Groups, those due soonest first. What is on its way at this moment is in none.
pub async fn groups(app: &App, ctx: &Ctx, query: &GroupQuery, page: PageRequest) -> AppResult<Page<WaitingGroup>> {
    ctx.require(Operation::Read)?;
    let filter = WaitingFilter {
        campaign_id: query.campaign_id,
        run_id: query.run_id.unwrap_or(0),
        cause: query.cause.as_deref().unwrap_or_default(),
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let (found, count) = rows::groups(&mut tx, ctx.ws, filter, page.page_size, page.offset()).await?;
    let view = |g: rows::WaitingRow| WaitingGroup {
        run_id: g.run_id,
        can_be_hurried: g.cause == RETRY,
        cause: g.cause,
        campaign_id: g.campaign_id,
        campaign_name: g.campaign_name,
        campaign_status: g.campaign_status,
        run_number: g.run_number,
        messages: g.messages,
        earliest_at: g.earliest_at,
        latest_at: g.latest_at,
        last_error: g.last_error,
    };
    Ok(Page::new(found.into_iter().map(view).collect(), page, count))
}

/// The messages of a group, those due soonest first.
pub async fn messages(
    app: &App,
    ctx: &Ctx,
    run: i64,
    cause: &str,
    cursor: &WaitingCursor,
    limit: i64,
) -> AppResult<Stretch<WaitingView>> {
    ctx.require(Operation::Read)?;
    let after = cursor.parse()?;
    let mut tx = app.db.read(ctx.ws).await?;
    let found = rows::messages(&mut tx, ctx.ws, run, cause, after, limit).await?;
    let total_count = rows::count(&mut tx, ctx.ws, run, cause).await?;
    let next = found.last().filter(|_| found.len() as i64 == limit);
    let next_cursor = next.map(|last| format!("{}~{}", last.due_at, last.seq));
    Ok(Stretch { rows: found.into_iter().map(|row| view(run, row)).collect(), total_count, next_cursor })
}

/// Makes retries due now, all of a group or those named. 409 for what waits for another reason, because quiet hours and
/// limits are kept, and after the end of a campaign.
pub async fn hurry(app: &App, ctx: &Ctx, choice: &LetterChoice) -> AppResult<HurriedView> {
    ctx.require(Operation::RunCampaigns)?;
    let cause = choice.cause.as_deref().unwrap_or(RETRY);
    if cause != RETRY {
        return Err(AppError::conflict(
            "not_a_retry",
            "Only a next try can be made sooner. Quiet hours and limits are kept: these messages go when they end.",
        ));
    }
    let (run, seqs, now) = (choice.run_id, choice.named()?, app.now());
    let mut tx = app.db.write(ctx.ws).await?;
    leases::lock_run(&mut tx, ctx.ws, run).await?.ok_or(AppError::NotFound("run"))?;
    let facts = runs::facts(&mut tx, ctx.ws, run).await?.ok_or(AppError::NotFound("run"))?;
    let id = facts.campaign_id;
    let campaign = campaign_state::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    not_yet_ended(&campaign, now)?;
    let messages = rows::hurry(&mut tx, ctx.ws, run, cause, seqs, now).await?;
    if messages > 0 {
        let after = json!({"messages": messages, "run": facts.number});
        let object = AuditObject::new("campaign", id, &facts.name).after(&after);
        ctx.audit(&mut tx, now, "campaign.retries_hurried", object).await?;
    }
    tx.commit().await?;
    app.nudges.add(run);
    app.campaign_changed(ctx, id);
    Ok(HurriedView { messages, campaign_status: facts.campaign_status })
}

fn view(run_id: i64, r: DeferredRow) -> WaitingView {
    let own = if r.channel.as_deref() == Some("email") { r.email.clone() } else { r.phone.clone() };
    WaitingView {
        run_id,
        seq: r.seq,
        customer_id: r.customer_id,
        name: format!("{} {}", r.first_name, r.last_name).trim().to_owned(),
        address: r.address.filter(|a| !a.is_empty()).or(own).or(r.email).or(r.phone),
        channel: r.channel,
        attempts: r.attempts,
        due_at: r.due_at,
        last_error: r.last_error,
    }
}
