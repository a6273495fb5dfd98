//! Relays and routes: how a workspace's messages leave it.

mod choice;
mod config;
mod inbox;
mod manage;
mod registry;
pub(crate) mod trial;
mod view;

pub use inbox::WorkspaceInbox;
pub use manage::{NewProvider, ProviderChange, create, get, list, remove, resume, update};
pub use registry::Registry;
pub use trial::{TestRequest, TestResult, probe, test};
pub use view::ProviderView;
