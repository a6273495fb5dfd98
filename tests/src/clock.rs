//! Virtual time and repeatable ids.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use muster_domain::clock::{Clock, Ids, Millis};
use muster_domain::time::parse_moment;
use muster_engine::clock::uuid_v7;
use uuid::Uuid;

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that stands at a moment (RFC 3339).
    pub fn at(moment: &str) -> Self {
        Self(AtomicI64::new(parse_moment(moment).expect("a moment")))
    }
    /// Moves to a moment.
    pub fn set(&self, moment: &str) {
        self.0.store(parse_moment(moment).expect("a moment"), Ordering::SeqCst);
    }
    /// Moves on by milliseconds.
    pub fn advance(&self, by: Millis) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

/// Ids and "random" bytes that are the same in every run (SplitMix64).
#[derive(Debug, Default)]
pub struct TestIds(AtomicU64);

impl TestIds {
    /// Other ids than those of a default one, for a second node.
    pub fn others() -> Self {
        Self(AtomicU64::new(1 << 32))
    }
}

impl Ids for TestIds {
    fn uuid(&self, now: Millis) -> Uuid {
        // The counter leads, so that ids of one virtual millisecond keep their order, as UUIDv7 from a real clock do.
        let n = self.0.load(Ordering::SeqCst);
        let mut random = self.random();
        random[0] = (n >> 16) as u8;
        random[1] = (n >> 8) as u8;
        random[2] = 0;
        random[3] = n as u8;
        uuid_v7(now, random)
    }

    fn random(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_mut(8) {
            let mut z =
                self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes());
        }
        bytes
    }
}
