//! `contact_campaigns`, `scheduled_actions`, `campaign_transitions`: how the machine moves the contacts of a run. Whoever
//! calls these functions holds the run's lock; what happens to messages is told without it ([`tell_messages`]).

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use uuid::Uuid;

use crate::segment_sql::{CompiledAudience, execute_with};
use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    // campaign_runs_alive, scheduled_actions_due
    DUE_RUNS = "SELECT n.tenant_id, n.id FROM campaign_runs n JOIN campaigns c ON c.id = n.campaign_id
                WHERE n.status = 'running' AND c.status = 'running' AND c.type = 'plan'
                  AND EXISTS (SELECT 1 FROM scheduled_actions a WHERE a.run_id = n.id AND a.status = 'pending' AND a.due_at <= $1) ORDER BY n.id LIMIT 1000";
    NEXT_DUE = "SELECT MIN((SELECT MIN(a.due_at) FROM scheduled_actions a WHERE a.run_id = n.id AND a.status = 'pending'))
                FROM campaign_runs n JOIN campaigns c ON c.id = n.campaign_id WHERE n.status = 'running' AND c.status = 'running' AND c.type = 'plan'";
    DUE = "SELECT id, contact_id, step, kind, event, due_at FROM scheduled_actions WHERE tenant_id = $1 AND run_id = $2 AND status = 'pending' AND due_at <= $3 ORDER BY due_at, id LIMIT $4";
    CONTACTS = "SELECT c.id, c.customer_id, CAST(c.segment_no AS BIGINT) AS segment_no, c.plan_version, c.status, c.current_node_id, c.step, c.entered_at, c.is_acted, c.message_seq, c.sent_at,
                       CAST(r.status AS BIGINT) AS message_status, r.sent_at AS left_at, r.delivered_at, r.opened_at, r.clicked_at, r.replied_at, r.failed_at, r.reason AS message_reason,
                       (SELECT MIN(e.at) FROM message_events e WHERE e.run_id = c.run_id AND e.seq = c.message_seq AND e.kind = 'unsubscribed') AS unsubscribed_at,
                       (SELECT MIN(e.at) FROM message_events e WHERE e.run_id = c.run_id AND e.seq = c.message_seq AND e.kind IN ('converted', 'redeemed')) AS converted_at
                FROM {ids $2} AS i CROSS JOIN contact_campaigns c LEFT JOIN run_recipients r ON r.run_id = c.run_id AND r.seq = c.message_seq
                WHERE c.tenant_id = $1 AND c.id = i.id ORDER BY c.id";
    // That something is to be looked at is no story of its own.
    FORGET = "DELETE FROM scheduled_actions WHERE tenant_id = $1 AND id IN (SELECT id FROM {ids $2} AS i) AND kind = 'event' AND dedupe_key IS NULL";
    DONE = "UPDATE scheduled_actions SET status = 'done', decided_at = $3 WHERE tenant_id = $1 AND id IN (SELECT id FROM {ids $2} AS i) AND status = 'pending'";
    // What was planned for a step that is over. Events wait for whatever step there is.
    CANCEL = "UPDATE scheduled_actions SET status = 'cancelled', decided_at = $3 WHERE tenant_id = $1 AND contact_id IN (SELECT id FROM {ids $2} AS i) AND status = 'pending' AND kind <> 'event'";
    INSERT = "INSERT INTO scheduled_actions (tenant_id, run_id, contact_id, step, node_id, kind, event, due_at, status)
              SELECT $1, $2, m.contact_id, m.step, m.node_id, m.kind, m.event, m.due_at, 'pending' FROM {rows $3: contact_id bigint, step bigint, node_id text, kind text, event text, due_at bigint} AS m WHERE true";
    MOVE = "UPDATE contact_campaigns SET status = m.status, current_node_id = m.node_id, step = m.step, entered_at = m.entered_at, is_acted = m.is_acted, message_seq = m.message_seq,
                   sent_at = m.sent_at, ended_at = m.ended_at, reason = m.reason
            FROM {rows $2: id bigint, was bigint, status text, node_id text, step bigint, entered_at bigint, is_acted boolean, message_seq bigint, sent_at bigint, ended_at bigint, reason text} AS m
            WHERE contact_campaigns.tenant_id = $1 AND contact_campaigns.id = m.id AND contact_campaigns.step = m.was AND contact_campaigns.status = 'active'";
    PASSED = "INSERT INTO campaign_transitions (contact_id, step, tenant_id, run_id, from_node, to_node, event, at, why)
              SELECT m.contact_id, m.step, $1, $2, m.from_node, m.to_node, m.event, m.at, m.why FROM {rows $3: contact_id bigint, step bigint, from_node text, to_node text, event text, at bigint, why text} AS m WHERE true";
    APPEND = "INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, offer_no)
              SELECT $2, m.seq, $1, m.customer_id, m.segment_no, m.offer_no FROM {rows $3: seq bigint, customer_id bigint, segment_no bigint, offer_no bigint} AS m WHERE true";
    // contact_campaigns_message. Due before everything else: what is known of a message comes before what timed out.
    TELL = "INSERT INTO scheduled_actions (tenant_id, run_id, contact_id, step, node_id, kind, event, due_at, status)
            SELECT $1, $2, c.id, 0, NULL, 'event', NULL, 0, 'pending' FROM {ids $3} AS i CROSS JOIN contact_campaigns c
            WHERE c.tenant_id = $1 AND c.run_id = $2 AND c.message_seq = i.id AND c.status = 'active'";
    HAPPENED = "INSERT INTO scheduled_actions (tenant_id, run_id, contact_id, step, node_id, kind, event, due_at, status, dedupe_key)
                SELECT $1, c.run_id, c.id, 0, NULL, 'event', $4, $5, 'pending', $6 FROM contact_campaigns c
                WHERE c.tenant_id = $1 AND c.campaign_id = $2 AND c.customer_id = $3 AND c.status = 'active' ON CONFLICT DO NOTHING";
    HAS_ACTIVE = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM contact_campaigns WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'active' LIMIT 1) AS a";
    // cancel, and the end of a campaign
    STOP = "UPDATE contact_campaigns SET status = 'exited', ended_at = $4, reason = $3 WHERE tenant_id = $1 AND run_id = $2 AND status = 'active'";
    STOP_ACTIONS = "UPDATE scheduled_actions SET status = 'cancelled', decided_at = $3 WHERE tenant_id = $1 AND run_id = $2 AND status = 'pending'";
    ENROLLED_ACTIONS = "INSERT INTO scheduled_actions (tenant_id, run_id, contact_id, step, node_id, kind, event, due_at, status)
                        SELECT $1, $2, c.id, 1, c.current_node_id, 'action', NULL, $3, 'pending' FROM contact_campaigns c
                        WHERE c.tenant_id = $1 AND c.run_id = $2 AND c.step = 1 AND c.status = 'active' AND NOT EXISTS (SELECT 1 FROM campaign_transitions t WHERE t.contact_id = c.id)";
    ENROLLED = "INSERT INTO campaign_transitions (contact_id, step, tenant_id, run_id, from_node, to_node, event, at, why)
                SELECT c.id, 1, $1, $2, NULL, c.current_node_id, 'enrolled', c.enrolled_at, $3 FROM contact_campaigns c
                WHERE c.tenant_id = $1 AND c.run_id = $2 AND c.step = 1 AND NOT EXISTS (SELECT 1 FROM campaign_transitions t WHERE t.contact_id = c.id)";
    // Who is in it already stays where they are.
    ENROL = "INSERT INTO contact_campaigns (tenant_id, campaign_id, customer_id, run_id, segment_no, plan_version, status, current_node_id, step, entered_at, enrolled_at)
             SELECT $1, $2, k.id, $3, 0, $4, 'active', $5, 1, $6, $6 FROM {ids $7} AS i CROSS JOIN customers k WHERE k.id = i.id AND k.tenant_id = $1
             ON CONFLICT DO NOTHING";
    MORE_PEOPLE = "UPDATE campaign_runs SET total_customers = total_customers + $3 WHERE tenant_id = $1 AND id = $2 AND status = 'running'";
    ERASED = "UPDATE contact_campaigns SET status = 'exited', ended_at = $3, reason = 'erased' WHERE tenant_id = $1 AND customer_id = $2 AND status = 'active'";
}

/// Something to do for a contact.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DueRow {
    pub id: i64,
    pub contact_id: i64,
    /// Of the contact; 0: whatever its step is.
    pub step: i64,
    /// `action`, `timeout` or `event`.
    pub kind: String,
    pub event: Option<String>,
    pub due_at: Millis,
}

/// A contact and the last message that the plan sent to it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ContactRow {
    pub id: i64,
    pub customer_id: i64,
    pub segment_no: i64,
    pub plan_version: i64,
    pub status: String,
    pub current_node_id: String,
    pub step: i64,
    pub entered_at: Millis,
    pub is_acted: bool,
    pub message_seq: Option<i64>,
    /// When the message left, as far as the machine knows.
    pub sent_at: Option<Millis>,
    /// The number of [`muster_domain::recipient::RecipientStatus`].
    pub message_status: Option<i64>,
    /// When it left.
    pub left_at: Option<Millis>,
    pub delivered_at: Option<Millis>,
    pub opened_at: Option<Millis>,
    pub clicked_at: Option<Millis>,
    pub replied_at: Option<Millis>,
    pub failed_at: Option<Millis>,
    pub message_reason: Option<String>,
    pub unsubscribed_at: Option<Millis>,
    pub converted_at: Option<Millis>,
}

/// Where a contact is from now on; `was`: its step until now.
#[derive(Debug, Clone, Serialize)]
pub struct Moved {
    pub id: i64,
    pub was: i64,
    pub status: String,
    pub node_id: String,
    pub step: i64,
    pub entered_at: Millis,
    pub is_acted: bool,
    pub message_seq: Option<i64>,
    pub sent_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub reason: Option<String>,
}

/// Something to do later.
#[derive(Debug, Clone, Serialize)]
pub struct NewAction {
    pub contact_id: i64,
    pub step: i64,
    pub node_id: String,
    pub kind: &'static str,
    pub event: Option<String>,
    pub due_at: Millis,
}

/// A move.
#[derive(Debug, Clone, Serialize)]
pub struct Passed {
    pub contact_id: i64,
    pub step: i64,
    pub from_node: Option<String>,
    pub to_node: Option<String>,
    pub event: String,
    pub at: Millis,
    pub why: String,
}

/// A message at the end of the run.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct NewMessage {
    pub seq: i64,
    pub customer_id: i64,
    pub segment_no: i64,
    pub offer_no: i64,
}

/// Whom to enrol, and where they begin.
#[derive(Debug, Clone, Copy)]
pub struct Enrolment<'a> {
    pub campaign: Uuid,
    pub run: i64,
    pub plan_version: i64,
    pub node: &'a str,
    /// When the node is due.
    pub due_at: Millis,
    pub why: &'a str,
    pub now: Millis,
}

/// Runs of all workspaces whose contacts have something to do.
pub async fn due_runs(tx: &mut Tx, now: Millis) -> Result<Vec<(WorkspaceId, i64)>> {
    Ok(fetch_all!((i64, i64); tx, DUE_RUNS, now)?.into_iter().map(|(ws, run)| (WorkspaceId(ws), run)).collect())
}

/// When the next contact has something to do, in all workspaces; what is due already counts.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>> {
    scalar!(Option<i64>; tx, NEXT_DUE)
}

/// What is due of a run, in its order.
pub async fn due(tx: &mut Tx, ws: WorkspaceId, run: i64, now: Millis, limit: i64) -> Result<Vec<DueRow>> {
    fetch_all!(DueRow; tx, DUE, ws.0, run, now, limit)
}

/// Contacts as they are, with what became of their last messages.
pub async fn contacts(tx: &mut Tx, ws: WorkspaceId, ids: &[i64]) -> Result<Vec<ContactRow>> {
    fetch_all!(ContactRow; tx, CONTACTS, ws.0, json_rows(ids))
}

/// Notes what was done, and forgets what was only looked at.
pub async fn done(tx: &mut Tx, ws: WorkspaceId, actions: &[i64], now: Millis) -> Result<()> {
    exec!(tx, FORGET, ws.0, json_rows(actions))?;
    exec!(tx, DONE, ws.0, json_rows(actions), now).map(drop)
}

/// Calls off what was planned for the steps of contacts that went on.
pub async fn cancel(tx: &mut Tx, ws: WorkspaceId, contacts: &[i64], now: Millis) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    exec!(tx, CANCEL, ws.0, json_rows(contacts), now).map(drop)
}

/// Plans what is to be done.
pub async fn schedule(tx: &mut Tx, ws: WorkspaceId, run: i64, actions: &[NewAction]) -> Result<()> {
    if actions.is_empty() {
        return Ok(());
    }
    exec!(tx, INSERT, ws.0, run, json_rows(actions)).map(drop)
}

/// Puts contacts where they are now. [`crate::DbError::Stale`] unless each was where it was thought to be.
pub async fn put(tx: &mut Tx, ws: WorkspaceId, moved: &[Moved]) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    let changed = exec!(tx, MOVE, ws.0, json_rows(moved))?;
    if usize::try_from(changed) == Ok(moved.len()) { Ok(()) } else { Err(crate::DbError::Stale { what: "contact" }) }
}

/// Notes moves.
pub async fn pass(tx: &mut Tx, ws: WorkspaceId, run: i64, passed: &[Passed]) -> Result<()> {
    if passed.is_empty() {
        return Ok(());
    }
    exec!(tx, PASSED, ws.0, run, json_rows(passed)).map(drop)
}

/// Writes recipients at the end of a run; the caller extends it by as many.
pub async fn append(tx: &mut Tx, ws: WorkspaceId, run: i64, messages: &[NewMessage]) -> Result<()> {
    exec!(tx, APPEND, ws.0, run, json_rows(messages)).map(drop)
}

/// Has contacts looked at because something became of their last messages; gives how many.
pub async fn tell_messages(tx: &mut Tx, ws: WorkspaceId, run: i64, seqs: &[i64]) -> Result<u64> {
    if seqs.is_empty() {
        return Ok(0);
    }
    exec!(tx, TELL, ws.0, run, json_rows(seqs))
}

/// Notes that something happened to a customer of a plan; false: they are not in it, or it is known already.
pub async fn happened(
    tx: &mut Tx,
    ws: WorkspaceId,
    (campaign, customer): (Uuid, i64),
    event: &str,
    at: Millis,
    dedupe_key: Option<String>,
) -> Result<bool> {
    Ok(exec!(tx, HAPPENED, ws.0, campaign, customer, event, at, dedupe_key)? == 1)
}

/// Whether somebody is still on the way.
pub async fn has_active(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<bool> {
    Ok(scalar!(i64; tx, HAS_ACTIVE, ws.0, campaign)? > 0)
}

/// Stops everybody who is on the way in a run; gives how many.
pub async fn stop(tx: &mut Tx, ws: WorkspaceId, run: i64, why: &str, now: Millis) -> Result<i64> {
    let stopped = exec!(tx, STOP, ws.0, run, why, now)?;
    exec!(tx, STOP_ACTIONS, ws.0, run, now)?;
    Ok(i64::try_from(stopped).unwrap_or(i64::MAX))
}

/// Enrols an audience that nobody of is enrolled or kept back; gives how many people. [`begin`] follows.
pub async fn enrol_audience(
    tx: &mut Tx,
    ws: WorkspaceId,
    e: &Enrolment<'_>,
    segment_no: i64,
    audience: &CompiledAudience,
) -> Result<i64> {
    const BEFORE: &str = "INSERT INTO contact_campaigns (tenant_id, campaign_id, customer_id, run_id, segment_no, plan_version, status, current_node_id, step, entered_at, enrolled_at)
         SELECT $1, $2, a.id, $3, $4, $5, 'active', $6, 1, $7, $7 FROM (";
    const AFTER: &str =
        ") AS a WHERE NOT EXISTS (SELECT 1 FROM run_control_members m WHERE m.run_id = $3 AND m.customer_id = a.id)";
    let binds = [
        ws.into(),
        e.campaign.into(),
        e.run.into(),
        segment_no.into(),
        e.plan_version.into(),
        e.node.into(),
        e.now.into(),
    ];
    Ok(i64::try_from(execute_with(tx, BEFORE, audience, AFTER, &binds).await?).unwrap_or(i64::MAX))
}

/// Enrols customers who are named, but for those who are in the plan already; gives how many. [`begin`] follows.
pub async fn enrol_named(tx: &mut Tx, ws: WorkspaceId, e: &Enrolment<'_>, customers: &[i64]) -> Result<i64> {
    let enrolled = exec!(tx, ENROL, ws.0, e.campaign, e.run, e.plan_version, e.node, e.now, json_rows(customers))?;
    let enrolled = i64::try_from(enrolled).unwrap_or(i64::MAX);
    exec_one!("run"; tx, MORE_PEOPLE, ws.0, e.run, enrolled)?;
    Ok(enrolled)
}

/// Plans the first action of everybody who was enrolled in this transaction, and notes that they were.
pub async fn begin(tx: &mut Tx, ws: WorkspaceId, e: &Enrolment<'_>) -> Result<()> {
    exec!(tx, ENROLLED_ACTIONS, ws.0, e.run, e.due_at)?;
    exec!(tx, ENROLLED, ws.0, e.run, e.why).map(drop)
}

/// Takes an erased person out of every plan. What is due for them then finds that they are gone.
pub(super) async fn erase(tx: &mut Tx, ws: WorkspaceId, customer: i64, now: Millis) -> Result<()> {
    exec!(tx, ERASED, ws.0, customer, now).map(drop)
}
