//! A mail server of the test's own: takes everything and keeps what came, at once.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The server; it ends with the test.
#[derive(Clone)]
pub struct SmtpSink {
    pub address: SocketAddr,
    seen: Arc<Mutex<HashMap<String, u32>>>,
    mails: Arc<Mutex<Vec<Mail>>>,
}

/// A message as it came over the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// Envelope sender, without brackets: where bounces go.
    pub from: String,
    /// Envelope recipient, without brackets.
    pub to: String,
    /// Headers and body, every line ended by CRLF.
    pub data: String,
}

impl SmtpSink {
    /// Listens on loopback and takes this long over each message.
    pub fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let sink =
            Self { address: listener.local_addr().expect("an address"), seen: Arc::default(), mails: Arc::default() };
        let at_work = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sink = at_work.clone();
                std::thread::spawn(move || {
                    // A client that was killed breaks the connection: that is what the test is about.
                    let _ = serve(stream, &sink, delay);
                });
            }
        });
        sink
    }

    /// The messages in the order of their arrival.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often each message arrived.
    pub fn arrivals(&self) -> HashMap<String, u32> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(stream: TcpStream, sink: &SmtpSink, delay: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    out.write_all(b"220 sink ESMTP\r\n")?;
    let mut line = String::new();
    let mut mail = Mail::default();
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => out.write_all(b"250-sink\r\n250 8BITMIME\r\n")?,
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                let id = read_message(&mut lines, &mut mail.data)?;
                std::thread::sleep(delay);
                *sink.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default() += 1;
                sink.mails.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut mail));
                out.write_all(b"250 2.0.0 taken\r\n")?;
            }
            "MAIL" => {
                mail.from = path(&line);
                out.write_all(b"250 2.1.0 ok\r\n")?;
            }
            "RCPT" => {
                mail.to = path(&line);
                out.write_all(b"250 2.1.5 ok\r\n")?;
            }
            "QUIT" => return out.write_all(b"221 bye\r\n"),
            _ => out.write_all(b"250 2.0.0 ok\r\n")?,
        }
    }
}

/// What stands between the brackets.
fn path(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path.to_owned()).unwrap_or_default()
}

/// Reads up to the final dot into `data` and gives the Message-ID.
fn read_message(lines: &mut impl BufRead, data: &mut String) -> std::io::Result<String> {
    let mut id = String::new();
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let text = line.trim_end();
        if text == "." {
            return Ok(id);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        if let Some(value) = text.strip_prefix("Message-ID:").or_else(|| text.strip_prefix("Message-Id:")) {
            id = value.trim().trim_matches(['<', '>']).to_owned();
        }
    }
}
