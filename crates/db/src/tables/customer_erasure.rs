//! The right to be forgotten: the person goes, the counts stay.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;

use crate::{Result, Tx, sql};

sql! {
    CUSTOMER = "UPDATE customers SET external_id = NULL, first_name = '', last_name = '', email = NULL, phone = NULL, city = NULL, tier = NULL, client_type = NULL,
                  preferred_language = NULL, preferred_channel = NULL, preferred_product = NULL, timezone = NULL, account_balance_e4 = 0, currency = NULL,
                  registration_date = NULL, first_purchase_date = NULL, last_purchase_date = NULL, last_order_at = NULL, is_active = FALSE, opted_out = TRUE,
                  search_name = '', search_last_name = '', erased_at = $3, updated_at = $3
                WHERE tenant_id = $1 AND id = $2 AND erased_at IS NULL";
    ATTRIBUTES = "DELETE FROM customer_attributes WHERE tenant_id = $1 AND customer_id = $2";
    TOKENS = "DELETE FROM customer_push_tokens WHERE tenant_id = $1 AND customer_id = $2";
    CONSENTS = "DELETE FROM customer_consents WHERE tenant_id = $1 AND customer_id = $2";
    MEMBERSHIPS = "DELETE FROM segment_members WHERE tenant_id = $1 AND customer_id = $2";
    // The address itself stays suppressed: who asked not to be written to must not be written to when a file brings the address back.
    SUPPRESSIONS = "UPDATE suppressions SET customer_id = NULL WHERE tenant_id = $1 AND customer_id = $2";
    // What providers said repeats addresses and names.
    REASONS = "UPDATE run_recipients SET reason = NULL WHERE tenant_id = $1 AND customer_id = $2 AND status IN (5, 6, 10)";
    TRIES = "UPDATE message_attempts SET error = '' WHERE tenant_id = $1 AND run_id IN (SELECT r.run_id FROM run_recipients r WHERE r.customer_id = $2)
             AND EXISTS (SELECT 1 FROM run_recipients r WHERE r.customer_id = $2 AND r.run_id = message_attempts.run_id AND r.seq = message_attempts.seq)";
    // Nothing can be sent to them any more.
    LETTERS = "DELETE FROM dead_letters WHERE tenant_id = $1 AND run_id IN (SELECT r.run_id FROM run_recipients r WHERE r.customer_id = $2)
               AND EXISTS (SELECT 1 FROM run_recipients r WHERE r.customer_id = $2 AND r.run_id = dead_letters.run_id AND r.seq = dead_letters.seq)";
    EVENTS = "UPDATE message_events SET user_agent = NULL, data = NULL WHERE tenant_id = $1 AND customer_id = $2";
    REPLIES = "UPDATE campaign_responses SET from_address = '', subject = '', raw_body = '', body = '', summary = '' WHERE tenant_id = $1 AND customer_id = $2";
    CARD_ENTRIES = "UPDATE card_entries SET body = '', data = NULL WHERE tenant_id = $1 AND card_id IN (SELECT id FROM cards WHERE tenant_id = $1 AND contact_id = $2)";
    CARDS = "UPDATE cards SET title = 'Erased person', description = '', draft = '', version = version + 1, updated_at = $3 WHERE tenant_id = $1 AND contact_id = $2";
    ANSWERS = "UPDATE direct_messages SET recipient = '', subject = '', text_body = '', html_body = '' WHERE tenant_id = $1 AND customer_id = $2";
    // What was answered to whoever added or changed them is sealed, and kept for a day: nobody can tell whose it is.
    KEPT = "UPDATE idempotency_keys SET answer = NULL WHERE tenant_id = $1 AND answer IS NOT NULL";
    SANDBOX = "DELETE FROM sandbox_messages WHERE tenant_id = $1 AND customer_id = $2";
}

/// Erases what identifies a person, in every table. [`crate::DbError::Stale`] when the person is erased already.
pub async fn erase(tx: &mut Tx, ws: WorkspaceId, customer: i64, now: Millis) -> Result<()> {
    exec_one!("customer"; tx, CUSTOMER, ws.0, customer, now)?;
    exec!(tx, ATTRIBUTES, ws.0, customer)?;
    exec!(tx, TOKENS, ws.0, customer)?;
    exec!(tx, CONSENTS, ws.0, customer)?;
    exec!(tx, MEMBERSHIPS, ws.0, customer)?;
    exec!(tx, SUPPRESSIONS, ws.0, customer)?;
    super::snapshots::erase(tx, ws, customer).await?;
    exec!(tx, REASONS, ws.0, customer)?;
    exec!(tx, TRIES, ws.0, customer)?;
    exec!(tx, LETTERS, ws.0, customer)?;
    exec!(tx, EVENTS, ws.0, customer)?;
    exec!(tx, REPLIES, ws.0, customer)?;
    exec!(tx, CARD_ENTRIES, ws.0, customer)?;
    exec!(tx, CARDS, ws.0, customer, now)?;
    exec!(tx, ANSWERS, ws.0, customer)?;
    exec!(tx, SANDBOX, ws.0, customer)?;
    super::plan_machine::erase(tx, ws, customer, now).await?;
    exec!(tx, KEPT, ws.0)?;
    Ok(())
}
