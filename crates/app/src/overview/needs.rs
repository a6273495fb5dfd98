//! What needs somebody: late cards, paused providers, failed jobs, messages in doubt, approvals.

use muster_db::Tx;
use muster_db::dead_letters::{self, DoubtRow};
use muster_db::home::{self, ApprovalRow, CardRow, FailedRow, ProviderRow};
use muster_domain::clock::Millis;
use muster_domain::role::Role;
use muster_domain::time::{DAY, HOUR};
use serde::Serialize;

use crate::permissions::Operation;
use crate::{AppResult, Ctx};

/// Things of each kind looked at.
const EACH: i64 = 6;
/// Things shown.
const MOST: usize = 8;
/// Cards due within this time need somebody today.
const SOON: Millis = 4 * HOUR;

/// Which kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HomeNeedKind)]
pub enum NeedKind {
    Card,
    Provider,
    Job,
    /// Messages that were on their way when Muster stopped, or whose answer was lost.
    Doubt,
    Approval,
}

/// One thing that waits for the asker. The window finds the words.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HomeNeed)]
pub struct Need {
    pub kind: NeedKind,
    pub id: String,
    pub title: String,
    /// What the person wrote, why it stopped, who asks.
    pub text: String,
    /// A city, a queue, a stage.
    pub place: String,
    /// The moment it is due, or since when it is broken.
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub at: Option<i64>,
    /// `late`, `broken`, `near` or `calm`.
    pub urgency: &'static str,
    /// People, of an approval; messages, in doubt.
    pub people: Option<i64>,
    /// Approvals given and needed.
    pub given: Option<i64>,
    pub required: Option<i64>,
    /// Where the window goes.
    pub link: String,
}

/// What waits for the asker, the most urgent first.
pub async fn needs(tx: &mut Tx, ctx: &Ctx, providers: &[ProviderRow], now: Millis) -> AppResult<Vec<Need>> {
    let may = |operation| ctx.require(operation).is_ok();
    let user = ctx.user()?;
    let mut found = Vec::new();
    if may(Operation::WorkBoard) {
        let only_for = (ctx.role == Role::SalesRep).then_some(user);
        let cards = home::cards(tx, ctx.ws, only_for, now + SOON, EACH).await?;
        found.extend(cards.into_iter().map(|row| card(row, now)));
    }
    if may(Operation::RunCampaigns) {
        found.extend(providers.iter().filter(|p| p.state != "ok").map(provider));
        let failed = home::failed(tx, ctx.ws, now - 7 * DAY, EACH).await?;
        found.extend(failed.into_iter().map(job));
        found.extend(dead_letters::doubts(tx, ctx.ws, EACH).await?.into_iter().map(doubt));
    }
    if may(Operation::Approve) {
        let waiting = home::approvals(tx, ctx.ws, user, EACH).await?;
        found.extend(waiting.into_iter().map(|row| approval(row, now)));
    }
    found.sort_by_key(|need| (rank(need.urgency), need.at.unwrap_or(Millis::MAX)));
    found.truncate(MOST);
    Ok(found)
}

fn rank(urgency: &str) -> u8 {
    match urgency {
        "late" => 0,
        "broken" => 1,
        "near" => 2,
        _ => 3,
    }
}

fn due(at: Option<Millis>, now: Millis) -> &'static str {
    match at {
        Some(at) if at < now => "late",
        Some(at) if at < now + 2 * HOUR => "near",
        _ => "calm",
    }
}

fn blank(kind: NeedKind, id: impl ToString, title: String, link: String) -> Need {
    Need {
        kind,
        id: id.to_string(),
        title,
        text: String::new(),
        place: String::new(),
        at: None,
        urgency: "calm",
        people: None,
        given: None,
        required: None,
        link,
    }
}

fn card(row: CardRow, now: Millis) -> Need {
    let link = format!("/board?card={}", row.id);
    let text = row.said.chars().take(160).collect();
    let place = if row.city.is_empty() { row.queue } else { row.city };
    let urgency = due(Some(row.due_at), now);
    Need { text, place, at: Some(row.due_at), urgency, ..blank(NeedKind::Card, row.id, row.title, link) }
}

fn provider(row: &ProviderRow) -> Need {
    let text = row.state_reason.clone().unwrap_or_default();
    let link = String::from("/settings/providers");
    Need { text, at: row.state_at, urgency: "broken", ..blank(NeedKind::Provider, row.id, row.name.clone(), link) }
}

fn job(row: FailedRow) -> Need {
    let link = format!("/jobs/{}/executions/{}", row.job_id, row.id);
    let text = row.error_message.unwrap_or_default().chars().take(200).collect();
    let blank = blank(NeedKind::Job, row.id, row.job_name, link);
    Need { text, place: row.job_type_code, at: row.completed_at, urgency: "broken", ..blank }
}

fn doubt(row: DoubtRow) -> Need {
    let link = format!("/jobs/undelivered?campaign={}", row.campaign_id);
    let blank = blank(NeedKind::Doubt, row.campaign_id, row.campaign_name, link);
    Need { at: Some(row.last_at), urgency: "broken", people: Some(row.messages), ..blank }
}

fn approval(row: ApprovalRow, now: Millis) -> Need {
    let link = format!("/approvals/{}", row.id);
    Need {
        text: row.submitted_by,
        place: row.object_type,
        at: row.due_at,
        urgency: due(row.due_at, now),
        people: row.audience_size,
        given: Some(row.given),
        required: Some(row.required_approvals),
        ..blank(NeedKind::Approval, row.id, row.object_name, link)
    }
}
