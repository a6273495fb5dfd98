//! Use cases: what a person, a program or the scheduler may ask for. Owns permissions, transactions, audit and events.

pub mod app;
pub mod approvals;
pub mod auth;
pub mod campaigns;
pub mod catalogue;
pub mod ctx;
pub mod customers;
pub mod error;
pub mod home;
pub mod imports;
pub mod input;
pub mod jobs;
pub mod logs;
pub mod notifications;
pub mod offers;
pub mod overview;
pub mod page;
pub mod permissions;
pub mod profile;
pub mod providers;
pub mod runs;
pub mod scheduler;
pub mod seal;
pub mod search;
pub mod segments;
pub mod settings;
pub mod setup;
pub mod suppressions;
pub mod templates;
pub mod vault;

pub use app::{App, InstallKey};
pub use ctx::Ctx;
pub use error::{AppError, AppResult};
