//! From nothing to a session that takes mail: connect, greet, protect, authenticate. Nothing here is pipelined.

use std::{future::poll_fn, io, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret;
use tokio::{net::TcpStream, time::timeout};

use super::{capabilities::Capabilities, reply::Reply, wire::Wire};
use crate::{
    Reason,
    email::{
        config::{SmtpConfig, SmtpCredentials},
        connection::{OpenError, bounded},
        tls::TlsSetup,
    },
};

/// Opens a session.
pub(super) async fn open(config: &SmtpConfig, tls: &TlsSetup) -> Result<(Wire, Capabilities), OpenError> {
    let wait = config.command_timeout;
    let tcp = bounded(wait, TcpStream::connect((config.host.as_str(), config.port))).await?;
    let mut wire = Wire::new(tcp).map_err(|error| lost(&error))?;
    if let TlsSetup::Implicit(trust) = tls {
        wire = bounded(wait, wire.encrypt(trust.config.clone(), trust.name.clone())).await?;
    }
    let mut talk = Talk { wire, wait };
    talk.expect(220).await?;
    let hello = config.hello_name.clone().unwrap_or_else(|| ClientId::default().to_string());
    let mut server = talk.hello(&hello).await?;
    if let TlsSetup::StartTls { trust, .. } = tls {
        if !server.start_tls {
            return Err(unsuitable("the server does not offer STARTTLS; nothing was sent in clear"));
        }
        talk.ask("STARTTLS", 220).await?;
        talk.wire = bounded(wait, talk.wire.encrypt(trust.config.clone(), trust.name.clone())).await?;
        // What was said in clear counts for nothing: asked again under TLS.
        server = talk.hello(&hello).await?;
    }
    if let Some(login) = &config.credentials {
        talk.login(login, &server).await?;
    }
    Ok((talk.wire, server))
}

/// Says goodbye and waits a little for the answer, which nobody needs.
pub(super) async fn quit(wire: Wire, patience: Duration) {
    let mut talk = Talk { wire, wait: patience };
    let _ = talk.ask("QUIT", 221).await;
}

/// A dialogue of one command and one answer.
struct Talk {
    wire: Wire,
    /// Longest wait for each answer.
    wait: Duration,
}

impl Talk {
    async fn hello(&mut self, name: &str) -> Result<Capabilities, OpenError> {
        self.send(&format!("EHLO {name}\r\n")).await?;
        let read = |reply: &Reply<'_>| (reply.code, Capabilities::read(reply), reply.reason());
        match self.answer(read).await? {
            (250, capabilities, _) => Ok(capabilities),
            // A server from before 1995: mail, and nothing else.
            (500 | 502, ..) => self.ask(&format!("HELO {name}"), 250).await.map(|()| Capabilities::default()),
            (_, _, reason) => Err(OpenError::Refused(reason)),
        }
    }

    async fn login(&mut self, login: &SmtpCredentials, server: &Capabilities) -> Result<(), OpenError> {
        let (user, password) = (login.user.as_str(), login.password.expose_secret());
        if server.auth_plain {
            let both = BASE64.encode(format!("\0{user}\0{password}"));
            return self.ask(&format!("AUTH PLAIN {both}"), 235).await;
        }
        if !server.auth_login {
            return Err(unsuitable("the server does not offer AUTH PLAIN or LOGIN"));
        }
        self.ask("AUTH LOGIN", 334).await?;
        self.ask(&BASE64.encode(user), 334).await?;
        self.ask(&BASE64.encode(password), 235).await
    }

    async fn ask(&mut self, command: &str, code: u16) -> Result<(), OpenError> {
        self.send(&format!("{command}\r\n")).await?;
        self.expect(code).await
    }

    async fn expect(&mut self, code: u16) -> Result<(), OpenError> {
        let (got, reason, spoken) = self.answer(|reply| (reply.code, reply.reason(), reply.spoken())).await?;
        match got {
            _ if got == code => Ok(()),
            400.. => Err(OpenError::Refused(reason)),
            _ => Err(OpenError::Unreachable(Reason::text(format!("unexpected answer: {spoken}")))),
        }
    }

    async fn send(&mut self, command: &str) -> Result<(), OpenError> {
        let wire = &mut self.wire;
        let mut bytes = command.as_bytes();
        let write = poll_fn(|cx| {
            while !bytes.is_empty() {
                let written = std::task::ready!(wire.poll_write(cx, bytes))?;
                bytes = &bytes[written..];
            }
            wire.poll_flush(cx)
        });
        match timeout(self.wait, write).await {
            Ok(written) => written.map_err(|error| lost(&error)),
            Err(_) => Err(silent(self.wait)),
        }
    }

    /// Waits for one answer and takes from it what is needed.
    async fn answer<A>(&mut self, take: impl Fn(&Reply<'_>) -> A) -> Result<A, OpenError> {
        let wire = &mut self.wire;
        let read = async {
            loop {
                let complete = wire.reply().map_err(|error| OpenError::Unreachable(Reason::text(error.to_string())))?;
                if let Some((reply, length)) = complete {
                    let taken = take(&reply);
                    wire.consume(length);
                    return Ok(taken);
                }
                if poll_fn(|cx| wire.poll_fill(cx)).await.map_err(|error| lost(&error))? == 0 {
                    return Err(OpenError::Unreachable(Reason::text("the server closed the connection")));
                }
            }
        };
        timeout(self.wait, read).await.unwrap_or_else(|_| Err(silent(self.wait)))
    }
}

fn lost(error: &io::Error) -> OpenError {
    OpenError::Unreachable(Reason::text(error.to_string()))
}

fn silent(wait: Duration) -> OpenError {
    OpenError::Unreachable(Reason::text(format!("no answer within {wait:?}")))
}

fn unsuitable(why: &str) -> OpenError {
    OpenError::Unsuitable(Reason::text(why))
}
