//! Bytes to and from a server, in clear or under TLS.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::reply::{self, MAX_REPLY, Malformed, Reply};

/// Room for the longest answer, and for what comes after it in the same packet.
const INPUT: usize = MAX_REPLY + 4096;

/// A connection and what has been read from it but not yet understood.
pub(super) struct Wire {
    stream: Stream,
    input: Box<[u8]>,
    /// `input[start..end]` is unread.
    start: usize,
    end: usize,
    /// TLS may hold back what it was given.
    unflushed: bool,
}

enum Stream {
    Clear(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// A connection in clear. Without `TCP_NODELAY` a short last packet waits for the acknowledgement of the one
    /// before, which the other side delays by 40 ms.
    pub(super) fn new(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        let input = vec![0; INPUT].into_boxed_slice();
        Ok(Wire { stream: Stream::Clear(tcp), input, start: 0, end: 0, unflushed: false })
    }

    /// Upgrades to TLS. What the server said in clear before is thrown away: somebody in between could have said it
    /// (RFC 3207 §4.2).
    pub(super) async fn encrypt(self, config: Arc<ClientConfig>, name: ServerName<'static>) -> io::Result<Self> {
        let Stream::Clear(tcp) = self.stream else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the connection is encrypted already"));
        };
        let stream = TlsConnector::from(config).connect(name, tcp).await?;
        Ok(Wire { stream: Stream::Encrypted(Box::new(stream)), start: 0, end: 0, ..self })
    }

    /// The first answer that has arrived whole, and its length for [`Wire::consume`].
    pub(super) fn reply(&self) -> Result<Option<(Reply<'_>, usize)>, Malformed> {
        if self.start == self.end { Ok(None) } else { reply::read(&self.input[self.start..self.end]) }
    }

    /// Forgets an answer that has been dealt with.
    pub(super) fn consume(&mut self, length: usize) {
        self.start = (self.start + length).min(self.end);
    }

    /// Whether more was read than an answer of this length.
    pub(super) fn holds_more_than(&self, length: usize) -> bool {
        self.end - self.start > length
    }

    /// Reads more. 0 is the end: the server has closed.
    pub(super) fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.input.len() {
            self.input.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let mut room = ReadBuf::new(&mut self.input[self.end..]);
        ready!(match &mut self.stream {
            Stream::Clear(tcp) => Pin::new(tcp).poll_read(cx, &mut room),
            Stream::Encrypted(tls) => Pin::new(tls.as_mut()).poll_read(cx, &mut room),
        })?;
        let read = room.filled().len();
        self.end += read;
        Poll::Ready(Ok(read))
    }

    /// Hands over as much as there is room for.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Clear(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Stream::Encrypted(tls) => {
                self.unflushed = true;
                Pin::new(tls.as_mut()).poll_write(cx, bytes)
            }
        }
    }

    /// Lets out what TLS holds back.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.unflushed
            && let Stream::Encrypted(tls) = &mut self.stream
        {
            ready!(Pin::new(tls.as_mut()).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Whether a write that failed may all the same have sent what it was given: TLS encrypts first and fails later.
    pub(super) fn fails_late(&self) -> bool {
        matches!(self.stream, Stream::Encrypted(_))
    }
}
