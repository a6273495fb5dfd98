//! The test inbox.

use muster_channels::OutboundMessage;
use muster_domain::channel::Channel;
use muster_domain::role::Role;
use muster_engine::registry::SenderRegistry;
use muster_tests::{World, both_engines};
use serde_json::json;

async fn send(world: &World, channel: Channel, to: &str, text: &str) {
    let active = world.app.senders.pick(world.ws, channel, None).await.unwrap();
    let message = OutboundMessage {
        from: active.from.clone(),
        from_name: active.from_name.clone(),
        subject: Some("Karibu Wanjikũ".into()),
        html: (channel == Channel::Email).then(|| format!("<p>{text}</p>").into()),
        message_id: format!("{to}@jamii.example"),
        headers: vec![("List-Unsubscribe".into(), "<https://go.jamii.example/u/1>".into())],
        ..OutboundMessage::new(channel, "0/0/0", to, text)
    };
    assert!(active.sender.send(vec![message]).await[0].is_accepted());
}

both_engines! {
    async fn messages_of_every_channel_are_read(world: World) {
        let admin = world.admin().await;
        for channel in Channel::ALL {
            send(&world, *channel, "+254711000001", &format!("Habari by {channel}")).await;
        }
        send(&world, Channel::Email, "wanjiku@customer.example", "Bei mpya 100%").await;
        assert_eq!(admin.get("/api/v1/sandbox/counts").await.ok(), json!({"email": 2, "sms": 1, "whatsapp": 1, "push": 1}));
        let all = admin.get("/api/v1/sandbox/messages").await;
        assert_eq!(all.body["pagination"]["total_count"], 5);
        let newest = &all.ok()[0];
        assert_eq!(newest["to"], "wanjiku@customer.example");
        assert_eq!(newest["from"], "Jamii Mobile <hello@jamiimobile.example>");
        assert_eq!(newest["htmlBody"], "<p>Bei mpya 100%</p>");
        assert_eq!(newest["headers"], json!([["List-Unsubscribe", "<https://go.jamii.example/u/1>"]]));
        let found = async |query: &str| admin.get(&format!("/api/v1/sandbox/messages?{query}")).await.ok().as_array().unwrap().len();
        assert_eq!(found("channel=SMS").await, 1);
        assert_eq!(found("search=WANJIKU").await, 1);
        assert_eq!(found("search=habari%20by&pageSize=3&page=2").await, 1);
        assert_eq!(admin.get("/api/v1/sandbox/messages?channel=fax").await.refused(400), "bad_query");
        let path = format!("/api/v1/sandbox/messages/{}", newest["id"]);
        assert_eq!(admin.get(&path).await.ok()["subject"], "Karibu Wanjikũ");

        let viewer = world.person("Vera Njeri", Role::Viewer).await;
        viewer.get(&path).await.ok();
        viewer.delete("/api/v1/sandbox/messages").await.refused(403);
        assert_eq!(admin.delete("/api/v1/sandbox/messages?channel=email").await.ok(), 2);
        admin.get(&path).await.refused(404);
        assert_eq!(admin.delete("/api/v1/sandbox/messages").await.ok(), 3);
        assert_eq!(found("").await, 0);
    }

    async fn it_fails_as_often_as_it_is_told(world: World) {
        let admin = world.admin().await;
        admin.patch("/api/v1/settings", json!({"sending": {"sandbox": {"failPercent": 8, "seed": 3}}})).await.ok();
        let active = world.app.senders.pick(world.ws, Channel::Sms, None).await.unwrap();
        let batch: Vec<_> = (0..1000).map(|n| OutboundMessage::new(Channel::Sms, format!("4/{n}/9"), format!("+2547110{n:05}"), "hi")).collect();
        let outcomes = active.sender.send(batch).await;
        let accepted = outcomes.iter().filter(|outcome| outcome.is_accepted()).count();
        assert!((890..950).contains(&accepted), "{accepted}");
        let kept = admin.get("/api/v1/sandbox/messages?pageSize=1").await;
        assert_eq!(kept.body["pagination"]["total_count"], accepted);
        assert_eq!(kept.ok()[0]["customerId"], 9);
    }

    async fn a_message_is_answered_as_the_person_who_got_it(world: World) {
        let admin = world.admin().await;
        let customer = json!({"firstName": "Wanjiku", "lastName": "Mwangi", "email": "wanjiku@customer.example"});
        admin.post("/api/v1/customers", customer).await.ok();
        send(&world, Channel::Email, "wanjiku@customer.example", "Bei mpya").await;
        let id = admin.get("/api/v1/sandbox/messages").await.ok()[0]["id"].clone();
        let path = format!("/api/v1/sandbox/messages/{id}/reply");
        let rep = world.person("Grace Chebet", Role::SalesRep).await;
        let processed = rep.post(&path, json!({"body": "Yes, interested!"})).await.ok();
        assert_eq!(processed["disposition"], "INTERESTED");
        assert!(processed["cardId"].is_string(), "{processed}");
        assert_eq!(rep.post(&path, json!({"subject": "", "body": " "})).await.status, 200);
        rep.post("/api/v1/sandbox/messages/999/reply", json!({"body": "hi"})).await.refused(404);
        let viewer = world.person("Vera Njeri", Role::Viewer).await;
        viewer.post(&path, json!({"body": "hi"})).await.refused(403);
    }
}
