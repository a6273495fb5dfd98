//! What happened to one customer, gathered from the tables that know it.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // run_recipients_customer, message_events_customer, offer_redemptions_customer, reward_ledger_customer, campaign_responses_customer,
    // cards_contact, conversions_customer: a customer has hundreds of each at most
    PAGE = "SELECT kind, sort_key, at, campaign_id, campaign_name, object_id, channel, status, title, detail, amount_e4, currency FROM (
              SELECT 'message' AS kind, 'm:' || CAST(r.run_id AS TEXT) || ':' || CAST(r.seq AS TEXT) AS sort_key, COALESCE(r.sent_at, r.failed_at, n.started_at) AS at,
                     n.campaign_id, c.name AS campaign_name, CAST(r.run_id AS TEXT) || ':' || CAST(r.seq AS TEXT) AS object_id, t.channel,
                     CASE r.status WHEN 0 THEN 'pending' WHEN 1 THEN 'sent' WHEN 2 THEN 'delivered' WHEN 3 THEN 'opened' WHEN 4 THEN 'clicked' WHEN 5 THEN 'bounced'
                       WHEN 6 THEN 'failed' WHEN 7 THEN 'skipped' WHEN 8 THEN 'suppressed' WHEN 9 THEN 'cancelled' ELSE 'unknown' END AS status,
                     c.name AS title, COALESCE(r.reason, '') AS detail, CAST(NULL AS BIGINT) AS amount_e4, CAST(NULL AS TEXT) AS currency
              FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id JOIN campaigns c ON c.id = n.campaign_id
              LEFT JOIN run_contents t ON t.run_id = r.run_id AND t.content_no = r.content_no
              WHERE r.customer_id = $2 AND r.tenant_id = $1
              UNION ALL
              SELECT 'event', 'e:' || CAST(e.id AS TEXT), e.at, n.campaign_id, c.name, CAST(e.run_id AS TEXT) || ':' || CAST(e.seq AS TEXT), t.channel, e.kind, c.name,
                     CASE WHEN e.is_bot THEN 'automatic' ELSE COALESCE(l.url, '') END, CAST(NULL AS BIGINT), CAST(NULL AS TEXT)
              FROM message_events e JOIN campaign_runs n ON n.id = e.run_id JOIN campaigns c ON c.id = n.campaign_id
              LEFT JOIN run_recipients r ON r.run_id = e.run_id AND r.seq = e.seq LEFT JOIN run_contents t ON t.run_id = e.run_id AND t.content_no = r.content_no
              LEFT JOIN tracked_links l ON l.id = e.link_id
              WHERE e.customer_id = $2 AND e.tenant_id = $1 AND e.kind NOT IN ('redeemed', 'converted')
              UNION ALL
              SELECT 'redemption', 'r:' || CAST(d.id AS TEXT), d.redeemed_at, d.campaign_id, c.name, CAST(d.id AS TEXT), CAST(NULL AS TEXT), 'redeemed', o.name, d.code, d.value_e4, d.currency
              FROM offer_redemptions d JOIN offers o ON o.id = d.offer_id LEFT JOIN campaigns c ON c.id = d.campaign_id
              WHERE d.customer_id = $2 AND d.tenant_id = $1
              UNION ALL
              SELECT 'reward', 'w:' || CAST(g.id AS TEXT), g.granted_at, g.campaign_id, c.name, CAST(g.id AS TEXT), CAST(NULL AS TEXT), g.kind, w.name, g.detail, g.amount_e4, g.currency
              FROM reward_ledger g JOIN rewards w ON w.id = g.reward_id LEFT JOIN campaigns c ON c.id = g.campaign_id
              WHERE g.customer_id = $2 AND g.tenant_id = $1
              UNION ALL
              SELECT 'conversion', 'v:' || CAST(v.id AS TEXT), v.occurred_at, v.campaign_id, c.name, CAST(v.id AS TEXT), CAST(NULL AS TEXT), v.kind, v.source, '', v.value_e4, v.currency
              FROM conversions v LEFT JOIN campaigns c ON c.id = v.campaign_id
              WHERE v.customer_id = $2 AND v.tenant_id = $1
              UNION ALL
              SELECT 'reply', 'p:' || CAST(p.received_at AS TEXT), p.received_at, p.campaign_id, c.name, '', p.channel, p.disposition, p.summary, p.body, CAST(NULL AS BIGINT), CAST(NULL AS TEXT)
              FROM campaign_responses p LEFT JOIN campaigns c ON c.id = p.campaign_id
              WHERE p.customer_id = $2 AND p.tenant_id = $1
              UNION ALL
              SELECT 'card', 'k:' || CAST(k.number AS TEXT), k.created_at, k.campaign_id, c.name, CAST(k.number AS TEXT), CAST(NULL AS TEXT), k.status, k.title,
                     COALESCE(k.outcome, k.queue), k.outcome_value_e4, k.outcome_currency
              FROM cards k LEFT JOIN campaigns c ON c.id = k.campaign_id
              WHERE k.contact_id = $2 AND k.tenant_id = $1
            ) AS t WHERE ($3 = '' OR kind = $3) AND (at < $4 OR (at = $4 AND sort_key < $5)) ORDER BY at DESC, sort_key DESC LIMIT $6";
    IN_FLIGHT = "SELECT COUNT(*) FROM run_recipients WHERE customer_id = $2 AND tenant_id = $1 AND status = 0";
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct TimelineRow {
    /// message | event | redemption | reward | conversion | reply | card
    pub kind: String,
    /// Orders what happened at the same moment.
    pub sort_key: String,
    pub at: Millis,
    pub campaign_id: Option<Uuid>,
    pub campaign_name: Option<String>,
    /// What it is about, within its kind.
    pub object_id: String,
    pub channel: Option<String>,
    /// State of a message or card, kind of an event, reward or conversion, disposition of a reply.
    pub status: String,
    pub title: String,
    pub detail: String,
    pub amount_e4: Option<i64>,
    pub currency: Option<String>,
}

/// What happened before a moment, newest first. `kind` is empty for everything; `before` is the `(at, sort_key)` of the last row
/// of the page before.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    customer: i64,
    kind: &str,
    before: (Millis, &str),
    limit: i64,
) -> Result<Vec<TimelineRow>> {
    fetch_all!(TimelineRow; tx, PAGE, ws.0, customer, kind, before.0, before.1, limit)
}

/// Whether messages to the customer wait to be sent.
pub async fn is_in_flight(tx: &mut Tx, ws: WorkspaceId, customer: i64) -> Result<bool> {
    Ok(scalar!(i64; tx, IN_FLIGHT, ws.0, customer)? > 0)
}
