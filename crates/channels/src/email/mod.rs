//! Email by SMTP.

mod address;
pub mod bulk;
mod classify;
mod config;
mod connection;
mod dkim;
mod identity;
mod mime;
mod pool;
mod smtp;
mod stream;
mod tls;

pub use config::{SmtpConfig, SmtpCredentials, Tls};
pub use dkim::{DkimError, DkimSigner};
pub use identity::{message_id, read_return_path, return_path};
pub use mime::{MimeError, Skeleton, build as build_mime};
pub use smtp::SmtpSender;

use crate::{Outcome, Reason, RejectKind};

/// A message that no relay has to be bothered with.
fn refuse(kind: RejectKind, why: String) -> Outcome {
    Outcome::Reject { kind, reason: Reason::text(why) }
}
