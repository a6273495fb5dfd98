//! Whole campaigns by turns with postfix's generator on the same sink, each in a process of its own.

use std::process::Command;

use muster_tests::bench::{Figure, Sink, publish, smtp_source};

use crate::campaign::Figures;

/// Recipients of a round: enough for ten seconds.
const RECIPIENTS: i64 = 100_000;

/// Every campaign stands beside a run of the generator with as many messages of the same size.
pub fn compare(rounds: usize) {
    let sink = Sink::start();
    let mut figures = Vec::new();
    let engines: &[&str] =
        if std::env::var("MUSTER_TEST_PG_URL").is_ok() { &["sqlite", "postgres"] } else { &["sqlite"] };
    for engine in engines {
        for (name, bytes, recipients) in
            [("end_to_end_2kb", 2_048, RECIPIENTS), ("end_to_end_30kb", 30_000, RECIPIENTS / 4)]
        {
            let (mut rate, mut cpu, mut unknown) = (Vec::new(), Vec::new(), 0);
            for _ in 0..rounds {
                let floor = smtp_source(sink.port, recipients, bytes, 10);
                let run = send(&sink, engine, recipients, bytes);
                rate.push((run.sent as f64 / run.whole, floor.0));
                cpu.push((run.cpu_us, floor.1));
                unknown += run.unknown;
            }
            assert_eq!(unknown, 0, "nothing is in doubt after a quiet run");
            figures.push(Figure::beside(name, Some(engine), "messages/s", &rate));
            figures.push(Figure::beside(&format!("{name}_cpu"), Some(engine), "µs/message", &cpu));
        }
    }
    let big = send(&sink, "sqlite", 10 * RECIPIENTS, 2_048);
    let small = send(&sink, "sqlite", RECIPIENTS / 10, 2_048);
    let speed = |run: &Figures| run.sent as f64 / run.whole;
    figures.push(Figure::alone("peak_memory_1m_mb", Some("sqlite"), "MB", &[big.peak_memory_mb]));
    figures.push(Figure::alone("launch_1m", Some("sqlite"), "s", &[big.launch]));
    figures.push(Figure::beside("end_to_end_1m", Some("sqlite"), "messages/s", &[(speed(&big), speed(&small))]));
    publish(figures);
}

fn send(sink: &Sink, engine: &str, recipients: i64, bytes: usize) -> Figures {
    let program = std::env::current_exe().expect("this program");
    let done = Command::new(program)
        .args(["--to", &format!("127.0.0.1:{}", sink.port), "--engine", engine])
        .args(["--recipients", &recipients.to_string(), "--bytes", &bytes.to_string()])
        .output()
        .expect("this program runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("figures")
}
