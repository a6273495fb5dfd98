//! Dead letters: grouped, sent again, let be; the ledger balances after every step.

use std::time::Duration;

use muster_domain::role::Role;
use muster_tests::steps::{balances, customer, id, segment};
use muster_tests::{Client, Mood, Moody, World, both_engines};
use serde_json::{Value, json};

/// People whose addresses begin with `p<n>-`, and a campaign to all of them that has started.
pub(super) async fn started(admin: &Client, people: usize) -> String {
    started_as(admin, people, "hold").await
}

/// The same with what becomes of its messages in doubt.
pub(super) async fn started_as(admin: &Client, people: usize, policy: &str) -> String {
    admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
    for n in 0..people {
        customer(admin, json!({"first_name": format!("P{n}"), "email": format!("p{n}-x@example.org"), "tier": "Gold"}))
            .await;
    }
    let gold =
        segment(admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await;
    let body = json!({"name": "Gold", "channel": "email", "segmentIds": [gold], "content": {"subject": "Hi", "textBody": "Hi {first_name}"}, "unknownPolicy": policy});
    let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
    admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
    campaign
}

pub(super) async fn execute(admin: &Client) {
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
}

/// Sends until nothing is left to try.
async fn exhaust(world: &World, admin: &Client) {
    for _ in 0..4 {
        execute(admin).await;
        world.clock.advance(10 * 60_000);
    }
}

pub(super) async fn groups(admin: &Client) -> Vec<Value> {
    admin.get("/api/v1/dead-letters").await.ok().as_array().unwrap().clone()
}

fn pick(group: &Value) -> Value {
    json!({"runId": group["runId"], "cause": group["cause"]})
}

/// The counters by domain agree with the run's, and the queue with its recipients.
pub(super) async fn agree(world: &World, admin: &Client, campaign: &str) -> Value {
    let live = balances(admin, campaign).await;
    let run = live["runId"].as_i64().unwrap();
    for what in ["sent", "failed"] {
        let by_domain = world
            .number(&format!("SELECT CAST(COALESCE(SUM({what}), 0) AS BIGINT) FROM run_domains WHERE run_id = {run}"))
            .await;
        assert_eq!(by_domain, live["counters"][what].as_i64().unwrap(), "{what} by domain");
    }
    let stray = format!(
        "SELECT COUNT(*) FROM dead_letters d JOIN run_recipients r ON r.run_id = d.run_id AND r.seq = d.seq WHERE r.run_id = {run} AND r.status NOT IN (6, 10)"
    );
    assert_eq!(world.number(&stray).await, 0, "only failed and unknown messages are in the queue");
    let delivery = live["stages"].as_array().unwrap().iter().find(|s| s["code"] == "message-delivery").unwrap().clone();
    let c = |key: &str| live["counters"][key].as_i64().unwrap();
    assert!(
        delivery["rowsProcessed"].as_i64().unwrap() <= c("total") - c("pending"),
        "no message counts twice: {delivery}"
    );
    live
}

both_engines! {
    async fn refused_messages_are_grouped_and_go_again(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p1", Mood::Blocks);
        moody.is("p2-", Mood::PutsOff(None));
        let campaign = started(&admin, 20).await;
        exhaust(&world, &admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["failed"], &live["counters"]["sent"]), (&json!("completed"), &json!(12), &json!(8)));

        let found = groups(&admin).await;
        let words: Vec<_> = found.iter().map(|g| (g["why"].as_str().unwrap(), g["channel"].as_str().unwrap(), g["code"].as_str().unwrap(), g["messages"].as_i64().unwrap())).collect();
        assert_eq!(words, [("out_of_tries", "email", "4.2.0", 1), ("blocked", "email", "5.7.1", 11)]);
        let blocked = &found[1];
        assert!(blocked["example"].as_str().unwrap().contains("@example.org"), "the reason in full: {blocked}");
        assert!(!blocked["cause"].as_str().unwrap().contains('@'));
        assert_eq!(blocked["campaignName"], "Gold");
        assert_eq!(admin.get(&format!("/api/v1/dead-letters?campaignId={campaign}")).await.ok().as_array().unwrap().len(), 2);
        let nobody = world.app.new_id();
        assert_eq!(admin.get(&format!("/api/v1/dead-letters?campaignId={nobody}")).await.ok(), json!([]));

        // Page by page, nothing twice.
        let (mut seqs, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/api/v1/dead-letters/messages?runId={}&cause={}&pageSize=4&cursor={cursor}", blocked["runId"], blocked["cause"].as_str().unwrap())).await;
            assert_eq!(page.body["pagination"]["total_count"], 11);
            seqs.extend(page.body["data"].as_array().unwrap().iter().map(|m| m["seq"].as_i64().unwrap()));
            let Some(next) = page.body["pagination"]["next_cursor"].as_str() else { break };
            cursor = next.to_owned();
        }
        assert_eq!(seqs.len(), 11);
        assert!(seqs.is_sorted() && seqs.windows(2).all(|w| w[0] != w[1]));

        // One, then the rest; the campaign goes on, and its messages have all their tries.
        let one = admin.post("/api/v1/dead-letters/requeue", json!({"runId": blocked["runId"], "seqs": [seqs[0]]})).await.ok();
        assert_eq!((&one["messages"], &one["campaignStatus"]), (&json!(1), &json!("running")));
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["pending"], 1);
        let rest = admin.post("/api/v1/dead-letters/requeue", pick(blocked)).await.ok();
        assert_eq!(rest["messages"], 10);
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["pending"], 11);
        assert_eq!(groups(&admin).await.len(), 1);
        assert_eq!(admin.get("/api/v1/waiting-messages").await.ok()[0]["cause"], "requeued");
        let again = admin.post("/api/v1/dead-letters/requeue", pick(blocked)).await.ok();
        assert_eq!(again["messages"], 0, "twice is once");
        moody.is("p1", Mood::Takes);
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["failed"], &live["counters"]["sent"]), (&json!("completed"), &json!(1), &json!(19)));
        assert_eq!(moody.seen("p1-x@example.org"), 2);

        // What is put off at every try comes back, after three more.
        admin.post("/api/v1/dead-letters/requeue", pick(&found[0])).await.ok();
        exhaust(&world, &admin).await;
        assert_eq!(moody.seen("p2-x@example.org"), 6);
        assert_eq!(groups(&admin).await[0]["messages"], 1);
        let discarded = admin.post("/api/v1/dead-letters/discard", pick(&found[0])).await.ok();
        assert_eq!(discarded["messages"], 1);
        assert_eq!(groups(&admin).await, Vec::<Value>::new());
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["failed"], 1, "it stays failed");

        let log = admin.get(&format!("/api/v1/audit?objectId={campaign}&pageSize=100")).await.ok();
        let actions: Vec<_> = log.as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
        assert_eq!(actions.iter().filter(|a| **a == "campaign.messages_requeued").count(), 3);
        assert!(actions.contains(&"campaign.dead_letters_discarded"));
    }

    async fn a_campaign_whose_every_message_failed_completes_after_all(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p", Mood::Blocks);
        let campaign = started(&admin, 3).await;
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["failed"]), (&json!("failed"), &json!(3)));
        moody.is("p", Mood::Takes);
        admin.post("/api/v1/dead-letters/requeue", pick(&groups(&admin).await[0])).await.ok();
        let shown = admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok();
        assert_eq!((&shown["status"], &shown["completedAt"]), (&json!("running"), &Value::Null));
        // It can be paused and resumed like any other.
        admin.post(&format!("/api/v1/campaigns/{campaign}/pause"), json!({})).await.ok();
        execute(&admin).await;
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["pending"], 3);
        admin.post(&format!("/api/v1/campaigns/{campaign}/resume"), json!({})).await.ok();
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["sent"]), (&json!("completed"), &json!(3)));
        let stages: Vec<_> = live["stages"].as_array().unwrap().iter().filter(|s| s["code"] == "creative-rendering" || s["code"] == "message-delivery").map(|s| (s["status"].clone(), s["rowsProcessed"].clone())).collect();
        assert_eq!(stages, [(json!("success"), json!(3)), (json!("success"), json!(3))]);
    }

    async fn what_was_in_flight_waits_for_an_answer(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::LosesTheAnswer);
        moody.is("p3-", Mood::Hangs);
        let campaign = started(&admin, 4).await;
        // The first window hangs, its node is presumed dead, and everything of it is in doubt.
        let (app, ws) = (world.app.clone(), world.ws);
        let run = world.number("SELECT MAX(id) FROM campaign_runs").await;
        let dying = tokio::spawn(async move { app.delivery.cycle(ws, run, 100).await });
        moody.hanging.notified().await;
        dying.abort();
        let _ = dying.await;
        world.clock.advance(61_000);
        assert_eq!(world.app.delivery.rescue(false).await.unwrap(), 4);
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["unknown"], 4);
        let found = groups(&admin).await;
        assert_eq!((&found[0]["why"], &found[0]["isUnknown"], &found[0]["messages"]), (&json!("in_flight"), &json!(true), &json!(4)));
        execute(&admin).await;
        assert_eq!(agree(&world, &admin, &campaign).await["status"], "completed");

        let home = admin.get("/api/v1/home").await.ok();
        let need = home["needs"].as_array().unwrap().iter().find(|n| n["kind"] == "doubt").expect("somebody is asked").clone();
        assert_eq!((&need["title"], &need["people"]), (&json!("Gold"), &json!(4)));

        // Never silently a second time.
        moody.is("p3-", Mood::Takes);
        assert_eq!(admin.post("/api/v1/dead-letters/requeue", pick(&found[0])).await.refused(409), "may_arrive_twice");
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["unknown"], 4);
        let page = admin.get(&format!("/api/v1/dead-letters/messages?runId={run}&cause={}", found[0]["cause"].as_str().unwrap())).await.ok();
        let seqs: Vec<i64> = page.as_array().unwrap().iter().map(|m| m["seq"].as_i64().unwrap()).collect();
        admin.post("/api/v1/dead-letters/discard", json!({"runId": run, "seqs": [seqs[1]]})).await.ok();
        let mut knowing = pick(&found[0]);
        knowing["mayArriveTwice"] = json!(true);
        assert_eq!(admin.post("/api/v1/dead-letters/requeue", knowing.clone()).await.ok()["messages"], 3);
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["counters"]["sent"], &live["counters"]["unknown"]), (&json!(2), &json!(2)));
        let lost = groups(&admin).await;
        assert_eq!((lost.len(), &lost[0]["why"], &lost[0]["channel"]), (1, &json!("no_answer"), &json!("email")));
    }

    async fn a_node_that_wakes_up_late_answers_the_doubt_itself(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p1-", Mood::Blocks);
        let campaign = started(&admin, 2).await;
        let late = world.app.clone();
        let run = world.number("SELECT MAX(id) FROM campaign_runs").await;
        // Its lease ends while the provider is at work.
        moody.is("p0-", Mood::Hangs);
        let (ws, provider) = (world.ws, std::sync::Arc::clone(&moody));
        let slow = tokio::spawn(async move { late.delivery.cycle(ws, run, 100).await });
        provider.hanging.notified().await;
        world.clock.advance(61_000);
        world.app.delivery.rescue(false).await.unwrap();
        assert_eq!(groups(&admin).await[0]["messages"], 2);
        moody.wake();
        slow.await.unwrap().unwrap();
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["counters"]["sent"], &live["counters"]["failed"], &live["counters"]["unknown"]), (&json!(1), &json!(1), &json!(0)));
        let found = groups(&admin).await;
        assert_eq!((found.len(), &found[0]["why"]), (1, &json!("blocked")), "only what really failed is left: {found:?}");
    }

    async fn what_was_cancelled_stays_so(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::Blocks);
        moody.is("p1-", Mood::PutsOff(None));
        let campaign = started(&admin, 3).await;
        execute(&admin).await;
        admin.post(&format!("/api/v1/campaigns/{campaign}/cancel"), json!({})).await.ok();
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["counters"]["failed"], &live["counters"]["cancelled"]), (&json!(1), &json!(1)));
        let group = groups(&admin).await[0].clone();
        let refused = admin.post("/api/v1/dead-letters/requeue", pick(&group)).await;
        assert_eq!(refused.refused(409), "campaign_cancelled");
        assert!(refused.body["error"]["message"].as_str().unwrap().contains("Duplicate it"));
        assert_eq!(admin.post("/api/v1/dead-letters/discard", pick(&group)).await.ok()["messages"], 1);
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["failed"], 1);
    }

    async fn an_address_that_does_not_exist_ends_as_suppressed(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::KnowsNobody);
        let campaign = started(&admin, 2).await;
        execute(&admin).await;
        moody.is("p0-", Mood::Takes);
        admin.post("/api/v1/dead-letters/requeue", pick(&groups(&admin).await[0])).await.ok();
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["suppressed"], &live["counters"]["failed"]), (&json!("completed"), &json!(1), &json!(0)));
        assert_eq!(moody.seen("p0-x@example.org"), 1, "consent and suppression are looked at when it is sent");
    }

    async fn only_who_runs_campaigns_decides(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::Blocks);
        started(&admin, 2).await;
        execute(&admin).await;
        let group = pick(&groups(&admin).await[0]);
        for role in [Role::Viewer, Role::Approver, Role::SalesRep] {
            let person = world.person(&format!("Person {role}"), role).await;
            assert_eq!(person.get("/api/v1/dead-letters").await.ok().as_array().unwrap().len(), 1);
            for deed in ["dead-letters/requeue", "dead-letters/discard", "waiting-messages/send-now"] {
                person.post(&format!("/api/v1/{deed}"), group.clone()).await.refused(403);
            }
        }
        assert_eq!(admin.post("/api/v1/dead-letters/requeue", json!({"runId": 1})).await.refused(400), "nothing_chosen");
        assert_eq!(admin.post("/api/v1/dead-letters/requeue", json!({"runId": 1, "cause": "x"})).await.refused(400), "bad_cause");
        assert_eq!(admin.post("/api/v1/dead-letters/discard", json!({"runId": 999_999, "seqs": [1]})).await.refused(404), "not_found");
        let many: Vec<i64> = (0..10_001).collect();
        assert_eq!(admin.post("/api/v1/dead-letters/discard", json!({"runId": 1, "seqs": many})).await.refused(422), "too_many_named");
        let manager = world.person("Manager", Role::Manager).await;
        assert_eq!(manager.post("/api/v1/dead-letters/requeue", group).await.ok()["messages"], 1);
    }

    async fn who_is_erased_leaves_the_queue(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p", Mood::Blocks);
        let campaign = started(&admin, 2).await;
        execute(&admin).await;
        let gone = world.number("SELECT MIN(id) FROM customers").await;
        admin.post(&format!("/api/v1/customers/{gone}/erase"), json!({})).await.ok();
        agree(&world, &admin, &campaign).await;
        let left = groups(&admin).await;
        assert_eq!(left[0]["messages"], 1);
        for table in ["run_recipients WHERE reason", "message_attempts WHERE error", "dead_letters WHERE cause"] {
            assert_eq!(world.number(&format!("SELECT COUNT(*) FROM {table} LIKE '%p0-x@%'")).await, 0, "{table}");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM message_attempts WHERE error LIKE '%p1-x@%'").await, 1);
    }

    async fn a_letter_that_nobody_decided_about_goes_after_three_months(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p0-", Mood::Blocks);
        let campaign = started(&admin, 2).await;
        execute(&admin).await;
        assert_eq!(groups(&admin).await.len(), 1);
        let tries = "SELECT COUNT(*) FROM message_attempts";
        assert_eq!(world.number(tries).await, 1);
        world.clock.advance(91 * 86_400_000);
        let stop = tokio_util::sync::CancellationToken::new();
        let scheduler = muster_app::scheduler::start(&world.app, &stop);
        tokio::time::timeout(Duration::from_secs(20), async { while !groups(&admin).await.is_empty() {} }).await.expect("they are forgotten");
        stop.cancel();
        scheduler.await.unwrap();
        assert_eq!(world.number(tries).await, 0, "and so are the tries");
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["failed"], 1);
    }

    async fn a_large_group_goes_in_steps(world: World) {
        const MESSAGES: i64 = 25_000;
        let admin = world.admin().await;
        let someone = world.customer("Wanjiku", "Mwangi", "w@example.org", "+254711000001").await;
        let sent = world.sent_campaign("Large", "email", &[someone]).await;
        let (run, ws, now) = (sent.run_id, world.ws.0, world.app.now());
        let last = MESSAGES + 1;
        world.script(&format!(
            "WITH RECURSIVE n (seq) AS (SELECT 2 UNION ALL SELECT seq + 1 FROM n WHERE seq < {last})
             INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, status, attempts, content_no, failed_at, reason)
             SELECT {run}, seq, {ws}, {someone}, 1, 6, 3, 1, {now}, 'max retries exceeded: 450' FROM n;
             INSERT INTO message_snapshots (run_id, seq, tenant_id, address, values_json) SELECT run_id, seq, {ws}, 'w@example.org', '{{}}' FROM run_recipients WHERE run_id = {run} AND status = 6;
             INSERT INTO dead_letters (run_id, seq, tenant_id, cause, failed_at) SELECT run_id, seq, {ws}, 'out_of_tries:email:smtp:450', {now} FROM run_recipients WHERE run_id = {run} AND status = 6;
             INSERT INTO run_domains (run_id, domain, tenant_id, sent, failed) VALUES ({run}, 'example.org', {ws}, 0, {MESSAGES});
             UPDATE run_stats SET total = total + {MESSAGES}, failed = failed + {MESSAGES} WHERE run_id = {run};
             UPDATE campaign_runs SET total_recipients = {last}, next_seq = {last} + 1 WHERE id = {run};"
        ))
        .await;
        let group = groups(&admin).await[0].clone();
        assert_eq!((&group["messages"], &group["code"]), (&json!(MESSAGES), &json!("450")));
        assert_eq!(admin.post("/api/v1/dead-letters/requeue", pick(&group)).await.ok()["messages"], MESSAGES);
        assert_eq!(groups(&admin).await, Vec::<Value>::new());
        let waiting = admin.get("/api/v1/waiting-messages").await.ok();
        assert_eq!((&waiting[0]["cause"], &waiting[0]["messages"]), (&json!("requeued"), &json!(MESSAGES)));
        for (what, expected) in [
            ("COUNT(*) FROM run_recipients WHERE status = 0 AND attempts = 0 AND reason IS NULL", MESSAGES),
            ("CAST(SUM(total - sent - failed) AS BIGINT) FROM run_stats", MESSAGES),
            ("CAST(SUM(failed) AS BIGINT) FROM run_stats", 0),
            ("failed FROM run_domains", 0),
            ("COUNT(*) FROM audit_log WHERE action = 'campaign.messages_requeued'", 3),
        ] {
            assert_eq!(world.number(&format!("SELECT {what}")).await, expected, "{what}");
        }
    }

    async fn whatever_is_done_the_ledger_balances(world: World) {
        play(world, "hold").await;
    }

    async fn whatever_is_done_the_ledger_balances_where_doubts_go_again(world: World) {
        play(world, "resend").await;
    }
}

/// A seeded game of moods, tries and decisions; the ledger is looked at after every move.
async fn play(mut world: World, policy: &str) {
    let moody = Moody::carries(&mut world);
    let admin = world.admin().await;
    let campaign = started_as(&admin, 40, policy).await;
    // SplitMix64: the same game in every run.
    let mut state: u64 = 4;
    let mut draw = move |below: u64| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    };
    let moods = [Mood::Takes, Mood::Blocks, Mood::PutsOff(None), Mood::LosesTheAnswer, Mood::Blocks];
    for n in 0..40 {
        moody.is(&format!("p{n}-"), moods[usize::try_from(draw(5)).unwrap()]);
    }
    let mut done = 0;
    for _ in 0..30 {
        let found = groups(&admin).await;
        let deed = draw(5);
        let choice = found.get(usize::try_from(draw(4)).unwrap()).map(|g| (pick(g), g["runId"].clone()));
        match (deed, choice) {
            (0, Some((group, _))) => {
                admin.post("/api/v1/dead-letters/discard", group).await.ok();
            }
            (1 | 2, Some((mut group, run))) => {
                if deed == 2 {
                    group["seqs"] = (1..=i64::try_from(draw(40)).unwrap()).collect();
                }
                group["mayArriveTwice"] = json!(true);
                assert_eq!(group["runId"], run);
                done += admin.post("/api/v1/dead-letters/requeue", group).await.ok()["messages"].as_i64().unwrap();
            }
            (3, _) => moody.is(&format!("p{}-", draw(40)), moods[usize::try_from(draw(5)).unwrap()]),
            _ => {
                world.clock.advance(240_000);
                execute(&admin).await;
            }
        }
        agree(&world, &admin, &campaign).await;
    }
    assert!(done > 0, "the game sent something again");
}
