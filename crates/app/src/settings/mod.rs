//! The workspace's settings and communication policy.

mod policy;
mod sending;
mod workspace;

pub use policy::{policy, put_policy};
pub use sending::{SandboxSettings, SendingSettings};
pub use workspace::{SettingsChange, SettingsView, get, update};
