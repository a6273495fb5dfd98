//! `plan_versions`, `plan_messages`: plans as they were saved, and what their nodes send in a run.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO plan_versions (campaign_id, version, tenant_id, plan, problems, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // the primary key, backwards
    CURRENT = "SELECT version, plan, problems, saved_at, saved_by FROM plan_versions WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY version DESC LIMIT 1";
    NEWEST_READY = "SELECT version, plan, problems, saved_at, saved_by FROM plan_versions WHERE tenant_id = $1 AND campaign_id = $2 AND problems = 0 ORDER BY version DESC LIMIT 1";
    OF = "SELECT version, plan, problems, saved_at, saved_by FROM plan_versions WHERE tenant_id = $1 AND campaign_id = $2 AND version IN (SELECT id FROM {ids $3} AS i) ORDER BY version";
    // The versions that a run knows: of its start, and those without problems that were saved since.
    OF_RUN = "SELECT v.version, v.plan, v.problems, v.saved_at, v.saved_by FROM plan_versions v
              WHERE v.tenant_id = $1 AND v.campaign_id = $2 AND v.problems = 0 AND v.version <= $4
                AND EXISTS (SELECT 1 FROM plan_messages m WHERE m.run_id = $3 AND m.plan_version = v.version) ORDER BY v.version DESC LIMIT 1";
    CURRENT_OF_ALL = "SELECT v.campaign_id, v.version, v.problems FROM {uuids $2} AS i CROSS JOIN plan_versions v
                      WHERE v.tenant_id = $1 AND v.campaign_id = i.id AND v.version = (SELECT MAX(w.version) FROM plan_versions w WHERE w.campaign_id = i.id)";
    INSERT_MESSAGES = "INSERT INTO plan_messages (run_id, plan_version, node_id, tenant_id, offer_no)
                       SELECT $1, $2, m.node_id, $3, m.offer_no FROM {rows $4: node_id text, offer_no bigint} AS m WHERE true";
    MESSAGES = "SELECT plan_version, node_id, offer_no FROM plan_messages WHERE tenant_id = $1 AND run_id = $2 ORDER BY plan_version, node_id";
    LAST_CONTENT = "SELECT COALESCE(MAX(content_no), 0), COALESCE(MAX(offer_no), 0) FROM run_contents WHERE tenant_id = $1 AND run_id = $2";
}

/// A plan as it was saved.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlanRow {
    /// The campaign's.
    pub version: i64,
    /// JSON.
    pub plan: String,
    pub problems: i64,
    pub saved_at: Millis,
    pub saved_by: Uuid,
}

/// Of a campaign, the plan that it has now.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct CurrentRow {
    pub campaign_id: Uuid,
    pub version: i64,
    pub problems: i64,
}

/// What a node sends in a run.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct MessageRow {
    pub plan_version: i64,
    pub node_id: String,
    pub offer_no: i64,
}

/// Keeps a plan.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, row: &PlanRow) -> Result<()> {
    exec!(tx, INSERT, campaign, row.version, ws.0, &row.plan, row.problems, row.saved_at, row.saved_by).map(drop)
}

/// The plan of a campaign as it is now.
pub async fn current(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<Option<PlanRow>> {
    fetch_optional!(PlanRow; tx, CURRENT, ws.0, campaign)
}

/// The newest plan of a campaign that was saved without problems.
pub async fn newest_ready(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<Option<PlanRow>> {
    fetch_optional!(PlanRow; tx, NEWEST_READY, ws.0, campaign)
}

/// Some versions of a plan.
pub async fn of(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, versions: &[i64]) -> Result<Vec<PlanRow>> {
    fetch_all!(PlanRow; tx, OF, ws.0, campaign, json_rows(versions))
}

/// The newest version that a run knows what to say of, up to one.
pub async fn of_run(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, run: i64, up_to: i64) -> Result<Option<PlanRow>> {
    fetch_optional!(PlanRow; tx, OF_RUN, ws.0, campaign, run, up_to)
}

/// The current versions of several campaigns' plans.
pub async fn current_of(tx: &mut Tx, ws: WorkspaceId, campaigns: &[Uuid]) -> Result<Vec<CurrentRow>> {
    fetch_all!(CurrentRow; tx, CURRENT_OF_ALL, ws.0, json_rows(campaigns))
}

/// Notes what the nodes of a version send.
pub async fn insert_messages(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    version: i64,
    messages: &[MessageRow],
) -> Result<()> {
    exec!(tx, INSERT_MESSAGES, run, version, ws.0, json_rows(messages)).map(drop)
}

/// What the nodes of all versions send in a run.
pub async fn messages(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Vec<MessageRow>> {
    fetch_all!(MessageRow; tx, MESSAGES, ws.0, run)
}

/// The highest numbers of a run's contents and offers.
pub async fn last_content(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<(i64, i64)> {
    fetch_one!((i64, i64); tx, LAST_CONTENT, ws.0, run)
}
