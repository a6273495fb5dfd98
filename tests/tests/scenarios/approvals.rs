//! Four eyes: submitting, deciding, and what an edit does to a signature.

use muster_domain::role::Role;
use muster_domain::segment::SegmentType;
use muster_tests::{Client, World, both_engines};
use serde_json::{Value, json};

async fn draft(client: &Client, name: &str) -> Value {
    let body = json!({"name": name, "channel": "sms", "content": {"textBody": "Hello {first_name}"}});
    client.post("/api/v1/campaigns", body).await.ok()
}

fn path(campaign: &Value, action: &str) -> String {
    format!("/api/v1/campaigns/{}{action}", campaign["id"].as_str().unwrap())
}

/// The request that waits.
async fn pending(client: &Client) -> Value {
    client.get("/api/v1/approvals?status=pending").await.ok()[0].clone()
}

fn decide(approval: &Value, what: &str) -> String {
    format!("/api/v1/approvals/{}/{what}", approval["id"].as_str().unwrap())
}

async fn turn_approval_off(world: &World) {
    let mut tx = world.app.db.write(world.ws).await.unwrap();
    let mut row = muster_db::workspaces::get(&mut tx, world.ws).await.unwrap();
    row.approval_required = false;
    let seen = row.updated_at;
    muster_db::workspaces::update(&mut tx, &row, seen, seen + 1).await.unwrap();
    tx.commit().await.unwrap();
}

/// Eight people: 0–3 are Gold (0 and 1 of Nairobi), 4–7 are of Nairobi. 2 has no phone, 3 is suppressed.
async fn people(admin: &Client) -> Vec<i64> {
    let mut ids = Vec::new();
    for n in 0..8 {
        let mut body = json!({"firstName": format!("C{n}"), "lastName": "Test", "email": format!("c{n}@example.org"), "tier": if n < 4 { "Gold" } else { "Silver" },
            "city": if n == 2 || n == 3 { "Thika" } else { "Nairobi" }});
        if n != 2 {
            body["phone"] = json!(format!("+25471100000{n}"));
        }
        ids.push(admin.post("/api/v1/customers", body).await.ok()["id"].as_i64().unwrap());
    }
    admin
        .post("/api/v1/suppressions", json!({"channel": "sms", "addresses": ["+254711000003"], "reason": "manual"}))
        .await
        .ok();
    ids
}

async fn segment(world: &World, name: &str, criteria: Value) -> uuid::Uuid {
    let (id, now) = (world.app.new_id(), world.app.now());
    let row = muster_db::segments::SegmentRow {
        id,
        name: name.into(),
        description: String::new(),
        kind: SegmentType::Dynamic,
        criteria: criteria.into(),
        size_estimate: None,
        evaluated_at: None,
        version: 1,
        created_by: None,
        created_at: now,
        updated_at: now,
        archived_at: None,
    };
    let mut tx = world.app.db.write(world.ws).await.unwrap();
    muster_db::segments::insert(&mut tx, world.ws, &row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

both_engines! {
    async fn the_maker_never_approves_and_an_edit_takes_the_signature_back(world: World) {
        let (manager, admin) = (world.person("Mary Manager", Role::Manager).await, world.admin().await);
        let approver = world.person("Peter Odhiambo", Role::Approver).await;
        let made = draft(&manager, "Black Friday flash").await;
        // The administrator edits once: no longer a stranger to it.
        admin.patch(&path(&made, ""), json!({"description": "5 GB"})).await.ok();
        assert_eq!(approver.post(&path(&made, "/submit"), json!({})).await.refused(403), "forbidden");
        let submitted = manager.post(&path(&made, "/submit"), json!({"note": "Please today"})).await.ok();
        assert_eq!((&submitted["approvalStatus"], &submitted["status"]), (&json!("pending"), &json!("draft")));
        assert_eq!(manager.post(&path(&made, "/submit"), json!({})).await.refused(409), "already_submitted");

        let waiting = pending(&approver).await;
        assert_eq!((&waiting["name"], &waiting["objectVersion"], &waiting["note"]), (&json!("Black Friday flash"), &json!(2), &json!("Please today")));
        assert_eq!((&waiting["submittedByName"], &waiting["mayDecide"]), (&json!("Mary Manager"), &json!(true)));
        assert_eq!(pending(&admin).await["mayDecide"], false);
        assert_eq!(manager.post(&decide(&waiting, "approve"), json!({})).await.refused(403), "forbidden");
        assert_eq!(admin.post(&decide(&waiting, "approve"), json!({})).await.refused(403), "forbidden");
        let detail = approver.get(&format!("/api/v1/approvals/{}", waiting["id"].as_str().unwrap())).await.ok();
        assert_eq!(detail["samples"][0]["messages"][0]["message"]["text"], "Hello ");
        assert!(detail["changes"].as_array().unwrap().iter().any(|c| c["field"] == "content"));

        let decided = approver.post(&decide(&waiting, "approve"), json!({"comment": "Good"})).await.ok();
        assert_eq!((&decided["status"], &decided["decisions"][0]["userName"]), (&json!("approved"), &json!("Peter Odhiambo")));
        assert_eq!(approver.post(&decide(&waiting, "approve"), json!({})).await.refused(409), "not_pending");
        let when = json!({"scheduledAt": "2026-11-25T09:00:00+03:00", "timezone": "Africa/Nairobi"});
        let scheduled = manager.post(&path(&made, "/schedule"), when).await.ok();
        assert_eq!((&scheduled["status"], &scheduled["scheduledAt"], &scheduled["approvedVersion"]), (&json!("scheduled"), &json!("2026-11-25T06:00:00Z"), &json!(2)));

        let edited = manager.patch(&path(&made, ""), json!({"content": {"textBody": "Hello {first_name}, 50% off"}})).await.ok();
        assert_eq!((&edited["approvalStatus"], &edited["status"], &edited["version"]), (&json!("not_submitted"), &json!("draft"), &json!(3)));
        manager.post(&path(&made, "/submit"), json!({})).await.ok();
        let again = pending(&approver).await;
        let detail = approver.get(&format!("/api/v1/approvals/{}", again["id"].as_str().unwrap())).await.ok();
        assert_eq!(detail["previous"]["version"], 2);
        let changed: Vec<_> = detail["changes"].as_array().unwrap().iter().map(|c| c["field"].as_str().unwrap()).collect();
        assert!(changed.contains(&"content") && !changed.contains(&"name"), "{changed:?}");
        assert_eq!(approver.post(&decide(&again, "reject"), json!({})).await.refused(422), "missing_comment");
        approver.post(&decide(&again, "reject"), json!({"comment": "Too generous"})).await.ok();
        assert_eq!(manager.get(&path(&made, "")).await.ok()["approvalStatus"], "rejected");
        assert_eq!(manager.post(&path(&made, "/schedule"), json!({"scheduledAt": "2026-11-26T09:00:00Z"})).await.refused(409), "approval_required");
    }

    async fn an_edit_withdraws_what_waits(world: World) {
        let (manager, approver) = (world.person("Mary Manager", Role::Manager).await, world.person("Peter Odhiambo", Role::Approver).await);
        let made = draft(&manager, "Sale").await;
        manager.post(&path(&made, "/submit"), json!({})).await.ok();
        let waiting = pending(&approver).await;
        manager.patch(&path(&made, ""), json!({"name": "Big sale"})).await.ok();
        assert_eq!(approver.post(&decide(&waiting, "approve"), json!({})).await.refused(409), "not_pending");
        assert_eq!(approver.get("/api/v1/approvals?status=decided").await.ok()[0]["status"], "withdrawn");
    }

    async fn an_approved_start_goes_on_the_schedule_by_itself(world: World) {
        let (manager, approver) = (world.person("Mary Manager", Role::Manager).await, world.person("Peter Odhiambo", Role::Approver).await);
        let made = draft(&manager, "Sale").await;
        manager.patch(&path(&made, ""), json!({"scheduledAt": "2026-11-24T09:00:00Z"})).await.ok();
        manager.post(&path(&made, "/submit"), json!({})).await.ok();
        approver.post(&decide(&pending(&approver).await, "approve"), json!({})).await.ok();
        assert_eq!(manager.get(&path(&made, "")).await.ok()["status"], "scheduled");
        let draft = manager.post(&path(&made, "/unschedule"), json!({})).await.ok();
        assert_eq!((&draft["status"], &draft["approvalStatus"]), (&json!("draft"), &json!("approved")));
    }

    async fn a_workspace_may_do_without(world: World) {
        turn_approval_off(&world).await;
        let admin = world.admin().await;
        let made = draft(&admin, "Sale").await;
        assert_eq!(admin.post(&path(&made, "/schedule"), json!({"scheduledAt": "2026-11-25T09:00:00Z"})).await.ok()["status"], "scheduled");
        let edited = admin.patch(&path(&made, ""), json!({"name": "Other"})).await.ok();
        assert_eq!(edited["status"], "scheduled", "nothing was approved, so nothing is taken back");
    }

    async fn readiness_names_every_problem_with_its_step(world: World) {
        let admin = world.admin().await;
        let made = admin.post("/api/v1/campaigns", json!({"name": "Empty", "channel": "email", "deliveryMode": "outreach"})).await.ok();
        let seen = admin.get(&path(&made, "/readiness")).await.ok();
        let problems: Vec<_> = seen["problems"].as_array().unwrap().iter().map(|p| (p["code"].as_str().unwrap(), p["step"].as_str().unwrap())).collect();
        assert_eq!(seen["isReady"], false);
        assert!(problems.contains(&("no_segments", "audience")) && problems.contains(&("no_content", "content")), "{problems:?}");
        assert_eq!(admin.post(&path(&made, "/submit"), json!({})).await.refused(422), "validation_failed");
    }

    async fn the_audience_is_counted_step_by_step(world: World) {
        let admin = world.admin().await;
        let ids = people(&admin).await;
        let gold = segment(&world, "Gold", json!({"logic": "AND", "conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await;
        let nairobi = segment(&world, "Nairobi", json!({"logic": "AND", "conditions": [{"field": "city", "operator": "equals", "value": "Nairobi"}]})).await;
        let made = admin.post("/api/v1/campaigns", json!({
            "name": "Counted", "channel": "sms", "base_template": "Hi {first_name}", "segmentIds": [gold, nairobi], "controlPercent": 25, "send_rate_per_hour": 75,
        })).await.ok();
        let seen = admin.get(&path(&made, "/readiness")).await.ok();
        let a = &seen["audience"];
        // Gold: 4 (one without a phone, one suppressed); Nairobi: 6, of whom 2 are Gold.
        assert_eq!((&a["inSegments"], &a["inSeveral"], &a["withoutAddress"], &a["suppressed"], &a["control"], &a["people"]), (&json!(10), &json!(2), &json!(1), &json!(1), &json!(1), &json!(5)), "{a:#}");
        assert_eq!((&seen["durationSeconds"], &seen["isReady"]), (&json!(240), &json!(true)));
        let shown = admin.post(&path(&made, "/preview"), json!({"contactId": ids[0]})).await.ok();
        assert_eq!((&shown["segmentId"], &shown["messages"][0]["message"]["text"]), (&json!(gold), &json!("Hi C0")));
        assert_eq!(admin.post(&path(&made, "/preview"), json!({"contactId": 999_999})).await.refused(404), "not_found");
    }
}
