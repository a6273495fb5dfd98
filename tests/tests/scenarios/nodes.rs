//! Several nodes and what they share.

use std::time::Duration;

use muster_tests::both_engines;
use muster_tests::smtp_sink::SmtpSink;
use muster_tests::steps::{balances, many, started, until};
use serde_json::json;

both_engines! {
    async fn nodes_share_the_connections_that_a_relay_allows(world: World) {
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::from_millis(1)));
        let config = json!({"host": "127.0.0.1", "port": sink.address.port(), "security": "none", "from": "offers@jamii.example"});
        admin.post("/api/v1/providers", json!({"channel": "email", "kind": "smtp", "name": "Sink", "maxConnections": 6, "config": config})).await.ok();
        let gold = many(&world, &admin, 4_000).await;
        let (campaign, run) = started(&admin, &gold, json!({})).await;
        let (dir, ws) = (tempfile::tempdir().unwrap(), world.ws);
        let second = world.another_node(dir.path()).await;
        let send = |app: &muster_app::App, most: i64| {
            let app = app.clone();
            tokio::spawn(async move { app.delivery.cycle(ws, run, most).await.unwrap() })
        };

        // Alone, a node has them all.
        sink.hold();
        let alone = send(&world.app, 200);
        until("six messages wait for an answer", async || sink.waiting() == 6).await;
        sink.release(0);
        assert_eq!(alone.await.unwrap().sent, 200);

        // One that joins waits until the first has made room.
        let early = send(&second, 200).await.unwrap();
        assert_eq!((early.processed, early.trouble, early.finished), (0, None, false));
        world.clock.advance(10_000);
        sink.hold();
        let both = [send(&world.app, 1_000), send(&second, 1_000)];
        until("six messages wait for an answer", async || sink.waiting() == 6).await;
        sink.release(0);
        for node in both {
            assert!(node.await.unwrap().sent > 0);
        }
        assert_eq!(sink.most_at_once(), 6, "together never more than the relay allows");

        // One that is silent for long has left its part to the others.
        world.clock.advance(40_000);
        sink.hold();
        let alone = send(&world.app, 100_000);
        until("six messages wait for an answer", async || sink.waiting() == 6).await;
        sink.release(0);
        alone.await.unwrap();
        while !world.app.delivery.cycle(ws, run, 100_000).await.unwrap().finished {}
        assert_eq!((sink.most_at_once(), sink.count()), (6, 4_000));
        balances(&admin, &campaign).await;
    }
}
