//! Somebody is away: the message goes again after the return, once, and only while it is wanted.

use muster_domain::role::Role;
use muster_tests::steps::{approve, balances, customer, id, segment};
use muster_tests::{Client, World, both_engines};
use serde_json::{Value, json};

/// Asha and Ben of Nairobi got a campaign's message; it is 24 November 2026.
async fn sent(world: &World, admin: &Client) -> String {
    for (name, zone) in [("Asha", "Africa/Nairobi"), ("Ben", "Europe/Paris")] {
        let mail = format!("{}@example.com", name.to_lowercase());
        customer(admin, json!({"firstName": name, "email": mail, "timezone": zone, "tier": "Gold"})).await;
    }
    let gold =
        segment(admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await;
    let body = json!({"name": "Hello", "channel": "email", "segmentIds": [gold], "content": {"subject": "Hi", "textBody": "Hi {first_name}, {city}"}});
    let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
    approve(world, admin, &campaign).await;
    admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
    execute(admin).await;
    assert_eq!(balances(admin, &campaign).await["status"], "completed");
    campaign
}

async fn execute(admin: &Client) {
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
}

async fn says(admin: &Client, campaign: &str, who: &str, text: &str) -> String {
    let reply =
        json!({"campaignId": campaign, "from": format!("{who}@example.com"), "subject": "Re: Hi", "body": text});
    let done = admin.post("/api/v1/campaigns/process-response", reply).await.ok();
    done["responseId"].as_str().unwrap().to_owned()
}

async fn reply(admin: &Client, response: &str) -> Value {
    let all = admin.get("/api/v1/responses").await.ok();
    all.as_array().unwrap().iter().find(|r| r["id"] == response).unwrap().clone()
}

/// `waiting`, `sent` or why it was dropped.
async fn retry(admin: &Client, response: &str) -> String {
    let retry = reply(admin, response).await["retry"].clone();
    retry["dropped"].as_str().or(retry["status"].as_str()).unwrap_or("none").to_owned()
}

async fn sent_to(world: &World, who: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM sandbox_messages WHERE recipient = '{who}@example.com'")).await
}

const AWAY: &str = "I am out of the office until 27 November 2026.";

both_engines! {
    async fn the_message_goes_again_after_the_return(world: World) {
        let admin = world.admin().await;
        let campaign = sent(&world, &admin).await;
        let asha = says(&admin, &campaign, "asha", AWAY).await;
        let ben = says(&admin, &campaign, "ben", AWAY).await;
        let view = reply(&admin, &asha).await;
        assert_eq!(view["retry"], json!({"status": "waiting", "at": "2026-11-28T06:00:00Z", "dropped": null, "recipientId": null}));
        assert_eq!(reply(&admin, &ben).await["retry"]["at"], "2026-11-28T08:00:00Z", "on the clock of Paris");
        // A second automatic answer to the same message changes nothing but the day.
        let later = says(&admin, &campaign, "asha", "Automatic reply: I am on leave until 29 November 2026.").await;
        assert_eq!((retry(&admin, &asha).await.as_str(), retry(&admin, &later).await.as_str()), ("none", "waiting"));

        world.clock.set("2026-11-28T08:00:00Z");
        execute(&admin).await;
        assert_eq!((sent_to(&world, "asha").await, sent_to(&world, "ben").await), (1, 2), "Ben is back, Asha is not");
        let live = balances(&admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["total"], &live["counters"]["sent"]), (&json!("completed"), &json!(3), &json!(3)));
        assert!(live["stages"].as_array().unwrap().iter().filter(|s| s["rowsExpected"] == 3).all(|s| s["rowsProcessed"] == 3 && s["status"] == "success"), "{live}");
        let again = reply(&admin, &ben).await["retry"].clone();
        assert_eq!(again["status"], "sent");
        let recipients = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients")).await.ok();
        let one = recipients.as_array().unwrap().iter().find(|r| r["id"] == again["recipientId"]).unwrap();
        assert_eq!((&one["name"], &one["status"]), (&json!("Ben"), &json!("delivered")));

        world.clock.set("2026-11-30T06:00:00Z");
        for _ in 0..3 {
            execute(&admin).await;
        }
        assert_eq!((sent_to(&world, "asha").await, sent_to(&world, "ben").await), (2, 2), "once each");
        let audit = "SELECT COUNT(*) FROM audit_log WHERE action = 'campaign.sent_again_after_absence'";
        assert_eq!(world.number(audit).await, 2);
    }

    async fn who_is_always_away_is_left_in_peace(world: World) {
        let admin = world.admin().await;
        let campaign = sent(&world, &admin).await;
        for round in 1..=5 {
            says(&admin, &campaign, "asha", &format!("Automatic reply {round}: I am out of the office.")).await;
            world.clock.advance(9 * 86_400_000);
            execute(&admin).await;
        }
        assert_eq!(sent_to(&world, "asha").await, 4, "the first time and three more");
        balances(&admin, &campaign).await;
    }

    async fn nothing_goes_again_that_is_not_wanted(world: World) {
        let admin = world.admin().await;
        let campaign = sent(&world, &admin).await;
        let rep = world.person("Grace Chebet", Role::SalesRep).await;
        let asha = says(&rep, &campaign, "asha", AWAY).await;
        says(&rep, &campaign, "asha", "Yes, interested! Please call me").await;
        assert_eq!(retry(&rep, &asha).await, "answered");

        let ben = says(&rep, &campaign, "ben", AWAY).await;
        rep.post(&format!("/api/v1/responses/{ben}/correct"), json!({"disposition": "NOT_INTERESTED"})).await.ok();
        assert_eq!(retry(&rep, &ben).await, "corrected");
        rep.post(&format!("/api/v1/responses/{ben}/correct"), json!({"disposition": "OUT_OF_OFFICE"})).await.ok();
        assert_eq!(retry(&rep, &ben).await, "waiting", "set right once more");
        let stopped = rep.delete(&format!("/api/v1/responses/{ben}/retry")).await.ok();
        assert_eq!(stopped["retry"]["dropped"], "stopped");
        assert_eq!(rep.delete(&format!("/api/v1/responses/{ben}/retry")).await.refused(409), "nothing_waits");
        says(&rep, &campaign, "ben", AWAY).await;

        world.clock.set("2026-11-29T12:00:00Z");
        execute(&admin).await;
        assert_eq!((sent_to(&world, "asha").await, sent_to(&world, "ben").await), (1, 1));
        assert_eq!(balances(&admin, &campaign).await["counters"]["total"], 2);
    }

    async fn an_opt_out_or_the_end_of_the_campaign_is_minded_at_the_return(world: World) {
        let admin = world.admin().await;
        let campaign = sent(&world, &admin).await;
        says(&admin, &campaign, "asha", AWAY).await;
        let ben = says(&admin, &campaign, "ben", AWAY).await;
        admin.post("/api/v1/suppressions", json!({"channel": "email", "addresses": ["asha@example.com"], "reason": "manual"})).await.ok();
        world.clock.set("2026-11-28T06:00:00Z");
        execute(&admin).await;
        let live = balances(&admin, &campaign).await;
        assert_eq!((&live["counters"]["suppressed"], sent_to(&world, "asha").await), (&json!(1), 1));
        admin.delete(&format!("/api/v1/campaigns/{campaign}")).await.ok();
        world.clock.set("2026-11-28T09:00:00Z");
        execute(&admin).await;
        assert_eq!(sent_to(&world, "ben").await, 1, "nothing goes out of the bin");
        assert_eq!(retry(&admin, &ben).await, "campaign_over");
    }

    async fn the_routing_table_can_switch_it_off(world: World) {
        let admin = world.admin().await;
        let campaign = sent(&world, &admin).await;
        let refused = json!({"routes": [{"disposition": "NOT_INTERESTED", "retry": true}]});
        assert_eq!(admin.put("/api/v1/routing-rules", refused).await.refused(422), "bad_routing");
        let rules = admin.put("/api/v1/routing-rules", json!({"routes": [{"disposition": "OUT_OF_OFFICE", "retry": false}]})).await.ok();
        assert_eq!(rules.as_array().unwrap().iter().find(|r| r["disposition"] == "OUT_OF_OFFICE").unwrap()["retry"], false);
        let asha = says(&admin, &campaign, "asha", AWAY).await;
        assert_eq!(retry(&admin, &asha).await, "none");
        assert_eq!(reply(&admin, &asha).await["retryAfter"], Value::Null);
    }
}
