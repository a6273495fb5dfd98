//! Whole campaigns by turns with postfix's generator on the same sink.

use muster_tests::bench::{Figure, Sink, smtp_source};

use crate::Extent;
use crate::apart::{engines, send};

/// Recipients of a round.
const RECIPIENTS: i64 = 500_000;

/// Every campaign stands beside a run of the generator with as many messages of the same size.
pub fn compare(extent: &Extent) -> Vec<Figure> {
    let sink = Sink::start();
    let mut figures = Vec::new();
    for engine in engines() {
        for (name, bytes, recipients) in
            [("end_to_end_2kb", 2_048, RECIPIENTS), ("end_to_end_30kb", 30_000, RECIPIENTS / 5)]
        {
            let recipients = extent.messages(recipients);
            let (mut rate, mut cpu) = (Vec::new(), Vec::new());
            for _ in 0..extent.rounds {
                let floor = smtp_source(sink.port, recipients, bytes, 10);
                let run = send(sink.port, engine, recipients, bytes);
                rate.push((run.per_second(), floor.0));
                cpu.push((run.cpu_us, floor.1));
            }
            figures.push(Figure::beside(name, Some(engine), "messages/s", &rate));
            figures.push(Figure::beside(&format!("{name}_cpu"), Some(engine), "µs/message", &cpu));
        }
    }
    figures
}
