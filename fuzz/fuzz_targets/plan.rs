//! See `checks::plan`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/plans.rs"]
mod checks;

fuzz_target!(|bytes: &[u8]| checks::plan(bytes));
