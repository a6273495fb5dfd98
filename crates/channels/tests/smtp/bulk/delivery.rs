//! Against a real server.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use futures::{future::join_all, stream};
use mail_parser::MessageParser;
use muster_channels::email::bulk::Relay;
use tokio::sync::mpsc;

use super::bulk;
use crate::{relay, sink::Sink};

#[tokio::test]
async fn every_letter_of_many_lanes_arrives_once_and_whole() {
    let sink = Sink::start().await;
    let mut config = relay(sink.port);
    config.messages_per_connection = 17;
    config.data_timeout = std::time::Duration::from_secs(5);
    let relay = Relay::new(config).unwrap();
    relay.probe().await.unwrap();
    let settled = Arc::new(Mutex::new(Vec::new()));
    let (queues, lanes): (Vec<_>, Vec<_>) = (0..4)
        .map(|_| {
            let (letters, mut queue) = mpsc::channel(8);
            let (mut lane, settled) = (relay.lane(), settled.clone());
            let lane = async move {
                let mut queue = stream::poll_fn(move |cx| queue.poll_recv(cx));
                let report = &mut |tag, outcome| settled.lock().unwrap().push((tag, outcome));
                lane.run(&mut queue, report).await.unwrap();
                lane.close().await;
            };
            (letters, tokio::spawn(lane))
        })
        .unzip();
    for number in 0..200 {
        queues[number % 4].send(bulk(number)).await.unwrap();
    }
    drop(queues);
    join_all(lanes).await.into_iter().for_each(|lane| lane.unwrap());

    let settled = settled.lock().unwrap();
    assert!(settled.len() == 200 && settled.iter().all(|(_, outcome)| outcome.is_accepted()), "{settled:?}");
    let arrived = sink.messages();
    let mut ids = BTreeSet::new();
    for raw in &arrived {
        let mail = MessageParser::default().parse(raw).unwrap();
        let id = mail.message_id().unwrap().to_owned();
        let number = id.strip_prefix("c1.").and_then(|rest| rest.split('@').next()).unwrap();
        assert!(raw.contains(&format!("X-Mail-Args: <bounces+{number}@muster.example>")), "{raw}");
        assert!(raw.contains(&format!("X-Rcpt-Args: <customer{number}@example.com>")), "{raw}");
        let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), format!("Dear customer {number}\n.hidden dot"));
        ids.insert(id);
    }
    assert_eq!((arrived.len(), ids.len()), (200, 200));
}
