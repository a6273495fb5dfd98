//! What people do with a message they got: opens, clicks, replies, bounces, opt-outs, and the counters over them.
//!
//! A recipient moves forward only: each statement names the status before, and what it changed is what the counters get,
//! in the same transaction. So `run_stats` equals a recount at any moment.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    RECIPIENT = "SELECT r.run_id, r.seq, r.customer_id, r.status, r.variant_no, r.sent_at, r.opened_at, r.clicked_at, r.replied_at, n.campaign_id,
                        (SELECT p.type = 'plan' FROM campaigns p WHERE p.id = n.campaign_id) AS is_of_plan, c.channel, c.offer_id, c.creative_version_id
                 FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
                 WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.seq = $3";
    // run_recipients_customer: the newest message to a customer, of one campaign or of any
    LATEST_OF_CUSTOMER = "SELECT r.run_id, r.seq, r.customer_id, r.status, r.variant_no, r.sent_at, r.opened_at, r.clicked_at, r.replied_at, n.campaign_id,
                        (SELECT p.type = 'plan' FROM campaigns p WHERE p.id = n.campaign_id) AS is_of_plan, c.channel, c.offer_id, c.creative_version_id
                 FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
                 WHERE r.tenant_id = $1 AND r.customer_id = $2 AND r.status IN (1, 2, 3, 4, 5) AND (n.campaign_id = $3 OR $3 IS NULL)
                 ORDER BY r.run_id DESC, r.seq DESC LIMIT 1";
    BY_PROVIDER_ID = "SELECT run_id, seq FROM run_recipients WHERE tenant_id = $1 AND run_id = $2 AND provider_message_id = $3 LIMIT 1";
    RUNS_OF_CAMPAIGN = "SELECT id FROM campaign_runs WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY id DESC LIMIT 50";
    DELIVERED = "UPDATE run_recipients SET status = 2, delivered_at = $4 WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND status = 1";
    OPENED = "UPDATE run_recipients SET status = 3, opened_at = $4 WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND status = 2";
    CLICKED = "UPDATE run_recipients SET status = 4, clicked_at = $4 WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND status = 3";
    REPLIED = "UPDATE run_recipients SET replied_at = $4 WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND replied_at IS NULL AND status IN (1, 2, 3, 4)";
    BOUNCED_UNDELIVERED = "UPDATE run_recipients SET status = 5, failed_at = $4, reason = $5 WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND status = 1";
    BOUNCED_DELIVERED = "UPDATE run_recipients SET status = 5, failed_at = $4, reason = $5, delivered_at = NULL WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND status = 2";
    EVENT = "INSERT INTO message_events (tenant_id, run_id, seq, customer_id, kind, at, link_id, is_bot, user_agent, data, dedupe_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant_id, dedupe_key) DO NOTHING";
    // message_events_message
    OTHER_LINKS = "SELECT COUNT(DISTINCT link_id) FROM message_events WHERE tenant_id = $1 AND run_id = $2 AND seq = $3 AND kind = 'clicked' AND at >= $4 AND link_id <> $5";
    SOURCES = "SELECT source, value FROM offer_tracking_sources WHERE tenant_id = $1 AND offer_id = $2 ORDER BY position LIMIT 50";
    CAMPAIGN_NAME = "SELECT name FROM campaigns WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL";
    LINK = "SELECT id, creative_version_id, url FROM tracked_links WHERE tenant_id = $1 AND id = $2";
    COUNT = "INSERT INTO run_stats (run_id, variant_no, tenant_id, delivered, opened, clicked, replied, bounced, unsubscribed, complaints, redeemed, conversions, revenue_e4)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (run_id, variant_no) DO UPDATE SET delivered = run_stats.delivered + excluded.delivered, opened = run_stats.opened + excluded.opened,
                 clicked = run_stats.clicked + excluded.clicked, replied = run_stats.replied + excluded.replied, bounced = run_stats.bounced + excluded.bounced,
                 unsubscribed = run_stats.unsubscribed + excluded.unsubscribed, complaints = run_stats.complaints + excluded.complaints,
                 redeemed = run_stats.redeemed + excluded.redeemed, conversions = run_stats.conversions + excluded.conversions,
                 revenue_e4 = run_stats.revenue_e4 + excluded.revenue_e4";
}

/// A recipient as reactions need it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReactingRow {
    pub run_id: i64,
    pub seq: i64,
    pub customer_id: i64,
    /// The number of [`muster_domain::recipient::RecipientStatus`].
    pub status: i16,
    pub variant_no: i16,
    pub sent_at: Option<Millis>,
    pub opened_at: Option<Millis>,
    pub clicked_at: Option<Millis>,
    pub replied_at: Option<Millis>,
    pub campaign_id: Uuid,
    /// Whether what becomes of it may move its reader on in a plan.
    pub is_of_plan: bool,
    /// None until a creative was chosen.
    pub channel: Option<String>,
    pub offer_id: Option<Uuid>,
    pub creative_version_id: Option<i64>,
}

/// A link that a redirect may lead to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LinkRow {
    pub id: i64,
    pub creative_version_id: i64,
    pub url: String,
}

/// One thing that happened to a message.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    pub run_id: i64,
    pub seq: i64,
    pub customer_id: i64,
    pub kind: &'a str,
    pub at: Millis,
    pub link_id: Option<i64>,
    pub is_bot: bool,
    pub user_agent: Option<&'a str>,
    pub data: Option<Value>,
    /// The same key twice is one event.
    pub dedupe_key: Option<String>,
}

/// What to add to the counters of a run and variant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub delivered: i64,
    pub opened: i64,
    pub clicked: i64,
    pub replied: i64,
    pub bounced: i64,
    pub unsubscribed: i64,
    pub complaints: i64,
    pub redeemed: i64,
    pub conversions: i64,
    pub revenue_e4: i64,
}

/// One recipient of a run.
pub async fn recipient(tx: &mut Tx, ws: WorkspaceId, run_id: i64, seq: i64) -> Result<Option<ReactingRow>> {
    fetch_optional!(ReactingRow; tx, RECIPIENT, ws.0, run_id, seq)
}

/// The newest message that went to a customer; of one campaign when it is given.
pub async fn latest_of_customer(
    tx: &mut Tx,
    ws: WorkspaceId,
    customer_id: i64,
    campaign_id: Option<Uuid>,
) -> Result<Option<ReactingRow>> {
    fetch_optional!(ReactingRow; tx, LATEST_OF_CUSTOMER, ws.0, customer_id, campaign_id)
}

/// The recipient of a campaign to whom the provider gave that message id.
pub async fn by_provider_id(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign_id: Uuid,
    message_id: &str,
) -> Result<Option<(i64, i64)>> {
    for (run_id,) in fetch_all!((i64,); tx, RUNS_OF_CAMPAIGN, ws.0, campaign_id)? {
        if let Some(found) = fetch_optional!((i64, i64); tx, BY_PROVIDER_ID, ws.0, run_id, message_id)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Moves a recipient on to delivered, opened or clicked, through what lies between; gives what that adds to the counters.
pub async fn advance(tx: &mut Tx, ws: WorkspaceId, run_id: i64, seq: i64, to: Progress, at: Millis) -> Result<Counts> {
    let mut counts = Counts { delivered: changed(exec!(tx, DELIVERED, ws.0, run_id, seq, at)?), ..Counts::default() };
    if to >= Progress::Opened {
        counts.opened = changed(exec!(tx, OPENED, ws.0, run_id, seq, at)?);
    }
    if to >= Progress::Clicked {
        counts.clicked = changed(exec!(tx, CLICKED, ws.0, run_id, seq, at)?);
    }
    Ok(counts)
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    Delivered,
    Opened,
    Clicked,
}

/// Notes the first reply. The status stays: a reply says nothing about pixels.
pub async fn replied(tx: &mut Tx, ws: WorkspaceId, run_id: i64, seq: i64, at: Millis) -> Result<Counts> {
    Ok(Counts { replied: changed(exec!(tx, REPLIED, ws.0, run_id, seq, at)?), ..Counts::default() })
}

/// Notes that a message came back after it had been taken. Somebody who opened it certainly got it: that stays.
pub async fn bounced(tx: &mut Tx, ws: WorkspaceId, run_id: i64, seq: i64, at: Millis, reason: &str) -> Result<Counts> {
    let undelivered = changed(exec!(tx, BOUNCED_UNDELIVERED, ws.0, run_id, seq, at, reason)?);
    let delivered = changed(exec!(tx, BOUNCED_DELIVERED, ws.0, run_id, seq, at, reason)?);
    Ok(Counts { bounced: undelivered + delivered, delivered: -delivered, ..Counts::default() })
}

/// Adds an event, and has it looked at by the plan that the message is of; false when it is known already.
pub async fn event(tx: &mut Tx, ws: WorkspaceId, e: &NewEvent<'_>) -> Result<bool> {
    let data = e.data.as_ref().map(Json);
    let changed = exec!(
        tx,
        EVENT,
        ws.0,
        e.run_id,
        e.seq,
        e.customer_id,
        e.kind,
        e.at,
        e.link_id,
        e.is_bot,
        e.user_agent,
        data,
        &e.dedupe_key
    )?;
    if changed == 1 {
        super::plan_machine::tell_messages(tx, ws, e.run_id, &[e.seq]).await?;
    }
    Ok(changed == 1)
}

/// Other links of the message that were followed since a moment.
pub async fn other_links(
    tx: &mut Tx,
    ws: WorkspaceId,
    run_id: i64,
    seq: i64,
    since: Millis,
    link_id: i64,
) -> Result<i64> {
    scalar!(i64; tx, OTHER_LINKS, ws.0, run_id, seq, since, link_id)
}

/// A stored link.
pub async fn link(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<Option<LinkRow>> {
    fetch_optional!(LinkRow; tx, LINK, ws.0, id)
}

/// Tracking sources of an offer: `utm_source` and its like with their values.
pub async fn sources(tx: &mut Tx, ws: WorkspaceId, offer_id: Uuid) -> Result<Vec<(String, String)>> {
    fetch_all!((String, String); tx, SOURCES, ws.0, offer_id)
}

/// The name of a campaign that is not deleted.
pub async fn campaign_name(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<String>> {
    Ok(fetch_optional!((String,); tx, CAMPAIGN_NAME, ws.0, id)?.map(|(name,)| name))
}

/// Adds to the counters of a run and variant.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, run_id: i64, variant_no: i16, c: Counts) -> Result<()> {
    if c == Counts::default() {
        return Ok(());
    }
    let variant = i64::from(variant_no);
    exec!(
        tx,
        COUNT,
        run_id,
        variant,
        ws.0,
        c.delivered,
        c.opened,
        c.clicked,
        c.replied,
        c.bounced,
        c.unsubscribed,
        c.complaints,
        c.redeemed,
        c.conversions,
        c.revenue_e4
    )?;
    Ok(())
}

fn changed(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(0)
}
