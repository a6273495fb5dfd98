//! Messages that wait: for their next try and for the end of quiet hours.

use std::time::Duration;

use muster_tests::steps::{balances, customer, id, segment};
use muster_tests::{Client, Mood, Moody, World, both_engines};
use serde_json::{Value, json};

/// Four people in Nairobi, where it is night, and two in New York; a campaign to them that has started.
async fn started(admin: &Client) -> String {
    admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
    for n in 0..6 {
        let zone = if n < 4 { "Africa/Nairobi" } else { "America/New_York" };
        customer(admin, json!({"first_name": format!("P{n}"), "email": format!("p{n}@example.org"), "tier": "Gold", "timezone": zone})).await;
    }
    let gold =
        segment(admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await;
    let body = json!({"name": "Night", "channel": "email", "segmentIds": [gold], "content": {"subject": "Hi", "textBody": "Hi {first_name}"}});
    let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
    admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
    campaign
}

async fn quiet_nights(world: &World, admin: &Client) {
    // 22:00 in Nairobi, 14:00 in New York.
    world.clock.set("2026-11-24T19:00:00Z");
    let night = json!({"start": "21:00", "end": "07:30", "weekdays": [], "holidays": []});
    admin.put("/api/v1/settings/policy", json!({"quietHours": night, "frequencyCaps": []})).await.ok();
}

async fn execute(admin: &Client) -> i64 {
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok()["sent"].as_i64().unwrap()
}

async fn groups(admin: &Client) -> Vec<Value> {
    admin.get("/api/v1/waiting-messages").await.ok().as_array().unwrap().clone()
}

both_engines! {
    async fn what_waits_is_grouped_by_what_it_waits_for(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        quiet_nights(&world, &admin).await;
        moody.is("p", Mood::PutsOff(Some(1800)));
        let campaign = started(&admin).await;
        assert_eq!(execute(&admin).await, 0);
        let found = groups(&admin).await;
        let words: Vec<_> = found.iter().map(|g| (g["cause"].as_str().unwrap(), g["messages"].as_i64().unwrap(), g["earliestAt"].as_str().unwrap(), g["canBeHurried"].as_bool().unwrap())).collect();
        assert_eq!(words, [("retry", 2, "2026-11-24T19:30:00Z", true), ("quiet_hours", 4, "2026-11-25T04:30:00Z", false)]);
        assert!(found[0]["lastError"].as_str().unwrap().contains("try again later"));
        assert_eq!(found[1]["lastError"], Value::Null);

        let (run, mut seen, mut cursor) = (found[1]["runId"].clone(), Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/api/v1/waiting-messages/messages?runId={run}&cause=quiet_hours&pageSize=3&cursor={cursor}")).await;
            seen.extend(page.body["data"].as_array().unwrap().iter().map(|m| m["seq"].as_i64().unwrap()));
            let Some(next) = page.body["pagination"]["next_cursor"].as_str() else { break };
            cursor = next.to_owned();
        }
        assert_eq!(seen, [1, 2, 3, 4]);
        assert_eq!(admin.get(&format!("/api/v1/waiting-messages/messages?runId={run}&cause=retry&cursor=x")).await.refused(400), "bad_cursor");

        // Quiet hours are kept; a next try may be made sooner.
        assert_eq!(admin.post("/api/v1/waiting-messages/send-now", json!({"runId": run, "cause": "quiet_hours"})).await.refused(409), "not_a_retry");
        moody.is("p", Mood::Takes);
        assert_eq!(execute(&admin).await, 0, "half an hour is half an hour");
        let one = admin.post("/api/v1/waiting-messages/send-now", json!({"runId": run, "cause": "retry", "seqs": [5]})).await.ok();
        assert_eq!((&one["messages"], &one["campaignStatus"]), (&json!(1), &json!("running")));
        assert_eq!(execute(&admin).await, 1);
        balances(&admin, &campaign).await;
        assert_eq!(admin.post("/api/v1/waiting-messages/send-now", json!({"runId": run, "cause": "retry"})).await.ok()["messages"], 1);
        assert_eq!(execute(&admin).await, 1);
        assert_eq!(balances(&admin, &campaign).await["counters"]["pending"], 4);
        assert_eq!(groups(&admin).await.len(), 1);
    }

    async fn the_scheduler_notices_that_something_is_due_sooner(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p", Mood::PutsOff(Some(1800)));
        let campaign = started(&admin).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let scheduler = muster_app::scheduler::start(&world.app, &stop);
        let all_wait = async { while groups(&admin).await.first().is_none_or(|g| g["messages"] != 6) {} };
        tokio::time::timeout(Duration::from_secs(20), all_wait).await.expect("all are put off");
        moody.is("p", Mood::Takes);
        let run = groups(&admin).await[0]["runId"].clone();
        // The clock stands: without being told the scheduler would sleep until the half hour is over.
        admin.post("/api/v1/waiting-messages/send-now", json!({"runId": run})).await.ok();
        let path = format!("/api/v1/campaigns/{campaign}/live");
        let finished = async { while admin.get(&path).await.ok()["status"] != "completed" {} };
        tokio::time::timeout(Duration::from_secs(20), finished).await.expect("they are sent at once");
        stop.cancel();
        scheduler.await.unwrap();
        assert_eq!(balances(&admin, &campaign).await["counters"]["sent"], 6);
    }
}
