//! The one implementation of [`Clock`] and [`Ids`] that looks at the real world.
#![allow(clippy::disallowed_methods, reason = "this is the place that the lint sends everybody else to")]

use muster_domain::clock::{Clock, Ids, Millis};
use uuid::{NoContext, Timestamp, Uuid};

/// The computer's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
    }
}

/// Ids from the operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn uuid(&self, now: Millis) -> Uuid {
        uuid_v7(now, self.random())
    }

    fn random(&self) -> [u8; 32] {
        // Two UUIDv4 carry 244 random bits from the operating system; mixed so that the fixed bits do not show.
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_mut(8) {
            let (a, b) = Uuid::new_v4().as_u64_pair();
            chunk.copy_from_slice(&(a.rotate_left(23) ^ b).to_le_bytes());
        }
        bytes
    }
}

/// A UUIDv7 (RFC 9562 §5.7) of a moment and random bytes.
pub fn uuid_v7(now: Millis, random: [u8; 32]) -> Uuid {
    let millis = u64::try_from(now).unwrap_or(0);
    let id = Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        millis / 1_000,
        u32::try_from(millis % 1_000).unwrap_or(0) * 1_000_000,
    ));
    let mut bytes = *id.as_bytes();
    bytes[6] = 0x70 | (random[0] & 0x0f);
    bytes[7] = random[1];
    bytes[8] = 0x80 | (random[2] & 0x3f);
    bytes[9..].copy_from_slice(&random[3..10]);
    Uuid::from_bytes(bytes)
}
