//! The TCP stream under an SMTP connection: without Nagle's delay, and watched.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

/// Remembers whether everything that was written has been handed to the operating system.
///
/// When a connection breaks, this is what tells a message that certainly was not accepted (its
/// final dot never left) from one that may have been.
#[derive(Clone, Debug, Default)]
pub(super) struct WriteWatch(Arc<AtomicBool>);

impl WriteWatch {
    /// True when the last write failed or is still waiting for room.
    pub(super) fn stuck(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn note<T>(&self, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.0.store(!matches!(poll, Poll::Ready(Ok(_))), Ordering::Relaxed);
        poll
    }
}

/// A TCP stream with `TCP_NODELAY`. lettre writes body and final dot apart; with Nagle's algorithm
/// the dot waits for the receiver's delayed acknowledgement, 44 ms a message.
#[derive(Debug)]
pub(super) struct Watched {
    tcp: TcpStream,
    watch: WriteWatch,
}

impl Watched {
    pub(super) fn new(tcp: TcpStream) -> io::Result<(Self, WriteWatch)> {
        tcp.set_nodelay(true)?;
        let watch = WriteWatch::default();
        Ok((Watched { tcp, watch: watch.clone() }, watch))
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.tcp).poll_write(cx, buf);
        // A partial write counts as stuck until the rest has followed.
        match &poll {
            Poll::Ready(Ok(written)) if *written < buf.len() => {
                self.watch.0.store(true, Ordering::Relaxed);
                poll
            }
            _ => self.watch.note(poll),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TCP has no buffer to flush here, so this says nothing about what was written.
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Watched {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

/// TLS from the first byte over a watched stream; lettre itself only upgrades.
pub(super) struct Encrypted(pub(super) Box<TlsStream<Watched>>);

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted")
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}
