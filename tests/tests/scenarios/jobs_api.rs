//! Jobs over the API: saved, refused, imported, started, paused, deleted, and kept from those who may not.

use axum::http::StatusCode;
use muster_db::job_alerts;
use muster_domain::clock::Clock;
use muster_domain::job::examples::EXAMPLES;
use muster_domain::role::Role;
use muster_domain::time::HOUR;
use muster_tests::jobs::{eventually, look};
use muster_tests::{Client, both_engines};
use serde_json::{Value, json};

use super::board::other_workspace;

/// A job with a step that only looks.
fn nightly(code: &str) -> Value {
    json!({ "code": code, "name": format!("Job {code}"), "schedule_type": "cron", "cron_expression": "0 2 * * *", "timezone": "Africa/Nairobi",
            "parameters": { "limit": { "type": "integer", "default": 5 } },
            "steps": [{ "step_order": 1, "step_code": "count", "step_type": "sql", "step_action": "SELECT COUNT(*) AS n FROM customers" }] })
}

fn manual(code: &str) -> Value {
    json!({ "code": code, "schedule_type": "manual",
            "parameters": { "day": { "type": "date", "required": true } },
            "steps": [{ "step_order": 1, "step_code": "pause", "step_type": "wait", "step_action": 5 }] })
}

async fn create(client: &Client, definition: Value, dependencies: Value) -> Value {
    client.post("/api/v1/jobs", json!({ "definition": definition, "dependencies": dependencies })).await.ok()
}

fn at<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value:#}"))
}

/// Paths and codes of what is wrong.
fn wrong(problems: &Value) -> Vec<(String, String)> {
    problems.as_array().unwrap().iter().map(|p| (at(p, "path").to_owned(), at(p, "code").to_owned())).collect()
}

fn refusals(answer: &muster_tests::client::Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{:#}", answer.body);
    wrong(&answer.body["error"]["details"])
}

both_engines! {
    async fn a_job_is_made_shown_changed_and_deleted(world: World) {
        let admin = world.admin().await;
        let job = create(&admin, nightly("nightly"), json!([])).await;
        assert_eq!((at(&job, "kind"), at(&job, "status"), job["version"].as_i64()), ("own", "active", Some(1)));
        // 02:00 in Nairobi is 23:00 UTC.
        assert_eq!((at(&job, "nextRunAt"), job["nextMoments"][1].as_str()), ("2026-11-24T23:00:00Z", Some("2026-11-25T23:00:00Z")));
        let path = format!("/api/v1/jobs/{}", at(&job, "id"));
        let mut definition = admin.get(&path).await.ok()["definition"].clone();
        assert_eq!(definition["steps"][0]["step_code"], "count");
        definition["cron_expression"] = json!("0 3 * * *");
        let change = json!({ "definition": definition, "version": 1 });
        let changed = admin.put(&path, change.clone()).await.ok();
        assert_eq!((at(&changed, "nextRunAt"), changed["version"].as_i64()), ("2026-11-25T00:00:00Z", Some(2)));
        assert_eq!(admin.put(&path, change).await.refused(409), "stale");
        definition["code"] = json!("weekly");
        let renamed = admin.put(&path, json!({ "definition": definition, "version": 2 })).await;
        assert_eq!(refusals(&renamed), [("code".into(), "fixed".into())]);
        let listed = admin.get("/api/v1/jobs?kind=own&search=NIGHT&scheduleType=cron&status=active").await.ok();
        assert_eq!((listed.as_array().unwrap().len(), at(&listed[0], "code")), (1, "nightly"));
        assert_eq!(admin.get("/api/v1/jobs?kind=built_in&search=nightly").await.ok(), json!([]));
        assert_eq!(world.number("SELECT COUNT(*) FROM job_steps").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM job_definitions").await, 2, "definitions are kept");
        assert_eq!(admin.delete(&path).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get(&path).await.refused(404), "not_found");
    }

    async fn everything_that_is_wrong_is_said_at_once(world: World) {
        let admin = world.admin().await;
        create(&admin, nightly("a"), json!([])).await;
        let mut bad = nightly("a");
        bad["cron_expression"] = json!("0 25 * * *");
        bad["colour"] = json!("red");
        let said = refusals(&admin.post("/api/v1/jobs", json!({ "definition": bad })).await);
        assert!(said.iter().any(|(path, _)| path == "cron_expression") && said.iter().any(|(path, _)| path == "colour"), "{said:?}");
        let input = json!({ "definition": nightly("a"), "dependencies": [{ "job_id": "a", "depends_on_job_id": "nobody" }] });
        let both = [("code".to_owned(), "duplicate".to_owned()), ("dependencies[0].depends_on_job_id".into(), "unknown_job".into())];
        assert_eq!(refusals(&admin.post("/api/v1/jobs", input.clone()).await), both);
        let checked = admin.post("/api/v1/jobs/check", input).await.ok();
        assert_eq!(wrong(&checked["problems"]), both);
        assert_eq!(checked["nextMoments"].as_array().unwrap().len(), 5);
    }

    async fn the_catalogue_says_what_kinds_of_jobs_there_are(world: World) {
        let admin = world.admin().await;
        let types = admin.get("/api/v1/jobs/types").await.ok();
        let codes: Vec<_> = types.as_array().unwrap().iter().map(|kind| at(kind, "code")).collect();
        assert_eq!((codes.len(), codes[0], codes[9]), (10, "segment-evaluation", "custom"));
        assert_eq!(types[0]["defaults"], json!({ "execution_timeout_minutes": 60, "sla_duration_minutes": 30 }));
        assert!(types.as_array().unwrap().iter().all(|kind| !at(kind, "description").is_empty()));
        // A job of a type is found by it, also where an older system numbered it.
        let mut numbered = nightly("numbered");
        numbered["job_type_id"] = json!(2);
        create(&admin, numbered, json!([])).await;
        create(&admin, nightly("other"), json!([])).await;
        let found = admin.get("/api/v1/jobs?jobTypeId=customer-profile-fetch").await.ok();
        assert_eq!((found.as_array().unwrap().len(), at(&found[0], "code")), (1, "numbered"));
    }

    async fn what_cannot_be_read_of_an_address_is_refused_in_the_usual_envelope(world: World) {
        let admin = world.admin().await;
        for path in ["jobs/nonsense", "executions/1", "executions/nonsense/log"] {
            assert_eq!(admin.get(&format!("/api/v1/{path}")).await.refused(404), "not_found", "{path}");
        }
        let answer = admin.get("/api/v1/executions?jobId=nonsense").await;
        assert!(answer.body["error"]["message"].as_str().unwrap().contains("jobId"), "{:#}", answer.body);
        assert_eq!(answer.refused(400), "bad_query");
    }

    async fn the_timeline_has_all_moments_of_a_job_of_every_minute(world: World) {
        let admin = world.admin().await;
        let often = json!({ "code": "often", "schedule_type": "interval", "interval_seconds": 60, "steps": nightly("x")["steps"] });
        create(&admin, often, json!([])).await;
        for code in 0..9 {
            create(&admin, nightly(&format!("nightly-{code}")), json!([])).await;
        }
        let day = "from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z";
        let seen = admin.get(&format!("/api/v1/jobs/timeline?{day}&nearMs=600000&kind=own")).await.ok();
        let of = seen["upcoming"].as_array().unwrap().iter().filter(|run| at(run, "jobCode") == "often");
        // It is 08:00: sixteen hours are left.
        assert_eq!(of.map(|run| run["count"].as_i64().unwrap()).sum::<i64>(), 16 * 60 - 1);
        assert_eq!((&seen["isMore"], &seen["isMoreUpcoming"]), (&json!(false), &json!(false)));
        let each = admin.get(&format!("/api/v1/jobs/timeline?{day}&kind=own")).await.ok();
        assert_eq!((&each["isMore"], &each["isMoreUpcoming"]), (&json!(false), &json!(true)), "no run was left out");
    }

    async fn jobs_that_wait_for_each_other_are_named(world: World) {
        let admin = world.admin().await;
        let first = create(&admin, manual("first"), json!([])).await;
        let waits = |on: &str| json!([{ "job_id": "second", "depends_on_job_id": on, "dependency_type": "optional", "max_wait_minutes": 30 }]);
        create(&admin, manual("second"), waits("first")).await;
        let mut third = manual("third");
        third["depends_on_jobs"] = json!(["second"]);
        create(&admin, third, json!([])).await;
        let path = format!("/api/v1/jobs/{}", at(&first, "id"));
        let mut circular = manual("first");
        circular["depends_on_jobs"] = json!(["third"]);
        let refused = admin.put(&path, json!({ "definition": circular, "version": 1 })).await;
        assert_eq!(refusals(&refused), [("depends_on_jobs".into(), "cycle".into())]);
        let words = refused.body["error"]["message"].as_str().unwrap();
        assert!(["first → third", "third → second", "second → first"].iter().filter(|link| words.contains(**link)).count() >= 2, "{words}");
        // Nobody takes away what others wait for.
        assert_eq!(admin.delete(&path).await.refused(409), "waited_for");
        let shown = admin.get(&path).await.ok();
        assert_eq!((at(&shown["dependencies"][0], "direction"), at(&shown["dependencies"][0]["dependency"], "job_id")), ("waited_for_by", "second"));
        let graph = admin.get("/api/v1/jobs/graph").await.ok();
        let edges: Vec<_> = graph["edges"].as_array().unwrap().iter().map(|e| (at(e, "dependencyType"), e["mode"].as_str())).collect();
        assert_eq!(edges, [("optional", None), ("blocking", Some("all_success"))]);
    }

    async fn a_job_is_started_stopped_and_done_again(world: World) {
        let admin = world.admin().await;
        let job = create(&admin, manual("by-hand"), json!([])).await;
        let path = format!("/api/v1/jobs/{}", at(&job, "id"));
        let run = format!("{path}/run");
        let problems = refusals(&admin.post(&run, json!({ "parameters": { "dya": 1 } })).await);
        assert_eq!(problems, [("parameters.dya".into(), "unknown_parameter".into()), ("parameters.day".into(), "required".into())]);
        let parameters = json!({ "parameters": { "day": "2026-11-24" } });
        let keyed = admin.with_key("once");
        let started = keyed.post(&run, parameters.clone()).await.ok();
        assert_eq!((at(&started, "executionStatus"), at(&started, "triggeredBy")), ("queued", "api"));
        assert_eq!(keyed.post(&run, parameters).await.ok()["id"], started["id"], "a repeated call starts nothing");
        let execution = format!("/api/v1/executions/{}", at(&started, "id"));
        let shown = admin.get(&execution).await.ok();
        assert_eq!(shown["parameters"], json!({ "day": "2026-11-24" }));
        assert_eq!((at(&shown["steps"][0], "stepCode"), at(&shown["steps"][0], "status")), ("pause", "pending"));
        assert_eq!(admin.get(&path).await.ok()["waitingCount"], 1);
        assert_eq!(admin.delete(&path).await.refused(409), "at_work");
        assert_eq!(at(&admin.post(&format!("{execution}/abort"), json!({})).await.ok(), "executionStatus"), "cancelled");
        assert_eq!(admin.post(&format!("{execution}/abort"), json!({})).await.refused(409), "refused");
        let again = admin.post(&format!("{execution}/rerun"), json!({})).await.ok();
        assert_eq!(admin.get(&format!("/api/v1/executions/{}", at(&again, "id"))).await.ok()["rerunOf"], started["id"]);
        let marks = admin.get(&path).await.ok()["lastRuns"].clone();
        assert_eq!((at(&marks[0], "status"), at(&marks[1], "status")), ("cancelled", "queued"), "oldest first");
        let found = admin.get("/api/v1/executions?status=queued&triggeredBy=retry&search=by-hand").await.ok();
        assert_eq!(found.as_array().unwrap().len(), 1);
        let log = admin.get(&format!("{execution}/log")).await.ok();
        assert_eq!(log, json!({ "lines": [], "lastId": 0, "isMore": false }));
        let timeline = admin.get("/api/v1/jobs/timeline?from=2026-11-24T00:00:00Z&to=2026-11-26T00:00:00Z").await.ok();
        assert_eq!(timeline["runs"].as_array().unwrap().len(), 2);
        let near = admin.get("/api/v1/jobs/timeline?from=2026-11-24T00:00:00Z&to=2026-11-26T00:00:00Z&nearMs=60000").await.ok();
        assert_eq!((near["runs"].as_array().unwrap().len(), &near["runs"][0]["count"]), (1, &json!(2)), "near ones are one");
        assert_eq!(admin.get("/api/v1/jobs/timeline?from=2026-11-24&to=2026-11-24").await.refused(400), "bad_span");
    }

    async fn a_run_says_by_name_what_it_waits_for(world: World) {
        let admin = world.admin().await;
        let first = create(&admin, json!({ "code": "first", "name": "First of all", "steps": manual("x")["steps"] }), json!([])).await;
        let waits = json!([{ "job_id": "second", "depends_on_job_id": "first", "dependency_type": "blocking" }]);
        let second = create(&admin, json!({ "code": "second", "steps": manual("x")["steps"] }), waits).await;
        let run = admin.post(&format!("/api/v1/jobs/{}/run", at(&second, "id")), json!({})).await.ok();
        let (stop, looking) = look(&world.app);
        let judged = "SELECT COUNT(*) FROM job_executions WHERE waiting_on IS NOT NULL";
        eventually("it was judged", || async { world.number(judged).await == 1 }).await;
        stop.cancel();
        looking.await.unwrap();
        let shown = admin.get(&format!("/api/v1/executions/{}", at(&run, "id"))).await.ok();
        let on = &shown["waitingOn"][0];
        assert_eq!((at(on, "job"), at(on, "jobName"), &on["jobId"]), ("first", "First of all", &first["id"]));
    }

    async fn pausing_keeps_the_clock_and_counts_as_a_change(world: World) {
        let admin = world.admin().await;
        let job = create(&admin, nightly("nightly"), json!([])).await;
        let path = format!("/api/v1/jobs/{}", at(&job, "id"));
        let paused = admin.post(&format!("{path}/pause"), json!({})).await.ok();
        assert_eq!((at(&paused, "status"), &paused["nextRunAt"], &paused["nextMoments"]), ("paused", &Value::Null, &json!([])));
        let late = admin.put(&path, json!({ "definition": nightly("nightly"), "version": 1 })).await;
        assert_eq!(late.refused(409), "stale", "who did not see the pause does not undo it");
        assert_eq!(admin.post("/api/v1/jobs/resume-all", json!({})).await.ok(), json!({ "jobs": 1 }));
        assert_eq!(at(&admin.get(&path).await.ok(), "nextRunAt"), "2026-11-24T23:00:00Z");
        assert_eq!(admin.post("/api/v1/jobs/pause-all", json!({})).await.ok(), json!({ "jobs": 1 }));
    }

    async fn who_resumes_a_job_hears_what_it_missed(world: World) {
        let admin = world.admin().await;
        for (policy, starting) in [("skip", 0), ("once", 1), ("all", 3)] {
            let job = json!({ "code": policy, "schedule_type": "interval", "interval_seconds": 3600, "catch_up_policy": policy, "steps": nightly("x")["steps"] });
            let job = create(&admin, job, json!([])).await;
            let path = format!("/api/v1/jobs/{}", at(&job, "id"));
            assert_eq!(admin.post(&format!("{path}/resume"), json!({})).await.ok()["missed"], Value::Null, "it was not paused");
            admin.post(&format!("{path}/pause"), json!({})).await.ok();
            assert_eq!(admin.post(&format!("{path}/resume"), json!({})).await.ok()["missed"], json!({ "passed": 0, "starting": 0, "isMore": false }));
            admin.post(&format!("{path}/pause"), json!({})).await.ok();
            world.clock.advance(3 * HOUR + HOUR / 2);
            let resumed = admin.post(&format!("{path}/resume"), json!({})).await.ok();
            assert_eq!((&resumed["missed"], at(&resumed, "code")), (&json!({ "passed": 3, "starting": starting, "isMore": false }), policy));
            // What was said is what happens.
            let (stop, looking) = look(&world.app);
            let made = format!("SELECT COUNT(*) FROM job_executions e JOIN jobs j ON j.id = e.job_id WHERE j.code = '{policy}'");
            let decided = format!("SELECT COUNT(*) FROM jobs WHERE code = '{policy}' AND next_run_at > {}", world.clock.now());
            eventually("it was decided", || async { world.number(&decided).await == 1 }).await;
            assert_eq!(world.number(&made).await, starting);
            stop.cancel();
            looking.await.unwrap();
        }
        let by_hand = create(&admin, manual("by-hand"), json!([])).await;
        let path = format!("/api/v1/jobs/{}", at(&by_hand, "id"));
        admin.post(&format!("{path}/pause"), json!({})).await.ok();
        assert_eq!(admin.post(&format!("{path}/resume"), json!({})).await.ok()["missed"], Value::Null, "no clock starts it");
    }

    async fn the_examples_are_imported_and_twice_changes_nothing(world: World) {
        let admin = world.admin().await;
        let examples = admin.get("/api/v1/jobs/examples").await.ok();
        assert_eq!(examples.as_array().unwrap().len(), EXAMPLES.len());
        for example in examples.as_array().unwrap() {
            let outcomes = |view: &Value| -> Vec<String> {
                view["jobs"].as_array().unwrap().iter().map(|job| at(job, "outcome").to_owned()).collect()
            };
            let dry = admin.post("/api/v1/jobs/import?dryRun=true", example["file"].clone()).await.ok();
            assert!(outcomes(&dry).iter().all(|o| o == "created"), "{dry:#}");
            let done = admin.post("/api/v1/jobs/import", example["file"].clone()).await.ok();
            assert!(done["jobs"].as_array().unwrap().iter().all(|job| job["id"].is_string()), "{done:#}");
            let before = world.number("SELECT COUNT(*) FROM job_definitions").await;
            let again = admin.post("/api/v1/jobs/import", example["file"].clone()).await.ok();
            assert!(outcomes(&again).iter().all(|o| o == "unchanged"), "{again:#}");
            assert_eq!(world.number("SELECT COUNT(*) FROM job_definitions").await, before);
        }
        let file = admin.get("/api/v1/jobs/export").await.ok();
        let again = admin.post("/api/v1/jobs/import", file.clone()).await.ok();
        assert!(again["jobs"].as_array().unwrap().iter().all(|job| job["outcome"] == "unchanged"), "{again:#}");
        assert!(!file["saved_scripts"].as_array().unwrap().is_empty());
        let mut broken = file;
        broken["jobs"][0]["depends_on_jobs"] = json!(["nobody"]);
        let told = admin.post("/api/v1/jobs/import?dryRun=true", broken).await.ok();
        assert!(wrong(&told["problems"]).contains(&("jobs[0].depends_on_jobs[0]".into(), "unknown_job".into())), "{told:#}");
    }

    async fn roles_and_workspaces_are_kept_apart(world: World) {
        let admin = world.admin().await;
        let (manager, viewer) = (world.person("Mona", Role::Manager).await, world.person("Vic", Role::Viewer).await);
        let script = json!({ "code": "shell", "schedule_type": "manual", "steps": [
            { "step_order": 1, "step_code": "run", "step_type": "shell_script", "step_action": "echo hi" },
            { "step_order": 2, "step_code": "look", "step_type": "sql", "step_action": "SELECT 1 AS one" }] });
        let refused = manager.post("/api/v1/jobs", json!({ "definition": script })).await;
        assert_eq!(refusals(&refused), [("steps[0].step_action".into(), "admins_only".into())]);
        let job = create(&admin, script.clone(), json!([])).await;
        assert_eq!(job["isGuarded"], true);
        let path = format!("/api/v1/jobs/{}", at(&job, "id"));
        // What an administrator wrote may stay; the rest is the manager's to change.
        let mut renamed = script.clone();
        renamed["name"] = json!("Shell");
        manager.put(&path, json!({ "definition": renamed, "version": 1 })).await.ok();
        renamed["steps"][0]["step_action"] = json!("echo bye");
        assert_eq!(refusals(&manager.put(&path, json!({ "definition": renamed, "version": 2 })).await).len(), 1);
        let started = manager.post(&format!("{path}/run"), json!({})).await.ok();
        viewer.get(&path).await.ok();
        for (path, body) in [(format!("{path}/run"), json!({})), (format!("{path}/pause"), json!({})), ("/api/v1/jobs".into(), json!({ "definition": manual("x") })),
                             ("/api/v1/jobs/import".into(), json!({ "jobs": [] })), (format!("/api/v1/executions/{}/abort", at(&started, "id")), json!({}))] {
            assert_eq!(viewer.post(&path, body).await.refused(403), "forbidden", "{path}");
        }
        assert_eq!(manager.put("/api/v1/job-secrets/crm", json!({ "value": "s3cret" })).await.refused(403), "forbidden");
        assert_eq!(manager.post("/api/v1/sql-scripts", json!({ "name": "s", "body": "SELECT 1" })).await.refused(403), "forbidden");
        let eve = other_workspace(&world).await;
        assert_eq!(eve.get("/api/v1/jobs").await.ok(), json!([]));
        assert_eq!(eve.get("/api/v1/jobs/graph").await.ok(), json!({ "nodes": [], "edges": [] }));
        for path in [path.clone(), format!("/api/v1/executions/{}", at(&started, "id")), format!("/api/v1/executions/{}/log", at(&started, "id")),
                     format!("/api/v1/jobs/export?ids={}", at(&job, "id"))] {
            assert_eq!(eve.get(&path).await.refused(404), "not_found", "{path}");
        }
        assert_eq!(eve.post(&format!("{path}/run"), json!({})).await.refused(404), "not_found");
        assert_eq!(eve.post(&format!("{path}/pause"), json!({})).await.refused(404), "not_found");
        assert_eq!(eve.delete(&path).await.refused(404), "not_found");
        assert_eq!(eve.post(&format!("/api/v1/executions/{}/abort", at(&started, "id")), json!({})).await.refused(404), "not_found");
        create(&eve, script, json!([])).await;
    }

    async fn scripts_secrets_and_alerts(world: World) {
        let admin = world.admin().await;
        let made = admin.post("/api/v1/sql-scripts", json!({ "name": "store_members", "body": "SELECT 1", "writes": true })).await.ok();
        assert_eq!(admin.post("/api/v1/sql-scripts", json!({ "name": "store_members", "body": "SELECT 2" })).await.refused(409), "duplicate");
        assert_eq!(refusals(&admin.post("/api/v1/sql-scripts", json!({ "name": "a b", "body": "" })).await), [("name".into(), "bad_name".into()), ("body".into(), "required".into())]);
        let path = format!("/api/v1/sql-scripts/{}", at(&made, "id"));
        let change = json!({ "name": "store_members", "body": "SELECT 3", "version": 1 });
        assert_eq!(admin.put(&path, change.clone()).await.ok()["version"], 2);
        assert_eq!(admin.put(&path, change).await.refused(409), "stale");
        assert_eq!(admin.get(&path).await.ok()["body"], "SELECT 3");
        assert_eq!(admin.delete(&path).await.status, StatusCode::NO_CONTENT);

        assert_eq!(admin.put("/api/v1/job-secrets/crm", json!({ "value": "s3cret" })).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get("/api/v1/job-secrets").await.ok(), json!(["crm"]));
        let audit = admin.get("/api/v1/audit").await.body.to_string();
        assert!(audit.contains("job_secret.set") && !audit.contains("s3cret"));
        assert_eq!(admin.delete("/api/v1/job-secrets/crm").await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.delete("/api/v1/job-secrets/crm").await.refused(404), "not_found");

        let job = create(&admin, manual("m"), json!([])).await;
        let id = at(&job, "id").parse().unwrap();
        let mut tx = world.app.db.write(world.ws).await.unwrap();
        for _ in 0..2 {
            job_alerts::insert(&mut tx, world.ws, "left_out", id, None, "A start was left out: the job is paused.", world.app.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let alerts = admin.get("/api/v1/jobs/alerts?unseen=true").await.ok();
        assert_eq!((alerts.as_array().unwrap().len(), at(&alerts[0], "kind"), at(&alerts[0], "jobCode")), (2, "left_out", "m"));
        assert_eq!(admin.post(&format!("/api/v1/jobs/alerts/{}/seen", alerts[0]["id"]), json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(admin.post("/api/v1/jobs/alerts/seen-all", json!({})).await.ok(), json!({ "alerts": 1 }));
        assert_eq!(admin.get("/api/v1/jobs/alerts?unseen=true").await.ok(), json!([]));
        assert_eq!(admin.post("/api/v1/jobs/alerts/999999/seen", json!({})).await.refused(404), "not_found");
    }

    async fn a_webhook_starts_its_job_and_nothing_else(world: World) {
        let admin = world.admin().await;
        let plain = create(&admin, manual("plain"), json!([])).await;
        let hook = json!({ "code": "paid", "schedule_type": "event_driven", "trigger_event_type": "webhook",
            "trigger_condition": { "event": "order.paid", "condition": "amount > 50" },
            "parameters": { "order_id": { "type": "id", "required": true } }, "overlap_policy": "queue",
            "steps": [{ "step_order": 1, "step_code": "pause", "step_type": "wait", "step_action": 5 }] });
        let job = create(&admin, hook, json!([])).await;
        let webhook = |job: &Value| format!("/api/v1/jobs/{}/webhook", at(job, "id"));
        assert_eq!(admin.post(&webhook(&plain), json!({})).await.refused(409), "no_webhook");
        let made = admin.post(&webhook(&job), json!({})).await.ok();
        let (url, token) = (at(&made, "url").to_owned(), at(&made, "token").to_owned());
        assert!(url.ends_with(&format!("/api/v1/hooks/jobs/{}", at(&job, "id"))));
        let caller = world.anonymous().with_token(&token);
        let paid = json!({ "orderId": 7, "amount": 80 });
        let started = caller.post(&url, paid.clone()).await.ok();
        let execution = admin.get(&format!("/api/v1/executions/{}", at(&started, "executionId"))).await.ok();
        assert_eq!((at(&execution, "triggeredBy"), &execution["event"], &execution["parameters"]["order_id"]), ("webhook", &paid, &json!(7)));
        let little = world.anonymous().post(&format!("{url}?token={token}"), json!({ "orderId": 8, "amount": 20 })).await.ok();
        assert!(little["executionId"].is_null() && little["why"].is_string());
        assert_eq!(world.anonymous().post(&url, paid.clone()).await.refused(401), "unauthenticated");
        assert_eq!(caller.post(&format!("/api/v1/hooks/jobs/{}", at(&plain, "id")), paid.clone()).await.refused(401), "unauthenticated");
        assert_eq!(caller.post(&url, json!([1])).await.refused(400), "bad_payload");
        let large = json!({ "text": "x".repeat(70_000) });
        assert_eq!(caller.post(&url, large).await.refused(413), "too_large");
        admin.post(&webhook(&job), json!({})).await.ok();
        assert_eq!(caller.post(&url, paid.clone()).await.refused(401), "unauthenticated", "the old token is none any more");
        let made = admin.post(&webhook(&job), json!({})).await.ok();
        let caller = world.anonymous().with_token(at(&made, "token"));
        caller.post(&url, paid.clone()).await.ok();
        assert_eq!(admin.delete(&webhook(&job)).await.status, StatusCode::NO_CONTENT);
        assert_eq!(caller.post(&url, paid).await.refused(401), "unauthenticated", "its token was taken away");
        assert_eq!(admin.delete(&webhook(&job)).await.refused(404), "not_found");
        assert_eq!(admin.get(&format!("/api/v1/jobs/{}", at(&job, "id"))).await.ok()["hasWebhookToken"], false);
    }
}
