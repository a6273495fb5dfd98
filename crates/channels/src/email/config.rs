//! How one SMTP relay is reached.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;

use muster_domain::tracking::ReturnPath;

use super::dkim::DkimSigner;
use crate::ProbeError;

/// How the connection to a relay is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// In clear; for a relay on the same machine.
    None,
    /// Upgraded by `STARTTLS` (RFC 3207). A relay that does not offer it is refused: going on in
    /// clear is what somebody who strips the offer wants.
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
}

/// User name and password of a relay.
#[derive(Clone, Debug)]
pub struct SmtpCredentials {
    /// User name.
    pub user: String,
    /// Password; never printed.
    pub password: SecretString,
}

/// One SMTP relay.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    /// Id of the provider row.
    pub id: String,
    /// Name given by a person.
    pub name: String,
    /// Host name or address; also the name that its certificate must carry.
    pub host: String,
    /// Port: usually 25, 587 (STARTTLS) or 465 (implicit TLS).
    pub port: u16,
    /// Protection of the connection.
    pub tls: Tls,
    /// Certificate (PEM) of a private authority to trust beside the system's.
    pub root_certificate: Option<String>,
    /// Credentials, where the relay asks for them.
    pub credentials: Option<SmtpCredentials>,
    /// Name given in `EHLO`; the machine's own when absent.
    pub hello_name: Option<String>,
    /// Most connections open at once, at least 1.
    pub connections: usize,
    /// Messages after which a connection is closed and opened anew, at least 1.
    pub messages_per_connection: u32,
    /// An unused connection is closed after this long.
    pub idle_timeout: Duration,
    /// Longest wait for a connection and for the answer to a command.
    pub command_timeout: Duration,
    /// Longest wait for the answer to a whole message (RFC 5321 §4.5.3.2.6 suggests 10 minutes).
    pub data_timeout: Duration,
    /// For bulk mail to a relay that announces `CHUNKING` (RFC 3030): whole messages sent ahead of their answers over one
    /// connection. So many are in doubt when it breaks. With 0 chunks are never used; then it is one.
    pub chunks_in_flight: usize,
    /// Every message gets a signature by each of them. Empty: none.
    pub dkim: Vec<Arc<DkimSigner>>,
    /// Where bounces go; to the sender's address when absent.
    pub return_path: Option<ReturnPath>,
}

impl SmtpConfig {
    /// A relay with usual limits and without TLS and credentials.
    pub fn new(id: impl Into<String>, host: impl Into<String>, port: u16) -> Self {
        let host = host.into();
        SmtpConfig {
            id: id.into(),
            name: host.clone(),
            host,
            port,
            tls: Tls::None,
            root_certificate: None,
            credentials: None,
            hello_name: None,
            connections: 10,
            messages_per_connection: 500,
            idle_timeout: Duration::from_secs(30),
            command_timeout: Duration::from_secs(30),
            data_timeout: Duration::from_secs(300),
            chunks_in_flight: 4,
            dkim: Vec::new(),
            return_path: None,
        }
    }

    /// Whether the names can be used.
    pub(super) fn check(&self) -> Result<(), ProbeError> {
        let clean =
            |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.[]:_".contains(&b));
        if !clean(&self.host) {
            return Err(ProbeError::Configuration(format!("{:?} is no host name", self.host)));
        }
        match self.hello_name.as_deref().filter(|name| !clean(name)) {
            Some(hello) => Err(ProbeError::Configuration(format!("{hello:?} is no name to greet a server with"))),
            None => Ok(()),
        }
    }
}
