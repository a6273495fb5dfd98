//! The recipients of a lease with their profile, consent and suppression, read at the moment of sending.
//!
//! A run asks only for what its channels and its texts need: this is the statement that reads a million customers.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use sqlx::AssertSqlSafe;

use crate::tables::leases::{Lease, LeaseKind};
use crate::tx::{Conn, within};
use crate::{Result, Tx};

/// What is read of each recipient, whatever is said to whom.
const ALWAYS: &str = "r.seq, r.customer_id, CAST(r.offer_no AS BIGINT) AS offer_no, CAST(r.variant_no AS BIGINT) AS variant_no, CAST(r.attempts AS BIGINT) AS attempts, \
    k.first_name, k.last_name, k.preferred_language, k.preferred_channel, k.timezone, k.is_active, k.opted_out, m.values_json AS snapshot";
/// Columns of customers that only some texts name.
const FIELDS: &[&str] = &[
    "external_id",
    "email",
    "phone",
    "city",
    "tier",
    "client_type",
    "preferred_product",
    "account_balance_e4",
    "currency",
    "registration_date",
    "first_purchase_date",
    "last_purchase_date",
    "last_order_at",
];
const CUSTOMER: &str =
    " JOIN customers k ON k.id = r.customer_id LEFT JOIN message_snapshots m ON m.run_id = r.run_id AND m.seq = r.seq";

/// Statements that read the recipients of a run.
#[derive(Debug, Clone)]
pub struct ProfileQuery {
    fresh: String,
    due: String,
}

impl ProfileQuery {
    /// What a run over some channels reads, with the customer's columns that its texts name.
    pub fn new(channels: &[Channel], wants: impl Fn(&str) -> bool) -> Self {
        let has = |channel| channels.contains(&channel);
        let by_phone = has(Channel::Sms) || has(Channel::Whatsapp);
        let mut columns = String::from(ALWAYS);
        for field in FIELDS {
            let is_address = (*field == "email" && has(Channel::Email)) || (*field == "phone" && by_phone);
            if is_address || wants(field) {
                columns.push_str(", k.");
                columns.push_str(field);
            }
        }
        for (channel, address) in [(Channel::Email, "email"), (Channel::Sms, "phone"), (Channel::Whatsapp, "phone")] {
            if has(channel) {
                columns.push_str(&format!(
                    ", (SELECT s.reason FROM suppressions s WHERE s.tenant_id = r.tenant_id AND s.channel = '{channel}' AND s.address = k.{address}) AS {channel}_suppressed"
                ));
            }
        }
        if has(Channel::Push) {
            columns.push_str(", (SELECT p.token FROM customer_push_tokens p WHERE p.customer_id = k.id ORDER BY p.created_at DESC, p.token LIMIT 1) AS push_token");
        }
        for channel in channels {
            columns.push_str(&format!(
                ", EXISTS (SELECT 1 FROM customer_consents c WHERE c.customer_id = k.id AND c.channel = '{channel}' AND NOT c.is_granted) AS {channel}_refused"
            ));
        }
        Self {
            fresh: format!(
                "SELECT {columns} FROM run_recipients r{CUSTOMER} WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.seq BETWEEN $3 AND $4 AND r.status = 0 ORDER BY r.seq"
            ),
            due: format!(
                "SELECT {columns}, d.cause AS waited_for, d.due_at FROM deferred_messages d JOIN run_recipients r ON r.run_id = d.run_id AND r.seq = d.seq{CUSTOMER} WHERE d.tenant_id = $1 AND d.run_id = $2 AND d.lease_id = $3 AND r.status = 0 ORDER BY r.seq"
            ),
        }
    }

    /// Everything there is, by every channel.
    pub fn everything() -> Self {
        Self::new(Channel::ALL, |_| true)
    }

    /// The recipients of a lease that are still to be sent, with their profiles as they are now.
    pub async fn read(&self, tx: &mut Tx, ws: WorkspaceId, lease: &Lease) -> Result<Vec<ProfileRow>> {
        let (text, binds) = match lease.kind {
            LeaseKind::Fresh { first, last } => (&self.fresh, vec![ws.0, lease.run_id, first, last]),
            LeaseKind::Due => (&self.due, vec![ws.0, lease.run_id, lease.id]),
        };
        macro_rules! rows {
            ($connection:expr) => {{
                let mut query = sqlx::query_as(AssertSqlSafe(text.clone()));
                for bind in binds {
                    query = query.bind(bind);
                }
                query.fetch_all($connection)
            }};
        }
        Ok(match &mut tx.conn {
            Conn::Sqlite(c) => rows!(&mut **c).await?,
            Conn::Pg(c) => within(tx.deadline, rows!(&mut **c)).await?,
        })
    }
}

/// A recipient with everything that deciding and rendering need.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct ProfileRow {
    pub seq: i64,
    pub customer_id: i64,
    pub offer_no: i64,
    pub variant_no: i64,
    pub attempts: i64,
    #[sqlx(default)]
    pub external_id: Option<String>,
    pub first_name: String,
    pub last_name: String,
    #[sqlx(default)]
    pub email: Option<String>,
    #[sqlx(default)]
    pub phone: Option<String>,
    #[sqlx(default)]
    pub city: Option<String>,
    #[sqlx(default)]
    pub tier: Option<String>,
    #[sqlx(default)]
    pub client_type: Option<String>,
    #[sqlx(default)]
    pub preferred_language: Option<String>,
    #[sqlx(default)]
    pub preferred_channel: Option<String>,
    #[sqlx(default)]
    pub preferred_product: Option<String>,
    #[sqlx(default)]
    pub timezone: Option<String>,
    #[sqlx(default)]
    pub account_balance_e4: i64,
    #[sqlx(default)]
    pub currency: Option<String>,
    #[sqlx(default)]
    pub registration_date: Option<Millis>,
    #[sqlx(default)]
    pub first_purchase_date: Option<Millis>,
    #[sqlx(default)]
    pub last_purchase_date: Option<Millis>,
    #[sqlx(default)]
    pub last_order_at: Option<Millis>,
    pub is_active: bool,
    pub opted_out: bool,
    #[sqlx(default)]
    pub push_token: Option<String>,
    /// Reason of the suppression, per channel.
    #[sqlx(default)]
    pub email_suppressed: Option<String>,
    #[sqlx(default)]
    pub sms_suppressed: Option<String>,
    #[sqlx(default)]
    pub whatsapp_suppressed: Option<String>,
    #[sqlx(default)]
    pub email_refused: bool,
    #[sqlx(default)]
    pub sms_refused: bool,
    #[sqlx(default)]
    pub whatsapp_refused: bool,
    #[sqlx(default)]
    pub push_refused: bool,
    /// Of a message that was due: what it waited for, and until when.
    #[sqlx(default)]
    pub waited_for: Option<String>,
    #[sqlx(default)]
    pub due_at: Option<Millis>,
    /// Values that were fixed when the message was queued.
    pub snapshot: Option<String>,
}
