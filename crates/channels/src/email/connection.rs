//! One SMTP connection, and one message over it.

use std::{future::Future, time::Duration};

use lettre::Address;
use lettre::transport::smtp::{
    self,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, AsyncTokioStream},
    commands::{Data, Mail, Rcpt, Rset},
    extension::{ClientId, Extension, MailParameter},
    response::{Response, Severity},
};
use secrecy::ExposeSecret;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use super::{
    classify::{self, Stage},
    config::SmtpConfig,
    stream::{Encrypted, Watched, WriteWatch},
    tls::TlsSetup,
    transcript::Transcript,
};
use crate::{Outcome, ProbeError, Reason, RejectKind, RetryScope, Speaker};

/// Why a session could not be opened.
pub(super) enum OpenError {
    /// Not reached, or lost before the session stood.
    Unreachable(Reason),
    /// The server refused us.
    Refused(Reason),
    /// The server cannot do what the configuration asks.
    Unsuitable(Reason),
}

impl OpenError {
    pub(super) fn reason(&self) -> &Reason {
        match self {
            OpenError::Unreachable(reason) | OpenError::Refused(reason) | OpenError::Unsuitable(reason) => reason,
        }
    }
}

impl From<OpenError> for ProbeError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Unreachable(reason) => ProbeError::Unreachable(reason.to_string()),
            OpenError::Refused(reason) => ProbeError::Refused(reason.to_string()),
            OpenError::Unsuitable(reason) => ProbeError::Configuration(reason.to_string()),
        }
    }
}

/// What came of one message on a connection, and whether the connection is still good.
pub(super) enum Delivery {
    /// The server answered; the connection takes another message.
    Answered(Outcome),
    /// The server answered and the connection must not be used again.
    AnsweredLast(Outcome),
    /// The connection broke before the message could have been accepted.
    Lost(Reason),
    /// The connection broke, or went silent, after the message had been handed over.
    InDoubt(Reason),
}

/// An open session with a relay.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    watch: WriteWatch,
    command_timeout: Duration,
    data_timeout: Duration,
    /// A transaction was begun and not ended: `RSET` is due before the next.
    dirty: bool,
    /// An answer is outstanding. Stays set when the caller stops waiting in the middle.
    busy: bool,
    /// Messages tried on it so far.
    pub(super) used: u32,
    transcript: Transcript,
}

/// A step of the dialogue that did not succeed.
enum Failure {
    Reply(Reason),
    Broken(Reason),
}

impl Connection {
    /// Connects, protects and authenticates.
    pub(super) async fn open(config: &SmtpConfig, tls: &TlsSetup) -> Result<Self, OpenError> {
        Self::open_aloud(config, tls, Transcript::default()).await
    }

    /// The same, and tells what was said from here on.
    pub(super) async fn open_aloud(
        config: &SmtpConfig,
        tls: &TlsSetup,
        transcript: Transcript,
    ) -> Result<Self, OpenError> {
        let opened = Self::set_up(config, tls, &transcript).await;
        if let Err(error) = &opened {
            let by = if matches!(error, OpenError::Refused(_)) { Speaker::Server } else { Speaker::Event };
            transcript.note(by, || error.reason().to_string());
        }
        opened
    }

    async fn set_up(config: &SmtpConfig, tls: &TlsSetup, transcript: &Transcript) -> Result<Self, OpenError> {
        transcript.note(Speaker::Event, || format!("connecting to {}:{}", config.host, config.port));
        let wait = config.command_timeout;
        let tcp = bounded(wait, TcpStream::connect((config.host.as_str(), config.port))).await?;
        let (stream, watch) =
            Watched::new(tcp).map_err(|error| OpenError::Unreachable(Reason::text(error.to_string())))?;
        let stream: Box<dyn AsyncTokioStream> = match tls {
            TlsSetup::Implicit(trust) => {
                let connector = TlsConnector::from(trust.config.clone());
                transcript.note(Speaker::Event, || String::from("TLS from the first byte"));
                Box::new(Encrypted(Box::new(bounded(wait, connector.connect(trust.name.clone(), stream)).await?)))
            }
            TlsSetup::None | TlsSetup::StartTls { .. } => Box::new(stream),
        };
        let hello = match &config.hello_name {
            Some(name) => ClientId::Domain(name.clone()),
            None => ClientId::default(),
        };
        transcript.note(Speaker::Client, || format!("EHLO {hello}"));
        let mut smtp = session(wait, AsyncSmtpConnection::connect_with_transport(stream, &hello)).await?;
        transcript.note(Speaker::Server, || greeting(&smtp));
        if let TlsSetup::StartTls { parameters, .. } = tls {
            if !smtp.can_starttls() {
                let reason = Reason::text("the server does not offer STARTTLS; nothing was sent in clear");
                return Err(OpenError::Unsuitable(reason));
            }
            transcript.note(Speaker::Client, || String::from("STARTTLS"));
            session(wait, smtp.starttls(parameters.clone(), &hello)).await?;
            transcript.note(Speaker::Server, || greeting(&smtp));
        }
        if let Some(login) = &config.credentials {
            let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            if smtp.server_info().get_auth_mechanism(&mechanisms).is_none() {
                let reason = Reason::text("the server does not offer AUTH PLAIN or LOGIN");
                return Err(OpenError::Unsuitable(reason));
            }
            transcript.note(Speaker::Client, || format!("AUTH {} (password hidden)", login.user));
            let welcome = session(wait, smtp.auth(&mechanisms, &credentials)).await?;
            transcript.note(Speaker::Server, || spoken(&welcome));
        }
        Ok(Connection {
            smtp,
            watch,
            command_timeout: config.command_timeout,
            data_timeout: config.data_timeout,
            dirty: false,
            busy: false,
            used: 0,
            transcript: transcript.clone(),
        })
    }

    /// Sends one message. `data` is the whole of it with CRLF line ends.
    pub(super) async fn deliver(&mut self, from: Option<&Address>, to: &Address, data: &[u8]) -> Delivery {
        self.used += 1;
        self.busy = true;
        let delivery = self.dialogue(from, to, data).await;
        self.busy = !matches!(delivery, Delivery::Answered(_));
        delivery
    }

    async fn dialogue(&mut self, from: Option<&Address>, to: &Address, data: &[u8]) -> Delivery {
        let mut parameters = Vec::new();
        let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        if !ascii(to) || from.is_some_and(|from| !ascii(from)) {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                let reason = Reason::text("the relay does not take addresses outside ASCII (SMTPUTF8)");
                return Delivery::Answered(Outcome::Reject { kind: RejectKind::Other, reason });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if let Err((stage, failure)) = self.envelope(from, to, parameters).await {
            return match failure {
                Failure::Broken(reason) => Delivery::Lost(reason),
                Failure::Reply(reason) => answered(stage, reason),
            };
        }
        self.message(data).await
    }

    async fn envelope(
        &mut self,
        from: Option<&Address>,
        to: &Address,
        parameters: Vec<MailParameter>,
    ) -> Result<(), (Stage, Failure)> {
        if self.dirty {
            self.command(Rset, Severity::PositiveCompletion).await.map_err(|failure| (Stage::Session, failure))?;
        }
        self.dirty = true;
        let mail = Mail::new(from.cloned(), parameters);
        self.command(mail, Severity::PositiveCompletion).await.map_err(|failure| (Stage::Sender, failure))?;
        let rcpt = Rcpt::new(to.clone(), Vec::new());
        self.command(rcpt, Severity::PositiveCompletion).await.map_err(|failure| (Stage::Recipient, failure))?;
        self.command(Data, Severity::PositiveIntermediate).await.map_err(|failure| (Stage::Data, failure))?;
        Ok(())
    }

    async fn message(&mut self, data: &[u8]) -> Delivery {
        // lettre ends the data with CRLF "." CRLF; without this every mail would gain a line.
        let data = data.strip_suffix(b"\r\n").unwrap_or(data);
        self.transcript.note(Speaker::Client, || format!("(the message, {} octets)", data.len()));
        let result = timeout(self.data_timeout, self.smtp.message(data)).await;
        self.heard(result.as_ref().map(Result::as_ref));
        let problem = match result {
            Ok(Ok(response)) if response.code().severity == Severity::PositiveCompletion => {
                self.dirty = false;
                let answer = spoken(&response);
                return Delivery::Answered(Outcome::Accepted {
                    provider_message_id: classify::queue_id(&answer),
                    answer,
                });
            }
            Ok(Ok(response)) => Reason::text(format!("unexpected answer to the message: {}", spoken(&response))),
            Ok(Err(error)) => match classify::reply(&error) {
                Some(reason) => {
                    self.dirty = false;
                    return answered(Stage::Message, reason);
                }
                None => Reason::text(error.to_string()),
            },
            Err(_) => Reason::text(format!("no answer to the message within {:?}", self.data_timeout)),
        };
        if self.watch.stuck() { Delivery::Lost(problem) } else { Delivery::InDoubt(problem) }
    }

    /// Whether another message may go over it.
    pub(super) fn is_reusable(&self) -> bool {
        !self.busy && !self.smtp.has_broken()
    }

    /// Checks an unused connection before it is trusted with a message.
    pub(super) async fn is_alive(&mut self) -> bool {
        timeout(self.command_timeout, self.smtp.test_connected()).await.unwrap_or(false)
    }

    /// Says goodbye; whatever comes of it.
    pub(super) async fn quit(mut self) {
        let patience = self.command_timeout.min(Duration::from_secs(2));
        let _ = timeout(patience, self.smtp.quit()).await;
    }

    /// Takes an answer down, or what came instead of one.
    fn heard<E>(&self, answer: Result<Result<&Response, &smtp::Error>, E>) {
        match answer {
            Ok(Ok(response)) => self.transcript.note(Speaker::Server, || spoken(response)),
            Ok(Err(error)) => match classify::reply(error) {
                Some(reason) => self.transcript.note(Speaker::Server, || reason.to_string()),
                None => self.transcript.note(Speaker::Event, || error.to_string()),
            },
            Err(_) => self.transcript.note(Speaker::Event, || String::from("no answer in time")),
        }
    }

    async fn command(&mut self, command: impl std::fmt::Display, expected: Severity) -> Result<(), Failure> {
        self.transcript.note(Speaker::Client, || command.to_string());
        let result = timeout(self.command_timeout, self.smtp.command(command)).await;
        self.heard(result.as_ref().map(Result::as_ref));
        match result {
            Ok(Ok(response)) if response.code().severity == expected => Ok(()),
            Ok(Ok(response)) => Err(Failure::Broken(Reason::text(format!("unexpected answer: {}", spoken(&response))))),
            Ok(Err(error)) => Err(classify::reply(&error)
                .map_or_else(|| Failure::Broken(Reason::text(error.to_string())), Failure::Reply)),
            Err(_) => Err(Failure::Broken(Reason::text(format!("no answer within {:?}", self.command_timeout)))),
        }
    }
}

/// After a trouble of the provider as a whole the session is not worth keeping.
fn answered(stage: Stage, reason: Reason) -> Delivery {
    let outcome = classify::negative(stage, reason);
    match outcome {
        Outcome::Retry { scope: RetryScope::Provider, .. } => Delivery::AnsweredLast(outcome),
        _ => Delivery::Answered(outcome),
    }
}

/// How the server names itself, and what of it matters here.
fn greeting(smtp: &AsyncSmtpConnection) -> String {
    let info = smtp.server_info();
    let known = [
        ("STARTTLS", Extension::StartTls),
        ("AUTH PLAIN", Extension::Authentication(Mechanism::Plain)),
        ("AUTH LOGIN", Extension::Authentication(Mechanism::Login)),
        ("8BITMIME", Extension::EightBitMime),
        ("SMTPUTF8", Extension::SmtpUtfEight),
    ];
    let offered = known.into_iter().filter(|(_, feature)| info.supports_feature(*feature)).map(|(word, _)| word);
    std::iter::once(format!("250 {}", info.name()))
        .chain(offered.map(|word| format!("250 {word}")))
        .collect::<Vec<_>>()
        .join("\n")
}

fn spoken(response: &Response) -> String {
    let mut text = response.code().to_string();
    for line in response.message() {
        text.push(' ');
        text.push_str(line);
    }
    text
}

/// Bounds a step below SMTP.
pub(super) async fn bounded<T, E: std::fmt::Display>(
    wait: Duration,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, OpenError> {
    match timeout(wait, step).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(OpenError::Unreachable(Reason::text(error.to_string()))),
        Err(_) => Err(OpenError::Unreachable(Reason::text(format!("no connection within {wait:?}")))),
    }
}

/// Bounds a step of the session's set-up, and tells a refusal from a loss.
async fn session<T>(wait: Duration, step: impl Future<Output = Result<T, smtp::Error>>) -> Result<T, OpenError> {
    match timeout(wait, step).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(match classify::reply(&error) {
            Some(reason) => OpenError::Refused(reason),
            None => OpenError::Unreachable(Reason::text(error.to_string())),
        }),
        Err(_) => Err(OpenError::Unreachable(Reason::text(format!("no answer within {wait:?}")))),
    }
}
