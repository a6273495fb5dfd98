//! What Home and the window's frame show: set-based questions over all areas, each bounded.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    // The counters of the sidebar in one row. cards_board, approvals_inbox, campaigns_tenant_status, job_executions_tenant
    PULSE = "SELECT
        (SELECT COUNT(*) FROM approvals a WHERE a.tenant_id = $1 AND a.status = 'pending' AND a.submitted_by <> $2
           AND NOT EXISTS (SELECT 1 FROM approval_decisions d WHERE d.approval_id = a.id AND d.user_id = $2)) AS approvals,
        (SELECT COUNT(*) FROM cards c WHERE c.tenant_id = $1 AND c.status IN ('todo', 'in_progress', 'waiting')) AS cards,
        (SELECT COUNT(*) FROM job_executions e WHERE e.tenant_id = $1 AND e.execution_status IN ('failure', 'timeout') AND e.completed_at > $3
           AND NOT EXISTS (SELECT 1 FROM job_executions n WHERE n.job_id = e.job_id AND n.job_type_code = e.job_type_code AND n.id > e.id)) AS jobs,
        (SELECT COUNT(*) FROM campaigns k WHERE k.tenant_id = $1 AND k.status = 'running' AND k.deleted_at IS NULL) AS running";
    // campaigns_tenant_status, run_minutes' key
    SENDING = "SELECT n.started_at, CAST(COALESCE(SUM(m.sent), 0) AS BIGINT) AS sent
        FROM campaigns k JOIN campaign_runs n ON n.id = k.current_run_id LEFT JOIN run_minutes m ON m.run_id = n.id AND m.minute_at >= $2
        WHERE k.tenant_id = $1 AND k.status = 'running' AND k.deleted_at IS NULL GROUP BY n.id, n.started_at";
    // approvals_inbox
    APPROVALS = "SELECT a.id, a.object_type, a.object_id, COALESCE(k.name, o.name, '') AS object_name, a.object_version, u.name AS submitted_by,
        a.submitted_at, a.audience_size, a.due_at, a.required_approvals,
        (SELECT COUNT(*) FROM approval_decisions d WHERE d.approval_id = a.id AND d.is_approved) AS given
        FROM approvals a JOIN users u ON u.id = a.submitted_by
        LEFT JOIN campaigns k ON a.object_type = 'campaign' AND k.id = a.object_id
        LEFT JOIN offers o ON a.object_type = 'offer' AND o.id = a.object_id
        WHERE a.tenant_id = $1 AND a.status = 'pending' AND a.submitted_by <> $2
          AND NOT EXISTS (SELECT 1 FROM approval_decisions d WHERE d.approval_id = a.id AND d.user_id = $2)
        ORDER BY COALESCE(a.due_at, 9223372036854775807), a.id LIMIT $3";
    // cards_due
    CARDS = "SELECT c.id, c.number, c.title, c.queue, c.due_at, COALESCE(p.city, '') AS city, COALESCE(r.body, '') AS said, c.draft <> '' AS has_draft
        FROM cards c LEFT JOIN customers p ON p.id = c.contact_id LEFT JOIN campaign_responses r ON r.id = c.campaign_response_id
        WHERE c.tenant_id = $1 AND c.status IN ('todo', 'in_progress') AND c.due_at < $3 AND (c.assignee_id = $2 OR c.assignee_id IS NULL OR $2 IS NULL)
        ORDER BY c.due_at, c.id LIMIT $4";
    // job_executions_status; only the newest execution of a job counts
    FAILED = "SELECT e.id, e.job_id, j.name AS job_name, e.job_type_code, e.campaign_id, e.error_message, e.completed_at
        FROM job_executions e JOIN jobs j ON j.id = e.job_id
        WHERE e.tenant_id = $1 AND e.execution_status IN ('failure', 'timeout') AND e.completed_at > $2
          AND NOT EXISTS (SELECT 1 FROM job_executions n WHERE n.job_id = e.job_id AND n.job_type_code = e.job_type_code AND n.id > e.id)
        ORDER BY e.completed_at DESC LIMIT $3";
    // campaigns_tenant_status
    RUNNING = "SELECT k.id, k.name, k.channel, k.objective, k.type AS kind, k.status, k.paused_reason, COALESCE(n.started_at, k.started_at) AS started_at, u.name AS owner, k.current_run_id AS run_id, k.messages_per_hour,
        CAST(COALESCE(SUM(t.total), 0) AS BIGINT) AS total,
        CAST(COALESCE(SUM(t.sent + t.failed + t.skipped + t.suppressed + t.cancelled + t.unknown), 0) AS BIGINT) AS done,
        CAST(COALESCE(SUM(t.sent), 0) AS BIGINT) AS sent
        FROM campaigns k JOIN users u ON u.id = k.created_by LEFT JOIN campaign_runs n ON n.id = k.current_run_id LEFT JOIN run_stats t ON t.run_id = k.current_run_id
        WHERE k.tenant_id = $1 AND k.status IN ('running', 'paused') AND k.deleted_at IS NULL
        GROUP BY k.id, k.name, k.channel, k.objective, k.type, k.status, k.paused_reason, k.started_at, n.started_at, u.name, k.current_run_id, k.messages_per_hour
        ORDER BY k.status DESC, k.started_at DESC LIMIT $2";
    // run_minutes' key
    MINUTES = "SELECT m.run_id, m.minute_at, m.sent FROM run_minutes m JOIN {ids $2} AS r ON r.id = m.run_id
        WHERE m.tenant_id = $1 AND m.minute_at >= $3 ORDER BY m.run_id, m.minute_at";
    // campaigns_tenant_status
    COMING = "SELECT k.id, k.name, k.channel, k.status, k.approval_status, COALESCE(k.scheduled_at, k.started_at) AS at,
        COALESCE(n.total_recipients, (SELECT a.audience_size FROM approvals a WHERE a.object_id = k.id ORDER BY a.id DESC LIMIT 1)) AS size
        FROM campaigns k LEFT JOIN campaign_runs n ON n.id = k.current_run_id
        WHERE k.tenant_id = $1 AND k.deleted_at IS NULL AND k.archived_at IS NULL AND k.status IN ('draft', 'scheduled', 'running', 'paused')
          AND COALESCE(k.scheduled_at, k.started_at) >= $2 AND COALESCE(k.scheduled_at, k.started_at) < $3
        ORDER BY COALESCE(k.scheduled_at, k.started_at), k.id LIMIT $4";
    // campaign_runs by tenant: at most a few thousand in 56 days
    DAYS = "SELECT (n.started_at - $2) / 86400000 AS day, CAST(SUM(t.sent) AS BIGINT) AS sent, CAST(SUM(t.delivered) AS BIGINT) AS delivered,
        CAST(SUM(t.opened) AS BIGINT) AS opened, CAST(SUM(t.clicked) AS BIGINT) AS clicked, CAST(SUM(t.unsubscribed) AS BIGINT) AS unsubscribed,
        CAST(SUM(t.conversions) AS BIGINT) AS conversions, CAST(SUM(t.revenue_e4) AS BIGINT) AS revenue_e4
        FROM campaign_runs n JOIN run_stats t ON t.run_id = n.id
        WHERE n.tenant_id = $1 AND n.started_at >= $2 AND n.started_at < $3 GROUP BY (n.started_at - $2) / 86400000 ORDER BY 1";
    // providers_tenant
    PROVIDERS = "SELECT id, channel, kind, name, state, state_reason, state_at FROM providers WHERE tenant_id = $1 AND is_active ORDER BY channel DESC, name, id LIMIT 50";
}

/// The counters of the window's frame.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PulseRow {
    pub approvals: i64,
    pub cards: i64,
    pub jobs: i64,
    pub running: i64,
}

/// A run of a running campaign.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct SendingRow {
    pub started_at: Millis,
    /// Messages sent since the moment asked for.
    pub sent: i64,
}

/// An approval that waits for somebody.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ApprovalRow {
    pub id: Uuid,
    pub object_type: String,
    pub object_id: Uuid,
    pub object_name: String,
    pub object_version: i64,
    pub submitted_by: String,
    pub submitted_at: Millis,
    pub audience_size: Option<i64>,
    pub due_at: Option<Millis>,
    pub required_approvals: i64,
    pub given: i64,
}

/// A card whose answer is due.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CardRow {
    pub id: Uuid,
    pub number: i64,
    pub title: String,
    pub queue: String,
    pub due_at: Millis,
    pub city: String,
    /// What the person wrote.
    pub said: String,
    pub has_draft: bool,
}

/// An execution that failed, with none of its job after it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FailedRow {
    pub id: Uuid,
    pub job_id: Uuid,
    pub job_name: String,
    pub job_type_code: String,
    pub campaign_id: Option<Uuid>,
    pub error_message: Option<String>,
    pub completed_at: Option<Millis>,
}

/// A campaign that is under way.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunningRow {
    pub id: Uuid,
    pub name: String,
    pub channel: String,
    pub objective: Option<String>,
    pub kind: String,
    pub status: String,
    pub paused_reason: Option<String>,
    pub started_at: Option<Millis>,
    pub owner: String,
    pub run_id: Option<i64>,
    /// Promised rate; none: as fast as the providers take it.
    pub messages_per_hour: Option<i64>,
    pub total: i64,
    /// Sent or decided otherwise.
    pub done: i64,
    pub sent: i64,
}

/// Messages of a run within a minute.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MinuteRow {
    pub run_id: i64,
    pub minute_at: Millis,
    pub sent: i64,
}

/// A campaign that starts within the days asked for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ComingRow {
    pub id: Uuid,
    pub name: String,
    pub channel: String,
    pub status: String,
    pub approval_status: String,
    pub at: Millis,
    pub size: Option<i64>,
}

/// What the runs that began within one day came to.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct DayRow {
    /// Days since the first moment asked for.
    pub day: i64,
    pub sent: i64,
    pub delivered: i64,
    pub opened: i64,
    pub clicked: i64,
    pub unsubscribed: i64,
    pub conversions: i64,
    pub revenue_e4: i64,
}

/// A provider in use.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ProviderRow {
    pub id: Uuid,
    pub channel: String,
    pub kind: String,
    pub name: String,
    pub state: String,
    pub state_reason: Option<String>,
    pub state_at: Option<Millis>,
}

/// The counters of the frame for one person; failures since `failed_since`, sending since `sent_since`.
pub async fn pulse(tx: &mut Tx, ws: WorkspaceId, user: Uuid, failed_since: Millis) -> Result<PulseRow> {
    fetch_one!(PulseRow; tx, PULSE, ws.0, user, failed_since)
}

/// Approvals that wait for a person, the soonest due first.
pub async fn approvals(tx: &mut Tx, ws: WorkspaceId, user: Uuid, limit: i64) -> Result<Vec<ApprovalRow>> {
    fetch_all!(ApprovalRow; tx, APPROVALS, ws.0, user, limit)
}

/// Cards due before a moment; with `only_for`, those of a person and of nobody.
pub async fn cards(
    tx: &mut Tx,
    ws: WorkspaceId,
    only_for: Option<Uuid>,
    due_before: Millis,
    limit: i64,
) -> Result<Vec<CardRow>> {
    fetch_all!(CardRow; tx, CARDS, ws.0, only_for, due_before, limit)
}

/// Executions that failed since a moment, where nothing of the job came after.
pub async fn failed(tx: &mut Tx, ws: WorkspaceId, since: Millis, limit: i64) -> Result<Vec<FailedRow>> {
    fetch_all!(FailedRow; tx, FAILED, ws.0, since, limit)
}

/// What the runs of running campaigns sent since a moment.
pub async fn sending(tx: &mut Tx, ws: WorkspaceId, since: Millis) -> Result<Vec<SendingRow>> {
    fetch_all!(SendingRow; tx, SENDING, ws.0, since)
}

/// Campaigns that run or are paused, running ones first.
pub async fn running(tx: &mut Tx, ws: WorkspaceId, limit: i64) -> Result<Vec<RunningRow>> {
    fetch_all!(RunningRow; tx, RUNNING, ws.0, limit)
}

/// What some runs sent, minute by minute since a moment.
pub async fn minutes(tx: &mut Tx, ws: WorkspaceId, runs: &[i64], since: Millis) -> Result<Vec<MinuteRow>> {
    fetch_all!(MinuteRow; tx, MINUTES, ws.0, json_rows(runs), since)
}

/// Campaigns that start from one moment on and before another.
pub async fn coming(tx: &mut Tx, ws: WorkspaceId, from: Millis, before: Millis, limit: i64) -> Result<Vec<ComingRow>> {
    fetch_all!(ComingRow; tx, COMING, ws.0, from, before, limit)
}

/// What campaigns came to, by the day on which their runs began.
pub async fn days(tx: &mut Tx, ws: WorkspaceId, from: Millis, before: Millis) -> Result<Vec<DayRow>> {
    fetch_all!(DayRow; tx, DAYS, ws.0, from, before)
}

/// Providers in use.
pub async fn providers(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<ProviderRow>> {
    fetch_all!(ProviderRow; tx, PROVIDERS, ws.0)
}
