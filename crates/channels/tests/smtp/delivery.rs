use std::{collections::BTreeSet, time::Instant};

use mail_parser::MessageParser;
use muster_channels::{Outcome, RejectKind, Sender};

use crate::{letter, relay, sender, short, sink::Sink};

#[tokio::test]
async fn every_message_of_a_batch_arrives_once_and_whole() {
    let sink = Sink::start().await;
    let mut config = relay(sink.port);
    config.connections = 4;
    config.messages_per_connection = 7;
    let sender = sender(config);

    let outcomes = sender.send((0..100).map(letter).collect()).await;

    assert_eq!(outcomes.len(), 100);
    assert!(outcomes.iter().all(Outcome::is_accepted), "{outcomes:?}");
    let arrived = sink.messages();
    assert_eq!(arrived.len(), 100);
    let mut ids = BTreeSet::new();
    for raw in &arrived {
        let mail = MessageParser::default().parse(raw).unwrap();
        let id = mail.message_id().unwrap().to_owned();
        let number = id.strip_prefix("c1.").and_then(|rest| rest.split('@').next()).unwrap();
        assert!(raw.contains(&format!("X-Mail-Args: <bounces+{number}@muster.example>")), "{raw}");
        assert!(raw.contains(&format!("X-Rcpt-Args: <customer{number}@example.com>")), "{raw}");
        assert_eq!(mail.subject().unwrap(), format!("Offer number {number}"));
        let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), format!("Dear customer {number}\n.hidden dot"));
        assert_eq!(mail.body_html(0).unwrap().trim_end(), format!("<p>Dear customer {number}</p>"));
        ids.insert(id);
    }
    assert_eq!(ids.len(), 100);
}

#[tokio::test]
async fn messages_do_not_wait_for_delayed_acknowledgements() {
    let sink = Sink::start().await;
    let sender = sender(relay(sink.port));
    assert!(sender.probe().await.is_ok());
    let begun = Instant::now();
    for number in 0..30 {
        assert!(sender.send(vec![letter(number)]).await[0].is_accepted());
    }
    // Nagle's algorithm against delayed acknowledgement costs 40 ms a message: 1.2 s.
    assert!(begun.elapsed().as_millis() < 900, "{:?}", begun.elapsed());
    assert_eq!(sink.messages().len(), 30);
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_without_bothering_the_server() {
    let sink = Sink::start().await;
    let mut no_address = letter(0);
    no_address.to = "nobody".into();
    let mut no_sender = letter(2);
    no_sender.from = "".into();
    let mut text_message = letter(3);
    text_message.channel = muster_channels::Channel::Sms;

    let outcomes = sender(relay(sink.port)).send(vec![no_address, letter(1), no_sender, text_message]).await;

    let shorts: Vec<_> = outcomes.iter().map(short).collect();
    assert_eq!(shorts, ["reject BadAddress", "accepted", "reject Content", "reject Other"]);
    assert!(matches!(outcomes[0], Outcome::Reject { kind: RejectKind::BadAddress, .. }));
    assert_eq!(sink.messages().len(), 1);
}

#[tokio::test]
async fn an_empty_batch_is_answered_with_nothing() {
    assert!(sender(relay(1)).send(Vec::new()).await.is_empty());
}
