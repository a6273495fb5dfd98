//! SFTP, to a server that shows the very key that the step names.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use muster_channels::http::connect;
use muster_domain::job::action::Place;
use russh::client::{self, Handle};
use russh::keys::ssh_key::{Fingerprint, PublicKey};
use russh::keys::{HashAlg, PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key};
use russh_sftp::client::{Config, RawSftpSession, SftpSession};
use russh_sftp::protocol::{OpenFlags, Packet, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::super::{Done, Fault, Try, fault, sentence, trouble};
use super::local::Part;
use super::names::Names;
use super::tally::{Moved, Tally};

const PORT: u16 = 22;
/// A connection that says nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(60);
/// One request may take so long: writing all of a large file down to the disk is one.
const REQUEST_SECONDS: u64 = 60;

/// A session. The connection lives as long as it does.
pub(super) struct Server {
    sftp: SftpSession,
    connection: Handle<Pinned>,
}

/// Lets a server in that shows one key. What it showed otherwise is kept for the person.
struct Pinned {
    wanted: Fingerprint,
    seen: Arc<std::sync::OnceLock<String>>,
}

impl client::Handler for Pinned {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        let key: PublicKey = shown.public_key();
        let is_it = key.fingerprint(self.wanted.algorithm()) == self.wanted;
        if !is_it {
            let _ = self.seen.set(key.fingerprint(HashAlg::Sha256).to_string());
        }
        Ok(is_it)
    }
}

impl Try<'_> {
    pub(super) async fn sftp(&mut self, place: &Place) -> Done<Server> {
        let secret = self.secret(place.secret.as_deref().unwrap_or_default()).await?;
        let host = place.host.clone().unwrap_or_default();
        let port = place.port.and_then(|port| u16::try_from(port).ok()).unwrap_or(PORT);
        let user = place.username.clone().unwrap_or_default();
        let pinned = place.host_key.as_deref().unwrap_or_default();
        let wanted = Fingerprint::from_str(pinned.trim())
            .map_err(|_| fault(format!("“{pinned}” is not a fingerprint: write it as SHA256:….")))?;
        let reach = self.steps.ports.reach(self.order.ws).await.map_err(trouble)?;
        self.within(async {
            let stream = connect(reach, &host, port).await.map_err(sentence)?;
            let config = client::Config { inactivity_timeout: Some(SILENCE), ..client::Config::default() };
            let seen = Arc::<std::sync::OnceLock<String>>::default();
            let handler = Pinned { wanted, seen: Arc::clone(&seen) };
            let connected = client::connect_stream(Arc::new(config), stream, handler).await;
            let mut connection = connected.map_err(|error| match seen.get() {
                Some(key) => fault(format!(
                    "The server shows another key than the step names: {key}. If that is right, write it as host_key."
                )),
                None => broken(&error),
            })?;
            sign_in(&mut connection, &user, &secret).await?;
            let channel = connection.channel_open_session().await.map_err(|error| broken(&error))?;
            channel.request_subsystem(true, "sftp").await.map_err(|error| broken(&error))?;
            let config = Config { request_timeout_secs: REQUEST_SECONDS, ..Config::default() };
            let session = SftpSession::new_with_config(channel.into_stream(), config).await;
            let sftp = session.map_err(|error| told(error, "the session"))?;
            Ok(Server { sftp, connection })
        })
        .await
    }
}

/// By a key where the secret is one, otherwise by a password.
async fn sign_in(connection: &mut Handle<Pinned>, user: &str, secret: &SecretString) -> Done<()> {
    let plain = secret.expose_secret();
    let is_key = plain.trim_start().starts_with("-----BEGIN ") || plain.starts_with("PuTTY-User-Key-File-");
    let result = if is_key {
        let key = decode_secret_key(plain, None)
            .map_err(|_| fault("The private key cannot be read: it has to be one without a passphrase."))?;
        let hash = connection.best_supported_rsa_hash().await.map_err(|error| broken(&error))?.flatten();
        // Without word from the server: SHA-1 is refused by all that are kept up to date.
        let hash = hash.or(Some(HashAlg::Sha512));
        connection.authenticate_publickey(user, PrivateKeyWithHashAlg::new(Arc::new(key), hash)).await
    } else {
        connection.authenticate_password(user, plain.trim_end_matches(['\r', '\n'])).await
    };
    if result.map_err(|error| broken(&error))?.success() {
        Ok(())
    } else {
        Err(fault(format!("The server does not let {user} in with this {}.", if is_key { "key" } else { "password" })))
    }
}

impl Server {
    pub async fn fetch(self, path: &str, part: &Part) -> Done<Moved> {
        let file = self.sftp.open(path).await.map_err(|error| told(error, path))?;
        let moved = part.fill(file).await?;
        let _ = self.sftp.close().await;
        Ok(moved)
    }

    pub async fn send(&self, file: File, path: &str, names: &Names, overwrite: bool) -> Done<Moved> {
        for left in names.left(path) {
            let _ = self.sftp.remove_file(left).await;
        }
        let is_there = self.sftp.try_exists(path).await.map_err(|error| told(error, path))?;
        if is_there && !overwrite {
            return Err(names.there_already(path));
        }
        let part = names.part(path);
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let mut remote = self.sftp.open_with_flags(&part, flags).await.map_err(|error| told(error, path))?;
        let mut tally = Tally::of(file);
        let written = async {
            tokio::io::copy(&mut tally, &mut remote).await?;
            remote.flush().await?;
            remote.shutdown().await
        };
        written.await.map_err(not_whole)?;
        let (_, moved) = tally.end();
        let kept = self.sftp.metadata(&part).await.map_err(|error| told(error, path))?.size;
        if let Some(kept) = kept.filter(|kept| *kept != moved.bytes) {
            return Err(fault(format!("The file did not arrive whole: {kept} of {} bytes.", moved.bytes)));
        }
        if is_there {
            self.replace(&part, path).await?;
        } else {
            self.sftp.rename(&part, path).await.map_err(|error| told(error, path))?;
        }
        Ok(moved)
    }

    /// SFTP renames over nothing that is there. OpenSSH and many others do, asked in their own way; elsewhere the old file
    /// goes first, and for a moment there is none.
    async fn replace(&self, part: &str, path: &str) -> Done<()> {
        if rename_over(&self.connection, part, path).await.is_ok() {
            return Ok(());
        }
        self.sftp.remove_file(path).await.map_err(|error| told(error, path))?;
        self.sftp.rename(part, path).await.map_err(|error| told(error, path))
    }

    /// Ends the session, and removes what did not become a file.
    pub async fn leave(self, left: Option<&str>) {
        if let Some(left) = left {
            let _ = self.sftp.remove_file(left).await;
        }
        let _ = self.sftp.close().await;
    }
}

/// `posix-rename@openssh.com` (PROTOCOL of OpenSSH, section 4.3), in a channel of its own.
async fn rename_over(
    connection: &Handle<Pinned>,
    from: &str,
    to: &str,
) -> Result<(), russh_sftp::client::error::Error> {
    const RENAME: &str = "posix-rename@openssh.com";
    use russh_sftp::client::error::Error as E;
    let channel = connection.channel_open_session().await.map_err(|_| E::UnexpectedPacket)?;
    channel.request_subsystem(true, "sftp").await.map_err(|_| E::UnexpectedPacket)?;
    let raw = RawSftpSession::new(channel.into_stream());
    raw.set_timeout(REQUEST_SECONDS);
    let version = raw.init().await?;
    if !version.extensions.contains_key(RENAME) {
        return Err(E::UnexpectedPacket);
    }
    // Strings as SSH has them (RFC 4251 §5): their length in four bytes, then they.
    let mut data = Vec::new();
    for name in [from, to] {
        data.extend(u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes());
        data.extend(name.as_bytes());
    }
    let answer = raw.extended(RENAME, data).await?;
    let _ = raw.close_session();
    match answer {
        Packet::Status(status) if status.status_code == StatusCode::Ok => Ok(()),
        Packet::Status(status) => Err(E::Status(status)),
        _ => Err(E::UnexpectedPacket),
    }
}

fn not_whole(error: std::io::Error) -> Fault {
    fault(format!("The file did not arrive whole: {error}."))
}

fn broken(error: &russh::Error) -> Fault {
    fault(format!("The connection failed: {error}."))
}

/// What the server says, for the person.
fn told(error: russh_sftp::client::error::Error, path: &str) -> Fault {
    use russh_sftp::client::error::Error as E;
    match error {
        E::Status(status) if status.status_code == StatusCode::NoSuchFile => {
            fault(format!("The server has no such file or folder: {path}."))
        }
        E::Status(status) if status.status_code == StatusCode::PermissionDenied => {
            fault(format!("The server does not allow it: {path}."))
        }
        other => fault(format!("The server said about {path}: {other}.")),
    }
}
