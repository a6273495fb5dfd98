//! Campaigns to a relay that is fifty milliseconds away, by turns with lettre over the same network.

use std::time::Duration;

use muster_tests::bench::client::{self, Client, Load};
use muster_tests::bench::{Delay, Figure, Sink};

use crate::Extent;
use crate::apart::{engines, send};

/// Half of a round trip.
const EACH_WAY: Duration = Duration::from_millis(25);
/// Recipients of a round, and messages of the floor, which is slower: each enough for ten seconds.
const RECIPIENTS: i64 = 3_000;
const FLOOR: i64 = 500;

/// Every campaign stands beside lettre with as many connections, without Nagle's delay, and without a database.
pub fn compare(extent: &Extent) -> Vec<Figure> {
    let sink = Sink::start();
    let network = Delay::to(sink.port, EACH_WAY);
    let lettre = Load {
        messages: usize::try_from(extent.messages(FLOOR)).expect("a number of messages"),
        bytes: 2_048,
        connections: 10,
        threads: 1,
        chunks_in_flight: 1,
        client: Client::Lettre,
    };
    let mut figures = Vec::new();
    for engine in engines() {
        let mut rate = Vec::new();
        for _ in 0..extent.rounds {
            let floor = client::run("127.0.0.1", network.port, &lettre).messages_per_s;
            rate.push((send(network.port, engine, extent.messages(RECIPIENTS), 2_048).per_second(), floor));
        }
        figures.push(Figure::beside("end_to_end_50ms", Some(engine), "messages/s", &rate));
    }
    figures
}
