//! What became of a campaign, in the numbers of contract.md.

use muster_db::campaign_metrics::{CampaignPeople, CampaignSums};
use muster_domain::money::from_e4;
use muster_domain::rates::percent_number;
use serde::Serialize;

/// `stats` of a campaign. `sent` counts what was sent whatever happened to it afterwards, `pending` what can still be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CampaignStats {
    pub total: i64,
    pub pending: i64,
    /// Always 0: a message is pending or sent.
    pub sending: i64,
    pub sent: i64,
    pub failed: i64,
}

/// Counters and rates of a campaign over all its runs. Rates are percents with two decimals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CampaignMetrics {
    pub total_recipients: i64,
    pub total_customers: i64,
    pub control_customers: i64,
    pub pending: i64,
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
    /// A decimal in the workspace's currency.
    pub revenue: String,
    pub delivery_rate: f64,
    pub open_rate: f64,
    pub click_rate: f64,
    pub bounce_rate: f64,
    pub conversion_rate: f64,
}

/// The ledger's open end: target − sent − failed − suppressed − skipped − cancelled − unknown.
fn pending(s: &CampaignSums) -> i64 {
    s.total - s.sent - s.failed - s.suppressed - s.skipped - s.cancelled - s.unknown
}

/// The short numbers.
pub(crate) fn stats(s: &CampaignSums) -> CampaignStats {
    CampaignStats { total: s.total, pending: pending(s), sending: 0, sent: s.sent, failed: s.failed }
}

/// All numbers.
pub(crate) fn metrics(s: &CampaignSums, people: CampaignPeople) -> CampaignMetrics {
    CampaignMetrics {
        total_recipients: s.total,
        total_customers: people.customers,
        control_customers: people.control,
        pending: pending(s),
        sent: s.sent,
        delivered: s.delivered,
        opened: s.opened,
        clicked: s.clicked,
        replied: s.replied,
        bounced: s.bounced,
        failed: s.failed,
        skipped: s.skipped,
        suppressed: s.suppressed,
        cancelled: s.cancelled,
        unknown: s.unknown,
        unsubscribed: s.unsubscribed,
        complaints: s.complaints,
        redeemed: s.redeemed,
        conversions: s.conversions,
        revenue: from_e4(s.revenue_e4).to_string(),
        delivery_rate: percent_number(s.delivered, s.sent),
        open_rate: percent_number(s.opened, s.delivered),
        click_rate: percent_number(s.clicked, s.delivered),
        bounce_rate: percent_number(s.bounced, s.sent),
        conversion_rate: percent_number(s.redeemed, s.delivered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_contract() {
        let sums = CampaignSums {
            total: 10_000,
            sent: 9_800,
            delivered: 9_500,
            opened: 3_200,
            clicked: 850,
            bounced: 200,
            failed: 100,
            suppressed: 40,
            skipped: 30,
            cancelled: 5,
            unknown: 1,
            ..Default::default()
        };
        let m = metrics(&sums, CampaignPeople::default());
        assert_eq!((m.open_rate, m.click_rate, m.bounce_rate), (33.68, 8.95, 2.04));
        assert_eq!(stats(&sums), CampaignStats { total: 10_000, pending: 24, sending: 0, sent: 9_800, failed: 100 });
        let sale = CampaignSums { total: 3, sent: 3, delivered: 3, redeemed: 1, ..Default::default() };
        assert_eq!(metrics(&sale, CampaignPeople::default()).conversion_rate, 33.33);
    }
}
