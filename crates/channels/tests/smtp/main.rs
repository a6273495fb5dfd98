//! SMTP over real sockets: against postfix's `smtp-sink` and a whole Postfix, reading back what arrived, and against a
//! scripted server that does what servers should not.

mod bulk;
mod delivery;
#[path = "../judge/mod.rs"]
mod judge;
mod misbehaviour;
mod postfix;
mod scripted;
mod sink;
mod tls;

use muster_channels::{
    Channel, OutboundMessage, Outcome,
    email::{SmtpConfig, SmtpSender},
};
use std::time::Duration;

/// A letter to customer `number`.
pub fn letter(number: usize) -> OutboundMessage {
    OutboundMessage {
        from: "news@muster.example".into(),
        from_name: Some("Muster News".into()),
        subject: Some(format!("Offer number {number}")),
        html: Some(format!("<p>Dear customer {number}</p>").into()),
        message_id: format!("c1.{number}@muster.example"),
        return_path: Some(format!("bounces+{number}@muster.example")),
        date_ms: 1_700_000_000_000,
        ..OutboundMessage::new(
            Channel::Email,
            number.to_string(),
            format!("customer{number}@example.com"),
            format!("Dear customer {number}\n.hidden dot\n"),
        )
    }
}

/// A relay on loopback with waits short enough for tests.
pub fn relay(port: u16) -> SmtpConfig {
    SmtpConfig {
        connections: 1,
        hello_name: Some("sender.test".into()),
        command_timeout: Duration::from_millis(400),
        data_timeout: Duration::from_millis(400),
        ..SmtpConfig::new("relay-1", "127.0.0.1", port)
    }
}

/// The outcome as one word and the scope or kind, for comparing.
pub fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { .. } => "accepted".into(),
        Outcome::Retry { scope, .. } => format!("retry {scope:?}"),
        Outcome::Reject { kind, .. } => format!("reject {kind:?}"),
        Outcome::Unknown { .. } => "unknown".into(),
    }
}

/// A sender for a relay whose configuration is sound.
pub fn sender(config: SmtpConfig) -> SmtpSender {
    SmtpSender::new(config).expect("the configuration is sound")
}
