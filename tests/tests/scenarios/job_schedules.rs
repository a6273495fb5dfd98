//! When jobs start: moments of clocks, what was missed, what is still at work, what happens.

use muster_domain::time::{HOUR, MINUTE, parse_moment, rfc3339};
use muster_engine::jobs::book::Asked;
use muster_tests::both_engines;
use muster_tests::jobs::{Play, Troupe, eventually, look};
use serde_json::{Value, json};

fn one_step(job: Value) -> Value {
    let mut job = job;
    job["steps"] = json!([{ "step_code": "work", "step_order": 1, "step_type": "stored_proc", "step_action": "p" }]);
    job
}

async fn due_moments(troupe: &Troupe) -> Vec<String> {
    let mut tx = troupe.world.app.db.read(troupe.world.ws).await.unwrap();
    let mut moments = Vec::new();
    let count = muster_db::admin::number(&mut tx, "SELECT COUNT(*) FROM job_executions").await.unwrap();
    for n in 0..count {
        let sql = format!("SELECT due_at FROM job_executions ORDER BY due_at, id LIMIT 1 OFFSET {n}");
        moments.push(rfc3339(muster_db::admin::number(&mut tx, &sql).await.unwrap()));
    }
    moments
}

both_engines! {
    async fn a_moment_that_the_clock_skips_comes_once_and_one_that_comes_twice_comes_once(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.set("2027-03-27T12:00:00Z");
        let job = troupe.job(one_step(json!({ "code": "nightly", "schedule_type": "cron", "cron_expression": "30 2 * * *", "timezone": "Europe/Berlin" }))).await;
        // 02:30 does not exist on the 28th: the clock goes from 02:00 to 03:00 at 01:00 UTC.
        troupe.set("2027-03-28T00:59:59Z");
        assert!(troupe.statuses(job).await.is_empty());
        troupe.set("2027-03-28T01:00:00Z");
        troupe.all(job, &["success"]).await;
        // On 31 October 02:30 comes at 00:30 and at 01:30 UTC.
        troupe.set("2027-10-30T12:00:00Z");
        troupe.all(job, &["success"; 2]).await;
        troupe.set("2027-10-31T00:30:00Z");
        troupe.all(job, &["success"; 3]).await;
        troupe.set("2027-10-31T01:45:00Z");
        troupe.set("2027-11-01T01:30:00Z");
        troupe.all(job, &["success"; 4]).await;
        assert_eq!(due_moments(&troupe).await, ["2027-03-28T01:00:00Z", "2027-10-30T00:30:00Z", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"]);
        troupe.stop().await;
    }

    async fn what_was_missed_follows_the_policy(world: World) {
        let mut troupe = Troupe::of(world);
        let mut jobs = Vec::new();
        for policy in ["skip", "once", "all"] {
            let job = json!({ "code": policy, "schedule_type": "interval", "interval_seconds": 3600, "catch_up_policy": policy, "overlap_policy": "queue" });
            jobs.push(troupe.job(one_step(job)).await);
        }
        troupe.stop().await;
        troupe.world.clock.advance(5 * HOUR + HOUR / 2);
        troupe.start();
        troupe.all(jobs[2], &["success"; 5]).await;
        troupe.all(jobs[1], &["success"]).await;
        troupe.all(jobs[0], &[]).await;
        troupe.advance(HOUR / 2);
        for (job, count) in [(jobs[0], 1), (jobs[1], 2), (jobs[2], 6)] {
            troupe.all(job, &vec!["success"; count]).await;
        }
        troupe.stop().await;
    }

    async fn a_start_that_finds_its_job_at_work_follows_the_policy(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("work", &[Play::Holds]);
        let skip = troupe.job(one_step(json!({ "code": "skip", "overlap_policy": "skip" }))).await;
        let queue = troupe.job(one_step(json!({ "code": "queue", "overlap_policy": "queue" }))).await;
        let allow = troupe.job(one_step(json!({ "code": "allow", "overlap_policy": "allow", "max_concurrent_executions": 2 }))).await;
        troupe.run(skip).await;
        assert!(matches!(troupe.ask(skip).await, Asked::LeftOut { .. }));
        for _ in 0..3 {
            troupe.run(queue).await;
            troupe.run(allow).await;
        }
        troupe.all(queue, &["running", "queued", "queued"]).await;
        troupe.all(allow, &["running", "running", "queued"]).await;
        eventually("all have begun", || async { troupe.stage.count("work") == 4 }).await;
        troupe.stage.let_go("work");
        for job in [queue, allow] {
            troupe.all(job, &["success"; 3]).await;
        }
        assert_eq!(troupe.statuses(skip).await, ["success"]);
        troupe.stop().await;
    }

    async fn an_event_starts_a_job_once_however_many_nodes_look(world: World) {
        let mut troupe = Troupe::of(world);
        let other = tempfile::tempdir().unwrap();
        let node = troupe.world.another_node(other.path()).await.with_steps(troupe.stage.clone());
        let (stop, second) = look(&node);
        let job = json!({ "code": "welcome", "schedule_type": "event_driven", "trigger_event_type": "event_bus", "overlap_policy": "allow", "max_concurrent_executions": 50,
            "trigger_condition": { "event": "campaign.activated", "condition": "total_recipients > 100" },
            "parameters": { "campaign_id": { "type": "integer", "required": true } } });
        let job = troupe.job(one_step(job)).await;
        for n in 0..30 {
            troupe.emit("campaign.started", json!({ "campaignId": n, "totalRecipients": if n % 2 == 0 { 500 } else { 100 } })).await;
            node.jobs.wake();
        }
        troupe.emit("campaign.paused", json!({ "campaignId": 1, "totalRecipients": 500 })).await;
        troupe.all(job, &["success"; 15]).await;
        assert_eq!(troupe.stage.count("work"), 15);
        let row = &troupe.executions(job).await[3];
        assert_eq!((row.triggered_by.as_str(), row.correlation_id.as_deref()), ("event", Some("because")));
        stop.cancel();
        second.await.unwrap();
        troupe.stop().await;
    }

    async fn a_paused_job_starts_by_hand_only(world: World) {
        let mut troupe = Troupe::of(world);
        let job = troupe.job(one_step(json!({ "code": "hourly", "schedule_type": "interval", "interval_seconds": 3600 }))).await;
        let mut tx = troupe.world.app.db.write(troupe.world.ws).await.unwrap();
        muster_db::admin::script(&mut tx, "UPDATE jobs SET status = 'paused'").await.unwrap();
        tx.commit().await.unwrap();
        troupe.advance(3 * HOUR + MINUTE);
        let by_hand = troupe.run(job).await;
        troupe.until(by_hand, "success").await;
        assert_eq!(troupe.executions(job).await.len(), 1);
        let mut tx = troupe.world.app.db.write(troupe.world.ws).await.unwrap();
        muster_db::admin::script(&mut tx, "UPDATE jobs SET status = 'active'").await.unwrap();
        tx.commit().await.unwrap();
        troupe.advance(0);
        // One stands for the three that were missed.
        troupe.all(job, &["success"; 2]).await;
        let last = parse_moment("2026-11-24T11:00:00Z").unwrap();
        assert_eq!(troupe.number("SELECT MAX(due_at) FROM job_executions WHERE triggered_by = 'scheduler'").await, last);
        troupe.stop().await;
    }
}
