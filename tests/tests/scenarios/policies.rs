//! Quiet hours and frequency caps at the moment of sending.

use muster_db::policies::{self, PolicyRow};
use muster_tests::steps::{balances, customer, id, segment};
use muster_tests::{Client, both_engines};
use serde_json::{Value, json};

/// People with email addresses, in Nairobi but for the last, who is in New York; and a segment of them.
async fn audience(admin: &Client, people: usize) -> String {
    admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
    for n in 0..people {
        let zone = if n + 1 == people { "America/New_York" } else { "Africa/Nairobi" };
        customer(admin, json!({"first_name": format!("P{n}"), "email": format!("p{n}@example.org"), "tier": "Gold", "timezone": zone})).await;
    }
    segment(admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await
}

async fn start(admin: &Client, name: &str, segment: &str, more: Value) -> String {
    let mut body = json!({"name": name, "channel": "email", "segmentIds": [segment], "content": {"subject": "Hi", "textBody": "Hi {first_name}"}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
    admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
    campaign
}

/// Sent in one cycle of everything.
async fn execute(admin: &Client) -> i64 {
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok()["sent"].as_i64().unwrap()
}

fn night() -> Value {
    json!({"start": "21:00", "end": "07:30", "weekdays": [], "holidays": []})
}

both_engines! {
    async fn quiet_hours_are_those_of_the_customer_and_end_to_the_minute(world: World) {
        // 22:00 in Nairobi, 14:00 in New York.
        world.clock.set("2026-11-24T19:00:00Z");
        let admin = world.admin().await;
        let gold = audience(&admin, 3).await;
        admin.put("/api/v1/settings/policy", json!({"quietHours": night(), "frequencyCaps": []})).await.ok();
        let campaign = start(&admin, "Night", &gold, json!({})).await;
        assert_eq!(execute(&admin).await, 1, "New York is awake");
        world.clock.set("2026-11-25T04:29:59Z");
        assert_eq!(execute(&admin).await, 0);
        assert_eq!(balances(&admin, &campaign).await["counters"]["pending"], 2);
        world.clock.set("2026-11-25T04:30:00Z");
        assert_eq!(execute(&admin).await, 2);
        assert_eq!(balances(&admin, &campaign).await["status"], "completed");
    }

    async fn a_frequency_cap_counts_over_campaigns(world: World) {
        let admin = world.admin().await;
        let gold = audience(&admin, 3).await;
        let cap = json!({"quietHours": null, "frequencyCaps": [{"channel": null, "count": 1, "period": "day"}]});
        admin.put("/api/v1/settings/policy", cap).await.ok();
        let (first, second) = (start(&admin, "First", &gold, json!({})).await, start(&admin, "Second", &gold, json!({})).await);
        assert_eq!(execute(&admin).await, 3);
        balances(&admin, &first).await;
        assert_eq!(balances(&admin, &second).await["counters"]["skipped"], 3);
        let skipped = admin.get(&format!("/api/v1/campaigns/{second}/recipients?status=skipped")).await.ok();
        assert_eq!(skipped[0]["failureReason"], "frequency cap reached");
        world.clock.set("2026-11-25T08:00:00Z");
        start(&admin, "The next day", &gold, json!({})).await;
        assert_eq!(execute(&admin).await, 3);
    }

    async fn a_policy_holds_from_the_window_after_it_was_saved(world: World) {
        // 11:00 in Nairobi.
        let admin = world.admin().await;
        let gold = audience(&admin, 61).await;
        let campaign = start(&admin, "Long", &gold, json!({"send_rate_per_hour": 100, "send_batch_size": 20})).await;
        assert_eq!(execute(&admin).await, 20);
        let quiet = json!({"start": "11:00", "end": "13:00", "weekdays": [], "holidays": []});
        admin.put("/api/v1/settings/policy", json!({"quietHours": quiet, "frequencyCaps": []})).await.ok();
        world.clock.advance(600_000);
        for _ in 0..6 {
            execute(&admin).await;
        }
        // Only New York, where it is three in the morning, may have it.
        assert_eq!(balances(&admin, &campaign).await["counters"]["sent"], 21);
        // Its others would go as soon as the quiet hours are lifted, beside those of the next campaign.
        admin.post(&format!("/api/v1/campaigns/{campaign}/pause"), json!({})).await.ok();
        admin.put("/api/v1/settings/policy", json!({"quietHours": null, "frequencyCaps": [{"channel": "email", "count": 1, "period": "day"}]})).await.ok();
        let again = start(&admin, "Again", &gold, json!({})).await;
        for _ in 0..6 {
            execute(&admin).await;
        }
        assert_eq!(balances(&admin, &again).await["counters"]["skipped"], 21, "who got the first today");
    }

    async fn what_waits_for_quiet_hours_goes_by_those_that_hold_now(world: World) {
        // 22:00 in Nairobi, 14:00 in New York.
        world.clock.set("2026-11-24T19:00:00Z");
        let admin = world.admin().await;
        let gold = audience(&admin, 4).await;
        let quiet_until = |end: &str| json!({"quietHours": {"start": "21:00", "end": end, "weekdays": [], "holidays": []}, "frequencyCaps": []});
        admin.put("/api/v1/settings/policy", quiet_until("07:30")).await.ok();
        let campaign = start(&admin, "Night", &gold, json!({})).await;
        assert_eq!(execute(&admin).await, 1, "New York is awake");
        let run = world.number("SELECT MAX(id) FROM campaign_runs").await;

        world.clock.advance(1_000);
        world.app.nudges.take();
        admin.put("/api/v1/settings/policy", quiet_until("06:00")).await.ok();
        assert!(world.app.nudges.take().contains(&run), "the scheduler looks at once, and not at half past seven");
        assert_eq!(execute(&admin).await, 0, "it is still night");
        let waiting = admin.get("/api/v1/waiting-messages").await.ok();
        assert_eq!((&waiting[0]["messages"], &waiting[0]["latestAt"]), (&json!(3), &json!("2026-11-25T03:00:00Z")));
        world.clock.advance(1_000);
        admin.put("/api/v1/settings/policy", json!({"quietHours": null, "frequencyCaps": []})).await.ok();
        assert_eq!(execute(&admin).await, 3, "nobody has to wait any more");
        assert_eq!(balances(&admin, &campaign).await["status"], "completed");
    }

    async fn what_waits_for_the_slot_of_a_domain_goes_when_no_domain_has_a_limit_any_more(world: World) {
        let admin = world.admin().await;
        let gold = audience(&admin, 5).await;
        let limited = |limits: Value| json!({"sending": {"domainLimits": limits}});
        admin.patch("/api/v1/settings", limited(json!([{"domain": "example.org", "perHour": 1}]))).await.ok();
        let campaign = start(&admin, "Slowly", &gold, json!({})).await;
        assert_eq!(execute(&admin).await, 1);
        world.clock.advance(1_000);
        assert_eq!(execute(&admin).await, 0);
        admin.patch("/api/v1/settings", limited(json!([]))).await.ok();
        assert_eq!(execute(&admin).await, 4);
        assert_eq!(balances(&admin, &campaign).await["status"], "completed");
        assert_eq!(world.number("SELECT COUNT(*) FROM domain_slots").await, 0);
    }

    async fn what_waits_for_the_slot_of_a_domain_gets_one_by_the_new_limit(world: World) {
        let admin = world.admin().await;
        let gold = audience(&admin, 6).await;
        let limited = |per_hour: i64| json!({"sending": {"domainLimits": [{"domain": "example.org", "perHour": per_hour}]}});
        let latest = async || {
            let at = admin.get("/api/v1/waiting-messages").await.ok()[0]["latestAt"].as_str().unwrap().to_owned();
            (muster_domain::time::parse_moment(&at).unwrap() - world.app.now()) / 60_000
        };
        admin.patch("/api/v1/settings", limited(1)).await.ok();
        let campaign = start(&admin, "Slowly", &gold, json!({})).await;
        assert_eq!(execute(&admin).await, 1);
        assert_eq!(latest().await, 5 * 60, "one an hour, and the first has gone");
        world.clock.advance(1_000);
        admin.patch("/api/v1/settings", limited(60)).await.ok();
        assert_eq!(execute(&admin).await, 0, "not a second after the one before");
        assert_eq!(latest().await, 5);
        world.clock.advance(61_000);
        assert_eq!(execute(&admin).await, 1);
        admin.patch("/api/v1/settings", limited(2)).await.ok();
        world.clock.advance(61_000);
        assert_eq!(execute(&admin).await, 0, "slots of a minute ago are too fast now");
        assert_eq!(latest().await, 4 * 30 - 1);
        // Another setting takes nobody's slot.
        admin.patch("/api/v1/settings", json!({"name": "Renamed"})).await.ok();
        assert_eq!((execute(&admin).await, latest().await), (0, 4 * 30 - 1));
        assert_eq!(balances(&admin, &campaign).await["counters"]["sent"], 2);
    }

    async fn a_policy_that_cannot_be_read_stops_everything(world: World) {
        let admin = world.admin().await;
        let gold = audience(&admin, 3).await;
        let row = PolicyRow { id: world.app.new_id(), campaign_id: None, quiet_hours: Some(json!({"start": 5})), frequency_caps: json!([]), updated_at: world.app.now() };
        let mut tx = world.app.db.write(world.ws).await.unwrap();
        policies::put(&mut tx, world.ws, None, &row).await.unwrap();
        tx.commit().await.unwrap();
        let campaign = start(&admin, "Unsaid", &gold, json!({})).await;
        assert_eq!(execute(&admin).await, 0);
        assert_eq!(balances(&admin, &campaign).await["counters"]["pending"], 3);
        admin.put("/api/v1/settings/policy", json!({"quietHours": null, "frequencyCaps": []})).await.ok();
        world.clock.advance(60_000);
        assert_eq!(execute(&admin).await, 3);
    }
}
