//! What changes when a campaign is a hundred times as large.

use muster_tests::bench::{Figure, Sink};

use crate::Extent;
use crate::apart::send;

/// Ten thousand, a hundred thousand and a million by turns; the smallest is the floor of the others.
pub fn compare(extent: &Extent) -> Vec<Figure> {
    const ENGINE: &str = "sqlite";
    let sink = Sink::start();
    let (mut middle, mut large, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..extent.rounds {
        let [a, b, c] = [10_000, 100_000, 1_000_000].map(|n| send(sink.port, ENGINE, extent.messages(n), 2_048));
        middle.push((b.per_second(), a.per_second()));
        large.push((c.per_second(), a.per_second()));
        memory.push((c.peak_memory_mb, a.peak_memory_mb));
    }
    vec![
        Figure::beside("end_to_end_100k", Some(ENGINE), "messages/s", &middle),
        Figure::beside("end_to_end_1m", Some(ENGINE), "messages/s", &large),
        Figure::beside("peak_memory_1m_mb", Some(ENGINE), "MB", &memory),
    ]
}
