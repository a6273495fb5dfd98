//! Sending campaigns, beside what the same sink takes from postfix's own generator.
//!
//! `cargo bench -p muster-tests --bench sending` runs everything by turns and writes `target/bench.json`. With `--to
//! HOST:PORT` it sends one campaign to any sink and prints its figures, so that anything can be measured beside it:
//!
//! ```text
//! sending --to 127.0.0.1:2526 --engine sqlite --recipients 100000 --bytes 2048 --connections 10
//! ```
#![allow(clippy::disallowed_methods, reason = "a measurement looks at the real world")]

mod beside;
mod campaign;

use std::env;

use campaign::Load;
use muster_db::Engine;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let number = |name: &str, usual: i64| {
        value(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} wants a number, not {text}")))
    };
    let Some(to) = value("--to") else {
        beside::compare(usize::try_from(number("--rounds", 3)).expect("a number of rounds"));
        return;
    };
    let (host, port) = to.rsplit_once(':').expect("--to HOST:PORT");
    let load = Load {
        engine: if value("--engine").as_deref() == Some("postgres") { Engine::Postgres } else { Engine::Sqlite },
        recipients: number("--recipients", 100_000),
        bytes: usize::try_from(number("--bytes", 2_048)).expect("a size"),
        host: host.to_owned(),
        port: port.parse().expect("a port"),
        connections: number("--connections", 10),
    };
    println!("{}", serde_json::to_string(&campaign::run(&load)).expect("figures"));
}
