//! FTP, and FTP over TLS (RFC 4217): binary, passive, and only ever to the host that was asked for.

use muster_channels::http::connect;
use muster_domain::job::action::{Place, PlaceKind};
use secrecy::ExposeSecret;
use suppaftp::tokio::{AsyncRustlsConnector, AsyncRustlsFtpStream};
use suppaftp::types::FileType;
use suppaftp::{FtpError, Mode, Status};
use tokio::fs::File;
use tokio::net::TcpStream;

use super::super::{Done, Fault, Try, fault, sentence, trouble};
use super::local::Part;
use super::names::Names;
use super::tally::{Moved, Tally};
use super::trust::Trust;

const PORT: u16 = 21;

/// A session.
pub(super) struct Server(AsyncRustlsFtpStream);

impl Try<'_> {
    pub(super) async fn ftp(&mut self, place: &Place) -> Done<Server> {
        let password = match &place.secret {
            Some(name) => self.secret(name).await?.expose_secret().trim_end_matches(['\r', '\n']).to_owned(),
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
            let stream = connect(reach, &host, port).await.map_err(sentence)?;
            let is_v6 = stream.peer_addr().is_ok_and(|address| address.is_ipv6());
            let mut server = AsyncRustlsFtpStream::connect_with_stream(stream).await.map_err(told)?;
            if is_secure {
                server = self.secured(server, &host).await?;
            }
            // A server may name any address for its files: that would be a way to reach others.
            server.set_passive_nat_workaround(true);
            if is_v6 {
                // The older way has no room for such an address (RFC 2428).
                server.set_mode(Mode::ExtendedPassive);
            }
            server.login(user.as_str(), password.as_str()).await.map_err(|error| match &error {
                FtpError::UnexpectedResponse(answer) if answer.status == Status::NotLoggedIn => {
                    fault(format!("The server does not let {user} in with this password ({}).", said(&answer.body)))
                }
                _ => told(error),
            })?;
            server.transfer_type(FileType::Binary).await.map_err(told)?;
            Ok(Server(server))
        })
        .await
    }

    /// Secures both what is said and what is moved.
    async fn secured(&self, server: AsyncRustlsFtpStream, host: &str) -> Done<AsyncRustlsFtpStream> {
        let trust = Trust::of_this_machine(&self.steps.trusted)?;
        let config = std::sync::Arc::new(trust.config()?);
        let connector = AsyncRustlsConnector::from(suppaftp::tokio_rustls::TlsConnector::from(config));
        server.into_secure(connector, host).await.map_err(|error| match (trust.refusal(host), error) {
            (Some(refusal), _) => refusal,
            (None, FtpError::UnexpectedResponse(answer)) => fault(format!(
                "The server offers no TLS ({}): nothing was sent to it. Ask its operator for FTPS or SFTP.",
                said(&answer.body)
            )),
            (None, FtpError::SecureError(why)) => {
                fault(format!("The server and Muster found no way to talk TLS: {why}."))
            }
            (None, other) => told(other),
        })
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

    pub async fn send(&mut self, file: File, path: &str, names: &Names, overwrite: bool) -> Done<Moved> {
        for left in names.left(path) {
            let _ = self.0.rm(left).await;
        }
        if !overwrite && self.0.size(path).await.is_ok() {
            return Err(names.there_already(path));
        }
        let part = names.part(path);
        let mut tally = Tally::of(file);
        let mut stream = self.0.put_with_stream(&part).await.map_err(told)?;
        // To a server the end of a connection is the end of a file. One that is given up is reset instead, which it does not
        // take for one, and then it has no more to read.
        let _ = stream.get_ref().get_ref().set_zero_linger();
        tokio::io::copy(&mut tally, &mut stream).await.map_err(|error| told(FtpError::ConnectionError(error)))?;
        let is_over = end_well(stream.get_ref().get_ref());
        stream.finish().await.map_err(told)?;
        is_over.map_err(|error| told(FtpError::ConnectionError(error)))?;
        let (_, moved) = tally.end();
        // Not every server tells sizes; one that does tells what it has.
        let kept = self.0.size(&part).await.map_or(moved.bytes, |kept| kept as u64);
        if kept != moved.bytes {
            return Err(fault(format!("The file did not arrive whole: {kept} of {} bytes.", moved.bytes)));
        }
        self.name(&part, path, overwrite).await?;
        Ok(moved)
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

    /// Ends the session, and removes what did not become a file.
    pub async fn leave(mut self, left: Option<&str>) {
        if let Some(left) = left {
            let _ = self.0.rm(left).await;
        }
        let _ = self.0.quit().await;
    }
}

/// Takes back that the connection is reset at its end.
#[allow(deprecated, reason = "only a time to linger blocks, and there is none")]
fn end_well(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_linger(None)
}

/// An answer in a sentence.
fn said(body: &[u8]) -> String {
    String::from_utf8_lossy(body).trim().trim_end_matches('.').to_owned()
}

/// What the server says, for the person.
fn told(error: FtpError) -> Fault {
    match &error {
        FtpError::UnexpectedResponse(answer) => {
            let said = said(&answer.body);
            match answer.status {
                Status::NotLoggedIn => fault(format!("The server does not let us in: {said}.")),
                Status::FileUnavailable => {
                    fault(format!("The server has no such file or folder, or does not let us use it: {said}."))
                }
                _ => fault(format!("The server said: {said}.")),
            }
        }
        FtpError::ConnectionError(why) => fault(format!("The connection broke: {why}.")),
        FtpError::SecureError(why) => fault(format!("The secure connection failed: {why}.")),
        other => fault(format!("The server does not speak FTP as it should: {other}.")),
    }
}
