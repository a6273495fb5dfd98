//! Campaigns before they run: drafts, lists, edits, tests, schedule.

use muster_domain::role::Role;
use muster_tests::{Client, both_engines};
use serde_json::{Value, json};

async fn draft(client: &Client, name: &str) -> Value {
    let body = json!({"name": name, "channel": "email", "content": {"subject": "Hi {{first_name}}", "textBody": "Hello {first_name}"}});
    client.post("/api/v1/campaigns", body).await.ok()
}

fn path(campaign: &Value, action: &str) -> String {
    format!("/api/v1/campaigns/{}{action}", campaign["id"].as_str().unwrap())
}

both_engines! {
    async fn a_draft_has_the_contracts_defaults_and_takes_either_spelling(world: World) {
        let admin = world.admin().await;
        let made = admin.post("/api/v1/campaigns", json!({
            "name": "Q1 Broker Outreach", "channel": "EMAIL", "email_subject": "Rates for {{first_name}}", "email_body": "<p>Dear {{ name }}</p>",
            "send_rate_per_hour": 75,
        })).await;
        assert_eq!(made.status.as_u16(), 201);
        let made = made.ok();
        assert_eq!((&made["status"], &made["approvalStatus"], &made["type"]), (&json!("draft"), &json!("not_submitted"), &json!("one_time")));
        assert_eq!((&made["deliveryMode"], &made["send_rate_per_hour"], &made["send_batch_size"]), (&json!("outreach"), &json!(75), &json!(25)));
        assert_eq!(made["unknownPolicy"], "hold", "nothing is sent twice unless somebody says so");
        assert_eq!(admin.patch(&path(&made, ""), json!({"unknown_policy": "shrug"})).await.refused(400), "malformed");
        assert_eq!(made["throttleConfig"], json!({"messagesPerHour": 75, "messagesPerDay": null, "batchSize": 25}));
        assert_eq!((&made["segmentIds"], &made["excludeSegmentIds"], &made["settings"], &made["timezone"]), (&json!([]), &json!([]), &json!({}), &json!("UTC")));
        assert_eq!(made["content"]["htmlBody"], "<p>Dear {{ name }}</p>");
        assert_eq!(made["stats"], json!({"total": 0, "pending": 0, "sending": 0, "sent": 0, "failed": 0}));
        assert_eq!((&made["metrics"]["openRate"], &made["createdByName"], &made["version"]), (&json!(0.0), &json!("Amina Yusuf"), &json!(1)));
        assert_eq!(admin.get(&path(&made, "")).await.ok(), made);
    }

    async fn what_is_missing_is_400_and_what_is_wrong_is_422(world: World) {
        let admin = world.admin().await;
        let post = |body: Value| { let admin = admin.clone(); async move { admin.post("/api/v1/campaigns", body).await } };
        assert_eq!(post(json!({"channel": "sms"})).await.refused(400), "missing_field");
        assert_eq!(post(json!({"name": "x", "channel": "pigeon"})).await.refused(400), "malformed");
        let unknown = post(json!({"name": "x", "channel": "sms", "base_template": "Hi {first_nam}"})).await;
        assert_eq!((unknown.body["error"]["details"][0]["path"].as_str(), unknown.body["error"]["details"][0]["code"].as_str()), (Some("content.textBody"), Some("unknown_variable")));
        assert_eq!(unknown.refused(422), "validation_failed");
        for (body, code) in [
            (json!({"throttleConfig": {"messagesPerHour": 99}}), "throttle_minimum"),
            (json!({"name": "n".repeat(256)}), "too_long"),
            (json!({"timezone": "Mars/Base"}), "bad_timezone"),
            (json!({"type": "recurring", "recurringSchedule": {"cron": "*/30 * * * *"}}), "bad_recurrence"),
            (json!({"segmentIds": ["01890000-0000-7000-8000-000000000000"]}), "unknown_segment"),
            (json!({"templateId": "01890000-0000-7000-8000-000000000000"}), "unknown_template"),
            (json!({"channel": "multi", "content": {"textBody": "Hi"}}), "multi_needs_offers"),
            (json!({"controlPercent": 91}), "bad_percent"),
        ] {
            let mut full = json!({"name": "x", "channel": "sms"});
            full.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            let answer = post(full).await;
            assert_eq!(answer.body["error"]["details"][0]["code"], code, "{:#}", answer.body);
            answer.refused(422);
        }
        let viewer = world.person("Vera Viewer", Role::Viewer).await;
        assert_eq!(viewer.post("/api/v1/campaigns", json!({"name": "x", "channel": "sms"})).await.refused(403), "forbidden");
        assert_eq!(admin.get("/api/v1/campaigns/7").await.refused(404), "not_found");
    }

    async fn fifty_seven_campaigns_are_three_pages_of_twenty(world: World) {
        let admin = world.admin().await;
        for n in 1..=57 {
            let channel = if n % 2 == 0 { "sms" } else { "email" };
            admin.post("/api/v1/campaigns", json!({"name": format!("Campaign {n}"), "channel": channel})).await.ok();
        }
        let first = admin.get("/api/v1/campaigns").await;
        assert_eq!(first.body["pagination"], json!({"page": 1, "page_size": 20, "total_count": 57, "total_pages": 3}));
        assert_eq!(first.body["data"][0]["name"], "Campaign 57");
        let last = admin.get("/api/v1/campaigns?page=3&pageSize=20").await;
        assert_eq!(last.body["data"].as_array().unwrap().len(), 17);
        assert_eq!(last.body["data"][16]["name"], "Campaign 1");
        let clamped = admin.get("/api/v1/campaigns?page=0&pageSize=1000").await.body["pagination"].clone();
        assert_eq!(clamped, json!({"page": 1, "page_size": 100, "total_count": 57, "total_pages": 1}));
        assert_eq!(admin.get("/api/v1/campaigns?pageSize=0").await.body["pagination"]["page_size"], 20);
        assert_eq!(admin.get("/api/v1/campaigns?channel=SMS").await.body["pagination"]["total_count"], 28);
        assert_eq!(admin.get("/api/v1/campaigns?search=campaign%205").await.body["pagination"]["total_count"], 9);
        assert_eq!(admin.get("/api/v1/campaigns?status=sending").await.body["pagination"]["total_count"], 0);
        assert_eq!(admin.get("/api/v1/campaigns?status=draft,sent").await.body["pagination"]["total_count"], 57);
        assert_eq!(admin.get("/api/v1/campaigns?search=100%25").await.body["pagination"]["total_count"], 0);
        assert_eq!(admin.get("/api/v1/campaigns?status=gone").await.refused(400), "bad_filter");
    }

    async fn every_change_is_a_version_and_stale_ones_are_refused(world: World) {
        let admin = world.admin().await;
        let made = draft(&admin, "Newsletter").await;
        let changed = admin.patch(&path(&made, ""), json!({"description": "Monthly", "version": 1})).await.ok();
        assert_eq!((&changed["version"], &changed["description"], &changed["name"]), (&json!(2), &json!("Monthly"), &json!("Newsletter")));
        assert_eq!(admin.patch(&path(&made, ""), json!({"description": "Monthly"})).await.ok()["version"], 2, "the same again is no change");
        assert_eq!(admin.patch(&path(&made, ""), json!({"name": "Other", "version": 1})).await.refused(409), "stale");
        let cleared = admin.patch(&path(&made, ""), json!({"content": null})).await.ok();
        assert_eq!((&cleared["content"], &cleared["version"]), (&Value::Null, &json!(3)));
        let history = admin.get(&path(&made, "/history")).await.ok();
        let actions: Vec<_> = history.as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["campaign.updated", "campaign.updated", "campaign.created"]);
        assert_eq!((&history[1]["before"], &history[1]["after"]), (&json!({"description": ""}), &json!({"description": "Monthly"})));
    }

    async fn a_test_is_checked_and_its_winner_is_declared_once(world: World) {
        let admin = world.admin().await;
        let made = draft(&admin, "January Newsletter").await;
        let test = |a: i64, b: i64| json!({
            "variants": [
                {"variantId": "A", "name": "Short Subject", "subject": "Big Sale!", "weight": a},
                {"variantId": "B", "name": "Long Subject", "subject": "Exclusive Sale - Up to 70% Off!", "weight": b},
            ],
            "winnerCriteria": "open_rate", "testDurationHours": 4, "testSamplePercent": 20,
        });
        assert_eq!(admin.post(&path(&made, "/ab-test/winner"), json!({"variantId": "B"})).await.refused(409), "no_ab_test");
        let wrong = admin.post(&path(&made, "/ab-test"), test(50, 40)).await;
        assert_eq!(wrong.body["error"]["details"][0]["code"], "weights_not_100");
        wrong.refused(422);
        let set = admin.post(&path(&made, "/ab-test"), test(50, 50)).await.ok();
        assert_eq!(set["abTestConfig"]["variants"][1]["name"], "Long Subject");
        assert_eq!((&set["abTestConfig"]["testSamplePercent"], &set["version"]), (&json!(20), &json!(2)));
        assert_eq!(admin.post(&path(&made, "/ab-test/winner"), json!({"variantId": "Z"})).await.refused(404), "not_found");
        let won = admin.post(&path(&made, "/ab-test/winner"), json!({"variantId": "B"})).await.ok();
        assert_eq!(won["abTestConfig"]["variants"][1]["isWinner"], true);
        assert_eq!(admin.post(&path(&made, "/ab-test/winner"), json!({"variantId": "A"})).await.refused(409), "winner_declared");
    }

    async fn nothing_is_scheduled_without_approval(world: World) {
        let admin = world.admin().await;
        let made = draft(&admin, "Sale").await;
        let when = json!({"scheduledAt": "2026-11-25T09:00:00+03:00", "timezone": "Africa/Nairobi"});
        assert_eq!(admin.post(&path(&made, "/schedule"), when.clone()).await.refused(409), "approval_required");
        assert_eq!(admin.post(&path(&made, "/unschedule"), json!({})).await.refused(409), "invalid_state");
        let past = admin.post(&path(&made, "/schedule"), json!({"scheduledAt": "2026-11-23T09:00:00Z"})).await;
        assert_eq!(past.body["error"]["details"][0]["code"], "in_past");
    }

    async fn campaigns_are_copied_archived_and_deleted(world: World) {
        let admin = world.admin().await;
        let made = draft(&admin, "Sale").await;
        let copy = admin.post(&path(&made, "/duplicate"), json!({})).await.ok();
        assert_eq!((&copy["name"], &copy["version"], &copy["content"]), (&json!("Sale (copy)"), &json!(1), &made["content"]));
        admin.post(&path(&copy, "/archive"), json!({})).await.ok();
        assert_eq!(admin.get("/api/v1/campaigns").await.body["pagination"]["total_count"], 1);
        assert_eq!(admin.get("/api/v1/campaigns?archived=true").await.body["data"][0]["id"], copy["id"]);
        admin.post(&path(&copy, "/unarchive"), json!({})).await.ok();
        admin.delete(&path(&copy, "")).await.ok();
        assert_eq!(admin.get(&path(&copy, "")).await.refused(404), "not_found");
        assert_eq!(admin.get("/api/v1/campaigns").await.body["pagination"]["total_count"], 1);
    }
}
