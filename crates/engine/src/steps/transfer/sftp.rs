//! SFTP, to a server that shows the very key that the step names.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use muster_channels::http::connect;
use muster_domain::job::action::Place;
use russh::client::{self, Handle};
use russh::keys::ssh_key::{Fingerprint, PublicKey};
use russh::keys::{HashAlg, PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key};
use russh_sftp::client::SftpSession;
use russh_sftp::protocol::{OpenFlags, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::super::{Done, Fault, Try, fault, trouble};
use super::local::{Part, there_already};
use super::tally::{Moved, Tally};

const PORT: u16 = 22;
/// A connection that says nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(60);

/// A session. The connection lives as long as it does.
pub(super) struct Server {
    sftp: SftpSession,
    _connection: Handle<Pinned>,
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
            let stream = connect(reach, &host, port).await.map_err(|why| fault(format!("{why}.")))?;
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
            let sftp = SftpSession::new(channel.into_stream()).await.map_err(|error| told(error, "the session"))?;
            Ok(Server { sftp, _connection: connection })
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

    pub async fn send(self, file: File, path: &str, mark: &str, overwrite: bool) -> Done<Moved> {
        let is_there = self.sftp.try_exists(path).await.map_err(|error| told(error, path))?;
        if is_there && !overwrite {
            return Err(there_already(path));
        }
        let part = match path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/.{mark}.part"),
            None => format!(".{mark}.part"),
        };
        let done = self.put(file, &part, path, is_there).await;
        if done.is_err() {
            let _ = self.sftp.remove_file(&part).await;
        }
        let _ = self.sftp.close().await;
        done
    }

    async fn put(&self, file: File, part: &str, path: &str, is_there: bool) -> Done<Moved> {
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let mut remote = self.sftp.open_with_flags(part, flags).await.map_err(|error| told(error, path))?;
        let mut tally = Tally::of(file);
        let written = async {
            tokio::io::copy(&mut tally, &mut remote).await?;
            remote.flush().await?;
            remote.shutdown().await
        };
        written.await.map_err(|error: std::io::Error| fault(format!("The file did not arrive whole: {error}.")))?;
        let (_, moved) = tally.end();
        let kept = self.sftp.metadata(part).await.map_err(|error| told(error, path))?.size;
        if kept.is_some_and(|kept| kept != moved.bytes) {
            return Err(fault("The file did not arrive whole."));
        }
        if is_there {
            // SFTP renames over nothing that is there.
            self.sftp.remove_file(path).await.map_err(|error| told(error, path))?;
        }
        self.sftp.rename(part, path).await.map_err(|error| told(error, path))?;
        Ok(moved)
    }
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
