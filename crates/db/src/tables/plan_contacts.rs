//! `contact_campaigns`, `campaign_transitions`: who stands where in a plan, and how they came there. Read only.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

macro_rules! contact {
    ($which:literal) => {
        concat!(
            "SELECT c.id, c.customer_id, k.first_name, k.last_name, c.plan_version, c.status, c.current_node_id, c.step, c.entered_at, c.sent_at, c.enrolled_at, c.ended_at, c.reason,
                    (SELECT MIN(a.due_at) FROM scheduled_actions a WHERE a.contact_id = c.id AND a.status = 'pending' AND a.due_at > 0) AS next_due_at
             FROM contact_campaigns c LEFT JOIN customers k ON k.id = c.customer_id WHERE c.tenant_id = $1 AND c.campaign_id = $2 AND ",
            $which
        )
    };
}

sql! {
    // contact_campaigns_node
    LIST = contact!("c.id < $3 AND ($4 = '' OR c.current_node_id = $4) AND ($5 = '' OR c.status = $5) ORDER BY c.id DESC LIMIT $6");
    COUNT = "SELECT COUNT(*) FROM contact_campaigns c WHERE c.tenant_id = $1 AND c.campaign_id = $2 AND ($3 = '' OR c.current_node_id = $3) AND ($4 = '' OR c.status = $4)";
    NEWEST = contact!("c.customer_id = $3 ORDER BY c.id DESC LIMIT 1");
    PATH = "SELECT step, from_node, to_node, event, at, why FROM campaign_transitions WHERE tenant_id = $1 AND contact_id = $2 ORDER BY step LIMIT 2000";
    WAITS = "SELECT kind, node_id, event, due_at FROM scheduled_actions WHERE tenant_id = $1 AND contact_id = $2 AND status = 'pending' AND due_at > 0 ORDER BY due_at, id LIMIT 100";
    STANDING = "SELECT current_node_id AS node_id, status, COUNT(*) AS contacts FROM contact_campaigns WHERE tenant_id = $1 AND campaign_id = $2 GROUP BY current_node_id, status ORDER BY current_node_id, status";
    // campaign_transitions_node
    PASSED = "SELECT t.from_node AS node_id, t.to_node, t.event, COUNT(*) AS contacts FROM campaign_transitions t JOIN campaign_runs n ON n.id = t.run_id
              WHERE t.tenant_id = $1 AND n.campaign_id = $2 AND t.from_node IS NOT NULL GROUP BY t.from_node, t.to_node, t.event ORDER BY t.from_node, t.to_node, t.event";
    PEOPLE = "SELECT k.id, k.first_name, k.last_name, k.city, k.tier, k.client_type, k.preferred_language, k.preferred_channel, k.preferred_product, k.timezone, k.account_balance_e4, k.currency, k.is_active, k.opted_out
              FROM {ids $2} AS i CROSS JOIN customers k WHERE k.tenant_id = $1 AND k.id = i.id";
    TOTALS = "SELECT c.campaign_id, c.status, COUNT(*) AS contacts FROM {uuids $2} AS i CROSS JOIN contact_campaigns c WHERE c.tenant_id = $1 AND c.campaign_id = i.id
              GROUP BY c.campaign_id, c.status";
    NEXT_DUE = "SELECT n.campaign_id, MIN((SELECT MIN(a.due_at) FROM scheduled_actions a WHERE a.run_id = n.id AND a.status = 'pending' AND a.due_at > 0)) AS due_at
                FROM {uuids $2} AS i CROSS JOIN campaign_runs n WHERE n.tenant_id = $1 AND n.campaign_id = i.id AND n.status = 'running' GROUP BY n.campaign_id";
}

/// A contact of a plan.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PlanContactRow {
    pub id: i64,
    pub customer_id: i64,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub plan_version: i64,
    pub status: String,
    pub current_node_id: String,
    pub step: i64,
    pub entered_at: Millis,
    pub sent_at: Option<Millis>,
    pub enrolled_at: Millis,
    pub ended_at: Option<Millis>,
    pub reason: Option<String>,
    pub next_due_at: Option<Millis>,
}

/// One move of a contact.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StepRow {
    pub step: i64,
    pub from_node: Option<String>,
    pub to_node: Option<String>,
    pub event: String,
    pub at: Millis,
    pub why: String,
}

/// What a contact waits for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WaitRow {
    pub kind: String,
    pub node_id: Option<String>,
    pub event: Option<String>,
    pub due_at: Millis,
}

/// How many stand at a node.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StandingRow {
    pub node_id: String,
    pub status: String,
    pub contacts: i64,
}

/// How many went a way.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PassedRow {
    pub node_id: String,
    pub to_node: Option<String>,
    pub event: String,
    pub contacts: i64,
}

/// How many contacts of a campaign are in a status.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TotalRow {
    pub campaign_id: Uuid,
    pub status: String,
    pub contacts: i64,
}

/// Contacts of a plan, the latest enrolled first, before one; `node` and `status` empty: any. And how many in all.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign: Uuid,
    (node, status): (&str, &str),
    before: i64,
    limit: i64,
) -> Result<(Vec<PlanContactRow>, i64)> {
    let rows = fetch_all!(PlanContactRow; tx, LIST, ws.0, campaign, before, node, status, limit)?;
    Ok((rows, scalar!(i64; tx, COUNT, ws.0, campaign, node, status)?))
}

/// A customer's newest way through a plan.
pub async fn newest(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, customer: i64) -> Result<Option<PlanContactRow>> {
    fetch_optional!(PlanContactRow; tx, NEWEST, ws.0, campaign, customer)
}

/// The way that a contact went, and what it waits for.
pub async fn path(tx: &mut Tx, ws: WorkspaceId, contact: i64) -> Result<(Vec<StepRow>, Vec<WaitRow>)> {
    Ok((fetch_all!(StepRow; tx, PATH, ws.0, contact)?, fetch_all!(WaitRow; tx, WAITS, ws.0, contact)?))
}

/// How many stand where.
pub async fn standing(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<Vec<StandingRow>> {
    fetch_all!(StandingRow; tx, STANDING, ws.0, campaign)
}

/// How many went which way.
pub async fn passed(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<Vec<PassedRow>> {
    fetch_all!(PassedRow; tx, PASSED, ws.0, campaign)
}

/// How many contacts of several campaigns are in which status.
pub async fn totals(tx: &mut Tx, ws: WorkspaceId, campaigns: &[Uuid]) -> Result<Vec<TotalRow>> {
    fetch_all!(TotalRow; tx, TOTALS, ws.0, json_rows(campaigns))
}

/// When something is due next in several campaigns.
pub async fn next_due(tx: &mut Tx, ws: WorkspaceId, campaigns: &[Uuid]) -> Result<Vec<(Uuid, Option<Millis>)>> {
    fetch_all!((Uuid, Option<Millis>); tx, NEXT_DUE, ws.0, json_rows(campaigns))
}

/// What the questions of a plan may name of a customer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PersonRow {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub client_type: Option<String>,
    pub preferred_language: Option<String>,
    pub preferred_channel: Option<String>,
    pub preferred_product: Option<String>,
    pub timezone: Option<String>,
    pub account_balance_e4: i64,
    pub currency: Option<String>,
    pub is_active: bool,
    pub opted_out: bool,
}

impl PersonRow {
    /// Both names.
    pub fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// By the names of templates and segments.
    pub fn fields(&self) -> Map<String, Value> {
        let balance = format!("{}", muster_domain::money::from_e4(self.account_balance_e4)).parse::<f64>();
        let fields = [
            ("first_name", Value::from(self.first_name.clone())),
            ("last_name", self.last_name.clone().into()),
            ("city", self.city.clone().into()),
            ("location", self.city.clone().into()),
            ("tier", self.tier.clone().into()),
            ("client_type", self.client_type.clone().into()),
            ("preferred_language", self.preferred_language.clone().into()),
            ("preferred_channel", self.preferred_channel.clone().into()),
            ("preferred_product", self.preferred_product.clone().into()),
            ("timezone", self.timezone.clone().into()),
            ("account_balance", balance.map_or(Value::Null, Value::from)),
            ("currency", self.currency.clone().into()),
            ("is_active", self.is_active.into()),
            ("opted_out", self.opted_out.into()),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Customers, each once.
pub async fn people(tx: &mut Tx, ws: WorkspaceId, ids: &[i64]) -> Result<Vec<PersonRow>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    fetch_all!(PersonRow; tx, PEOPLE, ws.0, json_rows(&ids))
}
