//! TLS settings of a relay, made once: reading the system's certificates takes milliseconds. Mailboxes are believed by the same
//! authorities.

use std::sync::Arc;

use lettre::transport::smtp::client::{Certificate, TlsParameters};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use super::config::{SmtpConfig, Tls};

/// What is needed to protect a connection to one relay.
pub(super) enum TlsSetup {
    None,
    /// The same trust twice: for lettre, and for the sessions that are ours.
    StartTls {
        parameters: TlsParameters,
        trust: Trust,
    },
    Implicit(Trust),
}

/// Whom to believe, and which name the certificate must carry.
pub(super) struct Trust {
    pub(super) config: Arc<ClientConfig>,
    pub(super) name: ServerName<'static>,
}

impl TlsSetup {
    /// Reads certificates. The error is for the person who configures the relay.
    pub(super) fn new(config: &SmtpConfig) -> Result<Self, String> {
        match config.tls {
            Tls::None => Ok(TlsSetup::None),
            Tls::StartTls => Ok(TlsSetup::StartTls { parameters: start_tls(config)?, trust: of_relay(config)? }),
            Tls::Implicit => of_relay(config).map(TlsSetup::Implicit),
        }
    }
}

fn start_tls(config: &SmtpConfig) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(pem) = &config.root_certificate {
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(unreadable)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| format!("TLS could not be set up: {error}"))
}

fn of_relay(config: &SmtpConfig) -> Result<Trust, String> {
    trust(&config.host, config.root_certificate.as_deref())
}

/// The system's authorities, and a private one (PEM) beside them.
pub(super) fn trust(host: &str, root_certificate: Option<&str>) -> Result<Trust, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = root_certificate {
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.map_err(unreadable)?).map_err(unreadable)?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS could not be set up: {error}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| format!("{host} is no host name that a certificate could carry"))?;
    Ok(Trust { config: Arc::new(client), name })
}

fn unreadable(error: impl std::fmt::Display) -> String {
    format!("the certificate could not be read: {error}")
}
