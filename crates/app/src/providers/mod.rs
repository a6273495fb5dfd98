//! Relays and routes: how a workspace's messages leave it.

mod choice;
mod config;
mod inbox;
mod manage;
mod nodes;
mod published;
mod registry;
mod rests;
mod secrets;
mod signing;
mod today;
pub(crate) mod trial;
mod view;

pub use inbox::WorkspaceInbox;
pub use manage::{NewProvider, ProviderChange, create, get, list, remove, resume, update};
pub use published::{DnsFinding, DnsView, dns};
pub use registry::Registry;
pub use signing::{NewSigning, SigningView, remove_signing, set_signing};
pub use today::ProviderUse;
pub use trial::{DialogueLine, TestRequest, TestResult, probe, test};
pub use view::ProviderView;
