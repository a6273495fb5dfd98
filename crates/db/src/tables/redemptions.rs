//! `offer_redemptions`, `redemption_codes`, `reward_ledger`, `conversions`: what customers made of an offer.

use muster_domain::clock::Millis;
use muster_domain::money::E4;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    CODE = "SELECT c.code, c.customer_id, o.id AS offer_id, o.name AS offer_name, o.status, o.valid_from, o.valid_until, o.stranger_redemption
            FROM redemption_codes c JOIN offers o ON o.id = c.offer_id WHERE c.tenant_id = $1 AND c.code = $2";
    REWARDS = "SELECT w.id, w.name, w.type, w.value_e4, w.currency, w.product_id, p.name AS product_name, f.granted_on
               FROM offer_rewards f JOIN rewards w ON w.id = f.reward_id LEFT JOIN products p ON p.id = w.product_id
               WHERE f.tenant_id = $1 AND f.offer_id = $2 AND f.granted_on = $3 ORDER BY f.position";
    // run_recipients_customer: the newest message of the offer that reached the customer
    RECIPIENT = "SELECT r.run_id, r.seq, r.variant_no, r.status, n.campaign_id FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id
                 JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
                 WHERE r.tenant_id = $1 AND r.customer_id = $2 AND c.offer_id = $3 AND r.status IN (1, 2, 3, 4) ORDER BY r.run_id DESC, r.seq DESC LIMIT 1";
    INSERT = "INSERT INTO offer_redemptions (tenant_id, customer_id, offer_id, campaign_id, run_id, seq, code, value_e4, currency, redeemed_at, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant_id, code, customer_id) DO NOTHING RETURNING id";
    FIND = "SELECT d.id, d.customer_id, d.offer_id, d.campaign_id, d.run_id, d.seq, d.code, d.value_e4, d.currency, d.redeemed_at, o.name AS offer_name, k.first_name, k.last_name
            FROM offer_redemptions d JOIN offers o ON o.id = d.offer_id LEFT JOIN customers k ON k.id = d.customer_id WHERE d.tenant_id = $1 AND d.code = $2 AND d.customer_id = $3";
    // one message counts once, whatever it was redeemed with
    OF_MESSAGE = "SELECT COUNT(*) FROM offer_redemptions WHERE tenant_id = $1 AND run_id = $2 AND seq = $3";
    PAGE = "SELECT d.id, d.customer_id, d.offer_id, d.campaign_id, d.run_id, d.seq, d.code, d.value_e4, d.currency, d.redeemed_at, o.name AS offer_name, k.first_name, k.last_name
            FROM offer_redemptions d JOIN offers o ON o.id = d.offer_id LEFT JOIN customers k ON k.id = d.customer_id
            WHERE d.tenant_id = $1 AND (d.campaign_id = $2 OR $2 IS NULL) AND (d.customer_id = $3 OR $3 IS NULL) ORDER BY d.id DESC LIMIT $4 OFFSET $5";
    COUNT = "SELECT COUNT(*) FROM offer_redemptions WHERE tenant_id = $1 AND (campaign_id = $2 OR $2 IS NULL) AND (customer_id = $3 OR $3 IS NULL)";
    GRANT = "INSERT INTO reward_ledger (tenant_id, customer_id, reward_id, offer_id, campaign_id, redemption_id, kind, amount_e4, currency, detail, balance_after_e4, granted_at, grant_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, $11, $12) ON CONFLICT (tenant_id, grant_key) DO NOTHING RETURNING id";
    SET_BALANCE = "UPDATE reward_ledger SET balance_after_e4 = $3 WHERE tenant_id = $1 AND id = $2 AND balance_after_e4 IS NULL";
    LEDGER = "SELECT l.id, l.reward_id, w.name AS reward_name, l.kind, l.amount_e4, l.currency, l.detail, l.balance_after_e4, l.granted_at FROM reward_ledger l JOIN rewards w ON w.id = l.reward_id
              WHERE l.tenant_id = $1 AND l.customer_id = $2 AND (l.redemption_id = $3 OR $3 IS NULL) ORDER BY l.id DESC LIMIT 500";
    CONVERSION = "INSERT INTO conversions (tenant_id, customer_id, campaign_id, run_id, seq, kind, value_e4, currency, occurred_at, source, dedupe_key)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant_id, dedupe_key) DO NOTHING";
    TAKE_BACK = "DELETE FROM conversions WHERE tenant_id = $1 AND dedupe_key = $2";
    CONVERSION_OF = "SELECT run_id, seq, value_e4 FROM conversions WHERE tenant_id = $1 AND dedupe_key = $2";
}

/// A code and the offer it belongs to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CodeRow {
    pub code: String,
    /// None: shared by everybody.
    pub customer_id: Option<i64>,
    pub offer_id: Uuid,
    pub offer_name: String,
    pub status: String,
    pub valid_from: Option<Millis>,
    pub valid_until: Option<Millis>,
    /// `refuse` or `accept`.
    pub stranger_redemption: String,
}

/// A reward of an offer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OfferRewardRow {
    pub id: Uuid,
    pub name: String,
    /// `credit`, `discount_amount`, `discount_percent`, `bonus_product`, `points`.
    #[sqlx(rename = "type")]
    pub kind: String,
    pub value_e4: E4,
    pub currency: Option<String>,
    pub product_id: Option<Uuid>,
    pub product_name: Option<String>,
    pub granted_on: String,
}

/// The message through which an offer reached a customer.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct OfferMessageRow {
    pub run_id: i64,
    pub seq: i64,
    pub variant_no: i16,
    pub status: i16,
    pub campaign_id: Uuid,
}

/// A redemption to add.
#[derive(Debug, Clone)]
pub struct NewRedemption<'a> {
    pub customer_id: i64,
    pub offer_id: Uuid,
    pub message: Option<OfferMessageRow>,
    pub code: &'a str,
    pub value_e4: E4,
    pub currency: Option<&'a str>,
    pub redeemed_at: Millis,
    pub created_at: Millis,
}

/// A redemption.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RedemptionRow {
    pub id: i64,
    pub customer_id: i64,
    pub offer_id: Uuid,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    pub seq: Option<i64>,
    pub code: String,
    pub value_e4: E4,
    pub currency: Option<String>,
    pub redeemed_at: Millis,
    pub offer_name: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
}

/// A reward to write into the ledger.
#[derive(Debug, Clone)]
pub struct NewGrant<'a> {
    pub customer_id: i64,
    pub reward_id: Uuid,
    pub offer_id: Uuid,
    pub campaign_id: Option<Uuid>,
    pub redemption_id: Option<i64>,
    pub kind: &'a str,
    pub amount_e4: E4,
    pub currency: Option<&'a str>,
    pub detail: &'a str,
    pub granted_at: Millis,
    /// The same key is granted once.
    pub grant_key: &'a str,
}

/// What was granted.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LedgerRow {
    pub id: i64,
    pub reward_id: Uuid,
    pub reward_name: String,
    pub kind: String,
    pub amount_e4: E4,
    pub currency: Option<String>,
    pub detail: String,
    pub balance_after_e4: Option<E4>,
    pub granted_at: Millis,
}

/// A conversion to add.
#[derive(Debug, Clone)]
pub struct NewConversion<'a> {
    pub customer_id: i64,
    pub campaign_id: Option<Uuid>,
    pub run_id: Option<i64>,
    pub seq: Option<i64>,
    pub kind: &'a str,
    pub value_e4: E4,
    pub currency: Option<&'a str>,
    pub occurred_at: Millis,
    pub source: &'a str,
    pub dedupe_key: &'a str,
}

/// The code (upper case) and its offer.
pub async fn code(tx: &mut Tx, ws: WorkspaceId, code: &str) -> Result<Option<CodeRow>> {
    fetch_optional!(CodeRow; tx, CODE, ws.0, code)
}

/// What an offer grants for `clicked`, `redeemed` or `purchased`.
pub async fn rewards(tx: &mut Tx, ws: WorkspaceId, offer_id: Uuid, granted_on: &str) -> Result<Vec<OfferRewardRow>> {
    fetch_all!(OfferRewardRow; tx, REWARDS, ws.0, offer_id, granted_on)
}

/// The newest message through which the offer reached the customer.
pub async fn message_of(
    tx: &mut Tx,
    ws: WorkspaceId,
    customer_id: i64,
    offer_id: Uuid,
) -> Result<Option<OfferMessageRow>> {
    fetch_optional!(OfferMessageRow; tx, RECIPIENT, ws.0, customer_id, offer_id)
}

/// Adds a redemption; none when this customer redeemed the code before.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, r: &NewRedemption<'_>) -> Result<Option<i64>> {
    let (campaign, run, seq) =
        (r.message.map(|m| m.campaign_id), r.message.map(|m| m.run_id), r.message.map(|m| m.seq));
    let row = fetch_optional!(
        (i64,); tx, INSERT, ws.0, r.customer_id, r.offer_id, campaign, run, seq, r.code, r.value_e4, r.currency, r.redeemed_at, r.created_at
    )?;
    Ok(row.map(|(id,)| id))
}

/// The redemption of a code by a customer.
pub async fn find(tx: &mut Tx, ws: WorkspaceId, code: &str, customer_id: i64) -> Result<Option<RedemptionRow>> {
    fetch_optional!(RedemptionRow; tx, FIND, ws.0, code, customer_id)
}

/// How often a message was redeemed.
pub async fn of_message(tx: &mut Tx, ws: WorkspaceId, run_id: i64, seq: i64) -> Result<i64> {
    scalar!(i64; tx, OF_MESSAGE, ws.0, run_id, seq)
}

/// One page of redemptions, newest first, and how many there are.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign_id: Option<Uuid>,
    customer_id: Option<i64>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<RedemptionRow>, i64)> {
    let rows = fetch_all!(RedemptionRow; tx, PAGE, ws.0, campaign_id, customer_id, limit, offset)?;
    Ok((rows, scalar!(i64; tx, COUNT, ws.0, campaign_id, customer_id)?))
}

/// Writes a grant; none when it was granted before.
pub async fn grant(tx: &mut Tx, ws: WorkspaceId, g: &NewGrant<'_>) -> Result<Option<i64>> {
    let row = fetch_optional!(
        (i64,); tx, GRANT, ws.0, g.customer_id, g.reward_id, g.offer_id, g.campaign_id, g.redemption_id, g.kind, g.amount_e4, g.currency,
        g.detail, g.granted_at, g.grant_key
    )?;
    Ok(row.map(|(id,)| id))
}

/// Notes the balance after a credit.
pub async fn set_balance(tx: &mut Tx, ws: WorkspaceId, grant_id: i64, balance: E4) -> Result<()> {
    exec_one!("grant"; tx, SET_BALANCE, ws.0, grant_id, balance)
}

/// What a customer was granted, newest first; for one redemption when it is given.
pub async fn ledger(
    tx: &mut Tx,
    ws: WorkspaceId,
    customer_id: i64,
    redemption_id: Option<i64>,
) -> Result<Vec<LedgerRow>> {
    fetch_all!(LedgerRow; tx, LEDGER, ws.0, customer_id, redemption_id)
}

/// Adds a conversion; false when its key is known.
pub async fn convert(tx: &mut Tx, ws: WorkspaceId, c: &NewConversion<'_>) -> Result<bool> {
    let added = exec!(
        tx,
        CONVERSION,
        ws.0,
        c.customer_id,
        c.campaign_id,
        c.run_id,
        c.seq,
        c.kind,
        c.value_e4,
        c.currency,
        c.occurred_at,
        c.source,
        c.dedupe_key
    )?;
    Ok(added == 1)
}

/// Takes a conversion back (a card was reopened); gives the message and the value it counted for.
pub async fn take_back(tx: &mut Tx, ws: WorkspaceId, key: &str) -> Result<Option<(Option<i64>, Option<i64>, E4)>> {
    let found = fetch_optional!((Option<i64>, Option<i64>, i64); tx, CONVERSION_OF, ws.0, key)?;
    exec!(tx, TAKE_BACK, ws.0, key)?;
    Ok(found)
}
