//! Reading mailboxes by IMAP (RFC 3501): a folder is examined, never changed, so that whoever else reads it finds it as it was.
//!
//! A server may say anything at any time. What it may send in one session is bounded ([`meter`]), and so is every wait.

mod folder;
mod meter;
mod name;

use std::time::Duration;

use async_imap::Client;
use async_imap::error::Error;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

pub use self::folder::{Folder, Letter};
use self::meter::Metered;
use super::config::Tls;
use super::tls::trust;
use crate::http::{Reach, connect as connect_within};

/// Bytes that a server may send in one session.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// How one mailbox is reached.
#[derive(Clone, Debug)]
pub struct ImapConfig {
    /// Host name or address; also the name that its certificate must carry.
    pub host: String,
    /// Usually 993 (TLS from the first byte) or 143.
    pub port: u16,
    pub tls: Tls,
    /// Certificate (PEM) of a private authority to trust beside the system's.
    pub root_certificate: Option<String>,
    pub user: String,
    /// Never printed.
    pub password: SecretString,
    /// The folder's name as people write it, such as `INBOX`.
    pub folder: String,
    /// How far connections may go.
    pub reach: Reach,
    /// Longest wait for a connection and for what one command brings.
    pub wait: Duration,
}

/// What is read from and written to: in clear or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Wire for T {}

type Line = Metered<Box<dyn Wire>>;

/// Opens a mailbox's folder for reading.
///
/// # Errors
/// What is wrong, for the person who configures it.
pub async fn open(config: &ImapConfig) -> Result<Folder, String> {
    let client = connect(config).await?;
    let login = client.login(&config.user, config.password.expose_secret());
    let session = within(config.wait, login).await?.map_err(|(error, _)| match error {
        Error::No(_) | Error::Bad(_) => format!(
            "{} does not take this user name and password. Some providers want a password that is made for programs",
            config.host
        ),
        other => said(&config.host, other),
    })?;
    Folder::examine(config, session).await
}

async fn connect(config: &ImapConfig) -> Result<Client<Line>, String> {
    let tcp = connect_within(config.reach, &config.host, config.port).await?;
    let line: Box<dyn Wire> = match config.tls {
        Tls::Implicit => encrypt(config, tcp).await?,
        Tls::None => Box::new(tcp),
        Tls::StartTls => {
            let mut client = greeted(config, Box::new(tcp)).await?;
            let asked = within(config.wait, client.run_command_and_check_ok("STARTTLS", None)).await?;
            asked.map_err(|_| format!("{} offers no STARTTLS on port {}", config.host, config.port))?;
            // Whatever was sent in clear after its answer is forgotten with the client.
            encrypt(config, client.into_inner().into_inner()).await?
        }
    };
    match config.tls {
        Tls::StartTls => Ok(Client::new(Metered::new(line, MOST_BYTES))),
        Tls::None | Tls::Implicit => greeted(config, line).await,
    }
}

async fn greeted(config: &ImapConfig, line: Box<dyn Wire>) -> Result<Client<Line>, String> {
    let mut client = Client::new(Metered::new(line, MOST_BYTES));
    match within(config.wait, client.read_response()).await? {
        Ok(Some(_)) => Ok(client),
        Ok(None) | Err(_) => Err(format!(
            "what answers at {}:{} does not speak IMAP like this: look at the port and the security (993 goes with TLS, 143 with STARTTLS)",
            config.host, config.port
        )),
    }
}

async fn encrypt(config: &ImapConfig, tcp: impl Wire + 'static) -> Result<Box<dyn Wire>, String> {
    let trust = trust(&config.host, config.root_certificate.as_deref())?;
    let shake = TlsConnector::from(trust.config).connect(trust.name, tcp);
    match within(config.wait, shake).await? {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(format!("no protected connection to {}:{}: {error}", config.host, config.port)),
    }
}

async fn within<T>(wait: Duration, work: impl Future<Output = T>) -> Result<T, String> {
    let late = |_| format!("the mail server said nothing for {} s", wait.as_secs());
    tokio::time::timeout(wait, work).await.map_err(late)
}

/// An error for the person, without what the library says of itself.
fn said(host: &str, error: Error) -> String {
    match error {
        Error::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge => error.to_string(),
        Error::Io(_) | Error::ConnectionLost => format!("the connection to {host} was lost"),
        Error::Validate(_) => String::from("user name, password and folder must each be one line"),
        Error::No(_) | Error::Bad(_) => format!("{host} refused what it was asked for"),
        _ => format!("{host} answered what no IMAP server answers"),
    }
}

/// Whether a private authority's certificate (PEM) can be read; the error is for the person.
pub fn check(host: &str, root_certificate: &str) -> Result<(), String> {
    trust(host, Some(root_certificate)).map(drop)
}
