//! Channels: email, SMS, WhatsApp and push behind one [`Sender`].
//!
//! This crate knows providers, not campaigns: it is handed messages that are ready to go and says
//! for each of them what became of it, as an [`Outcome`]. When to send, how fast, and what to do
//! with an outcome is decided above.

pub mod email;
mod message;
mod outcome;
mod sender;

pub use message::{Attachment, Channel, OutboundMessage};
pub use outcome::{EnhancedCode, Outcome, Reason, RejectKind, RetryScope};
pub use sender::{ProbeError, ProviderInfo, Sender};
