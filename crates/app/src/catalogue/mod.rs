//! Products and rewards: what offers are made of (OFF-1).

pub mod products;
pub mod rewards;

/// Longest name of anything in the catalogue, in characters.
pub const MAX_NAME: usize = 255;
/// Longest description.
pub const MAX_DESCRIPTION: usize = 4_000;

/// Three capital letters (ISO 4217), as far as that can be told without the list.
pub(crate) fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}
