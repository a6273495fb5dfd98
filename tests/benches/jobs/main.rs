//! Jobs with no-op steps: how many a second are asked for, started and ended, beside the least that keeping them can cost
//! (one row added and changed once for each, in a transaction of its own); and how late a job starts after its moment.
//!
//! `cargo bench -p muster-tests --bench jobs` measures everything and writes `target/bench.json`; a smaller trial, which is
//! printed only: `jobs --rounds 1 --scale 0.1`.
#![allow(clippy::disallowed_methods, reason = "a measurement looks at the real world")]

use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_app::App;
use muster_db::admin;
use muster_domain::clock::Clock;
use muster_domain::time::rfc3339;
use muster_engine::clock::{SystemClock, SystemIds};
use muster_tests::bench::{Figure, print, publish};
use muster_tests::jobs::Troupe;
use muster_tests::{Engine, World, world};
use serde_json::{Value, json};

/// Executions of one round.
const EXECUTIONS: f64 = 2_000.0;
/// Jobs that share them, each of which may run beside itself.
const JOBS: usize = 10;
/// Jobs that are due every second, and for how long.
const PUNCTUAL: usize = 10;
const SECONDS: f64 = 20.0;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |name: &str, usual: f64| {
        let at = arguments.iter().position(|argument| argument == name);
        let text = at.and_then(|at| arguments.get(at + 1));
        text.map_or(usual, |text| text.parse().expect("a number"))
    };
    let (rounds, scale) = (number("--rounds", 3.0) as usize, number("--scale", 1.0));
    let mut figures = Vec::new();
    for (engine, name) in [(Engine::Sqlite, "sqlite"), (Engine::Postgres, "postgres")] {
        let (sender, taken) = std::sync::mpsc::channel();
        world::run(engine, |world| async move {
            let mut troupe = Troupe::of(on_real_time(world));
            let mut runs = Vec::new();
            for round in 0..rounds {
                let count = (EXECUTIONS * scale) as usize;
                let floor = floor(&troupe, round, count).await;
                runs.push((throughput(&troupe, round, count).await, floor));
            }
            let (median, late) = latency(&troupe, scale).await;
            troupe.stop().await;
            sender.send((runs, median, late)).expect("somebody listens");
        });
        let (runs, median, late) = taken.recv().expect("figures");
        figures.push(Figure::beside("jobs_per_s", Some(name), "jobs/s", &runs));
        figures.push(Figure::alone("job_start_p50_ms", Some(name), "ms", &[median]));
        figures.push(Figure::alone("job_start_p99_ms", Some(name), "ms", &[late]));
    }
    if scale < 1.0 { print(&figures) } else { publish(figures) }
}

/// The same world on the computer's clock.
fn on_real_time(mut world: World) -> World {
    world.clock.set(&rfc3339(SystemClock.now()));
    let old = &world.app;
    world.app = App::new(
        old.db.clone(),
        Arc::new(SystemClock),
        Arc::new(SystemIds),
        old.key.clone(),
        world.dir.path().to_owned(),
    );
    world
}

fn no_op(more: Value) -> Value {
    let mut job = json!({ "steps": [{ "step_code": "nothing", "step_order": 1, "step_type": "stored_proc", "step_action": "p" }] });
    for (name, value) in more.as_object().expect("fields") {
        job[name] = value.clone();
    }
    job
}

/// Jobs per second from the first ask to the last end.
async fn throughput(troupe: &Troupe, round: usize, count: usize) -> f64 {
    let mut jobs = Vec::new();
    for n in 0..JOBS {
        let job = json!({ "code": format!("round-{round}-{n}"), "overlap_policy": "allow", "max_concurrent_executions": 100 });
        jobs.push(troupe.job(no_op(job)).await);
    }
    let ended = || troupe.number("SELECT COUNT(*) FROM job_executions WHERE execution_status = 'success'");
    let before = ended().await;
    let begin = Instant::now();
    for n in 0..count {
        troupe.run(jobs[n % JOBS]).await;
    }
    let wanted = before + i64::try_from(count).expect("a count");
    while ended().await < wanted {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    count as f64 / begin.elapsed().as_secs_f64()
}

/// The least: one row added and changed for each, committed each time.
async fn floor(troupe: &Troupe, round: usize, count: usize) -> f64 {
    let (db, ws) = (&troupe.world.app.db, troupe.world.ws);
    let script = |text: String| async move {
        let mut tx = db.write(ws).await.expect("a transaction");
        admin::script(&mut tx, &text).await.expect("a statement");
        tx.commit().await.expect("a commit");
    };
    script(format!("CREATE TABLE floor_{round} (id BIGINT PRIMARY KEY, status TEXT NOT NULL)")).await;
    let begin = Instant::now();
    for n in 0..count {
        script(format!("INSERT INTO floor_{round} (id, status) VALUES ({n}, 'queued')")).await;
        script(format!("UPDATE floor_{round} SET status = 'success' WHERE id = {n}")).await;
    }
    count as f64 / begin.elapsed().as_secs_f64()
}

/// Milliseconds from the moment that a job is due to its running, the median and the 99th percentile.
async fn latency(troupe: &Troupe, scale: f64) -> (f64, f64) {
    troupe.world.clock.set(&rfc3339(SystemClock.now()));
    for n in 0..PUNCTUAL {
        let job = json!({ "code": format!("punctual-{n}"), "schedule_type": "interval", "interval_seconds": 1 });
        troupe.job(no_op(job)).await;
    }
    tokio::time::sleep(Duration::from_secs_f64((SECONDS * scale).max(3.0))).await;
    let of = "FROM job_executions WHERE triggered_by = 'scheduler' AND started_at IS NOT NULL";
    let count = troupe.number(&format!("SELECT COUNT(*) {of}")).await;
    assert!(count > 0, "something was due");
    let rank = |share: f64| ((count as f64 * share) as i64).min(count - 1);
    let late = |rank: i64| async move {
        let sql = format!("SELECT started_at - due_at AS late {of} ORDER BY late LIMIT 1 OFFSET {rank}");
        troupe.number(&sql).await as f64
    };
    (late(rank(0.5)).await, late(rank(0.99)).await)
}
