//! Counters of runs beside a recount of what they count.
//!
//! Whoever changes a message or keeps a reaction changes `run_stats` in the same transaction, so that both agree in every
//! snapshot: each comparison is one statement.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;

use crate::runs::RunStats;
use crate::{Result, Tx, sql};

sql! {
    // campaign_runs_alive, and the few that ended lately
    RUNS = "SELECT n.id AS run_id, n.number, n.total_recipients, n.status, c.name FROM campaign_runs n JOIN campaigns c ON c.id = n.campaign_id
            WHERE n.tenant_id = $1 AND (n.status = 'running' OR (n.status IN ('completed', 'failed', 'cancelled') AND n.completed_at >= $2)) ORDER BY n.id DESC LIMIT $3";
    VARIANTS = "SELECT variant_no FROM run_stats WHERE tenant_id = $1 AND run_id = $2 ORDER BY variant_no";
    // What is kept, and what is there.
    COMPARE = "SELECT variant_no, total, sent, delivered, opened, clicked, replied, bounced, failed, skipped, suppressed, cancelled, unknown, unsubscribed, complaints, redeemed, conversions, revenue_e4, 0 AS place
               FROM run_stats WHERE tenant_id = $1 AND run_id = $2 AND variant_no = $3
               UNION ALL
               SELECT t.variant_no, m.total, m.sent, m.delivered, m.opened, m.clicked, m.replied, m.bounced, m.failed, m.skipped, m.suppressed, m.cancelled, m.unknown,
                      e.unsubscribed, e.complaints, d.redeemed, v.conversions, v.revenue_e4, 1
               FROM run_stats t,
                    (SELECT COUNT(*) AS total, COUNT(CASE WHEN status BETWEEN 1 AND 5 THEN 1 END) AS sent, COUNT(delivered_at) AS delivered, COUNT(opened_at) AS opened, COUNT(clicked_at) AS clicked,
                            COUNT(replied_at) AS replied, COUNT(CASE WHEN status = 5 THEN 1 END) AS bounced, COUNT(CASE WHEN status = 6 THEN 1 END) AS failed, COUNT(CASE WHEN status = 7 THEN 1 END) AS skipped,
                            COUNT(CASE WHEN status = 8 THEN 1 END) AS suppressed, COUNT(CASE WHEN status = 9 THEN 1 END) AS cancelled, COUNT(CASE WHEN status = 10 THEN 1 END) AS unknown
                     FROM run_recipients WHERE tenant_id = $1 AND run_id = $2 AND variant_no = $3) AS m,
                    (SELECT COUNT(DISTINCT CASE WHEN x.kind = 'unsubscribed' THEN x.seq END) AS unsubscribed, COUNT(DISTINCT CASE WHEN x.kind = 'complained' THEN x.seq END) AS complaints FROM message_events x JOIN run_recipients r ON r.run_id = x.run_id AND r.seq = x.seq
                     WHERE x.tenant_id = $1 AND x.run_id = $2 AND x.kind IN ('unsubscribed', 'complained') AND r.variant_no = $3) AS e,
                    (SELECT COUNT(DISTINCT x.seq) AS redeemed FROM offer_redemptions x JOIN run_recipients r ON r.run_id = x.run_id AND r.seq = x.seq
                     WHERE x.tenant_id = $1 AND x.run_id = $2 AND r.variant_no = $3) AS d,
                    (SELECT COUNT(*) AS conversions, CAST(COALESCE(SUM(x.value_e4), 0) AS BIGINT) AS revenue_e4 FROM conversions x JOIN run_recipients r ON r.run_id = x.run_id AND r.seq = x.seq
                     WHERE x.tenant_id = $1 AND x.run_id = $2 AND r.variant_no = $3) AS v
               WHERE t.tenant_id = $1 AND t.run_id = $2 AND t.variant_no = $3
               ORDER BY place";
    // names every counter that was read: a run that is being written is not touched
    CORRECT = "UPDATE run_stats SET total = $4, sent = $5, delivered = $6, opened = $7, clicked = $8, replied = $9, bounced = $10, failed = $11, skipped = $12, suppressed = $13, cancelled = $14, unknown = $15, unsubscribed = $16, redeemed = $17, conversions = $18, revenue_e4 = $19, complaints = $36
               WHERE tenant_id = $1 AND run_id = $2 AND variant_no = $3 AND total = $20 AND sent = $21 AND delivered = $22 AND opened = $23 AND clicked = $24 AND replied = $25 AND bounced = $26 AND failed = $27 AND skipped = $28 AND suppressed = $29 AND cancelled = $30 AND unknown = $31 AND unsubscribed = $32 AND redeemed = $33 AND conversions = $34 AND revenue_e4 = $35 AND complaints = $37";
}

/// A run that is looked at.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunToCount {
    pub run_id: i64,
    /// Among the runs of its campaign, from 1.
    pub number: i64,
    pub total_recipients: i64,
    pub status: String,
    /// The campaign's.
    pub name: String,
}

/// What is kept of a run's variant, and what a recount gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    pub kept: RunStats,
    pub counted: RunStats,
}

/// Runs that are under way, or ended after a moment; the newest first.
pub async fn runs(tx: &mut Tx, ws: WorkspaceId, ended_after: Millis, limit: i64) -> Result<Vec<RunToCount>> {
    fetch_all!(RunToCount; tx, RUNS, ws.0, ended_after, limit)
}

/// The variants that a run has counters of.
pub async fn variants(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Vec<i64>> {
    Ok(fetch_all!((i64,); tx, VARIANTS, ws.0, run)?.into_iter().map(|(no,)| no).collect())
}

/// The counters of one variant beside a recount, in one snapshot; none where there are no counters.
pub async fn compare(tx: &mut Tx, ws: WorkspaceId, run: i64, variant: i64) -> Result<Option<Comparison>> {
    let rows = fetch_all!(RunStats; tx, COMPARE, ws.0, run, variant)?;
    Ok(match rows.as_slice() {
        [kept, counted] => Some(Comparison { kept: *kept, counted: *counted }),
        _ => None,
    })
}

/// Puts a recount in the place of counters that are still as they were compared; false when they moved on.
pub async fn correct(tx: &mut Tx, ws: WorkspaceId, run: i64, found: &Comparison) -> Result<bool> {
    let Comparison { kept: k, counted: c } = found;
    let changed = exec!(
        tx,
        CORRECT,
        ws.0,
        run,
        k.variant_no,
        c.total,
        c.sent,
        c.delivered,
        c.opened,
        c.clicked,
        c.replied,
        c.bounced,
        c.failed,
        c.skipped,
        c.suppressed,
        c.cancelled,
        c.unknown,
        c.unsubscribed,
        c.redeemed,
        c.conversions,
        c.revenue_e4,
        k.total,
        k.sent,
        k.delivered,
        k.opened,
        k.clicked,
        k.replied,
        k.bounced,
        k.failed,
        k.skipped,
        k.suppressed,
        k.cancelled,
        k.unknown,
        k.unsubscribed,
        k.redeemed,
        k.conversions,
        k.revenue_e4,
        c.complaints,
        k.complaints
    )?;
    Ok(changed == 1)
}
