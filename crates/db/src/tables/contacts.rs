//! `customers` as tracking, replies and redemptions see them: found by address, credited, taken off.

use muster_domain::clock::Millis;
use muster_domain::money::E4;
use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    GET = "SELECT id, first_name, last_name, email, phone, city, tier, preferred_language, preferred_channel, timezone, account_balance_e4, currency, is_active, opted_out
           FROM customers WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL";
    // customers_email
    BY_EMAIL = "SELECT id, first_name, last_name, email, phone, city, tier, preferred_language, preferred_channel, timezone, account_balance_e4, currency, is_active, opted_out
           FROM customers WHERE tenant_id = $1 AND email = $2 AND erased_at IS NULL ORDER BY id LIMIT 1";
    // customers_phone
    BY_PHONE = "SELECT id, first_name, last_name, email, phone, city, tier, preferred_language, preferred_channel, timezone, account_balance_e4, currency, is_active, opted_out
           FROM customers WHERE tenant_id = $1 AND phone = $2 AND erased_at IS NULL ORDER BY id LIMIT 1";
    // Adds, so that two credits at once both count.
    CREDIT = "UPDATE customers SET account_balance_e4 = account_balance_e4 + $3, currency = COALESCE(currency, $4), updated_at = $5
              WHERE tenant_id = $1 AND id = $2 AND (currency IS NULL OR currency = $4) RETURNING account_balance_e4";
    SUPPRESS = "INSERT INTO suppressions (tenant_id, channel, address, reason, source, customer_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (tenant_id, channel, address) DO NOTHING";
    UNSUPPRESS = "DELETE FROM suppressions WHERE tenant_id = $1 AND channel = $2 AND address = $3 AND reason = 'unsubscribed'";
    SUPPRESSED_CHANNELS = "SELECT channel FROM suppressions WHERE tenant_id = $1 AND (channel = 'email' AND address = $2 OR channel IN ('sms', 'whatsapp') AND address = $3)";
    CONSENT = "INSERT INTO customer_consents (tenant_id, customer_id, channel, is_granted, source, at) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (customer_id, channel) DO UPDATE SET is_granted = excluded.is_granted, source = excluded.source, at = excluded.at";
    CONSENTS = "SELECT channel, is_granted FROM customer_consents WHERE tenant_id = $1 AND customer_id = $2";
    OPT_OUT = "UPDATE customers SET opted_out = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2 AND opted_out <> $3";
}

/// A customer as a contact.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ContactRow {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub preferred_language: Option<String>,
    pub preferred_channel: Option<String>,
    pub timezone: Option<String>,
    pub account_balance_e4: E4,
    pub currency: Option<String>,
    pub is_active: bool,
    pub opted_out: bool,
}

impl ContactRow {
    /// First and last name; the address when there is no name.
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name).trim().to_owned();
        if name.is_empty() { self.email.clone().or_else(|| self.phone.clone()).unwrap_or_default() } else { name }
    }

    /// The address on a channel.
    pub fn address(&self, channel: &str) -> Option<&str> {
        match channel {
            "email" => self.email.as_deref(),
            "sms" | "whatsapp" => self.phone.as_deref(),
            _ => None,
        }
    }
}

/// One customer.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<Option<ContactRow>> {
    fetch_optional!(ContactRow; tx, GET, ws.0, id)
}

/// The customer with an e-mail address (in lower case) or a phone number (E.164).
pub async fn by_address(tx: &mut Tx, ws: WorkspaceId, address: &str) -> Result<Option<ContactRow>> {
    if address.contains('@') {
        fetch_optional!(ContactRow; tx, BY_EMAIL, ws.0, address)
    } else {
        fetch_optional!(ContactRow; tx, BY_PHONE, ws.0, address)
    }
}

/// Adds to the balance; gives the new one, or none when the customer's account is in another currency.
pub async fn credit(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: i64,
    amount: E4,
    currency: &str,
    now: Millis,
) -> Result<Option<E4>> {
    Ok(fetch_optional!((i64,); tx, CREDIT, ws.0, id, amount, currency, now)?.map(|(balance,)| balance))
}

/// Puts an address on the suppression list; false when it is there already.
pub async fn suppress(tx: &mut Tx, ws: WorkspaceId, s: &NewSuppression<'_>) -> Result<bool> {
    Ok(exec!(tx, SUPPRESS, ws.0, s.channel, s.address, s.reason, s.source, s.customer_id, s.now)? == 1)
}

/// An address never to send to.
#[derive(Debug, Clone, Copy)]
pub struct NewSuppression<'a> {
    pub channel: &'a str,
    /// E-mail in lower case, or E.164.
    pub address: &'a str,
    /// `unsubscribed`, `hard_bounce`, `complaint`, `manual`.
    pub reason: &'a str,
    pub source: &'a str,
    pub customer_id: Option<i64>,
    pub now: Millis,
}

/// Takes an address off the list again, when its owner had put it there.
pub async fn unsuppress(tx: &mut Tx, ws: WorkspaceId, channel: &str, address: &str) -> Result<()> {
    exec!(tx, UNSUPPRESS, ws.0, channel, address)?;
    Ok(())
}

/// The channels on which one of the addresses is suppressed.
pub async fn suppressed_channels(tx: &mut Tx, ws: WorkspaceId, c: &ContactRow) -> Result<Vec<String>> {
    let rows = fetch_all!((String,); tx, SUPPRESSED_CHANNELS, ws.0, &c.email, &c.phone)?;
    Ok(rows.into_iter().map(|(channel,)| channel).collect())
}

/// Notes what a customer said about a channel.
pub async fn consent(
    tx: &mut Tx,
    ws: WorkspaceId,
    id: i64,
    channel: &str,
    is_granted: bool,
    source: &str,
    now: Millis,
) -> Result<()> {
    exec!(tx, CONSENT, ws.0, id, channel, is_granted, source, now)?;
    Ok(())
}

/// What a customer said about channels.
pub async fn consents(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<Vec<(String, bool)>> {
    fetch_all!((String, bool); tx, CONSENTS, ws.0, id)
}

/// Opts a customer out of everything, or in again.
pub async fn opt_out(tx: &mut Tx, ws: WorkspaceId, id: i64, opted_out: bool, now: Millis) -> Result<()> {
    exec!(tx, OPT_OUT, ws.0, id, opted_out, now)?;
    Ok(())
}
