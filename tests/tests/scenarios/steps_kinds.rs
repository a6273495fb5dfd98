//! Every kind of step but SQL's safety (`steps_sql`), done for real.

use muster_app::settings::{JobSettings, SettingsChange};
use muster_app::{steps, vault};
use muster_domain::job::words::FailureCode;
use muster_tests::job_steps::{nth_step, step, step_until};
use muster_tests::{World, both_engines};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const TOKEN: &str = "hunter2-very-secret";

async fn secret(world: &World, name: &str, value: &str) {
    let mut tx = world.app.db.write(world.ws).await.unwrap();
    let name = format!("{}{name}", steps::SECRET_PREFIX);
    vault::put(&world.app, &mut tx, world.ws, &name, &value.to_owned().into()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn may_reach_this_machine(world: &World) {
    let jobs = JobSettings { may_reach_this_machine: true, ..JobSettings::default() };
    let change = SettingsChange { jobs: Some(jobs), ..SettingsChange::default() };
    muster_app::settings::update(&world.app, &world.system(), change).await.unwrap();
}

async fn customers(world: &World, count: i64) {
    for n in 1..=count {
        world
            .script(&format!(
            "INSERT INTO customers (id, tenant_id, first_name, email, tier, registration_date, created_at, updated_at)
             VALUES ({n}, {}, 'P', 'p{n}@x.example', 'VIP', 0, 0, 0)", world.ws.0
        ))
            .await;
    }
}

both_engines! {
    async fn queries_count_and_give_their_only_row(world: World) {
        customers(&world, 3).await;
        let one = step(&world, json!({ "step_type": "sql", "step_action": "SELECT COUNT(*) AS vips, :who AS who FROM customers WHERE tier = 'VIP'",
            "pre_validation_query": "SELECT COUNT(*) > 2 FROM customers", "post_validation_query": "SELECT COUNT(*) FROM customers" }), json!({ "who": "me" })).await;
        assert_eq!(one.measured.rows_read, 1);
        let one = one.well();
        assert_eq!((one.rows, one.output["vips"].clone(), one.output["who"].clone()), (Some(1), json!(3), json!("me")));
        assert_eq!(one.post_validation, Some(json!(3)));
        let many = step(&world, json!({ "step_type": "sql", "step_action": "SELECT id, email FROM customers" }), json!({})).await.well();
        assert_eq!((many.rows, many.output.len()), (Some(3), 0), "people are counted, not kept");
        let no = step(&world, json!({ "step_type": "sql", "step_action": "SELECT 1", "pre_validation_query": "SELECT COUNT(*) > 5 FROM customers" }), json!({})).await;
        assert_eq!(no.why().code, FailureCode::PreValidation);
        let wrong = step(&world, json!({ "step_type": "sql", "step_action": "SELECT nothing FROM customers" }), json!({})).await.why();
        assert!(wrong.message.contains("nothing"), "{}", wrong.message);
        let gone = step(&world, json!({ "step_type": "stored_proc", "step_action": "sp_gone" }), json!({})).await.why();
        assert!(gone.message.contains("sp_gone"), "{}", gone.message);
    }

    async fn the_shipped_files_run(world: World) {
        use muster_domain::job::examples::EXAMPLES;
        use muster_domain::job::file::JobFile;
        const CAMPAIGN: &str = "0198c0de-0000-7000-8000-000000000004";
        const SEGMENTS: [&str; 2] = ["0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"];
        let id = |text: &str| world.id(text.parse().unwrap());
        customers(&world, 2).await;
        for segment in SEGMENTS {
            world.script(&format!("INSERT INTO segments (id, tenant_id, name, type, criteria, created_at, updated_at) VALUES ({}, {}, 'S', 'static', '{{}}', 0, 0)", id(segment), world.ws.0)).await;
        }
        world.script(&format!(
            "UPDATE customers SET city = 'Nairobi';
             INSERT INTO campaigns (id, tenant_id, name, channel, status, settings, created_by, created_at, updated_at) VALUES ({0}, {1}, 'Black Friday', 'email', 'running', '{{}}', {0}, 0, 0)",
            id(CAMPAIGN), world.ws.0
        )).await;
        let values = json!({ "campaign_id": CAMPAIGN, "vip_segment_id": SEGMENTS[0], "new_segment_id": SEGMENTS[1], "started_at_ms": 1_000,
            "read_results": {}, "evaluate_segment_vip": { "rows": 2 }, "evaluate_segment_new": { "rows": 2 } });
        for example in EXAMPLES {
            let file = JobFile::read(example.text).unwrap();
            for script in &file.saved_scripts {
                world.script(&format!("INSERT INTO sql_scripts (id, tenant_id, name, body, writes, created_at, updated_at) VALUES ({}, {}, '{}', '{}', TRUE, 0, 0)",
                    id(CAMPAIGN), world.ws.0, script.name, script.sql.replace('\'', "''"))).await;
            }
            for job in file.jobs {
                let job = std::sync::Arc::new(job);
                for (at, step) in job.steps.iter().enumerate() {
                    let did = nth_step(&world.app, world.ws, job.clone(), at, values.clone(), CancellationToken::new()).await;
                    assert!(did.result.is_ok(), "{} {}: {did:?}", job.code, step.step_code);
                    if step.step_code == "store-members" {
                        assert_eq!((did.measured.rows_inserted, did.well().rows), (4, Some(4)));
                    }
                }
            }
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM segment_members").await, 4);
        assert_eq!(world.number("SELECT COUNT(*) FROM sandbox_messages WHERE text_body LIKE '%2 VIP and 2 new customers%'").await, 1);
    }

    async fn checks_are_all_made_and_scored(world: World) {
        customers(&world, 2).await;
        let action = json!({ "minimum_score": 0.5, "checks": [
            { "name": "Two", "query": "SELECT COUNT(*) AS n FROM customers", "min": 2, "max": 2, "weight": 3 },
            { "name": "None", "query": "SELECT COUNT(*) AS n FROM customers", "condition": "n == 0" } ] });
        let did = step(&world, json!({ "step_type": "data_validation", "step_action": action }), json!({})).await;
        assert_eq!(did.measured.data_quality_score_e4, Some(7_500));
        assert!(did.log.contains("Two passed: Found 2.") && did.log.contains("None failed: “n == 0” does not hold."), "{}", did.log);
        assert_eq!(did.well().output["passed"], json!(1));
        let strict = json!({ "checks": [{ "name": "None", "query": "SELECT broken", "max": 0 }] });
        let did = step(&world, json!({ "step_type": "data_validation", "step_action": strict }), json!({})).await;
        assert_eq!((did.measured.data_quality_score_e4, did.why().code), (Some(0), FailureCode::Action));
    }

    async fn scripts_get_their_values_and_keep_their_secrets(world: World) {
        secret(&world, "api", TOKEN).await;
        let action = json!({ "script": "echo \"$CAMPAIGN_ID $EXTRA ${HOME:+home} [$API_TOKEN]\"; cat > in; echo '::rows 4'; echo '::progress 0.25'; echo '::progress 1'; echo '::progress 0.5' >&2; echo \"::output {\\\"token\\\": \\\"$API_TOKEN\\\", \\\"n\\\": 5}\"",
            "environment": { "EXTRA": "{{ campaign_id }}!" }, "secrets": { "API_TOKEN": "api" } });
        let did = step(&world, json!({ "step_type": "shell_script", "step_action": action }), json!({ "campaign_id": 789, "path": "/evil" })).await;
        assert!(did.log.contains("789 789! home [***]"), "{}", did.log);
        assert!(!did.log.contains(TOKEN), "{}", did.log);
        assert!(did.measured.peak_memory_mb.is_some());
        assert_eq!(did.progress, [0.25, 1.0], "on its standard output only");
        assert!(!did.log.contains("::rows") && did.log.matches("::progress").count() == 1, "{}", did.log);
        let done = did.well();
        assert_eq!((done.rows, done.output["n"].clone(), done.output["token"].clone()), (Some(4), json!(5), json!("***")));
        let failed = step(&world, json!({ "step_type": "shell_script", "step_action": { "script": "echo \"no: $T\" >&2; exit 3", "secrets": { "T": "api" } } }), json!({})).await.why();
        assert_eq!(failed.message, "The script failed with exit code 3. It said: no: ***");
        let unknown = step(&world, json!({ "step_type": "shell_script", "step_action": { "script": "true", "secrets": { "T": "nobody" } } }), json!({})).await.why();
        assert!(unknown.message.contains("no secret called nobody"), "{}", unknown.message);
        let python = "import json, sys\nvalues = json.load(sys.stdin)\nprint('::output ' + json.dumps({'double': values['n'] * 2}))";
        let done = step(&world, json!({ "step_type": "python_script", "step_action": python }), json!({ "n": 21 })).await.well();
        assert_eq!(done.output["double"], json!(42));
        let node = "console.log('::output ' + JSON.stringify({ n: process.env.N }))";
        assert_eq!(step(&world, json!({ "step_type": "node_js_script", "step_action": node }), json!({ "n": 1 })).await.well().output["n"], json!("1"));
        let stop = CancellationToken::new();
        stop.cancel();
        assert!(step_until(&world, json!({ "step_type": "shell_script", "step_action": "sleep 600" }), json!({}), stop).await.result.is_err());
        let slow = json!({ "step_type": "shell_script", "step_action": "sleep 600", "timeout_seconds": 1 });
        assert_eq!(step(&world, slow, json!({})).await.why().code, FailureCode::Timeout);
    }

    async fn calls_reach_what_they_may_and_read_the_answer(world: World) {
        secret(&world, "api", TOKEN).await;
        let server = MockServer::start().await;
        let call = |more: Value| {
            let mut action = json!({ "method": "POST", "url": format!("{}/orders/{{{{ id }}}}", server.uri()) });
            action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "step_type": "api_call", "step_action": action })
        };
        Mock::given(method("POST")).and(path("/orders/a%2Fb")).and(header("Authorization", format!("Bearer {TOKEN}")))
            .and(body_json(json!({ "id": "a/b", "n": 1 })))
            .respond_with(ResponseTemplate::new(201).set_body_json(json!({ "data": { "id": 77, "echo": TOKEN } }))).mount(&server).await;
        Mock::given(path("/away")).respond_with(ResponseTemplate::new(302).insert_header("Location", "http://10.1.2.3/x")).mount(&server).await;
        Mock::given(path("/moved")).respond_with(ResponseTemplate::new(303).insert_header("Location", "/here")).mount(&server).await;
        Mock::given(method("GET")).and(path("/here")).respond_with(ResponseTemplate::new(200).set_body_string("[1, 2]")).mount(&server).await;
        let good = call(json!({ "body": { "id": ":id", "n": 1 }, "auth": { "type": "bearer", "secret": "api" }, "expected_status": [201],
            "outputs": { "order": "/data/id", "echo": "/data/echo" } }));
        let refused = step(&world, good.clone(), json!({ "id": "a/b" })).await.why();
        assert!(refused.message.contains("private network"), "{}", refused.message);
        may_reach_this_machine(&world).await;
        let did = step(&world, good, json!({ "id": "a/b" })).await;
        assert!(!did.log.contains(TOKEN), "{}", did.log);
        let done = did.well();
        assert_eq!((done.output["order"].clone(), done.output["echo"].clone()), (json!(77), json!("***")));
        let get = |url: String, more: Value| {
            let mut action = json!({ "url": url });
            action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "step_type": "api_call", "step_action": action })
        };
        let away = step(&world, get(format!("{}/away", server.uri()), json!({})), json!({})).await.why();
        assert!(away.message.contains("private network"), "{}", away.message);
        let moved = step(&world, get(format!("{}/moved", server.uri()), json!({ "outputs": { "second": "/1" } })), json!({})).await.well();
        assert_eq!(moved.output["second"], json!(2));
        let missing = step(&world, get(format!("{}/nothing", server.uri()), json!({})), json!({})).await.why();
        assert!(missing.message.contains("404"), "{}", missing.message);
    }

    async fn notes_reach_people_and_programs(world: World) {
        secret(&world, "hook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").await;
        may_reach_this_machine(&world).await;
        let admin = world.admin().await;
        let desktop = json!({ "step_type": "notification", "step_action": { "channel": "desktop", "subject": "Done: {{ n }}", "message": "All {{ n }} of them." } });
        step(&world, desktop, json!({ "n": 3 })).await.well();
        let notes = admin.get("/api/v1/notifications").await.ok();
        assert_eq!((notes[0]["title"].clone(), notes[0]["kind"].clone()), (json!("Done: 3"), json!("job")));
        let email = json!({ "step_type": "notification", "step_action": "email",
            "parameters": { "recipients": ["ann@x.example", ":bob"], "subject": "Report", "message": "{{ n }} members." } });
        assert_eq!(step(&world, email, json!({ "n": 3, "bob": "bob@x.example" })).await.well().output["told"], json!(2));
        assert_eq!(world.number("SELECT COUNT(*) FROM sandbox_messages WHERE text_body LIKE '3 members.%' AND recipient LIKE '%@x.example'").await, 2);
        let server = MockServer::start().await;
        let answer = |request: &Request| {
            let said = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            let signed = said("webhook-signature").starts_with("v1,") && said("webhook-timestamp") == "1795507200" && said("webhook-id").ends_with(".it");
            ResponseTemplate::new(if signed { 204 } else { 400 })
        };
        Mock::given(method("POST")).and(path("/hook")).respond_with(answer).mount(&server).await;
        let webhook = |path: &str| json!({ "step_type": "notification", "step_action": { "channel": "webhook", "url": format!("{}{path}", server.uri()), "secret": "hook", "subject": "S" } });
        step(&world, webhook("/hook"), json!({})).await.well();
        assert!(step(&world, webhook("/other"), json!({})).await.why().message.contains("404"));
    }

    async fn waits_end_with_the_clock_an_event_or_a_condition(world: World) {
        let clock = world.clock.clone();
        let started = world.app.now();
        let waiting = step(&world, json!({ "step_type": "wait", "step_action": 3600, "timeout_seconds": 7200 }), json!({}));
        let (did, ()) = tokio::join!(waiting, async { clock.advance(3_600_000) });
        did.well();
        let until = json!({ "step_type": "wait", "step_action": { "until": ":when" } });
        step(&world, until.clone(), json!({ "when": "2026-11-24T08:30:00Z" })).await.well();
        assert!(step(&world, until, json!({ "when": "soon" })).await.why().message.contains("not a moment"));
        let over = json!({ "step_type": "wait", "step_action": 3600, "timeout_seconds": 60 });
        let (did, ()) = tokio::join!(step(&world, over, json!({})), async { clock.advance(61_000) });
        assert_eq!(did.why().code, FailureCode::Timeout);
        let event = json!({ "step_type": "wait", "step_action": { "event": "campaign.completed", "condition": "campaignId == 7" } });
        let emit = async |id: i64| {
            let mut tx = world.app.db.write(world.ws).await.unwrap();
            let data = json!({ "campaignId": id, "sent": 5 });
            muster_db::audit::emit(&mut tx, world.ws, "campaign.completed", "c", world.app.now(), &data).await.unwrap();
            tx.commit().await.unwrap();
        };
        emit(6).await;
        let happening = async {
            emit(7).await;
            clock.advance(2_000);
        };
        let (did, ()) = tokio::join!(step(&world, event, json!({ "started_at_ms": started })), happening);
        assert_eq!(did.well().output["event"]["sent"], json!(5));
        let condition = json!({ "step_type": "wait", "step_action": { "query": "SELECT COUNT(*) AS n FROM customers", "condition": "n >= 2", "check_every_seconds": 5 } });
        let coming = async {
            customers(&world, 2).await;
            clock.advance(6_000);
        };
        let (did, ()) = tokio::join!(step(&world, condition, json!({})), coming);
        assert_eq!(did.well().output["n"], json!(2));
    }
}
