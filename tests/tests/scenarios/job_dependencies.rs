//! Jobs that wait for others, and jobs that are started by others.

use muster_domain::time::{DAY, MINUTE};
use muster_engine::jobs::book::Aborted;
use muster_tests::both_engines;
use muster_tests::jobs::{Play, Troupe, eventually};
use serde_json::{Value, json};

fn job(code: &str, more: Value) -> Value {
    let mut job = json!({ "code": code, "steps": [{ "step_code": code, "step_order": 1, "step_type": "stored_proc", "step_action": "p" }] });
    for (name, value) in more.as_object().unwrap() {
        job[name] = value.clone();
    }
    job
}

both_engines! {
    async fn a_job_waits_for_what_it_depends_on_and_says_so(world: World) {
        let mut troupe = Troupe::of(world);
        let first = troupe.job(job("first", json!({}))).await;
        let second = troupe.job(job("second", json!({ "job_dependencies": [{ "depends_on_job_id": "first" }] }))).await;
        let waiting = troupe.run(second).await;
        let words = "SELECT COUNT(*) FROM job_executions WHERE execution_status = 'pending' AND CAST(waiting_on AS TEXT) LIKE '%first%' AND CAST(waiting_on AS TEXT) LIKE '%not_run%'";
        eventually("it says on what it waits", || async { troupe.number(words).await == 1 }).await;
        troupe.stage.plays("first", &[Play::Fails, Play::Gives(json!({}))]);
        let failed = troupe.run(first).await;
        troupe.until(failed, "failure").await;
        assert_eq!(troupe.execution(waiting).await.execution_status, "pending", "somebody may run it again");
        troupe.rerun(failed, None).await;
        troupe.until(waiting, "success").await;
        assert_eq!(troupe.stage.begun().iter().map(|(_, step, _)| step.as_str()).collect::<Vec<_>>(), ["first", "first", "second"]);
        troupe.stop().await;
    }

    async fn a_wait_ends_with_its_words_when_it_took_too_long(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.job(job("first", json!({}))).await;
        let rule = json!([{ "depends_on_job_id": "first", "max_wait_minutes": 10 }]);
        let second = troupe.job(job("second", json!({ "job_dependencies": rule }))).await;
        let waiting = troupe.run(second).await;
        eventually("it was judged", || async { troupe.number("SELECT COUNT(*) FROM job_executions WHERE waiting_on IS NOT NULL").await == 1 }).await;
        troupe.advance(10 * MINUTE - 1);
        troupe.advance(1);
        let row = troupe.until(waiting, "cancelled").await;
        assert_eq!(row.error_message.as_deref(), Some("first: Waited 10 minutes: it did not run."));
        assert_eq!((row.error_code.as_deref(), troupe.stage.count("second")), (Some("dependency_not_met"), 0));
        troupe.stop().await;
    }

    async fn yesterday_counts_where_it_is_asked_for_and_numbers_decide(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("delivery", &[Play::Gives(json!({ "delivery_rate": 0.93 })), Play::Gives(json!({ "delivery_rate": 0.5 }))]);
        let delivery = troupe.job(job("delivery", json!({}))).await;
        let rule = |kind: &str, more: Value| {
            let mut rule = json!({ "depends_on_job_id": "delivery", "dependency_type": kind });
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "job_dependencies": [rule] })
        };
        let good = troupe.job(job("good", rule("conditional", json!({ "execution_condition": "delivery_rate > 0.8" })))).await;
        let next_day = troupe.job(job("next_day", rule("cross_day", json!({})))).await;
        let run = troupe.run(delivery).await;
        troupe.until(run, "success").await;
        let waits = troupe.run(next_day).await;
        let goes = troupe.run(good).await;
        troupe.until(goes, "success").await;
        assert_eq!(troupe.execution(waits).await.execution_status, "pending", "today is not yesterday");
        troupe.advance(DAY);
        let tomorrow = troupe.run(next_day).await;
        let run = troupe.run(delivery).await;
        troupe.until(run, "success").await;
        let refused = troupe.run(good).await;
        let row = troupe.until(refused, "cancelled").await;
        assert!(row.error_message.unwrap().contains("delivery_rate is 0.5"));
        assert_eq!(troupe.abort(waits).await, Aborted::Cancelled);
        troupe.until(tomorrow, "success").await;
        troupe.stop().await;
    }

    async fn jobs_are_started_by_those_that_they_depend_on(world: World) {
        let mut troupe = Troupe::of(world);
        let a = troupe.job(job("a", json!({}))).await;
        let b = troupe.job(job("b", json!({}))).await;
        let by = |mode: &str| json!({ "schedule_type": "dependency_based", "depends_on_jobs": ["a", "b"], "dependency_mode": mode });
        let all = troupe.job(job("all", by("all_success"))).await;
        let completed = troupe.job(job("completed", by("all_completed"))).await;
        let any = troupe.job(job("any", by("any"))).await;
        troupe.stage.plays("b", &[Play::Fails, Play::Gives(json!({}))]);
        let run = troupe.run(a).await;
        troupe.until(run, "success").await;
        troupe.all(any, &["success"]).await;
        troupe.all(all, &["pending"]).await;
        let run = troupe.run(b).await;
        troupe.until(run, "failure").await;
        troupe.all(completed, &["success"]).await;
        troupe.all(any, &["success", "success"]).await;
        troupe.all(all, &["pending"]).await;
        troupe.rerun(run, Some("b")).await;
        troupe.all(all, &["success"]).await;
        troupe.all(any, &["success"; 3]).await;
        let row = &troupe.executions(all).await[0];
        assert_eq!((row.triggered_by.as_str(), row.correlation_id.as_deref()), ("dependency", Some("test")));
        // What has started it once does not start it again: now `a` runs alone.
        let run = troupe.run(a).await;
        troupe.until(run, "success").await;
        troupe.all(any, &["success"; 4]).await;
        troupe.all(all, &["success", "pending"]).await;
        troupe.stop().await;
    }
}
