//! What an SMTP server answers: nothing that arrives may break the reader, and an answer is the same however its bytes
//! arrive.
#![no_main]

use libfuzzer_sys::fuzz_target;
use muster_channels::email::bulk::reply;

fuzz_target!(|bytes: &[u8]| {
    let whole = reply::read(bytes);
    // Every beginning of what is short; of what is long the first ones, and some of the others.
    for cut in (0..bytes.len()).filter(|cut| *cut < 600 || cut % 61 == 0) {
        match (reply::read(&bytes[..cut]), &whole) {
            (Ok(None), _) => {}
            (Ok(Some(early)), Ok(Some(late))) => assert_eq!(&early, late),
            (Err(early), Err(late)) => assert_eq!(std::mem::discriminant(&early), std::mem::discriminant(late)),
            (early, late) => panic!("{early:?} after {cut} bytes, {late:?} after all"),
        }
    }
    if let Ok(Some((answer, length))) = whole {
        assert!(length <= bytes.len() && (200..600).contains(&answer.code));
        assert!(!answer.spoken().chars().any(char::is_control));
        let _ = answer.reason();
    }
});
