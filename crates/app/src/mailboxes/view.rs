//! A mailbox as the settings show it: never with its password.

use muster_db::mailboxes::MailboxRow;
use muster_domain::clock::Millis;
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use uuid::Uuid;

/// A mailbox.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailboxView {
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
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub reads_since: Millis,
    /// When it was last read without a fault.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub read_at: Option<Millis>,
    /// What stood in the way last time.
    pub error: Option<String>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub failing_since: Option<Millis>,
    /// Mails that were read of it, by what they were.
    pub replies: i64,
    pub bounces: i64,
    pub complaints: i64,
    pub others: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub created_at: Millis,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub updated_at: Millis,
}

impl From<MailboxRow> for MailboxView {
    fn from(row: MailboxRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            host: row.host,
            port: row.port,
            security: row.security,
            username: row.username,
            folder: row.folder,
            root_certificate: row.root_certificate,
            may_be_private: row.may_be_private,
            is_active: row.is_active,
            reads_since: row.reads_since,
            read_at: row.read_at,
            error: row.error,
            failing_since: row.failing_since,
            replies: row.replies,
            bounces: row.bounces,
            complaints: row.complaints,
            others: row.others,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// What was found in a mailbox.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProbeView {
    /// Mails in its folder, read or not.
    pub mails: u32,
}
