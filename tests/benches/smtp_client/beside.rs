//! Runs by turns with postfix's generator on the same sink: this machine's speed changes, ratios hardly do.

use muster_tests::bench::client::{self, Client, Load};
use muster_tests::bench::{Figure, Sink, publish, smtp_source};

/// Every run of the client stands beside one of the generator.
pub fn compare(rounds: usize) {
    let sink = Sink::start();
    let mut figures = Vec::new();
    for (name, bytes, messages) in [("2kb", 2048, 100_000), ("30kb", 30_000, 25_000)] {
        let load = |client| Load { messages, bytes, connections: 10, threads: 1, chunks_in_flight: 4, client };
        let (mut rate, mut cpu, mut ordinary) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let floor = smtp_source(sink.port, i64::try_from(messages).unwrap_or(i64::MAX), bytes, 10);
            let bulk = client::run("127.0.0.1", sink.port, &load(Client::Bulk));
            rate.push((bulk.messages_per_s, floor.0));
            cpu.push((bulk.cpu_us, floor.1));
            ordinary.push((client::run("127.0.0.1", sink.port, &load(Client::Lettre)).messages_per_s, floor.0));
        }
        figures.push(Figure::beside(&format!("smtp_client_{name}"), None, "messages/s", &rate));
        figures.push(Figure::beside(&format!("smtp_client_cpu_{name}"), None, "µs/message", &cpu));
        figures.push(Figure::beside(&format!("smtp_ordinary_{name}"), None, "messages/s", &ordinary));
    }
    publish(figures);
}
