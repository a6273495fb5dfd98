//! Channels: email, SMS, WhatsApp and push behind one [`Sender`].
//!
//! This crate knows providers, not campaigns: it is handed messages that are ready to go and says
//! for each of them what became of it, as an [`Outcome`]. When to send, how fast, and what to do
//! with an outcome is decided above.

pub mod email;
pub mod http;
mod message;
mod order;
mod outcome;
mod routing;
pub mod sandbox;
mod sender;

pub use message::{Attachment, OutboundMessage};
pub use muster_domain::channel::Channel;
pub use outcome::{EnhancedCode, Outcome, Reason, RejectKind, RetryScope};
pub use routing::{Pool, Routes, Weighted};
pub use sender::{Line, ProbeError, ProviderInfo, Sender, Speaker};
