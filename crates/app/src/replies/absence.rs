//! Writing again to somebody who was away (BRD-3): the message that an absence answered goes once more after the return.
//!
//! It goes as a further recipient of the same run, with the campaign's words as they were approved and the customer's values
//! of that day. Consent, suppression, quiet hours, caps and budgets are looked at when it is sent, as always.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use muster_db::absence_retries::{self as rows, Again, DueRow, NewRetry};
use muster_db::campaign_state::{self, CampaignState};
use muster_db::{Tx, contacts, executions, leases, responses, runs, workspaces};
use muster_domain::campaign::{CampaignAction, CampaignStatus};
use muster_domain::clock::Millis;
use muster_domain::reply::Disposition;
use muster_domain::reply::absence::{RetryDropped, retry_at, retry_on};
use muster_domain::time::HOUR;
use muster_domain::workspace::WorkspaceId;
use muster_engine::stages::Stage;
use serde_json::json;
use uuid::Uuid;

use super::list::{ResponseView, view};
use super::routing::routing_table;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::runs::go_on;
use crate::{App, AppError, AppResult, Ctx};

/// Messages of a run that go again in one transaction.
const STEP: i64 = 1_000;

/// A reply from somebody who is away.
pub(super) struct Absence<'a> {
    pub response_id: Uuid,
    /// Run and number of the message that was answered, where it is known.
    pub message: Option<(i64, i64)>,
    pub contact: Option<&'a contacts::ContactRow>,
    pub return_date: Option<NaiveDate>,
    pub received_at: Millis,
}

/// Notes when the writer is back and plans to send the message again then, unless the routing table says not to.
pub(super) async fn plan(tx: &mut Tx, ctx: &Ctx, absence: &Absence<'_>) -> AppResult<()> {
    let (Some((run_id, seq)), Some(contact)) = (absence.message, absence.contact) else { return Ok(()) };
    if !routing_table(tx, ctx.ws).await?.route(Disposition::OutOfOffice).is_some_and(|r| r.retry) {
        return Ok(());
    }
    let received_on = DateTime::from_timestamp_millis(absence.received_at).unwrap_or_default().date_naive();
    let zone = match &contact.timezone {
        Some(zone) => zone.clone(),
        None => workspaces::get(tx, ctx.ws).await?.timezone,
    };
    let due_at = retry_at(retry_on(absence.return_date, received_on), &zone);
    let new = NewRetry { run_id, seq, customer_id: contact.id, response_id: absence.response_id, due_at };
    if rows::plan(tx, ctx.ws, &new).await? {
        responses::set_retry_after(tx, ctx.ws, absence.response_id, Some(due_at)).await?;
    }
    Ok(())
}

/// Does not send again for a reply, because a person said so. 404 for an unknown reply; 409 when nothing waits.
pub async fn stop(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ResponseView> {
    ctx.require(Operation::WorkBoard)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = responses::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("reply"))?;
    let stopped = drop_retry(&mut tx, ctx, &row, RetryDropped::Stopped, now).await?;
    if !stopped {
        return Err(AppError::conflict("nothing_waits", "No message waits to be sent again for this reply."));
    }
    let object = AuditObject::new("response", id, &row.summary).after(&json!({"sentAgain": false}));
    ctx.audit(&mut tx, now, "response.retry_stopped", object).await?;
    let stopped = responses::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("reply"))?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "responses", json!({}));
    Ok(view(stopped))
}

/// Gives up what waits for a reply; whether there was something.
pub(super) async fn drop_retry(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &responses::ResponseRow,
    why: RetryDropped,
    now: Millis,
) -> AppResult<bool> {
    let (Some(run), Some(seq)) = (row.run_id, row.seq) else { return Ok(false) };
    Ok(rows::drop_of_response(tx, ctx.ws, (run, seq), row.id, why, now).await?)
}

/// Sends again what is due, in one workspace or in all.
pub(crate) async fn send_due(app: &App, only: Option<WorkspaceId>) -> AppResult<()> {
    let due = {
        let mut tx = app.db.read_all().await?;
        rows::due_runs(&mut tx, app.now()).await?
    };
    for (ws, run) in due.into_iter().filter(|(ws, _)| only.is_none_or(|only| only == *ws)) {
        let ctx = Ctx::system(ws, app.new_id().to_string());
        if let Err(error) = send_due_of(app, &ctx, run).await {
            tracing::error!(tenantId = ws.0, runId = run, %error, "messages could not be sent again after an absence; they are tried again");
        }
    }
    Ok(())
}

/// When the next message is due, after now.
pub(crate) async fn next_due(app: &App) -> AppResult<Option<Millis>> {
    let mut tx = app.db.read_all().await?;
    Ok(rows::next_due(&mut tx, app.now()).await?)
}

async fn send_due_of(app: &App, ctx: &Ctx, run: i64) -> AppResult<()> {
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let Some(position) = leases::lock_run(&mut tx, ctx.ws, run).await? else { return Ok(()) };
    let Some(facts) = runs::facts(&mut tx, ctx.ws, run).await? else { return Ok(()) };
    let due = rows::due(&mut tx, ctx.ws, run, now, STEP).await?;
    let campaign = campaign_state::get(&mut tx, ctx.ws, facts.campaign_id).await?;
    let Some(campaign) = campaign.filter(|c| goes_on(c, now)) else {
        let all: Vec<i64> = due.iter().map(|d| d.seq).collect();
        rows::drop_these(&mut tx, ctx.ws, run, &all, RetryDropped::CampaignOver, now).await?;
        return Ok(tx.commit().await?);
    };
    let due = still_wanted(&mut tx, ctx, run, due, now).await?;
    if due.is_empty() {
        return Ok(tx.commit().await?);
    }
    let why = "people who were away are written to again";
    match go_on(&mut tx, ctx, &campaign, (run, &position.run_status), Stage::ProfileFetch, why, now).await {
        // Too many campaigns are under way.
        Err(AppError::Invalid { .. }) => {
            drop(tx);
            return postpone(app, ctx.ws, run, now).await;
        }
        status => status?,
    };
    let again: Vec<Again> =
        (position.total_recipients + 1..).zip(&due).map(|(again, d)| Again { seq: d.seq, again }).collect();
    rows::insert_again(&mut tx, ctx.ws, run, &again, now).await?;
    let mut variants: BTreeMap<i64, i64> = BTreeMap::new();
    due.iter().for_each(|d| *variants.entry(d.variant_no).or_default() += 1);
    let variants: Vec<_> = variants.into_iter().collect();
    runs::extend(&mut tx, ctx.ws, run, position.total_recipients, &variants).await?;
    let messages = i64::try_from(due.len()).unwrap_or(i64::MAX);
    let stages = (Stage::ProfileFetch.order(), Stage::Delivery.order());
    executions::expect(&mut tx, ctx.ws, run, stages, messages, now).await?;
    let object = AuditObject::new("campaign", campaign.id, &campaign.name).after(&json!({"messages": messages}));
    ctx.audit(&mut tx, now, "campaign.sent_again_after_absence", object).await?;
    tx.commit().await?;
    app.nudges.add(run);
    app.live.publish(ctx.ws, "responses", json!({}));
    app.campaign_changed(ctx, campaign.id);
    Ok(())
}

/// Whether a campaign writes to anybody any more.
fn goes_on(campaign: &CampaignState, now: Millis) -> bool {
    let is_under_way = matches!(campaign.status, CampaignStatus::Running | CampaignStatus::Paused);
    (is_under_way || campaign.status.after(CampaignAction::Reopen).is_ok())
        && campaign.end_at.is_none_or(|end| end > now)
}

/// Gives up those who answered or are gone; gives the others.
async fn still_wanted(tx: &mut Tx, ctx: &Ctx, run: i64, due: Vec<DueRow>, now: Millis) -> AppResult<Vec<DueRow>> {
    for (why, is_so) in [
        (RetryDropped::Erased, (|d| d.is_erased) as fn(&DueRow) -> bool),
        (RetryDropped::Answered, |d| !d.is_erased && d.has_answered),
    ] {
        let seqs: Vec<i64> = due.iter().filter(|d| is_so(d)).map(|d| d.seq).collect();
        if !seqs.is_empty() {
            rows::drop_these(tx, ctx.ws, run, &seqs, why, now).await?;
        }
    }
    Ok(due.into_iter().filter(|d| !d.is_erased && !d.has_answered).collect())
}

async fn postpone(app: &App, ws: WorkspaceId, run: i64, now: Millis) -> AppResult<()> {
    let mut tx = app.db.write(ws).await?;
    rows::postpone(&mut tx, ws, run, now, now + HOUR).await?;
    Ok(tx.commit().await?)
}
