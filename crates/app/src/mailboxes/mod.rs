//! Mailboxes (BRD-1, TRK-2): where customers' answers, bounces and complaints arrive, read by IMAP.
//!
//! The built-in job `reply-ingestion` reads those of its workspace one after the other, and runs once at a time, so that one
//! node reads a mailbox. Should two do so all the same, each mail is taken by one of them: what a mail does, that it was
//! read, and how far the mailbox is read are one transaction, which names how far it was.

mod manage;
mod read;
mod take;
mod view;

pub use manage::{MailboxChange, NewMailbox, create, get, list, probe, remove, update};
pub(crate) use read::{Line, read_all};
pub use view::{MailboxView, ProbeView};

use muster_domain::clock::Millis;
use muster_domain::time::DAY;

/// Mail is told from mail that was read before for so long.
pub(crate) const KNOWN_MS: Millis = 120 * DAY;
/// Mail that is older is not read, so that none is read that was forgotten.
const READ_MS: Millis = 90 * DAY;
