//! `customer_consents`: what a customer said to each channel. No row: nothing was said.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    OF_CUSTOMER = "SELECT channel, is_granted, source, at FROM customer_consents WHERE tenant_id = $1 AND customer_id = $2 ORDER BY channel";
    PUT = "INSERT INTO customer_consents (tenant_id, customer_id, channel, is_granted, source, at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (customer_id, channel) DO UPDATE SET is_granted = excluded.is_granted, source = excluded.source, at = excluded.at";
    REMOVE = "DELETE FROM customer_consents WHERE tenant_id = $1 AND customer_id = $2 AND channel = $3";
}

/// What a customer said to a channel.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ConsentRow {
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub is_granted: bool,
    /// Where it was said: `manual`, `import`, `unsubscribe_link` …
    pub source: String,
    pub at: Millis,
}

/// What a customer said, by channel.
pub async fn of_customer(tx: &mut Tx, ws: WorkspaceId, customer: i64) -> Result<Vec<ConsentRow>> {
    fetch_all!(ConsentRow; tx, OF_CUSTOMER, ws.0, customer)
}

/// Notes what a customer says now.
pub async fn put(tx: &mut Tx, ws: WorkspaceId, customer: i64, consent: &ConsentRow) -> Result<()> {
    exec!(tx, PUT, ws.0, customer, consent.channel.as_str(), consent.is_granted, &consent.source, consent.at)?;
    Ok(())
}

/// Forgets what was said.
pub async fn remove(tx: &mut Tx, ws: WorkspaceId, customer: i64, channel: Channel) -> Result<()> {
    exec!(tx, REMOVE, ws.0, customer, channel.as_str())?;
    Ok(())
}
