//! The workspace's settings and communication policy.

mod jobs;
mod policy;
mod sending;
mod workspace;

pub use jobs::JobSettings;
pub use policy::{policy, put_policy};
pub use sending::{SandboxSettings, SendingSettings};
pub use workspace::{SettingsChange, SettingsView, get, update};
