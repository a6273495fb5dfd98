//! Campaigns in processes of their own, so that memory and processor time are a campaign's alone.

use std::process::Command;

use crate::campaign::Figures;

/// The engines that can be measured: PostgreSQL where there is one.
pub fn engines() -> &'static [&'static str] {
    if std::env::var("MUSTER_TEST_PG_URL").is_ok() { &["sqlite", "postgres"] } else { &["sqlite"] }
}

/// Sends one campaign to a port of this machine over ten connections. Nothing may be in doubt after it.
pub fn send(port: u16, engine: &str, recipients: i64, bytes: usize) -> Figures {
    let program = std::env::current_exe().expect("this program");
    let done = Command::new(program)
        .args(["--to", &format!("127.0.0.1:{port}"), "--engine", engine])
        .args(["--recipients", &recipients.to_string(), "--bytes", &bytes.to_string()])
        .output()
        .expect("this program runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let figures: Figures = serde_json::from_slice(&done.stdout).expect("figures");
    assert_eq!((figures.sent, figures.unknown), (recipients, 0), "a quiet run sends everything");
    figures
}
