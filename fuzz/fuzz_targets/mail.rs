//! A mail that comes into a mailbox which anybody may write to: it is read within its bounds, and its text can be kept.
#![no_main]

use libfuzzer_sys::fuzz_target;
use muster_domain::incoming::{self, Kind, MAX_TEXT};
use muster_domain::reply::quote;

fuzz_target!(|bytes: &[u8]| {
    let found = incoming::read(bytes);
    assert!(found.answers.len() <= 20 && found.recipients.len() <= 40 && found.from.len() <= 500);
    if let Kind::Reply { body, .. } | Kind::Bounce { text: body, .. } = &found.kind {
        assert!(body.len() <= MAX_TEXT && !body.contains('\0'));
        let _ = quote::strip(body);
    }
});
