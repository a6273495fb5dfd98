//! FTP, and FTP over TLS (RFC 4217): binary, passive, and only ever to the host that was asked for.

use std::sync::Arc;

use muster_channels::http::connect;
use muster_domain::job::action::{Place, PlaceKind};
use secrecy::ExposeSecret;
use suppaftp::tokio::{AsyncRustlsConnector, AsyncRustlsFtpStream};
use suppaftp::types::FileType;
use suppaftp::{FtpError, Status};
use tokio::fs::File;

use super::super::{Done, Try, fault, trouble};
use super::local::{Part, there_already};
use super::tally::{Moved, Tally};

const PORT: u16 = 21;

/// A session.
pub(super) struct Server(AsyncRustlsFtpStream);

impl Try<'_> {
    pub(super) async fn ftp(&mut self, place: &Place) -> Done<Server> {
        let password = match &place.secret {
            Some(name) => self.secret(name).await?.expose_secret().to_owned(),
            // RFC 1635: what who signs in anonymously says.
            None => String::from("muster@localhost"),
        };
        let user = place.username.clone().unwrap_or_else(|| String::from("anonymous"));
        let host = place.host.clone().unwrap_or_default();
        let port = place.port.and_then(|port| u16::try_from(port).ok()).unwrap_or(PORT);
        let reach = self.steps.ports.reach(self.order.ws).await.map_err(trouble)?;
        let is_secure = place.kind == PlaceKind::Ftps;
        if !is_secure {
            self.talk.warn("FTP sends the password and the file in the clear: better use ftps.").await;
        }
        self.within(async {
            let stream = connect(reach, &host, port).await.map_err(|why| fault(format!("{why}.")))?;
            let mut server = AsyncRustlsFtpStream::connect_with_stream(stream).await.map_err(told)?;
            if is_secure {
                let connector = AsyncRustlsConnector::from(suppaftp::tokio_rustls::TlsConnector::from(trust()?));
                server = server.into_secure(connector, &host).await.map_err(told)?;
            }
            // A server may name any address for its files: that would be a way to reach others.
            server.set_passive_nat_workaround(true);
            server.login(user.as_str(), password.as_str()).await.map_err(told)?;
            server.transfer_type(FileType::Binary).await.map_err(told)?;
            Ok(Server(server))
        })
        .await
    }
}

impl Server {
    pub async fn fetch(mut self, path: &str, part: &Part) -> Done<Moved> {
        let promised = self.0.size(path).await.ok();
        let stream = self.0.retr_as_stream(path).await.map_err(told)?;
        let (stream, moved) = part.fill_and_give_back(stream).await?;
        stream.finish().await.map_err(told)?;
        let _ = self.0.quit().await;
        match promised {
            Some(promised) if promised as u64 != moved.bytes => {
                Err(fault(format!("The file did not arrive whole: {} of {promised} bytes.", moved.bytes)))
            }
            _ => Ok(moved),
        }
    }

    pub async fn send(mut self, file: File, path: &str, mark: &str, overwrite: bool) -> Done<Moved> {
        if !overwrite && self.0.size(path).await.is_ok() {
            return Err(there_already(path));
        }
        let part = match path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/.{mark}.part"),
            None => format!(".{mark}.part"),
        };
        let mut tally = Tally::of(file);
        let sent = self.0.put_file(&part, &mut tally).await;
        let (_, moved) = tally.end();
        let done = match sent {
            Ok(bytes) if bytes == moved.bytes => self.name(&part, path, overwrite).await,
            Ok(_) => Err(fault("The file did not arrive whole.")),
            Err(error) => Err(told(error)),
        };
        if done.is_err() {
            let _ = self.0.rm(&part).await;
        }
        let _ = self.0.quit().await;
        done.map(|()| moved)
    }

    /// Gives it its name. Some servers do not rename over a file that is there.
    async fn name(&mut self, part: &str, path: &str, overwrite: bool) -> Done<()> {
        match self.0.rename(part, path).await {
            Err(_) if overwrite && self.0.size(path).await.is_ok() => {
                self.0.rm(path).await.map_err(told)?;
                self.0.rename(part, path).await.map_err(told)
            }
            done => done.map_err(told),
        }
    }
}

/// The certificates that the system trusts.
fn trust() -> Done<Arc<rustls::ClientConfig>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(trouble)?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// What the server says, for the person.
fn told(error: FtpError) -> super::super::Fault {
    match &error {
        FtpError::UnexpectedResponse(answer) => {
            let said = String::from_utf8_lossy(&answer.body);
            let said = said.trim();
            match answer.status {
                Status::NotLoggedIn => fault(format!("The server does not let us in: {said}.")),
                Status::FileUnavailable => fault(format!("The server has no such file, or does not let us: {said}.")),
                _ => fault(format!("The server said: {said}.")),
            }
        }
        other => fault(format!("The connection failed: {other}.")),
    }
}
