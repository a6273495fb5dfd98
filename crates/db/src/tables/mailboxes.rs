//! `mailboxes`: where answers, bounces and complaints are read, and how far. Passwords are in `secrets`, under `mailbox:<id>`.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::{Result, Tx, sql};

macro_rules! columns {
    () => {
        "id, name, host, port, security, username, folder, root_certificate, may_be_private, is_active, reads_since, uid_validity, last_uid, tries, read_at, error, failing_since, failures, rests_until,
         replies, bounces, complaints, others, created_at, updated_at"
    };
}

sql! {
    // mailboxes_tenant
    LIST = concat!("SELECT ", columns!(), " FROM mailboxes WHERE tenant_id = $1 ORDER BY created_at, id LIMIT 100");
    GET = concat!("SELECT ", columns!(), " FROM mailboxes WHERE tenant_id = $1 AND id = $2");
    INSERT = "INSERT INTO mailboxes (id, tenant_id, name, host, port, security, username, folder, root_certificate, may_be_private, is_active, reads_since, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)";
    // what is read of now is told anew; where another folder is read, from its beginning
    UPDATE = "UPDATE mailboxes SET name = $3, host = $4, port = $5, security = $6, username = $7, folder = $8, root_certificate = $9, may_be_private = $10, is_active = $11, uid_validity = $12, last_uid = $13,
                     tries = 0, error = NULL, failing_since = NULL, failures = 0, rests_until = 0, updated_at = $14
              WHERE tenant_id = $1 AND id = $2 AND updated_at = $15";
    DELETE = "DELETE FROM mailboxes WHERE tenant_id = $1 AND id = $2";
    BEGIN = "UPDATE mailboxes SET uid_validity = $3, last_uid = 0, tries = 0 WHERE tenant_id = $1 AND id = $2 AND updated_at = $4 AND (uid_validity IS NULL OR uid_validity <> $3)";
    ADVANCE = "UPDATE mailboxes SET last_uid = $5, tries = 0, replies = replies + $6, bounces = bounces + $7, complaints = complaints + $8, others = others + $9
               WHERE tenant_id = $1 AND id = $2 AND uid_validity = $3 AND last_uid = $4";
    TRIED = "UPDATE mailboxes SET tries = tries + 1 WHERE tenant_id = $1 AND id = $2 AND uid_validity = $3 AND last_uid = $4";
    WAS_READ = "UPDATE mailboxes SET read_at = $4, error = NULL, failing_since = NULL, failures = 0, rests_until = 0 WHERE tenant_id = $1 AND id = $2 AND updated_at = $3";
    WAS_NOT = "UPDATE mailboxes SET error = $5, failing_since = COALESCE(failing_since, $4), failures = failures + 1, rests_until = $6 WHERE tenant_id = $1 AND id = $2 AND updated_at = $3";
}

/// A mailbox.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MailboxRow {
    pub id: Uuid,
    pub name: String,
    pub host: String,
    pub port: i64,
    /// `tls`, `starttls` or `none`.
    pub security: String,
    pub username: String,
    pub folder: String,
    /// PEM of a private authority; empty: none.
    pub root_certificate: String,
    /// Whether the server may be in a private network or on this machine.
    pub may_be_private: bool,
    pub is_active: bool,
    /// Mail that arrived before is left alone.
    pub reads_since: Millis,
    /// The numbering of the folder, once it was read.
    pub uid_validity: Option<i64>,
    /// The last number that was read of it.
    pub last_uid: i64,
    /// How often the mail after that could not be taken.
    pub tries: i64,
    /// When it was last read without a fault.
    pub read_at: Option<Millis>,
    pub error: Option<String>,
    pub failing_since: Option<Millis>,
    /// Times in a row that it could not be read.
    pub failures: i64,
    pub rests_until: Millis,
    pub replies: i64,
    pub bounces: i64,
    pub complaints: i64,
    pub others: i64,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// What one mail adds to the counters of its mailbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    pub replies: i64,
    pub bounces: i64,
    pub complaints: i64,
    pub others: i64,
}

/// The mailboxes of a workspace, the oldest first.
pub async fn list(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<MailboxRow>> {
    fetch_all!(MailboxRow; tx, LIST, ws.0)
}

/// One mailbox.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<MailboxRow>> {
    fetch_optional!(MailboxRow; tx, GET, ws.0, id)
}

/// Adds a mailbox that was not read yet.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, row: &MailboxRow) -> Result<()> {
    exec!(
        tx,
        INSERT,
        row.id,
        ws.0,
        &row.name,
        &row.host,
        row.port,
        &row.security,
        &row.username,
        &row.folder,
        &row.root_certificate,
        row.may_be_private,
        row.is_active,
        row.reads_since,
        row.created_at
    )
    .map(drop)
}

/// Writes what people say of a mailbox, and where reading goes on; it must not have changed since `seen_at`.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, row: &MailboxRow, seen_at: Millis) -> Result<()> {
    exec_one!("mailbox"; tx, UPDATE, ws.0, row.id, &row.name, &row.host, row.port, &row.security, &row.username, &row.folder, &row.root_certificate, row.may_be_private, row.is_active, row.uid_validity, row.last_uid, row.updated_at, seen_at)
}

/// Removes a mailbox, and what was noted of its mail.
pub async fn delete(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<()> {
    exec_one!("mailbox"; tx, DELETE, ws.0, id)
}

/// From now on the numbers of another numbering count, from the first.
pub async fn begin(tx: &mut Tx, ws: WorkspaceId, row: &MailboxRow, uid_validity: i64) -> Result<()> {
    exec_one!("mailbox"; tx, BEGIN, ws.0, row.id, uid_validity, row.updated_at)
}

/// Moves on from one number to another, unless somebody else did.
pub async fn advance(
    tx: &mut Tx,
    ws: WorkspaceId,
    (id, uid_validity): (Uuid, i64),
    (from, to): (i64, i64),
    taken: Taken,
) -> Result<()> {
    exec_one!("mailbox"; tx, ADVANCE, ws.0, id, uid_validity, from, to, taken.replies, taken.bounces, taken.complaints, taken.others)
}

/// Notes that the mail after this number could not be taken.
pub async fn tried(tx: &mut Tx, ws: WorkspaceId, (id, uid_validity): (Uuid, i64), last_uid: i64) -> Result<()> {
    exec_one!("mailbox"; tx, TRIED, ws.0, id, uid_validity, last_uid)
}

/// Notes that it was read to its end; false when it was changed meanwhile.
pub async fn was_read(tx: &mut Tx, ws: WorkspaceId, row: &MailboxRow, now: Millis) -> Result<bool> {
    Ok(exec!(tx, WAS_READ, ws.0, row.id, row.updated_at, now)? == 1)
}

/// Notes what stood in the way, and until when it rests; false when it was changed meanwhile.
pub async fn was_not_read(
    tx: &mut Tx,
    ws: WorkspaceId,
    row: &MailboxRow,
    error: &str,
    (now, rests_until): (Millis, Millis),
) -> Result<bool> {
    Ok(exec!(tx, WAS_NOT, ws.0, row.id, row.updated_at, now, error, rests_until)? == 1)
}
