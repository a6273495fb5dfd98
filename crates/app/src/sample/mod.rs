//! The sample workspace: a Kenyan telecom and a broker outreach, made with the same use cases that people use, and sent
//! to the test inbox.

mod people;

use std::collections::HashMap;

use muster_db::people::NewUser;
use muster_domain::role::Role;
use muster_domain::time::{DAY, HOUR, rfc3339};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::approvals::{self, ApprovalQuery, DecisionInput, SubmitInput};
use crate::customers::{self, CustomerQuery};
use crate::imports::{self, FromDisk};
use crate::page::PageRequest;
use crate::permissions::Operation;
use crate::runs::{RecipientFilter, RecipientView};
use crate::{App, AppError, AppResult, Ctx, auth, campaigns, offers, redemptions, replies, runs, segments};

const SCRIPT: &str = include_str!("workspace.json");
/// Cycles that a campaign is sent in before the scheduler has the rest.
const MOST_CYCLES: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Script {
    team: Vec<Member>,
    segments: Vec<Keyed>,
    offers: Vec<Keyed>,
    campaigns: Vec<SampleCampaign>,
    redemptions: Redemptions,
    replies: Vec<String>,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    role: Role,
}

#[derive(Deserialize)]
struct Keyed {
    key: String,
    input: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SampleCampaign {
    key: String,
    then: Then,
    in_days: Option<i64>,
    segments: Vec<String>,
    /// Segment and offer, by their keys.
    offers: Vec<(String, String)>,
    input: Value,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Then {
    /// Approved, sent to the end.
    Finish,
    /// Approved and under way.
    Run,
    /// Approved, starts later.
    Schedule,
    /// Waits for an approver.
    Submit,
    Draft,
}

#[derive(Deserialize)]
struct Redemptions {
    code: String,
    value: String,
    /// One of so many people who got it.
    every: usize,
}

/// What the sample workspace holds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    pub customers: i64,
    pub segments: usize,
    pub offers: usize,
    pub campaigns: usize,
    pub replies: usize,
}

/// Fills an empty workspace. 409 `not_empty` when there are customers already.
pub async fn load(app: &App, ctx: &Ctx) -> AppResult<Sample> {
    ctx.require(Operation::ManageUsers)?;
    let some = customers::list(app, ctx, &CustomerQuery::default(), PageRequest::new(None, Some(1))).await?;
    if some.pagination.total_count > 0 {
        return Err(AppError::conflict(
            "not_empty",
            "This workspace has customers already; the sample needs an empty one.",
        ));
    }
    let script: Script = serde_json::from_str(SCRIPT).map_err(AppError::internal)?;
    let brian = team(app, ctx, &script.team).await?;
    let customers = import(app, ctx).await?;
    let mut keys = HashMap::new();
    for Keyed { key, input } in &script.segments {
        keys.insert(key.as_str(), segments::create(app, &brian, read(input.clone())?).await?.segment.id);
    }
    let mut offer_keys = HashMap::new();
    for Keyed { key, input } in &script.offers {
        let offer = offers::save::create(app, &brian, read(input.clone())?).await?;
        offers::lifecycle::activate(app, &brian, offer.base.id).await?;
        offer_keys.insert(key.as_str(), offer.base.id);
    }
    let mut campaign_keys = HashMap::new();
    for sample in &script.campaigns {
        let id = campaign(app, ctx, &brian, sample, &keys, &offer_keys).await?;
        campaign_keys.insert(sample.key.as_str(), id);
    }
    redeem(app, ctx, &script.redemptions, campaign_keys.get("winback").copied()).await?;
    answer(app, ctx, &script.replies, campaign_keys.get("brokers").copied()).await?;
    Ok(Sample {
        customers,
        segments: keys.len(),
        offers: offer_keys.len(),
        campaigns: campaign_keys.len(),
        replies: script.replies.len(),
    })
}

fn read<T: DeserializeOwned>(value: Value) -> AppResult<T> {
    serde_json::from_value(value).map_err(AppError::internal)
}

/// Adds the team and gives the manager's hands. Nobody knows their passwords until an administrator sets some.
async fn team(app: &App, ctx: &Ctx, members: &[Member]) -> AppResult<Ctx> {
    let now = app.now();
    let password_hash = auth::hash_password(app, hex::encode(app.ids.random())).await?;
    let mut manager = None;
    let mut tx = app.db.write(ctx.ws).await?;
    for Member { name, role } in members {
        let new = NewUser {
            id: app.new_id(),
            email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
            name: name.clone(),
            role: *role,
            password_hash: password_hash.clone(),
            must_change_password: true,
            locale: String::from("en"),
            now,
        };
        muster_db::people::insert(&mut tx, ctx.ws, &new).await?;
        if *role == Role::Manager {
            manager =
                Some(Ctx { user_id: Some(new.id), user_name: name.clone(), role: *role, scopes: None, ..ctx.clone() });
        }
    }
    tx.commit().await?;
    manager.ok_or_else(|| AppError::internal("the sample has no manager"))
}

async fn import(app: &App, ctx: &Ctx) -> AppResult<i64> {
    let path = app.data_dir.join("sample-customers.csv");
    tokio::fs::write(&path, people::spreadsheet(app.now())).await.map_err(AppError::internal)?;
    let done = imports::run_path(app, ctx, &path, FromDisk::default(), &|_| {}).await;
    tokio::fs::remove_file(&path).await.map_err(AppError::internal)?;
    Ok(done?.imported)
}

async fn campaign(
    app: &App,
    ctx: &Ctx,
    brian: &Ctx,
    sample: &SampleCampaign,
    segment_ids: &HashMap<&str, Uuid>,
    offer_ids: &HashMap<&str, Uuid>,
) -> AppResult<Uuid> {
    let mut input = sample.input.clone();
    let segments: Vec<_> = sample.segments.iter().filter_map(|key| segment_ids.get(key.as_str())).collect();
    let offers: Vec<_> = sample
        .offers
        .iter()
        .filter_map(|(s, o)| {
            Some(json!({ "segmentId": segment_ids.get(s.as_str())?, "offerId": offer_ids.get(o.as_str())? }))
        })
        .collect();
    input["segmentIds"] = json!(segments);
    input["timezone"] = json!("Africa/Nairobi");
    if !offers.is_empty() {
        input["offers"] = json!(offers);
    }
    if let Some(days) = sample.in_days {
        // 09:00 in Nairobi.
        let at = app.now().div_euclid(DAY) * DAY + days * DAY + 6 * HOUR;
        input["scheduledAt"] = json!(rfc3339(at));
    }
    let id = campaigns::create(app, brian, read(input)?).await?.id;
    if sample.then == Then::Draft {
        return Ok(id);
    }
    approvals::submit(app, brian, id, SubmitInput::default()).await?;
    if sample.then == Then::Submit {
        return Ok(id);
    }
    approve(app, ctx, id).await?;
    if matches!(sample.then, Then::Finish | Then::Run) {
        runs::start(app, brian, id).await?;
        send(app, brian, id, sample.then).await?;
    }
    Ok(id)
}

async fn approve(app: &App, ctx: &Ctx, campaign: Uuid) -> AppResult<()> {
    let query = ApprovalQuery { status: Some(String::from("pending")), ..ApprovalQuery::default() };
    let waiting = approvals::list(app, ctx, query, PageRequest::new(None, Some(100))).await?;
    let asked = waiting.rows.iter().find(|approval| approval.object_id == campaign);
    // Where campaigns need no approval, submitting one was enough.
    let Some(asked) = asked else { return Ok(()) };
    let decision = DecisionInput { comment: String::from("Looks right.") };
    approvals::approve(app, ctx, asked.id, decision).await?;
    Ok(())
}

/// Sends what may be sent now; the scheduler has the rest.
async fn send(app: &App, brian: &Ctx, id: Uuid, then: Then) -> AppResult<()> {
    let most = if then == Then::Finish { MOST_CYCLES } else { 1 };
    for _ in 0..most {
        match runs::execute(app, brian, id).await {
            Ok(cycle) if cycle.processed > 0 => {}
            // Nothing left, or the scheduler was quicker and has finished the campaign.
            Ok(_) | Err(AppError::Conflict { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The first page of what a campaign sent.
async fn reached(app: &App, ctx: &Ctx, campaign: Uuid) -> AppResult<Vec<RecipientView>> {
    let filter = RecipientFilter { status: None, cursor: None, run_id: None };
    let page = runs::recipients(app, ctx, campaign, &filter, PageRequest::new(None, Some(100))).await?;
    Ok(page.rows.into_iter().filter(|recipient| recipient.sent_at.is_some()).collect())
}

/// Some of the people who got the offer bought it.
async fn redeem(app: &App, ctx: &Ctx, wanted: &Redemptions, campaign: Option<Uuid>) -> AppResult<()> {
    let campaign = campaign.ok_or(AppError::NotFound("campaign"))?;
    for recipient in reached(app, ctx, campaign).await?.iter().step_by(wanted.every.max(1)) {
        let request = json!({ "code": wanted.code, "customerId": recipient.customer_id, "value": wanted.value });
        redemptions::redeem(app, ctx, read(request)?).await?;
    }
    Ok(())
}

/// The first people who were written to answer; what they say becomes cards.
async fn answer(app: &App, ctx: &Ctx, texts: &[String], campaign: Option<Uuid>) -> AppResult<()> {
    let campaign = campaign.ok_or(AppError::NotFound("campaign"))?;
    let reached = reached(app, ctx, campaign).await?;
    for (text, recipient) in texts.iter().zip(&reached) {
        let from = recipient.address.clone().unwrap_or_default();
        replies::process(app, ctx, read(json!({ "campaignId": campaign, "from": from, "body": text }))?).await?;
    }
    Ok(())
}
