//! What Muster does by itself: which workspace has which of the built-in jobs, and what they do.

use muster_app::job_engine::built_in;
use muster_app::setup::{self, SetupRequest};
use muster_domain::job::examples::EXAMPLES;
use muster_domain::workspace::WorkspaceId;
use muster_tests::jobs::{log, sweep};
use muster_tests::steps::balances;
use muster_tests::{World, both_engines};
use serde_json::json;

use crate::dead_letters::{execute, started};

/// A second team on the same database, made as the first one was.
pub async fn another_workspace(world: &World) -> WorkspaceId {
    world.script("DELETE FROM users").await;
    let request = SetupRequest {
        workspace_name: "Pwani Traders".into(),
        admin_name: "Hamisi Juma".into(),
        admin_email: "hamisi@pwani.co.ke".into(),
        admin_password: "correct horse battery".into(),
        timezone: "Africa/Nairobi".into(),
        currency: "KES".into(),
        approval_required: true,
    };
    setup::run(&world.app, request).await.expect("a second team")
}

both_engines! {
    async fn the_window_can_say_all_of_it_in_the_readers_language(world: World) {
        // The window knows these texts by their English; its own tests see to the translations.
        let words = include_str!("../../../ui/src/features/jobs/model/words.ts");
        built_in::ensure(&world.app).await.unwrap();
        let admin = world.admin().await;
        let jobs = admin.get("/api/v1/jobs?kind=built_in&pageSize=100").await.ok();
        let mut texts: Vec<_> = EXAMPLES.iter().flat_map(|example| [example.name, example.description]).collect();
        for job in jobs.as_array().unwrap() {
            texts.extend([job["name"].as_str().unwrap(), job["description"].as_str().unwrap()]);
        }
        assert!(texts.len() >= 18, "{texts:?}");
        let unknown: Vec<_> = texts.iter().filter(|text| !words.contains(&format!("\"{text}\":"))).collect();
        assert!(unknown.is_empty(), "add them to ofMuster in words.ts: {unknown:?}");
    }

    async fn a_new_workspace_has_its_jobs_at_once(world: World) {
        built_in::ensure(&world.app).await.unwrap();
        let of = |ws: WorkspaceId| format!("SELECT COUNT(*) FROM jobs WHERE is_built_in AND next_run_at IS NOT NULL AND tenant_id = {}", ws.0);
        let first = world.number(&of(world.ws)).await;
        let second = another_workspace(&world).await;
        let count = async |ws| {
            let mut tx = world.app.db.read(ws).await.unwrap();
            muster_db::admin::number(&mut tx, &of(ws)).await.unwrap()
        };
        let made = count(second).await;
        assert!(made > 0 && made < first, "{made} of {first}: what is done for all is done by the first");
        built_in::ensure(&world.app).await.unwrap();
        assert_eq!((count(world.ws).await, count(second).await), (first, made), "nothing was missing");
    }

    async fn a_counter_that_is_wrong_is_corrected_and_told(world: World) {
        let admin = world.admin().await;
        built_in::ensure(&world.app).await.unwrap();
        let campaign = started(&admin, 3).await;
        execute(&admin).await;
        let run = sweep(&world, "campaign-stats-refresh").await;
        assert_eq!((&run["executionStatus"], &run["rowsProcessed"]), (&json!("success"), &json!(3)));
        assert_eq!(log(&world, &run).await, "Counted 3 messages of 1 campaign runs: every number agrees.");
        assert_eq!(admin.get("/api/v1/jobs/alerts").await.ok(), json!([]));

        world.script("UPDATE run_stats SET sent = sent - 2, failed = failed + 1, opened = 7").await;
        let run = sweep(&world, "campaign-stats-refresh").await;
        let words = "Run 1 of “Gold”: sent said 1 and is 3, opened said 7 and is 0, failed said 1 and is 0. The number was corrected.";
        assert!(log(&world, &run).await.starts_with(words), "{}", log(&world, &run).await);
        let alerts = admin.get("/api/v1/jobs/alerts").await.ok();
        assert_eq!((&alerts[0]["kind"], &alerts[0]["message"], &alerts[1]), (&json!("warning"), &json!(words), &json!(null)));
        balances(&admin, &campaign).await;

        let run = sweep(&world, "campaign-stats-refresh").await;
        assert!(log(&world, &run).await.ends_with("every number agrees."), "once is enough");
        assert_eq!(admin.get("/api/v1/jobs/alerts").await.ok().as_array().unwrap().len(), 1);
    }

    async fn what_people_did_with_a_message_is_counted_too(world: World) {
        built_in::ensure(&world.app).await.unwrap();
        let people = [world.customer("A", "B", "a@example.org", "+254711000001").await, world.customer("C", "D", "c@example.org", "+254711000002").await];
        let sent = world.sent_campaign("Summer", "email", &people).await;
        let now = world.app.now();
        let (ws, run, customer) = (world.ws.0, sent.run_id, people[0]);
        // A reply and two sales of the first message, a departure of the second, and none of it in the counters.
        world.script(&format!(
            "UPDATE campaign_runs SET completed_at = {now} WHERE id = {run};
             UPDATE run_recipients SET replied_at = {now} WHERE run_id = {run} AND seq = 1;
             INSERT INTO conversions (tenant_id, customer_id, run_id, seq, kind, value_e4, occurred_at, source) VALUES ({ws}, {customer}, {run}, 1, 'won', 150000, {now}, 'card'), ({ws}, {customer}, {run}, 1, 'won', 50000, {now}, 'card');
             INSERT INTO message_events (tenant_id, run_id, seq, customer_id, kind, at) VALUES ({ws}, {run}, 2, {customer}, 'unsubscribed', {now});"
        )).await;
        let done = sweep(&world, "campaign-stats-refresh").await;
        world.assert_recount(&sent).await;
        let log = log(&world, &done).await;
        for words in ["replied said 0 and is 1", "unsubscribed said 0 and is 1", "conversions said 0 and is 2", "is 200000"] {
            assert!(log.contains(words), "{words} in {log}");
        }
    }
}
