//! Processor time, read from `/proc`.

use std::fs;

/// Ticks a second of `/proc/*/stat`; 100 on every Linux that Muster runs on.
const TICKS: f64 = 100.0;

/// Seconds of processor time, user and system: of this process, and of its children that have ended.
pub fn seconds() -> (f64, f64) {
    let stat = fs::read_to_string("/proc/self/stat").expect("/proc is mounted");
    // The name in parentheses may contain anything; fields are counted from its end. utime is field 14 of proc(5).
    let fields: Vec<f64> = stat
        .rsplit_once(')')
        .map(|(_, rest)| rest.split_ascii_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect())
        .unwrap_or_default();
    let ticks = |utime: usize| (fields[utime - 3] + fields[utime - 2]) / TICKS;
    (ticks(14), ticks(16))
}
