//! Where time and ids come from: parameters, so that tests run on virtual time and repeat exactly.

use uuid::Uuid;

/// A moment: UTC milliseconds since 1970.
pub type Millis = i64;

/// The present.
pub trait Clock: Send + Sync {
    /// Now, in UTC milliseconds since 1970.
    fn now(&self) -> Millis;
}

/// New ids and random bytes.
pub trait Ids: Send + Sync {
    /// A new UUIDv7 (RFC 9562 §5.7) of the moment given.
    fn uuid(&self, now: Millis) -> Uuid;
    /// Unpredictable bytes, for tokens and salts.
    fn random(&self) -> [u8; 32];
}
