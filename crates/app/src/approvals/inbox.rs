//! What waits for a decision, and what a decision needs to know.

use muster_db::approvals::{self, ApprovalRow};
use muster_db::{Tx, campaign_versions, workspaces};
use muster_domain::money::from_e4;
use serde_json::Value;
use uuid::Uuid;

use super::view::{self, ApprovalDetail, ApprovalView, Change, DecisionView, Previous};
use crate::campaigns as area;
use crate::page::{Page, PageRequest};
use crate::permissions::{Operation, allowed};
use crate::{App, AppError, AppResult, Ctx};

/// What a list is narrowed to; missing means any.
#[derive(Debug, Clone, Default)]
pub struct ApprovalQuery {
    /// `pending`, `approved`, `rejected`, `withdrawn`, `expired`; several separated by commas; `decided` for all but pending.
    pub status: Option<String>,
    /// `campaign` or `offer`.
    pub object_type: Option<String>,
    /// One campaign or offer.
    pub object_id: Option<Uuid>,
}

const STATUSES: [&str; 5] = ["pending", "approved", "rejected", "withdrawn", "expired"];

/// A page of requests, newest first.
pub async fn list(app: &App, ctx: &Ctx, query: ApprovalQuery, request: PageRequest) -> AppResult<Page<ApprovalView>> {
    ctx.require(Operation::Read)?;
    let mut statuses: Vec<&str> = Vec::new();
    for word in query.status.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|w| !w.is_empty()) {
        if word.eq_ignore_ascii_case("decided") {
            statuses.extend_from_slice(&STATUSES[1..]);
        } else {
            let known = STATUSES.iter().find(|s| s.eq_ignore_ascii_case(word));
            statuses
                .push(known.ok_or_else(|| {
                    AppError::malformed("bad_filter", format!("The filter status cannot be {word}."))
                })?);
        }
    }
    let mut tx = app.db.read(ctx.ws).await?;
    let currency = workspaces::get(&mut tx, ctx.ws).await?.currency;
    let filter = approvals::ApprovalFilter {
        statuses: &statuses,
        object_type: query.object_type.as_deref().unwrap_or_default(),
        object_id: query.object_id,
    };
    let (rows, total) = approvals::page(&mut tx, ctx.ws, &filter, request.page_size, request.offset()).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let why_not = why_not(&mut tx, ctx, &row).await?;
        views.push(view::view(row, &currency, why_not));
    }
    Ok(Page::new(views, request, total))
}

/// One request with everything that a decision needs. `after_customer` shows the samples after that customer's.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid, after_customer: i64) -> AppResult<ApprovalDetail> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = approvals::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("approval"))?;
    let currency = workspaces::get(&mut tx, ctx.ws).await?.currency;
    let why_not = why_not(&mut tx, ctx, &row).await?;
    let decisions = approvals::decisions(&mut tx, ctx.ws, id).await?.into_iter().map(DecisionView::from).collect();
    if row.object_type != "campaign" {
        let approval = view::view(row, &currency, why_not);
        return Ok(ApprovalDetail {
            approval,
            campaign: None,
            readiness: None,
            samples: vec![],
            previous: None,
            changes: vec![],
            decisions,
        });
    }
    let (previous, changes) = compare(&mut tx, ctx, &row).await?;
    let campaign = area::load(&mut tx, ctx, row.object_id).await?;
    drop(tx);
    let readiness = area::look_over(app, ctx, &campaign).await?;
    let samples = area::samples_of(app, ctx, &campaign, after_customer).await?;
    Ok(ApprovalDetail {
        approval: view::view(row, &currency, why_not),
        campaign: Some(campaign),
        readiness: Some(readiness),
        samples,
        previous,
        changes,
        decisions,
    })
}

/// The reason for which the asker may not decide, if there is one.
pub(crate) async fn why_not(tx: &mut Tx, ctx: &Ctx, row: &ApprovalRow) -> AppResult<Option<String>> {
    if !allowed(ctx.role, Operation::Approve) {
        return Ok(Some(String::from("Only approvers and administrators decide.")));
    }
    if ctx.user_id == Some(row.submitted_by) {
        return Ok(Some(String::from("You submitted this: somebody else has to decide.")));
    }
    if row.object_type == "campaign" {
        let editors = campaign_versions::editors(tx, ctx.ws, row.object_id, row.object_version).await?;
        if ctx.user_id.is_some_and(|user| editors.contains(&user)) {
            return Ok(Some(String::from("You made or edited this campaign: somebody else has to decide.")));
        }
    }
    Ok(None)
}

async fn compare(tx: &mut Tx, ctx: &Ctx, row: &ApprovalRow) -> AppResult<(Option<Previous>, Vec<Change>)> {
    let now = campaign_versions::get(tx, ctx.ws, row.object_id, row.object_version)
        .await?
        .map_or(Value::Null, |v| v.snapshot);
    let Some(before) = approvals::last_approved(tx, ctx.ws, row.object_id, row.object_version).await? else {
        return Ok((None, changes(&Value::Null, &now)));
    };
    let snapshot = campaign_versions::get(tx, ctx.ws, row.object_id, before.object_version).await?.map(|v| v.snapshot);
    let changes = changes(snapshot.as_ref().unwrap_or(&Value::Null), &now);
    let previous = Previous {
        version: before.object_version,
        audience_size: before.audience_size,
        cost: before.cost_e4.map(|e4| from_e4(e4).to_string()),
        approved_at: before.decided_at,
        snapshot,
    };
    Ok((Some(previous), changes))
}

fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let (old, new) = area::differences(before, after);
    new.into_iter()
        .map(|(field, after)| Change { before: old.get(&field).cloned().unwrap_or(Value::Null), after, field })
        .collect()
}
