//! How many of an audience a message could reach now: who has an address, and whose address may be used.

use muster_domain::channel::Channel;
use sqlx::AssertSqlSafe;

use super::audience::{Bind, CompiledAudience};
use super::run::with_binds;
use crate::tx::{Conn, within};
use crate::{Result, Tx};

/// An audience counted for a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Reach {
    pub members: i64,
    /// With an address of the channel, usable or not.
    pub addressed: i64,
    /// Neither suppressed nor without consent.
    pub sendable: i64,
}

/// Counts an audience for the channels that a campaign may use: one, or all that its offers have texts for.
pub async fn reach(tx: &mut Tx, audience: &CompiledAudience, channels: &[Channel]) -> Result<Reach> {
    let any =
        |conditions: Vec<String>| if conditions.is_empty() { String::from("1 = 0") } else { conditions.join(" OR ") };
    let addressed = any(channels.iter().map(|c| has_address(*c)).collect());
    let sendable = any(channels.iter().map(|c| format!("({} AND {})", has_address(*c), may_be_used(*c))).collect());
    let sql = format!(
        "SELECT COUNT(*) AS members, CAST(COALESCE(SUM(CASE WHEN {addressed} THEN 1 ELSE 0 END), 0) AS BIGINT) AS addressed, \
         CAST(COALESCE(SUM(CASE WHEN {sendable} THEN 1 ELSE 0 END), 0) AS BIGINT) AS sendable FROM customers k WHERE {}",
        audience.predicate(1)
    );
    let (binds, deadline) = (audience.binds(), tx.deadline);
    Ok(match &mut tx.conn {
        Conn::Sqlite(c) => with_binds!(sqlx::query_as(AssertSqlSafe(sql)), binds).fetch_one(&mut **c).await?,
        Conn::Pg(c) => {
            within(deadline, with_binds!(sqlx::query_as(AssertSqlSafe(sql)), binds).fetch_one(&mut **c)).await?
        }
    })
}

/// Whether a customer belongs to an audience.
pub async fn contains(tx: &mut Tx, audience: &CompiledAudience, customer: i64) -> Result<bool> {
    let sql = format!("SELECT COUNT(*) FROM customers k WHERE k.id = $1 AND {}", audience.predicate(2));
    let (first, binds, deadline) = ([Bind::Int(customer)], audience.binds(), tx.deadline);
    let count: i64 = match &mut tx.conn {
        Conn::Sqlite(c) => {
            with_binds!(sqlx::query_scalar(AssertSqlSafe(sql)), &first, binds).fetch_one(&mut **c).await?
        }
        Conn::Pg(c) => {
            within(deadline, with_binds!(sqlx::query_scalar(AssertSqlSafe(sql)), &first, binds).fetch_one(&mut **c))
                .await?
        }
    };
    Ok(count > 0)
}

fn has_address(channel: Channel) -> String {
    match channel {
        Channel::Email => String::from("k.email IS NOT NULL"),
        Channel::Sms | Channel::Whatsapp => String::from("k.phone IS NOT NULL"),
        Channel::Push => String::from("EXISTS (SELECT 1 FROM customer_push_tokens p WHERE p.customer_id = k.id)"),
    }
}

/// The words of the channel come from the enumeration, never from outside.
fn may_be_used(channel: Channel) -> String {
    let address = match channel {
        Channel::Email => "s.address = k.email",
        Channel::Sms | Channel::Whatsapp => "s.address = k.phone",
        Channel::Push => "s.address IN (SELECT p.token FROM customer_push_tokens p WHERE p.customer_id = k.id)",
    };
    format!(
        "NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.tenant_id = k.tenant_id AND s.channel = '{channel}' AND {address}) \
         AND NOT EXISTS (SELECT 1 FROM customer_consents n WHERE n.customer_id = k.id AND n.channel = '{channel}' AND NOT n.is_granted)"
    )
}
