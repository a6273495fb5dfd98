//! Replies are classified, routed and become cards.

use muster_domain::role::Role;
use muster_tests::{Client, Sent, World, both_engines};
use serde_json::{Value, json};

async fn outreach(world: &World) -> Sent {
    let a = world.customer("Peter", "Otieno", "broker.a@example.com", "+254700000001").await;
    let b = world.customer("John", "Smith", "broker.b@example.com", "+254700000002").await;
    let c = world.customer("Jane", "Doe", "broker.c@example.com", "+254700000003").await;
    world.sent_campaign("Q1 Broker Outreach", "email", &[a, b, c]).await
}

async fn reply(client: &Client, sent: &Sent, from: &str, body: &str) -> Value {
    let request = json!({ "campaignId": sent.campaign_id, "from": from, "subject": "Re: Hey", "body": body });
    client.post("/api/v1/campaigns/process-response", request).await.ok()
}

both_engines! {
    async fn three_brokers_answer_and_two_become_cards(world: World) {
        let sent = outreach(&world).await;
        let rep = world.person("Grace Chebet", Role::SalesRep).await;

        let a = reply(&rep, &sent, "broker.a@example.com", "Not interested").await;
        assert_eq!((&a["disposition"], &a["cardId"]), (&json!("NOT_INTERESTED"), &Value::Null));

        let b = reply(&rep, &sent, "John Smith <broker.b@example.com>", "Yes, interested!\n\nOn Mon, 5 Jan 2026, Jamii <x@jamii.co.ke> wrote:\n> Hey").await;
        assert_eq!((&b["disposition"], &b["sentiment"], &b["summary"]), (&json!("INTERESTED"), &json!("positive"), &json!("Yes, interested!")));
        let card = rep.get(&format!("/api/v1/cards/{}", b["cardId"].as_str().unwrap())).await.ok();
        assert_eq!(card["card"]["title"], "Schedule call with John Smith - expressed interest");
        assert_eq!(card["card"]["description"], "Contact responded: Yes, interested!");
        assert_eq!((&card["card"]["queue"], &card["card"]["priority"], &card["card"]["status"], &card["card"]["type"]), (&json!("sales"), &json!("high"), &json!("todo"), &json!("task")));
        assert_eq!(card["card"]["campaign_id"], json!(sent.campaign_id));
        assert_eq!(card["card"]["campaign_response_id"], b["responseId"]);
        assert_eq!(card["card"]["contact_id"], json!(sent.customers[1]));
        assert_eq!(card["contact"]["accountBalance"], "1284.50");

        let c = reply(&rep, &sent, "broker.c@example.com", "Tell me more about pricing").await;
        assert_eq!(c["disposition"], "NEEDS_MORE_INFO");
        let card = rep.get(&format!("/api/v1/cards/{}", c["cardId"].as_str().unwrap())).await.ok();
        assert_eq!(card["card"]["title"], "Follow up with Jane Doe - more info requested");
        assert_eq!((&card["card"]["queue"], &card["card"]["priority"]), (&json!("account_manager"), &json!("medium")));
        assert!(card["card"]["draft"].as_str().unwrap().starts_with("Hi Jane,"));

        let list = rep.get(&format!("/api/v1/campaigns/{}/responses", sent.campaign_id)).await;
        let total = |class: &str| list.body["dispositions"].as_array().unwrap().iter().find(|d| d["disposition"] == class).unwrap()["count"].clone();
        assert_eq!(list.body["pagination"]["total_count"], 3);
        assert_eq!((total("INTERESTED"), total("NEEDS_MORE_INFO"), total("NOT_INTERESTED"), total("BOUNCE")), (json!(1), json!(1), json!(1), json!(0)));
        assert_eq!(list.body["data"][0]["cardId"], c["cardId"], "the newest first, with its card");
        assert_eq!(world.number(&format!("SELECT replied FROM run_stats WHERE run_id = {}", sent.run_id)).await, 3);
        world.assert_recount(&sent).await;
    }

    async fn the_same_reply_twice_is_taken_once(world: World) {
        let sent = outreach(&world).await;
        let admin = world.admin().await;
        let request = json!({ "campaign_id": sent.campaign_id, "from": "broker.b@example.com", "body": "Yes, interested!", "received_at": "2026-11-24T07:59:00Z" });
        let first = admin.post("/api/v1/campaigns/process-response", request.clone()).await.ok();
        let second = admin.post("/api/v1/campaigns/process-response", request).await.ok();
        assert_eq!(first, second);
        assert_eq!(world.number("SELECT COUNT(*) FROM cards").await, 1);
    }

    async fn a_further_reply_returns_to_the_open_card(world: World) {
        let sent = outreach(&world).await;
        let admin = world.admin().await;
        let first = reply(&admin, &sent, "broker.b@example.com", "Yes, interested!").await;
        let id = first["cardId"].as_str().unwrap();
        admin.post(&format!("/api/v1/cards/{id}/move"), json!({ "status": "waiting" })).await.ok();
        let second = reply(&admin, &sent, "broker.b@example.com", "Yes please call me").await;
        assert_eq!(second["cardId"], first["cardId"]);
        let card = admin.get(&format!("/api/v1/cards/{id}")).await.ok();
        assert_eq!(card["card"]["status"], "todo");
        let replies = card["thread"].as_array().unwrap().iter().filter(|i| i["kind"] == "reply").count();
        assert_eq!(replies, 2);
    }

    async fn stop_suppresses_and_an_absence_is_tried_again_later(world: World) {
        let sent = outreach(&world).await;
        let admin = world.admin().await;
        let stop = reply(&admin, &sent, "broker.a@example.com", "STOP").await;
        assert_eq!((&stop["disposition"], &stop["cardId"]), (&json!("UNSUBSCRIBE"), &Value::Null));
        let on_list = "SELECT COUNT(*) FROM suppressions WHERE channel = 'email' AND address = 'broker.a@example.com' AND reason = 'unsubscribed'";
        assert_eq!(world.number(on_list).await, 1);

        let away = reply(&admin, &sent, "broker.b@example.com", "I am out of the office until 5 January 2027.").await;
        assert_eq!((&away["disposition"], &away["cardId"]), (&json!("OUT_OF_OFFICE"), &Value::Null));
        let listed = admin.get("/api/v1/responses?disposition=out_of_office").await.ok();
        assert_eq!(listed[0]["retryAfter"], "2027-01-06T06:00:00Z", "nine in the morning in Nairobi");

        let dsn = json!({
            "from": "MAILER-DAEMON@mx.example.com", "subject": "Undelivered Mail Returned to Sender", "inReplyTo": format!("<{}.{}.3@jamii.co.ke>", sent.campaign_id.simple(), sent.run_id),
            "body": "This is the mail system at host mx.\nFinal-Recipient: rfc822; broker.c@example.com\nStatus: 5.1.1",
        });
        let bounce = admin.post("/api/v1/campaigns/process-response", dsn).await.ok();
        assert_eq!(bounce["disposition"], "BOUNCE");
        assert_eq!(world.number("SELECT COUNT(*) FROM suppressions WHERE address = 'broker.c@example.com' AND reason = 'hard_bounce'").await, 1);
        assert_eq!(world.number(&format!("SELECT bounced FROM run_stats WHERE run_id = {}", sent.run_id)).await, 1);
        assert_eq!(world.number(&format!("SELECT unsubscribed FROM run_stats WHERE run_id = {}", sent.run_id)).await, 1);
        world.assert_recount(&sent).await;
    }

    async fn a_stranger_and_an_unclear_reply_go_to_their_queues(world: World) {
        let sent = outreach(&world).await;
        let admin = world.admin().await;
        let stranger = reply(&admin, &sent, "Mary Wambui <mary@elsewhere.org>", "Yes, interested!").await;
        assert_eq!(stranger["disposition"], "NO_ACTIVE_PROFILE");
        let card = admin.get(&format!("/api/v1/cards/{}", stranger["cardId"].as_str().unwrap())).await.ok();
        assert_eq!((&card["card"]["queue"], &card["card"]["priority"]), (&json!("sales_admin"), &json!("high")));
        assert!(card["card"]["title"].as_str().unwrap().contains("Mary Wambui"));

        let unclear = reply(&admin, &sent, "broker.a@example.com", "lorem ipsum dolor").await;
        assert_eq!(unclear["disposition"], "ESCALATE_UNCLEAR");
        let card = admin.get(&format!("/api/v1/cards/{}", unclear["cardId"].as_str().unwrap())).await.ok();
        assert_eq!((&card["card"]["queue"], &card["card"]["priority"]), (&json!("sales_manager"), &json!("medium")));
    }

    async fn a_correction_moves_the_card_and_is_learned_from(world: World) {
        let sent = outreach(&world).await;
        let admin = world.admin().await;
        let text = "Wapi matawi yenu ya Nyeri na Meru";
        let first = reply(&admin, &sent, "broker.a@example.com", text).await;
        assert_ne!(first["disposition"], "INTERESTED");
        let path = format!("/api/v1/responses/{}/correct", first["responseId"].as_str().unwrap());
        let corrected = admin.post(&path, json!({ "disposition": "interested" })).await.ok();
        assert_eq!((&corrected["disposition"], &corrected["isCorrected"]), (&json!("INTERESTED"), &json!(true)));
        let card = admin.get(&format!("/api/v1/cards/{}", corrected["cardId"].as_str().unwrap())).await.ok();
        assert_eq!((&card["card"]["queue"], &card["card"]["title"]), (&json!("sales"), &json!("Schedule call with Peter Otieno - expressed interest")));
        let again = reply(&admin, &sent, "broker.b@example.com", text).await;
        assert_eq!(again["disposition"], "INTERESTED");
    }

    async fn the_routing_table_can_be_changed_but_opt_outs_stay_opt_outs(world: World) {
        let sent = outreach(&world).await;
        let admin = world.admin().await;
        let change = json!({ "routes": [{ "disposition": "INTERESTED", "queue": "hot_leads", "priority": "medium", "titleTemplate": "Ring {name}", "answerWithinMinutes": 15 }] });
        admin.put("/api/v1/routing-rules", change).await.ok();
        let b = reply(&admin, &sent, "broker.b@example.com", "Yes, interested!").await;
        let card = admin.get(&format!("/api/v1/cards/{}", b["cardId"].as_str().unwrap())).await.ok();
        assert_eq!((&card["card"]["title"], &card["card"]["queue"], &card["card"]["dueAt"]), (&json!("Ring John Smith"), &json!("hot_leads"), &json!("2026-11-24T08:15:00Z")));
        let wrong = json!({ "routes": [{ "disposition": "UNSUBSCRIBE", "queue": "sales", "titleTemplate": "x", "answerWithinMinutes": 5 }] });
        assert_eq!(admin.put("/api/v1/routing-rules", wrong).await.refused(422), "bad_routing");
    }

    async fn what_is_malformed_or_unknown_is_refused(world: World) {
        let sent = outreach(&world).await;
        let admin = world.admin().await;
        let path = "/api/v1/campaigns/process-response";
        admin.post(path, json!({ "body": "Yes" })).await.refused(400);
        admin.post(path, json!({ "from": "a@b.c", "body": "" })).await.refused(422);
        let unknown = json!({ "campaignId": "01890000-0000-7000-8000-000000000000", "from": "a@b.c", "body": "Yes" });
        admin.post(path, unknown).await.refused(404);
        let viewer = world.person("Vera Viewer", Role::Viewer).await;
        viewer.post(path, json!({ "campaignId": sent.campaign_id, "from": "a@b.c", "body": "Yes" })).await.refused(403);
        admin.get("/api/v1/campaigns/01890000-0000-7000-8000-000000000000/responses").await.refused(404);
    }
}
