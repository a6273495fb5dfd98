//! Sending campaigns, and what a campaign is made of, each beside the least that the same work can cost.
//!
//! `cargo bench -p muster-tests --bench sending` measures everything by turns and writes `target/bench.json`. A part
//! of it, or a smaller trial (`--scale`), which is printed only:
//!
//! ```text
//! sending --only far --rounds 1 --scale 0.1
//! ```
//!
//! With `--to HOST:PORT` it sends one campaign to any sink and prints its figures, so that anything can be measured
//! beside it:
//!
//! ```text
//! sending --to 127.0.0.1:2526 --engine sqlite --recipients 100000 --bytes 2048 --connections 10
//! ```
#![allow(clippy::disallowed_methods, reason = "a measurement looks at the real world")]

mod apart;
mod beside;
mod campaign;
mod database;
mod far;
mod large;
mod marks;
mod plain;

use std::env;
use std::str::FromStr;

use campaign::Load;
use muster_db::Engine;
use muster_tests::bench::{Figure, print, publish};

/// Measures one thing.
type Measure = fn(&Extent) -> Vec<Figure>;

/// The measurements, by the names that `--only` takes.
const ALL: [(&str, Measure); 4] =
    [("generator", beside::compare), ("far", far::compare), ("large", large::compare), ("database", database::compare)];

/// How much is measured.
pub struct Extent {
    pub rounds: usize,
    /// 1 for figures that count.
    scale: f64,
}

impl Extent {
    /// A number of messages, to scale.
    pub fn messages(&self, whole: i64) -> i64 {
        ((whole as f64 * self.scale) as i64).max(100)
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    fn number<T: FromStr>(text: Option<String>, usual: T) -> T {
        text.map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("a number is wanted, not {text}")))
    }
    let Some(to) = value("--to") else {
        let extent = Extent { rounds: number(value("--rounds"), 3), scale: number(value("--scale"), 1.0) };
        let only = value("--only");
        for (_, measure) in ALL.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name)) {
            let figures = measure(&extent);
            if extent.scale < 1.0 { print(&figures) } else { publish(figures) }
        }
        return;
    };
    let (host, port) = to.rsplit_once(':').expect("--to HOST:PORT");
    let load = Load {
        engine: if value("--engine").as_deref() == Some("postgres") { Engine::Postgres } else { Engine::Sqlite },
        recipients: number(value("--recipients"), 100_000),
        bytes: number(value("--bytes"), 2_048),
        host: host.to_owned(),
        port: port.parse().expect("a port"),
        connections: number(value("--connections"), 10),
    };
    println!("{}", serde_json::to_string(&campaign::run(&load)).expect("figures"));
}
