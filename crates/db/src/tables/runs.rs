//! `campaign_runs`, `run_segments`, `run_contents`, `run_stats`: one occurrence of a campaign and its counters.

use muster_domain::campaign::{CampaignStatus, CampaignType, MAX_VARIANTS, UnknownPolicy};
use muster_domain::channel::{CampaignChannel, Channel};
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    NEXT_NUMBER = "SELECT COALESCE(MAX(number), 0) + 1 FROM campaign_runs WHERE tenant_id = $1 AND campaign_id = $2";
    INSERT = "INSERT INTO campaign_runs (tenant_id, campaign_id, number, status, job_id, correlation_id, triggered_by, scheduled_for, started_at)
              VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8) RETURNING id";
    SET_TOTALS = "UPDATE campaign_runs SET total_recipients = $3, total_customers = $4, control_customers = $5 WHERE tenant_id = $1 AND id = $2 AND status = 'running'";
    INSERT_SEGMENT = "INSERT INTO run_segments (run_id, segment_no, tenant_id, segment_id, size) VALUES ($1, $2, $3, $4, $5)";
    INSERT_CONTENT = "INSERT INTO run_contents (run_id, content_no, tenant_id, offer_no, offer_id, variant_no, channel, locale, subject_override, creative_version_id)
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    CONTENTS = "SELECT c.content_no, c.offer_no, c.offer_id, c.variant_no, c.channel, c.locale, c.subject_override, c.creative_version_id,
                       v.title, v.preheader, v.text_body, v.html_body, v.variables, v.sms_route
                FROM run_contents c JOIN creative_versions v ON v.id = c.creative_version_id WHERE c.tenant_id = $1 AND c.run_id = $2 ORDER BY c.content_no";
    // One pass that keeps six numbers: for GROUP BY, SQLite would sort all recipients.
    COUNT_VARIANTS = "SELECT COUNT(CASE WHEN variant_no = 0 THEN 1 END), COUNT(CASE WHEN variant_no = 1 THEN 1 END), COUNT(CASE WHEN variant_no = 2 THEN 1 END),
                             COUNT(CASE WHEN variant_no = 3 THEN 1 END), COUNT(CASE WHEN variant_no = 4 THEN 1 END), COUNT(CASE WHEN variant_no = 5 THEN 1 END)
                      FROM run_recipients WHERE tenant_id = $1 AND run_id = $2";
    INIT_STATS = "INSERT INTO run_stats (run_id, variant_no, tenant_id, total) SELECT $1, v.variant_no, $2, v.total FROM {rows $3: variant_no bigint, total bigint} AS v";
    // the sweep of the scheduler: campaign_runs_alive
    ALIVE = "SELECT n.id AS run_id, n.tenant_id FROM campaign_runs n JOIN campaigns c ON c.id = n.campaign_id
             WHERE n.status = 'running' AND c.status = 'running' ORDER BY n.id LIMIT 1000";
    FACTS = "SELECT n.id AS run_id, n.tenant_id, n.campaign_id, n.number, n.status AS run_status, n.next_seq, n.total_recipients, n.total_customers, n.control_customers,
                    n.correlation_id, n.job_id, n.started_at, n.completed_at, c.name, c.channel, c.status AS campaign_status, c.settings, c.messages_per_hour, c.messages_per_day,
                    c.batch_size, c.timezone, c.unknown_policy, c.version, c.type,
                    CASE WHEN c.type IN ('one_time', 'plan') THEN c.end_at END AS ends_at, w.timezone AS workspace_timezone, w.currency, w.public_base_url, w.signing_key, w.settings AS workspace_settings, w.updated_at AS workspace_at,
                    (SELECT MAX(p.updated_at) FROM communication_policies p WHERE p.tenant_id = n.tenant_id AND p.campaign_id IS NULL) AS policy_at,
                    (SELECT p.updated_at FROM communication_policies p WHERE p.tenant_id = n.tenant_id AND p.campaign_id = n.campaign_id) AS own_policy_at
             FROM campaign_runs n JOIN campaigns c ON c.id = n.campaign_id JOIN workspaces w ON w.id = n.tenant_id WHERE n.tenant_id = $1 AND n.id = $2";
    // each with the counters of all its variants
    LIST = "SELECT n.id, n.number, n.status, n.triggered_by, n.scheduled_for, n.started_at, n.completed_at, n.total_recipients, n.total_customers,
                   CAST(COALESCE(SUM(t.sent), 0) AS BIGINT) AS sent, CAST(COALESCE(SUM(t.delivered), 0) AS BIGINT) AS delivered, CAST(COALESCE(SUM(t.opened), 0) AS BIGINT) AS opened,
                   CAST(COALESCE(SUM(t.clicked), 0) AS BIGINT) AS clicked, CAST(COALESCE(SUM(t.failed), 0) AS BIGINT) AS failed
            FROM campaign_runs n LEFT JOIN run_stats t ON t.run_id = n.id WHERE n.tenant_id = $1 AND n.campaign_id = $2
            GROUP BY n.id, n.number, n.status, n.triggered_by, n.scheduled_for, n.started_at, n.completed_at, n.total_recipients, n.total_customers ORDER BY n.number DESC LIMIT $3 OFFSET $4";
    COUNT = "SELECT COUNT(*) FROM campaign_runs WHERE tenant_id = $1 AND campaign_id = $2";
    AT_WORK = "SELECT id FROM campaign_runs WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'running' ORDER BY id";
    LATEST_OF = "SELECT id FROM campaign_runs WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY id DESC LIMIT 1";
    FINISH = "UPDATE campaign_runs SET status = $3, completed_at = $4 WHERE tenant_id = $1 AND id = $2 AND status = 'running'";
    REOPEN = "UPDATE campaign_runs SET status = 'running', completed_at = NULL WHERE tenant_id = $1 AND id = $2 AND status IN ('completed', 'failed')";
    // names the total that was read under the lock: numbers of recipients are given once
    EXTEND = "UPDATE campaign_runs SET total_recipients = total_recipients + $4 WHERE tenant_id = $1 AND id = $2 AND total_recipients = $3 AND status = 'running'";
    EXTEND_STATS = "UPDATE run_stats SET total = total + $4 WHERE tenant_id = $1 AND run_id = $2 AND variant_no = $3";
    ADD_STATS = "UPDATE run_stats SET sent = sent + $4, delivered = delivered + $5, failed = failed + $6, skipped = skipped + $7, suppressed = suppressed + $8,
                        cancelled = cancelled + $9, unknown = unknown + $10, opened = opened + $11, clicked = clicked + $12, replied = replied + $13, bounced = bounced + $14,
                        unsubscribed = unsubscribed + $15, complaints = complaints + $16, redeemed = redeemed + $17, conversions = conversions + $18, revenue_e4 = revenue_e4 + $19
                 WHERE tenant_id = $1 AND run_id = $2 AND variant_no = $3";
    STATS = "SELECT variant_no, total, sent, delivered, opened, clicked, replied, bounced, failed, skipped, suppressed, cancelled, unknown, unsubscribed, complaints, redeemed, conversions, revenue_e4
             FROM run_stats WHERE tenant_id = $1 AND run_id = $2 ORDER BY variant_no";
    TOTALS_OF_CAMPAIGN = "SELECT t.variant_no, CAST(SUM(t.total) AS BIGINT) AS total, CAST(SUM(t.sent) AS BIGINT) AS sent, CAST(SUM(t.delivered) AS BIGINT) AS delivered, CAST(SUM(t.opened) AS BIGINT) AS opened,
                                 CAST(SUM(t.clicked) AS BIGINT) AS clicked, CAST(SUM(t.replied) AS BIGINT) AS replied, CAST(SUM(t.bounced) AS BIGINT) AS bounced, CAST(SUM(t.failed) AS BIGINT) AS failed,
                                 CAST(SUM(t.skipped) AS BIGINT) AS skipped, CAST(SUM(t.suppressed) AS BIGINT) AS suppressed, CAST(SUM(t.cancelled) AS BIGINT) AS cancelled, CAST(SUM(t.unknown) AS BIGINT) AS unknown,
                                 CAST(SUM(t.unsubscribed) AS BIGINT) AS unsubscribed, CAST(SUM(t.complaints) AS BIGINT) AS complaints, CAST(SUM(t.redeemed) AS BIGINT) AS redeemed,
                                 CAST(SUM(t.conversions) AS BIGINT) AS conversions, CAST(SUM(t.revenue_e4) AS BIGINT) AS revenue_e4
                          FROM run_stats t JOIN campaign_runs n ON n.id = t.run_id WHERE t.tenant_id = $1 AND n.campaign_id = $2 GROUP BY t.variant_no ORDER BY t.variant_no";
    MINUTES = "SELECT minute_at, sent, failed FROM run_minutes WHERE tenant_id = $1 AND run_id = $2 AND minute_at >= $3 ORDER BY minute_at LIMIT 2000";
    DOMAINS = "SELECT domain, sent, failed FROM run_domains WHERE tenant_id = $1 AND run_id = $2 ORDER BY sent DESC, domain LIMIT 100";
    SEGMENTS = "SELECT s.segment_no, s.segment_id, s.size, g.name FROM run_segments s JOIN segments g ON g.id = s.segment_id WHERE s.tenant_id = $1 AND s.run_id = $2 ORDER BY s.segment_no";
}

/// A run to add.
#[derive(Debug, Clone)]
pub struct NewRun<'a> {
    pub campaign_id: Uuid,
    pub number: i64,
    pub job_id: Uuid,
    pub correlation_id: &'a str,
    pub triggered_by: &'a str,
    pub scheduled_for: Option<Millis>,
    pub now: Millis,
}

/// What a run sends to whom: one way of saying one offer.
#[derive(Debug, Clone)]
pub struct NewContent {
    pub content_no: i64,
    /// 0: no offer.
    pub offer_no: i64,
    pub offer_id: Option<Uuid>,
    /// 0: no test.
    pub variant_no: i64,
    pub channel: Channel,
    pub locale: String,
    pub subject_override: Option<String>,
    pub creative_version_id: i64,
}

/// A content with its immutable text.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ContentRow {
    pub content_no: i64,
    pub offer_no: i64,
    pub offer_id: Option<Uuid>,
    pub variant_no: i64,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub locale: String,
    pub subject_override: Option<String>,
    pub creative_version_id: i64,
    pub title: String,
    pub preheader: String,
    pub text_body: String,
    pub html_body: String,
    #[sqlx(json)]
    pub variables: Value,
    pub sms_route: Option<String>,
}

/// A run that may send.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct AliveRun {
    pub run_id: i64,
    pub tenant_id: i64,
}

/// Everything about a run and its campaign that sending needs.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunFacts {
    pub run_id: i64,
    pub tenant_id: i64,
    pub campaign_id: Uuid,
    pub number: i64,
    pub run_status: String,
    pub next_seq: i64,
    pub total_recipients: i64,
    pub total_customers: i64,
    pub control_customers: i64,
    pub correlation_id: String,
    pub job_id: Option<Uuid>,
    pub started_at: Millis,
    pub completed_at: Option<Millis>,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub channel: CampaignChannel,
    #[sqlx(try_from = "String")]
    pub campaign_status: CampaignStatus,
    #[sqlx(json)]
    pub settings: Value,
    pub messages_per_hour: Option<i64>,
    pub messages_per_day: Option<i64>,
    pub batch_size: Option<i64>,
    pub timezone: String,
    #[sqlx(try_from = "String")]
    pub unknown_policy: UnknownPolicy,
    pub version: i64,
    #[sqlx(try_from = "String", rename = "type")]
    pub kind: CampaignType,
    /// When a campaign that does not recur ends: from then on nothing leaves.
    pub ends_at: Option<Millis>,
    pub workspace_timezone: String,
    pub currency: String,
    pub public_base_url: Option<String>,
    pub signing_key: Vec<u8>,
    #[sqlx(json)]
    pub workspace_settings: Value,
    /// When the workspace's settings were written last.
    pub workspace_at: Millis,
    /// When the workspace's quiet hours and frequency caps were written last, and the campaign's own.
    pub policy_at: Option<Millis>,
    pub own_policy_at: Option<Millis>,
}

/// Counters of a run (or what to add to them). `total` is only read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct RunStats {
    pub variant_no: i64,
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
    pub revenue_e4: i64,
}

impl RunStats {
    /// What can still be sent: target = sent + failed + suppressed + skipped + cancelled + pending + unknown.
    pub fn pending(&self) -> i64 {
        self.total - self.sent - self.failed - self.suppressed - self.skipped - self.cancelled - self.unknown
    }

    /// Adds the counters of another variant.
    pub fn plus(&self, o: &Self) -> Self {
        Self {
            variant_no: 0,
            total: self.total + o.total,
            sent: self.sent + o.sent,
            delivered: self.delivered + o.delivered,
            opened: self.opened + o.opened,
            clicked: self.clicked + o.clicked,
            replied: self.replied + o.replied,
            bounced: self.bounced + o.bounced,
            failed: self.failed + o.failed,
            skipped: self.skipped + o.skipped,
            suppressed: self.suppressed + o.suppressed,
            cancelled: self.cancelled + o.cancelled,
            unknown: self.unknown + o.unknown,
            unsubscribed: self.unsubscribed + o.unsubscribed,
            complaints: self.complaints + o.complaints,
            redeemed: self.redeemed + o.redeemed,
            conversions: self.conversions + o.conversions,
            revenue_e4: self.revenue_e4 + o.revenue_e4,
        }
    }
}

/// One minute of a run.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct MinuteRow {
    pub minute_at: Millis,
    pub sent: i64,
    pub failed: i64,
}

/// One recipient domain or network of a run.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DomainRow {
    pub domain: String,
    pub sent: i64,
    pub failed: i64,
}

/// One target segment of a run.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RunSegmentRow {
    pub segment_no: i64,
    pub segment_id: Uuid,
    pub size: i64,
    pub name: String,
}

/// Adds a run; gives its id.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, new: &NewRun<'_>) -> Result<i64> {
    scalar!(i64; tx, INSERT, ws.0, new.campaign_id, new.number, new.job_id, new.correlation_id, new.triggered_by, new.scheduled_for, new.now)
}

/// The number of a campaign's next run, from 1.
pub async fn next_number(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<i64> {
    scalar!(i64; tx, NEXT_NUMBER, ws.0, campaign)
}

/// Notes how many were targeted.
pub async fn set_totals(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    recipients: i64,
    customers: i64,
    control: i64,
) -> Result<()> {
    exec_one!("run"; tx, SET_TOTALS, ws.0, run, recipients, customers, control)
}

/// Notes a target segment and how many it brought.
pub async fn insert_segment(tx: &mut Tx, ws: WorkspaceId, run: i64, no: i64, segment: Uuid, size: i64) -> Result<()> {
    exec!(tx, INSERT_SEGMENT, run, no, ws.0, segment, size).map(drop)
}

/// Notes a content.
pub async fn insert_content(tx: &mut Tx, ws: WorkspaceId, run: i64, c: &NewContent) -> Result<()> {
    exec!(
        tx,
        INSERT_CONTENT,
        run,
        c.content_no,
        ws.0,
        c.offer_no,
        c.offer_id,
        c.variant_no,
        c.channel.as_str(),
        &c.locale,
        &c.subject_override,
        c.creative_version_id
    )
    .map(drop)
}

/// The contents of a run with their texts.
pub async fn contents(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Vec<ContentRow>> {
    fetch_all!(ContentRow; tx, CONTENTS, ws.0, run)
}

/// Starts the counters from the recipients that were written.
pub async fn init_stats(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<()> {
    let counts = fetch_one!((i64, i64, i64, i64, i64, i64); tx, COUNT_VARIANTS, ws.0, run)?;
    let counts: [i64; MAX_VARIANTS + 1] = counts.into();
    let rows = (0..).zip(counts).filter(|(_, total)| *total > 0);
    let rows: Vec<_> = rows.map(|(variant_no, total)| VariantTotal { variant_no, total }).collect();
    exec!(tx, INIT_STATS, run, ws.0, crate::sql::json_rows(&rows)).map(drop)
}

/// Starts the counters of a run that nobody is a recipient of yet, because it grows.
pub async fn init_growing(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<()> {
    exec!(tx, INIT_STATS, run, ws.0, crate::sql::json_rows(&[VariantTotal { variant_no: 0, total: 0 }])).map(drop)
}

#[derive(serde::Serialize)]
struct VariantTotal {
    variant_no: i64,
    total: i64,
}

/// Every run that may send, in all workspaces.
pub async fn alive(tx: &mut Tx) -> Result<Vec<AliveRun>> {
    fetch_all!(AliveRun; tx, ALIVE)
}

/// A run and its campaign.
pub async fn facts(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Option<RunFacts>> {
    fetch_optional!(RunFacts; tx, FACTS, ws.0, run)
}

/// A run as it is listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedRun {
    pub id: i64,
    /// Among the runs of its campaign, from 1.
    pub number: i64,
    pub status: String,
    pub triggered_by: String,
    /// The moment that it was planned for.
    pub scheduled_for: Option<Millis>,
    pub started_at: Millis,
    pub completed_at: Option<Millis>,
    pub total_recipients: i64,
    pub total_customers: i64,
    pub sent: i64,
    pub delivered: i64,
    pub opened: i64,
    pub clicked: i64,
    pub failed: i64,
}

/// The runs of a campaign, newest first, and how many there are in all.
pub async fn list(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign: Uuid,
    limit: i64,
    offset: i64,
) -> Result<(Vec<ListedRun>, i64)> {
    let rows = fetch_all!(ListedRun; tx, LIST, ws.0, campaign, limit, offset)?;
    Ok((rows, scalar!(i64; tx, COUNT, ws.0, campaign)?))
}

/// The runs of a campaign that are not over, oldest first.
pub async fn at_work(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<Vec<i64>> {
    Ok(fetch_all!((i64,); tx, AT_WORK, ws.0, campaign)?.into_iter().map(|(id,)| id).collect())
}

/// The newest run of a campaign.
pub async fn latest_of(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<Option<i64>> {
    Ok(fetch_optional!((i64,); tx, LATEST_OF, ws.0, campaign)?.map(|r| r.0))
}

/// Ends a run: `completed`, `failed` or `cancelled`.
pub async fn finish(tx: &mut Tx, ws: WorkspaceId, run: i64, status: &str, now: Millis) -> Result<()> {
    exec_one!("run"; tx, FINISH, ws.0, run, status, now)
}

/// Goes on with a run that was finished.
pub async fn reopen(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<()> {
    exec_one!("run"; tx, REOPEN, ws.0, run)
}

/// Adds recipients at the end of a run that is sent: how many of each variant.
pub async fn extend(tx: &mut Tx, ws: WorkspaceId, run: i64, total: i64, by_variant: &[(i64, i64)]) -> Result<()> {
    exec_one!("run"; tx, EXTEND, ws.0, run, total, by_variant.iter().map(|(_, n)| n).sum::<i64>())?;
    for (variant, n) in by_variant {
        exec_one!("run"; tx, EXTEND_STATS, ws.0, run, *variant, *n)?;
    }
    Ok(())
}

/// Adds to the counters of one variant, in the transaction that changes its rows.
pub async fn add_stats(tx: &mut Tx, ws: WorkspaceId, run: i64, s: &RunStats) -> Result<()> {
    exec_one!("run"; tx, ADD_STATS, ws.0, run, s.variant_no, s.sent, s.delivered, s.failed, s.skipped, s.suppressed, s.cancelled, s.unknown, s.opened, s.clicked, s.replied, s.bounced,
        s.unsubscribed, s.complaints, s.redeemed, s.conversions, s.revenue_e4)
}

/// The counters of a run by variant.
pub async fn stats(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Vec<RunStats>> {
    fetch_all!(RunStats; tx, STATS, ws.0, run)
}

/// The counters of a campaign over all its runs, by variant.
pub async fn totals_of_campaign(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<Vec<RunStats>> {
    fetch_all!(RunStats; tx, TOTALS_OF_CAMPAIGN, ws.0, campaign)
}

/// Sent per minute since a moment, oldest first, at most 2,000.
pub async fn minutes(tx: &mut Tx, ws: WorkspaceId, run: i64, since: Millis) -> Result<Vec<MinuteRow>> {
    fetch_all!(MinuteRow; tx, MINUTES, ws.0, run, since)
}

/// The hundred largest domains of a run.
pub async fn domains(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Vec<DomainRow>> {
    fetch_all!(DomainRow; tx, DOMAINS, ws.0, run)
}

/// The target segments of a run.
pub async fn segments(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Vec<RunSegmentRow>> {
    fetch_all!(RunSegmentRow; tx, SEGMENTS, ws.0, run)
}
