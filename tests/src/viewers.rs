//! Viewers of what moves, over real HTTP connections whose far ends are in the test's hands: a viewer that does not read
//! holds up its connection as a sleeping browser does, and every octet that was kept for it can be counted.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::sync::mpsc;

/// What the network between a viewer and the server holds, octets.
pub const NETWORK: usize = 4_096;

/// Where viewers come in.
pub struct Door {
    connections: mpsc::UnboundedSender<Wire>,
    token: String,
}

/// Somebody who looks, when they read.
pub struct Viewer {
    far_end: DuplexStream,
}

impl Door {
    /// Serves a router to viewers with an API token.
    pub fn open(router: Router, token: &str) -> Self {
        let (connections, arrivals) = mpsc::unbounded_channel();
        // As the server does it: a router by itself is copied, route by route, for every connection.
        let service = router.into_make_service();
        tokio::spawn(async move { axum::serve(Arrivals(arrivals), service).await });
        Self { connections, token: token.to_owned() }
    }

    /// A viewer to whom the server has said hello.
    pub async fn viewer(&self) -> Viewer {
        let (near_end, far_end) = tokio::io::duplex(NETWORK);
        self.connections.send(Wire(near_end)).expect("a server");
        let mut viewer = Viewer { far_end };
        let request =
            format!("GET /api/v1/live HTTP/1.1\r\nhost: muster\r\nauthorization: Bearer {}\r\n\r\n", self.token);
        viewer.far_end.write_all(request.as_bytes()).await.expect("a connection");
        let said = viewer.read_until("hello").await;
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
        viewer
    }
}

impl Viewer {
    /// Reads everything up to these words.
    pub async fn read_until(&mut self, words: &str) -> String {
        let mut said = String::new();
        let mut part = [0; 2_048];
        while !said.contains(words) {
            let length = self.far_end.read(&mut part).await.expect("a connection");
            assert!(length > 0, "the server closed the connection: {said}");
            said.push_str(&String::from_utf8_lossy(&part[..length]));
        }
        said
    }
}

struct Arrivals(mpsc::UnboundedReceiver<Wire>);

impl Listener for Arrivals {
    type Io = Wire;
    type Addr = ();

    async fn accept(&mut self) -> (Wire, ()) {
        match self.0.recv().await {
            Some(wire) => (wire, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The server's end. It says, as a socket does, that it takes several pieces at once: then the server holds as many pieces
/// for it as it would for a socket.
pub struct Wire(DuplexStream);

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}
