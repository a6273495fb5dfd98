//! What steps need of the application.

use async_trait::async_trait;
use muster_channels::http::Reach;
use muster_domain::workspace::WorkspaceId;
use secrecy::SecretString;
use uuid::Uuid;

/// A note to the people who look after jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub title: String,
    pub body: String,
    /// The execution that says it.
    pub execution: Uuid,
}

/// What steps need of the application. An error is for the log and the person: one sentence without a full stop.
#[async_trait]
pub trait Ports: Send + Sync {
    /// A secret of the workspace's jobs by its name.
    async fn secret(&self, ws: WorkspaceId, name: &str) -> Result<Option<SecretString>, String>;

    /// Puts a note on desktops and into the list of notifications.
    async fn tell(&self, ws: WorkspaceId, note: Note) -> Result<(), String>;

    /// How far calls and transfers of the workspace may reach.
    async fn reach(&self, ws: WorkspaceId) -> Result<Reach, String>;
}
