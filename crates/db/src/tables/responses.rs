//! `campaign_responses`: what customers wrote back, and `classifier_examples`: what people corrected.

use muster_domain::clock::Millis;
use muster_domain::reply::{Disposition, Sentiment};
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

/// The reply itself and how far the second sending is that it asked for; `r` and `a` in the statements.
macro_rules! columns {
    () => {
        "r.id, r.campaign_id, r.run_id, r.seq, r.customer_id, r.channel, r.from_address, r.subject, r.raw_body, r.body, r.in_reply_to, r.message_id, r.disposition, r.predicted_disposition,
         r.corrected_by, r.sentiment, r.confidence, r.summary, r.retry_after, r.received_at, a.status AS retry_status, a.due_at AS retry_at, a.reason AS retry_dropped, a.again_seq"
    };
}
macro_rules! retries {
    () => {
        "LEFT JOIN absence_retries a ON a.run_id = r.run_id AND a.seq = r.seq AND a.response_id = r.id"
    };
}
macro_rules! card {
    () => {
        "(SELECT c.id FROM cards c WHERE c.tenant_id = r.tenant_id AND c.campaign_response_id = r.id LIMIT 1) AS card_id"
    };
}

sql! {
    INSERT = "INSERT INTO campaign_responses (id, tenant_id, campaign_id, run_id, seq, customer_id, channel, from_address, subject, raw_body, body, in_reply_to, message_id,
                  disposition, predicted_disposition, sentiment, confidence, summary, retry_after, received_at, created_at, dedupe_key)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16, $17, $18, $19, $20, $21)";
    GET = concat!("SELECT ", columns!(), ", k.first_name, k.last_name, ", card!(),
           " FROM campaign_responses r LEFT JOIN customers k ON k.id = r.customer_id ", retries!(), " WHERE r.tenant_id = $1 AND r.id = $2");
    BY_KEY = "SELECT id FROM campaign_responses WHERE tenant_id = $1 AND dedupe_key = $2";
    // campaign_responses_campaign
    PAGE = concat!("SELECT ", columns!(), ", k.first_name, k.last_name, ", card!(),
            " FROM campaign_responses r LEFT JOIN customers k ON k.id = r.customer_id ", retries!(),
            " WHERE r.tenant_id = $1 AND (r.campaign_id = $2 OR $2 IS NULL) AND ($3 = '' OR r.disposition = $3) ORDER BY r.id DESC LIMIT $4 OFFSET $5");
    COUNTS = "SELECT disposition, COUNT(*) AS replies FROM campaign_responses WHERE tenant_id = $1 AND (campaign_id = $2 OR $2 IS NULL) GROUP BY disposition";
    // campaign_responses_customer: what one customer wrote, for the thread of a card
    OF_CUSTOMER = concat!("SELECT ", columns!(), ", NULL AS first_name, NULL AS last_name, NULL AS card_id FROM campaign_responses r ", retries!(),
            " WHERE r.tenant_id = $1 AND r.customer_id = $2 AND (r.campaign_id = $3 OR $3 IS NULL) ORDER BY r.id DESC LIMIT 50");
    RETRY_AFTER = "UPDATE campaign_responses SET retry_after = $3 WHERE tenant_id = $1 AND id = $2";
    CORRECT = "UPDATE campaign_responses SET disposition = $3, corrected_by = $4 WHERE tenant_id = $1 AND id = $2 AND disposition = $5";
    ADD_EXAMPLE = "INSERT INTO classifier_examples (tenant_id, body, disposition, created_by, created_at) VALUES ($1, $2, $3, $4, $5)";
    // classifier_examples_tenant
    EXAMPLES = "SELECT body, disposition FROM classifier_examples WHERE tenant_id = $1 ORDER BY id DESC LIMIT $2";
    NEWEST_EXAMPLE = "SELECT COALESCE(MAX(id), 0) FROM classifier_examples WHERE tenant_id = $1";
}

/// A reply to add.
#[derive(Debug, Clone)]
pub struct NewResponse<'a> {
    pub id: Uuid,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    pub seq: Option<i64>,
    pub customer_id: Option<i64>,
    pub channel: &'a str,
    pub from_address: &'a str,
    pub subject: &'a str,
    pub raw_body: &'a str,
    pub body: &'a str,
    pub in_reply_to: Option<&'a str>,
    pub message_id: Option<&'a str>,
    pub disposition: Disposition,
    pub sentiment: Sentiment,
    /// In hundredths.
    pub confidence: i64,
    pub summary: &'a str,
    pub retry_after: Option<Millis>,
    pub received_at: Millis,
    pub created_at: Millis,
    pub dedupe_key: Option<&'a str>,
}

/// A reply.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ResponseRow {
    pub id: Uuid,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    pub seq: Option<i64>,
    pub customer_id: Option<i64>,
    pub channel: String,
    pub from_address: String,
    pub subject: String,
    pub raw_body: String,
    pub body: String,
    pub in_reply_to: Option<String>,
    pub message_id: Option<String>,
    #[sqlx(try_from = "String")]
    pub disposition: Disposition,
    #[sqlx(try_from = "String")]
    pub predicted_disposition: Disposition,
    pub corrected_by: Option<Uuid>,
    #[sqlx(try_from = "String")]
    pub sentiment: Sentiment,
    /// In hundredths.
    pub confidence: i64,
    pub summary: String,
    /// When the writer of an absence can be written to again.
    pub retry_after: Option<Millis>,
    pub received_at: Millis,
    /// The words of [`muster_domain::reply::absence::RetryStatus`]; none when nothing goes again.
    pub retry_status: Option<String>,
    pub retry_at: Option<Millis>,
    /// The words of [`muster_domain::reply::absence::RetryDropped`].
    pub retry_dropped: Option<String>,
    /// The number of the message that went again, in the same run.
    pub again_seq: Option<i64>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub card_id: Option<Uuid>,
}

/// How many replies of a class there are.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DispositionCount {
    #[sqlx(try_from = "String")]
    pub disposition: Disposition,
    pub replies: i64,
}

/// A class that a person set right.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ExampleRow {
    pub body: String,
    #[sqlx(try_from = "String")]
    pub disposition: Disposition,
}

/// Adds a reply. [`crate::DbError::Duplicate`] when its key is known.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, r: &NewResponse<'_>) -> Result<()> {
    exec!(
        tx,
        INSERT,
        r.id,
        ws.0,
        r.campaign_id,
        r.run_id,
        r.seq,
        r.customer_id,
        r.channel,
        r.from_address,
        r.subject,
        r.raw_body,
        r.body,
        r.in_reply_to,
        r.message_id,
        r.disposition.as_str(),
        r.sentiment.as_str(),
        r.confidence,
        r.summary,
        r.retry_after,
        r.received_at,
        r.created_at,
        r.dedupe_key
    )?;
    Ok(())
}

/// One reply.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<ResponseRow>> {
    fetch_optional!(ResponseRow; tx, GET, ws.0, id)
}

/// The reply that came with that key.
pub async fn by_key(tx: &mut Tx, ws: WorkspaceId, key: &str) -> Result<Option<Uuid>> {
    Ok(fetch_optional!((Uuid,); tx, BY_KEY, ws.0, key)?.map(|(id,)| id))
}

/// Replies, newest first; of one campaign and one class when they are given (an empty class means any).
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign_id: Option<Uuid>,
    disposition: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<ResponseRow>> {
    fetch_all!(ResponseRow; tx, PAGE, ws.0, campaign_id, disposition, limit, offset)
}

/// How many replies of each class there are.
pub async fn counts(tx: &mut Tx, ws: WorkspaceId, campaign_id: Option<Uuid>) -> Result<Vec<DispositionCount>> {
    fetch_all!(DispositionCount; tx, COUNTS, ws.0, campaign_id)
}

/// The newest 50 replies of a customer, newest first.
pub async fn of_customer(
    tx: &mut Tx,
    ws: WorkspaceId,
    customer_id: i64,
    campaign_id: Option<Uuid>,
) -> Result<Vec<ResponseRow>> {
    fetch_all!(ResponseRow; tx, OF_CUSTOMER, ws.0, customer_id, campaign_id)
}

/// Notes when the writer of an absence can be written to again.
pub async fn set_retry_after(tx: &mut Tx, ws: WorkspaceId, id: Uuid, at: Option<Millis>) -> Result<()> {
    exec_one!("reply"; tx, RETRY_AFTER, ws.0, id, at)
}

/// Sets the class right; names the class that the person saw.
pub async fn correct(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: Uuid,
    to: Disposition,
    by: Option<Uuid>,
    seen: Disposition,
) -> Result<()> {
    exec_one!("reply"; tx, CORRECT, ws.0, id, to.as_str(), by, seen.as_str())
}

/// Keeps a corrected text to learn from.
pub async fn add_example(
    tx: &mut Tx,
    ws: WorkspaceId,
    body: &str,
    disposition: Disposition,
    by: Option<Uuid>,
    now: Millis,
) -> Result<()> {
    exec!(tx, ADD_EXAMPLE, ws.0, body, disposition.as_str(), by, now)?;
    Ok(())
}

/// The newest corrected texts.
pub async fn examples(tx: &mut Tx, ws: WorkspaceId, limit: i64) -> Result<Vec<ExampleRow>> {
    fetch_all!(ExampleRow; tx, EXAMPLES, ws.0, limit)
}

/// The id of the newest corrected text; 0 when there is none. Tells whether a classifier in memory is stale.
pub async fn newest_example(tx: &mut Tx, ws: WorkspaceId) -> Result<i64> {
    scalar!(i64; tx, NEWEST_EXAMPLE, ws.0)
}
