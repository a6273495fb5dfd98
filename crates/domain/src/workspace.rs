//! Workspaces: the wall between teams.

/// The workspace that a row belongs to (`tenant_id`). A small number, because it stands in every row of millions;
/// the outside sees the workspace's UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct WorkspaceId(pub i64);
