//! What the steps of jobs need of the application: secrets, notes to people, and how far they may reach.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use muster_channels::http::Reach;
use muster_db::notifications::NewNotification;
use muster_db::{Db, executions, workspaces};
use muster_domain::clock::Clock;
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use muster_engine::live::LiveHub;
use muster_engine::registry::SenderRegistry;
use muster_engine::steps::{Note, Ports, Steps};
use secrecy::SecretString;
use serde_json::json;

use crate::settings::JobSettings;
use crate::{AppResult, InstallKey, notifications, vault};

/// Before the names under which secrets of jobs are kept: others of the workspace are not for steps.
pub const SECRET_PREFIX: &str = "job:";
/// Below the data folder: what `local` places of transfers are in.
const FILES: &str = "files";
/// Who is told by a note: those who may make and run jobs.
const TOLD: [Role; 2] = [Role::Admin, Role::Manager];

struct AppPorts {
    db: Db,
    clock: Arc<dyn Clock>,
    live: Arc<LiveHub>,
    key: InstallKey,
}

/// Does steps over these parts of an application.
pub fn over(
    db: &Db,
    clock: &Arc<dyn Clock>,
    live: &Arc<LiveHub>,
    key: &InstallKey,
    senders: Arc<dyn SenderRegistry>,
    data_dir: &Path,
) -> Steps {
    let ports = AppPorts { db: db.clone(), clock: Arc::clone(clock), live: Arc::clone(live), key: key.clone() };
    Steps::new(db.clone(), Arc::clone(clock), senders, Arc::new(ports), data_dir.join(FILES))
}

impl AppPorts {
    async fn find(&self, ws: WorkspaceId, name: &str) -> AppResult<Option<SecretString>> {
        let mut tx = self.db.read(ws).await?;
        vault::find(&mut tx, &self.key, ws, &format!("{SECRET_PREFIX}{name}")).await
    }

    async fn note(&self, ws: WorkspaceId, note: &Note) -> AppResult<()> {
        let mut tx = self.db.write(ws).await?;
        let execution = executions::get(&mut tx, ws, note.execution).await?;
        let link = execution.map(|row| format!("/jobs/{}/executions/{}", row.job_id, row.id));
        let new = NewNotification {
            at: self.clock.now(),
            kind: "job",
            title: &note.title,
            body: &note.body,
            link: link.as_deref(),
        };
        notifications::tell_roles(&mut tx, ws, &TOLD, None, &new).await?;
        tx.commit().await?;
        self.live.publish(ws, "notifications", json!({}));
        Ok(())
    }

    async fn settings(&self, ws: WorkspaceId) -> AppResult<JobSettings> {
        let mut tx = self.db.read(ws).await?;
        Ok(JobSettings::of(&workspaces::get(&mut tx, ws).await?))
    }
}

#[async_trait]
impl Ports for AppPorts {
    async fn secret(&self, ws: WorkspaceId, name: &str) -> Result<Option<SecretString>, String> {
        self.find(ws, name).await.map_err(|error| error.to_string())
    }

    async fn tell(&self, ws: WorkspaceId, note: Note) -> Result<(), String> {
        self.note(ws, &note).await.map_err(|error| error.to_string())
    }

    async fn reach(&self, ws: WorkspaceId) -> Result<Reach, String> {
        self.settings(ws).await.map(JobSettings::reach).map_err(|error| error.to_string())
    }
}
