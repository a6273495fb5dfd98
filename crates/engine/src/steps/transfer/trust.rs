//! Which servers a transfer over TLS lets in, and why one is not let in: the library says that only in its own words.

use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::super::{Done, fault, trouble};

/// The usual check of a certificate: its issuer is trusted by this machine, its time and its name are right.
#[derive(Debug)]
pub(super) struct Trust {
    usual: Arc<WebPkiServerVerifier>,
    refused: OnceLock<CertificateError>,
}

impl Trust {
    /// What the system trusts, and `more`. `SSL_CERT_FILE` and `SSL_CERT_DIR` name other certificates than the system's.
    pub fn of_this_machine(more: &[CertificateDer<'static>]) -> Done<Arc<Self>> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots.add_parsable_certificates(more.iter().cloned());
        if roots.is_empty() {
            return Err(fault(
                "This machine trusts no certificates at all: have its list installed (ca-certificates), or use sftp.",
            ));
        }
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()));
        Ok(Arc::new(Self { usual: usual.build().map_err(trouble)?, refused: OnceLock::new() }))
    }

    /// Sessions of the same configuration are resumed: many servers want that of the connection that carries the file.
    pub fn config(self: &Arc<Self>) -> Done<ClientConfig> {
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(trouble)?;
        let verifier = Arc::clone(self);
        Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }

    /// Why the server was not let in, if that was it.
    pub fn refusal(&self, host: &str) -> Option<super::super::Fault> {
        use CertificateError as E;
        let why = match self.refused.get()? {
            E::UnknownIssuer | E::BadSignature => {
                "it is signed by nobody whom this machine trusts. If it is the right server, ask its operator for the \
                 certificate of whoever signed it, and have it added to those that this machine trusts"
            }
            E::Expired | E::ExpiredContext { .. } => "it has expired, and the server's operator has to renew it",
            E::NotValidYet | E::NotValidYetContext { .. } => {
                "it is not valid yet: look at the clocks of the server and of this machine"
            }
            E::NotValidForName => "it is for another name",
            E::NotValidForNameContext { presented, .. } => {
                // As the library shows them: `DnsName("…")`.
                let bare = |name: &String| name.split('"').nth(1).unwrap_or(name).to_owned();
                let names = presented.iter().map(bare).collect::<Vec<_>>().join(", ");
                return Some(fault(format!(
                    "The certificate of {host} is not accepted: it is for another name ({names}). Write the host as it stands \
                     there, if that is the right server."
                )));
            }
            E::Revoked => "it was revoked",
            E::Other(why) => {
                return Some(fault(format!(
                    "The certificate of {host} is not accepted: it is none for a server ({why}). A certificate that signs itself \
                     is often made for an authority: ask the server's operator for one that is not."
                )));
            }
            other => return Some(fault(format!("The certificate of {host} is not accepted: {other}."))),
        };
        Some(fault(format!("The certificate of {host} is not accepted: {why}.")))
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let judged = self.usual.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        if let Err(rustls::Error::InvalidCertificate(why)) = &judged {
            let _ = self.refused.set(why.clone());
        }
        judged
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}
