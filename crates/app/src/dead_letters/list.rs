//! The queue as people look at it: groups by run and cause, and the messages of one group.

use muster_db::dead_letters::{self as rows, GroupFilter, GroupRow, LetterRow};
use muster_domain::campaign::CampaignStatus;
use muster_domain::channel::Channel;
use muster_domain::dead_letter::Why;
use muster_domain::time::moment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::parse;
use crate::page::{Page, PageRequest, Stretch};
use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Messages of one run that failed for the same cause.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterGroup {
    pub run_id: i64,
    /// Names the group within its run.
    pub cause: String,
    pub why: Why,
    /// Perhaps sent: sending again takes `mayArriveTwice`.
    pub is_unknown: bool,
    pub channel: Option<Channel>,
    /// What the provider speaks: `smtp`, `twilio` …
    pub provider_kind: Option<String>,
    /// Enhanced status code, reply code or HTTP status.
    pub code: Option<String>,
    pub campaign_id: Uuid,
    pub campaign_name: String,
    pub campaign_status: CampaignStatus,
    pub run_number: i64,
    pub messages: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub first_at: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub last_at: i64,
    /// What was said about one of them, in full.
    pub example: Option<String>,
}

/// A message that was not delivered.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterView {
    pub run_id: i64,
    pub seq: i64,
    pub customer_id: i64,
    pub name: String,
    pub address: Option<String>,
    pub channel: Option<String>,
    pub attempts: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub failed_at: i64,
    /// In full.
    pub reason: Option<String>,
}

/// Which groups; what is not said is any.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct GroupQuery {
    #[serde(alias = "campaign_id")]
    pub campaign_id: Option<Uuid>,
    #[serde(alias = "run_id")]
    pub run_id: Option<i64>,
    pub cause: Option<String>,
}

/// Groups, the one that grew last first.
pub async fn groups(app: &App, ctx: &Ctx, query: &GroupQuery, page: PageRequest) -> AppResult<Page<DeadLetterGroup>> {
    ctx.require(Operation::Read)?;
    let filter = GroupFilter {
        campaign_id: query.campaign_id,
        run_id: query.run_id.unwrap_or(0),
        cause: query.cause.as_deref().unwrap_or_default(),
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let (found, count) = rows::groups(&mut tx, ctx.ws, filter, page.page_size, page.offset()).await?;
    let views = found.into_iter().map(group).collect::<AppResult<_>>()?;
    Ok(Page::new(views, page, count))
}

/// The messages of a group after the number `cursor`.
pub async fn messages(
    app: &App,
    ctx: &Ctx,
    run: i64,
    cause: &str,
    cursor: i64,
    limit: i64,
) -> AppResult<Stretch<DeadLetterView>> {
    ctx.require(Operation::Read)?;
    parse(cause)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let found = rows::messages(&mut tx, ctx.ws, run, cause, cursor, limit).await?;
    let total_count = rows::count(&mut tx, ctx.ws, run, cause).await?;
    let next_cursor = found.last().filter(|_| found.len() as i64 == limit).map(|last| last.seq.to_string());
    Ok(Stretch { rows: found.into_iter().map(|row| letter(run, row)).collect(), total_count, next_cursor })
}

fn group(g: GroupRow) -> AppResult<DeadLetterGroup> {
    let cause = parse(&g.cause)?;
    let some = |text: String| (!text.is_empty()).then_some(text);
    Ok(DeadLetterGroup {
        run_id: g.run_id,
        cause: g.cause,
        why: cause.why,
        is_unknown: cause.why.is_unknown(),
        channel: cause.channel,
        provider_kind: some(cause.provider),
        code: some(cause.code),
        campaign_id: g.campaign_id,
        campaign_name: g.campaign_name,
        campaign_status: g.campaign_status,
        run_number: g.run_number,
        messages: g.messages,
        first_at: g.first_at,
        last_at: g.last_at,
        example: g.example,
    })
}

fn letter(run_id: i64, r: LetterRow) -> DeadLetterView {
    let own = if r.channel.as_deref() == Some("email") { r.email.clone() } else { r.phone.clone() };
    DeadLetterView {
        run_id,
        seq: r.seq,
        customer_id: r.customer_id,
        name: format!("{} {}", r.first_name, r.last_name).trim().to_owned(),
        address: r.address.filter(|a| !a.is_empty()).or(own).or(r.email).or(r.phone),
        channel: r.channel,
        attempts: r.attempts,
        failed_at: r.failed_at,
        reason: r.reason,
    }
}
