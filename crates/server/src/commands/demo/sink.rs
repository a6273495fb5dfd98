//! A mail server that takes everything and keeps it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it takes over each message: time enough to pause, and to pull the plug.
const TAKES: Duration = Duration::from_millis(12);

/// One message that arrived.
#[derive(Clone)]
pub(super) struct Mail {
    pub to: String,
    /// As it came, undecoded.
    pub text: String,
}

impl Mail {
    /// A header's value, unfolded; empty when it is not there.
    pub(super) fn header(&self, name: &str) -> String {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_ascii_lowercase());
        head.lines()
            .find(|line| line.to_ascii_lowercase().starts_with(&prefix))
            .map(|line| line[prefix.len()..].trim().to_owned())
            .unwrap_or_default()
    }
}

/// The server; it ends with the process.
#[derive(Clone)]
pub(super) struct Sink {
    pub address: SocketAddr,
    kept: Arc<Mutex<Vec<Mail>>>,
}

impl Sink {
    pub(super) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let sink = Self { address: listener.local_addr()?, kept: Arc::default() };
        let kept = Arc::clone(&sink.kept);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                // A sender that was killed breaks its connection: that is part of the demo.
                tokio::spawn(async move { serve(stream, &kept).await.unwrap_or_default() });
            }
        });
        Ok(sink)
    }

    /// Everything so far.
    pub(super) fn mails(&self) -> Vec<Mail> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(stream: TcpStream, kept: &Mutex<Vec<Mail>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    write.write_all(b"220 demo ESMTP\r\n").await?;
    let (mut to, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let upper = line.to_ascii_uppercase();
        if upper.starts_with("EHLO") {
            write.write_all(b"250-demo\r\n250-PIPELINING\r\n250 8BITMIME\r\n").await?;
        } else if upper.starts_with("DATA") {
            write.write_all(b"354 go on\r\n").await?;
            let text = message(&mut lines).await?;
            tokio::time::sleep(TAKES).await;
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(Mail { to: to.clone(), text });
            write.write_all(b"250 2.0.0 taken\r\n").await?;
        } else if upper.starts_with("QUIT") {
            return write.write_all(b"221 2.0.0 bye\r\n").await;
        } else {
            if upper.starts_with("RCPT TO:") {
                to = line[8..].trim().trim_matches(['<', '>']).to_owned();
            }
            write.write_all(b"250 2.0.0 ok\r\n").await?;
        }
    }
}

async fn message(lines: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<String> {
    let (mut text, mut line) = (String::new(), Vec::new());
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(text);
        }
        let part = line.strip_prefix(b".").unwrap_or(&line);
        text.push_str(&String::from_utf8_lossy(part));
    }
}
