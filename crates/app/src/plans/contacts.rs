//! Who stands where in a plan, how many, and the way that one of them went.

use muster_db::Tx;
use muster_db::plan_contacts::{self, PlanContactRow};
use muster_domain::clock::Millis;
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use uuid::Uuid;

use super::list::view as plan_of;
use crate::page::Stretch;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Which contacts.
#[derive(Debug, Clone, Default)]
pub struct ContactFilter {
    pub node: Option<String>,
    /// `active`, `completed`, `stopped` or `exited`.
    pub status: Option<String>,
    /// Where the last answer ended.
    pub cursor: Option<String>,
    pub limit: Option<i64>,
}

/// A contact of a plan.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanContactView {
    pub customer_id: i64,
    pub name: String,
    /// `active`, `completed`, `stopped` or `exited`.
    pub status: String,
    pub current_node_id: String,
    /// How many nodes it has come to.
    pub step: i64,
    pub plan_version: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub enrolled_at: Millis,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub entered_at: Millis,
    /// When the last message of the plan left.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub sent_at: Option<Millis>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub next_due_at: Option<Millis>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub ended_at: Option<Millis>,
    /// Why it ended, where that needs saying.
    pub reason: Option<String>,
}

/// A move.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanStepView {
    pub step: i64,
    /// None: it was enrolled.
    pub from: Option<String>,
    /// None: it ended here.
    pub to: Option<String>,
    pub event: String,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub at: Millis,
    /// What the event does not say.
    pub why: String,
}

/// Something that a contact waits for.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanWaitView {
    /// `action`, `timeout` or `event`.
    pub kind: String,
    pub node_id: Option<String>,
    pub event: Option<String>,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub due_at: Millis,
}

/// The way that a contact went.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanPathView {
    pub contact: PlanContactView,
    pub steps: Vec<PlanStepView>,
    /// What is planned next, in its order.
    pub waits_for: Vec<PlanWaitView>,
}

/// How many are at a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeCount {
    pub node_id: String,
    pub active: i64,
    /// Went on from here, or ended here.
    pub passed: i64,
}

/// How many went a way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PassageCount {
    pub from: String,
    /// None: it ended there.
    pub to: Option<String>,
    pub event: String,
    pub contacts: i64,
}

/// How many are where.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanCounts {
    /// By their names; nodes where nobody ever was are left out.
    pub nodes: Vec<NodeCount>,
    pub passages: Vec<PassageCount>,
}

/// Contacts of a plan, the latest enrolled first.
pub async fn contacts(app: &App, ctx: &Ctx, id: Uuid, filter: ContactFilter) -> AppResult<Stretch<PlanContactView>> {
    ctx.require(Operation::Read)?;
    let bad = || AppError::malformed("bad_cursor", "This cursor is not one of ours.");
    let before = match filter.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => cursor.parse().map_err(|_| bad())?,
        None => i64::MAX,
    };
    let status = filter.status.unwrap_or_default();
    if !["", "active", "completed", "stopped", "exited"].contains(&status.as_str()) {
        let message = "The filter status is active, completed, stopped or exited.";
        return Err(AppError::malformed("bad_filter", message));
    }
    let limit = filter.limit.unwrap_or(50).clamp(1, 100);
    let mut tx = app.db.read(ctx.ws).await?;
    plan_of(&mut tx, ctx, id).await?;
    let node = filter.node.unwrap_or_default();
    let (rows, total_count) = plan_contacts::list(&mut tx, ctx.ws, id, (&node, &status), before, limit).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows == limit);
    let next_cursor = rows.last().filter(|_| is_full).map(|row| row.id.to_string());
    Ok(Stretch { rows: rows.into_iter().map(view).collect(), total_count, next_cursor })
}

/// The way that a customer went, the last time they were enrolled. 404 for somebody who never was.
pub async fn path(app: &App, ctx: &Ctx, id: Uuid, customer: i64) -> AppResult<PlanPathView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    plan_of(&mut tx, ctx, id).await?;
    let row = plan_contacts::newest(&mut tx, ctx.ws, id, customer).await?;
    let row = row.ok_or(AppError::NotFound("contact of this plan"))?;
    let (steps, waits) = plan_contacts::path(&mut tx, ctx.ws, row.id).await?;
    let step = |row: plan_contacts::StepRow| PlanStepView {
        step: row.step,
        from: row.from_node,
        to: row.to_node,
        event: row.event,
        at: row.at,
        why: row.why,
    };
    let wait = |row: plan_contacts::WaitRow| PlanWaitView {
        kind: row.kind,
        node_id: row.node_id,
        event: row.event,
        due_at: row.due_at,
    };
    Ok(PlanPathView {
        contact: view(row),
        steps: steps.into_iter().map(step).collect(),
        waits_for: waits.into_iter().map(wait).collect(),
    })
}

/// How many are at each node, and how many went each way.
pub async fn counts(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<PlanCounts> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    plan_of(&mut tx, ctx, id).await?;
    counted(&mut tx, ctx, id).await
}

async fn counted(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<PlanCounts> {
    let mut nodes: Vec<NodeCount> = Vec::new();
    let mut add =
        |node_id: String, active: i64, passed: i64| match nodes.iter_mut().find(|node| node.node_id == node_id) {
            Some(node) => (node.active, node.passed) = (node.active + active, node.passed + passed),
            None => nodes.push(NodeCount { node_id, active, passed }),
        };
    for row in plan_contacts::standing(tx, ctx.ws, id).await? {
        // Whose way ended stands where it did: at a stop, by a move that leads nowhere, or because the campaign ended.
        let (active, ended) = if row.status == "active" { (row.contacts, 0) } else { (0, row.contacts) };
        add(row.node_id, active, ended);
    }
    let mut passages = Vec::new();
    for row in plan_contacts::passed(tx, ctx.ws, id).await? {
        if row.to_node.is_some() {
            add(row.node_id.clone(), 0, row.contacts);
        }
        let (from, to, event, contacts) = (row.node_id, row.to_node, row.event, row.contacts);
        passages.push(PassageCount { from, to, event, contacts });
    }
    nodes.sort_by(|a, b| a.node_id.cmp(&b.node_id));
    Ok(PlanCounts { nodes, passages })
}

fn view(row: PlanContactRow) -> PlanContactView {
    let name = [row.first_name, row.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
    PlanContactView {
        customer_id: row.customer_id,
        name: name.trim().to_owned(),
        status: row.status,
        current_node_id: row.current_node_id,
        step: row.step,
        plan_version: row.plan_version,
        enrolled_at: row.enrolled_at,
        entered_at: row.entered_at,
        sent_at: row.sent_at,
        next_due_at: row.next_due_at,
        ended_at: row.ended_at,
        reason: row.reason,
    }
}
