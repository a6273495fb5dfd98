//! The recipients of a lease with their profile, consent and suppression, read at the moment of sending.
//!
//! A run asks only for what its channels and its texts need: this is the statement that reads a million customers.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::{Deserialize, Deserializer};
use sqlx::AssertSqlSafe;

use crate::tables::leases::{Lease, LeaseKind};
use crate::tx::{Conn, within};
use crate::{Result, Tx};

/// What is read of each recipient, whatever is said to whom: the expression and its name.
const ALWAYS: &[(&str, &str)] = &[
    ("r.seq", "seq"),
    ("r.customer_id", "customer_id"),
    ("CAST(r.offer_no AS BIGINT)", "offer_no"),
    ("CAST(r.variant_no AS BIGINT)", "variant_no"),
    ("CAST(r.attempts AS BIGINT)", "attempts"),
    ("k.first_name", "first_name"),
    ("k.last_name", "last_name"),
    ("k.preferred_language", "preferred_language"),
    ("k.preferred_channel", "preferred_channel"),
    ("k.timezone", "timezone"),
    ("k.is_active", "is_active"),
    ("k.opted_out", "opted_out"),
    ("m.values_json", "snapshot"),
];
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
    fresh: Statement,
    due: Statement,
}

/// The same on both engines, but that SQLite gives all rows as one text: it copies every value of a row apart otherwise, which
/// takes more than twice as long.
#[derive(Debug, Clone)]
struct Statement {
    sqlite: String,
    postgres: String,
}

impl Statement {
    fn new(columns: &[(String, String)], from: &str) -> Self {
        let pairs: Vec<_> = columns.iter().map(|(what, name)| format!("'{name}', {what}")).collect();
        let named: Vec<_> = columns.iter().map(|(what, name)| format!("{what} AS {name}")).collect();
        Self {
            sqlite: format!("SELECT json_group_array(json_object({})) {from}", pairs.join(", ")),
            postgres: format!("SELECT {} {from} ORDER BY r.seq", named.join(", ")),
        }
    }
}

impl ProfileQuery {
    /// What a run over some channels reads, with the customer's columns that its texts name.
    pub fn new(channels: &[Channel], wants: impl Fn(&str) -> bool) -> Self {
        let has = |channel| channels.contains(&channel);
        let by_phone = has(Channel::Sms) || has(Channel::Whatsapp);
        let mut columns: Vec<(String, String)> =
            ALWAYS.iter().map(|(what, name)| ((*what).to_owned(), (*name).to_owned())).collect();
        let mut add = |what: String, name: String| columns.push((what, name));
        for field in FIELDS {
            let is_address = (*field == "email" && has(Channel::Email)) || (*field == "phone" && by_phone);
            if is_address || wants(field) {
                add(format!("k.{field}"), (*field).to_owned());
            }
        }
        for (channel, address) in [(Channel::Email, "email"), (Channel::Sms, "phone"), (Channel::Whatsapp, "phone")] {
            if has(channel) {
                let what = format!(
                    "(SELECT s.reason FROM suppressions s WHERE s.tenant_id = r.tenant_id AND s.channel = '{channel}' AND s.address = k.{address})"
                );
                add(what, format!("{channel}_suppressed"));
            }
        }
        if has(Channel::Push) {
            let newest = "(SELECT p.token FROM customer_push_tokens p WHERE p.customer_id = k.id ORDER BY p.created_at DESC, p.token LIMIT 1)";
            add(newest.to_owned(), String::from("push_token"));
        }
        for channel in channels {
            let what = format!(
                "EXISTS (SELECT 1 FROM customer_consents c WHERE c.customer_id = k.id AND c.channel = '{channel}' AND NOT c.is_granted)"
            );
            add(what, format!("{channel}_refused"));
        }
        let fresh = format!(
            "FROM run_recipients r{CUSTOMER} WHERE r.tenant_id = $1 AND r.run_id = $2 AND r.seq BETWEEN $3 AND $4 AND r.status = 0"
        );
        let fresh = Statement::new(&columns, &fresh);
        columns.push((String::from("d.cause"), String::from("waited_for")));
        columns.push((String::from("d.due_at"), String::from("due_at")));
        let due = format!(
            "FROM deferred_messages d JOIN run_recipients r ON r.run_id = d.run_id AND r.seq = d.seq{CUSTOMER} WHERE d.tenant_id = $1 AND d.run_id = $2 AND d.lease_id = $3 AND r.status = 0"
        );
        Self { fresh, due: Statement::new(&columns, &due) }
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
        match &mut tx.conn {
            Conn::Sqlite(c) => {
                let mut query = sqlx::query_scalar::<_, String>(AssertSqlSafe(text.sqlite.clone()));
                for bind in binds {
                    query = query.bind(bind);
                }
                let all = query.fetch_one(&mut **c).await?;
                let mut rows: Vec<ProfileRow> =
                    serde_json::from_str(&all).map_err(|error| sqlx::Error::Decode(error.into()))?;
                rows.sort_unstable_by_key(|row| row.seq);
                Ok(rows)
            }
            Conn::Pg(c) => {
                let mut query = sqlx::query_as(AssertSqlSafe(text.postgres.clone()));
                for bind in binds {
                    query = query.bind(bind);
                }
                Ok(within(tx.deadline, query.fetch_all(&mut **c)).await?)
            }
        }
    }
}

/// A truth value as SQLite keeps it: a number.
fn flag<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<bool, D::Error> {
    Ok(i64::deserialize(value)? != 0)
}

/// A recipient with everything that deciding and rendering need.
#[derive(Debug, Clone, Default, sqlx::FromRow, Deserialize)]
#[serde(default)]
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
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    #[serde(deserialize_with = "flag")]
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
    #[serde(deserialize_with = "flag")]
    pub email_refused: bool,
    #[sqlx(default)]
    #[serde(deserialize_with = "flag")]
    pub sms_refused: bool,
    #[sqlx(default)]
    #[serde(deserialize_with = "flag")]
    pub whatsapp_refused: bool,
    #[sqlx(default)]
    #[serde(deserialize_with = "flag")]
    pub push_refused: bool,
    /// Of a message that was due: what it waited for, and until when.
    #[sqlx(default)]
    pub waited_for: Option<String>,
    #[sqlx(default)]
    pub due_at: Option<Millis>,
    /// Values that were fixed when the message was queued.
    pub snapshot: Option<String>,
}
