//! Running campaigns: the worked examples of the contract, throttle, consent, control group, lifecycle.

use muster_app::runs;
use muster_tests::steps::{approve, balances, customer, id, segment};
use muster_tests::{Client, World, both_engines};
use serde_json::json;

/// The outreach with 150 brokers, at 75 an hour in batches of 25, approved and started.
async fn q1_broker_outreach(world: &World, admin: &Client) -> String {
    for n in 0..150 {
        customer(admin, json!({"external_id": format!("B{n}"), "first_name": format!("Broker{n}"), "email": format!("broker{n}@example.org"), "client_type": "Broker", "last_order_at": "2026-11-01"})).await;
    }
    customer(admin, json!({"first_name": "Retail", "email": "retail@example.org", "client_type": "Retail", "last_order_at": "2026-11-01"})).await;
    customer(admin, json!({"first_name": "Late", "email": "late@example.org", "client_type": "Broker", "last_order_at": "2026-01-01"})).await;
    let brokers = segment(admin, "Brokers", json!({"client_types": ["Broker"], "last_order_max_days": 90})).await;
    let campaign = admin.post("/api/v1/campaigns", json!({
        "name": "Q1 Broker Outreach", "channel": "email", "segmentIds": [brokers],
        "email_subject": "Hey {{first_name}}, following up on your last order", "email_body": "<p>Hi {{first_name}}, …</p>",
        "send_rate_per_hour": 75, "send_batch_size": 25,
    })).await.ok();
    let campaign = id(&campaign);
    approve(world, admin, &campaign).await;
    let started = admin.post(&format!("/api/v1/campaigns/{campaign}/launch"), json!({})).await.ok();
    assert_eq!((&started["status"], &started["totalRecipients"]), (&json!("running"), &json!(150)));
    campaign
}

both_engines! {
    async fn what_was_put_back_to_wait_is_cancelled_while_its_chunk_is_in_the_air(world: World) {
        let people = [world.customer("A", "B", "a@example.org", "+254711000001").await, world.customer("C", "D", "c@example.org", "+254711000002").await];
        let run = world.sent_campaign("Large", "email", &people).await.run_id;
        let (ws, now) = (world.ws.0, world.app.now());
        let (token, node) = (world.id(world.app.new_id()), world.id(world.app.new_id()));
        // Both were leased and are pending; the first was put off and waits, the second is on its way.
        world.script(&format!(
            "UPDATE run_recipients SET status = 0, sent_at = NULL, delivered_at = NULL WHERE run_id = {run};
             INSERT INTO send_leases (tenant_id, run_id, kind, first_seq, last_seq, token, node_id, expires_at) VALUES ({ws}, {run}, 'fresh', 1, 2, {token}, {node}, {now} + 60000);
             INSERT INTO deferred_messages (run_id, seq, tenant_id, due_at, cause) VALUES ({run}, 1, {ws}, {now} + 60000, 'retry');"
        )).await;
        let mut tx = world.app.db.write(world.ws).await.unwrap();
        assert_eq!(muster_db::leases::cancel_pending(&mut tx, world.ws, run, "campaign cancelled", now).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        let status = |seq: i64| format!("SELECT CAST(status AS BIGINT) FROM run_recipients WHERE run_id = {run} AND seq = {seq}");
        assert_eq!((world.number(&status(1)).await, world.number(&status(2)).await), (9, 0), "it would be pending for ever");
    }

    async fn summer_sale_2024(world: World) {
        world.clock.set("2024-06-01T07:00:00Z");
        let admin = world.admin().await;
        let person = |first: &str, last: &str, language: &str, phone: &str| json!({"first_name": first, "last_name": last, "phone": phone, "preferred_language": language, "preferred_channel": "SMS", "tier": "VIP", "city": "Nairobi", "account_balance": "1500.00", "currency": "KES"});
        let john = customer(&admin, person("John", "Doe", "en", "+254712345001")).await;
        customer(&admin, person("Jane", "Smith", "sw", "+254711111111")).await;
        customer(&admin, person("Bob", "Johnson", "en", "+254722222222")).await;
        let vip = segment(&admin, "VIP Customers in Nairobi", json!({"conditions": [
            {"field": "tier", "operator": "equals", "value": "VIP"}, {"field": "city", "operator": "equals", "value": "Nairobi"}]})).await;
        let offer = admin.post("/api/v1/offers", json!({
            "name": "Summer Data Bundle Offer", "status": "active",
            "products": [{"name": "10GB Data Bundle", "type": "data", "value": "10GB", "price": 500}],
            "creatives": [
                {"channel": "SMS", "locale": "en", "title": "Equitel", "sms_route": "Route 1", "text_body": "Hi {{name}}! Get {{amount}} OFF on {{product}}. Code: {{code}}.",
                 "variables": {"amount": "KES 500", "product": "10GB Data Bundle", "code": "SUMMER2024"}},
                {"channel": "SMS", "locale": "sw", "title": "Equitel", "sms_route": "Route 1", "text_body": "Hujambo {{name}}! Pata punguzo la {{amount}} kwenye {{product}}. Nambari: {{code}}.",
                 "variables": {"amount": "KES 500", "product": "Kifurushi cha Data 10GB", "code": "SUMMER2024"}}],
            "rewards": [{"type": "credit", "value": 200, "currency": "KES", "granted_on": "redeemed"}],
            "tracking_sources": [{"source": "campaign_code", "value": "SUMMER2024"}],
        })).await.ok();
        let campaign = id(&admin.post("/api/v1/campaigns", json!({
            "name": "Summer Sale 2024", "channel": "multi", "objective": "retention", "segmentIds": [vip], "timezone": "Africa/Nairobi",
            "offers": [{"segmentId": vip, "offerId": offer["id"], "priority": 1}],
        })).await.ok());
        assert_eq!(admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.refused(409), "approval_required");
        approve(&world, &admin, &campaign).await;
        admin.post(&format!("/api/v1/campaigns/{campaign}/schedule"), json!({"scheduledAt": "2024-06-01T08:00:00Z", "timezone": "Africa/Nairobi"})).await.ok();

        // One second before its moment nothing happens; at its moment it runs.
        world.clock.set("2024-06-01T07:59:59Z");
        runs::launch_due(&world.app).await.unwrap();
        assert_eq!(admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok()["status"], "scheduled");
        world.clock.set("2024-06-01T08:00:00Z");
        runs::launch_due(&world.app).await.unwrap();
        let cycle = admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
        assert_eq!((&cycle["processed"], &cycle["sent"], &cycle["failed"]), (&json!(3), &json!(3), &json!(0)));

        let live = balances(&admin, &campaign).await;
        assert_eq!((&live["status"], &live["counters"]["sent"], &live["counters"]["delivered"]), (&json!("completed"), &json!(3), &json!(3)));
        let inbox = admin.get("/api/v1/sandbox/messages?channel=sms").await.ok();
        let texts: Vec<_> = inbox.as_array().unwrap().iter().map(|m| m["textBody"].as_str().unwrap().to_owned()).collect();
        for text in [
            "Hi John Doe! Get KES 500 OFF on 10GB Data Bundle. Code: SUMMER2024.",
            "Hujambo Jane Smith! Pata punguzo la KES 500 kwenye Kifurushi cha Data 10GB. Nambari: SUMMER2024.",
            "Hi Bob Johnson! Get KES 500 OFF on 10GB Data Bundle. Code: SUMMER2024.",
        ] {
            assert!(texts.iter().any(|t| t == text), "{text} in {texts:?}");
        }
        // The eight stages, and the activation before them, say truly what they counted.
        let stages = live["stages"].as_array().unwrap();
        let counted: Vec<_> = stages.iter().map(|s| (s["code"].as_str().unwrap(), s["status"].as_str().unwrap(), s["rowsProcessed"].as_i64().unwrap())).collect();
        assert_eq!(counted, [
            ("segment-evaluation", "success", 3), ("customer-profile-fetch", "success", 3), ("offer-selection", "success", 3), ("creative-selection", "success", 3),
            ("creative-rendering", "success", 3), ("message-delivery", "success", 3), ("reward-distribution", "running", 0), ("analytics-tracking", "running", 3)]);
        let stats = admin.get(&format!("/api/v1/campaigns/{campaign}/stats")).await.ok();
        assert_eq!((&stats["sentCount"], &stats["deliveredCount"]), (&json!(3), &json!(3)));

        // John redeems: +200 KES, once and only once.
        let redeem = json!({"code": "SUMMER2024", "customerId": john});
        admin.post("/api/v1/redemptions", redeem.clone()).await.ok();
        admin.post("/api/v1/redemptions", redeem).await.refused(409);
        assert_eq!(admin.get(&format!("/api/v1/customers/{john}")).await.ok()["accountBalance"], "1700.00");
        let stats = admin.get(&format!("/api/v1/campaigns/{campaign}/stats")).await.ok();
        assert_eq!((&stats["redeemedCount"], &stats["conversionRate"]), (&json!(1), &json!(33.33)));
    }

    async fn q1_broker_outreach_keeps_its_throttle_timeline(world: World) {
        world.clock.set("2026-11-24T10:00:00Z");
        let admin = world.admin().await;
        let campaign = q1_broker_outreach(&world, &admin).await;
        let expected = [("10:00", 25, 0), ("10:10", 25, 0), ("10:20", 25, 0), ("10:30", 0, 1), ("10:40", 0, 1), ("10:50", 0, 1), ("11:00", 25, 0), ("11:10", 25, 0), ("11:20", 25, 0)];
        for (at, sent, limited) in expected {
            world.clock.set(&format!("2026-11-24T{at}:00Z"));
            let cycle = admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
            assert_eq!((cycle["sent"].as_i64(), cycle["rateLimited"].as_i64()), (Some(sent), Some(limited)), "at {at}");
            let live = balances(&admin, &campaign).await;
            if at == "10:30" {
                assert_eq!((&live["limits"][0]["used"], &live["limits"][0]["limit"], &live["limitedBy"]), (&json!(75), &json!(75), &json!("Campaign, per hour")));
            }
        }
        let done = admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok();
        assert_eq!(done["status"], "completed");
        assert_eq!(done["stats"], json!({"total": 150, "pending": 0, "sending": 0, "sent": 150, "failed": 0}));
    }

    async fn three_customers_are_sent_to_by_name(world: World) {
        let admin = world.admin().await;
        let mut ids = Vec::new();
        for (first, product) in [("Alice", "Shoes"), ("Bob", "Laptop"), ("Carol", "")] {
            ids.push(customer(&admin, json!({"first_name": first, "phone": format!("+25471234500{}", ids.len()), "preferred_product": product})).await);
        }
        let body = json!({"name": "Sale", "channel": "sms", "base_template": "Hi {first_name}, check {preferred_product}!"});
        let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
        let path = format!("/api/v1/campaigns/{campaign}/send");
        assert_eq!(admin.post(&path, json!({"customer_ids": ids})).await.refused(409), "approval_required");
        approve(&world, &admin, &campaign).await;
        admin.post(&path, json!({})).await.refused(400);
        admin.post(&path, json!({"customer_ids": []})).await.refused(400);
        admin.post("/api/v1/campaigns/01890000-0000-7000-8000-000000000000/send", json!({"customer_ids": ids})).await.refused(404);
        admin.post(&path, json!({"customer_ids": [ids[0], 999_999]})).await.refused(404);
        assert_eq!(admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok()["stats"]["total"], 0, "nothing was queued");
        let queued = admin.post(&path, json!({"customer_ids": ids})).await.ok();
        assert_eq!(queued, json!({"campaign_id": campaign, "messages_queued": 3, "status": "sending"}));
        // What Alice likes changes after the call: the message says what was true at the call.
        admin.patch(&format!("/api/v1/customers/{}", ids[0]), json!({"preferred_product": "Hats"})).await.ok();
        admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
        let inbox = admin.get("/api/v1/sandbox/messages?channel=sms").await.ok();
        let texts: Vec<_> = inbox.as_array().unwrap().iter().map(|m| m["textBody"].as_str().unwrap().to_owned()).collect();
        assert!(texts.contains(&"Hi Alice, check Shoes!".to_owned()), "{texts:?}");
        assert!(texts.contains(&"Hi Carol, check !".to_owned()), "{texts:?}");
        admin.post(&path, json!({"customer_ids": ids})).await.refused(409);
        balances(&admin, &campaign).await;
    }

    async fn consent_is_looked_at_when_sending_and_the_control_group_is_left_out(world: World) {
        let admin = world.admin().await;
        let mut ids = Vec::new();
        for n in 0..40 {
            ids.push(customer(&admin, json!({"first_name": format!("P{n}"), "email": format!("p{n}@example.org"), "tier": "Gold"})).await);
        }
        let gold = segment(&admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await;
        let campaign = id(&admin.post("/api/v1/campaigns", json!({"name": "Gold", "channel": "email", "segmentIds": [gold], "controlPercent": 10, "content": {"subject": "Hi", "textBody": "Hi {first_name}"}})).await.ok());
        approve(&world, &admin, &campaign).await;
        let started = admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
        assert_eq!((&started["totalRecipients"], &started["controlCustomers"]), (&json!(36), &json!(4)));
        // Between launch and sending two say no and one is suppressed.
        let rows = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients?pageSize=3")).await.ok();
        let who = |i: usize| rows[i]["customerId"].as_i64().unwrap();
        admin.patch(&format!("/api/v1/customers/{}", who(0)), json!({"opted_out": true})).await.ok();
        admin.put(&format!("/api/v1/customers/{}/consents/email", who(1)), json!({"consent": "refused"})).await.ok();
        let third = rows[2]["address"].as_str().unwrap();
        admin.post("/api/v1/suppressions", json!({"channel": "email", "addresses": [third]})).await.ok();
        admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
        let live = balances(&admin, &campaign).await;
        assert_eq!((&live["counters"]["sent"], &live["counters"]["suppressed"]), (&json!(33), &json!(3)));
        assert_eq!(admin.get("/api/v1/sandbox/messages?channel=email&pageSize=100").await.body["pagination"]["total_count"], 33);
    }

    async fn a_paused_campaign_waits_and_a_cancelled_one_never_sends_the_rest(world: World) {
        world.clock.set("2026-11-24T10:00:00Z");
        let admin = world.admin().await;
        let campaign = q1_broker_outreach(&world, &admin).await;
        let act = |what: &str| format!("/api/v1/campaigns/{campaign}/{what}");
        admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
        assert_eq!(admin.post(&act("pause"), json!({})).await.ok()["status"], "paused");
        assert_eq!(admin.post(&act("pause"), json!({})).await.refused(409), "invalid_state");
        world.clock.advance(600_000);
        assert_eq!(admin.post("/api/v1/campaigns/execute", json!({})).await.ok()["sent"], 0);
        assert_eq!(admin.post(&act("execute"), json!({})).await.refused(409), "invalid_state");
        admin.post(&act("resume"), json!({})).await.ok();
        assert_eq!(admin.post("/api/v1/campaigns/execute", json!({})).await.ok()["sent"], 25);
        assert_eq!(admin.post(&act("cancel"), json!({})).await.ok()["status"], "cancelled");
        let live = balances(&admin, &campaign).await;
        assert_eq!((&live["counters"]["sent"], &live["counters"]["cancelled"], &live["counters"]["pending"]), (&json!(50), &json!(100), &json!(0)));
        admin.post(&act("resume"), json!({})).await.refused(409);
        assert_eq!(admin.post("/api/v1/campaigns/execute", json!({})).await.ok()["sent"], 0);
    }

    async fn whoever_pauses_and_cancels_while_it_sends_leaves_nothing_in_doubt(world: World) {
        let admin = world.admin().await;
        admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
        // Enough for two windows at a time.
        for n in 0..240 {
            customer(&admin, json!({"first_name": format!("P{n}"), "email": format!("p{n}@example.org"), "tier": "Gold"})).await;
        }
        let gold = segment(&admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await;
        for round in 0..6 {
            let body = json!({"name": format!("Gold {round}"), "channel": "email", "segmentIds": [gold], "content": {"subject": "Hi", "textBody": "Hi {first_name}"}});
            let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
            let started = admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
            let run = started["runId"].as_i64().unwrap();
            let (app, ws) = (world.app.clone(), world.ws);
            let sender = tokio::spawn(async move { app.delivery.cycle(ws, run, 1_000).await.unwrap() });
            for what in ["pause", "resume", "cancel"] {
                // Refused when the sender was quicker: that is an end like any other.
                admin.post(&format!("/api/v1/campaigns/{campaign}/{what}"), json!({})).await;
            }
            sender.await.unwrap();
            let counters = balances(&admin, &campaign).await["counters"].clone();
            assert_eq!((&counters["unknown"], &counters["pending"]), (&json!(0), &json!(0)), "round {round}");
            assert_eq!(world.number("SELECT COUNT(*) FROM send_leases").await, 0, "round {round}");
        }
    }

    async fn an_empty_audience_is_refused_and_nothing_is_begun(world: World) {
        let admin = world.admin().await;
        let who = customer(&admin, json!({"first_name": "Alice", "phone": "+254712345001", "tier": "Rare"})).await;
        let rare = segment(&admin, "Rare", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Rare"}]})).await;
        let campaign = id(&admin.post("/api/v1/campaigns", json!({"name": "Empty", "channel": "sms", "segmentIds": [rare], "base_template": "Hi"})).await.ok());
        approve(&world, &admin, &campaign).await;
        admin.patch(&format!("/api/v1/customers/{who}"), json!({"tier": "Gold"})).await.ok();
        assert_eq!(admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.refused(422), "empty_audience");
        assert_eq!(admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok()["status"], "draft", "nothing was begun");
    }
}
