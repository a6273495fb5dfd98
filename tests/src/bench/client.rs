//! One run of a mail client against a sink.

use std::{fmt, time::Instant};

use futures::{StreamExt, stream};
use muster_channels::{
    Channel, OutboundMessage, Sender,
    email::{
        SmtpConfig, SmtpSender,
        bulk::{Letter, Relay},
    },
};

use super::cpu;

/// What is sent, and how.
pub struct Load {
    pub messages: usize,
    /// Octets of text in a message.
    pub bytes: usize,
    pub connections: usize,
    pub threads: usize,
    pub chunks_in_flight: usize,
    pub client: Client,
}

/// Which client sends.
#[derive(Clone, Copy)]
pub enum Client {
    /// The one for campaigns, which runs ahead of the server's answers.
    Bulk,
    /// The one for single messages, which waits for each answer.
    Lettre,
}

/// What a run came to.
pub struct Result {
    pub messages_per_s: f64,
    pub cpu_us: f64,
}

impl fmt::Display for Result {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:8.0} messages/s {:7.1} µs CPU/message", self.messages_per_s, self.cpu_us)
    }
}

/// Sends all of it; every message must be accepted.
pub fn run(host: &str, port: u16, load: &Load) -> Result {
    let config = SmtpConfig {
        connections: load.connections,
        messages_per_connection: u32::MAX,
        chunks_in_flight: load.chunks_in_flight,
        hello_name: Some("bench.test".into()),
        ..SmtpConfig::new("bench", host, port)
    };
    let runtime = match load.threads {
        0 | 1 => tokio::runtime::Builder::new_current_thread().enable_all().build(),
        threads => tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build(),
    }
    .expect("a runtime");
    let (cpu, start) = (cpu::seconds().0, Instant::now());
    let accepted = runtime.block_on(async {
        match load.client {
            Client::Bulk => bulk(config, load).await,
            Client::Lettre => lettre(config, load).await,
        }
    });
    let (cpu, taken) = (cpu::seconds().0 - cpu, start.elapsed().as_secs_f64());
    let messages = load.messages as f64;
    assert_eq!(accepted, load.messages, "every message is accepted");
    Result { messages_per_s: messages / taken, cpu_us: cpu * 1e6 / messages }
}

async fn bulk(config: SmtpConfig, load: &Load) -> usize {
    let relay = Relay::new(config).expect("the configuration is sound");
    let data = message(load.bytes);
    let mut lanes = tokio::task::JoinSet::new();
    for lane_number in 0..load.connections {
        let share = load.messages / load.connections + usize::from(lane_number < load.messages % load.connections);
        let (mut lane, data) = (relay.lane(), data.clone());
        lanes.spawn(async move {
            let letter = |number| {
                Letter::new(number, Some("bounces@bench.test"), "someone@sink.test", data.clone()).expect("addresses")
            };
            let mut accepted = 0;
            let mut report = |_, outcome: muster_channels::Outcome| accepted += usize::from(outcome.is_accepted());
            lane.run(&mut stream::iter((0..share).map(letter)), &mut report).await.expect("the sink takes all");
            lane.close().await;
            accepted
        });
    }
    lanes.join_all().await.into_iter().sum()
}

/// One message at a time over each connection, as single messages go.
async fn lettre(config: SmtpConfig, load: &Load) -> usize {
    let sender = SmtpSender::new(config).expect("the configuration is sound");
    let text = text(load.bytes);
    let letter = |number: usize| OutboundMessage {
        from: "bounces@bench.test".into(),
        subject: Some("An offer".into()),
        message_id: format!("{number}@bench.test"),
        ..OutboundMessage::new(Channel::Email, String::new(), "someone@sink.test", text.clone())
    };
    let one = |number| sender.send(vec![letter(number)]);
    let outcomes = stream::iter((0..load.messages).map(one)).buffer_unordered(load.connections);
    outcomes.filter(|outcome| std::future::ready(outcome.iter().all(|one| one.is_accepted()))).count().await
}

fn text(bytes: usize) -> String {
    "All work and no play makes Jack a dull boy; so does work alone.\r\n".chars().cycle().take(bytes).collect()
}

fn message(bytes: usize) -> Vec<u8> {
    let head = "From: <bounces@bench.test>\r\nTo: <someone@sink.test>\r\nSubject: An offer\r\n\
        Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nMessage-ID: <1.2.3@bench.test>\r\n\r\n";
    format!("{head}{}\r\n", text(bytes)).into_bytes()
}
