//! `POST /campaigns/{id}/send`: a campaign to the customers named, values fixed at the call.

use muster_db::profiles::ProfileQuery;
use muster_db::snapshots::{self, Snapshot};
use muster_db::{audience, campaign_state, deliveries, leases, runs};
use muster_domain::campaign::{CampaignAction, CampaignType, MAX_RECIPIENTS};
use muster_engine::delivery::profile_of;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::launch::{Evaluation, begin_manual, finish};
use super::split::Split;
use super::{after, contents, ending, require_approval, require_room};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Whom to send to.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendRequest {
    pub customer_ids: Vec<i64>,
}

/// What was queued; the names are those of the contract.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SendView {
    pub campaign_id: Uuid,
    pub messages_queued: i64,
    /// Always `sending`.
    pub status: &'static str,
}

/// Queues one message per customer and offer, all or none.
///
/// # Errors
/// 400 for an empty list; 404 for an unknown campaign or any unknown customer; 409 when not draft or scheduled, or not approved.
pub async fn send(app: &App, ctx: &Ctx, id: Uuid, request: &SendRequest) -> AppResult<SendView> {
    ctx.require(Operation::RunCampaigns)?;
    if request.customer_ids.is_empty() {
        return Err(AppError::malformed("missing_field", "customer_ids is empty: name at least one customer."));
    }
    if request.customer_ids.len() > usize::try_from(MAX_RECIPIENTS).unwrap_or(usize::MAX) {
        return Err(AppError::invalid(
            "too_many_recipients",
            format!("At most {MAX_RECIPIENTS} customers can be sent to at once."),
        ));
    }
    let mut customers = request.customer_ids.clone();
    customers.sort_unstable();
    customers.dedup();
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let campaign = campaign_state::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    if campaign.kind == CampaignType::Plan {
        let message = "A plan is not sent, it is gone through: start it, and enrol these customers.";
        return Err(AppError::conflict("is_a_plan", message));
    }
    after(&campaign, CampaignAction::Start)?;
    ending::not_yet(&campaign, now)?;
    require_approval(&mut tx, ctx, &campaign).await?;
    require_room(&mut tx, ctx, id).await?;
    let found = audience::count_customers(&mut tx, ctx.ws, &customers).await?;
    let asked = i64::try_from(customers.len()).unwrap_or(i64::MAX);
    if found != asked {
        return Err(AppError::NotFound("customer (nothing was queued)"));
    }
    let contents = contents::fix(app, ctx, &mut tx, &campaign).await?;
    let offers: Vec<i64> = {
        let mut all: Vec<i64> = contents.contents.iter().map(|c| c.offer_no).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let launch = begin_manual(app, ctx, &mut tx, &campaign, now).await?;
    for content in &contents.contents {
        runs::insert_content(&mut tx, ctx.ws, launch.run, content).await?;
    }
    let queued = audience::insert_named(&mut tx, ctx.ws, launch.run, &customers, &offers).await?;
    Split::of_named(id, &contents.variants).apply(&mut tx, ctx, launch.run, asked, queued).await?;
    fix_values(ctx, &mut tx, launch.run, queued).await?;
    let evaluation = Evaluation { started: now, recipients: queued, customers: asked, control: 0 };
    finish(app, ctx, tx, &campaign, &launch, &evaluation).await?;
    Ok(SendView { campaign_id: id, messages_queued: queued, status: "sending" })
}

/// Keeps every value that a template could name, as it is at this moment. Consent is still looked at when sending.
async fn fix_values(ctx: &Ctx, tx: &mut muster_db::Tx, run: i64, queued: i64) -> AppResult<()> {
    const CHUNK: i64 = 1_000;
    let mut first = 1;
    while first <= queued {
        let lease = leases::Lease {
            id: 0,
            run_id: run,
            kind: leases::LeaseKind::Fresh { first, last: first + CHUNK - 1 },
            token: Uuid::nil(),
        };
        let profiles = ProfileQuery::everything().read(tx, ctx.ws, &lease).await?;
        let ids: Vec<i64> = profiles.iter().map(|p| p.customer_id).collect();
        let attributes = deliveries::attributes(tx, ctx.ws, &ids).await?;
        let rows = profiles
            .iter()
            .map(|p| {
                let own: Vec<_> = attributes.iter().filter(|a| a.customer_id == p.customer_id).cloned().collect();
                let values_json = serde_json::to_string(&profile_of(p, &own)).map_err(AppError::internal)?;
                Ok(Snapshot { seq: p.seq, address: String::new(), values_json, message_id: None })
            })
            .collect::<AppResult<Vec<_>>>()?;
        snapshots::keep(tx, ctx.ws, run, &rows).await?;
        first += CHUNK;
    }
    Ok(())
}
