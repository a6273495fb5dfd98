//! A bound on how much one record may take in.

use std::io::{self, Read};

/// Most bytes of one record. A quote that is never closed would otherwise take in the whole file.
const MAX_RECORD: u64 = 1024 * 1024;

/// Refuses to read on when a record has grown past its bound.
pub(super) struct RecordGuard<R> {
    input: R,
    since_record: u64,
    exceeded: bool,
}

impl<R: Read> RecordGuard<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, since_record: 0, exceeded: false }
    }

    /// A record has ended; the next may take its share.
    pub(super) fn record_ended(&mut self) {
        self.since_record = 0;
    }

    /// Whether reading stopped because of the bound.
    pub(super) fn exceeded(&self) -> bool {
        self.exceeded
    }
}

impl<R: Read> Read for RecordGuard<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.since_record > MAX_RECORD {
            self.exceeded = true;
            return Err(io::Error::other("record too large"));
        }
        let count = self.input.read(out)?;
        self.since_record += count as u64;
        Ok(count)
    }
}
