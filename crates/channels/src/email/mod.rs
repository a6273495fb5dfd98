//! Email: sent by SMTP, and read by IMAP.

mod address;
mod body;
pub mod bulk;
mod classify;
mod config;
mod connection;
mod dkim;
mod dns;
mod identity;
pub mod imap;
mod mime;
mod places;
mod pool;
mod smtp;
mod stream;
mod tls;
mod transcript;

pub use config::{SmtpConfig, SmtpCredentials, Tls};
pub use dkim::{DkimError, DkimKey, DkimSigner, record_strings};
pub use dns::{Lookup, NameServer, NoAnswer};
pub use identity::message_id;
pub use mime::{MimeError, Skeleton, build as build_mime};
pub use smtp::SmtpSender;

use crate::{Outcome, Reason, RejectKind};

/// A message that no relay has to be bothered with.
fn refuse(kind: RejectKind, why: String) -> Outcome {
    Outcome::Reject { kind, reason: Reason::text(why) }
}
