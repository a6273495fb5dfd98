//! The end of one-time campaigns: nothing leaves after it, whoever is awake.

use muster_app::{App, runs};
use muster_tests::steps::{balances, many, started, until};
use muster_tests::{Client, Mood, Moody, both_engines};
use serde_json::{Value, json};

use crate::dead_letters::groups;

/// It is 2026-11-24 08:00 UTC.
const END: &str = "2026-11-24T09:00:00Z";
const BEFORE: &str = "2026-11-24T08:59:59Z";

fn ends(more: Value) -> Value {
    let mut body = json!({"endAt": END});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn execute(admin: &Client) {
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
}

async fn refused(admin: &Client, campaign: &str, what: &str) -> String {
    admin.post(&format!("/api/v1/campaigns/{campaign}/{what}"), json!({})).await.refused(409)
}

/// What the history says of the end.
async fn end_in_history(admin: &Client, campaign: &str) -> Vec<Value> {
    let history = admin.get(&format!("/api/v1/campaigns/{campaign}/history")).await.ok();
    let all = history.as_array().unwrap().iter().filter(|entry| entry["action"] == "campaign.end_reached");
    all.map(|entry| entry["after"].clone()).collect()
}

/// Sent, cancelled and pending of a ledger that balances.
async fn counts(admin: &Client, campaign: &str) -> (String, i64, i64, i64) {
    let live = balances(admin, campaign).await;
    let n = |key: &str| live["counters"][key].as_i64().unwrap();
    (live["status"].as_str().unwrap().to_owned(), n("sent"), n("cancelled"), n("pending"))
}

async fn sends(app: &App, ws: muster_domain::workspace::WorkspaceId, run: i64) -> i64 {
    app.delivery.cycle(ws, run, 1_000).await.unwrap().processed
}

both_engines! {
    async fn what_is_not_sent_by_the_end_is_cancelled(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 120).await;
        let (campaign, run) = started(&admin, &gold, ends(json!({"throttleConfig": {"messagesPerHour": 100}}))).await;
        execute(&admin).await;
        world.clock.set(BEFORE);
        runs::end_due(&world.app).await.unwrap();
        assert_eq!(counts(&admin, &campaign).await, ("running".into(), 100, 0, 20), "a second is left");

        // The hour is over and there would be room; whoever looks at it first sends nothing.
        world.clock.set(END);
        assert_eq!(sends(&world.app, world.ws, run).await, 0);
        assert_eq!(moody.handed_over(), 100);
        runs::end_due(&world.app).await.unwrap();
        runs::end_due(&world.app).await.unwrap();
        assert_eq!(counts(&admin, &campaign).await, ("completed".into(), 100, 20, 0));
        let left = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients?status=cancelled&pageSize=1")).await.ok();
        assert_eq!(left[0]["failureReason"], "the campaign's end was reached");
        assert_eq!(end_in_history(&admin, &campaign).await, [json!({"status": "completed", "endAt": END, "unsent": 20})]);
        assert_eq!(world.number("SELECT COUNT(*) FROM notifications WHERE title = 'Gold ended before all was sent'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM event_outbox WHERE name = 'campaign.completed'").await, 1);
        assert_eq!(sends(&world.app, world.ws, run).await, 0);
        for what in ["resume", "start"] {
            refused(&admin, &campaign, what).await;
        }
    }

    async fn a_paused_campaign_ends_too(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 3).await;
        let (campaign, _) = started(&admin, &gold, ends(json!({}))).await;
        admin.post(&format!("/api/v1/campaigns/{campaign}/pause"), json!({})).await.ok();
        world.clock.set(END);
        let answer = admin.post(&format!("/api/v1/campaigns/{campaign}/resume"), json!({})).await;
        assert_eq!(answer.body["error"]["message"], "This campaign ended at 2026-11-24 09:00 UTC: nothing of it is sent after that.");
        assert_eq!(answer.refused(409), "has_ended");
        runs::end_due(&world.app).await.unwrap();
        assert_eq!(counts(&admin, &campaign).await, ("completed".into(), 0, 3, 0));
        let stages = admin.get(&format!("/api/v1/campaigns/{campaign}/live")).await.ok()["stages"].clone();
        let delivery = stages.as_array().unwrap().iter().find(|stage| stage["code"] == "message-delivery").unwrap();
        assert_eq!(delivery["status"], "success");
    }

    async fn what_is_on_its_way_at_the_end_arrives_and_nothing_after_it_leaves(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 700).await;
        let caps = json!({"quietHours": null, "frequencyCaps": [{"channel": "email", "count": 9, "period": "day"}]});
        admin.put("/api/v1/settings/policy", caps).await.ok();
        // Ended by another node, or by none so far.
        for is_ended in [true, false] {
            let (campaign, run) = started(&admin, &gold, ends(json!({"name": format!("Gold {is_ended}")}))).await;
            let (app, ws, before) = (world.app.clone(), world.ws, moody.handed_over());
            moody.is("p200@", Mood::Hangs);
            let sending = tokio::spawn(async move { app.delivery.cycle(ws, run, 1_000).await });
            moody.hanging.notified().await;
            let left = moody.handed_over();
            world.clock.set(END);
            if is_ended {
                let dir = tempfile::tempdir().unwrap();
                let other = world.another_node(dir.path()).await;
                runs::end_due(&other).await.unwrap();
                other.db.close().await;
            }
            moody.wake();
            sending.await.unwrap().unwrap();
            moody.is("p200@", Mood::Takes);
            let sent = i64::from(moody.handed_over() - before);
            assert!(moody.handed_over() - left < 50, "the rest of a window at most");
            runs::end_due(&world.app).await.unwrap();
            assert_eq!(counts(&admin, &campaign).await, ("completed".into(), sent, 700 - sent, 0));
            let said = end_in_history(&admin, &campaign).await;
            let n = |key: &str| said[0][key].as_i64().unwrap_or(0);
            assert_eq!((said.len(), n("onTheirWay") > 0), (1, is_ended));
            assert!(n("unsent") + n("onTheirWay") >= 700 - sent);
            world.clock.set("2026-11-24T08:00:00Z");
        }
    }

    async fn a_node_that_died_on_the_way_leaves_doubts_and_nothing_pending(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 700).await;
        let (campaign, run) = started(&admin, &gold, ends(json!({}))).await;
        let (app, ws) = (world.app.clone(), world.ws);
        moody.is("p200@", Mood::Hangs);
        let sending = tokio::spawn(async move { app.delivery.cycle(ws, run, 1_000).await });
        moody.hanging.notified().await;
        sending.abort();
        let _ = sending.await;
        world.clock.set(END);
        let dir = tempfile::tempdir().unwrap();
        let other = world.another_node(dir.path()).await;
        runs::end_due(&other).await.unwrap();
        world.clock.advance(61_000);
        let doubted = other.delivery.rescue(false).await.unwrap();
        let live = balances(&admin, &campaign).await;
        assert_eq!((&live["counters"]["pending"], &live["counters"]["unknown"]), (&json!(0), &json!(doubted)));
        let reasons = "SELECT COUNT(*) FROM run_recipients WHERE status = 9 AND reason <> 'the campaign''s end was reached'";
        assert_eq!((live["status"].as_str(), world.number(reasons).await), (Some("completed"), 0));
        other.db.close().await;
    }

    async fn nothing_is_sent_again_after_the_end(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 3).await;
        moody.is("p1@", Mood::Blocks);
        moody.is("p2@", Mood::PutsOff(Some(7_200)));
        let (campaign, run) = started(&admin, &gold, ends(json!({}))).await;
        execute(&admin).await;
        world.clock.set(END);
        let again = json!({"runId": run, "cause": groups(&admin).await[0]["cause"]});
        for ended in [false, true] {
            if ended {
                runs::end_due(&world.app).await.unwrap();
            }
            assert_eq!(admin.post("/api/v1/dead-letters/requeue", again.clone()).await.refused(409), "has_ended");
            assert_eq!(admin.post("/api/v1/waiting-messages/send-now", json!({"runId": run, "cause": "retry"})).await.refused(409), "has_ended");
        }
        assert_eq!(counts(&admin, &campaign).await, ("completed".into(), 1, 1, 0));
        world.clock.advance(2 * 3_600_000);
        execute(&admin).await;
        assert_eq!(moody.handed_over(), 3);
    }

    async fn who_slept_through_start_or_end_sends_nothing(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 3).await;
        let (asleep, _) = started(&admin, &gold, ends(json!({"name": "Asleep"}))).await;
        let body = json!({"name": "Never begun", "channel": "email", "segmentIds": [gold], "content": {"subject": "Hi", "textBody": "Hi"}, "endAt": END});
        let late = admin.post("/api/v1/campaigns", body).await.ok()["id"].as_str().unwrap().to_owned();
        admin.post(&format!("/api/v1/campaigns/{late}/schedule"), json!({"scheduledAt": "2026-11-24T08:30:00Z"})).await.ok();
        world.clock.set(END);
        let stop = tokio_util::sync::CancellationToken::new();
        let scheduler = muster_app::scheduler::start(&world.app, &stop);
        let status = async |campaign: &str| admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok()["status"].clone();
        until("it has ended", async || status(&asleep).await == "completed").await;
        until("it was taken off the schedule", async || status(&late).await == "draft").await;
        stop.cancel();
        scheduler.await.unwrap();
        assert_eq!(moody.handed_over(), 0);
        let why = admin.get(&format!("/api/v1/campaigns/{late}")).await.ok()["pausedReason"].clone();
        assert!(why.as_str().unwrap().contains("ended at 2026-11-24 09:00 UTC"), "{why}");
        assert_eq!(refused(&admin, &late, "start").await, "has_ended");
    }

    async fn the_timer_ends_a_campaign_to_the_moment(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 120).await;
        let (campaign, _) = started(&admin, &gold, ends(json!({"throttleConfig": {"messagesPerHour": 100}}))).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let scheduler = muster_app::scheduler::start(&world.app, &stop);
        until("its hour is used up", async || moody.handed_over() == 100).await;
        let mut tx = world.app.db.read_all().await.unwrap();
        let next = muster_db::campaign_state::next_end(&mut tx, world.app.now()).await.unwrap();
        drop(tx);
        assert_eq!(next.map(muster_domain::time::rfc3339).as_deref(), Some(END));
        world.clock.set(END);
        world.app.wake.notify_one();
        let live = async || admin.get(&format!("/api/v1/campaigns/{campaign}/live")).await.ok();
        until("it has ended", async || live().await["status"] == "completed").await;
        until("what was leased is back", async || live().await["counters"]["pending"] == 0).await;
        assert_eq!(counts(&admin, &campaign).await, ("completed".into(), 100, 20, 0));
        stop.cancel();
        scheduler.await.unwrap();
        assert_eq!(moody.handed_over(), 100);
    }
}
