//! What became of campaigns, summed over their runs: `run_stats` and `campaign_runs`.

use muster_domain::money::E4;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    // campaign_runs' unique index, then the key of run_stats
    SUMS = "SELECT n.campaign_id, CAST(SUM(t.total) AS BIGINT) AS total, CAST(SUM(t.sent) AS BIGINT) AS sent, CAST(SUM(t.delivered) AS BIGINT) AS delivered, CAST(SUM(t.opened) AS BIGINT) AS opened,
                   CAST(SUM(t.clicked) AS BIGINT) AS clicked, CAST(SUM(t.replied) AS BIGINT) AS replied, CAST(SUM(t.bounced) AS BIGINT) AS bounced, CAST(SUM(t.failed) AS BIGINT) AS failed,
                   CAST(SUM(t.skipped) AS BIGINT) AS skipped, CAST(SUM(t.suppressed) AS BIGINT) AS suppressed, CAST(SUM(t.cancelled) AS BIGINT) AS cancelled, CAST(SUM(t.unknown) AS BIGINT) AS unknown,
                   CAST(SUM(t.unsubscribed) AS BIGINT) AS unsubscribed, CAST(SUM(t.complaints) AS BIGINT) AS complaints, CAST(SUM(t.redeemed) AS BIGINT) AS redeemed,
                   CAST(SUM(t.conversions) AS BIGINT) AS conversions, CAST(SUM(t.revenue_e4) AS BIGINT) AS revenue_e4
            FROM run_stats t JOIN campaign_runs n ON n.id = t.run_id
            WHERE t.tenant_id = $1 AND n.campaign_id IN (SELECT id FROM {uuids $2} AS t) GROUP BY n.campaign_id";
    PEOPLE = "SELECT campaign_id, CAST(SUM(total_customers) AS BIGINT) AS customers, CAST(SUM(control_customers) AS BIGINT) AS control FROM campaign_runs
              WHERE tenant_id = $1 AND campaign_id IN (SELECT id FROM {uuids $2} AS t) GROUP BY campaign_id";
}

/// The counters of a campaign over all its runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CampaignSums {
    pub campaign_id: Uuid,
    pub total: i64,
    /// Taken by a provider, whatever happened afterwards.
    pub sent: i64,
    pub delivered: i64,
    pub opened: i64,
    pub clicked: i64,
    pub replied: i64,
    pub bounced: i64,
    pub failed: i64,
    pub skipped: i64,
    pub suppressed: i64,
    pub cancelled: i64,
    pub unknown: i64,
    pub unsubscribed: i64,
    pub complaints: i64,
    pub redeemed: i64,
    pub conversions: i64,
    pub revenue_e4: E4,
}

/// How many people the runs of a campaign had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CampaignPeople {
    pub campaign_id: Uuid,
    pub customers: i64,
    /// Kept back to measure the effect.
    pub control: i64,
}

/// The counters of those of the campaigns that ran.
pub async fn sums(tx: &mut Tx, ws: WorkspaceId, campaigns: &[Uuid]) -> Result<Vec<CampaignSums>> {
    fetch_all!(CampaignSums; tx, SUMS, ws.0, json_rows(campaigns))
}

/// The people of those of the campaigns that ran.
pub async fn people(tx: &mut Tx, ws: WorkspaceId, campaigns: &[Uuid]) -> Result<Vec<CampaignPeople>> {
    fetch_all!(CampaignPeople; tx, PEOPLE, ws.0, json_rows(campaigns))
}
