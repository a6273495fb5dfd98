//! `mailbox_messages`: each mail that was read, so that none is read twice.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    // the primary key, or mailbox_messages_name: the same mail in another mailbox, or under another number
    IS_KNOWN = "SELECT COUNT(*) FROM mailbox_messages WHERE tenant_id = $1 AND ((mailbox_id = $2 AND uid_validity = $3 AND uid = $4) OR name = $5)";
    INSERT = "INSERT INTO mailbox_messages (mailbox_id, uid_validity, uid, tenant_id, name, outcome, reason, response_id, read_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    // mailbox_messages_age
    FORGET = "DELETE FROM mailbox_messages WHERE (mailbox_id, uid_validity, uid) IN (SELECT mailbox_id, uid_validity, uid FROM mailbox_messages WHERE read_at <= $1 ORDER BY read_at LIMIT $2)";
}

/// A mail by its place and by its name.
#[derive(Debug, Clone, Copy)]
pub struct MailKey<'a> {
    pub mailbox: Uuid,
    pub uid_validity: i64,
    pub uid: i64,
    /// A hash of what it calls itself.
    pub name: &'a str,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy)]
pub struct NewMail<'a> {
    /// `reply`, `bounce`, `complaint`, `nothing` or `failed`.
    pub outcome: &'a str,
    pub reason: Option<&'a str>,
    pub response_id: Option<Uuid>,
    pub now: Millis,
}

/// Whether a mail was read already, here or under another number.
pub async fn is_known(tx: &mut Tx, ws: WorkspaceId, key: MailKey<'_>) -> Result<bool> {
    Ok(scalar!(i64; tx, IS_KNOWN, ws.0, key.mailbox, key.uid_validity, key.uid, key.name)? > 0)
}

/// Notes a mail.
///
/// # Errors
/// [`crate::DbError::Duplicate`] when it is known.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, key: MailKey<'_>, mail: NewMail<'_>) -> Result<()> {
    exec!(
        tx,
        INSERT,
        key.mailbox,
        key.uid_validity,
        key.uid,
        ws.0,
        key.name,
        mail.outcome,
        mail.reason,
        mail.response_id,
        mail.now
    )
    .map(drop)
}

/// Forgets what was read until a moment, at most so many.
pub async fn forget(tx: &mut Tx, until: Millis, limit: i64) -> Result<u64> {
    exec!(tx, FORGET, until, limit)
}
