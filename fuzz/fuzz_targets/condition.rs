//! See `checks::condition`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/jobs.rs"]
#[allow(dead_code, reason = "one check for each target")]
mod checks;

fuzz_target!(|bytes: &[u8]| checks::condition(bytes));
