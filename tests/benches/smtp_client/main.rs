//! The bulk client against a sink, beside postfix's own generator.
//!
//! Alone (`cargo bench -p muster-tests --bench smtp_client`) it starts `smtp-sink` and runs itself and `smtp-source` by
//! turns. With `--to HOST:PORT` it only sends, so that anything can be measured on the same sink:
//!
//! ```text
//! smtp_client --to 127.0.0.1:2525 --messages 200000 --bytes 2048 --connections 10 --client bulk
//! ```

#![allow(clippy::disallowed_methods, reason = "a measurement looks at the real world")]

mod beside;

use std::env;

use muster_tests::bench::client::{self, Client, Load};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let number = |name: &str, usual: usize| {
        value(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} wants a number, not {text}")))
    };
    let load = Load {
        messages: number("--messages", 200_000),
        bytes: number("--bytes", 2048),
        connections: number("--connections", 10),
        threads: number("--threads", 1),
        chunks_in_flight: number("--chunks", 4),
        client: match value("--client").as_deref() {
            None | Some("bulk") => Client::Bulk,
            Some("lettre") => Client::Lettre,
            Some(other) => panic!("--client is bulk or lettre, not {other}"),
        },
    };
    match value("--to") {
        Some(to) => {
            let (host, port) = to.rsplit_once(':').expect("--to HOST:PORT");
            let result = client::run(host, port.parse().expect("a port"), &load);
            println!("{result}");
        }
        None => beside::compare(number("--rounds", 5)),
    }
}
