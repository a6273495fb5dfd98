//! A/B tests: a sample gets the variants, the rest waits for the winner, and nobody gets two messages.

use axum::body::Body;
use axum::http::{Request, header};
use muster_app::{App, runs};
use muster_domain::tracking::MessageRef;
use muster_tests::jobs::sweep;
use muster_tests::steps::{balances, customer, id, many, segment, started};
use muster_tests::{Client, Moody, World, both_engines};
use serde_json::{Value, json};

/// It is 2026-11-24 08:00 UTC; a test of four hours that begins at once is decided at noon.
const NOON: &str = "2026-11-24T12:00:00Z";
const ALMOST: &str = "2026-11-24T11:59:59Z";

const BROWSER: &str =
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36";

/// Two subjects on so much of the audience, for four hours.
fn test(percent: i64) -> Value {
    json!({"name": "January Newsletter", "abTestConfig": {
        "variants": [
            {"variantId": "A", "name": "Short Subject", "subject": "Big Sale!", "weight": 50},
            {"variantId": "B", "name": "Long Subject", "subject": "Exclusive Sale - Up to 70% Off!", "weight": 50},
        ],
        "winnerCriteria": "open_rate", "testDurationHours": 4, "testSamplePercent": percent,
    }})
}

fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn execute(admin: &Client) {
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
}

async fn act(admin: &Client, campaign: &str, what: &str) -> Value {
    admin.post(&format!("/api/v1/campaigns/{campaign}/{what}"), json!({})).await.ok()
}

async fn result(admin: &Client, campaign: &str) -> Value {
    admin.get(&format!("/api/v1/campaigns/{campaign}/ab-test")).await.ok()
}

async fn declare(admin: &Client, campaign: &str, variant: &str) -> muster_tests::Answer {
    admin.post(&format!("/api/v1/campaigns/{campaign}/ab-test/winner"), json!({"variantId": variant})).await
}

/// Status, sent, pending and cancelled of a ledger that balances, whose counters of each variant equal a recount.
async fn counts(world: &World, admin: &Client, campaign: &str, run: i64) -> (String, i64, i64, i64) {
    let live = balances(admin, campaign).await;
    let wrong = "SELECT COUNT(*) FROM run_stats t WHERE t.run_id = {run} AND (t.total <> (SELECT COUNT(*) FROM run_recipients r WHERE r.run_id = t.run_id AND r.variant_no = t.variant_no)
                 OR t.sent <> (SELECT COUNT(*) FROM run_recipients r WHERE r.run_id = t.run_id AND r.variant_no = t.variant_no AND r.sent_at IS NOT NULL)
                 OR t.cancelled <> (SELECT COUNT(*) FROM run_recipients r WHERE r.run_id = t.run_id AND r.variant_no = t.variant_no AND r.status = 9))";
    assert_eq!(world.number(&wrong.replace("{run}", &run.to_string())).await, 0, "each variant's counters");
    let n = |key: &str| live["counters"][key].as_i64().unwrap();
    (live["status"].as_str().unwrap().to_owned(), n("sent"), n("pending"), n("cancelled"))
}

/// Recipients of a run with a variant.
async fn of_variant(world: &World, run: i64, variant: i64) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM run_recipients WHERE run_id = {run} AND variant_no = {variant}")).await
}

/// So many people open what they got of a variant.
async fn open(world: &World, run: i64, variant: i64, people: i64) {
    // What opens in the first moments is a machine.
    world.clock.advance(10 * 60_000);
    let addresses = world.addresses().await;
    for place in 0..people {
        let seq = world.number(&format!("SELECT seq FROM run_recipients WHERE run_id = {run} AND variant_no = {variant} AND sent_at IS NOT NULL ORDER BY seq LIMIT 1 OFFSET {place}")).await;
        let pixel = addresses.pixel(MessageRef { workspace: world.ws, run_id: run, seq });
        let request = Request::builder()
            .uri(pixel.strip_prefix("https://t.example").unwrap())
            .header(header::USER_AGENT, BROWSER);
        world.anonymous().send(request.body(Body::empty()).unwrap()).await;
    }
}

async fn decide(app: &App) {
    runs::decide_due(app).await.unwrap();
}

both_engines! {
    async fn the_rest_waits_for_the_winner_and_gets_it(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 150).await;
        let (campaign, run) = started(&admin, &gold, test(20)).await;
        assert_eq!(result(&admin, &campaign).await["state"], "sending");
        let readiness = admin.get(&format!("/api/v1/campaigns/{campaign}/readiness")).await.ok();
        assert_eq!(readiness["durationSeconds"], 4 * 3600, "the rest waits for four hours");
        for _ in 0..3 {
            execute(&admin).await;
        }
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("running".into(), 30, 120, 0));
        assert_eq!(of_variant(&world, run, 1).await + of_variant(&world, run, 2).await, 30);
        let live = balances(&admin, &campaign).await;
        assert_eq!(live["waits"], json!([{"cause": "ab_test", "messages": 120, "nextAt": NOON, "lastAt": NOON}]));
        let listed = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients?pageSize=100")).await.ok();
        let waits = |place: usize| (&listed[place]["waitsFor"], &listed[place]["waitsUntil"]);
        assert_eq!((waits(29), waits(30)), ((&Value::Null, &Value::Null), (&json!("ab_test"), &json!(NOON))), "who waits for the winner");

        open(&world, run, 1, 1).await;
        open(&world, run, 2, 5).await;
        let seen = result(&admin, &campaign).await;
        assert_eq!((&seen["state"], &seen["decidesAt"], &seen["waiting"], &seen["leader"]), (&json!("watching"), &json!(NOON), &json!(120), &json!("B")));
        assert_eq!(seen["variants"][1]["openedCount"], 5);
        let (low, rate, high) = (seen["variants"][1]["low"].as_f64(), seen["variants"][1]["rate"].as_f64(), seen["variants"][1]["high"].as_f64());
        assert!(low < rate && rate < high, "{seen}");
        world.clock.set(ALMOST);
        decide(&world.app).await;
        execute(&admin).await;
        assert_eq!(counts(&world, &admin, &campaign, run).await.1, 30, "a second is left");

        world.clock.set(NOON);
        decide(&world.app).await;
        execute(&admin).await;
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("completed".into(), 150, 0, 0));
        assert_eq!(moody.handed_over(), 150);
        assert_eq!(world.number(&format!("SELECT COUNT(DISTINCT customer_id) FROM run_recipients WHERE run_id = {run}")).await, 150);
        assert_eq!(world.number(&format!("SELECT COUNT(*) FROM run_recipients WHERE run_id = {run} AND seq > 30 AND variant_no = 2 AND content_no = 2")).await, 120, "all of the rest got B");
        let seen = result(&admin, &campaign).await;
        assert_eq!((&seen["state"], &seen["winner"], &seen["isByHand"], &seen["waiting"]), (&json!("decided"), &json!("B"), &json!(false), &json!(120)));
        assert_eq!(seen["variants"][1]["recipients"], of_variant(&world, run, 2).await - 120, "the figures are those of the sample");
        let shown = admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok();
        assert_eq!(shown["abTestConfig"]["variants"][1]["isWinner"], true);
        assert_eq!(world.number("SELECT COUNT(*) FROM notifications WHERE title = 'January Newsletter: variant B won'").await, 1);
        assert_eq!(declare(&admin, &campaign, "A").await.refused(409), "winner_declared");
    }

    async fn a_person_declares_the_winner_before_the_time_is_over(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 1_000).await;
        let (campaign, run) = started(&admin, &gold, with(test(50), json!({"throttleConfig": {"messagesPerHour": 100}}))).await;
        execute(&admin).await;
        assert_eq!(result(&admin, &campaign).await["state"], "sending", "the sample is not out yet");
        assert_eq!(declare(&admin, &campaign, "Z").await.refused(404), "not_found");
        assert_eq!(declare(&admin, &campaign, "a").await.ok()["abTestConfig"]["variants"][0]["isWinner"], true);
        assert_eq!(declare(&admin, &campaign, "B").await.refused(409), "winner_declared");
        let seen = result(&admin, &campaign).await;
        assert_eq!((&seen["winner"], &seen["isByHand"], &seen["waiting"]), (&json!("A"), &json!(true), &json!(500)));
        for hour in 9..18 {
            world.clock.set(&format!("2026-11-24T{hour:02}:00:01Z"));
            execute(&admin).await;
        }
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("completed".into(), 1_000, 0, 0));
        assert_eq!(world.number(&format!("SELECT COUNT(*) FROM run_recipients WHERE run_id = {run} AND seq > 500 AND variant_no = 1")).await, 500);
        assert!(of_variant(&world, run, 2).await > 0, "the sample goes on with what it was given");
        decide(&world.app).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM notifications WHERE title LIKE 'January%won'").await, 0);
    }

    async fn where_nobody_opens_the_first_variant_goes_on(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 20).await;
        let (campaign, run) = started(&admin, &gold, test(20)).await;
        execute(&admin).await;
        world.clock.set(NOON);
        execute(&admin).await;
        let seen = result(&admin, &campaign).await;
        assert_eq!((&seen["winner"], &seen["certainty"], &seen["pValue"]), (&json!("A"), &json!("no_data"), &Value::Null));
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("completed".into(), 20, 0, 0), "executing decides what is due");
    }

    async fn a_pause_over_the_moment_holds_up_the_messages_and_not_the_decision(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 50).await;
        let (campaign, run) = started(&admin, &gold, test(20)).await;
        execute(&admin).await;
        open(&world, run, 2, 1).await;
        act(&admin, &campaign, "pause").await;
        world.clock.set("2026-11-24T13:00:00Z");
        decide(&world.app).await;
        execute(&admin).await;
        assert_eq!(result(&admin, &campaign).await["winner"], "B");
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("paused".into(), 10, 40, 0));
        act(&admin, &campaign, "resume").await;
        execute(&admin).await;
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("completed".into(), 50, 0, 0));
    }

    async fn two_nodes_decide_once_and_a_restart_forgets_nothing(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 100).await;
        let (campaign, run) = started(&admin, &gold, test(20)).await;
        execute(&admin).await;
        // Another process, which knows nothing but the database.
        let dir = tempfile::tempdir().unwrap();
        let other = world.another_node(dir.path()).await;
        world.clock.set(NOON);
        let (here, there) = tokio::join!(runs::decide_due(&world.app), runs::decide_due(&other));
        here.unwrap();
        there.unwrap();
        other.db.close().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM audit_log WHERE action = 'campaign.winner_declared'").await, 1);
        execute(&admin).await;
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("completed".into(), 100, 0, 0));
        assert_eq!(moody.handed_over(), 100);
    }

    async fn the_sweep_stands_behind_the_timer(world: World) {
        let admin = world.admin().await;
        muster_app::job_engine::built_in::ensure(&world.app).await.unwrap();
        let gold = many(&world, &admin, 50).await;
        let (campaign, _) = started(&admin, &gold, test(20)).await;
        execute(&admin).await;
        world.clock.set(NOON);
        assert_eq!(sweep(&world, "campaign-ab-test-evaluator").await["executionStatus"], "success");
        assert_eq!(result(&admin, &campaign).await["state"], "decided");
    }

    async fn the_timer_meets_the_moment(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 50).await;
        let (campaign, run) = started(&admin, &gold, test(20)).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let scheduler = muster_app::scheduler::start(&world.app, &stop);
        muster_tests::steps::until("the sample is out", async || result(&admin, &campaign).await["state"] == "watching").await;
        assert_eq!(moody.handed_over(), 10);
        world.clock.set(NOON);
        world.app.wake.notify_one();
        muster_tests::steps::until("all is sent", async || moody.handed_over() == 50).await;
        muster_tests::steps::until("it has ended", async || admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok()["status"] == "completed").await;
        stop.cancel();
        scheduler.await.unwrap();
        assert_eq!(result(&admin, &campaign).await["state"], "decided");
        assert_eq!(counts(&world, &admin, &campaign, run).await.1, 50);
    }

    async fn cancelled_or_ended_the_rest_gets_nothing(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 50).await;
        let (cancelled, run) = started(&admin, &gold, test(20)).await;
        execute(&admin).await;
        act(&admin, &cancelled, "cancel").await;
        assert_eq!(counts(&world, &admin, &cancelled, run).await, ("cancelled".into(), 10, 0, 40));
        assert_eq!(declare(&admin, &cancelled, "A").await.refused(409), "invalid_state");
        let (ended, run) = started(&admin, &gold, with(test(20), json!({"name": "Ends", "endAt": "2026-11-24T10:00:00Z"}))).await;
        execute(&admin).await;
        world.clock.set("2026-11-24T10:00:00Z");
        runs::end_due(&world.app).await.unwrap();
        world.clock.set(NOON);
        execute(&admin).await;
        assert_eq!(counts(&world, &admin, &ended, run).await, ("completed".into(), 10, 0, 40));
        assert_eq!(result(&admin, &cancelled).await["state"], "ended");
        assert_eq!(result(&admin, &ended).await["waiting"], 0, "nobody waits for it any more");
    }

    async fn over_the_whole_audience_nobody_waits_and_the_result_is_shown(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 40).await;
        let (campaign, run) = started(&admin, &gold, test(100)).await;
        execute(&admin).await;
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("completed".into(), 40, 0, 0));
        open(&world, run, 2, 2).await;
        let seen = result(&admin, &campaign).await;
        assert_eq!((&seen["state"], &seen["leader"], &seen["winner"]), (&json!("watching"), &json!("B"), &Value::Null));
        world.clock.set(NOON);
        decide(&world.app).await;
        let seen = result(&admin, &campaign).await;
        assert_eq!((&seen["state"], &seen["winner"], &seen["waiting"]), (&json!("decided"), &json!("B"), &json!(0)));
    }

    async fn people_who_are_named_get_a_variant(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 30).await;
        admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
        let body = with(test(20), json!({"channel": "email", "segmentIds": [gold], "content": {"subject": "Hi", "textBody": "Hi {first_name}"}}));
        let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
        let people: Vec<i64> = (0..30).collect();
        let mut ids = Vec::new();
        for place in people {
            ids.push(world.number(&format!("SELECT id FROM customers ORDER BY id LIMIT 1 OFFSET {place}")).await);
        }
        admin.post(&format!("/api/v1/campaigns/{campaign}/send"), json!({"customer_ids": ids})).await.ok();
        execute(&admin).await;
        let run = world.number("SELECT MAX(id) FROM campaign_runs").await;
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("completed".into(), 30, 0, 0));
        let (a, b) = (of_variant(&world, run, 1).await, of_variant(&world, run, 2).await);
        assert!(a > 0 && b > 0 && a + b == 30, "{a} and {b}");
    }

    async fn a_sample_is_exact_whatever_the_segments_offers_and_control_group(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 120).await;
        let some = segment(&admin, "Some", json!({"conditions": [{"field": "first_name", "operator": "starts_with", "value": "Person1"}]})).await;
        let (campaign, run) = started(&admin, &some, with(test(25), json!({"segmentIds": [some, gold], "controlPercent": 10}))).await;
        let people = world.number(&format!("SELECT COUNT(*) FROM run_recipients WHERE run_id = {run}")).await;
        assert_eq!(people + world.number(&format!("SELECT COUNT(*) FROM run_control_members WHERE run_id = {run}")).await, 120);
        let numbers = format!("SELECT COUNT(DISTINCT seq) FROM run_recipients WHERE run_id = {run} AND seq BETWEEN 1 AND {people}");
        assert_eq!(world.number(&numbers).await, people, "numbered without a gap");
        let sample = (people * 25 + 50) / 100;
        execute(&admin).await;
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("running".into(), sample, people - sample, 0));
        assert_eq!(world.number(&format!("SELECT COUNT(*) FROM run_recipients WHERE run_id = {run} AND seq <= {sample} AND variant_no > 0")).await, sample);
        let of_some = format!("SELECT COUNT(*) FROM run_recipients WHERE run_id = {run} AND seq <= {sample} AND segment_no = 1");
        let of_some = world.number(&of_some).await;
        assert!(of_some > 0 && of_some < sample, "of both segments");
    }

    async fn each_run_of_a_recurring_campaign_has_a_test_of_its_own(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 60).await;
        admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
        let body = with(test(50), json!({
            "channel": "email", "segmentIds": [gold], "content": {"subject": "Hi", "textBody": "Hi {first_name}"},
            "type": "recurring", "recurringSchedule": {"cron": "0 9 * * *"}, "timezone": "Africa/Nairobi",
        }));
        let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
        admin.post(&format!("/api/v1/campaigns/{campaign}/schedule"), json!({"scheduledAt": "2026-11-24T08:00:00Z"})).await.ok();
        let mut all = Vec::new();
        for (day, variant, winner) in [("25", 2, "B"), ("26", 1, "A")] {
            world.clock.set(&format!("2026-11-{day}T06:00:00Z"));
            execute(&admin).await;
            let run = world.number("SELECT MAX(id) FROM campaign_runs").await;
            assert_eq!(result(&admin, &campaign).await["winner"], Value::Null, "a new test");
            open(&world, run, variant, 3).await;
            world.clock.set(&format!("2026-11-{day}T10:00:00Z"));
            execute(&admin).await;
            assert_eq!(result(&admin, &campaign).await["winner"], winner);
            assert_eq!(counts(&world, &admin, &campaign, run).await, ("scheduled".into(), 60, 0, 0));
            all.push(run);
        }
        let other = format!("SELECT COUNT(*) FROM run_recipients a JOIN run_recipients b ON b.customer_id = a.customer_id AND b.run_id = {} WHERE a.run_id = {} AND a.seq <= 30 AND b.seq <= 30 AND a.variant_no <> b.variant_no", all[0], all[1]);
        assert_eq!(world.number(&other).await, 0, "whoever is asked again gets the same variant");
    }

    async fn variants_of_offers_have_their_subjects(world: World) {
        let admin = world.admin().await;
        let gold = many(&world, &admin, 40).await;
        customer(&admin, json!({"first_name": "Amina", "email": "amina@example.org", "tier": "Silver"})).await;
        let offer = admin.post("/api/v1/offers", json!({
            "name": "Bundle", "status": "active", "products": [{"name": "10GB", "type": "data", "value": "10GB", "price": 500}],
            "creatives": [{"channel": "email", "locale": "en", "title": "Ours", "text_body": "Hi {{name}}"}],
        })).await.ok();
        let (campaign, run) = started(&admin, &gold, with(test(50), json!({"content": null, "offers": [{"segmentId": gold, "offerId": offer["id"], "priority": 1}]}))).await;
        execute(&admin).await;
        assert_eq!(counts(&world, &admin, &campaign, run).await, ("running".into(), 20, 20, 0));
        let subjects = format!("SELECT COUNT(DISTINCT c.subject_override) FROM run_recipients r JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no WHERE r.run_id = {run} AND c.offer_no = 1");
        assert_eq!(world.number(&subjects).await, 2);
    }
}
