//! What is on its way when somebody stops a campaign, or when its node dies.

use std::time::Duration;

use muster_engine::delivery::WINDOW;
use muster_tests::smtp_sink::SmtpSink;
use muster_tests::steps::{balances, many, started, until};
use muster_tests::{Mood, Moody, both_engines};
use serde_json::json;

const CONNECTIONS: i64 = 10;

both_engines! {
    async fn whoever_pauses_stops_all_but_the_window_that_is_on_its_way(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 700).await;
        // Where caps are counted, one window is in the air at a time.
        let caps = json!({"quietHours": null, "frequencyCaps": [{"channel": "email", "count": 9, "period": "day"}]});
        admin.put("/api/v1/settings/policy", caps).await.ok();
        let (campaign, run) = started(&admin, &gold, json!({})).await;
        let (app, ws) = (world.app.clone(), world.ws);
        moody.is("p200@", Mood::Hangs);
        let sending = tokio::spawn(async move { app.delivery.cycle(ws, run, 1_000).await });
        moody.hanging.notified().await;
        let before = moody.handed_over();
        admin.post(&format!("/api/v1/campaigns/{campaign}/pause"), json!({})).await.ok();
        moody.wake();
        sending.await.unwrap().unwrap();
        // The rest of its window had left when somebody said stop; nothing else of its chunk leaves.
        let after = moody.handed_over();
        assert!(after - before < 50, "{before} had left and {after} did");
        let counters = balances(&admin, &campaign).await["counters"].clone();
        assert_eq!((&counters["sent"], &counters["pending"], &counters["unknown"]), (&json!(after), &json!(700 - after), &json!(0)));

        admin.post(&format!("/api/v1/campaigns/{campaign}/resume"), json!({})).await.ok();
        while world.app.delivery.cycle(world.ws, run, 1_000).await.unwrap().processed > 0 {}
        assert_eq!(balances(&admin, &campaign).await["status"], "completed");
        assert_eq!(moody.handed_over(), 700);
    }

    async fn a_server_that_never_answers_leaves_two_windows_in_doubt_however_many_chunks_are_at_work(world: World) {
        let (admin, sink) = (world.admin().await, SmtpSink::start(Duration::from_millis(1)));
        let config = json!({"host": "127.0.0.1", "port": sink.address.port(), "security": "none", "from": "offers@jamii.example"});
        let relay = json!({"channel": "email", "kind": "smtp", "name": "Sink", "maxConnections": CONNECTIONS, "config": config});
        admin.post("/api/v1/providers", relay).await.ok();
        const PEOPLE: i64 = 6_000;
        let gold = many(&world, &admin, 6_000).await;
        let (campaign, run) = started(&admin, &gold, json!({})).await;
        let (app, ws) = (world.app.clone(), world.ws);
        let sending = tokio::spawn(async move { app.delivery.cycle(ws, run, 100_000).await });
        until("chunks are larger than windows", async || sink.count() > 500).await;
        sink.hold();
        until("every connection waits for an answer", async || sink.waiting() == 10).await;
        until("four chunks are at work", async || world.number("SELECT COUNT(*) FROM send_leases").await == 4).await;
        let leased = world.number("SELECT CAST(SUM(last_seq - first_seq + 1) AS BIGINT) FROM send_leases").await;
        assert!(leased > 2 * WINDOW, "much more is leased than may be in the air: {leased}");

        // The node dies, and another one takes over.
        sending.abort();
        let _ = sending.await;
        world.clock.advance(61_000);
        let dir = tempfile::tempdir().unwrap();
        let other = world.another_node(dir.path()).await;
        let doubted = other.delivery.rescue(false).await.unwrap();
        assert!((CONNECTIONS..=WINDOW).contains(&doubted), "{doubted} of {leased} are in doubt");
        sink.release(0);
        world.clock.advance(61_000);
        while !other.delivery.cycle(world.ws, run, 100_000).await.unwrap().finished {}
        let counters = balances(&admin, &campaign).await["counters"].clone();
        assert_eq!((&counters["sent"], &counters["unknown"]), (&json!(PEOPLE - doubted), &json!(doubted)));
        let arrivals = sink.arrivals();
        assert!(arrivals.values().all(|times| *times == 1), "nobody got it twice");
        assert!(i64::try_from(arrivals.len()).unwrap() >= PEOPLE - doubted, "nobody was left out");
    }
}
