//! What was promised per hour: never more in any 60 minutes, and nearly all of it while there is work.

use std::collections::VecDeque;

use muster_db::admin;
use muster_domain::time::{HOUR, MINUTE};
use muster_tests::steps::{balances, id, segment};
use muster_tests::{Client, World, both_engines};
use serde_json::json;

/// People with addresses at two domains, by turns, and a segment of them.
async fn audience(world: &World, admin: &Client, people: usize) -> String {
    admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
    let (ws, now) = (world.ws.0, world.app.now());
    let text = format!(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {people})
         INSERT INTO customers (tenant_id, external_id, first_name, last_name, email, tier, created_at, updated_at)
         SELECT {ws}, 'C' || n, 'Person' || n, 'X', 'p' || n || CASE WHEN n % 2 = 0 THEN '@slow.example' ELSE '@fast.example' END, 'Gold', {now}, {now} FROM n"
    );
    let mut tx = world.app.db.write(world.ws).await.unwrap();
    admin::script(&mut tx, &text).await.unwrap();
    tx.commit().await.unwrap();
    segment(admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await
}

async fn start(admin: &Client, segment: &str, limits: serde_json::Value) -> (String, i64) {
    let mut body = json!({"name": "Rate", "channel": "email", "segmentIds": [segment], "content": {"subject": "Hi", "textBody": "Hi {first_name}"}});
    body.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
    let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
    let started = admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
    (campaign, started["runId"].as_i64().unwrap())
}

/// The most that any 60 minutes hold.
fn most_in_an_hour(sent: &[(i64, i64)]) -> i64 {
    let (mut window, mut sum, mut most) = (VecDeque::new(), 0, 0);
    for (at, messages) in sent {
        window.push_back((*at, *messages));
        sum += messages;
        while window.front().is_some_and(|(first, _)| *first <= at - HOUR) {
            sum -= window.pop_front().map_or(0, |(_, messages)| messages);
        }
        most = most.max(sum);
    }
    most
}

both_engines! {
    async fn a_campaign_keeps_its_rate_and_uses_it(world: World) {
        let admin = world.admin().await;
        const PEOPLE: i64 = 1_000;
        let gold = audience(&world, &admin, 1_000).await;
        // SplitMix64, seeded.
        let mut seed = 7_u64;
        let mut random = |below: i64| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = seed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            i64::try_from((z ^ (z >> 31)) >> 2).unwrap() % below
        };
        for (per_hour, batch) in [(300, None), (240, Some(7)), (400, Some(60))] {
            let (campaign, run) = start(&admin, &gold, json!({"send_rate_per_hour": per_hour, "send_batch_size": batch})).await;
            let begun = world.app.now();
            let mut sent: Vec<(i64, i64)> = Vec::new();
            loop {
                // As the scheduler does, and a little late.
                let cycle = world.app.delivery.cycle(world.ws, run, 1 + random(90)).await.unwrap();
                if cycle.sent > 0 {
                    sent.push((world.app.now(), cycle.sent));
                }
                if cycle.finished {
                    break;
                }
                let next = if cycle.sent > 0 { world.app.now() } else { cycle.next_at.unwrap() };
                world.clock.advance((next - world.app.now()).max(0) + random(1_500));
            }
            assert_eq!(balances(&admin, &campaign).await["counters"]["sent"], PEOPLE);
            assert_eq!(most_in_an_hour(&sent), per_hour, "all of it, and never more");
            let took = world.app.now() - begun;
            let shortest = (PEOPLE - 1) / per_hour * HOUR;
            assert!(took * 99 <= (shortest + MINUTE) * 100, "{took} ms for {PEOPLE} at {per_hour} an hour");
        }
    }

    async fn a_recipient_domain_gets_its_limit_and_the_others_do_not_wait(world: World) {
        let admin = world.admin().await;
        let gold = audience(&world, &admin, 120).await;
        admin.patch("/api/v1/settings", json!({"sending": {"domainLimits": [{"domain": "Slow.example", "perHour": 0}]}})).await.refused(422);
        admin.patch("/api/v1/settings", json!({"sending": {"domainLimits": [{"domain": "slow.example", "perHour": 30}]}})).await.ok();
        let (campaign, run) = start(&admin, &gold, json!({})).await;
        let first = world.app.delivery.cycle(world.ws, run, 1_000).await.unwrap();
        assert_eq!(first.sent, 61, "the fast ones and the first slow one");
        let waiting = "SELECT COUNT(*) FROM deferred_messages WHERE cause = 'domain_limit'";
        assert_eq!(world.number(waiting).await, 59);
        let eta = balances(&admin, &campaign).await["etaSeconds"].as_i64().unwrap();
        assert!((59 * 120..60 * 121).contains(&eta), "the last slot is the end: {eta}");
        let mut sent = vec![(world.app.now(), 1)];
        let mut next = first.next_at;
        while let Some(at) = next {
            // A node that sleeps through two hours: what missed its slot gets a new one.
            let late = if sent.len() == 20 { 2 * HOUR } else { 3_000 };
            world.clock.advance((at - world.app.now()).max(0) + late);
            let cycle = world.app.delivery.cycle(world.ws, run, 1_000).await.unwrap();
            if cycle.sent > 0 {
                sent.push((world.app.now(), cycle.sent));
            }
            next = if cycle.finished { None } else { cycle.next_at };
        }
        assert_eq!(balances(&admin, &campaign).await["counters"]["sent"], 120);
        assert!(most_in_an_hour(&sent) <= 30, "{}", most_in_an_hour(&sent));
        let took = world.app.now() - sent[0].0;
        assert!(took < 2 * HOUR + 2 * HOUR + 10 * MINUTE, "{took}");
    }
}
