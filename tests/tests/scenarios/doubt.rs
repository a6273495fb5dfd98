//! Messages in doubt of a campaign that sends them again by itself, and what a dead node had reserved.

use std::sync::Arc;

use muster_tests::steps::id;
use muster_tests::{Mood, Moody, World, both_engines};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::dead_letters::{agree, execute, groups, started_as};

/// Begins to send a campaign and stops at the message that hangs; its node is presumed dead from then on.
async fn presumed_dead(world: &World, moody: &Moody) -> JoinHandle<muster_db::Result<muster_engine::delivery::Cycle>> {
    let run = world.number("SELECT MAX(id) FROM campaign_runs").await;
    let (app, ws) = (world.app.clone(), world.ws);
    let sending = tokio::spawn(async move { app.delivery.cycle(ws, run, 100).await });
    moody.hanging.notified().await;
    world.clock.advance(61_000);
    sending
}

both_engines! {
    async fn what_is_in_doubt_goes_once_more_and_then_waits_for_a_person(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::LosesTheAnswer);
        moody.is("p3-", Mood::Hangs);
        let campaign = started_as(&admin, 4, "resend").await;
        let dying = presumed_dead(&world, &moody).await;
        dying.abort();
        let _ = dying.await;
        assert_eq!(world.app.delivery.rescue(false).await.unwrap(), 0, "nobody has to decide");
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["counters"]["pending"], &live["counters"]["unknown"]), (&json!(4), &json!(0)));
        assert_eq!(groups(&admin).await, Vec::<Value>::new());
        let waiting = admin.get("/api/v1/waiting-messages").await.ok();
        assert_eq!((&waiting[0]["cause"], &waiting[0]["messages"], &waiting[0]["canBeHurried"]), (&json!("in_doubt"), &json!(4), &json!(false)));

        // Not at once: the truth may turn up.
        moody.is("p3-", Mood::Takes);
        execute(&admin).await;
        assert_eq!(moody.seen("p1-x@example.org"), 1);
        world.clock.advance(60_000);
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["sent"], &live["counters"]["unknown"]), (&json!("completed"), &json!(3), &json!(1)));
        assert_eq!((moody.seen("p0-x@example.org"), moody.seen("p1-x@example.org")), (2, 2), "never more than twice");
        let left = groups(&admin).await;
        assert_eq!((left.len(), &left[0]["why"], &left[0]["messages"]), (1, &json!("no_answer"), &json!(1)));

        let run = live["runId"].as_i64().unwrap();
        let page = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients?status=unknown")).await.ok();
        let told = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients/{run}/{}", page[0]["seq"])).await.ok();
        let tries: Vec<_> = told["attempts"].as_array().unwrap().iter().map(|a| (a["outcome"].as_str().unwrap(), a["provider"].as_str().unwrap())).collect();
        assert_eq!(tries, [("unknown", ""), ("unknown", "Moody relay")]);
    }

    async fn a_lost_answer_is_asked_for_again(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::LosesTheAnswer);
        let campaign = started_as(&admin, 3, "resend").await;
        execute(&admin).await;
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["pending"], 1);
        moody.is("p0-", Mood::Takes);
        world.clock.advance(60_000);
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["sent"]), (&json!("completed"), &json!(3)));
        assert_eq!((moody.seen("p0-x@example.org"), moody.seen("p1-x@example.org")), (2, 1));
    }

    async fn what_a_node_that_wakes_up_late_knows_is_not_sent_again(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::Hangs);
        moody.is("p1-", Mood::Blocks);
        moody.is("p2-", Mood::LosesTheAnswer);
        let campaign = started_as(&admin, 3, "resend").await;
        let slow = presumed_dead(&world, &moody).await;
        world.app.delivery.rescue(false).await.unwrap();
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["pending"], 3);
        moody.wake();
        slow.await.unwrap().unwrap();
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["counters"]["sent"], &live["counters"]["failed"], &live["counters"]["pending"]), (&json!(1), &json!(1), &json!(1)));
        moody.is("p", Mood::Takes);
        world.clock.advance(60_000);
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["sent"], &live["counters"]["failed"]), (&json!("completed"), &json!(2), &json!(1)));
        let seen: Vec<_> = (0..3).map(|n| moody.seen(&format!("p{n}-x@example.org"))).collect();
        assert_eq!(seen, [1, 1, 2], "only the one of which nobody knows went again");
    }

    async fn a_cancelled_campaign_sends_nothing_again(mut_world: World) {
        let mut world = mut_world;
        let moody = Arc::clone(&Moody::carries(&mut world));
        let admin = world.admin().await;
        moody.is("p0-", Mood::Hangs);
        let campaign = started_as(&admin, 2, "resend").await;
        let dying = presumed_dead(&world, &moody).await;
        dying.abort();
        let _ = dying.await;
        admin.post(&format!("/api/v1/campaigns/{campaign}/cancel"), json!({})).await.ok();
        world.app.delivery.rescue(false).await.unwrap();
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["counters"]["unknown"], &live["counters"]["pending"]), (&json!(2), &json!(0)), "what may have arrived is not called cancelled");
    }

    async fn what_waits_in_doubt_when_a_campaign_is_cancelled_stays_in_doubt(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::LosesTheAnswer);
        moody.is("p1-", Mood::PutsOff(Some(1800)));
        let campaign = started_as(&admin, 3, "resend").await;
        execute(&admin).await;
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["pending"], 2, "in doubt, and deferred");
        admin.post(&format!("/api/v1/campaigns/{campaign}/cancel"), json!({})).await.ok();
        let live = agree(&world, &admin, &campaign).await;
        let counted = ["sent", "unknown", "cancelled", "pending"].map(|name| live["counters"][name].as_i64().unwrap());
        assert_eq!(counted, [1, 1, 1, 0], "what may have arrived is not called cancelled; what was deferred is");
        let left = groups(&admin).await;
        assert_eq!((left.len(), &left[0]["why"], &left[0]["channel"], &left[0]["messages"]), (1, &json!("no_answer"), &json!("email"), &json!(1)));
        let page = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients?status=unknown")).await.ok();
        let reason = page[0]["failureReason"].as_str().unwrap();
        assert!(reason.starts_with("perhaps sent at an earlier try; not sent again: "), "{page}");
        assert_eq!(page[0]["attempts"], 1, "{page}");
    }

    async fn what_is_in_doubt_and_may_not_be_sent_again_stays_in_doubt(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::LosesTheAnswer);
        let campaign = started_as(&admin, 2, "resend").await;
        execute(&admin).await;
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["pending"], 1);
        admin.post("/api/v1/suppressions", json!({"channel": "email", "addresses": ["p0-x@example.org"], "reason": "manual"})).await.ok();
        world.clock.advance(60_000);
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        let counted = ["sent", "unknown", "suppressed", "pending"].map(|name| live["counters"][name].as_i64().unwrap());
        assert_eq!(counted, [1, 1, 0, 0], "nobody can say that they got nothing");
        assert_eq!(moody.seen("p0-x@example.org"), 1);
        assert_eq!(groups(&admin).await[0]["messages"], 1);
    }

    async fn the_policy_is_part_of_what_is_approved_and_copied(world: World) {
        let admin = world.admin().await;
        let made = admin.post("/api/v1/campaigns", json!({"name": "Notice", "channel": "sms", "base_template": "Hi", "unknownPolicy": "resend"})).await.ok();
        let (path, before) = (format!("/api/v1/campaigns/{}", id(&made)), made["version"].as_i64().unwrap());
        let changed = admin.patch(&path, json!({"unknownPolicy": "hold"})).await.ok();
        assert_eq!((&changed["unknownPolicy"], changed["version"].as_i64().unwrap()), (&json!("hold"), before + 1));
        admin.patch(&path, json!({"unknownPolicy": "resend"})).await.ok();
        assert_eq!(admin.patch(&path, json!({"name": "Notice 2"})).await.ok()["unknownPolicy"], "resend", "what is left out stays");
        let copy = admin.post(&format!("{path}/duplicate"), json!({})).await.ok();
        assert_eq!(copy["unknownPolicy"], "resend");
        let history = admin.get(&format!("{path}/history")).await.ok();
        assert!(history.as_array().unwrap().iter().any(|e| e["before"]["unknownPolicy"] == "resend" && e["after"]["unknownPolicy"] == "hold"), "{history}");
    }

    async fn what_a_dead_node_reserved_and_did_not_send_is_free_again(world: World) {
        let people = [world.customer("A", "B", "a@example.org", "+254711000001").await, world.customer("C", "D", "c@example.org", "+254711000002").await];
        let run = world.sent_campaign("Large", "email", &people).await.run_id;
        let (ws, now) = (world.ws.0, world.app.now());
        let (token, node) = (world.id(world.app.new_id()), world.id(world.app.new_id()));
        // It had noted the first of two, and died.
        world.script(&format!(
            "UPDATE run_recipients SET status = 0, sent_at = NULL, delivered_at = NULL WHERE run_id = {run};
             INSERT INTO send_leases (id, tenant_id, run_id, kind, first_seq, last_seq, token, node_id, expires_at, noted_seq, contents)
             VALUES (900, {ws}, {run}, 'fresh', 1, 2, {token}, {node}, {now} - 1, 1, '[[1,1,0],[2,1,0]]');
             INSERT INTO rate_spends (tenant_id, budget, at, lease_id, messages) VALUES ({ws}, 'campaign:x', {now} - 60000, 900, 2), ({ws}, 'provider:x', {now} - 60000, 900, 2);"
        )).await;
        assert_eq!(world.app.delivery.rescue(false).await.unwrap(), 1);
        for budget in ["campaign:x", "provider:x"] {
            let spent = format!("SELECT CAST(SUM(messages) AS BIGINT) FROM rate_spends WHERE budget = '{budget}' AND at >= {now}");
            assert_eq!(world.number(&spent).await, 1, "{budget}: what may have left counts as sent, now");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM rate_spends WHERE lease_id = 900").await, 0);
    }
}
