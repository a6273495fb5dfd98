//! A mail server of the test's own: takes everything and keeps what came, at once.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The server; it ends with the test.
#[derive(Clone)]
pub struct SmtpSink {
    pub address: SocketAddr,
    book: Arc<Book>,
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

/// What arrived, and whether it is answered.
#[derive(Default)]
struct Book {
    seen: Mutex<HashMap<String, u32>>,
    mails: Mutex<Vec<Mail>>,
    gate: Mutex<Gate>,
    opened: Condvar,
    /// Messages at work now, and the most that ever were.
    at_once: Mutex<(usize, usize)>,
}

#[derive(Default)]
struct Gate {
    is_closed: bool,
    /// Messages that wait for their answer.
    waiting: usize,
    /// How many of them are put off.
    put_off: usize,
}

impl SmtpSink {
    /// Listens on loopback and takes this long over each message.
    pub fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let sink = Self { address: listener.local_addr().expect("an address"), book: Arc::default() };
        let book = Arc::clone(&sink.book);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let book = Arc::clone(&book);
                std::thread::spawn(move || {
                    // A client that was killed breaks the connection: that is what the test is about.
                    let _ = serve(stream, &book, delay);
                });
            }
        });
        sink
    }

    /// The messages in the order of their arrival.
    pub fn mails(&self) -> Vec<Mail> {
        self.book.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often each message arrived.
    pub fn arrivals(&self) -> HashMap<String, u32> {
        self.book.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many messages arrived.
    pub fn count(&self) -> usize {
        self.book.seen.lock().unwrap_or_else(PoisonError::into_inner).values().map(|times| *times as usize).sum()
    }

    /// Takes messages from now on but leaves them without an answer.
    pub fn hold(&self) {
        self.book.gate().is_closed = true;
    }

    /// How many messages wait for an answer.
    pub fn waiting(&self) -> usize {
        self.book.gate().waiting
    }

    /// The most messages that were at work at a time, from their first line to their answer: one for each connection in use.
    pub fn most_at_once(&self) -> usize {
        self.book.at_once.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    /// Answers what waits: so many messages are not taken ("try again later"), the others are.
    pub fn release(&self, put_off: usize) {
        let mut gate = self.book.gate();
        (gate.is_closed, gate.put_off) = (false, put_off);
        self.book.opened.notify_all();
    }
}

impl Book {
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begins(&self) {
        let mut at_once = self.at_once.lock().unwrap_or_else(PoisonError::into_inner);
        at_once.0 += 1;
        at_once.1 = at_once.1.max(at_once.0);
    }

    fn ends(&self) {
        self.at_once.lock().unwrap_or_else(PoisonError::into_inner).0 -= 1;
    }

    /// Writes a message down once it may be answered; false: it is not taken.
    fn take(&self, id: String, mail: Mail) -> bool {
        let mut gate = self.gate();
        if gate.is_closed {
            gate.waiting += 1;
            gate = self.opened.wait_while(gate, |gate| gate.is_closed).unwrap_or_else(PoisonError::into_inner);
            gate.waiting -= 1;
            if gate.put_off > 0 {
                gate.put_off -= 1;
                return false;
            }
        }
        drop(gate);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default() += 1;
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
        true
    }
}

fn serve(stream: TcpStream, book: &Book, delay: Duration) -> std::io::Result<()> {
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
            "EHLO" => out.write_all(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")?,
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                book.begins();
                let id = read_message(&mut lines, &mut mail.data);
                let taken = id.map(|id| {
                    std::thread::sleep(delay);
                    book.take(id, std::mem::take(&mut mail))
                });
                book.ends();
                let taken = taken?;
                out.write_all(if taken { &b"250 2.0.0 taken\r\n"[..] } else { b"450 4.2.1 try again later\r\n" })?;
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
