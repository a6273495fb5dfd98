//! Several providers of one channel: shares, limits, and one that fails.

use muster_tests::steps::{balances, customer, id, segment};
use muster_tests::{Client, both_engines};
use serde_json::{Value, json};

async fn audience(admin: &Client, people: usize) -> String {
    admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
    for n in 0..people {
        customer(admin, json!({"first_name": format!("P{n}"), "email": format!("p{n}@example.org"), "tier": "Gold"}))
            .await;
    }
    segment(admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await
}

async fn start(admin: &Client, segment: &str, more: Value) -> String {
    let mut body = json!({"name": "Gold", "channel": "email", "segmentIds": [segment], "content": {"subject": "Hi", "textBody": "Hi {first_name}"}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
    admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
    campaign
}

/// A provider that delivers to the inbox of the sandbox.
async fn works(admin: &Client, name: &str, more: Value) -> String {
    let mut body = json!({"channel": "email", "kind": "sandbox", "name": name, "config": {"from": format!("{name}@jamii.example"), "minDelayMs": 0, "maxDelayMs": 0, "failPercent": 0}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    id(&admin.post("/api/v1/providers", body).await.ok())
}

/// A relay that nobody listens at.
async fn is_down(admin: &Client) -> String {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = json!({"host": "127.0.0.1", "port": closed, "security": "none", "from": "down@jamii.example"});
    id(&admin
        .post("/api/v1/providers", json!({"channel": "email", "kind": "smtp", "name": "Down", "config": config}))
        .await
        .ok())
}

async fn execute(admin: &Client) -> i64 {
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok()["sent"].as_i64().unwrap()
}

/// How many messages came from each sender.
async fn carried(admin: &Client, from: &str) -> usize {
    let inbox = admin.get("/api/v1/sandbox/messages?channel=email&pageSize=200").await.ok();
    inbox.as_array().unwrap().iter().filter(|m| m["from"].as_str().unwrap().contains(from)).count()
}

both_engines! {
    async fn providers_share_by_weight_and_stand_in_at_a_limit(world: World) {
        let admin = world.admin().await;
        let gold = audience(&admin, 40).await;
        works(&admin, "large", json!({"weight": 3, "messagesPerHour": 20})).await;
        works(&admin, "small", json!({"weight": 1, "messagesPerHour": 10})).await;
        let campaign = start(&admin, &gold, json!({"send_batch_size": 2})).await;
        for _ in 0..20 {
            execute(&admin).await;
        }
        assert_eq!((carried(&admin, "large").await, carried(&admin, "small").await), (20, 10), "each to its limit");
        assert_eq!(balances(&admin, &campaign).await["counters"]["pending"], 10);
        world.clock.advance(3_600_000);
        for _ in 0..5 {
            execute(&admin).await;
        }
        assert_eq!(balances(&admin, &campaign).await["status"], "completed");
        let (large, small) = (carried(&admin, "large").await, carried(&admin, "small").await);
        assert!(large + small == 40 && small > 10 && large > small, "{large} and {small}");
    }

    async fn what_one_relay_fails_goes_by_the_other(world: World) {
        let admin = world.admin().await;
        let gold = audience(&admin, 12).await;
        let down = is_down(&admin).await;
        works(&admin, "up", json!({})).await;
        let campaign = start(&admin, &gold, json!({"send_batch_size": 4})).await;
        for _ in 0..8 {
            execute(&admin).await;
            world.clock.advance(1_000);
        }
        let live = balances(&admin, &campaign).await;
        assert_eq!((&live["status"], carried(&admin, "up").await), (&json!("completed"), 12));
        let shown = admin.get(&format!("/api/v1/providers/{down}")).await.ok();
        assert_eq!(shown["state"], "resting", "{shown}");
        assert!(shown["stateReason"].as_str().unwrap().contains("refused"), "{shown}");
        world.clock.advance(300_000);
        assert_eq!(admin.get(&format!("/api/v1/providers/{down}")).await.ok()["state"], "trying", "nobody knows that it works");
        // No try was lost by the relay's fault.
        let sent = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients?pageSize=50")).await.ok();
        assert!(sent.as_array().unwrap().iter().all(|r| r["attempts"] == 1), "{sent}");
    }
}
