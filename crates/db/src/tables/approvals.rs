//! `approvals`, `approval_decisions`: who asked for a signature under which version, and who gave it.

use muster_domain::clock::Millis;
use muster_domain::money::E4;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

macro_rules! columns {
    () => {
        "(SELECT COUNT(*) FROM approval_decisions d WHERE d.approval_id = a.id AND d.is_approved) AS given_approvals, c.channel, c.objective, c.scheduled_at, c.timezone, a.id, a.object_type, a.object_id, a.object_version, a.status, a.required_approvals, a.audience_size, a.cost_e4, a.note, a.due_at, a.submitted_by, a.submitted_at, a.decided_at, \
         COALESCE(c.name, o.name, '') AS object_name, u.name AS submitted_by_name"
    };
}

macro_rules! sources {
    () => {
        " FROM approvals a JOIN users u ON u.id = a.submitted_by LEFT JOIN campaigns c ON a.object_type = 'campaign' AND c.id = a.object_id LEFT JOIN offers o ON a.object_type = 'offer' AND o.id = a.object_id \
         WHERE a.tenant_id = $1"
    };
}

sql! {
    INSERT = "INSERT INTO approvals (id, tenant_id, object_type, object_id, object_version, status, required_approvals, audience_size, cost_e4, note, due_at, submitted_by, submitted_at)
              VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $9, $10, $11, $12)";
    GET = concat!("SELECT ", columns!(), sources!(), " AND a.id = $2");
    // approvals_inbox, read backwards
    PAGE = concat!("SELECT ", columns!(), sources!(), " AND ($2 = '' OR $2 LIKE '%,' || a.status || ',%') AND ($3 = '' OR a.object_type = $3) AND (a.object_id = $4 OR $4 IS NULL) ORDER BY a.id DESC LIMIT $5 OFFSET $6");
    COUNT = "SELECT COUNT(*) FROM approvals a WHERE a.tenant_id = $1 AND ($2 = '' OR $2 LIKE '%,' || a.status || ',%') AND ($3 = '' OR a.object_type = $3) AND (a.object_id = $4 OR $4 IS NULL)";
    SET_STATUS = "UPDATE approvals SET status = $3, decided_at = $4 WHERE tenant_id = $1 AND id = $2 AND status = 'pending'";
    // approvals_object
    WITHDRAW = "UPDATE approvals SET status = 'withdrawn', decided_at = $3 WHERE tenant_id = $1 AND object_id = $2 AND status = 'pending'";
    LAST_APPROVED = "SELECT object_version, audience_size, cost_e4, decided_at FROM approvals WHERE tenant_id = $1 AND object_id = $2 AND status = 'approved' AND object_version < $3 ORDER BY id DESC LIMIT 1";
    DECIDE = "INSERT INTO approval_decisions (approval_id, user_id, tenant_id, is_approved, comment, decided_at) VALUES ($1, $2, $3, $4, $5, $6)";
    DECISIONS = "SELECT d.user_id, u.name AS user_name, d.is_approved, d.comment, d.decided_at FROM approval_decisions d JOIN users u ON u.id = d.user_id
                 WHERE d.tenant_id = $1 AND d.approval_id = $2 ORDER BY d.decided_at, d.user_id";
}

/// A request for approval.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ApprovalRow {
    pub id: Uuid,
    /// `campaign` or `offer`.
    pub object_type: String,
    pub object_id: Uuid,
    pub object_version: i64,
    /// `pending`, `approved`, `rejected`, `withdrawn` or `expired`.
    pub status: String,
    pub required_approvals: i64,
    pub given_approvals: i64,
    /// Of the campaign; none for an offer.
    pub channel: Option<String>,
    pub objective: Option<String>,
    pub scheduled_at: Option<Millis>,
    pub timezone: Option<String>,
    pub audience_size: Option<i64>,
    pub cost_e4: Option<E4>,
    pub note: String,
    pub due_at: Option<Millis>,
    pub submitted_by: Uuid,
    pub submitted_at: Millis,
    pub decided_at: Option<Millis>,
    pub object_name: String,
    pub submitted_by_name: String,
}

/// A request to add.
#[derive(Debug, Clone)]
pub struct NewApproval<'a> {
    pub id: Uuid,
    pub object_type: &'a str,
    pub object_id: Uuid,
    pub object_version: i64,
    pub required_approvals: i64,
    pub audience_size: Option<i64>,
    pub cost_e4: Option<E4>,
    pub note: &'a str,
    pub due_at: Option<Millis>,
    pub submitted_by: Uuid,
    pub now: Millis,
}

/// The approval before: what a new version is compared with.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct ApprovedBefore {
    pub object_version: i64,
    pub audience_size: Option<i64>,
    pub cost_e4: Option<E4>,
    pub decided_at: Option<Millis>,
}

/// What somebody decided.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DecisionRow {
    pub user_id: Uuid,
    pub user_name: String,
    pub is_approved: bool,
    pub comment: String,
    pub decided_at: Millis,
}

/// Asks for approval.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, a: &NewApproval<'_>) -> Result<()> {
    exec!(
        tx,
        INSERT,
        a.id,
        ws.0,
        a.object_type,
        a.object_id,
        a.object_version,
        a.required_approvals,
        a.audience_size,
        a.cost_e4,
        a.note,
        a.due_at,
        a.submitted_by,
        a.now
    )?;
    Ok(())
}

/// One request.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<ApprovalRow>> {
    fetch_optional!(ApprovalRow; tx, GET, ws.0, id)
}

/// What a list is narrowed to; empty is any.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApprovalFilter<'a> {
    pub statuses: &'a [&'a str],
    pub object_type: &'a str,
    pub object_id: Option<Uuid>,
}

/// A page of requests, newest first, and how many there are.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &ApprovalFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<ApprovalRow>, i64)> {
    let statuses = if filter.statuses.is_empty() { String::new() } else { format!(",{},", filter.statuses.join(",")) };
    let rows = fetch_all!(ApprovalRow; tx, PAGE, ws.0, &statuses, filter.object_type, filter.object_id, limit, offset)?;
    Ok((rows, scalar!(i64; tx, COUNT, ws.0, &statuses, filter.object_type, filter.object_id)?))
}

/// Closes a pending request as `approved` or `rejected`.
pub async fn set_status(tx: &mut Tx, ws: WorkspaceId, id: Uuid, status: &str, now: Millis) -> Result<()> {
    exec_one!("approval"; tx, SET_STATUS, ws.0, id, status, now)
}

/// Takes back what is pending for an object, because it was edited or deleted.
pub async fn withdraw(tx: &mut Tx, ws: WorkspaceId, object: Uuid, now: Millis) -> Result<u64> {
    exec!(tx, WITHDRAW, ws.0, object, now)
}

/// The version approved last before a version.
pub async fn last_approved(
    tx: &mut Tx,
    ws: WorkspaceId,
    object: Uuid,
    before_version: i64,
) -> Result<Option<ApprovedBefore>> {
    fetch_optional!(ApprovedBefore; tx, LAST_APPROVED, ws.0, object, before_version)
}

/// Writes down a decision; a second one of the same person is a duplicate.
pub async fn decide(
    tx: &mut Tx,
    ws: WorkspaceId,
    approval: Uuid,
    user: Uuid,
    is_approved: bool,
    comment: &str,
    now: Millis,
) -> Result<()> {
    exec!(tx, DECIDE, approval, user, ws.0, is_approved, comment, now)?;
    Ok(())
}

/// The decisions about a request, first to last.
pub async fn decisions(tx: &mut Tx, ws: WorkspaceId, approval: Uuid) -> Result<Vec<DecisionRow>> {
    fetch_all!(DecisionRow; tx, DECISIONS, ws.0, approval)
}
