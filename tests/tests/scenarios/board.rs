//! Several people work the same board.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use muster_app::board;
use muster_channels::{Channel, OutboundMessage, Outcome, ProbeError, ProviderInfo, Sender};
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use muster_engine::registry::{ActiveSender, SenderRegistry};
use muster_tests::{Sent, World, both_engines};
use serde_json::{Value, json};

struct Card {
    sent: Sent,
    id: String,
}

async fn john(world: &World) -> Card {
    let customer = world.customer("John", "Smith", "john@example.com", "+254700000002").await;
    let sent = world.sent_campaign("Q1 Broker Outreach", "email", &[customer]).await;
    let admin = world.admin().await;
    let request = json!({ "campaignId": sent.campaign_id, "from": "john@example.com", "subject": "Re: Hey", "body": "Yes, interested!", "inReplyTo": format!("<{}.{}.1@jamii.co.ke>", sent.campaign_id.simple(), sent.run_id) });
    let reply = admin.post("/api/v1/campaigns/process-response", request).await.ok();
    Card { sent, id: reply["cardId"].as_str().unwrap().to_owned() }
}

fn history(card: &Value) -> Vec<&str> {
    card["thread"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|i| i["kind"] == "history")
        .map(|i| i["body"].as_str().unwrap())
        .collect()
}

/// A provider that writes down what it was given.
#[derive(Default, Clone)]
struct Notebook(Arc<Mutex<Vec<OutboundMessage>>>);

#[async_trait]
impl Sender for Notebook {
    fn describe(&self) -> ProviderInfo {
        ProviderInfo {
            id: "n".into(),
            name: "notebook".into(),
            kind: "sandbox",
            channels: vec![Channel::Email],
            concurrency: 1,
            max_batch: 10,
        }
    }
    async fn send(&self, batch: Vec<OutboundMessage>) -> Vec<Outcome> {
        let outcomes = batch
            .iter()
            .map(|_| Outcome::Accepted { provider_message_id: Some("x1".into()), answer: "ok".into() })
            .collect();
        self.0.lock().unwrap().extend(batch);
        outcomes
    }
    async fn probe(&self) -> Result<(), ProbeError> {
        Ok(())
    }
}

#[async_trait]
impl SenderRegistry for Notebook {
    async fn pick(&self, _: WorkspaceId, _: Channel, _: Option<&str>) -> Result<ActiveSender, String> {
        Ok(ActiveSender {
            sender: Arc::new(self.clone()),
            budget: "n".into(),
            per_day: None,
            per_hour: None,
            per_minute: None,
            reports_delivery: false,
            from: "sales@jamii.co.ke".into(),
            from_name: None,
        })
    }

    async fn candidates(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        route: Option<&str>,
    ) -> Result<Vec<ActiveSender>, String> {
        Ok(vec![self.pick(ws, channel, route).await?])
    }

    fn report(&self, _: &str, _: Option<&str>) {}
}

both_engines! {
    async fn a_rep_takes_a_card_and_the_slower_one_is_told(world: World) {
        let card = john(&world).await;
        let (grace, ali) = (world.person("Grace Chebet", Role::SalesRep).await, world.person("Ali Njoroge", Role::SalesRep).await);
        let seen = grace.get(&format!("/api/v1/cards/{}", card.id)).await.ok()["card"]["version"].clone();
        let moved = grace.post(&format!("/api/v1/cards/{}/move", card.id), json!({ "status": "in_progress", "version": seen })).await.ok();
        assert_eq!((&moved["card"]["status"], &moved["card"]["assigneeName"]), (&json!("in_progress"), &json!("Grace Chebet")));
        let late = ali.post(&format!("/api/v1/cards/{}/move", card.id), json!({ "status": "done", "version": seen })).await;
        assert_eq!(late.refused(409), "card_changed");
        assert!(late.body["error"]["message"].as_str().unwrap().contains("Grace Chebet changed this card meanwhile: moved it to In progress"), "{}", late.body);
        let now = ali.get(&format!("/api/v1/cards/{}", card.id)).await.ok();
        assert_eq!(now["card"]["status"], "in_progress");
        assert_eq!(history(&now), ["sent to sales, high", "took it", "moved it to In progress"]);
    }

    async fn the_board_shows_lanes_and_counts(world: World) {
        let card = john(&world).await;
        let grace = world.person("Grace Chebet", Role::SalesRep).await;
        let other = grace.post("/api/v1/cards", json!({ "title": "Ring the Nyali shop", "queue": "sales", "priority": "low" })).await.ok();
        let id = other["card"]["id"].as_str().unwrap().to_owned();
        let board = grace.get("/api/v1/board").await.ok();
        let titles = |b: &Value| b["cards"].as_array().unwrap().iter().map(|c| c["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(titles(&board), ["Schedule call with John Smith - expressed interest", "Ring the Nyali shop"]);
        assert_eq!(board["queues"][0], json!({ "queue": "sales", "openCount": 2, "lateCount": 0, "doneCount": 0, "firstAnswerMinutes": 60 }));

        grace.post(&format!("/api/v1/cards/{id}/move"), json!({ "status": "todo", "beforeId": card.id })).await.ok();
        assert_eq!(titles(&grace.get("/api/v1/board").await.ok())[0], "Ring the Nyali shop");

        grace.patch(&format!("/api/v1/cards/{id}"), json!({ "assigneeId": null, "priority": "high", "dueAt": "2026-11-24T07:00:00Z" })).await.ok();
        assert_eq!(grace.get("/api/v1/board").await.ok()["queues"][0]["lateCount"], 1);
        assert_eq!(grace.get("/api/v1/board?priority=high").await.ok()["cards"].as_array().unwrap().len(), 2);
        let mine = grace.get("/api/v1/board?owner=me").await.ok();
        assert_eq!((mine["cards"].as_array().unwrap().len(), &mine["everyoneCount"], &mine["mineCount"]), (0, &json!(2), &json!(0)));
        let page = grace.get("/api/v1/cards?pageSize=1").await;
        assert_eq!((&page.body["pagination"]["total_count"], &page.body["pagination"]["total_pages"]), (&json!(2), &json!(2)));
        let viewer = world.person("Vera Viewer", Role::Viewer).await;
        viewer.get("/api/v1/board").await.ok();
        viewer.post(&format!("/api/v1/cards/{id}/move"), json!({ "status": "done" })).await.refused(403);
    }

    async fn an_answer_goes_out_in_the_thread_and_the_card_waits(world: World) {
        let card = john(&world).await;
        let grace = world.person("Grace Chebet", Role::SalesRep).await;
        let path = format!("/api/v1/cards/{}", card.id);
        grace.post(&format!("{path}/comments"), json!({ "body": "She knows the price." })).await.ok();
        world.clock.advance(60_000);
        let answered = grace.post(&format!("{path}/answer"), json!({ "body": "Hi John, I call you at three." })).await.ok();
        assert_eq!((&answered["card"]["status"], &answered["card"]["dueAt"]), (&json!("waiting"), &Value::Null));
        assert_eq!(answered["card"]["firstAnswerAt"], "2026-11-24T08:01:00Z");

        let provider = Notebook::default();
        assert_eq!(board::send_due(&world.app, &provider).await.unwrap(), 1);
        assert_eq!(board::send_due(&world.app, &provider).await.unwrap(), 0, "sent once");
        let sent = provider.0.lock().unwrap().clone();
        assert_eq!((sent[0].to.as_str(), sent[0].subject.as_deref(), sent[0].text.as_str()), ("john@example.com", Some("Re: Hey"), "Hi John, I call you at three."));
        assert!(sent[0].headers.contains(&("In-Reply-To".into(), format!("<{}.{}.1@jamii.co.ke>", card.sent.campaign_id.simple(), card.sent.run_id))));

        let shown = grace.get(&path).await.ok();
        let kinds: Vec<_> = shown["thread"].as_array().unwrap().iter().map(|i| i["kind"].as_str().unwrap()).filter(|k| *k != "history").collect();
        assert_eq!(kinds, ["message", "reply", "note", "answer"]);
        let answer = shown["thread"].as_array().unwrap().iter().find(|i| i["kind"] == "answer").unwrap().clone();
        assert_eq!((&answer["status"], &answer["channel"], &answer["authorName"]), (&json!("sent"), &json!("email"), &json!("Grace Chebet")));
    }

    async fn nobody_who_said_stop_is_answered(world: World) {
        let card = john(&world).await;
        let admin = world.admin().await;
        let request = json!({ "campaignId": card.sent.campaign_id, "from": "john@example.com", "body": "STOP" });
        admin.post("/api/v1/campaigns/process-response", request).await.ok();
        let refused = admin.post(&format!("/api/v1/cards/{}/answer", card.id), json!({ "body": "But wait" })).await;
        assert_eq!(refused.refused(409), "opted_out");
    }

    async fn a_snoozed_card_comes_back_by_itself(world: World) {
        let card = john(&world).await;
        let admin = world.admin().await;
        let path = format!("/api/v1/cards/{}", card.id);
        assert_eq!(admin.post(&format!("{path}/snooze"), json!({ "until": "2026-11-24T07:00:00Z" })).await.refused(422), "bad_snooze");
        let asleep = admin.post(&format!("{path}/snooze"), json!({ "until": "2026-11-25T06:00:00Z" })).await.ok();
        assert_eq!((&asleep["card"]["status"], &asleep["card"]["snoozedUntil"]), (&json!("waiting"), &json!("2026-11-25T06:00:00Z")));
        assert_eq!(board::wake_up(&world.app).await.unwrap(), 0);
        world.clock.set("2026-11-25T06:00:00Z");
        assert_eq!(board::wake_up(&world.app).await.unwrap(), 1);
        let awake = admin.get(&path).await.ok();
        assert_eq!((&awake["card"]["status"], &awake["card"]["snoozedUntil"]), (&json!("todo"), &Value::Null));
    }

    async fn what_was_won_flows_into_the_numbers_and_back(world: World) {
        let card = john(&world).await;
        let admin = world.admin().await;
        let path = format!("/api/v1/cards/{}", card.id);
        assert_eq!(admin.post(&format!("{path}/outcome"), json!({ "outcome": "won", "amount": "-1" })).await.refused(422), "bad_amount");
        let won = admin.post(&format!("{path}/outcome"), json!({ "outcome": "won", "amount": 1500.5 })).await.ok();
        assert_eq!((&won["card"]["status"], &won["card"]["outcomeAmount"], &won["card"]["outcomeCurrency"]), (&json!("done"), &json!("1500.50"), &json!("KES")));
        let revenue = format!("SELECT revenue_e4 FROM run_stats WHERE run_id = {}", card.sent.run_id);
        assert_eq!(world.number(&revenue).await, 15_005_000);
        world.assert_recount(&card.sent).await;
        assert_eq!(admin.post(&format!("{path}/outcome"), json!({ "outcome": "lost", "reason": "price" })).await.refused(409), "card_state");
        assert_eq!(admin.get("/api/v1/board?done=true").await.ok()["done"][0]["id"], json!(card.id));

        admin.post(&format!("{path}/move"), json!({ "status": "todo" })).await.ok();
        assert_eq!(world.number(&revenue).await, 0);
        world.assert_recount(&card.sent).await;
        let lost = admin.post(&format!("{path}/outcome"), json!({ "outcome": "lost", "reason": "price" })).await.ok();
        assert_eq!((&lost["card"]["outcome"], &lost["card"]["outcomeReason"]), (&json!("lost"), &json!("price")));
    }

    async fn everybody_sees_who_looks_at_a_card(world: World) {
        let card = john(&world).await;
        let (grace, ali) = (world.person("Grace Chebet", Role::SalesRep).await, world.person("Ali Njoroge", Role::SalesRep).await);
        let mut viewer = world.app.live.subscribe(world.ws);
        grace.post("/api/v1/board/presence", json!({ "cardId": card.id, "isWriting": true })).await.ok();
        let here = ali.post("/api/v1/board/presence", json!({ "cardId": card.id })).await.ok();
        let names: Vec<_> = here.as_array().unwrap().iter().map(|h| (h["name"].as_str().unwrap(), h["isWriting"].as_bool().unwrap())).collect();
        assert_eq!(names, [("Ali Njoroge", false), ("Grace Chebet", true)]);
        let changes = viewer.next().await.unwrap();
        assert!(changes.iter().any(|c| c.topic == "presence" && c.data.as_array().unwrap().len() == 2));
        world.clock.advance(60_000);
        assert_eq!(ali.post("/api/v1/board/presence", json!({})).await.ok().as_array().unwrap().len(), 1, "who says nothing has gone");
    }

    async fn another_workspace_sees_nothing(world: World) {
        let card = john(&world).await;
        let stranger = other_workspace(&world).await;
        stranger.get(&format!("/api/v1/cards/{}", card.id)).await.refused(404);
        stranger.post(&format!("/api/v1/cards/{}/move", card.id), json!({ "status": "done" })).await.refused(404);
        stranger.get(&format!("/api/v1/campaigns/{}/responses", card.sent.campaign_id)).await.refused(404);
        assert_eq!(stranger.get("/api/v1/board").await.ok()["cards"], json!([]));
    }
}

/// Somebody of another team on the same database.
pub(super) async fn other_workspace(world: &World) -> muster_tests::Client {
    use muster_db::{people, workspaces};
    let now = world.app.now();
    let mut tx = world.app.db.write_all().await.unwrap();
    let new = workspaces::NewWorkspace {
        public_id: world.app.new_id(),
        name: "Elsewhere".into(),
        timezone: "UTC".into(),
        currency: "USD".into(),
        locale: "en".into(),
        approval_required: true,
        signing_key: vec![9; 32],
        now,
    };
    let ws = workspaces::insert(&mut tx, &new).await.unwrap();
    let user = people::NewUser {
        id: world.app.new_id(),
        email: "eve@elsewhere.org".into(),
        name: "Eve".into(),
        role: Role::Admin,
        password_hash: "none".into(),
        must_change_password: false,
        locale: "en".into(),
        now,
    };
    people::insert(&mut tx, ws, &user).await.unwrap();
    tx.commit().await.unwrap();
    let (ctx, id) = muster_app::auth::operator(&world.app, "eve@elsewhere.org").await.unwrap().unwrap();
    let (_, token) = muster_app::auth::issue_token(&world.app, &ctx, id, "test", &["*".into()], None).await.unwrap();
    world.anonymous().with_token(&token)
}
