//! What jobs of a workspace may do: the part `jobs` of its settings.

use muster_channels::http::Reach;
use muster_db::workspaces::WorkspaceRow;
use muster_domain::problem::Problem;
use serde::{Deserialize, Serialize};

/// What jobs may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct JobSettings {
    /// Whether calls and transfers may go to this machine itself.
    pub may_reach_this_machine: bool,
    /// Whether they may go to private networks, this machine included.
    pub may_reach_private_networks: bool,
    /// Backups in the data folder; older ones are removed. Of the first workspace of a database.
    pub backups_kept: u16,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self { may_reach_this_machine: false, may_reach_private_networks: false, backups_kept: 7 }
    }
}

impl JobSettings {
    /// The settings of a workspace; what cannot be read counts as not set.
    pub fn of(workspace: &WorkspaceRow) -> Self {
        let part = workspace.settings.get("jobs");
        part.and_then(|value| serde_json::from_value(value.clone()).ok()).unwrap_or_default()
    }

    /// What is wrong with them.
    pub fn problems(self) -> Vec<Problem> {
        if (1..=365).contains(&self.backups_kept) {
            return Vec::new();
        }
        vec![Problem::new("jobs.backupsKept", "out_of_range", "Keep between 1 and 365 backups.")]
    }

    /// How far that is.
    pub fn reach(self) -> Reach {
        match self {
            Self { may_reach_private_networks: true, .. } => Reach::Everywhere,
            Self { may_reach_this_machine: true, .. } => Reach::PublicAndLoopback,
            _ => Reach::Public,
        }
    }
}
