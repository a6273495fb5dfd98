//! Timezones by their IANA names.

use std::str::FromStr;

/// Whether the name is in the timezone database.
pub fn is_known(name: &str) -> bool {
    chrono_tz::Tz::from_str(name).is_ok()
}
