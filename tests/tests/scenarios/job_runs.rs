//! Executions: tries, ends, what becomes of them when a node stops or dies.

use std::time::Duration;

use muster_db::{Engine, admin, job_plans};
use muster_domain::time::{DAY, MINUTE, SECOND};
use muster_engine::jobs::book::Aborted;
use muster_tests::both_engines;
use muster_tests::jobs::{Play, Troupe, eventually, look};
use serde_json::{Value, json};

fn steps(list: &[(&str, Value)]) -> Value {
    let steps = list.iter().enumerate().map(|(at, (code, more))| {
        let mut step = json!({ "step_code": code, "step_order": at, "step_type": "stored_proc", "step_action": "p" });
        for (name, value) in more.as_object().unwrap() {
            step[name] = value.clone();
        }
        step
    });
    steps.collect()
}

both_engines! {
    async fn a_failed_step_is_tried_again_and_everything_is_kept(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("load", &[Play::Fails, Play::BreaksDown, Play::Gives(json!({ "n": 7 }))]);
        let job = json!({ "code": "j", "steps": steps(&[("load", json!({ "retry_count": 2, "retry_delay_seconds": 60 })), ("use", json!({}))]) });
        let job = troupe.job(job).await;
        let run = troupe.run(job).await;
        for count in 1..=3 {
            eventually("it is tried", || async { troupe.stage.count("load") == count }).await;
            let resting = "SELECT COUNT(*) FROM job_step_executions WHERE status = 'failure'";
            if count < 3 {
                eventually("the failure is kept", || async { troupe.number(resting).await == i64::try_from(count).unwrap() }).await;
                troupe.advance(59 * SECOND);
                troupe.advance(SECOND);
            }
        }
        let row = troupe.until(run, "success").await;
        assert_eq!((row.steps_total, row.steps_completed, row.steps_failed, row.rows_processed), (2, 2, 0, 30));
        assert_eq!(row.duration_ms, Some(2 * MINUTE));
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_step_executions").await, 4);
        assert_eq!(troupe.number("SELECT COUNT(*) FROM execution_logs WHERE message = 'load begins'").await, 3);
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_alerts").await, 0);
        troupe.stop().await;
    }

    async fn a_step_shows_how_far_it_says_that_it_has_come(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("work", &[Play::Comes(&[0.1, 0.333_333, 0.4])]);
        let job = troupe.job(json!({ "code": "j", "steps": steps(&[("work", json!({})), ("rest", json!({}))]) })).await;
        let mut viewer = troupe.world.app.live.subscribe(troupe.world.ws);
        let run = troupe.run(job).await;
        let path = format!("/api/v1/executions/{run}");
        let admin = troupe.world.admin().await;
        let (topic, told) = (format!("execution:{run}"), json!({ "work": 0.4 }));
        let is_pushed = async {
            while !viewer.next().await.unwrap().iter().any(|it| it.topic == topic && it.data["progress"] == told) {}
        };
        tokio::time::timeout(Duration::from_secs(30), is_pushed).await.expect("it is pushed");
        let seen = admin.get(&path).await.ok();
        let of = |at: usize| seen["steps"][at]["progress"].clone();
        assert_eq!((&seen["steps"][0]["status"], of(0), of(1)), (&json!("running"), json!(0.4), json!(null)));
        troupe.stage.let_go("work");
        troupe.until(run, "success").await;
        let seen = admin.get(&path).await.ok();
        assert_eq!((&seen["steps"][0]["progress"], &seen["steps"][1]["progress"]), (&json!(0.4), &json!(null)));
        troupe.stop().await;
    }

    async fn who_lost_the_lease_keeps_no_progress(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("work", &[Play::ComesLate(0.5)]);
        let job = troupe.job(json!({ "code": "j", "steps": steps(&[("work", json!({}))]) })).await;
        let run = troupe.run(job).await;
        eventually("it works", || async { troupe.stage.count("work") == 1 }).await;
        // Somebody else has it now, whatever this process thinks.
        let id = troupe.world.id(run);
        troupe.world.script(&format!("UPDATE job_executions SET lease_token = {} WHERE id = {id}", troupe.world.id(job))).await;
        troupe.stage.let_go("work");
        eventually("it is given up", || async { troupe.stage.over("work") == 1 }).await;
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_step_executions WHERE progress_e4 IS NOT NULL").await, 0);
        troupe.kill().await;
    }

    async fn the_most_that_its_programs_used_is_that_of_the_step_that_used_most(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("calm", &[Play::Uses { cpu_percent: 40 }]);
        troupe.stage.plays("busy", &[Play::Fails, Play::Uses { cpu_percent: 190 }, Play::Uses { cpu_percent: 1 }]);
        let beside = || json!({ "is_parallel": true, "parallel_group_id": 1 });
        let mut busy = beside();
        busy["retry_count"] = json!(1);
        let job = json!({ "code": "j", "steps": steps(&[("calm", beside()), ("busy", busy), ("last", json!({}))]) });
        let job = troupe.job(job).await;
        let run = troupe.run(job).await;
        troupe.until(run, "success").await;
        let seen = troupe.world.admin().await.get(&format!("/api/v1/executions/{run}")).await.ok();
        assert_eq!((seen["peakCpuPercent"].clone(), seen["peakMemoryMb"].clone()), (json!(190), json!(5)));
        let of = |at: usize| seen["steps"][at]["peakCpuPercent"].clone();
        assert_eq!((of(0), of(1), of(2)), (json!(40), json!(190), json!(null)));
        assert_eq!(seen["steps"][1]["tries"][1]["peakCpuPercent"], 190);
        troupe.stop().await;
    }

    async fn a_failure_is_told_and_can_be_run_again_from_its_step(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("load", &[Play::Fails, Play::Gives(json!({}))]);
        let job = json!({ "code": "j", "name": "Nightly load", "notification_recipients": ["ops@jamii.co.ke"], "steps": steps(&[("fetch", json!({})), ("load", json!({})), ("use", json!({}))]) });
        let job = troupe.job(job).await;
        let run = troupe.run(job).await;
        let row = troupe.until(run, "failure").await;
        assert_eq!((row.error_code.as_deref(), row.error_message.as_deref()), (Some("error"), Some("it went wrong")));
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_alerts WHERE kind = 'failure'").await, 1);
        assert_eq!(troupe.number("SELECT COUNT(*) FROM notifications WHERE title = 'Nightly load failed'").await, 1);
        assert_eq!(troupe.number("SELECT COUNT(*) FROM direct_messages WHERE recipient = 'ops@jamii.co.ke'").await, 1);
        let again = troupe.rerun(run, Some("load")).await;
        let row = troupe.until(again, "success").await;
        assert_eq!((row.triggered_by.as_str(), row.steps_completed), ("retry", 3));
        let count = |step| troupe.stage.count(step);
        assert_eq!((count("fetch"), count("load"), count("use")), (1, 2, 1));
        troupe.stop().await;
    }

    async fn executions_of_a_job_are_taken_in_their_order_however_long_that_waits(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stop().await;
        let one = async |code: &str| troupe.job(json!({ "code": code, "steps": steps(&[(code, json!({}))]) })).await;
        let (job, other) = (one("work").await, one("other").await);
        let (older, younger, last) = (troupe.run(job).await, troupe.run(job).await, troupe.run(other).await);
        if troupe.world.engine == Engine::Postgres {
            // Somebody changes the job, for longer than a node may be silent.
            let (app, ws) = (troupe.world.app.clone(), troupe.world.ws);
            let mut tx = app.db.write(ws).await.unwrap();
            admin::script(&mut tx, "SET LOCAL idle_in_transaction_session_timeout = 0").await.unwrap();
            job_plans::lock(&mut tx, ws, job).await.unwrap();
            troupe.start();
            eventually("who comes last is taken", || async { troupe.execution(last).await.execution_status == "running" }).await;
            let others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
            let waiting = format!("{others} AND wait_event_type = 'Lock'");
            eventually("somebody waits for the job", || async { troupe.number(&waiting).await > 0 }).await;
            let busy = format!("{others} AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'");
            eventually("everybody else is done, or waits", || async { troupe.number(&busy).await == 0 }).await;
            // Of two that wait the younger may be first.
            assert_eq!(troupe.number(&waiting).await, 1, "one waits, for all of the job");
            tx.rollback().await.unwrap();
        } else {
            troupe.start();
        }
        troupe.all(job, &["success", "success"]).await;
        let begun: Vec<_> = troupe.stage.begun().into_iter().filter(|(_, step, _)| step == "work").map(|(run, ..)| run).collect();
        assert_eq!(begun, [older, younger]);
        troupe.stop().await;
    }

    async fn somebody_stops_it_or_its_time_is_over(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("work", &[Play::Holds]);
        let work = || steps(&[("work", json!({ "timeout_seconds": 7200 }))]);
        let stopped = troupe.job(json!({ "code": "stopped", "steps": work() })).await;
        let late = troupe.job(json!({ "code": "late", "execution_timeout_minutes": 30, "sla_duration_minutes": 10, "steps": work() })).await;
        let short = troupe.job(json!({ "code": "short", "steps": steps(&[("work", json!({ "timeout_seconds": 20 * 60 }))]) })).await;
        let (stopped, late, short) = (troupe.run(stopped).await, troupe.run(late).await, troupe.run(short).await);
        eventually("all have begun", || async { troupe.stage.count("work") == 3 }).await;
        assert_eq!(troupe.abort(stopped).await, Aborted::Requested);
        troupe.until(stopped, "aborted").await;
        troupe.advance(10 * MINUTE);
        eventually("the SLA is told while it runs", || async { troupe.number("SELECT COUNT(*) FROM job_alerts WHERE kind = 'sla'").await == 1 }).await;
        assert_eq!(troupe.execution(late).await.execution_status, "running");
        troupe.advance(10 * MINUTE);
        let row = troupe.until(short, "failure").await;
        assert_eq!(row.error_code.as_deref(), Some("timeout"));
        troupe.advance(10 * MINUTE);
        let row = troupe.until(late, "timeout").await;
        assert!(row.sla_breached);
        troupe.stop().await;
    }

    async fn a_step_that_was_stopped_keeps_its_end_and_what_it_said(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("work", &[Play::Holds]);
        let beside = || json!({ "is_parallel": true, "parallel_group_id": 1, "timeout_seconds": 7200 });
        let mut short = beside();
        short["timeout_seconds"] = json!(60);
        let list = [("work", beside()), ("short", short), ("last", json!({}))];
        troupe.stage.plays("short", &[Play::Holds]);
        let aborted = troupe.job(json!({ "code": "aborted", "steps": steps(&list) })).await;
        let timeout = troupe.job(json!({ "code": "timeout", "execution_timeout_minutes": 5, "steps": steps(&list[..1]) })).await;
        let (aborted, timeout) = (troupe.run(aborted).await, troupe.run(timeout).await);
        eventually("all have begun", || async { troupe.stage.count("work") + troupe.stage.count("short") == 3 }).await;
        troupe.advance(SECOND);
        troupe.abort(aborted).await;
        troupe.until(aborted, "aborted").await;
        troupe.advance(5 * MINUTE);
        troupe.until(timeout, "timeout").await;
        let admin = troupe.world.admin().await;
        for (run, why, second) in [(aborted, "somebody stopped the run", "08:00:01"), (timeout, "the run took longer than its timeout allows", "08:05:01")] {
            let seen = admin.get(&format!("/api/v1/executions/{run}")).await.ok();
            let work = &seen["steps"][0];
            let words = format!("Stopped in the middle, because {why}.");
            for stopped in [work, &work["tries"][0]] {
                assert_eq!((&stopped["status"], &stopped["errorCode"], &stopped["errorMessage"]), (&json!("cancelled"), &json!("stopped"), &json!(words)));
                assert_eq!(stopped["completedAt"], json!(format!("2026-11-24T{second}Z")));
            }
            let log = admin.get(&format!("/api/v1/executions/{run}/log?step=work")).await.ok();
            assert_eq!(log["lines"][0]["message"], "work begins", "{log}");
        }
        let seen = admin.get(&format!("/api/v1/executions/{aborted}")).await.ok();
        assert_eq!((&seen["steps"][1]["status"], &seen["steps"][2]["status"]), (&json!("cancelled"), &json!("skipped")));
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_step_executions WHERE status = 'running' OR completed_at IS NULL").await, 0);
        troupe.stop().await;
    }

    async fn another_process_goes_on_where_one_died(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("third", &[Play::Holds]);
        troupe.stage.plays("other", &[Play::Holds]);
        let list = [("first", json!({})), ("third", json!({ "is_repeatable": true })), ("last", json!({}))];
        let safe = troupe.job(json!({ "code": "safe", "steps": steps(&list) })).await;
        let once = troupe.job(json!({ "code": "once", "steps": steps(&[("other", json!({}))]) })).await;
        let (safe, once) = (troupe.run(safe).await, troupe.run(once).await);
        eventually("both are at work", || async { troupe.stage.count("third") + troupe.stage.count("other") == 2 }).await;
        troupe.kill().await;
        troupe.start();
        troupe.advance(29 * SECOND);
        assert_eq!(troupe.execution(safe).await.execution_status, "running");
        troupe.advance(2 * SECOND);
        let row = troupe.until(once, "failure").await;
        assert_eq!(row.error_code.as_deref(), Some("node_lost"), "a step that may not be repeated is not");
        eventually("it is begun anew", || async { troupe.stage.count("third") == 2 }).await;
        troupe.stage.let_go("third");
        troupe.until(safe, "success").await;
        let count = |step| troupe.stage.count(step);
        assert_eq!((count("first"), count("third"), count("last"), count("other")), (1, 2, 1, 1));
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_step_executions WHERE status = 'running'").await, 0);
        troupe.stop().await;
    }

    async fn a_node_that_wakes_up_late_changes_nothing(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("work", &[Play::Holds]);
        let job = troupe.job(json!({ "code": "j", "steps": steps(&[("work", json!({ "is_repeatable": true })), ("last", json!({}))]) })).await;
        // Ready before the first one is at work: its sign of life is due ten real seconds later.
        let other = tempfile::tempdir().unwrap();
        let node = troupe.world.another_node(other.path()).await.with_steps(troupe.stage.clone());
        let run = troupe.run(job).await;
        eventually("it is at work", || async { troupe.stage.count("work") == 1 }).await;
        // It stands still for longer than its lease: nobody rings, and its own timers are not due.
        troupe.world.clock.advance(31 * SECOND);
        let (stop, second) = look(&node);
        eventually("another one has taken over", || async { troupe.stage.count("work") == 2 }).await;
        // Both are told at the same time that their work is done; only one may say so.
        troupe.stage.let_go("work");
        let row = troupe.until(run, "success").await;
        troupe.advance(0);
        assert_eq!((row.steps_completed, troupe.stage.count("last")), (2, 1));
        assert_eq!(row.worker_node_id, Some(node.node.id.to_string()));
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_step_executions WHERE status = 'success'").await, 2);
        assert_eq!(troupe.number("SELECT COUNT(*) FROM job_step_executions WHERE error_code = 'node_lost'").await, 1);
        stop.cancel();
        second.await.unwrap();
        troupe.stop().await;
    }

    async fn a_node_that_stops_hands_its_work_on_at_once(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("work", &[Play::Holds]);
        let job = troupe.job(json!({ "code": "j", "steps": steps(&[("first", json!({})), ("work", json!({ "is_repeatable": true }))]) })).await;
        let run = troupe.run(job).await;
        eventually("it is at work", || async { troupe.stage.count("work") == 1 }).await;
        troupe.stop().await;
        assert_eq!(troupe.execution(run).await.execution_status, "queued");
        troupe.stage.let_go("work");
        troupe.start();
        troupe.until(run, "success").await;
        assert_eq!((troupe.stage.count("first"), troupe.stage.count("work")), (1, 2));
        troupe.stop().await;
    }

    async fn a_character_that_no_database_keeps_is_in_nobodys_way(world: World) {
        let mut troupe = Troupe::of(world);
        troupe.stage.plays("load", &[Play::Says("half a \0 word"), Play::Gives(json!({ "na\0me": ["va\0lue"] }))]);
        let admin = troupe.world.admin().await;
        let list = steps(&[("load", json!({ "retry_count": 1, "step_action": "p" })), ("use", json!({ "parameters": { "who": ":who" } }))]);
        let job = json!({ "code": "j", "description": "a\0b", "parameters": { "who": { "type": "text" } }, "steps": list });
        let job = admin.post("/api/v1/jobs", json!({ "definition": job })).await.ok();
        let path = format!("/api/v1/jobs/{}/run", job["id"].as_str().unwrap());
        let run = admin.post(&path, json!({ "parameters": { "who": "A\0B" } })).await.ok();
        let id = run["id"].as_str().unwrap();
        troupe.until(id.parse().unwrap(), "success").await;
        let seen = admin.get(&format!("/api/v1/executions/{id}")).await.ok();
        assert_eq!(seen["parameters"]["who"], "A\u{fffd}B");
        assert_eq!(seen["steps"][0]["output"], json!({ "na\u{fffd}me": ["va\u{fffd}lue"] }));
        assert_eq!(seen["steps"][0]["tries"][0]["errorMessage"], "half a \u{fffd} word");
        assert_eq!(seen["steps"][1]["input"]["who"], "A\u{fffd}B");
        assert!(muster_tests::jobs::log(&troupe.world, &run).await.contains("half a \u{fffd} word"));
        troupe.stop().await;
    }

    async fn executions_are_put_away_and_then_forgotten(world: World) {
        let mut troupe = Troupe::of(world);
        let old = troupe.job(json!({ "code": "old", "steps": steps(&[("work", json!({}))]) })).await;
        let new = troupe.job(json!({ "code": "new", "steps": steps(&[("work", json!({}))]) })).await;
        let first = troupe.run(old).await;
        troupe.until(first, "success").await;
        let admin = troupe.world.admin().await;
        let listed = async |archived: bool| admin.get(&format!("/api/v1/executions?jobId={old}&archived={archived}")).await.ok().as_array().unwrap().len();
        let kept = |table: &str| format!("SELECT COUNT(*) FROM {table} WHERE execution_id = {}", troupe.world.id(first));
        let (lines, tries) = (kept("execution_logs"), kept("job_step_executions"));
        // Whatever is put away is so in the look that begins this one.
        troupe.advance(30 * DAY);
        let run = troupe.run(new).await;
        troupe.until(run, "success").await;
        assert_eq!((listed(false).await, listed(true).await, troupe.number(&lines).await > 0), (1, 0, true), "thirty days are not over");
        troupe.advance(10 * MINUTE);
        eventually("it is put away", || async { listed(true).await == 1 }).await;
        assert_eq!((listed(false).await, troupe.number(&lines).await, troupe.number(&tries).await), (0, 0, 1), "its lines are gone");
        troupe.advance(370 * DAY);
        eventually("it is forgotten", || async { listed(true).await == 0 }).await;
        assert_eq!(troupe.number(&tries).await, 0);
        troupe.stop().await;
    }

    async fn of_what_muster_does_by_itself_the_newest_stay(world: World) {
        let mut troupe = Troupe::of(world);
        let sweep = troupe.job(json!({ "code": "sweep", "overlap_policy": "allow", "max_concurrent_executions": 50, "steps": steps(&[("work", json!({}))]) })).await;
        troupe.stage.plays("work", &[Play::Fails, Play::Gives(json!({}))]);
        let failed = troupe.run(sweep).await;
        troupe.until(failed, "failure").await;
        for _ in 0..104 {
            troupe.run(sweep).await;
        }
        let ended = "SELECT COUNT(*) FROM job_executions WHERE execution_status IN ('success', 'failure')";
        eventually("all have ended", || async { troupe.number(ended).await == 105 }).await;
        troupe.world.script("UPDATE jobs SET is_built_in = TRUE").await;
        troupe.advance(10 * MINUTE);
        eventually("a hundred stay, and the one that failed", || async { troupe.number(ended).await == 101 }).await;
        assert_eq!(troupe.execution(failed).await.execution_status, "failure");
        troupe.stop().await;
    }

    async fn what_muster_does_by_itself_is_seen_and_bounded(world: World) {
        let mut troupe = Troupe::of(world);
        muster_app::job_engine::built_in::ensure(&troupe.world.app).await.unwrap();
        muster_app::job_engine::built_in::ensure(&troupe.world.app).await.unwrap();
        assert_eq!(troupe.number("SELECT COUNT(*) FROM jobs WHERE is_built_in").await, 9);
        for minute in 1..=3 {
            troupe.advance(MINUTE);
            let done = "SELECT COUNT(*) FROM job_executions WHERE execution_status = 'success' AND triggered_by = 'scheduler' AND steps_completed = 1";
            eventually("campaigns, plans and mailboxes are looked at every minute", || async { troupe.number(done).await == 3 * minute }).await;
        }
        troupe.stop().await;
    }
}
