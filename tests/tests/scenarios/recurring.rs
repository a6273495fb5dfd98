//! Recurring campaigns: each occurrence is a run of its own, and none happens twice.

use muster_app::job_engine::built_in;
use muster_app::runs;
use muster_tests::jobs::sweep;
use muster_tests::steps::{approve, customer, id, segment};
use muster_tests::{Client, World, both_engines};
use serde_json::{Value, json};

/// A campaign to everybody with a tier, every morning at nine in Nairobi (06:00 UTC); it is 2026-11-24 08:00 UTC.
async fn every_morning(admin: &Client, more: Value) -> String {
    let mut body = json!({
        "name": "Morning offer", "channel": "email", "content": {"subject": "Hi", "textBody": "Hi {first_name}"},
        "type": "recurring", "recurringSchedule": {"cron": "0 9 * * *"}, "timezone": "Africa/Nairobi",
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let name = body["name"].as_str().unwrap().to_owned();
    let email = format!("{}@example.org", name.replace(' ', "."));
    customer(admin, json!({"first_name": "Amina", "email": email, "tier": "Gold"})).await;
    let gold = json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]});
    body["segmentIds"] = json!([segment(admin, &name, gold).await]);
    id(&admin.post("/api/v1/campaigns", body).await.ok())
}

async fn without_approval(admin: &Client) {
    admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
}

async fn get(admin: &Client, campaign: &str) -> Value {
    admin.get(&format!("/api/v1/campaigns/{campaign}")).await.ok()
}

/// Status and next moment.
async fn stands(admin: &Client, campaign: &str) -> (String, Value) {
    let campaign = get(admin, campaign).await;
    (campaign["status"].as_str().unwrap().to_owned(), campaign["scheduledAt"].clone())
}

async fn act(admin: &Client, campaign: &str, what: &str) -> Value {
    admin.post(&format!("/api/v1/campaigns/{campaign}/{what}"), json!({})).await.ok()
}

async fn schedule(admin: &Client, campaign: &str, from: &str) -> Value {
    admin.post(&format!("/api/v1/campaigns/{campaign}/schedule"), json!({"scheduledAt": from})).await.ok()
}

async fn list(admin: &Client, campaign: &str) -> Vec<Value> {
    admin.get(&format!("/api/v1/campaigns/{campaign}/runs")).await.ok().as_array().unwrap().clone()
}

async fn left_out(admin: &Client, campaign: &str) -> Vec<Value> {
    let history = admin.get(&format!("/api/v1/campaigns/{campaign}/history")).await.ok();
    let all = history.as_array().unwrap().iter().filter(|entry| entry["action"] == "campaign.occurrence_left_out");
    all.map(|entry| entry["after"].clone()).collect()
}

/// The moment has come, and everything that can be sent is.
async fn come(world: &World, admin: &Client, moment: &str) {
    world.clock.set(moment);
    runs::launch_due(&world.app).await.unwrap();
    admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
}

both_engines! {
    async fn every_occurrence_is_a_run_with_the_audience_of_its_moment(world: World) {
        let admin = world.admin().await;
        let campaign = every_morning(&admin, json!({"endAt": "2026-11-27T06:00:00Z"})).await;
        let path = format!("/api/v1/campaigns/{campaign}/schedule");
        assert_eq!(admin.post(&path, json!({"scheduledAt": "2026-11-24T08:00:00Z"})).await.refused(409), "approval_required");
        approve(&world, &admin, &campaign).await;
        assert_eq!(stands(&admin, &campaign).await, ("scheduled".into(), json!("2026-11-25T06:00:00Z")), "approved, it is planned");

        world.clock.set("2026-11-25T05:59:59Z");
        runs::launch_due(&world.app).await.unwrap();
        assert!(list(&admin, &campaign).await.is_empty());
        come(&world, &admin, "2026-11-25T06:00:00Z").await;
        assert_eq!(stands(&admin, &campaign).await, ("scheduled".into(), json!("2026-11-26T06:00:00Z")));
        runs::launch_due(&world.app).await.unwrap();
        assert_eq!(list(&admin, &campaign).await.len(), 1, "once is once");

        customer(&admin, json!({"first_name": "Baraka", "email": "baraka@example.org", "tier": "Gold"})).await;
        come(&world, &admin, "2026-11-26T06:00:00Z").await;
        let all = list(&admin, &campaign).await;
        let shown: Vec<_> = all.iter().map(|run| (run["number"].as_i64().unwrap(), run["status"].as_str().unwrap(), run["sentCount"].as_i64().unwrap(), run["scheduledFor"].as_str().unwrap())).collect();
        assert_eq!(shown, [(2, "completed", 2, "2026-11-26T06:00:00Z"), (1, "completed", 1, "2026-11-25T06:00:00Z")]);
        assert_eq!(get(&admin, &campaign).await["stats"]["sent"], 3, "all of them together");

        come(&world, &admin, "2026-11-27T06:00:00Z").await;
        assert_eq!(stands(&admin, &campaign).await.0, "completed", "it was the last before the end");
        come(&world, &admin, "2026-11-28T06:00:00Z").await;
        assert_eq!(list(&admin, &campaign).await.len(), 3);
    }

    async fn an_occurrence_that_finds_nobody_completes(world: World) {
        let admin = world.admin().await;
        without_approval(&admin).await;
        let campaign = every_morning(&admin, json!({})).await;
        schedule(&admin, &campaign, "2026-11-24T08:00:00Z").await;
        world.script("UPDATE customers SET tier = 'Silver'").await;
        come(&world, &admin, "2026-11-25T06:00:00Z").await;
        assert_eq!(list(&admin, &campaign).await[0]["status"], "completed");
        assert_eq!(stands(&admin, &campaign).await, ("scheduled".into(), json!("2026-11-26T06:00:00Z")));
        assert_eq!(admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.refused(422), "empty_audience", "by hand it is said");
    }

    async fn what_still_sends_is_not_overtaken(world: World) {
        let admin = world.admin().await;
        without_approval(&admin).await;
        let campaign = every_morning(&admin, json!({})).await;
        schedule(&admin, &campaign, "2026-11-24T08:00:00Z").await;
        world.clock.set("2026-11-25T06:00:00Z");
        runs::launch_due(&world.app).await.unwrap();
        world.clock.set("2026-11-26T06:01:00Z");
        runs::launch_due(&world.app).await.unwrap();
        assert_eq!(stands(&admin, &campaign).await, ("running".into(), json!("2026-11-26T06:00:00Z")), "it may be done in a minute");
        world.clock.set("2026-11-26T06:01:01Z");
        runs::launch_due(&world.app).await.unwrap();
        assert_eq!(stands(&admin, &campaign).await, ("running".into(), json!("2026-11-27T06:00:00Z")));
        let skipped = left_out(&admin, &campaign).await;
        assert_eq!((skipped.len(), &skipped[0]["dueAt"], &skipped[0]["reason"]), (1, &json!("2026-11-26T06:00:00Z"), &json!("The one before is still being sent.")));
        assert!(world.number("SELECT COUNT(*) FROM notifications WHERE title = 'Morning offer was left out'").await > 0);
        admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
        assert_eq!(stands(&admin, &campaign).await.0, "scheduled");
        assert_eq!(list(&admin, &campaign).await.len(), 1);
    }

    async fn what_was_missed_follows_the_rule_that_was_chosen(world: World) {
        let admin = world.admin().await;
        without_approval(&admin).await;
        let late = every_morning(&admin, json!({"name": "Late"})).await;
        let never = every_morning(&admin, json!({"name": "Never", "misfireRule": "skip"})).await;
        for campaign in [&late, &never] {
            schedule(&admin, campaign, "2026-11-24T08:00:00Z").await;
        }
        // Closed for three mornings.
        come(&world, &admin, "2026-11-27T07:00:00Z").await;
        let runs = list(&admin, &late).await;
        assert_eq!((runs.len(), &runs[0]["scheduledFor"]), (1, &json!("2026-11-27T06:00:00Z")));
        assert!(list(&admin, &never).await.is_empty());
        assert_eq!(left_out(&admin, &never).await[0]["occurrences"], 3);
        for campaign in [&late, &never] {
            assert_eq!(stands(&admin, campaign).await, ("scheduled".into(), json!("2026-11-28T06:00:00Z")));
        }
        // The same rule, of a campaign that runs once.
        let body = json!({"name": "Once", "misfireRule": "skip", "type": "one_time", "recurringSchedule": null});
        let once = every_morning(&admin, body).await;
        schedule(&admin, &once, "2026-11-27T08:00:00Z").await;
        world.clock.set("2026-11-27T08:01:01Z");
        runs::launch_due(&world.app).await.unwrap();
        assert_eq!(stands(&admin, &once).await.0, "draft");
    }

    async fn paused_or_cancelled_it_does_not_occur(world: World) {
        let admin = world.admin().await;
        without_approval(&admin).await;
        let campaign = every_morning(&admin, json!({})).await;
        schedule(&admin, &campaign, "2026-11-24T08:00:00Z").await;
        world.clock.set("2026-11-25T06:00:00Z");
        runs::launch_due(&world.app).await.unwrap();
        act(&admin, &campaign, "pause").await;
        come(&world, &admin, "2026-11-28T07:00:00Z").await;
        assert_eq!(stands(&admin, &campaign).await.0, "paused");
        let resumed = act(&admin, &campaign, "resume").await;
        assert_eq!(resumed["status"], "running", "the run that was paused goes on");
        admin.post("/api/v1/campaigns/execute", json!({})).await.ok();
        assert_eq!(stands(&admin, &campaign).await, ("scheduled".into(), json!("2026-11-29T06:00:00Z")), "what passed is not made up for");

        come(&world, &admin, "2026-11-29T06:00:00Z").await;
        assert_eq!(act(&admin, &campaign, "cancel").await["status"], "cancelled");
        come(&world, &admin, "2026-11-30T06:00:00Z").await;
        let runs = list(&admin, &campaign).await;
        assert_eq!((runs.len(), &runs[0]["status"]), (2, &json!("completed")), "what was sent stays sent");
    }

    async fn several_nodes_start_an_occurrence_once(world: World) {
        let admin = world.admin().await;
        without_approval(&admin).await;
        let campaign = every_morning(&admin, json!({})).await;
        schedule(&admin, &campaign, "2026-11-24T08:00:00Z").await;
        let dir = tempfile::tempdir().unwrap();
        let other = world.another_node(dir.path()).await;
        world.clock.set("2026-11-25T06:00:00Z");
        let (one, two) = tokio::join!(runs::launch_due(&world.app), runs::launch_due(&other));
        one.unwrap();
        two.unwrap();
        assert_eq!(list(&admin, &campaign).await.len(), 1);
        assert!(left_out(&admin, &campaign).await.is_empty());
        other.db.close().await;
    }

    async fn an_edit_plans_anew_and_needs_a_new_approval(world: World) {
        let admin = world.admin().await;
        let campaign = every_morning(&admin, json!({})).await;
        let path = format!("/api/v1/campaigns/{campaign}");
        without_approval(&admin).await;
        schedule(&admin, &campaign, "2026-11-24T08:00:00Z").await;
        come(&world, &admin, "2026-11-25T06:00:00Z").await;
        admin.patch(&path, json!({"recurringSchedule": {"cron": "0 18 * * *"}})).await.ok();
        assert_eq!(stands(&admin, &campaign).await, ("scheduled".into(), json!("2026-11-25T15:00:00Z")));
        admin.patch(&path, json!({"type": "one_time"})).await.refused(422);
        admin.patch("/api/v1/settings", json!({"approvalRequired": true})).await.ok();
        come(&world, &admin, "2026-11-25T15:00:00Z").await;
        assert_eq!(stands(&admin, &campaign).await.0, "draft", "nobody approved it");
        assert_eq!(list(&admin, &campaign).await.len(), 1);
    }

    async fn the_sweep_starts_what_the_timer_missed(world: World) {
        let admin = world.admin().await;
        without_approval(&admin).await;
        built_in::ensure(&world.app).await.unwrap();
        let campaign = every_morning(&admin, json!({})).await;
        schedule(&admin, &campaign, "2026-11-24T08:00:00Z").await;
        world.script("UPDATE campaigns SET scheduled_at = NULL").await;
        assert_eq!(sweep(&world, "campaign-recurring-trigger").await["executionStatus"], "success");
        assert_eq!(stands(&admin, &campaign).await, ("scheduled".into(), json!("2026-11-25T06:00:00Z")));
        world.clock.set("2026-11-25T06:00:00Z");
        sweep(&world, "campaign-recurring-trigger").await;
        assert_eq!(list(&admin, &campaign).await.len(), 1);
    }

    async fn a_recurrence_is_looked_at_before_it_is_saved(world: World) {
        let admin = world.admin().await;
        let look = async |query: &str| admin.get(&format!("/api/v1/campaigns/recurrence?{query}")).await.ok();
        // Berlin changes its clock on 2027-03-28.
        let found = look("cron=30%202%20*%20*%200&timezone=Europe/Berlin&from=2027-03-20T00:00:00Z&endAt=2027-04-05T00:00:00Z").await;
        assert_eq!(found, json!({"nextMoments": ["2027-03-21T01:30:00Z", "2027-03-28T01:00:00Z", "2027-04-04T00:30:00Z"], "problem": null}));
        assert_eq!(look("cron=0%20*%20*%20*%20*&timezone=UTC").await["nextMoments"].as_array().unwrap().len(), 5);
        assert!(look("cron=*/5%20*%20*%20*%20*&timezone=UTC").await["problem"].as_str().unwrap().contains("once an hour"));
    }
}
