//! `run_recipients`, `message_attempts`: reading what is to be sent, writing what became of it.

use std::collections::HashMap;

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;

use crate::{Result, Tx, sql};

sql! {
    ATTRIBUTES = "SELECT a.customer_id, f.name, f.value_type, a.text_value, a.int_value FROM customer_attributes a JOIN attribute_definitions f ON f.id = a.attribute_id
                  WHERE a.tenant_id = $1 AND a.customer_id IN (SELECT id FROM {ids $2} AS i)";
    CODES = "SELECT offer_id, customer_id, code FROM redemption_codes WHERE tenant_id = $1 AND offer_id IN (SELECT id FROM {uuids $2} AS o)
             AND (customer_id IS NULL OR customer_id IN (SELECT id FROM {ids $3} AS i)) ORDER BY customer_id";
    // frequency caps: what each customer got by a channel since a moment (run_recipients_customer)
    RECENT = "SELECT r.customer_id, COUNT(*) AS messages FROM run_recipients r JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
              WHERE r.tenant_id = $1 AND r.customer_id IN (SELECT id FROM {ids $2} AS i) AND r.sent_at > $3 AND c.channel = $4 GROUP BY r.customer_id";
    // The run depends on the row of the list on purpose: it makes SQLite begin at the list and find each recipient by the whole key,
    // instead of reading the list anew for every recipient of the run.
    MARK = "UPDATE run_recipients SET status = m.status, attempts = m.attempts, content_no = COALESCE(m.content_no, run_recipients.content_no), choice = COALESCE(m.choice, run_recipients.choice),
                   sent_at = m.sent_at, delivered_at = m.delivered_at, failed_at = m.failed_at, reason = m.reason, provider_message_id = m.provider_message_id
            FROM {rows $3: seq bigint, status bigint, attempts bigint, content_no bigint, choice bigint, sent_at bigint, delivered_at bigint, failed_at bigint, reason text, provider_message_id text} AS m
            WHERE run_recipients.tenant_id = $1 AND run_recipients.run_id = $2 + 0 * m.seq AND run_recipients.seq = m.seq AND run_recipients.status = $4 RETURNING run_recipients.seq";
    // The usual case: numbers without a gap went the same way. A list is looked at by PostgreSQL as if the whole run had to be
    // read for it, until the table is counted anew.
    MARK_RANGE = "UPDATE run_recipients SET status = $6, attempts = $7, content_no = COALESCE($8, content_no), choice = COALESCE($9, choice),
                   sent_at = $10, delivered_at = $11, failed_at = $12, reason = NULL, provider_message_id = NULL
                 WHERE tenant_id = $1 AND run_id = $2 AND seq BETWEEN $3 AND $4 AND status = $5";
    // With gaps: the ends keep the search within them.
    MARK_SAME = "UPDATE run_recipients SET status = $5, attempts = $6, content_no = COALESCE($7, content_no), choice = COALESCE($8, choice),
                   sent_at = $9, delivered_at = $10, failed_at = $11, reason = NULL, provider_message_id = NULL
                 WHERE tenant_id = $1 AND run_id = $2 AND seq IN (SELECT id FROM {ids $3} AS i) AND status = $4 AND seq BETWEEN $12 AND $13";
    IN_STATUS = "SELECT seq FROM run_recipients WHERE tenant_id = $1 AND run_id = $2 AND seq IN (SELECT id FROM {ids $3} AS i) AND status = $4";
    ATTEMPTS = "INSERT INTO message_attempts (tenant_id, run_id, seq, at, provider, outcome, error)
                SELECT $1, $2, m.seq, $3, m.provider, m.outcome, m.error FROM {rows $4: seq bigint, provider text, outcome text, error text} AS m WHERE true";
    // message_attempts_message. Nobody answers for what was in flight when a node stopped.
    DOUBTS = "SELECT r.seq, CAST(r.variant_no AS BIGINT) AS variant_no, CAST(r.attempts AS BIGINT) AS attempts, MAX(c.channel) AS channel, MAX(a.provider) <> '' AS was_handed_over
              FROM message_attempts a JOIN run_recipients r ON r.run_id = a.run_id AND r.seq = a.seq LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
              WHERE a.tenant_id = $1 AND a.run_id = $2 AND a.seq IN (SELECT id FROM {ids $3} AS i) AND a.outcome = 'unknown' GROUP BY r.seq, r.variant_no, r.attempts";
    // The same of what waits. The queue is gone through by its key, and the tries of each looked up.
    DOUBTS_WAITING = "SELECT r.seq, CAST(r.variant_no AS BIGINT) AS variant_no, CAST(r.attempts AS BIGINT) AS attempts, MAX(c.channel) AS channel, MAX(a.provider) <> '' AS was_handed_over
              FROM deferred_messages d JOIN message_attempts a ON a.run_id = d.run_id AND a.seq = d.seq AND a.outcome = 'unknown'
              JOIN run_recipients r ON r.run_id = d.run_id AND r.seq = d.seq AND r.status = 0 LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
              WHERE d.tenant_id = $1 AND d.run_id = $2 AND d.lease_id IS NULL AND d.seq > $3 GROUP BY r.seq, r.variant_no, r.attempts ORDER BY r.seq LIMIT $4";
    // message_attempts_age; all workspaces
    FORGET = "DELETE FROM message_attempts WHERE id IN (SELECT id FROM message_attempts WHERE at < $1 ORDER BY at LIMIT $2)";
    MINUTE = "INSERT INTO run_minutes (run_id, minute_at, tenant_id, sent, failed) VALUES ($1, $2, $3, $4, $5)
              ON CONFLICT (run_id, minute_at) DO UPDATE SET sent = run_minutes.sent + excluded.sent, failed = run_minutes.failed + excluded.failed";
    DOMAINS = "INSERT INTO run_domains (run_id, domain, tenant_id, sent, failed)
               SELECT $1, m.domain, $2, m.sent, m.failed FROM {rows $3: domain text, sent bigint, failed bigint} AS m WHERE true
               ON CONFLICT (run_id, domain) DO UPDATE SET sent = run_domains.sent + excluded.sent, failed = run_domains.failed + excluded.failed";
    SUPPRESS = "INSERT INTO suppressions (tenant_id, channel, address, reason, source, customer_id, created_at)
                SELECT $1, m.channel, m.address, 'hard_bounce', $2, m.customer_id, $3 FROM {rows $4: channel text, address text, customer_id bigint} AS m WHERE true
                ON CONFLICT (tenant_id, channel, address) DO NOTHING";
}

/// A custom attribute of a recipient.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AttributeRow {
    pub customer_id: i64,
    pub name: String,
    pub value_type: String,
    pub text_value: Option<String>,
    pub int_value: Option<i64>,
}

/// A redemption code of an offer, for everybody or for one customer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CodeRow {
    pub offer_id: uuid::Uuid,
    pub customer_id: Option<i64>,
    pub code: String,
}

/// What became of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Mark {
    pub seq: i64,
    /// [`muster_domain::recipient::RecipientStatus::code`]; 0 when it goes back to wait.
    pub status: i16,
    pub attempts: i64,
    pub content_no: Option<i64>,
    pub choice: Option<i16>,
    pub sent_at: Option<Millis>,
    pub delivered_at: Option<Millis>,
    pub failed_at: Option<Millis>,
    pub reason: Option<String>,
    pub provider_message_id: Option<String>,
}

/// A try that was not accepted, or is not known to have been.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    pub seq: i64,
    /// Empty where nobody knows it any more.
    pub provider: String,
    /// `retry`, `reject` or `unknown`.
    pub outcome: &'static str,
    pub error: String,
}

/// A message that may have arrived at an earlier try.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DoubtRow {
    pub seq: i64,
    pub variant_no: i64,
    pub attempts: i64,
    pub channel: Option<String>,
    /// Its provider was asked and did not answer; otherwise it was in flight when its node stopped.
    pub was_handed_over: bool,
}

/// Counters of one domain to add.
#[derive(Debug, Clone, Serialize)]
pub struct DomainCount {
    pub domain: String,
    pub sent: i64,
    pub failed: i64,
}

/// An address that does not exist.
#[derive(Debug, Clone, Serialize)]
pub struct DeadAddress {
    pub channel: Channel,
    pub address: String,
    pub customer_id: i64,
}

/// Custom attributes of customers.
pub async fn attributes(tx: &mut Tx, ws: WorkspaceId, customers: &[i64]) -> Result<Vec<AttributeRow>> {
    fetch_all!(AttributeRow; tx, ATTRIBUTES, ws.0, crate::sql::json_rows(customers))
}

/// Redemption codes of offers, shared ones and those of the customers given.
pub async fn codes(tx: &mut Tx, ws: WorkspaceId, offers: &[uuid::Uuid], customers: &[i64]) -> Result<Vec<CodeRow>> {
    fetch_all!(CodeRow; tx, CODES, ws.0, crate::sql::json_rows(offers), crate::sql::json_rows(customers))
}

/// How many messages each customer got by a channel after a moment; customers with none are left out.
pub async fn recent(
    tx: &mut Tx,
    ws: WorkspaceId,
    customers: &[i64],
    channel: Channel,
    after: Millis,
) -> Result<Vec<(i64, i64)>> {
    fetch_all!((i64, i64); tx, RECENT, ws.0, crate::sql::json_rows(customers), after, channel.as_str())
}

/// Writes outcomes over rows that are in `expected` status (0 pending, or 10 when a node presumed dead comes back with
/// the truth); gives the numbers of the rows that were.
pub async fn mark(tx: &mut Tx, ws: WorkspaceId, run: i64, marks: &[Mark], expected: i64) -> Result<Vec<i64>> {
    let mut same: HashMap<Mark, Vec<i64>> = HashMap::new();
    let mut single = Vec::new();
    for mark in marks {
        if mark.reason.is_none() && mark.provider_message_id.is_none() {
            same.entry(Mark { seq: 0, ..mark.clone() }).or_default().push(mark.seq);
        } else {
            single.push(mark);
        }
    }
    let mut changed = Vec::with_capacity(marks.len());
    for (m, mut seqs) in same {
        if expected != 0 {
            // After a rescue, or for the second time: not all of them need be as they were left.
            let rows = fetch_all!((i64,); tx, IN_STATUS, ws.0, run, crate::sql::json_rows(&seqs), expected)?;
            seqs = rows.into_iter().map(|r| r.0).collect();
        }
        seqs.sort_unstable();
        let (Some(first), Some(last)) = (seqs.first().copied(), seqs.last().copied()) else { continue };
        let (status, choice) = (i64::from(m.status), m.choice.map(i64::from));
        let (attempts, content_no, sent_at) = (m.attempts, m.content_no, m.sent_at);
        let (delivered_at, failed_at) = (m.delivered_at, m.failed_at);
        let has_no_gap = usize::try_from(last - first + 1) == Ok(seqs.len());
        let rows = if has_no_gap {
            exec!(
                tx,
                MARK_RANGE,
                ws.0,
                run,
                first,
                last,
                expected,
                status,
                attempts,
                content_no,
                choice,
                sent_at,
                delivered_at,
                failed_at
            )?
        } else {
            let list = crate::sql::json_rows(&seqs);
            exec!(
                tx,
                MARK_SAME,
                ws.0,
                run,
                list,
                expected,
                status,
                attempts,
                content_no,
                choice,
                sent_at,
                delivered_at,
                failed_at,
                first,
                last
            )?
        };
        if usize::try_from(rows) != Ok(seqs.len()) {
            // Some are gone since they were leased, with their customer.
            let rows = fetch_all!((i64,); tx, IN_STATUS, ws.0, run, crate::sql::json_rows(&seqs), i64::from(m.status))?;
            seqs = rows.into_iter().map(|r| r.0).collect();
        }
        changed.append(&mut seqs);
    }
    if !single.is_empty() {
        let rows = fetch_all!((i64,); tx, MARK, ws.0, run, crate::sql::json_rows(&single), expected)?;
        changed.extend(rows.into_iter().map(|r| r.0));
    }
    Ok(changed)
}

/// Keeps tries that were not accepted.
pub async fn attempts(tx: &mut Tx, ws: WorkspaceId, run: i64, at: Millis, rows: &[Attempt]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    exec!(tx, ATTEMPTS, ws.0, run, at, crate::sql::json_rows(rows)).map(drop)
}

/// Those of these messages that were in doubt after a try.
pub async fn doubts(tx: &mut Tx, ws: WorkspaceId, run: i64, seqs: &[i64]) -> Result<Vec<DoubtRow>> {
    fetch_all!(DoubtRow; tx, DOUBTS, ws.0, run, crate::sql::json_rows(seqs))
}

/// Messages that wait, in no node's hands, and were in doubt after a try: the first `limit` after number `after`.
pub async fn doubts_waiting(tx: &mut Tx, ws: WorkspaceId, run: i64, after: i64, limit: i64) -> Result<Vec<DoubtRow>> {
    fetch_all!(DoubtRow; tx, DOUBTS_WAITING, ws.0, run, after, limit)
}

/// Removes the oldest of the tries before a moment, in all workspaces, at most `limit`; gives how many.
pub async fn forget_attempts(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64> {
    exec!(tx, FORGET, before, limit)
}

/// Adds to the chart and to the domains.
pub async fn count(
    tx: &mut Tx,
    ws: WorkspaceId,
    run: i64,
    minute_at: Millis,
    sent: i64,
    failed: i64,
    domains: &[DomainCount],
) -> Result<()> {
    if sent + failed > 0 {
        exec!(tx, MINUTE, run, minute_at, ws.0, sent, failed)?;
    }
    if !domains.is_empty() {
        exec!(tx, DOMAINS, run, ws.0, crate::sql::json_rows(domains))?;
    }
    Ok(())
}

/// Suppresses addresses that a provider said do not exist.
pub async fn suppress(tx: &mut Tx, ws: WorkspaceId, source: &str, now: Millis, rows: &[DeadAddress]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    exec!(tx, SUPPRESS, ws.0, source, now, crate::sql::json_rows(rows)).map(drop)
}
