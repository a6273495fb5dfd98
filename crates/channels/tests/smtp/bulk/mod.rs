//! Bulk mail over lanes.

mod chunks;
mod delivery;
mod erratic;
mod limits;
mod losses;
mod pipelining;
mod refusals;
mod tls;

use std::time::Duration;

use Step::{Expect, Say};
use futures::{StreamExt, stream};
use muster_channels::{
    Outcome, Reason,
    email::{
        SmtpConfig,
        bulk::{Letter, Relay},
    },
};

use crate::{
    letter, relay,
    scripted::{Scripted, Step, script},
    short,
};

/// Letter `number` on its way to customer `number`.
pub fn bulk(number: usize) -> Letter<usize> {
    Letter::of(number, &letter(number)).unwrap()
}

/// What a lane did with letters 0, 1, 2, …
pub struct Sent {
    /// Outcomes in the order in which they were reported, as [`short`] puts them.
    pub outcomes: Vec<String>,
    /// The reasons beside them.
    pub reasons: Vec<Reason>,
    /// How the lane ended.
    pub end: Result<(), Reason>,
    /// Letters that the lane left in the queue.
    pub left: usize,
}

/// Sends so many letters over one lane.
pub async fn send(config: SmtpConfig, count: usize) -> Sent {
    send_all(config, (0..count).map(bulk).collect()).await
}

/// Sends these letters over one lane. Their outcomes come in their order, one for each that was taken.
pub async fn send_all(config: SmtpConfig, letters: Vec<Letter<usize>>) -> Sent {
    let mut lane = Relay::new(config).unwrap().lane();
    let mut queue = stream::iter(letters);
    let mut outcomes: Vec<(usize, Outcome)> = Vec::new();
    let mut report = |tag, outcome| outcomes.push((tag, outcome));
    let run = lane.run(&mut queue, &mut report);
    let end = tokio::time::timeout(Duration::from_secs(20), run).await.expect("a lane ends");
    assert!(outcomes.iter().map(|(tag, _)| *tag).eq(0..outcomes.len()), "{outcomes:?}");
    Sent {
        reasons: outcomes.iter().map(|(_, outcome)| outcome.reason().cloned().unwrap_or_default()).collect(),
        outcomes: outcomes.iter().map(|(_, outcome)| short(outcome)).collect(),
        end,
        left: queue.count().await,
    }
}

/// Sends so many letters to a server that follows these scripts, one for each connection.
pub async fn against(scripts: &[&[&[Step]]], count: usize) -> Sent {
    let server = Scripted::start(scripts.iter().map(|parts| script(parts)).collect()).await;
    let sent = send(relay(server.port), count).await;
    server.settled().await;
    server.assert_followed();
    sent
}

/// A server that announces PIPELINING.
pub const PIPELINING: &[Step] =
    &[Say("220 scripted ESMTP"), Expect("EHLO sender.test"), Say("250-scripted\r\n250 PIPELINING")];

/// A group of `MAIL`, `RCPT` and `DATA`.
pub const GROUP: &[Step] = &[Expect("MAIL FROM:"), Expect("RCPT TO:"), Expect("DATA")];

/// All of a group taken.
pub const TAKEN: &[Step] = &[Say("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go ahead")];

/// A body and its acceptance, where nothing follows.
pub const ACCEPTED: &[Step] = &[Step::Body, Say("250 2.0.0 Ok: queued as 4F1A")];
