//! A fault of the database with one job or one execution: the others go on, and that one does, too, once the fault is gone.

use muster_domain::time::{HOUR, MINUTE, SECOND};
use muster_tests::jobs::{Play, Troupe, eventually};
use muster_tests::{Engine, World, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

fn one_step(job: Value) -> Value {
    let mut job = job;
    job["steps"] = json!([{ "step_code": "work", "step_order": 1, "step_type": "stored_proc", "step_action": "p" }]);
    job
}

/// From now on the database refuses to add (`INSERT`) or to change (`UPDATE`) executions of a job.
async fn refuse(world: &World, what: &str, job: Uuid) {
    refuse_if(world, what, &format!("NEW.job_id = {}", world.id(job))).await;
}

async fn refuse_if(world: &World, what: &str, which: &str) {
    let text = match world.engine {
        Engine::Sqlite => format!(
            "CREATE TRIGGER refused BEFORE {what} ON job_executions WHEN {which} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        ),
        Engine::Postgres => format!(
            "CREATE OR REPLACE FUNCTION refused() RETURNS trigger AS $$ BEGIN IF {which} THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql;
             CREATE TRIGGER refused BEFORE {what} ON job_executions FOR EACH ROW EXECUTE FUNCTION refused()"
        ),
    };
    world.script(&text).await;
}

async fn allow(world: &World) {
    let text = match world.engine {
        Engine::Sqlite => "DROP TRIGGER refused",
        Engine::Postgres => "DROP TRIGGER refused ON job_executions",
    };
    world.script(text).await;
}

both_engines! {
    async fn an_event_that_cannot_start_one_job_starts_the_others(world: World) {
        let mut troupe = Troupe::of(world);
        let triggered = |code: &str| one_step(json!({ "code": code, "schedule_type": "event_driven", "trigger_event_type": "event_bus",
            "overlap_policy": "allow", "max_concurrent_executions": 9, "trigger_condition": { "event": "campaign.activated" } }));
        let (bad, good) = (troupe.job(triggered("bad")).await, troupe.job(triggered("good")).await);
        refuse(&troupe.world, "INSERT", bad).await;
        for n in 0..3 {
            troupe.emit("campaign.started", json!({ "campaignId": n })).await;
        }
        troupe.all(good, &["success"; 3]).await;
        // Tried once: the clock stands, and nothing is tried again before its time.
        let late = "SELECT COUNT(*) FROM job_late_starts WHERE tries = 1";
        eventually("three starts are late", || async { troupe.number(late).await == 3 }).await;
        troupe.advance(SECOND);
        eventually("they fail again", || async { troupe.number("SELECT COUNT(*) FROM job_late_starts WHERE tries = 2").await == 3 }).await;
        allow(&troupe.world).await;
        troupe.advance(SECOND);
        assert!(troupe.statuses(bad).await.is_empty(), "the second rest is twice as long");
        troupe.advance(SECOND);
        troupe.all(bad, &["success"; 3]).await;
        assert_eq!((troupe.number("SELECT COUNT(*) FROM job_late_starts").await, troupe.statuses(good).await.len()), (0, 3));
        troupe.stop().await;
    }

    async fn an_end_stands_whatever_it_cannot_start(world: World) {
        let mut troupe = Troupe::of(world);
        let first = troupe.job(one_step(json!({ "code": "first" }))).await;
        let after = |code: &str| one_step(json!({ "code": code, "schedule_type": "dependency_based", "depends_on_jobs": ["first"], "dependency_mode": "all_success" }));
        let (bad, good) = (troupe.job(after("bad")).await, troupe.job(after("good")).await);
        refuse(&troupe.world, "INSERT", bad).await;
        let run = troupe.run(first).await;
        troupe.until(run, "success").await;
        troupe.all(good, &["success"]).await;
        allow(&troupe.world).await;
        troupe.advance(SECOND);
        troupe.all(bad, &["success"]).await;
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_late_starts").await, 0);
        troupe.stop().await;
    }

    async fn a_job_that_cannot_start_on_time_starts_later(world: World) {
        let mut troupe = Troupe::of(world);
        let hourly = |code: &str| one_step(json!({ "code": code, "schedule_type": "interval", "interval_seconds": 3600 }));
        let (bad, good) = (troupe.job(hourly("bad")).await, troupe.job(hourly("good")).await);
        refuse(&troupe.world, "INSERT", bad).await;
        troupe.advance(HOUR);
        troupe.all(good, &["success"]).await;
        allow(&troupe.world).await;
        troupe.advance(MINUTE);
        troupe.all(bad, &["success"]).await;
        troupe.stop().await;
    }

    async fn one_that_cannot_be_taken_is_in_nobodys_way(world: World) {
        let mut troupe = Troupe::of(world);
        let bad = troupe.job(one_step(json!({ "code": "bad", "priority": 9, "overlap_policy": "allow", "max_concurrent_executions": 40 }))).await;
        let good = troupe.job(one_step(json!({ "code": "good" }))).await;
        refuse(&troupe.world, "UPDATE", bad).await;
        // More than there is room for, and all of them before the other.
        for _ in 0..20 {
            troupe.run(bad).await;
        }
        for _ in 0..3 {
            let run = troupe.run(good).await;
            troupe.until(run, "success").await;
        }
        assert_eq!(troupe.statuses(bad).await, ["queued"; 20]);
        allow(&troupe.world).await;
        troupe.advance(5 * MINUTE);
        troupe.all(bad, &["success"; 20]).await;
        troupe.stop().await;
    }

    async fn one_whose_end_cannot_be_kept_is_in_nobodys_way(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("work", &[Play::Holds]);
        let many = |code: &str| one_step(json!({ "code": code, "overlap_policy": "allow", "max_concurrent_executions": 9 }));
        let (bad, good) = (troupe.job(many("bad")).await, troupe.job(many("good")).await);
        let which = format!("NEW.job_id = {} AND NEW.execution_status = 'success'", troupe.world.id(bad));
        refuse_if(&troupe.world, "UPDATE", &which).await;
        for _ in 0..4 {
            troupe.run(bad).await;
            troupe.run(good).await;
        }
        eventually("all have begun", || async { troupe.stage.count("work") == 8 }).await;
        // All end at the same time.
        troupe.stage.let_go("work");
        troupe.all(good, &["success"; 4]).await;
        assert_eq!(troupe.statuses(bad).await, ["running"; 4]);
        allow(&troupe.world).await;
        troupe.all(bad, &["success"; 4]).await;
        assert_eq!(troupe.stage.count("work"), 8);
        troupe.stop().await;
    }

    async fn one_that_waits_and_cannot_be_judged_is_in_nobodys_way(world: World) {
        let mut troupe = Troupe::of(world);
        let first = troupe.job(one_step(json!({ "code": "first" }))).await;
        let after = |code: &str| one_step(json!({ "code": code, "job_dependencies": [{ "depends_on_job_id": "first" }] }));
        let (bad, good) = (troupe.job(after("bad")).await, troupe.job(after("good")).await);
        refuse(&troupe.world, "UPDATE", bad).await;
        let (waits, runs) = (troupe.run(bad).await, troupe.run(good).await);
        let judged = "SELECT COUNT(*) FROM job_executions WHERE waiting_on IS NOT NULL";
        eventually("the other one is judged", || async { troupe.number(judged).await == 1 }).await;
        allow(&troupe.world).await;
        let run = troupe.run(first).await;
        troupe.until(run, "success").await;
        troupe.until(runs, "success").await;
        troupe.advance(MINUTE);
        troupe.until(waits, "success").await;
        troupe.stop().await;
    }
}
