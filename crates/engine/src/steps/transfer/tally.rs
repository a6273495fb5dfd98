//! Counts and sums up what is read through it, and ends what is too much.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, ReadBuf};

use super::MAX_BYTES;

/// What was moved.
pub(super) struct Moved {
    pub bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
}

/// A reader that counts.
pub(super) struct Tally<R> {
    inner: R,
    bytes: u64,
    sum: Sha256,
}

impl<R> Tally<R> {
    pub fn of(inner: R) -> Self {
        Self { inner, bytes: 0, sum: Sha256::new() }
    }

    /// Its reader, to be ended in its own way, and what went through.
    pub fn end(self) -> (R, Moved) {
        let sha256 = self.sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        (self.inner, Moved { bytes: self.bytes, sha256 })
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Tally<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        let new = &buffer.filled()[before..];
        self.bytes += new.len() as u64;
        if self.bytes > MAX_BYTES {
            let words = format!("the file is larger than {} GiB", MAX_BYTES >> 30);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::FileTooLarge, words)));
        }
        self.sum.update(new);
        Poll::Ready(Ok(()))
    }
}
