//! A stream that ends with an error once too much came out of it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Lets so many bytes through, and no more: the library above keeps whatever a server says that it will send.
#[derive(Debug)]
pub(super) struct Metered<S> {
    inner: S,
    left: u64,
}

impl<S> Metered<S> {
    pub(super) fn new(inner: S, most: u64) -> Self {
        Self { inner, left: most }
    }

    pub(super) fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        std::task::ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        match self.left.checked_sub((buf.filled().len() - before) as u64) {
            Some(left) => self.left = left,
            None => {
                // An error comes without bytes.
                buf.set_filled(before);
                let text = "the mail server sends more than it was asked for";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::FileTooLarge, text)));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn what_is_too_much_is_an_error() {
        let (mut one, other) = tokio::io::duplex(64);
        let write = async {
            tokio::io::AsyncWriteExt::write_all(&mut one, &[7; 50]).await.unwrap();
            drop(one);
        };
        let mut metered = Metered::new(other, 30);
        let mut bytes = Vec::new();
        let (read, ()) = tokio::join!(metered.read_to_end(&mut bytes), write);
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
